"""Whose a piece of evidence, a finding or a decision was before entries were merged, or split again.

A merge moves rows, and writes down each value that it changed. Of what was known before it, a row is where it was.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, or_, select

from supplychain.db import UTCDateTime, table_of
from supplychain.network.merge_models import Merge, MergeStep

Row = tuple[str, int]
"""(table, number)."""
TABLES: Final = ("evidence", "finding", "decision")
COLUMNS: Final = ("organization", "sites")
_MERGES, _STEPS = table_of(Merge).c, table_of(MergeStep).c
_CUTOFF: Any = bindparam("cutoff", type_=UTCDateTime())
_SINCE = (
    select(_MERGES.merged_at, _MERGES.undone_at, _STEPS.table, _STEPS.key, _STEPS.column, _STEPS.old, _STEPS.new)
    .join_from(table_of(MergeStep), table_of(Merge), _STEPS.merge == _MERGES.number)
    .where(
        _STEPS.table.in_(TABLES),
        _STEPS.column.in_(COLUMNS),
        or_(_MERGES.merged_at >= _CUTOFF, _MERGES.undone_at >= _CUTOFF),
    )
)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where rows were before the merges and splits since a moment.

    before: by column, whose each row was. organizations: all that rows were moved from or to.
    """

    before: Mapping[str, Mapping[Row, Any]] = field(default_factory=dict)
    organizations: frozenset[int] = frozenset()

    def then(self, column: str, table: str, number: int, now: Any) -> Any:
        """What a row had in a column, given what it has now."""
        return self.before.get(column, {}).get((table, number), now)


def since(connection: Connection, cutoff: datetime) -> Whereabouts:
    """All that was moved since a moment, whoever it belongs to: the caller is the deriver."""
    first: dict[tuple[str, Row], tuple[datetime, Any]] = {}
    organizations: set[int] = set()
    for step in connection.execute(_SINCE, {"cutoff": cutoff}):
        row = step.table, step.key["number"]
        if step.column == "organization":
            organizations |= {step.old["value"], step.new["value"]}
        for at, value in _changes(step):
            known = first.get((step.column, row))
            if at >= cutoff and (known is None or at < known[0]):
                first[step.column, row] = at, value
    before: dict[str, dict[Row, Any]] = {column: {} for column in COLUMNS}
    for (column, row), (_, value) in first.items():
        before[column][row] = value
    return Whereabouts(before, frozenset(organizations))


def _changes(step: Any) -> Iterator[tuple[datetime, Any]]:
    """When a value was changed, and what it was until then."""
    yield step.merged_at, step.old["value"]
    if step.undone_at is not None:
        yield step.undone_at, step.new["value"]
