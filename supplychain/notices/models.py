"""Rows of notices, of the digests that carry them, and of who wants what."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class Notice(Base):
    """Something one organization should know.

    subject: public id of what it is about, as the organization knows it. data: the values of its sentence.
    key: the same fact is told once, however often the worker looks.
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("organization", "key"),)

    number: Mapped[Number]
    id: Mapped[str] = public_id("ntc")
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    kind: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(80))
    data: Mapped[dict[str, Any]]
    key: Mapped[str] = mapped_column(String(200))
    day: Mapped[date]
    created_at: Mapped[datetime]


class Digest(Base):
    """One e-mail to one person about one organization: the notices after the last one sent, up to ``upto``.

    sent_at: when a mail server took it; what a digest that was never taken should have told is in the next one.
    """

    __tablename__ = "notice_digest"
    __table_args__ = (UniqueConstraint("person", "organization", "day"),)

    number: Mapped[Number]
    id: Mapped[str] = public_id("dgs")
    person: Mapped[int] = mapped_column(ForeignKey("person.number"))
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    day: Mapped[date]
    upto: Mapped[int]
    sent_at: Mapped[datetime | None]


class NoticePreference(Base):
    """How often a person wants digests about an organization, and of what not; none recorded = daily, of everything."""

    __tablename__ = "notice_preference"

    person: Mapped[int] = mapped_column(ForeignKey("person.number"), primary_key=True)
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), primary_key=True, index=True)
    frequency: Mapped[str] = mapped_column(String(10))
    without: Mapped[list[Any]]
    changed_at: Mapped[datetime]


class ReminderSchedule(Base):
    """On which days around a due day the suppliers of a requirement are reminded.

    days: relative to the due day, negative before it; empty = never.
    """

    __tablename__ = "reminder_schedule"

    requirement: Mapped[int] = mapped_column(ForeignKey("requirement.number"), primary_key=True)
    issuer: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    days: Mapped[list[Any]]
    changed_at: Mapped[datetime]
