"""One effect per key: the key lives and dies with the transaction of its request.

Scope: organization and key; of a caller without an API key what it shows instead, and key. A refused request leaves
no key; a second one in flight waits for the first and replays its answer (draft-ietf-httpapi-idempotency-key-header;
our wait is ``idempotency_wait_seconds``).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, String, UniqueConstraint, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from supplychain.crypto import Sealer, Unreadable
from supplychain.db import Base, Number, table_of
from supplychain.dialects import insert_unless_there
from supplychain.errors import Conflict, Invalid, Malformed
from supplychain.work import Work

HEADER = "Idempotency-Key"
MAX_LENGTH = 255


class IdempotencyKey(Base):
    """The answer given to one key; the body is sealed, for it may hold a secret shown once."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("organization", "key"),)

    number: Mapped[Number]
    organization: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(String(MAX_LENGTH))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any] | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Answer:
    """A stored answer: status, the headers worth keeping, body bytes."""

    status: int
    headers: dict[str, str]
    body: bytes


class Replay(Exception):
    """Not an error: this key was answered before, and this was the answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("replay")
        self.answer = answer


def checked(key: str | None) -> str | None:
    """The key of a request, if any. Raises Malformed when empty or too long."""
    if key is not None and not (key.strip() and len(key) <= MAX_LENGTH):
        raise Malformed("idempotency-key-invalid", limit=MAX_LENGTH)
    return key


def claim(work: Work, key: str, fingerprint: str) -> None:
    """Take the key, or replay.

    Raises Replay, Invalid when the body is another one, and Conflict when the answer cannot be read any more.
    """
    values = {
        "organization": work.actor.organization,
        "key": key,
        "fingerprint": fingerprint,
        "created_at": work.now,
    }
    if insert_unless_there(work.connection, IdempotencyKey, values):
        return
    row = work.session.execute(
        select(IdempotencyKey).where(IdempotencyKey.organization == work.actor.organization, IdempotencyKey.key == key)
    ).scalar_one()
    if row.fingerprint != fingerprint:
        raise Invalid("idempotency-key-reused")
    sealer = Sealer(work.runtime.settings.secret, "idempotency")
    assert row.status is not None
    assert row.body is not None
    try:
        body = sealer.open(row.body)
    except Unreadable as error:  # sealed with an earlier secret; what it did stays done
        raise Conflict("idempotency-answer-unreadable") from error
    raise Replay(Answer(row.status, dict(row.headers or {}), body))


def complete(work: Work, key: str, answer: Answer) -> None:
    """Store the answer with the effect, in the same transaction."""
    sealer = Sealer(work.runtime.settings.secret, "idempotency")
    stored = {"status_": answer.status, "headers_": answer.headers, "body_": sealer.seal(answer.body)}
    work.connection.execute(_COMPLETE, {"organization_": work.actor.organization, "key_": key, **stored})


_ROWS = table_of(IdempotencyKey)
_COMPLETE = (
    update(_ROWS)
    .where(_ROWS.c.organization == bindparam("organization_"), _ROWS.c.key == bindparam("key_"))
    .values(status=bindparam("status_"), headers=bindparam("headers_"), body=bindparam("body_"))
)


def forget(session: Session, before: datetime) -> None:
    """Drop keys older than a moment (the worker keeps 24 hours)."""
    session.query(IdempotencyKey).filter(IdempotencyKey.created_at < before).delete()
