"""The gapless counters: the network log's revision, the level log's, and the batches of the sealed audit trail.

One row each, locked by whoever writes the next revision; a reader's answer is at exactly the
heads of its snapshot.
"""

from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from supplychain.db import Base, table_of

NETWORK, LEVEL, AUDIT = "network", "level", "audit"


class LogHead(Base):
    """The newest revision of a log."""

    __tablename__ = "log_head"

    name: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(default=0)


_ROWS = table_of(LogHead).c
COLUMNS = tuple(
    select(_ROWS.revision).where(_ROWS.name == name).scalar_subquery().label(f"{name}_head")
    for name in (NETWORK, LEVEL)
)
"""Both heads, for a statement that reads something else."""
_READ = select(*COLUMNS)


def read(connection: Connection) -> tuple[int, int]:
    """The network's and the level log's revision, in one statement."""
    network, level = connection.execute(_READ).one()
    return network or 0, level or 0


def lock(session: Session, name: str) -> None:
    """Lock a head until the commit without moving it on: what is read from here on stays the newest."""
    session.execute(select(LogHead.revision).where(LogHead.name == name).with_for_update())


def next_revision(session: Session, name: str) -> int:
    """Lock a head until the commit and move it on; the new revision."""
    statement = (
        update(LogHead).where(LogHead.name == name).values(revision=LogHead.revision + 1).returning(LogHead.revision)
    )
    return session.execute(statement).scalar_one()
