"""Publishing from the command line: the same verbs, told in lines."""

from collections.abc import Sequence

from sqlalchemy import select

from supplychain.errors import Conflict
from supplychain.frameworks.models import PROPOSED, Publication
from supplychain.publishing import operations, queries
from supplychain.work import Work


def publish(work: Work, framework: str, sha256: str, reason: str) -> Sequence[str]:
    """Propose a version, or approve what a colleague proposed; what happened, and whose levels it changes.

    sha256: of the file that was named. Raises what proposing and approving do.
    """
    query = select(Publication).where(
        Publication.holds == framework,
        Publication.organization == work.actor.organization,
        Publication.state == PROPOSED,
    )
    row = work.session.scalar(query)
    if row is None:
        row = operations.propose(work, framework, reason)
        if row.sha256 != sha256:
            raise Conflict("pack-changed", framework=framework)
        return [f"{framework} is proposed as {row.id}; the worker looks at whose levels would change"]
    counted = queries.counted(work, row)
    operations.approve(work, row, sha256, reason)
    steps = [f"{one['pillar']}: {one['before']} -> {one['after']}: {one['count']}" for one in counted["steps"]]
    return [f"{framework} is published", f"{counted['organizations']} organizations change:", *steps]
