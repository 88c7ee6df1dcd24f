"""The few statements that SQLite and PostgreSQL spell differently."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Dialect, Text, bindparam, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from supplychain.db import Base


def _insert(dialect: str, model: type[Base]) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(model.__table__)


class _Sent(TypeDecorator[list[int]]):
    """Numbers sent as one parameter: an array, and where there are none a text of JSON."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(postgresql.ARRAY(BigInteger) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: list[int] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


class _Each(FunctionElement[int]):
    inherit_cache = True


@compiles(_Each)
def _each(element: _Each, compiler: Any, **options: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **options)}))"  # noqa: S608 - a parameter


@compiles(_Each, "postgresql")
def _each_of_array(element: _Each, compiler: Any, **options: Any) -> str:
    return f"(SELECT unnest({compiler.process(element.clauses, **options)}))"


def among(column: Any, numbers: Iterable[int]) -> ColumnElement[bool]:
    """Whether a column is one of any number of whole numbers, which are sent as one parameter.

    For what grows with a network: a parameter a number ends at 32,766 of them on SQLite, at 65,535 on PostgreSQL.
    """
    return _is_among(column, bindparam("among", sorted(set(numbers)), type_=_Sent(), unique=True))


def among_sent(column: Any, name: str) -> ColumnElement[bool]:
    """The same of a list of whole numbers that is given under a name when the statement runs."""
    return _is_among(column, bindparam(name, type_=_Sent()))


def _is_among(column: Any, sent: ColumnElement[Any]) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = column.bool_op("IN")(_Each(sent))
    return condition


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
