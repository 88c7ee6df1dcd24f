"""Verbs of ownership: claim, confirm, review, end (domain rules: organization, parent).

It counts once both ends, or a reviewer who saw a document, confirmed it. An end's claim is shown to
the other end; a third party's to itself and to the reviewer of the child, whose sight it would open.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, or_, select

from supplychain.accounts.permissions import Permission
from supplychain.dialects import among
from supplychain.errors import Conflict, Forbidden, Invalid, NotFound
from supplychain.network import directory, engine, facts
from supplychain.network.cycles import Edge, closes_a_circle
from supplychain.network.independence import may_review
from supplychain.network.models import Organization, OwnershipRow
from supplychain.network.standing import require_verified
from supplychain.work import Work

_YESTERDAY: Final = timedelta(days=1)


def visible(work: Work) -> Select[OwnershipRow]:
    """Ownerships the caller may read: of itself, claimed by it, or of a child assigned to it for review."""
    return select(OwnershipRow).where(or_(_mine(work), _assigned(work)))


def find(work: Work, ownership_id: str) -> OwnershipRow:
    """One that the caller may read; locked in a unit that writes. Raises NotFound."""
    query = visible(work).where(OwnershipRow.id == ownership_id)
    row = work.session.scalar(query.with_for_update() if work.writes else query)
    if row is None:
        raise NotFound
    return row


def claim(
    work: Work, *, child: str, parent: str, valid_from: date | None = None, valid_to: date | None = None
) -> tuple[OwnershipRow, bool]:
    """Say that one organization is below another (public ids); the row, and whether it is new.

    An end's word is its confirmation; said of what the other end claimed for the same days, it confirms.
    Raises Invalid, and Conflict for what contradicts ownerships the caller may read.
    """
    require_verified(work)
    below = directory.named(work, child, "/child").number
    above = directory.named(work, parent, "/parent").number
    if below == above:
        raise Invalid.at("/parent", "own-parent")
    edge = Edge(below, above, valid_from, valid_to)
    if valid_from and valid_to and valid_to < valid_from:
        raise Invalid.at("/valid_to", "ends-before-it-begins")
    known = or_(_mine(work), _assigned(work))
    between = _between(work, edge, known)
    same = next((row for row in between if _edge(row) == edge), None)
    if same is not None:
        _confirm_as_end(work, same)
        return same, False
    if any(_overlap(_edge(row), edge) for row in between):
        raise Conflict("ownership-exists")
    if closes_a_circle(map(_edge, _below(work, below, known)), edge):
        raise Conflict("ownership-circle")
    return _add(work, edge), True


def confirm(work: Work, row: OwnershipRow) -> OwnershipRow:
    """Confirm as one of its ends. Raises Forbidden for anybody else, Conflict once it is over."""
    require_verified(work)
    if work.actor.organization not in {row.child, row.parent}:
        raise Forbidden("ownership-not-yours")
    _check_not_over(work, row)
    _confirm_as_end(work, row)
    return row


def review(work: Work, row: OwnershipRow, reason: str) -> OwnershipRow:
    """Confirm as the reviewer of the child who saw a document.

    Raises Forbidden when the child is not assigned to the caller or the caller is not independent of
    both ends, Conflict once it is over.
    """
    require_verified(work)
    reviewer = work.actor.organization
    network = engine.network(work)
    independent = all(may_review(network, reviewer, end, work.today) for end in (row.child, row.parent))
    if not independent or not _is_assigned(work, row.child):
        raise Forbidden("ownership-not-yours")
    _check_not_over(work, row)
    if row.confirmed_by_reviewer is None:
        row.confirmed_by_reviewer = reviewer
        _tell(work, row, "ownership.confirmed", reason=reason)
    return row


def end(work: Work, row: OwnershipRow, valid_to: date | None = None) -> OwnershipRow:
    """End it with a last day, yesterday at the earliest (default today): what is past stays.

    By an end, by its reviewer, or by its claimant while nobody confirmed it. One that has not begun
    loses its confirmations. Raises Forbidden, Invalid, Conflict once it is over.
    """
    require_verified(work)
    _check_may_end(work, row)
    _check_not_over(work, row)
    last = valid_to or work.today
    if last < work.today - _YESTERDAY:
        raise Invalid.at("/valid_to", "before-yesterday")
    if row.valid_to is not None and row.valid_to < last:
        raise Invalid.at("/valid_to", "only-earlier")
    if row.valid_from is not None and last < row.valid_from:
        row.confirmed_by_child = row.confirmed_by_parent = False
        row.confirmed_by_reviewer = None
        last = row.valid_from
    row.valid_to = last
    _tell(work, row, "ownership.ended")
    return row


def state_on(row: OwnershipRow, day: date) -> str:
    """``ended``, ``confirmed`` or ``claimed``."""
    if row.valid_to is not None and row.valid_to < day:
        return "ended"
    return "confirmed" if row.confirmed else "claimed"


def _mine(work: Work) -> ColumnElement[bool]:
    me = work.actor.organization
    by_an_end = OwnershipRow.claimed_by.in_((OwnershipRow.child, OwnershipRow.parent))
    told = or_(by_an_end, OwnershipRow.confirmed_by_reviewer.is_not(None))
    at_an_end = or_(OwnershipRow.child == me, OwnershipRow.parent == me)
    return or_(OwnershipRow.claimed_by == me, OwnershipRow.confirmed_by_reviewer == me, and_(at_an_end, told))


def _assigned(work: Work) -> ColumnElement[bool]:
    if Permission.LINKS_REVIEW not in work.actor.permissions:
        return OwnershipRow.number.in_(())
    return OwnershipRow.child.in_(_reviewed_by(work.actor.organization))


def _reviewed_by(reviewer: int) -> Select[int]:
    return select(Organization.number).where(
        or_(Organization.claim_reviewer == reviewer, Organization.evidence_reviewer == reviewer)
    )


def _is_assigned(work: Work, organization: int) -> bool:
    mine = _reviewed_by(work.actor.organization).where(Organization.number == organization)
    return work.session.scalar(mine) is not None


def _edge(row: OwnershipRow) -> Edge:
    return Edge(row.child, row.parent, row.valid_from, row.valid_to)


def _between(work: Work, edge: Edge, known: ColumnElement[bool]) -> Sequence[OwnershipRow]:
    query = select(OwnershipRow).where(OwnershipRow.child == edge.child, OwnershipRow.parent == edge.parent, known)
    return work.session.scalars(query.order_by(OwnershipRow.number).with_for_update()).all()


def _overlap(one: Edge, other: Edge) -> bool:
    starts = max(one.valid_from or date.min, other.valid_from or date.min)
    return starts <= min(one.valid_to or date.max, other.valid_to or date.max)


def _add(work: Work, edge: Edge) -> OwnershipRow:
    me = work.actor.organization
    row = OwnershipRow(
        child=edge.child,
        parent=edge.parent,
        valid_from=edge.valid_from,
        valid_to=edge.valid_to,
        confirmed_by_child=me == edge.child,
        confirmed_by_parent=me == edge.parent,
        claimed_by=me,
        created_at=work.now,
    )
    work.session.add(row)
    _tell(work, row, "ownership.claimed")
    return row


def _confirm_as_end(work: Work, row: OwnershipRow) -> None:
    me = work.actor.organization
    before = (row.confirmed_by_child, row.confirmed_by_parent)
    row.confirmed_by_child = row.confirmed_by_child or me == row.child
    row.confirmed_by_parent = row.confirmed_by_parent or me == row.parent
    if before != (row.confirmed_by_child, row.confirmed_by_parent):
        _tell(work, row, "ownership.confirmed")


def _check_may_end(work: Work, row: OwnershipRow) -> None:
    me = work.actor.organization
    is_party = me in {row.child, row.parent, row.confirmed_by_reviewer}
    if not is_party and (me != row.claimed_by or row.confirmed):
        raise Forbidden("ownership-not-yours")


def _check_not_over(work: Work, row: OwnershipRow) -> None:
    if state_on(row, work.today) == "ended":
        raise Conflict("ownership-over")


def _tell(work: Work, row: OwnershipRow, action: str, **data: str) -> None:
    if row.confirmed:
        _check_circle(work, row)
    work.session.flush()
    work.record(action, row.id, work.actor.organization, **data)
    work.change(facts.of_ownership(row))
    if action != "ownership.claimed":
        work.emit(action, row.id, row.child)
    work.touch(row.child, row.parent)


def _check_circle(work: Work, row: OwnershipRow) -> None:
    """Refuse what would put an organization above itself, without telling by which ownerships."""
    counts = or_(
        and_(OwnershipRow.confirmed_by_child, OwnershipRow.confirmed_by_parent),
        OwnershipRow.confirmed_by_reviewer.is_not(None),
    )
    others = (one for one in _below(work, row.child, counts) if one is not row)
    if closes_a_circle(map(_edge, others), _edge(row)):
        raise Invalid("ownership-impossible")


def _below(work: Work, organization: int, which: ColumnElement[bool]) -> Iterable[OwnershipRow]:
    """Ownerships below an organization on whatever day, as far as they are among those asked for."""
    found: dict[int, OwnershipRow] = {}
    frontier = {organization}
    while frontier:
        query = select(OwnershipRow).where(among(OwnershipRow.parent, frontier), which)
        new = [one for one in work.session.scalars(query) if one.number not in found]
        found.update((one.number, one) for one in new)
        frontier = {one.child for one in new}
    return found.values()
