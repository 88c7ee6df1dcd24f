"""Flags as a brand and as the supplier itself may see them (domain rules: flags)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from supplychain.conformity import wording
from supplychain.conformity.brand import Judged, needs_training, suppliers
from supplychain.conformity.models import Flag
from supplychain.conformity.own import own_obligations
from supplychain.network import engine
from supplychain.work import Work

Item = dict[str, Any]


def for_brand(work: Work, query: Mapping[str, Any]) -> list[Item]:
    """The suppliers whose ``training`` flag the brand's own obligations alone would open.

    With the brand's own due dates; never when a flag opened or closed, for that may be another brand's doing.
    """
    if query.get("kind", "training") != "training":
        return []
    found = suppliers(work, work.actor.organization, work.today)
    return [_training(shown, rows) for shown, (_, rows) in sorted(found.items()) if needs_training(rows)]


def for_supplier(work: Work, query: Mapping[str, Any]) -> list[Item]:
    """The organization's own flags, open and closed, with everything they say today."""
    wanted = select(Flag).where(Flag.organization == work.actor.organization).order_by(Flag.number)
    if query.get("kind") is not None:
        wanted = wanted.where(Flag.kind == query["kind"])
    return [_own_item(work, row) for row in work.session.scalars(wanted)]


def _training(shown: str, rows: tuple[Judged, ...]) -> Item:
    lacking = [one for one in rows if needs_training([one])]
    dues = [one.due for one in lacking if one.due is not None and not shown.startswith("psn_")]
    return {
        "kind": "training",
        "supplier": shown,
        "pillars": [
            {"pillar": one.pillar, "framework": one.requirement.framework, "gap": one.judged.gap if one.judged else 0}
            for one in lacking
        ],
        "due": min(dues).isoformat() if dues else None,
    }


def _own_item(work: Work, row: Flag) -> Item:
    item: Item = {
        "id": row.id,
        "kind": row.kind,
        "supplier": _own_id(work),
        "opened_on": row.opened_on.isoformat(),
        "closed_on": wording.plain(row.closed_on),
        "reasons": _told(row.opening_reason),
        "closing_reasons": _told(row.closing_reason),
    }
    if row.kind == "training" and row.closed_on is None:
        item |= _needs(work, work.today)
    return item


def _needs(work: Work, day: date) -> Item:
    """What an open ``training`` flag says today: the gaps, the earliest due, what is unmet."""
    lacking = [
        one for one in own_obligations(work, work.actor.organization, day) if one["gap"] and not one["announced"]
    ]
    return {
        "pillars": [{name: one[name] for name in ("pillar", "framework", "gap", "unmet")} for one in lacking],
        "due": min((one["due"] for one in lacking), default=None),
    }


def _told(stored: Mapping[str, Any] | None) -> list[Item]:
    return [wording.reason(one["code"], one["params"]) for one in (stored or {}).get("reasons", [])]


def _own_id(work: Work) -> str:
    found = engine.network(work).organization(work.actor.organization)
    return found.id if found else ""
