"""What a brand states of its chain: the rows of ``/v1/suppliers`` for its own demands, as it sees them, and counts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from graph.network import Requirement
from supplychain.conformity import obligation_list, supplier_list
from supplychain.conformity.brand import requirements_of
from supplychain.conformity.wording import worst
from supplychain.errors import Invalid
from supplychain.frameworks import registry
from supplychain.frameworks.library import packs
from supplychain.network.visibility import network_for
from supplychain.statements import rules
from supplychain.work import Work

Item = dict[str, Any]
MAX_ROWS: Final = 20_000
"""Lines of a statement: suppliers, and what each owes. It is kept whole in one row, and a PDF is written of it."""
_OWED = ("requirement", "pillar", "tier", "level", "achieved", "gap", "status", "due")
_SUPPLIER = ("id", "kind", "name", "name_zh", "country", "tier")


def content(work: Work, requirement: str | None, *, rows: bool) -> Item:
    """What is stated of the caller's chain. rows: also supplier by supplier. Raises Invalid.

    Demands of others that pass through it are theirs to speak of.
    """
    me = work.actor.organization
    live = [one for one in requirements_of(network_for(work, me), me) if one.live_on(work.moment.on)]
    if requirement is not None:
        live = [one for one in live if one.id == requirement]
        if not live:
            raise Invalid.at("/requirement", "requirement-not-in-force")
    suppliers = _suppliers(work, {one.id for one in live}, every=requirement is None)
    body = {
        "requirements": [_requirement(work, one) for one in sorted(live, key=lambda one: one.id)],
        "frameworks": _frameworks(work, live),
        "counts": {
            "suppliers": len(suppliers),
            "by_tier": rules.by_tier(suppliers),
            "by_requirement": rules.by_demand(suppliers),
        },
    }
    if rows:
        _check(suppliers)
        body["suppliers"] = suppliers
    return body


def figures(body: Mapping[str, Any]) -> Item:
    """Of what is stated, the counts."""
    return {"counts": body["counts"], "requirements": body["requirements"]}


def _suppliers(work: Work, live: set[str], *, every: bool) -> list[Item]:
    """Whom the caller lists with what they owe it; every: also who owes nothing."""
    items = (
        _supplier(one, [owed for owed in one["obligations"] if owed["requirement"] in live and not owed["passing"]])
        for one in supplier_list.supplier_items(work, work.actor.organization, work.moment.on)
    )
    return [one for one in items if every or one["obligations"]]


def _supplier(told: Mapping[str, Any], owed: Sequence[Mapping[str, Any]]) -> Item:
    return {
        **{name: told[name] for name in _SUPPLIER},
        "status": worst(one["status"] for one in owed),
        "obligations": [{**{name: one[name] for name in _OWED}, "waived_until": _until(one["waiver"])} for one in owed],
    }


def _until(waiver: Mapping[str, Any] | None) -> str | None:
    return waiver["until"] if waiver else None


def _check(suppliers: Sequence[Item]) -> None:
    lines = sum(max(1, len(one["obligations"])) for one in suppliers)
    if lines > MAX_ROWS:
        raise Invalid.at("/rows", "statement-too-long", limit=MAX_ROWS, rows=lines)


def _requirement(work: Work, one: Requirement) -> Item:
    found = registry(work).get(one.framework)
    names = {it.id: it.names.as_dict() for it in found.pillars} if found else {}
    return {
        "requirement": one.id,
        "title": one.title,
        "framework": one.framework,
        "pillars": [{"pillar": name, "name": names.get(name)} for name in one.pillars],
        "schedule": list(one.schedule),
        "beyond": str(one.beyond),
        "effective_from": one.effective_from.isoformat(),
        "effective_to": one.effective_to.isoformat() if one.effective_to else None,
        **obligation_list.beside(work, one.id, work.moment.on),
    }


def _frameworks(work: Work, live: Iterable[Requirement]) -> list[Item]:
    digests = {one.framework.key: one.sha256 for one in packs(work.runtime)}
    found = {key: registry(work).get(key) for key in sorted({one.framework for one in live})}
    return [
        {
            "framework": key,
            "name": one.names.as_dict(),
            "sha256": digests[key],
            "top_level": one.top_level,
            "levels": [{"level": it.rank, "name": it.label.as_dict()} for it in one.levels],
        }
        for key, one in found.items()
        if one is not None
    ]
