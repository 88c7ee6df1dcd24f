"""Rows of facts that organizations state of themselves; never deleted."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class FactStanding(StrEnum):
    """What a fact rests on; only ``verified`` lets a pack's rule leave an indicator out."""

    DECLARED = "declared"
    DOCUMENTED = "documented"
    """Its holder named a document."""
    VERIFIED = "verified"
    """A reviewer confirmed the value that a document bears."""


class OrganizationFact(Base):
    """A fact as it was stated, and whether a reviewer confirmed it.

    holder: who stated it: the organization, or the owner of a plant.
    values: ``["true"]``, ``["false"]``, codes, or the digits of a number. year: of a yearly fact.
    document: the evidence whose files bear it. reviewer, verified_on, note: who confirmed it, when, on what.
    ended_at: since when another value, or a reviewer's word, is in its place; None = it stands. Of a fact (and year) of
    an organization at most one row stands.
    """

    __tablename__ = "organization_fact"
    __table_args__ = (Index("ix_organization_fact_standing", "organization", "fact", "year"),)

    number: Mapped[Number]
    id: Mapped[str] = public_id("fct")
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    holder: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    fact: Mapped[str] = mapped_column(String(40))
    year: Mapped[int | None]
    values: Mapped[list[Any]]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    document: Mapped[int | None] = mapped_column(ForeignKey("evidence.number"))
    stated_at: Mapped[datetime]
    reviewer: Mapped[int | None] = mapped_column(ForeignKey("organization.number"), index=True)
    verified_on: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(String(2000))
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def standing(self) -> FactStanding:
        """What it rests on."""
        if self.reviewer is not None:
            return FactStanding.VERIFIED
        return FactStanding.DECLARED if self.document is None else FactStanding.DOCUMENTED

    @property
    def value(self) -> bool | int | list[str]:
        """The value as it goes over the wire."""
        if self.values in (["true"], ["false"]):
            return self.values == ["true"]
        first = self.values[0]
        return int(first) if first.isdecimal() else list(self.values)
