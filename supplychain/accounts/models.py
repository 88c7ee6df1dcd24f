"""Rows of people, memberships, keys and invitations."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class Person(Base):
    """Somebody who works for one or more organizations. erased_at: since when name and address are gone."""

    __tablename__ = "person"

    number: Mapped[Number]
    id: Mapped[str] = public_id("per")
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="en")
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class Membership(Base):
    """What a person does for an organization."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("person", "organization", "role"),)

    number: Mapped[Number]
    person: Mapped[int] = mapped_column(ForeignKey("person.number"))
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]


class ApiKey(Base):
    """A key of a person for an organization; only a hash of its secret is stored.

    roles: roles of the membership it speaks for. scopes: permissions it is narrowed to.
    """

    __tablename__ = "api_key"

    number: Mapped[Number]
    id: Mapped[str] = public_id("key")
    prefix: Mapped[str] = mapped_column(String(20), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    person: Mapped[int] = mapped_column(ForeignKey("person.number"))
    name: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[Any]]
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    def live_at(self, moment: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or moment < self.expires_at)


class Invitation(Base):
    """A single-use, expiring link to an organization; only a hash of its token is stored.

    inviter: the buyer, programme or operator that sends it.
    """

    __tablename__ = "invitation"

    number: Mapped[Number]
    id: Mapped[str] = public_id("inv")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    inviter: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2), default="en")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("person.number"))
    revoked_at: Mapped[datetime | None]

    def state_at(self, moment: datetime) -> str:
        """``accepted``, ``revoked``, ``expired`` or ``open``."""
        if self.accepted_at:
            return "accepted"
        if self.revoked_at:
            return "revoked"
        return "open" if moment < self.expires_at else "expired"
