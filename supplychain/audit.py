"""The audit trail: who did what to which subject, and what followed from it; append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id


class AuditEntry(Base):
    """One fact or consequence. People and organizations by number only, never by name.

    organization: the owner of the subject; it may read the entry (openings of its files, say).
    """

    __tablename__ = "audit_entry"

    number: Mapped[Number]
    id: Mapped[str] = public_id("aud")
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80))
    organization: Mapped[int | None] = mapped_column(BigInteger, index=True)
    actor_organization: Mapped[int | None]
    actor_person: Mapped[int | None]
    request_id: Mapped[str | None] = mapped_column(String(80))
    rules_version: Mapped[str | None] = mapped_column(String(20))
    data: Mapped[dict[str, Any]]
