"""Versions of folder packs that were in use before anything was published: the upgrade records them as published.

Until then every pack of a folder counted; so that nothing stops counting, what the rows name is published as it lies
there now. Nothing else is: since migration 0011 no row can name a version that two persons did not publish.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select, union

from supplychain.db import Base, opaque, table_of
from supplychain.dialects import insert_unless_there
from supplychain.frameworks.library import packs
from supplychain.frameworks.models import PUBLISHED, Publication
from supplychain.publishing import spreading
from supplychain.work import Work

REASON = "In use before versions were published"


class Adopted(NamedTuple):
    """What was recorded as published, by key and content hash; what is in use and no pack here has."""

    recorded: Sequence[tuple[str, str]]
    missing: Sequence[str]


def adopt(work: Work) -> Adopted:
    """Record as published what is in use and nobody proposed, and let a job derive everybody with it.

    Asked again it finds nothing to do. Raises PackErrors when a pack cannot be used.
    """
    found = {one.framework.key: one for one in packs(work.runtime)}
    settled = set(work.session.scalars(select(Publication.holds).where(Publication.holds.is_not(None))))
    waiting = sorted(_in_use(work) - settled)
    unpublished = [found[key] for key in waiting if key in found and not found[key].shipped]
    recorded = [(one.framework.key, one.sha256) for one in unpublished if _record(work, one.framework.key, one.sha256)]
    return Adopted(recorded, [key for key in waiting if key not in found])


def _record(work: Work, key: str, sha256: str) -> bool:
    """False where another process was faster."""
    public = opaque("pub")
    row = {
        "id": public,
        "framework": key,
        "holds": key,
        "sha256": sha256,
        "state": PUBLISHED,
        "reason": REASON,
        "proposed_at": work.now,
        "decided_at": work.now,
        "version": 1,
    }
    if not insert_unless_there(work.connection, Publication, row):
        return False
    work.record("framework.published", public, framework=key, sha256=sha256, reason=REASON)
    work.enqueue(spreading.JOB, {"framework": key})
    return True


def _in_use(work: Work) -> set[str]:
    """The versions that requirements, levels and whatever else has a column for one name."""
    tables = (table for table in Base.metadata.sorted_tables if table is not table_of(Publication))
    named = [table.c.framework for table in tables if "framework" in table.c]
    # evidence and findings name a framework, not a version of it
    return set(work.session.scalars(union(*(select(one).where(one.contains("@")) for one in named))))
