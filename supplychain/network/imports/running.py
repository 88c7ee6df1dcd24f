"""From a list that was sent to what became of it: at once, foreseen, confirmed, by the command line, or by a job."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, Final, TypeVar

from sqlalchemy import update

from supplychain import lease
from supplychain.errors import Invalid
from supplychain.jobs import Job, advance
from supplychain.network import calendar
from supplychain.network.imports import confirming, store
from supplychain.network.imports.confirming import Foreseen, Otherwise
from supplychain.network.imports.listing import CHUNK, Listing, Outcome, Step, chunks_of, listing, unheard
from supplychain.network.imports.reading import read
from supplychain.network.imports.replacing import TwoSides, Unconfirmed
from supplychain.network.imports.rows import ADDING, Kind, Manner, Result, Sheet
from supplychain.network.models import ImportRun
from supplychain.network.standing import require_verified
from supplychain.work import Actor, Runtime, Work, run

JOB: Final = "import"
FORESEEN_AT_ONCE: Final = 5_000
"""Rows of a list that is only foreseen in the request itself: it takes no lock meanwhile."""
BEAT_SECONDS: Final = 5.0
"""So often long work outside of transactions says that it is alive."""
Progress = Callable[[int, int], None]
"""Called with how many rows are done, of how many."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a list, or would become of it.

    id: of the import or the dry run. job: id of the job that does it. results: one a row, in the order of the file;
    none while a job is at it. ended: so many links did.
    """

    kind: Kind
    rows: int
    id: str
    dry_run: bool = False
    manner: Manner = ADDING
    job: str | None = None
    results: list[Result] = field(default_factory=list)
    ended: int = 0


def take(work: Work, sheet: Sheet, manner: Manner = ADDING, *, dry_run: bool = False) -> Report:
    """Import a list that somebody sent: at once up to a thousand rows, else by a job; or only foresee it.

    Rows are checked and matched in a read of their own, so that no lock is held over it. Raises Forbidden, TwoSides,
    Unconfirmed.
    """
    if len(sheet.rows) > (FORESEEN_AT_ONCE if dry_run else CHUNK):
        return _enqueue(work, sheet, manner, dry_run=dry_run)
    if not dry_run:
        return _write(work, sheet, manner, None, None)
    outcome = _reading(work.runtime, work.actor, lambda reader: _look(reader, sheet, manner))
    row = store.begin(work, sheet, manner, dry_run=True)
    store.keep(work, row.number, sheet)
    store.note(work, row.number, sheet, outcome)
    store.finish(work, row.number)
    return _report(row, sheet, manner, outcome)


def confirm(work: Work, preview_id: str, sheet: Sheet | None = None) -> Report:
    """Import the list of a dry run, exactly as foreseen. sheet: the list once more, to be held against that one.

    Raises NotFound; Invalid for another list; Conflict when the dry run is not done or too old; Otherwise, saying
    what, when something changed meanwhile.
    """
    found = _reading(work.runtime, work.actor, lambda reader: store.preview(reader, preview_id))
    if sheet is not None and (sheet.kind, sheet.columns, sheet.rows) != (
        found.sheet.kind,
        found.sheet.columns,
        found.sheet.rows,
    ):
        raise Invalid("preview-of-another")
    if len(found.sheet.rows) > CHUNK:
        return _enqueue(work, found.sheet, found.manner, confirms=found.number)
    seen = _reading(work.runtime, work.actor, lambda reader: confirming.of(reader, found))
    return _write(work, found.sheet, found.manner, found.number, seen)


def import_file(
    runtime: Runtime,
    organization: int,
    stream: BinaryIO,
    kind: str,
    format: str = "csv",  # noqa: A002 - the command line's word
    progress: Progress | None = None,
    manner: Manner = ADDING,
    *,
    dry_run: bool = False,
    confirm: str | None = None,
) -> Report:
    """Import, or only foresee, a file for an organization (number) in this process, a chunk a transaction.

    format: ``csv`` or ``json``. confirm: id of the dry run of the same file that is to be done. What is written when
    it is interrupted stays; the same file again does the rest. Raises Malformed, Invalid, Forbidden, NotFound,
    Conflict.
    """
    sheet = read(stream.read(), Kind(kind), format)
    return import_sheet(runtime, organization, sheet, progress, manner, dry_run=dry_run, confirm=confirm)


def import_sheet(
    runtime: Runtime,
    organization: int,
    sheet: Sheet,
    progress: Progress | None = None,
    manner: Manner = ADDING,
    *,
    dry_run: bool = False,
    confirm: str | None = None,
) -> Report:
    """As ``import_file``, of a sheet that was read."""
    actor = Actor(organization=organization)
    tell = progress or (lambda _done, _total: None)
    calendar.advance_day(runtime)
    seen, confirms = None, None
    if confirm is not None:
        found = _reading(runtime, actor, lambda reader: store.preview(reader, confirm))
        if found.sheet.rows != sheet.rows:
            raise Invalid("preview-of-another")
        seen, confirms = _reading(runtime, actor, lambda reader: confirming.of(reader, found)), found.number
        manner = found.manner
    if dry_run:
        outcome = _reading(
            runtime, actor, lambda reader: _look(reader, sheet, manner, lambda done: tell(done, len(sheet.rows)))
        )
        row = run(runtime, lambda work: _keep_preview(work, sheet, manner), actor)
        _note_foreseen(runtime, actor, row, sheet, outcome)
        tell(len(sheet.rows), len(sheet.rows))
        return _report(row, sheet, manner, outcome)
    matched = _reading(runtime, actor, lambda reader: _matched(reader, sheet, manner, seen))
    row = run(runtime, lambda work: store.begin(work, sheet, manner, confirms=confirms), actor)
    total = Outcome()
    for step, last in _with_last(matched.steps({})):
        outcome = run(runtime, _chunk(row, sheet, step, seen, last=last), actor)
        total.results += outcome.results
        total.ended += outcome.ended
        tell(len(total.results), len(sheet.rows))
    return _report(row, sheet, manner, total)


# A job --------------------------------------------------------------------------------------


def handle(runtime: Runtime, job: Job, owner: str) -> None:
    """Do the import, or the dry run, of a leased job, a chunk a transaction; resumes where the last one committed.

    Raises LeaseLost when another worker took the job over.
    """
    actor = Actor(organization=job.organization or 0)
    found = _reading(runtime, actor, lambda reader: store.resume(reader, job.payload["import"]))
    try:
        if found.dry_run:
            _foresee_job(runtime, job, owner, actor, found)
        else:
            _write_job(runtime, job, owner, actor, found)
    except (Otherwise, TwoSides, Unconfirmed) as refusal:
        told = refusal

        def body(work: Work) -> None:
            store.refuse(work, found.number, told)
            _say_done(work, job.number, found.number)
            lease.finish(work.session, Job, job.number, owner, work.now)

        run(runtime, body, actor)


def _write_job(runtime: Runtime, job: Job, owner: str, actor: Actor, found: store.Found) -> None:
    beat = _heart(runtime, job, owner)
    confirms = found.confirms
    seen = None
    if confirms is not None:
        seen = _reading(
            runtime,
            actor,
            lambda reader: Foreseen(
                store.foreseen(reader, confirms), frozenset(reader.session.scalars(store.ends_of(confirms)))
            ),
        )
    fresh = not found.done and not found.ended

    def look(reader: Work) -> Listing:
        matched = listing(reader, found.sheet, found.manner, beat)
        # Of what is half done, that it may be done was seen at its beginning.
        if fresh:
            _check(reader, matched, seen)
        return matched

    matched = _reading(runtime, actor, look)
    count = len(found.done)
    for step, last in _with_last(matched.steps(found.done)):
        write = _chunk(found, found.sheet, step, seen, last=last)

        def body(work: Work, write: Callable[[Work], Outcome] = write, last: bool = last, count: int = count) -> int:  # noqa: FBT001 - bound now
            done = count + len(write(work).results)
            advance(work.session, job.number, done)
            if last:
                _say_done(work, job.number, found.number)
            settle = lease.finish if last else lease.hold
            settle(work.session, Job, job.number, owner, work.now)
            return done

        count = run(runtime, body, actor)


def _foresee_job(runtime: Runtime, job: Job, owner: str, actor: Actor, found: store.Found) -> None:
    """Foresee in one snapshot, so that what is kept tells of one moment; an interrupted one begins anew."""
    beat = _heart(runtime, job, owner)
    outcome = _reading(runtime, actor, lambda reader: _look(reader, found.sheet, found.manner, beat))

    def begin(work: Work) -> None:
        store.anew(work, found.number)
        lease.hold(work.session, Job, job.number, owner, work.now)

    run(runtime, begin, actor)

    def settle(work: Work, *, last: bool) -> None:
        if last:
            advance(work.session, job.number, len(found.sheet.rows))
            _say_done(work, job.number, found.number)
        (lease.finish if last else lease.hold)(work.session, Job, job.number, owner, work.now)

    _note_foreseen(runtime, actor, found, found.sheet, outcome, settle)


def _heart(runtime: Runtime, job: Job, owner: str) -> Callable[[int], None]:
    """Renews the lease of a job, now and then, in work that is in no transaction that could."""
    last = time.monotonic()

    def beat(done: int) -> None:
        nonlocal last
        if time.monotonic() - last < BEAT_SECONDS:
            return
        last = time.monotonic()

        def body(work: Work) -> None:
            if done:
                advance(work.session, job.number, done)
            lease.hold(work.session, Job, job.number, owner, work.now)

        run(runtime, body, Actor(organization=job.organization or 0))

    return beat


def _say_done(work: Work, job: int, number: int) -> None:
    row = work.session.get_one(ImportRun, number)
    result = {"import": row.id, "rows": row.rows, **store.counts_of(row)}
    if row.refusal is not None:
        result["refused"] = row.refusal["code"]
    work.session.execute(update(Job).where(Job.number == job).values(result=result))


def _enqueue(work: Work, sheet: Sheet, manner: Manner, *, dry_run: bool = False, confirms: int | None = None) -> Report:
    require_verified(work)
    row = store.begin(work, sheet, manner, dry_run=dry_run, confirms=confirms)
    store.keep(work, row.number, sheet)
    job = work.enqueue(JOB, {"import": row.id}, total=len(sheet.rows), organization=work.actor.organization)
    row.job = job.number
    return Report(sheet.kind, len(sheet.rows), row.id, dry_run, manner, job.id)


# What all ways share ------------------------------------------------------------------------


def _write(work: Work, sheet: Sheet, manner: Manner, confirms: int | None, seen: Foreseen | None) -> Report:
    """Everything in this one transaction."""
    matched = _reading(work.runtime, work.actor, lambda reader: _matched(reader, sheet, manner, seen))
    row = store.begin(work, sheet, manner, confirms=confirms)
    total = Outcome()
    for step, last in _with_last(matched.steps({})):
        outcome = _chunk(row, sheet, step, seen, last=last)(work)
        total.results += outcome.results
        total.ended += outcome.ended
    return _report(row, sheet, manner, total)


def _matched(reader: Work, sheet: Sheet, manner: Manner, seen: Foreseen | None) -> Listing:
    matched = listing(reader, sheet, manner)
    _check(reader, matched, seen)
    return matched


def _check(reader: Work, matched: Listing, seen: Foreseen | None) -> None:
    """Whether it may be done: as foreseen and confirmed, or because little ends by it."""
    if seen is not None:
        seen.check(reader, matched)
    elif matched.ending is not None:
        matched.ending.check(len(matched.refused))


def _chunk(
    row: ImportRun | store.Found, sheet: Sheet, step: Step, seen: Foreseen | None, *, last: bool
) -> Callable[[Work], Outcome]:
    number, public = row.number, row.id

    def write(work: Work) -> Outcome:
        outcome = step(work, public)
        if seen is not None:
            seen.check_done(outcome)
        store.note(work, number, sheet, outcome)
        if last:
            store.finish(work, number)
        return outcome

    return write


def _with_last(steps: list[Step]) -> list[tuple[Step, bool]]:
    return [(step, at == len(steps)) for at, step in enumerate(steps, start=1)]


def _look(reader: Work, sheet: Sheet, manner: Manner, beat: Callable[[int], None] = unheard) -> Outcome:
    matched = listing(reader, sheet, manner, beat)
    results = [*matched.foresee(reader, beat), *matched.refused]
    return Outcome(results, list(matched.ending.numbers) if matched.ending else [])


def _keep_preview(work: Work, sheet: Sheet, manner: Manner) -> ImportRun:
    row = store.begin(work, sheet, manner, dry_run=True)
    store.keep(work, row.number, sheet)
    return row


def _note_foreseen(
    runtime: Runtime,
    actor: Actor,
    row: ImportRun | store.Found,
    sheet: Sheet,
    outcome: Outcome,
    settle: Callable[..., None] | None = None,
) -> None:
    """Write down a report by the thousand. settle: called with every unit of work, and whether it is the last."""
    number = row.number
    parts = [Outcome(list(results)) for results in chunks_of(outcome.results)]
    parts += [Outcome(ended=list(ended)) for ended in chunks_of(outcome.ended)]
    for at, part in enumerate(parts, start=1):

        def body(work: Work, part: Outcome = part, last: bool = at == len(parts)) -> None:  # noqa: FBT001 - bound now
            store.note(work, number, sheet, part)
            if last:
                store.finish(work, number)
            if settle:
                settle(work, last=last)

        run(runtime, body, actor)


def _reading(runtime: Runtime, actor: Actor, look: Callable[[Work], T]) -> T:
    reader = Work(runtime, actor, writes=False)
    try:
        return look(reader)
    finally:
        reader.close()


def _report(row: ImportRun, sheet: Sheet, manner: Manner, outcome: Outcome) -> Report:
    ordered = sorted(outcome.results, key=lambda result: result.row)
    return Report(
        sheet.kind,
        len(sheet.rows),
        row.id,
        row.dry_run,
        manner,
        results=ordered,
        ended=len(outcome.ended),
    )
