"""The audit trail: who did what to which subject, and what followed from it; append-only, sealed by the trail room."""

import hashlib
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class AuditEntry(Base):
    """One fact or consequence. People and organizations by number only, never by name.

    organization: the owner of the subject; it may read the entry (openings of its files, say).
    commitment: what the seal holds of ``data``: a hash of it with ``salt``. Where data and salt were erased, the
    proof stays whole. blind: random hex that keeps the numbers in the sealed bytes from being guessed.
    leaf, own_leaf: places in the whole log and in the organization's, given when it is sealed.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(
            "ix_audit_entry_unsealed",
            "number",
            sqlite_where=text("leaf IS NULL"),
            postgresql_where=text("leaf IS NULL"),
        ),
    )

    number: Mapped[Number]
    id: Mapped[str] = public_id("aud")
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80), index=True)
    organization: Mapped[int | None] = mapped_column(BigInteger, index=True)
    actor_organization: Mapped[int | None] = mapped_column(index=True)
    actor_person: Mapped[int | None]
    request_id: Mapped[str | None] = mapped_column(String(80))
    rules_version: Mapped[str | None] = mapped_column(String(20))
    data: Mapped[dict[str, Any]]
    salt: Mapped[str | None] = mapped_column(String(32))
    blind: Mapped[str] = mapped_column(String(32))
    commitment: Mapped[str] = mapped_column(String(64))
    leaf: Mapped[int | None] = mapped_column(unique=True)
    own_leaf: Mapped[int | None]


def commitment(salt: str, data: dict[str, Any]) -> str:
    """SHA-256 (hex) of a salt (hex) and what is stored as data: JSON with sorted keys and no spaces."""
    stored = orjson.loads(orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS))
    return hashlib.sha256(bytes.fromhex(salt) + orjson.dumps(stored, option=orjson.OPT_SORT_KEYS)).hexdigest()
