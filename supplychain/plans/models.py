"""Rows of plans and of what was said of them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class Plan(Base):
    """How an organization will reach a level of one pillar.

    holder: who made it, the organization or the company of a plant. owner: who answers for it, in words. milestones: in
    their order, each ``{"title", "due", "done_on", "note", "evidence"}``, evidence by number. reported_at: when it was
    last said that something was done.
    """

    __tablename__ = "plan"

    number: Mapped[Number]
    id: Mapped[str] = public_id("pln")
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    holder: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    framework: Mapped[str] = mapped_column(String(80))
    pillar: Mapped[str] = mapped_column(String(40))
    level: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    owner: Mapped[str] = mapped_column(String(200))
    milestones: Mapped[list[Any]]
    made_on: Mapped[date]
    made_at: Mapped[datetime]
    started_on: Mapped[date | None]
    reported_at: Mapped[datetime | None]
    withdrawn_on: Mapped[date | None]
    withdrawal: Mapped[str | None] = mapped_column(String(2000))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class PlanReview(Base):
    """What a customer or the reviewer said of a plan; only ever added to."""

    __tablename__ = "plan_review"

    number: Mapped[Number]
    plan: Mapped[int] = mapped_column(ForeignKey("plan.number"), index=True)
    holder: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    reviewer: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    person: Mapped[int | None] = mapped_column(ForeignKey("person.number"))
    party: Mapped[str] = mapped_column(String(10))
    decision: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(2000), default="")
    day: Mapped[date]
    at: Mapped[datetime]
