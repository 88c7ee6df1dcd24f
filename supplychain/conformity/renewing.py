"""Rules change with a release: what was derived under older ones is derived anew, as a job.

Looked for by `supplychain db upgrade`, and by every worker at its start and once an hour: a process of the old release
may go on writing for a while beside those of the new one.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select

from supplychain.conformity.derive import walk
from supplychain.conformity.models import Conformity
from supplychain.conformity.rules import RULES_VERSION
from supplychain.dialects import among
from supplychain.errors import NotFound
from supplychain.jobs import Job
from supplychain.network import engine
from supplychain.work import Runtime, Work, run

JOB: Final = "rules"


def renew(work: Work) -> int:
    """Let a job derive everybody anew where anything stored is of older rules; how many rows are.

    Nothing is asked twice: while such a job waits or runs, no other one is added.
    """
    counts = select(Conformity.rules_version, func.count()).group_by(Conformity.rules_version)
    older = sum(count for version, count in work.session.execute(counts).all() if is_older(version))
    if older and not _asked(work):
        work.enqueue(JOB, {"rules": RULES_VERSION})
    return older


def is_older(version: str) -> bool:
    """Whether what was derived under a version of the rules is to be derived anew by this process."""
    return int(version) < int(RULES_VERSION)


def handle(runtime: Runtime, job: Job, owner: str) -> None:
    """Derive everybody who was not derived under the rules of this process, in the order of their numbers.

    Who has no row is looked at too: newer rules may find something. Raises LeaseLost; NotFound where this process is of
    an older release than the one that asked.
    """
    if int(job.payload["rules"]) > int(RULES_VERSION):
        raise NotFound

    def everybody(work: Work) -> list[int]:
        return sorted(one.number for one in engine.network(work).organizations())

    walk(runtime, job, owner, run(runtime, everybody), _not_yet)


def _not_yet(work: Work, numbers: Sequence[int]) -> Sequence[int]:
    query = select(Conformity.organization, Conformity.rules_version)
    rows = work.session.execute(query.where(among(Conformity.organization, numbers))).all()
    done = {number for number, version in rows if not is_older(version)}
    return [number for number in numbers if number not in done]


def _asked(work: Work) -> bool:
    waiting = select(Job.payload).where(Job.kind == JOB, Job.done_at.is_(None), Job.dead_at.is_(None))
    return any(payload["rules"] == RULES_VERSION for payload in work.session.scalars(waiting))
