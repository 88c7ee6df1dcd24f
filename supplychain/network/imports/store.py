"""Imports as rows: begun, noted chunk by chunk, finished; what a job needs to go on where it was interrupted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Select, Table, delete, exists, insert, select, update

from supplychain.db import opaque
from supplychain.errors import NotFound
from supplychain.jobs import Job
from supplychain.network.duplicates import searching
from supplychain.network.imports.rows import Kind, Result, Sheet, Status
from supplychain.network.models import ImportChunk, ImportResult, ImportRun
from supplychain.work import Work

COUNTED: Final[Mapping[Status, str]] = {
    Status.CREATED: "created",
    Status.UPDATED: "updated",
    Status.MATCHED: "matched",
    Status.ERROR: "errors",
}
_RESULTS = cast(Table, ImportResult.__table__)
_CHUNKS = cast(Table, ImportChunk.__table__)


@dataclass(frozen=True, slots=True)
class Resumed:
    """An import as a job finds it. done: rows with results, and their subjects."""

    number: int
    sheet: Sheet
    done: Mapping[int, str | None]


def begin(work: Work, sheet: Sheet) -> ImportRun:
    """A new import of the actor's."""
    row = ImportRun(
        id=opaque("imp"),
        owner=work.actor.organization,
        kind=str(sheet.kind),
        columns=list(sheet.columns),
        rows=len(sheet.rows),
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row


def keep(work: Work, number: int, sheet: Sheet, size: int) -> None:
    """Keep the rows of an import until a job has written them."""
    me = work.actor.organization
    chunks = [
        {"run": number, "first": start + 1, "owner": me, "rows": sheet.rows[start : start + size]}
        for start in range(0, len(sheet.rows), size)
    ]
    work.session.execute(insert(_CHUNKS), chunks)


def note(work: Work, number: int, results: Sequence[Result]) -> None:
    """Write down what became of some rows, in the transaction of their effect."""
    if not results:
        return
    me = work.actor.organization
    rows = [
        {
            "run": number,
            "row": result.row,
            "owner": me,
            "status": str(result.status),
            "subject": result.subject,
            "record": None if result.record is None else str(result.record),
            "faults": [fault.stored() for fault in result.faults] or None,
        }
        for result in results
    ]
    work.session.execute(insert(_RESULTS), rows)
    counts = Counter(COUNTED[result.status] for result in results)
    added: dict[str, Any] = {name: getattr(ImportRun, name) + count for name, count in counts.items()}
    work.session.execute(update(ImportRun).where(ImportRun.number == number).values(added))


def finish(work: Work, number: int) -> ImportRun:
    """All rows have results: one audit entry, unless nothing was changed."""
    row = work.session.get_one(ImportRun, number, populate_existing=True)
    row.finished_at = work.now
    work.session.execute(delete(ImportChunk).where(ImportChunk.run == number))
    changed = select(exists().where(ImportResult.run == number, ImportResult.record.in_(("created", "updated"))))
    if row.created or row.updated or work.session.scalar(changed):
        work.record("import.finished", row.id, row.owner, kind=row.kind, rows=row.rows, **counts_of(row))
        if row.kind == Kind.ORGANIZATIONS:
            searching.enqueue(work)
    return row


def counts_of(row: ImportRun) -> dict[str, int]:
    """Rows by what became of them, so far."""
    return {name: getattr(row, name) for name in COUNTED.values()}


def find(work: Work, import_id: str) -> tuple[ImportRun, Job | None]:
    """An import of the actor's, and the job that does it. Raises NotFound."""
    found = work.session.execute(own(work).where(ImportRun.id == import_id)).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def own(work: Work, kind: str | None = None) -> Select[ImportRun, Job]:
    """The actor's imports, or those of one kind, with their jobs."""
    query = (
        select(ImportRun, Job)
        .outerjoin(Job, Job.number == ImportRun.job)
        .where(ImportRun.owner == work.actor.organization)
    )
    return query if kind is None else query.where(ImportRun.kind == kind)


def results_of(row: ImportRun, status: str | None = None) -> Select[ImportResult]:
    """What became of an import's rows, so far."""
    query = select(ImportResult).where(ImportResult.run == row.number)
    return query if status is None else query.where(ImportResult.status == status)


def resume(work: Work, import_id: str) -> Resumed:
    """An import with its rows and what is done of them. Raises NotFound."""
    row, _ = find(work, import_id)
    chunks = work.session.scalars(
        select(ImportChunk.rows).where(ImportChunk.run == row.number).order_by(ImportChunk.first)
    )
    sheet = Sheet(Kind(row.kind), tuple(row.columns), [raw for chunk in chunks for raw in chunk])
    done = work.session.execute(select(ImportResult.row, ImportResult.subject).where(ImportResult.run == row.number))
    return Resumed(row.number, sheet, dict(done.all()))
