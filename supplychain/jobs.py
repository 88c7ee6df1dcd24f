"""Long work as rows: leased, resumable after kill -9, with progress to look at."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from supplychain.db import Base, Number, public_id
from supplychain.lease import Leased


class Job(Leased, Base):
    """One piece of long work.

    organization: who may see it; None = the operator only.
    progress_done, progress_total: units of the kind (suppliers, rows).
    """

    __tablename__ = "job"

    number: Mapped[Number]
    id: Mapped[str] = public_id("job")
    kind: Mapped[str] = mapped_column(String(40))
    organization: Mapped[int | None] = mapped_column(BigInteger, index=True)
    payload: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None]
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    @property
    def state(self) -> str:
        """``done``, ``failed``, ``running`` or ``waiting``."""
        if self.done_at:
            return "done"
        if self.dead_at:
            return "failed"
        return "running" if self.lease_owner else "waiting"


def advance(session: Session, number: int, done: int) -> None:
    """Note progress inside the transaction of the effect."""
    session.execute(update(Job).where(Job.number == number).values(progress_done=done))
