"""Rows of answers and replies; only ever added to."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class Answer(Base):
    """What a supplier said to one requirement; the last one under a name counts.

    holder: who said it, the supplier or the company of a plant. veiled: whether the issuer then saw the supplier by a
    pseudonym, under which alone it hears it; None where it saw it not at all, and hears nothing.
    """

    __tablename__ = "answer"

    number: Mapped[Number]
    id: Mapped[str] = public_id("ans")
    issuer: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    requirement: Mapped[int] = mapped_column(ForeignKey("requirement.number"), index=True)
    supplier: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    holder: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    person: Mapped[int | None] = mapped_column(ForeignKey("person.number"))
    veiled: Mapped[bool | None]
    kind: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(2000), default="")
    answered_on: Mapped[date]
    answered_at: Mapped[datetime]


class Reply(Base):
    """What an issuer answered back. supplier, holder: whose answer it was. waiver: the one granted with it."""

    __tablename__ = "reply"

    number: Mapped[Number]
    id: Mapped[str] = public_id("rpl")
    answer: Mapped[int] = mapped_column(ForeignKey("answer.number"), index=True)
    issuer: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    supplier: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    holder: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    person: Mapped[int | None] = mapped_column(ForeignKey("person.number"))
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(2000), default="")
    waiver: Mapped[int | None] = mapped_column(ForeignKey("waiver.number"))
    replied_on: Mapped[date]
    replied_at: Mapped[datetime]
