"""Rows of merges and of what each moved."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class Merge(Base):
    """The statement that one entry (source) is the same company as another (target), which keeps its id.

    owner: who stated it. scope: ``own`` (a sender's word about its own rows; the old id answers 308 to it alone)
    or ``directory`` (an operator's, for everybody). undone_at: when it was taken back; the row stays.
    """

    __tablename__ = "merge"
    __table_args__ = (Index("ix_merge_owner", "owner", "source"),)

    number: Mapped[Number]
    id: Mapped[str] = public_id("mrg")
    owner: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    scope: Mapped[str] = mapped_column(String(10))
    source: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    target: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    people: Mapped[str | None] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(2000), default="")
    merged_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    @property
    def state(self) -> str:
        """``merged``, or ``split`` once it was taken back."""
        return "merged" if self.undone_at is None else "split"


class MergeStep(Base):
    """One value that a merge changed, in the order of the changes; what a split puts back.

    key: the row's primary key, by column. column: None when the whole row was removed; old is then the row.
    old, new: {"value": …}, since SQLite keeps a number alone as no JSON.
    """

    __tablename__ = "merge_step"
    __table_args__ = (PrimaryKeyConstraint("merge", "position"),)

    merge: Mapped[int] = mapped_column(ForeignKey("merge.number"))
    position: Mapped[int]
    owner: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    table: Mapped[str] = mapped_column(String(40))
    key: Mapped[dict[str, Any]]
    column: Mapped[str | None] = mapped_column(String(40))
    old: Mapped[dict[str, Any]]
    new: Mapped[dict[str, Any]]
