"""The small derived rows that people work with: assessments and flags.

Obligations and statuses are not here; they are computed at read and never stale.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, String, text
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class Conformity(Base):
    """What every framework version makes of one organization's evidence in force.

    assessments: by framework key: {"overall", "standings" (by pillar), "results" (by indicator)}.
    open_flags: by kind, the public id of the open flag.
    good_through: the last day the row is right without new facts; a read past it recomputes.
    """

    __tablename__ = "conformity"

    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), primary_key=True)
    assessments: Mapped[dict[str, Any]]
    open_flags: Mapped[dict[str, Any]]
    good_through: Mapped[date | None] = mapped_column(index=True)
    rules_version: Mapped[str] = mapped_column(String(20))
    assessed_at: Mapped[datetime]


class Flag(Base):
    """A dated mark on a supplier; what it says is computed when read. One open per kind.

    opened_at, closed_at: when it was recorded; of a day that was advanced late that is later.
    """

    __tablename__ = "flag"
    __table_args__ = (
        Index(
            "uq_flag_open",
            "organization",
            "kind",
            unique=True,
            sqlite_where=text("closed_on IS NULL"),
            postgresql_where=text("closed_on IS NULL"),
        ),
    )

    number: Mapped[Number]
    id: Mapped[str] = public_id("flg")
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    opened_on: Mapped[date]
    opened_at: Mapped[datetime]
    closed_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    opening_reason: Mapped[dict[str, Any]]
    closing_reason: Mapped[dict[str, Any] | None]
    rules_version: Mapped[str] = mapped_column(String(20))


class ProtectedCell(Base):
    """Counts by status of what an issuer may not list, of one requirement and one month.

    Computed when the month's first day advances and stays for the month. counts: by status,
    multiples of five; None where the cell may not be shown.
    """

    __tablename__ = "protected_cell"
    __table_args__ = (PrimaryKeyConstraint("requirement", "month"),)

    requirement: Mapped[int] = mapped_column(ForeignKey("requirement.number"))
    month: Mapped[date]
    counts: Mapped[dict[str, Any] | None]


class RegionalIndex(Base):
    """A weighted framework's index by region, counted once a month.

    cells: by region, "" for those counted together: classes, weak; multiples of five. What may not be shown is absent.
    """

    __tablename__ = "regional_index"
    __table_args__ = (PrimaryKeyConstraint("framework", "month"),)

    framework: Mapped[str] = mapped_column(String(80))
    month: Mapped[date]
    cells: Mapped[dict[str, Any]]
