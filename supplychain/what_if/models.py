"""Rows of what-ifs that somebody asked to keep."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class WhatIf(Base):
    """A question and what was answered, for its asker's eyes, to be held against what really happens.

    asked: the changes, as sent. looked_at: the day that was looked at. told: totals as they were answered.
    foreseen: all that was to be owed, by displayed ids, as `supplychain.what_if.foreseen` writes it.
    """

    __tablename__ = "what_if"

    number: Mapped[Number]
    id: Mapped[str] = public_id("wif")
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    asked: Mapped[list[Any]]
    asked_on: Mapped[date]
    looked_at: Mapped[date]
    told: Mapped[dict[str, Any]]
    foreseen: Mapped[list[Any]]
    created_at: Mapped[datetime]
