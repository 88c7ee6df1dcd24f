"""Rows of requirements."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class Requirement(Base):
    """An issuer's demand; once published only its title and its end change.

    pillar: a pillar of the framework or ``all``. grace: months by tier, its last value holds.
    predecessor: the requirement this one amends.
    """

    __tablename__ = "requirement"

    number: Mapped[Number]
    id: Mapped[str] = public_id("req")
    issuer: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    framework: Mapped[str] = mapped_column(String(80))
    pillar: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(300), default="")
    schedule: Mapped[list[Any]]
    beyond: Mapped[str] = mapped_column(String(5))
    grace: Mapped[list[Any]]
    link_scope: Mapped[list[Any]]
    scope_applies: Mapped[str] = mapped_column(String(5))
    supplier_scope: Mapped[dict[str, Any]]
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None]
    named: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    predecessor: Mapped[int | None] = mapped_column(ForeignKey("requirement.number"))
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
