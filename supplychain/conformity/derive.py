"""The one place where anything follows from anything: from recorded facts to derived rows."""

from graph.network import DayAdvanced
from supplychain import heads
from supplychain.network import engine, log
from supplychain.work import Work


def refresh(work: Work) -> None:
    """Append the unit's network changes to the log and re-derive what they and it touch."""
    if work.changes:
        revision = heads.next_revision(work.session, heads.NETWORK)
        log.append(work.session, revision, work.changes, work.now)


__all__ = ["DayAdvanced", "engine", "refresh"]
