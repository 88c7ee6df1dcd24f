"""A sender's network in the columns that an import takes: what is exported so imports again without a change."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Select, select

from graph.network import Link, Period
from graph.terms import LinkState
from supplychain.dialects import among
from supplychain.network import directory, link_queries, records
from supplychain.network.figures import FIGURES
from supplychain.network.identifiers import Scheme
from supplychain.network.link_rules import SAID_BY, Side
from supplychain.network.models import OwnershipRow, SupplierRecord, SupplyLink
from supplychain.network.organizations import holds
from supplychain.work import Work

_SIDES: Final = (Side.BUYER, Side.SUPPLIER, Side.OWNER)
Said = tuple[Link, int, Period]
"""A link, which of its periods, and that one."""


def own_records(work: Work) -> Select[SupplierRecord]:
    """The sender's records; the first one of an organization is the first one written."""
    return records.own(work.actor.organization)


def organizations(work: Work, rows: Sequence[SupplierRecord]) -> list[dict[str, Any]]:
    """Records in the columns of a list of organizations."""
    numbers = {row.organization for row in rows}
    entries = directory.by_number(work, numbers)
    identifiers = directory.identifiers_of(work, numbers)
    parents = _parent_codes(work, numbers)
    shown = []
    for row in rows:
        entry = entries[row.organization]
        of_scheme: dict[str, str] = {}
        for one in identifiers[row.organization]:
            of_scheme.setdefault(one.scheme, one.value)
        shown.append(
            {
                "code": row.code,
                "name": row.name,
                "name_zh": entry.name_zh,
                "kind": entry.kind if holds(work, entry) else None,
                **{name: getattr(row, name) for name in (*records.ATTRIBUTES, "address", "spend", *FIGURES)},
                **{str(scheme): of_scheme.get(scheme) for scheme in Scheme},
                "parent_code": parents.get(row.organization),
            }
        )
    return shown


def _parent_codes(work: Work, children: Iterable[int]) -> Mapping[int, str]:
    """By child, the sender's first code for the first parent that the sender named."""
    me = work.actor.organization
    query = (
        select(OwnershipRow.child, SupplierRecord.code)
        .join(SupplierRecord, SupplierRecord.organization == OwnershipRow.parent)
        .where(OwnershipRow.claimed_by == me, among(OwnershipRow.child, children), SupplierRecord.owner == me)
        .order_by(OwnershipRow.number, SupplierRecord.number)
    )
    found: dict[int, str] = {}
    for child, code in work.session.execute(query):
        found.setdefault(child, code)
    return found


def said(work: Work, role: str | None = None) -> list[Said]:
    """Days of links that the sender spoke of, or that are confirmed; in order of recording.

    What only the other end says is left out: a list that said it would confirm it. So is what was ended or disputed.
    """
    found: list[Said] = []
    for side in _SIDES:
        if role in {None, side}:
            own = {SAID_BY[side], LinkState.CONFIRMED}
            links = link_queries.listed(work, side)
            found += [
                (link, at, period) for link in links for at, period in enumerate(link.periods) if period.state in own
            ]
    return sorted(found, key=position)


def position(one: Said) -> tuple[int, int]:
    """Where days stand in the list."""
    link, at, _ = one
    return link.number, at


def links(work: Work, days: Sequence[Said]) -> list[dict[str, Any]]:
    """Days of links in the columns of a list of links."""
    me = work.actor.organization
    query = select(SupplyLink).where(among(SupplyLink.number, {link.number for link, _, _ in days}))
    rows = {row.number: row for row in work.session.scalars(query)}
    ends = directory.by_number(work, {end for row in rows.values() for end in (row.buyer, row.supplier)})
    shown = []
    for link, _, period in days:
        row = rows[link.number]
        side = {row.owner: Side.OWNER, row.buyer: Side.BUYER}.get(me, Side.SUPPLIER)
        shown.append(
            {
                "buyer": ends[row.buyer].id,
                "buyer_name": ends[row.buyer].name,
                "supplier": ends[row.supplier].id,
                "supplier_name": ends[row.supplier].name,
                "category": row.category or None,
                "share": None if side is Side.SUPPLIER else row.share,
                "valid_from": period.valid_from,
                "valid_to": period.valid_to,
                "flow_down": row.flow_down if side is Side.BUYER else None,
                "disclosure": None if side is Side.OWNER else getattr(row, f"disclosure_{side}"),
                "private": side is Side.OWNER,
                "state": str(period.state),
            }
        )
    return shown
