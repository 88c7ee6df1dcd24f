"""What keeps two entries from being one; each is a refusal that says what to do."""

from typing import Final

from sqlalchemy import or_, select

from graph.terms import LinkState
from supplychain.dialects import among
from supplychain.errors import Conflict, Invalid
from supplychain.network import facts
from supplychain.network.cycles import Edge, closes_a_circle
from supplychain.network.models import Organization, OwnershipRow, SupplyLink
from supplychain.network.standing import UNCLAIMED, UNVERIFIED, VERIFIED
from supplychain.work import Work

_STANDING: Final = {UNCLAIMED: 0, UNVERIFIED: 1, VERIFIED: 2}
ALONE: Final = {
    "buyer": frozenset({LinkState.CLAIMED, LinkState.ENDED}),
    "supplier": frozenset({LinkState.OFFERED, LinkState.ENDED}),
}
"""States of a link that rest on the word of the end named alone."""


def check_two(source: Organization, target: Organization) -> None:
    """Raises Invalid when both are one entry already."""
    if source.number == target.number:
        raise Invalid.at("/target", "merge-with-itself")


def check_standing(source: Organization, target: Organization) -> None:
    """The entry with the better established owner keeps its id. Raises Conflict."""
    if _STANDING[source.claim] > _STANDING[target.claim]:
        raise Conflict("merge-the-other-way", source=source.id, target=target.id)


def check_circle(work: Work, source: Organization, target: Organization) -> None:
    """Refuse what would put the company above itself by way of a third. Raises Conflict."""

    def edge(row: OwnershipRow) -> Edge | None:
        child, parent = (target.number if end == source.number else end for end in (row.child, row.parent))
        return None if child == parent else Edge(child, parent, row.valid_from, row.valid_to)

    confirmed = [row for row in _ownerships_near(work, {source.number, target.number}) if row.confirmed]
    known: list[Edge] = []
    for one in filter(None, map(edge, confirmed)):
        if closes_a_circle(known, one):
            raise Conflict("merge-closes-circle")
        known.append(one)


def check_alone(work: Work, source: Organization) -> None:
    """A sender moves only what rests on its own word. Raises Conflict for links that others spoke of too."""
    me = work.actor.organization
    query = select(SupplyLink).where(
        SupplyLink.owner == 0,
        or_(
            (SupplyLink.buyer == me) & (SupplyLink.supplier == source.number),
            (SupplyLink.supplier == me) & (SupplyLink.buyer == source.number),
        ),
    )
    shared = [row.id for row in work.session.scalars(query.order_by(SupplyLink.number)) if not rests_on(row, me)]
    if shared:
        raise Conflict("merge-not-alone", count=len(shared), link=shared[0])


def rests_on(row: SupplyLink, party: int) -> bool:
    """Whether all that is said of a link is the word of one of its ends."""
    side = "buyer" if row.buyer == party else "supplier"
    return {period.state for period in facts.periods_of(row.periods)} <= ALONE[side]


def _ownerships_near(work: Work, organizations: set[int]) -> list[OwnershipRow]:
    """Every ownership above and below some organizations, at any distance."""
    found: dict[int, OwnershipRow] = {}
    frontier, seen = set(organizations), set(organizations)
    while frontier:
        query = select(OwnershipRow).where(
            or_(among(OwnershipRow.parent, frontier), among(OwnershipRow.child, frontier))
        )
        rows = list(work.session.scalars(query))
        found.update((row.number, row) for row in rows)
        frontier = {end for row in rows for end in (row.parent, row.child)} - seen
        seen |= frontier
    return [found[number] for number in sorted(found)]
