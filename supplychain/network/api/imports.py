"""Routes of imports."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request

from schemas.base import PageQuery, page_of
from schemas.importing import (
    MAX_ANSWERED,
    ComparisonPageSchema,
    ComparisonQuery,
    ImportListQuery,
    ImportQuery,
    ImportRowsQuery,
    ImportSchema,
    RowResultSchema,
)
from schemas.link import LinkSchema
from supplychain.accounts.permissions import Permission
from supplychain.errors import Invalid
from supplychain.http import Blueprint, answer, current, language, page_of_items, page_of_select
from supplychain.i18n import sentence
from supplychain.jobs import Job
from supplychain.network.api import import_bodies
from supplychain.network.imports import comparison, error_file, running, store
from supplychain.network.imports.error_file import XLSX
from supplychain.network.imports.manners import manner_of
from supplychain.network.imports.reading import Reading
from supplychain.network.imports.rows import Kind, Status
from supplychain.network.imports.running import Report
from supplychain.network.link_queries import represent
from supplychain.network.models import ImportResult, ImportRun, SupplyLink
from supplychain.work import Work

blp = Blueprint(
    "imports", __name__, url_prefix="/v1", description="Lists of organizations and links, one result per row"
)


@blp.route("/imports", methods=["POST"], permission=Permission.IMPORTS_WRITE)
@blp.doc(requestBody=import_bodies.BODY)
@blp.arguments(ImportQuery, location="query")
@blp.response(201, ImportSchema)
@blp.alt_response(202, schema=ImportSchema)
@blp.alt_response(200, schema=ImportSchema)
def import_list(query: dict[str, Any]) -> Response:
    """Import a list of organizations or links, one result per row; the same list again changes nothing.

    Spreadsheets, text tables in any encoding, JSON, and networks as GraphML, GEXF or Parquet are read as they are;
    «reading» says how. Headings we do not know are said by ``mapping``, which is kept under ``source``.

    Up to 1,000 rows are answered at once (201); a longer list becomes a job (202). ``dry_run=true`` writes nothing
    but its report (200; more than 5,000 rows: 202), and ``confirm`` with the id of that report imports exactly what
    it foresaw, or says what is otherwise by now; the list itself need not be sent again. ``mode=replace`` with
    ``valid_on`` takes a list of links for the whole list of that day: your links that it is without end on it. More
    than 10 % of them, or any beside rows that are refused, end only by ``confirm``.
    """
    work = current()
    if "confirm" in query:
        sent = _if_sent(work, query)
        report = running.confirm(work, query["confirm"], None if sent is None else sent.sheet)
        read = store.find(work, query["confirm"])[0].reading
    else:
        kind, manner = manner_of(query, work.today)
        sent = import_bodies.reading(work, kind, query)
        dry_run = query["dry_run"] == "true"
        report = running.take(work, sent.sheet, manner, dry_run=dry_run)
        read = sent.told()
        if not dry_run:
            import_bodies.keep_mapping(work, kind, query)
    store.find(work, report.id)[0].reading = read
    told = _of_report(work, report, read)
    if report.job:
        return answer(told, 202, Location=f"/v1/jobs/{report.job}")
    return answer(told, 200 if report.dry_run else 201, Location=f"/v1/imports/{report.id}")


@blp.route("/imports", permission=Permission.IMPORTS_WRITE)
@blp.arguments(ImportListQuery, location="query")
@blp.response(200, page_of(ImportSchema))
def list_imports(query: dict[str, Any]) -> Response:
    """List your imports and dry runs, the first one first."""
    dry_run = {"true": True, "false": False, None: None}[query.get("dry_run")]
    found = store.own(current(), query.get("kind"), dry_run=dry_run)
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


@blp.route("/imports/<import_id>/ends", permission=Permission.IMPORTS_WRITE)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(LinkSchema))
def list_import_ends(query: dict[str, Any], import_id: str) -> Response:
    """List the links that an import in replace mode ended, or would end, as they are now."""
    work = current()
    row, _ = store.find(work, import_id)
    return page_of_select(
        store.ended_links(row),
        [SupplyLink.number],
        lambda rows: represent(work, [link for (link,) in rows]),
        query.get("cursor"),
        query["limit"],
    )


@blp.route("/imports/<import_id>/errors.xlsx", permission=Permission.IMPORTS_WRITE)
@blp.response(200, {"type": "string", "format": "binary"}, content_type=XLSX)
def get_import_errors(import_id: str) -> Response:
    """Get the refused rows of an import or dry run as a workbook, each wrong cell marked and told what to do.

    Corrected and sent again, it imports.
    """
    work = current()
    row, _ = store.find(work, import_id)
    file = error_file.written(work, row, language())
    response = Response(error_file.parts_of(file), mimetype=XLSX)
    response.call_on_close(file.close)
    response.headers["Content-Disposition"] = f"attachment; filename={row.id}-errors.xlsx"
    return response


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


def _if_sent(work: Work, query: dict[str, Any]) -> Reading | None:
    """The list in the body, if there is one. Raises Invalid, for a list of nobody knows what."""
    if not request.content_length and request.mimetype != "multipart/form-data":
        return None
    if "kind" not in query:
        raise Invalid.at("query:kind", "required")
    return import_bodies.reading(work, Kind(query["kind"]), query)


# What is answered ---------------------------------------------------------------------------


def _of_report(work: Work, report: Report, read: Mapping[str, Any] | None) -> dict[str, Any]:
    counts = {str(status): sum(one.status is status for one in report.results) for status in Status}
    faulty_first = sorted(report.results, key=lambda one: one.status is not Status.ERROR)
    shown = sorted(faulty_first[:MAX_ANSWERED], key=lambda one: one.row)
    results = [
        _shown(
            one.row,
            str(one.status),
            one.subject,
            one.record,
            one.of,
            (one.before, one.after),
            [fault.stored() for fault in one.faults],
        )
        for one in shown
    ]
    return {
        "id": report.id,
        "kind": str(report.kind),
        "state": "waiting" if report.job else "done",
        "dry_run": report.dry_run,
        "mode": str(report.manner.mode),
        "valid_on": report.manner.valid_on and report.manner.valid_on.isoformat(),
        "counts": {"rows": report.rows, **counts, "ended": report.ended},
        "job": report.job,
        "refusal": None,
        "reading": import_bodies.shown(read, language()),
        "created_at": work.now.isoformat(),
        **({} if report.job else {"results": results, "omitted": len(report.results) - len(results)}),
    }


def _of_row(row: ImportRun, job: Job | None) -> dict[str, Any]:
    done = "refused" if row.refusal else "done"
    return {
        "id": row.id,
        "kind": row.kind,
        "state": done if row.finished_at or job is None else job.state,
        "dry_run": row.dry_run,
        "mode": row.mode,
        "valid_on": row.valid_on and row.valid_on.isoformat(),
        "counts": {
            "rows": row.rows,
            **{str(status): getattr(row, column) for status, column in store.COUNTED.items()},
            "ended": row.ended,
        },
        "job": job.id if job else None,
        "refusal": row.refusal and _refusal(row.refusal),
        "reading": import_bodies.shown(row.reading, language()),
        "created_at": row.created_at.isoformat(),
    }


def _refusal(refusal: dict[str, Any]) -> dict[str, Any]:
    code, told_in = refusal["code"], language()
    errors = [
        {"pointer": pointer, "code": fault, "detail": sentence(f"fault.{fault}", told_in, params)}
        for pointer, fault, params in refusal["faults"]
    ]
    return {
        "code": code,
        "title": sentence(f"{code}.title", told_in, refusal["params"]),
        "detail": sentence(code, told_in, refusal["params"]),
        "errors": errors,
    }


def _results(work: Work, row: ImportRun) -> dict[str, Any]:
    if row.rows > MAX_ANSWERED:
        return {"omitted": row.rows}
    rows = work.session.execute(store.results_of(row).order_by(ImportResult.row)).all()
    return {"results": _shown_rows([tuple(one) for one in rows]), "omitted": row.rows - len(rows)}


def _shown_rows(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        _shown(
            one.row,
            one.status,
            one.subject,
            one.record,
            one.of_row,
            (one.state_before, one.state_after),
            one.faults or (),
        )
        for (one,) in rows
    ]


def _shown(
    row: int,
    status: str,
    subject: str | None,
    record: str | None,
    of: int | None,
    states: tuple[str | None, str | None],
    faults: Sequence[Any],
) -> dict[str, Any]:
    told_in = language()
    errors = [
        {"column": column, "code": code, "value": value, "reason": sentence(f"fault.{code}", told_in, params)}
        for column, code, value, params in faults
    ]
    before, after = states
    state = {"before": before, "after": after} if after else None
    return {"row": row, "status": status, "id": subject, "record": record, "of": of, "state": state, "errors": errors}
