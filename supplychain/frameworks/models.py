"""Rows about frameworks: which versions were published; the packs themselves stay files."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from supplychain.db import Base, Number, public_id

PROPOSED, PUBLISHED, REFUSED = "proposed", "published", "refused"


class Publication(Base):
    """Somebody's proposal to publish a framework version, and what another person decided.

    framework: its key. sha256: of the bytes of the pack, which from then on never change.
    holds: the key for as long as the proposal was not refused; one at a time of each version.
    organization: of the proposer; only it sees the row as such; None = in use before versions were published.
    preview: number of the job that looks at whose levels would change. against: the version it holds this one against.
    """

    __tablename__ = "publication"

    number: Mapped[Number]
    id: Mapped[str] = public_id("pub")
    organization: Mapped[int | None] = mapped_column(ForeignKey("organization.number"), index=True)
    framework: Mapped[str] = mapped_column(String(80))
    holds: Mapped[str | None] = mapped_column(String(80), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default=PROPOSED)
    reason: Mapped[str] = mapped_column(String(2000))
    proposer: Mapped[int | None] = mapped_column(ForeignKey("person.number"))
    proposed_at: Mapped[datetime]
    preview: Mapped[int | None] = mapped_column(BigInteger)
    against: Mapped[str | None] = mapped_column(String(80))
    decision: Mapped[str | None] = mapped_column(String(2000))
    decider: Mapped[int | None] = mapped_column(ForeignKey("person.number"))
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
