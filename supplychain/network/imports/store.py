"""Imports as rows: begun, noted chunk by chunk, finished; what a job needs to go on where it was interrupted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, cast

from sqlalchemy import Select, Table, delete, exists, insert, select, update

from supplychain.db import opaque
from supplychain.errors import Conflict, NotFound, Refusal
from supplychain.jobs import Job
from supplychain.network.duplicates import searching
from supplychain.network.imports.listing import CHUNK, Outcome
from supplychain.network.imports.rows import ADDING, Kind, Manner, Mode, Result, Sheet, Status
from supplychain.network.models import ImportChunk, ImportEnd, ImportResult, ImportRun, SupplyLink
from supplychain.work import Work

COUNTED: Final[Mapping[Status, str]] = {
    Status.CREATED: "created",
    Status.UPDATED: "updated",
    Status.MATCHED: "matched",
    Status.DUPLICATE: "duplicates",
    Status.ERROR: "errors",
}
PREVIEW_KEPT: Final = timedelta(days=7)
"""So long the rows of a dry run are kept, to be confirmed."""
_RESULTS = cast(Table, ImportResult.__table__)
_CHUNKS = cast(Table, ImportChunk.__table__)
_ENDS = cast(Table, ImportEnd.__table__)


@dataclass(frozen=True, slots=True)
class Found:
    """An import as its job, or who confirms it, finds it.

    done: rows with results, and their subjects. ended: numbers of links that ended. confirms: number of the dry run
    that it does.
    """

    number: int
    id: str
    sheet: Sheet
    manner: Manner = ADDING
    dry_run: bool = False
    confirms: int | None = None
    done: Mapping[int, str | None] = field(default_factory=dict)
    ended: frozenset[int] = frozenset()


def begin(
    work: Work, sheet: Sheet, manner: Manner = ADDING, *, dry_run: bool = False, confirms: int | None = None
) -> ImportRun:
    """A new import of the actor's; what is kept of its old dry runs goes."""
    me = work.actor.organization
    _forget(work)
    row = ImportRun(
        id=opaque("imp"),
        owner=me,
        kind=str(sheet.kind),
        columns=list(sheet.columns),
        mode=str(manner.mode),
        valid_on=manner.valid_on,
        scope=None if manner.scope is None else list(manner.scope),
        dry_run=dry_run,
        confirms=confirms,
        rows=len(sheet.rows),
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row


def keep(work: Work, number: int, sheet: Sheet) -> None:
    """Keep the rows of an import until a job has written them, or until its dry run was confirmed."""
    me = work.actor.organization
    chunks = [
        {"run": number, "first": start + 1, "owner": me, "rows": sheet.rows[start : start + CHUNK]}
        for start in range(0, len(sheet.rows), CHUNK)
    ]
    work.session.execute(insert(_CHUNKS), chunks)


def note(work: Work, number: int, sheet: Sheet, outcome: Outcome) -> None:
    """Write down what became of some rows and which links ended, in the transaction of the effect."""
    me = work.actor.organization
    if outcome.results:
        work.session.execute(insert(_RESULTS), [_noted(number, me, sheet, result) for result in outcome.results])
    if outcome.ended:
        ends = [{"run": number, "link": link, "owner": me} for link in outcome.ended]
        work.session.execute(insert(_ENDS), ends)
    counts = Counter(COUNTED[result.status] for result in outcome.results)
    added: dict[str, Any] = {name: getattr(ImportRun, name) + count for name, count in counts.items()}
    added["ended"] = ImportRun.ended + len(outcome.ended)
    work.session.execute(update(ImportRun).where(ImportRun.number == number).values(added))


def _noted(number: int, me: int, sheet: Sheet, result: Result) -> dict[str, Any]:
    raw = sheet.rows[result.row - 1] if result.faults else None
    return {
        "run": number,
        "row": result.row,
        "owner": me,
        "status": str(result.status),
        "subject": result.subject,
        "record": result.record and str(result.record),
        "of_row": result.of,
        "state_before": result.before and str(result.before),
        "state_after": result.after and str(result.after),
        "faults": [fault.stored() for fault in result.faults] or None,
        "raw": raw if isinstance(raw, list) else None,
        "said": result.said,
    }


def anew(work: Work, number: int) -> None:
    """Forget what an interrupted dry run noted: it tells of one moment."""
    for model in (ImportResult, ImportEnd):
        work.session.execute(delete(model).where(model.run == number))
    nothing = dict.fromkeys((*COUNTED.values(), "ended"), 0)
    work.session.execute(update(ImportRun).where(ImportRun.number == number).values(nothing))


def finish(work: Work, number: int) -> ImportRun:
    """All rows have results: one audit entry, unless nothing was changed."""
    row = _over(work, number)
    changed = select(exists().where(ImportResult.run == number, ImportResult.record.in_(("created", "updated"))))
    if not row.dry_run and (row.created or row.updated or row.ended or work.session.scalar(changed)):
        work.record("import.finished", row.id, row.owner, kind=row.kind, rows=row.rows, **counts_of(row))
        if row.kind == Kind.ORGANIZATIONS:
            searching.enqueue(work)
    return row


def refuse(work: Work, number: int, refusal: Refusal) -> ImportRun:
    """It is not done, or not to its end, and why; what was written until then stays."""
    row = _over(work, number)
    faults = [[fault.pointer, fault.code, dict(fault.params)] for fault in refusal.faults]
    row.refusal = {"code": refusal.code, "params": refusal.params, "faults": faults}
    if row.created or row.updated or row.ended:
        work.record("import.refused", row.id, row.owner, kind=row.kind, code=refusal.code, **counts_of(row))
    return row


def _over(work: Work, number: int) -> ImportRun:
    row = work.session.get_one(ImportRun, number, populate_existing=True)
    row.finished_at = work.now
    if not row.dry_run:
        work.session.execute(delete(ImportChunk).where(ImportChunk.run == number))
    return row


def _forget(work: Work) -> None:
    """Drop the rows of dry runs that can be confirmed no more."""
    old = select(ImportRun.number).where(
        ImportRun.owner == work.actor.organization,
        ImportRun.dry_run,
        ImportRun.finished_at < work.now - PREVIEW_KEPT,
    )
    work.session.execute(delete(ImportChunk).where(ImportChunk.run.in_(old)))


def counts_of(row: ImportRun) -> dict[str, int]:
    """Rows by what became of them, and links that ended, so far."""
    return {name: getattr(row, name) for name in (*COUNTED.values(), "ended")}


def find(work: Work, import_id: str) -> tuple[ImportRun, Job | None]:
    """An import of the actor's, and the job that does it. Raises NotFound."""
    found = work.session.execute(own(work).where(ImportRun.id == import_id)).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def own(work: Work, kind: str | None = None, *, dry_run: bool | None = None) -> Select[ImportRun, Job]:
    """The actor's imports, or those of one kind, or only those that were, or were not, dry runs, with their jobs."""
    query = (
        select(ImportRun, Job)
        .outerjoin(Job, Job.number == ImportRun.job)
        .where(ImportRun.owner == work.actor.organization)
    )
    if dry_run is not None:
        query = query.where(ImportRun.dry_run.is_(dry_run))
    return query if kind is None else query.where(ImportRun.kind == kind)


def results_of(row: ImportRun, status: str | None = None) -> Select[ImportResult]:
    """What became of an import's rows, so far."""
    query = select(ImportResult).where(ImportResult.run == row.number)
    return query if status is None else query.where(ImportResult.status == status)


def ends_of(number: int) -> Select[int]:
    """Numbers of the links that an import ended, or would end."""
    return select(ImportEnd.link).where(ImportEnd.run == number)


def ended_links(row: ImportRun) -> Select[SupplyLink]:
    """The links that an import ended, or would end."""
    return select(SupplyLink).where(SupplyLink.number.in_(ends_of(row.number)))


def resume(work: Work, import_id: str) -> Found:
    """An import with its rows and what is done of them. Raises NotFound."""
    row, _ = find(work, import_id)
    done = work.session.execute(select(ImportResult.row, ImportResult.subject).where(ImportResult.run == row.number))
    return Found(
        row.number,
        row.id,
        _sheet(work, row),
        Manner(Mode(row.mode), row.valid_on, None if row.scope is None else tuple(row.scope)),
        row.dry_run,
        row.confirms,
        dict(done.all()),
        frozenset(work.session.scalars(ends_of(row.number))),
    )


def preview(work: Work, import_id: str) -> Found:
    """A dry run of the actor's, to be confirmed. Raises NotFound; Conflict when it is not done or too old."""
    row, _ = find(work, import_id)
    if not row.dry_run:
        raise Conflict("preview-is-none")
    if row.finished_at is None or row.refusal:
        raise Conflict("preview-not-done")
    if row.finished_at < work.now - PREVIEW_KEPT:
        raise Conflict("preview-too-old", days=PREVIEW_KEPT.days)
    return resume(work, import_id)


def foreseen(work: Work, number: int) -> Mapping[int, Result]:
    """What a dry run said of every row, by row; of faults the codes alone."""
    columns = (
        ImportResult.row,
        ImportResult.status,
        ImportResult.subject,
        ImportResult.record,
        ImportResult.of_row,
        ImportResult.state_before,
        ImportResult.state_after,
    )
    rows = work.session.execute(select(*columns).where(ImportResult.run == number))
    return {
        row: Result(
            row, Status(status), subject, None if record is None else Status(record), of=of, before=before, after=after
        )
        for row, status, subject, record, of, before, after in rows
    }


def _sheet(work: Work, row: ImportRun) -> Sheet:
    chunks = work.session.scalars(
        select(ImportChunk.rows).where(ImportChunk.run == row.number).order_by(ImportChunk.first)
    )
    return Sheet(Kind(row.kind), tuple(row.columns), [raw for chunk in chunks for raw in chunk])
