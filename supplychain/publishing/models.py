"""Rows of what a version would change."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base


class LevelShift(Base):
    """A level that the proposed version gives another than the one before it, on the day of the preview.

    owner: the proposing organization. before, after: null = not assessed. country, sector: the organization's own.
    """

    __tablename__ = "level_shift"

    publication: Mapped[int] = mapped_column(ForeignKey("publication.number"), primary_key=True)
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), primary_key=True, index=True)
    pillar: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    before: Mapped[int | None]
    after: Mapped[int | None]
    country: Mapped[str | None] = mapped_column(String(2))
    region: Mapped[str | None] = mapped_column(String(80))
    sector: Mapped[str | None] = mapped_column(String(80))
