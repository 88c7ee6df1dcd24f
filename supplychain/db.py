"""Engines, sessions and column types: SQLite through pysqlite3 by default, PostgreSQL by URL."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
from sqlalchemy import Connection, DateTime, Engine, MetaData, String, Table, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import JSON, BigInteger, Integer, TypeDecorator

MINIMUM_SQLITE = (3, 51, 3)
"""The first SQLite without the WAL-reset corruption bug (3.7.0 to 3.51.2)."""
USER_ROLE = "supplychain_user"
DERIVE_ROLE = "supplychain_derive"

Number = Annotated[int, mapped_column(primary_key=True, autoincrement=True)]


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite drops time zones on reload, so they are put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC)


class Base(DeclarativeBase):
    """Declarative base; every row has ``number`` inside and ``id`` outside."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UTCDateTime(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        int: BigInteger().with_variant(Integer(), "sqlite"),
        str: String(),
    }


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements that need no objects."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def opaque(prefix: str) -> str:
    """A new public id: a prefix for people, 100 random bits for everything else."""
    return f"{prefix}_{secrets.token_hex(13)}"


def public_id(prefix: str) -> Mapped[str]:
    """The ``id`` column of a table: opaque, unique, drawn on insert."""
    return mapped_column(String(40), unique=True, default=lambda: opaque(prefix))


def as_inserted(column: str) -> Callable[[Any], Any]:
    """The default of a column that keeps what another one of its row first was."""

    def value(context: Any) -> Any:
        return context.get_current_parameters()[column]

    return value


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


class Database:
    """The two engines of a process: one that writes and one that only reads.

    On SQLite a write begins with ``BEGIN IMMEDIATE`` (read-then-write would lose updates
    silently) and a read with a plain ``BEGIN``, so readers never take the write lock. On
    PostgreSQL reads are one ``REPEATABLE READ READ ONLY`` snapshot.
    """

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = _normalised(url)
        backend = self.url.get_backend_name()
        if backend not in {"sqlite", "postgresql"}:
            raise ValueError(f"{backend} is neither sqlite nor postgresql")
        self.is_postgres = backend == "postgresql"
        if self.is_postgres:
            self.writer = self._postgres(pool_size)
            self.reader = self._postgres(pool_size, isolation_level="REPEATABLE READ")
        else:
            self.writer = _sqlite(self.url, "BEGIN IMMEDIATE")
            self.reader = _sqlite(self.url, "BEGIN")

    def _postgres(self, pool_size: int, **options: Any) -> Engine:
        engine = create_engine(
            self.url,
            pool_size=pool_size,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 5},
            hide_parameters=True,
            json_serializer=_json,
            json_deserializer=orjson.loads,
            **options,
        )
        event.listen(engine, "connect", _take_user_role)
        return engine

    def connect(self, *, writes: bool) -> Connection:
        """A connection whose transaction may write, or that reads one consistent snapshot and must not write."""
        return (self.writer if writes else self.reader).connect()

    def session(self, connection: Connection, *, writes: bool) -> Session:
        """A session over a connection and its transaction."""
        return Session(connection, expire_on_commit=False, autoflush=writes, join_transaction_mode="control_fully")

    @contextmanager
    def owner(self) -> Iterator[Connection]:
        """A connection of the schema's owner for migrations, one at a time on PostgreSQL.

        It commits at the end.
        """
        with self.writer.begin() as connection:
            if self.is_postgres:
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7250511)")
                connection.exec_driver_sql("SET LOCAL ROLE NONE")
                connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
            yield connection

    def after_fork(self) -> None:
        """Drop connections inherited from the parent without closing the parent's sockets."""
        self.writer.dispose(close=False)
        self.reader.dispose(close=False)

    def dispose(self) -> None:
        """Close every connection."""
        self.writer.dispose()
        self.reader.dispose()


def _normalised(url: str) -> URL:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _sqlite(url: URL, begin: str) -> Engine:
    import pysqlite3  # noqa: PLC0415 - PostgreSQL needs no SQLite

    if pysqlite3.sqlite_version_info < MINIMUM_SQLITE:
        raise RuntimeError(
            f"SQLite {pysqlite3.sqlite_version} can corrupt a database in WAL mode; "
            "pysqlite3 with SQLite 3.51.3 or newer is needed"
        )
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        module=pysqlite3,
        hide_parameters=True,
        json_serializer=_json,
        json_deserializer=orjson.loads,
    )
    event.listen(engine, "connect", _tune_sqlite)
    event.listen(engine, "begin", lambda connection: _begin_sqlite(connection, begin))
    return engine


def _tune_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # The driver's own transaction handling leaves SELECTs outside the transaction.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any, begin: str) -> None:
    try:
        connection.connection.dbapi_connection.execute(begin)
    except connection.dialect.loaded_dbapi.OperationalError as error:  # not told by SQLAlchemy, which we go behind
        raise OperationalError(begin, None, error, hide_parameters=True) from error


def _take_user_role(connection: DBAPIConnection, _record: object) -> None:
    """Work under row-level security from the first statement on, where the roles exist."""
    cursor = connection.cursor()
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (USER_ROLE,))
    if cursor.fetchone():
        cursor.execute(f"SET ROLE {USER_ROLE}")
    connection.commit()
    cursor.close()
