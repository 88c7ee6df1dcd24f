"""Rows of the sealed trail. Each organization has a log of its own entries; organization 0 has the whole log."""

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id

WHOLE = 0
"""The log of all entries, the operator's."""


class AuditNode(Base):
    """The hash of a perfect subtree of a log; height 0 are the leaves. See ``trail.rules``."""

    __tablename__ = "audit_node"

    organization: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    height: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class TreeHead(Base):
    """A signed checkpoint of a log, never deleted.

    ordinal: 1, 2, … within the log. note: the signed text (see ``trail.checkpoints``), of which ordinal, size and
    time are copies to search by. key: id of the key that signed.
    """

    __tablename__ = "tree_head"
    __table_args__ = (UniqueConstraint("organization", "ordinal"),)

    number: Mapped[Number]
    id: Mapped[str] = public_id("sth")
    organization: Mapped[int] = mapped_column(BigInteger)
    ordinal: Mapped[int]
    size: Mapped[int]
    key: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text)


class SealKey(Base):
    """A public key that seals or sealed.

    id: SHA-256 (hex) of the key. introduction: of a key that is not the first, the predecessor's signature over it;
    vouched: its own signature over the predecessor. Whoever trusts either reaches the other.
    """

    __tablename__ = "seal_key"

    number: Mapped[Number]
    id: Mapped[str] = mapped_column(String(64), unique=True)
    public: Mapped[str] = mapped_column(String(44))
    since: Mapped[datetime]
    predecessor: Mapped[str | None] = mapped_column(String(64))
    introduction: Mapped[str | None] = mapped_column(String(88))
    vouched: Mapped[str | None] = mapped_column(String(88))
