"""Supply links as their readers find them: unseen is unknown (domain rules: what may be seen by whom)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from graph.network import Link, Network
from graph.terms import Disclosure, LinkState, most_closed
from supplychain.accounts.permissions import Permission
from supplychain.dialects import among
from supplychain.errors import NotFound
from supplychain.network import aliases, directory, engine, facts
from supplychain.network.independence import family, may_review
from supplychain.network.link_rules import Side, state_today, undecided
from supplychain.network.models import Organization, SupplyLink
from supplychain.work import Work


def find(work: Work, link_id: str) -> SupplyLink:
    """The link with an id, if the actor is one of its ends, its private owner or its reviewer.

    The id of a link that was joined into another finds the other. In a unit that writes, the row is locked.
    Raises NotFound.
    """
    row = _one(work, SupplyLink.id == link_id)
    while row is not None and row.joined_into is not None:
        row = _one(work, SupplyLink.number == row.joined_into)
    if row is None or _side_of(work, row) is None:
        raise NotFound
    return row


def side_of(work: Work, row: SupplyLink) -> Side:
    """Who the actor is to a link. Raises NotFound when nobody."""
    side = _side_of(work, row)
    if side is None:
        raise NotFound
    return side


def reviewable(work: Work, ids: Collection[str]) -> Mapping[str, SupplyLink]:
    """The links among some ids that the actor reviews, locked, by id."""
    query = select(SupplyLink).where(SupplyLink.id.in_(ids), SupplyLink.owner == 0, SupplyLink.joined_into.is_(None))
    rows = work.session.scalars(query.order_by(SupplyLink.number).with_for_update()).all()
    assigned = _assigned(work, {end for row in rows for end in (row.buyer, row.supplier)})
    network = engine.network(work)
    return {row.id: row for row in rows if _reviews(work, network, assigned, row.buyer, row.supplier)}


def listed(
    work: Work, role: str | None = None, state: str | None = None, counterpart: str | None = None
) -> Sequence[Link]:
    """The actor's links as the engine knows them, filtered by what it is shown."""
    network = engine.network(work)
    found = _of_role(work, network, role)
    if counterpart is not None:
        other = aliases.number_of(work, counterpart)
        found = [link for link in found if other in {link.buyer, link.supplier} - {work.actor.organization}]
    if state is not None:
        found = [link for link in found if state_today(link.periods, work.today) == state]
    return found


def represent(work: Work, links: Iterable[SupplyLink]) -> list[dict[str, Any]]:
    """Links that the actor may see, as it is shown them, in the same order."""
    rows = list(links)
    me = work.actor.organization
    ends = directory.by_number(work, {end for row in rows for end in (row.buyer, row.supplier)})
    return [_shown(row, _seen_as(row, me), ends, work.today) for row in rows]


def represent_listed(work: Work, links: Sequence[Link]) -> list[dict[str, Any]]:
    """Links that the engine listed, from their rows."""
    query = select(SupplyLink).where(among(SupplyLink.number, (link.number for link in links)))
    return represent(work, work.session.scalars(query.order_by(SupplyLink.number)))


def _one(work: Work, condition: Any) -> SupplyLink | None:
    query = select(SupplyLink).where(condition)
    return work.session.scalar(query.with_for_update() if work.writes else query)


def _side_of(work: Work, row: SupplyLink) -> Side | None:
    me = work.actor.organization
    if row.owner:
        return Side.OWNER if row.owner == me else None
    side = {row.buyer: Side.BUYER, row.supplier: Side.SUPPLIER}.get(me)
    if side is not None or Permission.LINKS_REVIEW not in work.actor.permissions:
        return side
    periods = facts.periods_of(row.periods)
    if not undecided(periods) and row.reviewer != me:
        return None
    assigned = _assigned(work, {row.buyer, row.supplier})
    return Side.REVIEWER if _reviews(work, engine.network(work), assigned, row.buyer, row.supplier) else None


def _assigned(work: Work, ends: Collection[int] | None = None) -> frozenset[int]:
    """Organizations, of some or of all, whose claim or evidence the actor reviews."""
    me = work.actor.organization
    query = select(Organization.number).where(
        or_(Organization.claim_reviewer == me, Organization.evidence_reviewer == me)
    )
    if ends is not None:
        query = query.where(among(Organization.number, ends))
    return frozenset(work.session.scalars(query))


def _reviews(work: Work, network: Network, assigned: frozenset[int], buyer: int, supplier: int) -> bool:
    """Assigned, and independent of both ends."""
    if not {buyer, supplier} & assigned:
        return False
    me = work.actor.organization
    return buyer not in family(network, me, work.today) and may_review(network, me, supplier, work.today)


def _of_role(work: Work, network: Network, role: str | None) -> list[Link]:
    me = work.actor.organization
    found: list[Link] = []
    if role in {None, Side.BUYER}:
        found += [link for link in network.links_from(me) if link.owner is None]
    if role in {None, Side.SUPPLIER}:
        found += [link for link in network.links_to(me) if link.owner is None]
    if role in {None, Side.OWNER}:
        own = work.session.scalars(select(SupplyLink.number).where(SupplyLink.owner == me))
        found += [link for number in own if (link := network.link(number))]
    if role == Side.REVIEWER:
        found += _to_decide(work, network)
    return [link for link in found if link.periods]


def _to_decide(work: Work, network: Network) -> list[Link]:
    if Permission.LINKS_REVIEW not in work.actor.permissions:
        return []
    assigned = _assigned(work)
    near = {
        link.number: link
        for number in assigned
        for link in (*network.links_from(number), *network.links_to(number))
        if link.owner is None and undecided(link.periods)
    }
    return [link for link in near.values() if _reviews(work, network, assigned, link.buyer, link.supplier)]


def _seen_as(row: SupplyLink, me: int) -> Side:
    """Who a reader is that may see the link; who is no end of it and not its owner reviews it."""
    return {row.owner: Side.OWNER, row.buyer: Side.BUYER, row.supplier: Side.SUPPLIER}.get(me, Side.REVIEWER)


def _shown(row: SupplyLink, side: Side, ends: Mapping[int, Organization], today: date) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": row.id,
        "role": str(side),
        "buyer": _party(ends[row.buyer]),
        "supplier": _party(ends[row.supplier]),
        "category": row.category or None,
        "state": state_today(facts.periods_of(row.periods), today),
        "periods": [
            {"valid_from": first, "valid_to": last, "state": LinkState(state)} for first, last, state in row.periods
        ],
        "private": bool(row.owner),
    }
    if side in {Side.BUYER, Side.SUPPLIER}:
        shown["disclosure"] = most_closed(Disclosure(row.disclosure_buyer), Disclosure(row.disclosure_supplier))
        shown["own_disclosure"] = getattr(row, f"disclosure_{side}")
    if side in {Side.BUYER, Side.OWNER}:
        shown["share"] = row.share
    if side is Side.BUYER:
        shown["flow_down"] = row.flow_down
    if side is not Side.OWNER:
        shown["dispute"] = _dispute(row)
    return shown


def _party(row: Organization) -> dict[str, Any]:
    return {"id": row.id, "name": row.name, "name_zh": row.name_zh}


def _dispute(row: SupplyLink) -> dict[str, Any] | None:
    if row.dispute is None:
        return None
    by = Side.BUYER if row.dispute["by"] == row.buyer else Side.SUPPLIER
    return {"by": str(by), "reason": row.dispute["reason"], "note": row.dispute["note"]}
