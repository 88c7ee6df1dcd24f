"""Rows of matchmaking events, registrations and buyers' demands."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class MatchEvent(Base):
    """An event of an organiser: when, where, by which framework, from which level on.

    open: every member may see it and register itself; else only those whom the organiser registered see it.
    """

    __tablename__ = "match_event"

    number: Mapped[Number]
    id: Mapped[str] = public_id("mev")
    organiser: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    name_zh: Mapped[str | None] = mapped_column(String(300))
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(200), default="")
    framework: Mapped[str] = mapped_column(String(80))
    threshold: Mapped[int]
    open: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Registration(Base):
    """A participant of an event: a supplier with its offer, or a buyer with its demand.

    organiser: the event's, so that the row alone says who may see it.
    profile: {"offer": {categories, languages}} or {"demand": {products, levels, countries, languages, sectors,
    meetings}}, and {"partners", "excluded"}: numbers of the organizations that the participant itself stated
    to trade with already, or not to want to meet. version: counts the participant's own edits, so only the
    participant is shown it.
    """

    __tablename__ = "registration"
    __table_args__ = (UniqueConstraint("event", "organization", "side"),)

    number: Mapped[Number]
    id: Mapped[str] = public_id("rgn")
    event: Mapped[int] = mapped_column(ForeignKey("match_event.number"), index=True)
    organiser: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    side: Mapped[str] = mapped_column(String(10))
    profile: Mapped[dict[str, Any]]
    registered_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
