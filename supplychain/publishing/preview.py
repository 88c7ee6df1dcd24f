"""Whose levels a proposed version would change: a job over every organization, in the order of their numbers.

A step reads and computes outside any write transaction, then writes its differences and its progress in one: killed
at any moment it goes on where it was. Nothing grows with the number of organizations but the rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import delete, select, update

from supplychain import jobs, lease
from supplychain.conformity import derive, loading, renewing
from supplychain.conformity.appraisal import Bench, readers, situation, speaks_to
from supplychain.conformity.rules import Situation, differing, levels
from supplychain.db import table_of
from supplychain.errors import NotFound
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.library import everything
from supplychain.frameworks.models import Publication
from supplychain.jobs import Job
from supplychain.network import engine
from supplychain.publishing import spreading
from supplychain.publishing.models import LevelShift
from supplychain.work import Runtime, Work, run

JOB: Final = "publication-preview"
CHUNK: Final = 1000
_DERIVING = (derive.JOB, renewing.JOB, spreading.JOB)
_ROWS = table_of(LevelShift)


Settled = Callable[[int, Framework], Mapping[str, int | None]]
"""The levels of an organization that were derived and are good through the day; empty where they are not known."""


@dataclass(frozen=True, slots=True)
class Versions:
    """What is held against each other. before: None where no version is published yet."""

    before: Framework | None
    after: Framework
    settled: Settled

    def __iter__(self) -> Iterator[Framework]:
        return (one for one in (self.before, self.after) if one is not None)

    def pillars(self, of: Framework) -> frozenset[str]:
        """The pillars of one of them whose levels the other may give differently."""
        has = frozenset(one.id for one in of.pillars)
        return has if self.before is None else has & differing(self.before, self.after)


def handle(runtime: Runtime, job: Job, owner: str) -> None:
    """Look at everybody for a proposal; resumes where the last step committed.

    Raises LeaseLost, and NotFound where this process has no such pack: a later attempt may be another process's.
    """
    numbers = _read(runtime, lambda work: sorted(one.number for one in engine.network(work).organizations()))
    done = job.progress_done
    while True:
        chunk = numbers[done : done + CHUNK]
        rows = _read(runtime, lambda work, chunk=chunk: _rows(work, job, chunk)) if chunk else []
        last = done + CHUNK >= len(numbers)
        run(runtime, _writing(job, owner, rows, done, min(done + CHUNK, len(numbers)), len(numbers), last=last))
        done += CHUNK
        if last:
            return


def shifts(versions: Versions, bench: Bench, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Each level that the two versions give differently, of some organizations whose facts are loaded."""
    asked = versions.pillars(versions.after)
    held = frozenset() if versions.before is None else versions.pillars(versions.before)
    for number in numbers:
        given = situation(bench, number, bench.day)
        if not _concerned(versions, given):
            continue
        was: Mapping[str, int | None] = {}
        if versions.before is not None:
            was = versions.settled(number, versions.before)
            was = was or levels(versions.before, number, *given, bench.day, pillars=held)
        becomes = levels(versions.after, number, *given, bench.day, pillars=asked)
        about = bench.network.organization(number)
        for pillar in sorted(held | asked):
            if was.get(pillar) != becomes.get(pillar):
                yield {
                    "organization": number,
                    "pillar": pillar,
                    "before": was.get(pillar),
                    "after": becomes.get(pillar),
                    **{name: getattr(about, name) for name in ("country", "region", "sector")},
                }


def _concerned(versions: Versions, given: Situation) -> bool:
    """Whether anything speaks of the organization; of whom nothing does, no level is known in any version."""
    heard = (fact for fact in given.evidence if any(speaks_to(fact, version) for version in versions))
    return bool(given.findings) or next(heard, None) is not None


def _rows(work: Work, job: Job, numbers: Sequence[int]) -> list[dict[str, Any]]:
    row = work.session.get(Publication, job.payload["publication"])
    known = everything(work)
    after = None if row is None else known.get(row.framework)
    if row is None or after is None:
        raise NotFound
    network = engine.network(work)
    day = derive.day_of(work, network)
    versions = Versions(known.get(row.against) if row.against else None, after, _settled(work, day))
    if not any(map(versions.pillars, versions)):
        return []
    read = {one for number in numbers for one in readers(network, number, loading.family_of(network, number, day), day)}
    bench = Bench(network, known, loading.load(work, read), day, work.runtime.settings.listing_framework)
    keys = {"publication": row.number, "owner": row.organization}
    return [{**keys, **shift} for shift in shifts(versions, bench, numbers)]


def _settled(work: Work, day: date) -> Settled:
    """What the engine knows of levels; nothing while a job is still to derive what was changed."""
    state = engine.state(work)
    pending = select(Job.number).where(Job.kind.in_(_DERIVING), Job.done_at.is_(None))
    if work.session.scalar(pending.limit(1)) is not None:
        return lambda _number, _framework: {}

    def levels_of(number: int, framework: Framework) -> Mapping[str, int | None]:
        found = {one.id: state.standing(number, framework.key, one.id) for one in framework.pillars}
        known = {pillar: one["level"] for pillar, one in found.items() if one is not None and _lasts(one, day)}
        # of a version that it is not held against any more every pillar is told as not assessed
        return known if len(known) == len(found) and any(level is not None for level in known.values()) else {}

    return levels_of


def _lasts(standing: Mapping[str, Any], day: date) -> bool:
    through = standing["good_through"]
    return through is None or through >= day.isoformat()


def _writing(
    job: Job, owner: str, rows: Sequence[dict[str, Any]], done: int, after: int, total: int, *, last: bool
) -> Any:
    def step(work: Work) -> None:
        row = work.session.get(Publication, job.payload["publication"])
        wanted = row is not None and row.preview == job.number  # else a newer preview took its place
        if wanted and done == 0:
            work.session.execute(delete(LevelShift).where(LevelShift.publication == job.payload["publication"]))
        if wanted and rows:
            work.connection.execute(_ROWS.insert(), list(rows))
        work.session.execute(update(Job).where(Job.number == job.number).values(progress_total=total))
        jobs.advance(work.session, job.number, after)
        settle = lease.finish if last else lease.hold
        settle(work.session, Job, job.number, owner, work.now)

    return step


def _read(runtime: Runtime, body: Any) -> Any:
    work = Work(runtime, writes=False)
    try:
        return body(work)
    finally:
        work.close()
