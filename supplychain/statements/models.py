"""Rows of statements; what one says never changes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class Statement(Base):
    """What an organization had stated of itself, a plant of its own, or its chain.

    holder: who had it issued. organization: whom it is about. looked_at, known: the two axes of time.
    content: the canonical bytes, of which ``sha256`` (hex) is the hash; every form of it is written from them.
    size: how many they are.
    told: of the content what whoever shows the token is told. evidence: numbers of what decided there.
    token: shown instead of a key by who holds the paper. proof: whether that is shown the proof out of the holder's
    log as well. network_revision, level_revision: the heads of the snapshot that it was written from.
    """

    __tablename__ = "statement"

    number: Mapped[Number]
    id: Mapped[str] = public_id("stm")
    holder: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    person: Mapped[int | None] = mapped_column(ForeignKey("person.number"))
    kind: Mapped[str] = mapped_column(String(12))
    looked_at: Mapped[date]
    known: Mapped[date]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    told: Mapped[dict[str, Any]]
    evidence: Mapped[list[Any]]
    token: Mapped[str] = mapped_column(String(40), unique=True)
    proof: Mapped[bool]
    network_revision: Mapped[int]
    level_revision: Mapped[int]
    issued_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawal: Mapped[str | None] = mapped_column(String(2000))
