"""Rows of waivers."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class Waiver(Base):
    """What an issuer granted one supplier; nothing of it changes but that it may be revoked.

    veiled: granted to a pseudonym, and shown under no other name. approver: the person who granted it.
    until: the last day it holds. due, level: what is asked meanwhile; None is as before.
    """

    __tablename__ = "waiver"

    number: Mapped[Number]
    id: Mapped[str] = public_id("wvr")
    issuer: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    requirement: Mapped[int] = mapped_column(ForeignKey("requirement.number"), index=True)
    supplier: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    veiled: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(30))
    note: Mapped[str] = mapped_column(String(2000), default="")
    approver: Mapped[int | None] = mapped_column(ForeignKey("person.number"))
    granted_on: Mapped[date]
    granted_at: Mapped[datetime]
    until: Mapped[date]
    due: Mapped[date | None]
    level: Mapped[int | None]
    revoked_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    revocation: Mapped[str | None] = mapped_column(String(2000))
