"""Events on their way out: written with the facts they tell, dispatched by the worker.

Who receives an event, and what each recipient may read of it, is decided at dispatch.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id
from supplychain.lease import Leased


class OutboxEvent(Leased, Base):
    """One event about one organization. ``type`` is the audit action that caused it."""

    __tablename__ = "outbox_event"

    number: Mapped[Number]
    id: Mapped[str] = public_id("evt")
    type: Mapped[str] = mapped_column(String(60))
    organization: Mapped[int | None] = mapped_column(BigInteger, index=True)
    subject: Mapped[str] = mapped_column(String(80))
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
