"""Leases on rows of a table: at-least-once work that survives kill -9.

Claimed by state, never by a watermark on a sequence (which misses rows of long transactions).
The effect and the acknowledgement belong in one transaction; ``hold`` guards it by owner.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TypeVar

from sqlalchemy import Select, String, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, Session, mapped_column

MAX_ATTEMPTS = 8
LEASE = timedelta(seconds=60)


Row = TypeVar("Row", bound="Leased")


class LeaseLost(Exception):
    """Somebody else holds the row now: roll back, the other one will finish it."""


class Leased:
    """Columns of a row that a worker leases, retries and finally finishes or buries."""

    lease_owner: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    run_after: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    error: Mapped[str | None]


def waiting(session: Session, model: type[Row], now: datetime) -> bool:
    """Whether there is anything to claim: a look that takes no lock."""
    return session.scalar(_due(model, now).with_only_columns(model.number).limit(1)) is not None  # type: ignore[attr-defined] # every model has it


def claim(session: Session, model: type[Row], owner: str, now: datetime, limit: int = 1) -> Sequence[Row]:
    """Lease up to ``limit`` rows that are due and nobody holds; the caller commits.

    What was tried before is leased alone, so that each attempt counted is one at that row, and what kills its workers
    takes none of its neighbours along.
    """
    due = (
        _due(model, now)
        .order_by(model.run_after, model.number)  # type: ignore[attr-defined] # every model has it
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(due).all()
    rows = list(takewhile(lambda row: row.attempts == 0, found)) or found[:1]
    for row in rows:
        row.lease_owner = owner
        row.lease_until = now + LEASE
        row.attempts += 1
    return rows


def hold(session: Session, model: type[Row], number: int, owner: str, now: datetime) -> None:
    """Renew a lease inside the transaction of the effect. Raises LeaseLost."""
    _owned(session, model, number, owner, lease_until=now + LEASE)


def finish(session: Session, model: type[Row], number: int, owner: str, now: datetime) -> None:
    """Acknowledge inside the transaction of the effect. Raises LeaseLost."""
    _owned(session, model, number, owner, done_at=now, lease_until=None, error=None)


def fail(session: Session, model: type[Row], row: Row, owner: str, now: datetime, error: str) -> bool:
    """Put a row back with an exponential pause, or bury it after MAX_ATTEMPTS; True if buried."""
    dead = row.attempts >= MAX_ATTEMPTS
    pause = timedelta(seconds=2 ** min(row.attempts, 12))
    _owned(
        session,
        model,
        row.number,  # type: ignore[attr-defined] # every model has it
        owner,
        lease_owner=None,
        lease_until=None,
        run_after=now + pause,
        error=error[:2000],
        dead_at=now if dead else None,
    )
    return dead


def _due(model: type[Row], now: datetime) -> Select[Row]:
    return select(model).where(
        model.done_at.is_(None),
        model.dead_at.is_(None),
        model.run_after <= now,
        or_(model.lease_until.is_(None), model.lease_until < now),
    )


def _owned(session: Session, model: type[Row], number: int, owner: str, **values: object) -> None:
    result = session.execute(
        update(model)
        .where(model.number == number, model.lease_owner == owner, model.done_at.is_(None))  # type: ignore[attr-defined] # every model has it
        .values(**values)
    )
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise LeaseLost
