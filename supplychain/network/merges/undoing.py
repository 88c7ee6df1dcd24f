"""The way back of a merge: every value that still is as the merge left it becomes what it was.

What somebody changed since on purpose stays as it is; where that would tear a joined link apart, the split is refused.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Table, UniqueConstraint, select

from supplychain.errors import Conflict
from supplychain.network.merge_models import Merge
from supplychain.network.merges import journal
from supplychain.network.merges.journal import Key, Step
from supplychain.network.models import Organization
from supplychain.work import Work

WHOLE: Final = frozenset({"supply_link"})
"""Tables whose rows go back as a whole or not at all: their values only make sense together."""

ENDS: Final = frozenset({"buyer", "supplier", "owner"})


@dataclass(slots=True)
class _Row:
    """What a merge did to one row: by column, what was first and what came last. removed: the row, when it went."""

    table: Table
    key: Key
    old: dict[str, Any] = field(default_factory=dict)
    new: dict[str, Any] = field(default_factory=dict)
    removed: dict[str, Any] | None = None


def put_back(work: Work, merge: Merge) -> Sequence[Step]:
    """Undo every step of a merge; the steps. Raises Conflict with what is in the way, and then nothing is changed."""
    steps = journal.steps_of(work, merge.number)
    rows = _rows(steps)
    followed = _followed_to(work, merge.target)
    links = {row.key["number"] for row in rows if row.table.name in WHOLE}
    planned = [(row, _plan(work, row, followed, links)) for row in rows]
    in_the_way = [row for row, plan in planned if plan is None]
    if in_the_way:
        first = in_the_way[0]
        raise Conflict("split-in-the-way", count=len(in_the_way), subject=_subject(work, first))
    for row, plan in reversed(planned):
        if row.removed is not None:
            journal.revive(work, row.table, {**row.removed, **row.old})
        elif plan:
            journal.restore(work, row.table, row.key, plan)
    work.session.expire_all()
    return steps


def _rows(steps: Sequence[Step]) -> list[_Row]:
    found: dict[tuple[str, tuple[tuple[str, Any], ...]], _Row] = {}
    for step in steps:
        at = (step.table, tuple(sorted(step.key.items())))
        row = found.setdefault(at, _Row(journal.table_named(step.table), step.key))
        if step.column is None:
            row.removed = step.old
        else:
            row.old.setdefault(step.column, step.old)
            row.new[step.column] = step.new
    return list(found.values())


def _plan(work: Work, row: _Row, followed: int, links: Collection[int]) -> Mapping[str, Any] | None:
    """The values a row gets back; None when later facts are in the way. Nothing for a row that somebody removed.

    links: those that the merge changed; one that since gave its days to another link cannot go back without it.
    """
    if row.removed is not None:
        return None if _is_taken(work, row) else row.removed
    now = journal.row_of(work, row.table, row.key)
    if now is None:
        return {}
    values = {name: journal.stored(now[name]) for name in row.new}
    if row.table.name not in WHOLE:
        return {name: old for name, old in row.old.items() if values[name] in (row.new[name], followed)}
    changed = any(
        values[name] != value and not (name in ENDS and values[name] == followed) for name, value in row.new.items()
    )
    joined_since = "joined_into" not in row.new and now["joined_into"] not in {None, *links}
    return None if changed or joined_since else row.old


def _followed_to(work: Work, number: int) -> int:
    """Where an operator's later merge took the target."""
    query = select(Organization.merged_into)
    while (into := work.session.scalar(query.where(Organization.number == number))) is not None:
        number = into
    return number


def _is_taken(work: Work, row: _Row) -> bool:
    """Whether somebody said since what only one row may say."""
    image = {**(row.removed or {}), **row.old}
    for unique in (one for one in row.table.constraints if isinstance(one, UniqueConstraint)):
        same = [column == journal.loaded_value(column, image[column.name]) for column in unique.columns]
        if work.session.execute(select(*row.table.primary_key.columns).where(*same)).first() is not None:
            return True
    return False


def _subject(work: Work, row: _Row) -> str:
    """The public id of a row that is in the way, or else what kind of row it is."""
    now = journal.row_of(work, row.table, row.key) or row.removed or {}
    return str(now.get("id", row.table.name))
