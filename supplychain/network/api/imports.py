"""Routes of imports."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request

from schemas.base import page_of
from schemas.importing import (
    MAX_ANSWERED,
    ComparisonPageSchema,
    ComparisonQuery,
    ImportListQuery,
    ImportQuery,
    ImportRowsQuery,
    ImportRowsSchema,
    ImportSchema,
    RowResultSchema,
)
from supplychain.accounts.permissions import Permission
from supplychain.errors import Invalid, Unsupported
from supplychain.http import Blueprint, answer, current, language, page_of_select
from supplychain.i18n import sentence
from supplychain.jobs import Job
from supplychain.network.imports import comparison, running, store
from supplychain.network.imports.reading import read
from supplychain.network.imports.rows import Kind, Sheet, Status
from supplychain.network.imports.running import Report
from supplychain.network.models import ImportResult, ImportRun
from supplychain.work import Work

blp = Blueprint(
    "imports", __name__, url_prefix="/v1", description="Lists of organizations and links, one result per row"
)
CSV = {"text/csv", "application/csv", "text/plain", "text/tab-separated-values", "application/vnd.ms-excel"}
JSON = {"application/json"}
_ROWS = {"rows": [{"supplier": "V-20417", "category": "8504", "share": 0.12, "valid_from": "2026-01-01"}]}
_FILE = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}
_BODY = {
    "required": True,
    "content": {
        "text/csv": {"schema": {"type": "string"}, "example": "supplier,category,share\nV-20417,8504,0.12\n"},
        "application/json": {"schema": ImportRowsSchema, "example": _ROWS},
        "multipart/form-data": {"schema": _FILE},
    },
}


@blp.route("/imports", methods=["POST"], permission=Permission.IMPORTS_WRITE)
@blp.doc(requestBody=_BODY)
@blp.arguments(ImportQuery, location="query")
@blp.response(201, ImportSchema)
@blp.alt_response(202, schema=ImportSchema)
@blp.alt_response(200, schema=ImportSchema)
def import_list(query: dict[str, Any]) -> Response:
    """Import a list of organizations or links: CSV or JSON, one result per row; the same list again changes nothing.

    Up to 1,000 rows are answered at once (201); a longer list becomes a job (202). ``dry_run=true`` writes nothing.
    """
    work = current()
    report = running.take(work, _sheet(Kind(query["kind"])), dry_run=query["dry_run"] == "true")
    if report.job:
        return answer(_of_report(work, report), 202, Location=f"/v1/jobs/{report.job}")
    if report.id is None:
        return answer(_of_report(work, report))
    return answer(_of_report(work, report), 201, Location=f"/v1/imports/{report.id}")


@blp.route("/imports", permission=Permission.IMPORTS_WRITE)
@blp.arguments(ImportListQuery, location="query")
@blp.response(200, page_of(ImportSchema))
def list_imports(query: dict[str, Any]) -> Response:
    """List your imports, the first one first."""
    found = store.own(current(), query.get("kind"))
    return page_of_select(
        found,
        [ImportRun.number],
        lambda rows: [_of_row(row, job) for row, job in rows],
        query.get("cursor"),
        query["limit"],
    )


@blp.route("/imports/<import_id>", permission=Permission.IMPORTS_WRITE)
@blp.response(200, ImportSchema)
def get_import(import_id: str) -> Response:
    """Show how far an import is, and its results when there are at most 1,000."""
    work = current()
    row, job = store.find(work, import_id)
    return answer({**_of_row(row, job), **_results(work, row)})


@blp.route("/imports/<import_id>/rows", permission=Permission.IMPORTS_WRITE)
@blp.arguments(ImportRowsQuery, location="query")
@blp.response(200, page_of(RowResultSchema))
def list_import_rows(query: dict[str, Any], import_id: str) -> Response:
    """List what became of an import's rows, in the order of the file."""
    row, _ = store.find(current(), import_id)
    found = store.results_of(row, query.get("status"))
    return page_of_select(found, [ImportResult.row], _shown_rows, query.get("cursor"), query["limit"])


@blp.route("/imports/<import_id>/comparison", permission=Permission.IMPORTS_WRITE)
@blp.arguments(ComparisonQuery, location="query")
@blp.response(200, ComparisonPageSchema)
def compare_imports(query: dict[str, Any], import_id: str) -> Response:
    """Compare a list with an earlier one of the same kind: who was added, dropped, moved, renamed and kept.

    By organization, not by the text of rows. Moved: what the list says of country, region and address differs, in the
    columns that both lists have; renamed: its names differ by more than case, width and blanks.
    """
    work = current()
    found = comparison.compare(work, query["with_"], import_id)
    return page_of_items(
        found.changed(query.get("change")),
        key=comparison.position,
        represent=lambda page: comparison.represent(work, found, page),
        cursor=query.get("cursor"),
        limit=query["limit"],
        in_order=True,
        counts=found.counts(),
        compared=list(found.compared),
    )


# What was sent ------------------------------------------------------------------------------


def _sheet(kind: Kind) -> Sheet:
    """The list in the body. Raises Unsupported, Malformed, Invalid."""
    if request.mimetype == "multipart/form-data":
        parts = request.files.getlist("file")
        if len(parts) != 1:
            raise Invalid.at("form:file", "one-file")
        parts[0].stream.seek(0)  # a unit that is retried reads it again
        named = (parts[0].filename or "").casefold()
        is_json = parts[0].mimetype in JSON or named.endswith(".json")
        return read(parts[0].stream.read(), kind, "json" if is_json else "csv")
    if request.mimetype not in CSV | JSON:
        raise Unsupported("media-type", expected="text/csv, application/json or multipart/form-data")
    return read(request.get_data(cache=True), kind, "json" if request.mimetype in JSON else "csv")


# What is answered ---------------------------------------------------------------------------


def _of_report(work: Work, report: Report) -> dict[str, Any]:
    counts = {str(status): sum(one.status is status for one in report.results) for status in Status}
    faulty_first = sorted(report.results, key=lambda one: one.status is not Status.ERROR)
    shown = sorted(faulty_first[:MAX_ANSWERED], key=lambda one: one.row)
    results = [
        _shown(one.row, str(one.status), one.subject, one.record, [fault.stored() for fault in one.faults])
        for one in shown
    ]
    return {
        "id": report.id,
        "kind": str(report.kind),
        "state": "waiting" if report.job else "done",
        "dry_run": report.id is None,
        "counts": {"rows": report.rows, **counts},
        "job": report.job,
        "created_at": None if report.id is None else work.now.isoformat(),
        **({} if report.job else {"results": results, "omitted": len(report.results) - len(results)}),
    }


def _of_row(row: ImportRun, job: Job | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "state": "done" if row.finished_at or job is None else job.state,
        "dry_run": False,
        "counts": {
            "rows": row.rows,
            "created": row.created,
            "updated": row.updated,
            "matched": row.matched,
            "error": row.errors,
        },
        "job": job.id if job else None,
        "created_at": row.created_at.isoformat(),
    }


def _results(work: Work, row: ImportRun) -> dict[str, Any]:
    if row.rows > MAX_ANSWERED:
        return {"omitted": row.rows}
    rows = work.session.execute(store.results_of(row).order_by(ImportResult.row)).all()
    return {"results": _shown_rows([tuple(one) for one in rows]), "omitted": row.rows - len(rows)}


def _shown_rows(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [_shown(one.row, one.status, one.subject, one.record, one.faults or ()) for (one,) in rows]


def _shown(row: int, status: str, subject: str | None, record: str | None, faults: Sequence[Any]) -> dict[str, Any]:
    told_in = language()
    errors = [
        {"column": column, "code": code, "value": value, "reason": sentence(f"fault.{code}", told_in, params)}
        for column, code, value, params in faults
    ]
    return {"row": row, "status": status, "id": subject, "record": record, "errors": errors}
