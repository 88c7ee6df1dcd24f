"""Rows of evidence, files, reviews and grants; never deleted."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class Evidence(Base):
    """A claim about one organization (and the sites it lists).

    values: [{"indicator", "value", "unit"?}, …] of ``framework`` (without version), or empty
    for a certificate of a recognised ``standard``.
    The four dates that are never mixed up: observed_from/to, issued_on, valid_until, and
    received_at (ours, immutable).
    reviewer: the organization in whose queue it waits.
    files: public ids of its files.
    """

    __tablename__ = "evidence"

    number: Mapped[Number]
    id: Mapped[str] = public_id("evd")
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    sites: Mapped[list[Any]] = mapped_column(default=list)
    kind: Mapped[str] = mapped_column(String(12))
    framework: Mapped[str | None] = mapped_column(String(80))
    values: Mapped[list[Any]] = mapped_column(default=list)
    standard: Mapped[str | None] = mapped_column(String(80))
    certificate: Mapped[dict[str, Any] | None]
    files: Mapped[list[Any]] = mapped_column(default=list)
    source: Mapped[str] = mapped_column(String(200), default="")
    trust: Mapped[str] = mapped_column(String(15))
    state: Mapped[str] = mapped_column(String(12))
    observed_from: Mapped[date | None]
    observed_to: Mapped[date]
    issued_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    received_at: Mapped[datetime]
    submitted_by: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    reviewer: Mapped[int | None] = mapped_column(ForeignKey("organization.number"), index=True)
    reviewed_at: Mapped[datetime | None]
    review_code: Mapped[str | None] = mapped_column(String(40))
    review_note: Mapped[str | None] = mapped_column(String(2000))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class StoredFile(Base):
    """A file of one owner; its bytes lie in the content-addressed store under their SHA-256."""

    __tablename__ = "stored_file"

    number: Mapped[Number]
    id: Mapped[str] = public_id("fil")
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    evidence: Mapped[int | None] = mapped_column(ForeignKey("evidence.number"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    received_at: Mapped[datetime]


class Grant(Base):
    """The supplier lets one brand open the files of its evidence; dated, revocable."""

    __tablename__ = "grant"
    __table_args__ = (UniqueConstraint("organization", "brand", "granted_at"),)

    number: Mapped[Number]
    id: Mapped[str] = public_id("grt")
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    brand: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
