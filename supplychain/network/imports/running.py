"""From a list that was sent to what became of it: at once, foreseen, confirmed, by the command line, or by a job."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from supplychain.errors import Invalid
from supplychain.network import calendar
from supplychain.network.imports import confirming, doing, store
from supplychain.network.imports.confirming import Foreseen
from supplychain.network.imports.listing import CHUNK, Outcome
from supplychain.network.imports.rows import ADDING, Kind, Manner, Result, Sheet
from supplychain.network.models import ImportRun
from supplychain.network.standing import require_verified
from supplychain.work import Actor, Runtime, Work, run

JOB: Final = "import"
FORESEEN_AT_ONCE: Final = 5_000
"""Rows of a list that is only foreseen in the request itself: it takes no lock meanwhile."""
Progress = Callable[[int, int], None]
"""Called with how many rows are done, of how many."""


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
    outcome = doing.reading(work.runtime, work.actor, lambda reader: doing.look(reader, sheet, manner))
    row = _keep_preview(work, sheet, manner)
    store.note(work, row.number, sheet, outcome)
    store.finish(work, row.number)
    return _report(row, sheet, manner, outcome)


def confirm(work: Work, preview_id: str, sheet: Sheet | None = None) -> Report:
    """Import the list of a dry run, exactly as foreseen. sheet: the list once more, to be held against that one.

    Raises NotFound; Invalid for another list; Conflict when the dry run is not done or too old; Otherwise, saying
    what, when something changed meanwhile.
    """
    found = doing.reading(work.runtime, work.actor, lambda reader: store.preview(reader, preview_id))
    if sheet is not None:
        _check_same(sheet, found.sheet)
    if len(found.sheet.rows) > CHUNK:
        return _enqueue(work, found.sheet, found.manner, confirms=found.number)
    seen = doing.reading(work.runtime, work.actor, lambda reader: confirming.of(reader, found.number))
    return _write(work, found.sheet, found.manner, found.number, seen)


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
    """Import, or only foresee, a list for an organization (number) in this process, a chunk a transaction.

    confirm: id of the dry run of the same list that is to be done. What is written when it is interrupted stays; the
    same list again does the rest. Raises Invalid, Forbidden, NotFound, Conflict.
    """
    actor = Actor(organization=organization)
    tell = progress or (lambda _done, _total: None)
    calendar.advance_day(runtime)
    if dry_run:
        return _foresee_here(runtime, actor, sheet, manner, tell)
    if confirm is None:
        return _write_here(runtime, actor, sheet, manner, tell)
    found = doing.reading(runtime, actor, lambda reader: store.preview(reader, confirm))
    _check_same(sheet, found.sheet)
    return _write_here(runtime, actor, sheet, found.manner, tell, found.number)


def _check_same(sheet: Sheet, foreseen: Sheet) -> None:
    if (sheet.kind, sheet.columns, sheet.rows) != (foreseen.kind, foreseen.columns, foreseen.rows):
        raise Invalid("preview-of-another")


def _foresee_here(runtime: Runtime, actor: Actor, sheet: Sheet, manner: Manner, tell: Progress) -> Report:
    rows = len(sheet.rows)
    outcome = doing.reading(
        runtime, actor, lambda reader: doing.look(reader, sheet, manner, lambda done: tell(done, rows))
    )
    row = run(runtime, lambda work: _keep_preview(work, sheet, manner), actor)
    doing.note_foreseen(runtime, actor, row, sheet, outcome)
    tell(rows, rows)
    return _report(row, sheet, manner, outcome)


def _write_here(
    runtime: Runtime, actor: Actor, sheet: Sheet, manner: Manner, tell: Progress, confirms: int | None = None
) -> Report:
    seen = None
    if confirms is not None:
        seen = doing.reading(runtime, actor, lambda reader: confirming.of(reader, confirms))
    matched = doing.reading(runtime, actor, lambda reader: doing.matched(reader, sheet, manner, seen))
    row = run(runtime, lambda work: store.begin(work, sheet, manner, confirms=confirms), actor)
    total = Outcome()
    for step, last in doing.with_last(matched.steps({})):
        outcome = run(runtime, doing.chunk(row, sheet, step, seen, last=last), actor)
        doing.give_way(runtime, last=last)
        total.results += outcome.results
        total.ended += outcome.ended
        tell(len(total.results), len(sheet.rows))
    return _report(row, sheet, manner, total)


def _enqueue(work: Work, sheet: Sheet, manner: Manner, *, dry_run: bool = False, confirms: int | None = None) -> Report:
    require_verified(work)
    row = store.begin(work, sheet, manner, dry_run=dry_run, confirms=confirms)
    store.keep(work, row.number, sheet)
    job = work.enqueue(JOB, {"import": row.id}, total=len(sheet.rows), organization=work.actor.organization)
    row.job = job.number
    return Report(sheet.kind, len(sheet.rows), row.id, dry_run, manner, job.id)


def _write(work: Work, sheet: Sheet, manner: Manner, confirms: int | None, seen: Foreseen | None) -> Report:
    """Everything in this one transaction."""
    matched = doing.reading(work.runtime, work.actor, lambda reader: doing.matched(reader, sheet, manner, seen))
    row = store.begin(work, sheet, manner, confirms=confirms)
    total = Outcome()
    for step, last in doing.with_last(matched.steps({})):
        outcome = doing.chunk(row, sheet, step, seen, last=last)(work)
        total.results += outcome.results
        total.ended += outcome.ended
    return _report(row, sheet, manner, total)


def _keep_preview(work: Work, sheet: Sheet, manner: Manner) -> ImportRun:
    row = store.begin(work, sheet, manner, dry_run=True)
    store.keep(work, row.number, sheet)
    return row


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
