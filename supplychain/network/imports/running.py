"""From a list that was sent to what became of it: at once, foreseen, by the command line, or by a job."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, Final, TypeVar

from sqlalchemy import update

from supplychain import lease
from supplychain.jobs import Job, advance
from supplychain.network import calendar
from supplychain.network.imports import store
from supplychain.network.imports.listing import CHUNK, Step, listing
from supplychain.network.imports.reading import read
from supplychain.network.imports.rows import Kind, Result, Sheet
from supplychain.network.models import ImportRun
from supplychain.network.standing import require_verified
from supplychain.work import Actor, Runtime, Work, run

JOB: Final = "import"
Progress = Callable[[int, int], None]
"""Called with how many rows are done, of how many."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a list, or would become of it.

    id: of the import; None when nothing was written. job: id of the job that does it. results: one a row, in the
    order of the file; none while a job is at it.
    """

    kind: Kind
    rows: int
    id: str | None = None
    job: str | None = None
    results: list[Result] = field(default_factory=list)


def take(work: Work, sheet: Sheet, *, dry_run: bool = False) -> Report:
    """Import a list that somebody sent: at once up to a thousand rows, else by a job; or only foresee it.

    Rows are checked and matched in a read of their own, so that no lock is held over it. Raises Forbidden.
    """
    if dry_run:
        return _foresee(work, sheet)
    if len(sheet.rows) > CHUNK:
        return _enqueue(work, sheet)
    matched = _reading(work.runtime, work.actor, lambda reader: listing(reader, sheet))
    row = store.begin(work, sheet)
    results = [result for step in matched.steps({}) for result in step(work)]
    store.note(work, row.number, results)
    store.finish(work, row.number)
    return _report(sheet, row.id, results)


def import_file(
    runtime: Runtime,
    organization: int,
    stream: BinaryIO,
    kind: str,
    format: str = "csv",  # noqa: A002 - the command line's word
    progress: Progress | None = None,
) -> Report:
    """Import a file for an organization (number) in this process, a chunk a transaction.

    format: ``csv`` or ``json``. What is written when it is interrupted stays; the same file again does the rest.
    Raises Malformed, Invalid, Forbidden.
    """
    sheet = read(stream.read(), Kind(kind), format)
    actor = Actor(organization=organization)
    matched = _reading(runtime, actor, lambda reader: listing(reader, sheet))
    calendar.advance_day(runtime)
    number, public = run(runtime, lambda work: _begin(work, sheet), actor)
    results: list[Result] = []
    steps = matched.steps({})
    for step in steps:
        results += run(runtime, _chunk(number, step, last=step is steps[-1]), actor)
        if progress:
            progress(len(results), len(sheet.rows))
    return _report(sheet, public, results)


def handle(runtime: Runtime, job: Job, owner: str) -> None:
    """Do the import of a leased job, a chunk a transaction; resumes where the last one committed.

    Raises LeaseLost when another worker took the job over.
    """
    actor = Actor(organization=job.organization or 0)
    found = _reading(runtime, actor, lambda reader: store.resume(reader, job.payload["import"]))
    matched = _reading(runtime, actor, lambda reader: listing(reader, found.sheet))
    count = len(found.done)
    steps = matched.steps(found.done)
    for step in steps:
        last = step is steps[-1]
        write = _chunk(found.number, step, last=last)

        def body(work: Work, write: Step = write, last: bool = last, count: int = count) -> int:  # noqa: FBT001 - bound now
            done = count + len(write(work))
            advance(work.session, job.number, done)
            if last:
                _say_done(work, job.number, found.number)
            settle = lease.finish if last else lease.hold
            settle(work.session, Job, job.number, owner, work.now)
            return done

        count = run(runtime, body, actor)


def _chunk(number: int, step: Step, *, last: bool) -> Step:
    def write(work: Work) -> list[Result]:
        results = step(work)
        store.note(work, number, results)
        if last:
            store.finish(work, number)
        return results

    return write


def _say_done(work: Work, job: int, number: int) -> None:
    row = work.session.get_one(ImportRun, number)
    result = {"import": row.id, "rows": row.rows, **store.counts_of(row)}
    work.session.execute(update(Job).where(Job.number == job).values(result=result))


def _foresee(work: Work, sheet: Sheet) -> Report:
    def look(reader: Work) -> list[Result]:
        matched = listing(reader, sheet)
        return [*matched.foresee(reader), *matched.refused]

    return _report(sheet, None, _reading(work.runtime, work.actor, look))


def _reading(runtime: Runtime, actor: Actor, look: Callable[[Work], T]) -> T:
    reader = Work(runtime, actor, writes=False)
    try:
        return look(reader)
    finally:
        reader.close()


def _enqueue(work: Work, sheet: Sheet) -> Report:
    require_verified(work)
    row = store.begin(work, sheet)
    store.keep(work, row.number, sheet, CHUNK)
    job = work.enqueue(JOB, {"import": row.id}, total=len(sheet.rows), organization=work.actor.organization)
    row.job = job.number
    return Report(sheet.kind, len(sheet.rows), row.id, job.id)


def _begin(work: Work, sheet: Sheet) -> tuple[int, str]:
    row = store.begin(work, sheet)
    return row.number, row.id


def _report(sheet: Sheet, public: str | None, results: list[Result]) -> Report:
    ordered = sorted(results, key=lambda result: result.row)
    return Report(sheet.kind, len(sheet.rows), public, results=ordered)
