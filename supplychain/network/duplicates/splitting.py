"""A record that was taken for another company's gets an organization of its own."""

from collections.abc import Sequence

from sqlalchemy import select

from supplychain.errors import Invalid
from supplychain.network import facts, records
from supplychain.network.duplicates import spellings
from supplychain.network.duplicates.models import UNSCORED, Duplicate
from supplychain.network.duplicates.scoring import Profile
from supplychain.network.duplicates.searching import DIFFERENT
from supplychain.network.merges.checks import rests_on
from supplychain.network.models import Organization, SupplierRecord, SupplyLink
from supplychain.network.standing import require_verified
from supplychain.work import Work


def split(work: Work, row: SupplierRecord, *, name: str | None = None, links: Sequence[str] = ()) -> Organization:
    """Enter an organization of its own for a record of the caller's; links of the caller's go along.

    links: ids of claims nobody answered and of private links about the old organization. The record is never
    proposed again as one with the caller's others about the old one. Raises Invalid.
    """
    require_verified(work)
    was = row.organization
    moving = _links(work, was, links)
    new = _enter(work, row, name)
    _set_apart(work, row, was)
    row.organization = new.number
    for link in moving:
        for end in ("buyer", "supplier"):
            if getattr(link, end) == was:
                setattr(link, end, new.number)
    work.session.flush()
    spellings.forget(work, [row])
    work.change(*(facts.of_link(link) for link in moving))
    for organization in (was, new.number):
        work.change(records.fact_of(work, row.owner, organization))
    work.touch(was, new.number)
    work.record("record.split", row.id, row.owner, now=new.number, links=len(moving))
    return new


def _enter(work: Work, row: SupplierRecord, name: str | None) -> Organization:
    new = Organization(
        name=name or row.name,
        source=work.actor.organization,
        created_at=work.now,
        **{one: getattr(row, one) for one in records.ATTRIBUTES},
    )
    work.session.add(new)
    work.session.flush()
    work.change(facts.of_organization(new))
    work.record("organization.entered", new.id, work.actor.organization)
    return new


def _set_apart(work: Work, row: SupplierRecord, organization: int) -> None:
    """Say of the record and each other one about the organization that they differ."""
    others = work.session.scalars(records.own(row.owner, organization).where(SupplierRecord.number != row.number)).all()
    known = {
        (one.first, one.second): one
        for one in work.session.scalars(
            select(Duplicate).where(
                Duplicate.owner == row.owner, (Duplicate.first == row.number) | (Duplicate.second == row.number)
            )
        )
    }
    for other in others:
        first, second = sorted((row, other), key=lambda one: one.number)
        pair = known.get((first.number, second.number))
        if pair is None:
            pair = Duplicate(
                owner=row.owner,
                first=first.number,
                second=second.number,
                said_first=_said(first),
                said_second=_said(second),
                distance=UNSCORED,
                parts=[],
                blocks=[],
                found_at=work.now,
            )
            work.session.add(pair)
        pair.state, pair.decided_at, pair.merge = DIFFERENT, work.now, None


def _said(row: SupplierRecord) -> str:
    return Profile(row.number, row.organization, row.code, row.name, row.country, row.address).spoken


def _links(work: Work, organization: int, ids: Sequence[str]) -> list[SupplyLink]:
    me = work.actor.organization
    query = select(SupplyLink).where(SupplyLink.id.in_(ids)).order_by(SupplyLink.number).with_for_update()
    found = {row.id: row for row in work.session.scalars(query)}
    for at, link_id in enumerate(ids):
        row = found.get(link_id)
        if row is None or organization not in {row.buyer, row.supplier} or not _is_own(row, me):
            raise Invalid.at(f"/links/{at}", "unknown-link")
    return list(found.values())


def _is_own(row: SupplyLink, me: int) -> bool:
    if row.joined_into is not None:
        return False
    if row.owner:
        return row.owner == me
    return me in {row.buyer, row.supplier} and rests_on(row, me)
