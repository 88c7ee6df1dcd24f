"""Rows of likely duplicates and of what a sender's decisions taught."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id

UNSCORED: Final = 1000
"""The distance of a pair that was set apart without having been found."""


class Duplicate(Base):
    """Two records of one owner that may be about one company.

    first, second: the records, the earlier one first; None once it was removed. said_first, said_second: what they
    said, so that a decision holds for whatever rows say it again. distance: thousandths that the score lacks to 1,
    which lists sort by. parts: [[part, points], …]; blocks: why they were compared.
    state: ``open``, ``same``, ``different`` or ``unsure``.
    """

    __tablename__ = "duplicate"
    __table_args__ = (
        UniqueConstraint("owner", "first", "second"),
        Index("ix_duplicate_order", "owner", "state", "distance", "id"),
    )

    number: Mapped[Number]
    id: Mapped[str] = public_id("dup")
    owner: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    first: Mapped[int | None] = mapped_column(ForeignKey("supplier_record.number", ondelete="SET NULL"), index=True)
    second: Mapped[int | None] = mapped_column(ForeignKey("supplier_record.number", ondelete="SET NULL"), index=True)
    said_first: Mapped[str]
    said_second: Mapped[str]
    distance: Mapped[int]
    parts: Mapped[list[Any]]
    blocks: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(10), default="open")
    merge: Mapped[int | None] = mapped_column(ForeignKey("merge.number"))
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def score(self) -> float:
        """0 to 1, in thousandths."""
        return (1000 - self.distance) / 1000


class ComparedRecord(Base):
    """What a record said when it was last compared with the owner's others; said otherwise, it is compared anew."""

    __tablename__ = "compared_record"

    record: Mapped[int] = mapped_column(ForeignKey("supplier_record.number", ondelete="CASCADE"), primary_key=True)
    owner: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    said: Mapped[str]


class KnownSpelling(Base):
    """How one sender's lists write a company, once it said so itself.

    country: "" where none was said. merge: by which it said so; taken back, the spelling is forgotten.
    """

    __tablename__ = "known_spelling"
    __table_args__ = (UniqueConstraint("owner", "spelling", "country"),)

    number: Mapped[Number]
    owner: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    spelling: Mapped[str]
    country: Mapped[str] = mapped_column(String(2), default="")
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    merge: Mapped[int | None] = mapped_column(ForeignKey("merge.number"))
    decided_at: Mapped[datetime]
