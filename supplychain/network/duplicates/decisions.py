"""Verbs of likely duplicates: read, decide, set apart; what is decided is done, learned and can be taken back."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from supplychain.errors import Conflict, Invalid, NotFound
from supplychain.network import directory
from supplychain.network.duplicates import learning, spellings
from supplychain.network.duplicates.models import UNSCORED, Duplicate
from supplychain.network.duplicates.searching import DIFFERENT, OPEN, SAME
from supplychain.network.merge_models import Merge
from supplychain.network.merges import operations as merges
from supplychain.network.models import SupplierRecord
from supplychain.network.standing import require_verified
from supplychain.work import Work


def listed(work: Work, state: str | None = None, min_score: float | None = None) -> Select[Duplicate]:
    """The caller's pairs, the likeliest first; open ones only from the learned threshold on, unless told otherwise."""
    query = select(Duplicate).where(
        Duplicate.owner == work.actor.organization, Duplicate.first.is_not(None), Duplicate.second.is_not(None)
    )
    if state is not None:
        query = query.where(Duplicate.state == state)
    if min_score is not None:
        return query.where(Duplicate.distance <= 1000 - round(1000 * min_score))
    likely = Duplicate.distance <= 1000 - round(1000 * threshold(work))
    return query.where(or_(Duplicate.state != OPEN, likely))


def find(work: Work, duplicate_id: str) -> Duplicate:
    """A pair of the caller's. Raises NotFound."""
    query = select(Duplicate).where(Duplicate.owner == work.actor.organization, Duplicate.id == duplicate_id)
    row = work.session.scalar(query)
    if row is None:
        raise NotFound
    return row


def threshold(work: Work) -> float:
    """From which score on pairs are proposed to the caller, by what it decided."""
    query = select(Duplicate.distance, Duplicate.state).where(
        Duplicate.owner == work.actor.organization,
        Duplicate.state.in_((SAME, DIFFERENT)),
        Duplicate.distance < UNSCORED,
    )
    return learning.threshold(
        (((1000 - distance) / 1000), state == SAME) for distance, state in work.session.execute(query)
    )


def decide(work: Work, row: Duplicate, decision: str, keep: str | None = None) -> Duplicate:
    """Say what a pair is. same: the caller's rows about one organization are about the other from here on.

    keep: public id of the organization that stays (default: the earlier record's). Another decision takes back what
    an earlier one merged. Raises Conflict, Invalid.
    """
    require_verified(work)
    first, second = _records(work, row)
    if row.state == decision:
        return row
    if row.merge is not None:
        merges.undo(work, work.session.get_one(Merge, row.merge))
        work.session.refresh(row)
    if decision == SAME:
        _same(work, row, (first, second), keep)
    else:
        row.state, row.decided_at = decision, work.now
        work.session.flush()
    work.record("duplicate.decided", row.id, row.owner, decision=decision)
    return row


def decide_many(work: Work, sent: Sequence[Mapping[str, Any]]) -> list[Duplicate]:
    """Decide several pairs in their order, all or none. Raises Invalid for one that is not the caller's, Conflict."""
    query = select(Duplicate).where(
        Duplicate.owner == work.actor.organization, Duplicate.id.in_({one["duplicate"] for one in sent})
    )
    rows = {row.id: row for row in work.session.scalars(query)}
    for at, one in enumerate(sent):
        if one["duplicate"] not in rows:
            raise Invalid.at(f"/decisions/{at}/duplicate", "unknown-duplicate")
    return [decide(work, rows[one["duplicate"]], one["decision"], one.get("keep")) for one in sent]


def records_of(work: Work, rows: Sequence[Duplicate]) -> Mapping[int, SupplierRecord]:
    """The records of some pairs, by number, as far as they are there."""
    numbers = {number for row in rows for number in (row.first, row.second) if number is not None}
    found = work.session.scalars(select(SupplierRecord).where(SupplierRecord.number.in_(numbers)))
    return {record.number: record for record in found}


def _records(work: Work, row: Duplicate) -> tuple[SupplierRecord, SupplierRecord]:
    found = records_of(work, [row])
    first, second = found.get(row.first or 0), found.get(row.second or 0)
    if first is None or second is None:
        raise Conflict("duplicate-record-removed")
    return first, second


def _same(work: Work, row: Duplicate, pair: tuple[SupplierRecord, SupplierRecord], keep: str | None) -> None:
    ends = directory.by_number(work, {record.organization for record in pair})
    kept = ends[pair[0].organization]
    if keep is not None:
        kept = directory.named(work, keep, "/keep")
        if kept.number not in ends:
            raise Invalid.at("/keep", "not-of-the-pair")
    gone = next((one for number, one in ends.items() if number != kept.number), None)
    made = None
    if gone is not None:
        _check_no_contradiction(work, gone.number, kept.number, row)
        made = merges.together(work, gone, kept).number
        work.session.refresh(row)
    spellings.learn(work, _records(work, row), made)
    for implied in [row, *_implied(work)]:
        implied.state, implied.decided_at, implied.merge = SAME, work.now, made
    work.session.flush()


def _between(work: Work) -> tuple[Select[Duplicate], Any, Any]:
    one, other = aliased(SupplierRecord), aliased(SupplierRecord)
    query = (
        select(Duplicate)
        .join(one, one.number == Duplicate.first)
        .join(other, other.number == Duplicate.second)
        .where(Duplicate.owner == work.actor.organization)
    )
    return query, one.organization, other.organization


def _implied(work: Work) -> Sequence[Duplicate]:
    """Open pairs whose records are about one organization now."""
    query, one, other = _between(work)
    return work.session.scalars(query.where(Duplicate.state == OPEN, one == other)).all()


def _check_no_contradiction(work: Work, one: int, other: int, row: Duplicate) -> None:
    """Two organizations of which the caller said that they differ are not made one by way of a third."""
    query, first, second = _between(work)
    apart = query.where(
        Duplicate.state == DIFFERENT,
        Duplicate.number != row.number,
        or_(and_(first == one, second == other), and_(first == other, second == one)),
    )
    found = work.session.scalar(apart.limit(1))
    if found is not None:
        raise Conflict("duplicate-contradicts", duplicate=found.id)


def count(work: Work) -> int:
    """How many decisions of the caller were learned from."""
    query = select(func.count()).select_from(Duplicate)
    learned = (
        Duplicate.owner == work.actor.organization,
        Duplicate.state.in_((SAME, DIFFERENT)),
        Duplicate.distance < UNSCORED,
    )
    return work.session.scalar(query.where(*learned)) or 0


def merge_ids(work: Work, rows: Sequence[Duplicate]) -> Mapping[int, str]:
    """Public ids of the merges by which some pairs became one, by number."""
    numbers = {row.merge for row in rows if row.merge is not None}
    return dict(work.session.execute(select(Merge.number, Merge.id).where(Merge.number.in_(numbers))).all())
