"""What is stated of an organization's own conformity: what ``/v1/me/status`` says, with what it rests on."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from supplychain.conformity import own_obligations, own_status
from supplychain.errors import Invalid
from supplychain.evidence.models import Evidence
from supplychain.evidence.queries import files_of
from supplychain.frameworks import registry
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.library import packs
from supplychain.work import Work

Item = dict[str, Any]
_OWED = ("requirement", "title", "asked_by", "framework", "pillar", "tier", "level", "achieved", "gap", "status", "due")
_PILLAR = ("level", "provisional", "certified", "good_through", "zero_tolerance")
_UNMET = ("indicator", "name", "level", "result", "reason", "optional")


def content(work: Work, organization: int, framework: str | None, *, obligations: bool) -> tuple[Item, list[int]]:
    """What is stated, and the numbers of the evidence that decides. Raises Invalid for a framework not assessed.

    Of what its customers ask it tells only where it is told to.
    """
    told = own_status.status(work, organization, work.moment.on)["frameworks"]
    if framework is not None:
        told = [one for one in told if one["framework"] == framework]
        if not told:
            raise Invalid.at("/framework", "framework-not-assessed")
    digests = {one.framework.key: one.sha256 for one in packs(work.runtime)}
    keys = {one["framework"] for one in told}
    numbers, evidence = _evidence(work, told)
    body = {
        "frameworks": [_framework(work, one, digests[one["framework"]]) for one in told],
        "evidence": evidence,
    }
    if obligations:
        owed = own_obligations.obligations(work, organization, work.moment.on)
        body["obligations"] = [_owed(one) for one in owed if one["framework"] in keys]
    return body, numbers


def figures(body: Mapping[str, Any]) -> Item:
    """Of what is stated, the levels."""
    return {
        "frameworks": [
            {
                **{name: one[name] for name in ("framework", "name", "overall", "top_level")},
                "pillars": [{name: it[name] for name in ("pillar", "name", "level")} for it in one["pillars"]],
            }
            for one in body["frameworks"]
        ]
    }


def _framework(work: Work, told: Mapping[str, Any], digest: str) -> Item:
    found = registry(work).get(told["framework"])
    assert found is not None  # it was assessed
    names = {one.id: one.names.as_dict() for one in found.pillars}
    return {
        **{name: told[name] for name in ("framework", "name", "overall")},
        "sha256": digest,
        "top_level": found.top_level,
        "levels": [{"level": one.rank, "name": one.label.as_dict()} for one in found.levels],
        "pillars": [_pillar(one, names[one["pillar"]]) for one in told["pillars"]],
        "indicators": [_indicator(found, one) for one in told["indicators"]],
    }


def _pillar(told: Mapping[str, Any], name: Mapping[str, str]) -> Item:
    following = told["next"]
    return {
        "pillar": told["pillar"],
        "name": dict(name),
        **{one: told[one] for one in _PILLAR},
        "next": {**following, "unmet": [{one: it[one] for one in _UNMET} for it in following["unmet"]]},
    }


def _indicator(framework: Framework, told: Mapping[str, Any]) -> Item:
    found = framework.indicator(told["indicator"])
    return {
        **{name: told[name] for name in ("indicator", "name", "pillar")},
        "mandatory_from": found.mandatory_from if found else None,
        "levels": [{name: one[name] for name in ("level", "result", "reason", "evidence")} for one in told["levels"]],
    }


def _owed(told: Mapping[str, Any]) -> Item:
    waived = told["waiver"]
    return {
        **{name: told[name] for name in _OWED},
        "issuer": told["issuer"]["name"] if told["issuer"] else None,
        "waived_until": waived["until"] if waived else None,
    }


# Evidence ---------------------------------------------------------------------------------------


def _evidence(work: Work, told: Iterable[Mapping[str, Any]]) -> tuple[list[int], list[Item]]:
    """What decides an indicator at some level, in the order in which the indicators name it."""
    decides: dict[str, list[str]] = {}
    trust: dict[str, str] = {}
    for indicator in (one for framework in told for one in framework["indicators"]):
        for level in indicator["levels"]:
            if level["evidence"] is not None:
                decides.setdefault(level["evidence"], []).append(indicator["indicator"])
        trust.update({one["evidence"]: one["trust"] for one in indicator["sources"] if one["evidence"]})
    rows = {row.id: row for row in work.session.scalars(select(Evidence).where(Evidence.id.in_(sorted(decides))))}
    files = files_of(work, [row.number for row in rows.values()])
    items = [
        _piece(work, rows[public], trust.get(public, rows[public].trust), files.get(rows[public].number, ()), named)
        for public, named in decides.items()
    ]
    return sorted(row.number for row in rows.values()), items


def _piece(work: Work, row: Evidence, trust: str, files: Sequence[Any], indicators: Sequence[str]) -> Item:
    cutoff = work.moment.cutoff(work.runtime.settings.time_zone)
    reviewed = row.reviewed_at if row.reviewed_at and (cutoff is None or row.reviewed_at < cutoff) else None
    return {
        "id": row.id,
        "kind": row.kind,
        "framework": row.framework,
        "standard": row.standard,
        "certificate": row.certificate,
        "trust": trust,
        "review": "reviewed" if reviewed else "on_receipt",
        "reviewed_at": reviewed.isoformat() if reviewed else None,
        "received_at": row.received_at.isoformat(),
        **{name: _day(getattr(row, name)) for name in ("observed_from", "observed_to", "issued_on", "valid_until")},
        "files": sorted(one.sha256 for one in files),
        "source_erased": row.erased_at is not None,
        "indicators": list(dict.fromkeys(indicators)),
    }


def _day(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())
