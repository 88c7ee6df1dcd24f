"""Every change of a merge goes through here and is written down, so that a split can put it back exactly."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Date, Table, and_, delete, insert, select, update

from supplychain.db import Base, UTCDateTime, table_of
from supplychain.network.merge_models import MergeStep
from supplychain.work import Work

_STEPS = table_of(MergeStep)
Key = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One value changed: in which row, from what, to what; no column when the row was removed (old is the row)."""

    table: str
    key: Key
    column: str | None
    old: Any
    new: Any


class Journal:
    """What one merge changes."""

    def __init__(self, work: Work) -> None:
        self.steps: list[Step] = []
        self._session = work.session

    def move(self, column: Column[Any], old: int, new: int, where: ColumnElement[bool] | None = None) -> None:
        """Let every row that refers to one organization in a column refer to another."""
        table = column.table
        assert isinstance(table, Table)
        condition = column == old if where is None else and_(column == old, where)
        rows = self._session.execute(select(*table.primary_key.columns).where(condition)).mappings().all()
        for row in rows:
            self.steps.append(Step(table.name, dict(row), column.name, old, new))
        if rows:
            self._session.execute(update(table).where(condition).values({column: new, **_newer(table)}))

    def put(self, table: Table, row: Mapping[str, Any], **values: Any) -> None:
        """Give a row, as it was read, other values; those that are the same are no change."""
        changed = {name: value for name, value in values.items() if row[name] != value}
        for name, value in changed.items():
            self.steps.append(Step(table.name, key_of(table, row), name, stored(row[name]), stored(value)))
        if changed:
            statement = update(table).where(is_row(table, key_of(table, row)))
            self._session.execute(statement.values({**changed, **_newer(table)}))

    def remove(self, table: Table, row: Mapping[str, Any]) -> None:
        """Remove a row that has no meaning once both are one."""
        image = {name: stored(value) for name, value in row.items()}
        self.steps.append(Step(table.name, key_of(table, row), None, image, None))
        self._session.execute(delete(table).where(is_row(table, key_of(table, row))))

    def write(self, merge: int, owner: int) -> None:
        """Write down all steps."""
        rows = [
            {"merge": merge, "position": position, "owner": owner, **_fields(step)}
            for position, step in enumerate(self.steps)
        ]
        if rows:
            self._session.execute(insert(_STEPS), rows)
        # What this session read before does not know of statements.
        self._session.expire_all()


def steps_of(work: Work, merge: int) -> list[Step]:
    """What a merge changed, in its order."""
    columns = (_STEPS.c.table, _STEPS.c.key, _STEPS.c.column, _STEPS.c.old, _STEPS.c.new)
    query = select(*columns).where(_STEPS.c.merge == merge).order_by(_STEPS.c.position)
    return [
        Step(table, key, column, old["value"], new["value"])
        for table, key, column, old, new in work.session.execute(query)
    ]


def row_of(work: Work, table: Table, key: Key) -> Mapping[str, Any] | None:
    """A row as it is now, locked; None when it is gone."""
    found = work.session.execute(select(table).where(is_row(table, key)).with_for_update()).mappings().one_or_none()
    return None if found is None else dict(found)


def restore(work: Work, table: Table, key: Key, values: Mapping[str, Any]) -> None:
    """Give a row its old values."""
    loaded = {name: loaded_value(table.c[name], value) for name, value in values.items()}
    work.session.execute(update(table).where(is_row(table, key)).values({**loaded, **_newer(table)}))


def revive(work: Work, table: Table, image: Mapping[str, Any]) -> None:
    """Put a removed row back; under another number where its own was given to a later row (SQLite gives them anew)."""
    values = {name: loaded_value(table.c[name], value) for name, value in image.items()}
    if "number" in values and row_of(work, table, {"number": values["number"]}) is not None:
        del values["number"]
    work.session.execute(insert(table), [values])


def table_named(name: str) -> Table:
    """A table of the whole application."""
    return Base.metadata.tables[name]


def key_of(table: Table, row: Mapping[str, Any]) -> Key:
    """The primary key of a row."""
    return {column.name: row[column.name] for column in table.primary_key.columns}


def is_row(table: Table, key: Key) -> ColumnElement[bool]:
    """The condition that finds one row."""
    return and_(*(table.c[name] == value for name, value in key.items()))


def rows(work: Work, table: Table, *conditions: ColumnElement[bool]) -> list[Mapping[str, Any]]:
    """Rows as they are now, locked, in order."""
    query = select(table).where(*conditions).order_by(*table.primary_key.columns).with_for_update()
    return [dict(row) for row in work.session.execute(query).mappings()]


def stored(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def loaded_value(column: Column[Any], value: Any) -> Any:
    """A value as its column takes it."""
    if not isinstance(value, str):
        return value
    if isinstance(column.type, UTCDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value


def numbers_in(steps: Iterable[Step], table: str) -> set[int]:
    """Which rows of a table some steps changed."""
    return {step.key["number"] for step in steps if step.table == table and "number" in step.key}


def _fields(step: Step) -> dict[str, Any]:
    values = {"old": {"value": step.old}, "new": {"value": step.new}}
    return {"table": step.table, "key": dict(step.key), "column": step.column, **values}


def _newer(table: Table) -> dict[str, Any]:
    """What a reader compares in If-Match must not stay when what it read is another: moved and moved back alike."""
    return {"version": table.c.version + 1} if "version" in table.c else {}
