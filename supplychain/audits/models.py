"""Rows of findings and of decisions that an indicator does not apply."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class Finding(Base):
    """A violation or finding: ``open`` (recorded), ``explained``, ``rectified``, ``verified``.

    Until it is verified it overrides every evidence on its indicator.
    holder: who answers for it: the organization, or the company of a plant that nobody claimed.
    """

    __tablename__ = "finding"

    number: Mapped[Number]
    id: Mapped[str] = public_id("fnd")
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    holder: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    reviewer: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    framework: Mapped[str] = mapped_column(String(80))
    indicator: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    observed_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(2000), default="")
    explanation: Mapped[str | None] = mapped_column(String(2000))
    rectification: Mapped[str | None] = mapped_column(String(2000))
    opened_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Decision(Base):
    """A reviewer's decision that an indicator does not apply, with reason and expiry.

    holder: who is told: the organization, or the company of a plant that nobody claimed.
    """

    __tablename__ = "decision"

    number: Mapped[Number]
    id: Mapped[str] = public_id("dec")
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    holder: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    reviewer: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    framework: Mapped[str] = mapped_column(String(80))
    indicator: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(2000))
    decided_on: Mapped[date]
    expires_on: Mapped[date]
    decided_at: Mapped[datetime]
