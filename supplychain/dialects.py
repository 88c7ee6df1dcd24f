"""The few statements that SQLite and PostgreSQL spell differently."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from supplychain.db import Base


def _insert(session: Session, model: type[Base]) -> Any:
    name = session.get_bind().dialect.name
    return (postgresql if name == "postgresql" else sqlite).insert(model.__table__)


def insert_unless_there(session: Session, model: type[Base], values: Mapping[str, Any]) -> bool:
    """Insert a row unless a unique key forbids it; True if it was inserted.

    On PostgreSQL a conflicting row of a transaction in flight is waited for.
    """
    statement = _insert(session, model).values(**values).on_conflict_do_nothing().returning(literal(1))
    return session.execute(statement).first() is not None


def upsert(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> None:
    """Insert rows, or overwrite those with the same key, in one statement."""
    if not rows:
        return
    statement = _insert(session, model)
    updated = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=updated), list(rows))
