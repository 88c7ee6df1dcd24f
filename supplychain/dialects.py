"""The few statements that SQLite and PostgreSQL spell differently."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, literal
from sqlalchemy.dialects import postgresql, sqlite

from supplychain.db import Base


def _insert(dialect: str, model: type[Base]) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(model.__table__)


# Statements are built once each: to build one costs as much as to run it.


@cache
def _insert_unless_there(dialect: str, model: type[Base], names: tuple[str, ...]) -> Any:
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    # A row comes back iff one was inserted; the row count of the driver is hidden where RETURNING is implied.
    return _insert(dialect, model).values(values).on_conflict_do_nothing().returning(literal(1))


@cache
def _upsert(dialect: str, model: type[Base], keys: tuple[str, ...], names: tuple[str, ...]) -> Any:
    statement = _insert(dialect, model)
    updated = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=updated)


def insert_unless_there(connection: Connection, model: type[Base], values: Mapping[str, Any]) -> bool:
    """Insert a row unless a unique key forbids it; True if it was inserted.

    On PostgreSQL a conflicting row of a transaction in flight is waited for.
    """
    statement = _insert_unless_there(connection.dialect.name, model, tuple(values))
    return connection.execute(statement, dict(values)).first() is not None


def upsert(connection: Connection, model: type[Base], rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> None:
    """Insert rows, or overwrite those with the same key, in one statement."""
    if rows:
        statement = _upsert(connection.dialect.name, model, tuple(keys), tuple(rows[0]))
        connection.execute(statement, list(rows))
