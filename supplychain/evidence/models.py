"""Rows of evidence, files, reviews and grants; never deleted."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, as_inserted, public_id


class Evidence(Base):
    """A claim about one organization (and the sites it lists).

    holder: whose evidence it is, who grants its files and is told who opened them: the
    organization itself, or the owner that submitted it for a plant of its own.
    sites: numbers of the organizations it covers; empty = the organization itself.
    values: [{"indicator", "value", "unit"?, "numerator"?, "denominator"?, "price_basis"?}, …] of
    ``framework`` (without version), or empty for a certificate of a recognised ``standard``.
    The four dates that are never mixed up: observed_from/to, issued_on, valid_until, and
    received_at (ours, immutable).
    reviewer: who reviewed it, or entered it from a public register; until then it is in the
    queue of whoever the organization, or else the holder, has chosen at the time.
    received_state, received_trust: what it was before anybody reviewed it or it left the lists of what counts.
    reviewed_at: None on what was accepted on receipt. closed_at: since when it is withdrawn or superseded.
    review_code: why it was rejected, or withdrawn for its submitter.
    files, supersedes: public ids of its files, and of the evidence it renews.
    erased_at: since when its files and words are gone; what it stated and what follows from it stays.
    """

    __tablename__ = "evidence"

    number: Mapped[Number]
    id: Mapped[str] = public_id("evd")
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    holder: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
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
    received_state: Mapped[str] = mapped_column(String(12), default=as_inserted("state"))
    received_trust: Mapped[str] = mapped_column(String(15), default=as_inserted("trust"))
    observed_from: Mapped[date | None]
    observed_to: Mapped[date | None]
    issued_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    received_at: Mapped[datetime]
    submitted_by: Mapped[int] = mapped_column(ForeignKey("organization.number"))
    reviewer: Mapped[int | None] = mapped_column(ForeignKey("organization.number"), index=True)
    reviewed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    review_code: Mapped[str | None] = mapped_column(String(40))
    review_note: Mapped[str | None] = mapped_column(String(2000))
    supersedes: Mapped[str | None] = mapped_column(String(40))
    erased_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class StoredFile(Base):
    """A file of one holder of evidence; its bytes lie in the content-addressed store.

    sha256: where they lie. Equal files of two holders are two rows, and neither can tell.
    """

    __tablename__ = "stored_file"

    number: Mapped[Number]
    id: Mapped[str] = public_id("fil")
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    evidence: Mapped[int | None] = mapped_column(ForeignKey("evidence.number"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    received_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class Grant(Base):
    """The supplier lets one brand see its accepted evidence and open the files; dated, revocable."""

    __tablename__ = "grant"
    __table_args__ = (
        Index(
            "uq_grant_standing",
            "organization",
            "brand",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    number: Mapped[Number]
    id: Mapped[str] = public_id("grt")
    organization: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    brand: Mapped[int] = mapped_column(ForeignKey("organization.number"), index=True)
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
