"""Flags as a brand and as the supplier itself may see them (domain rules: flags)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from graph.sight import RowKind
from supplychain.conformity import brand_forecast, own_audits, own_forecast, own_obligations, wording
from supplychain.conformity.flag_rows import closed, opened
from supplychain.conformity.judged import Judged, needs_training
from supplychain.conformity.lacking import lacking
from supplychain.conformity.models import Flag
from supplychain.conformity.rules import Owed, TrainingNeed, training_needs
from supplychain.conformity.supplied import suppliers
from supplychain.frameworks import registry
from supplychain.network import engine
from supplychain.network.visibility import Seen
from supplychain.work import Work

Item = dict[str, Any]


def for_brand(work: Work, query: Mapping[str, Any]) -> list[Item]:
    """The suppliers whose ``training`` or ``evidence_expiring`` flag the brand's own obligations alone would open.

    With the brand's own due dates; never when a flag opened or closed, for that may be another brand's doing.
    """
    found = suppliers(work, work.actor.organization, work.moment.on)
    views = {"training": _in_training, "evidence_expiring": _expiring}
    wanted = [view for kind, view in views.items() if query.get("kind", kind) == kind]
    return [item for view in wanted for item in view(work, found)]


Found = Mapping[str, tuple[Seen, tuple[Judged, ...]]]


def _in_training(work: Work, found: Found) -> list[Item]:
    day = work.moment.on
    flagged = [(seen, rows) for _, (seen, rows) in sorted(found.items()) if needs_training(rows)]
    unmet_of = lacking(work, {seen.organization for seen, _ in flagged if seen.kind is RowKind.IDENTITY}, day)
    return [
        _named(work, seen, training_needs(_owed(rows), unmet_of[seen.organization], day))
        if seen.kind is RowKind.IDENTITY
        else _veiled(seen, rows, day)
        for seen, rows in flagged
    ]


def _expiring(work: Work, found: Found) -> list[Item]:
    return [
        {"kind": "evidence_expiring", "supplier": supplier, "falls": falls}
        for supplier, falls in brand_forecast.expiring(work, found)
    ]


def for_supplier(work: Work, query: Mapping[str, Any]) -> list[Item]:
    """The organization's own flags, open and closed, with everything they say on the day."""
    mine = Flag.organization == work.actor.organization
    wanted = select(Flag, closed(work)).where(mine, opened(work)).order_by(Flag.number)
    if query.get("kind") is not None:
        wanted = wanted.where(Flag.kind == query["kind"])
    return [_own_item(work, row, over=over) for row, over in work.session.execute(wanted)]


def _named(work: Work, seen: Seen, needs: Iterable[TrainingNeed]) -> Item:
    return {"kind": "training", "supplier": seen.id, **_told_needs(work, needs)}


def _veiled(seen: Seen, rows: Iterable[Judged], day: date) -> Item:
    """Of a pseudonym the gaps alone, in an order that tells nothing of when they are due."""
    needs = training_needs(_owed(rows), lambda *_: (), day)
    pillars = [{"framework": one.framework, "pillar": one.pillar, "gap": one.gap} for one in needs]
    pillars.sort(key=lambda one: (one["framework"], one["pillar"]))
    return {"kind": "training", "supplier": seen.id, "pillars": pillars, "due": None}


def _owed(rows: Iterable[Judged]) -> list[Owed]:
    """What a reader asks itself and is not reached, with its own due dates."""
    return [
        Owed(
            one.requirement.framework,
            one.pillar,
            one.terms.level,
            one.terms.due,
            one.stood.standing.level if one.stood else None,
        )
        for one in rows
        if needs_training([one])
    ]


def _own_item(work: Work, row: Flag, *, over: bool) -> Item:
    item: Item = {
        "id": row.id,
        "kind": row.kind,
        "supplier": _own_id(work),
        "opened_on": row.opened_on.isoformat(),
        "closed_on": wording.plain(row.closed_on) if over else None,
        "reasons": _told(row.opening_reason),
        "closing_reasons": _told(row.closing_reason if over else None),
    }
    if row.kind == "training" and not over:
        item |= _told_needs(work, own_obligations.needs(work, row.organization, work.moment.on))
    if row.kind == "evidence_expiring" and not over:
        item["falls"] = own_forecast.falls(work, row.organization)
    if row.kind == "audit_due" and not over:
        item["audits"] = own_audits.needs(work, row.organization)
    return item


def _told_needs(work: Work, needs: Iterable[TrainingNeed]) -> Item:
    """What an open ``training`` flag says: per pillar gap, due, what is unmet and how pressing it is."""
    found = list(needs)
    return {
        "pillars": [
            {
                "framework": one.framework,
                "pillar": one.pillar,
                "gap": one.gap,
                "due": one.due.isoformat(),
                "priority": str(one.priority),
                "unmet": wording.unmet(registry(work).get(one.framework), one.unmet),
            }
            for one in found
        ],
        "due": min((one.due.isoformat() for one in found), default=None),
        "priority": str(found[0].priority) if found else None,
    }


def _told(stored: Mapping[str, Any] | None) -> list[Item]:
    return [wording.reason(one["code"], one["params"]) for one in (stored or {}).get("reasons", [])]


def _own_id(work: Work) -> str:
    found = engine.present(work).network.organization(work.actor.organization)
    return found.id if found else ""
