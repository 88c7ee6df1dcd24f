"""Routes of supplier records."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from schemas.base import page_of
from schemas.record import RECORD_EXAMPLE, RecordEntrySchema, RecordFieldsSchema, RecordQuerySchema, RecordSchema
from supplychain.accounts.permissions import Permission
from supplychain.http import Blueprint, answer, check_if_match, current, etag, page_of_select
from supplychain.network import directory, records
from supplychain.network.figures import FIGURES
from supplychain.network.models import Organization, SupplierRecord

blp = Blueprint("records", __name__, url_prefix="/v1", description="A buyer's own private rows about its suppliers")


@blp.route("/records", methods=["POST"], permission=Permission.ORGANIZATIONS_WRITE)
@blp.arguments(RecordEntrySchema, example=RECORD_EXAMPLE)
@blp.response(201, RecordSchema)
def write_record(sent: dict[str, Any]) -> Response:
    """Write down, for your own eyes, what you know of an organization."""
    work = current()
    row = records.write(work, directory.named(work, sent["organization"], "/organization"), sent)
    return _answered(row, 201, Location=f"/v1/records/{row.id}")


@blp.route("/records", permission=Permission.ORGANIZATIONS_WRITE)
@blp.arguments(RecordQuerySchema, location="query")
@blp.response(200, page_of(RecordSchema))
def list_records(query: dict[str, Any]) -> Response:
    """List your records, by your own numbers."""
    work = current()
    about = query.get("organization")
    own = records.own(work.actor.organization, None if about is None else directory.filtered(work, about).number)
    return page_of_select(own, [SupplierRecord.code], _listed, query.get("cursor"), query["limit"])


@blp.route("/records/<record_id>", permission=Permission.ORGANIZATIONS_WRITE)
@blp.response(200, RecordSchema)
def get_record(record_id: str) -> Response:
    """Show a record of yours."""
    return _answered(records.find(current(), record_id))


@blp.route("/records/<record_id>", methods=["PATCH"], permission=Permission.ORGANIZATIONS_WRITE)
@blp.arguments(RecordFieldsSchema, example={"spend": 1400000})
@blp.response(200, RecordSchema)
def change_record(sent: dict[str, Any], record_id: str) -> Response:
    """Change a record of yours."""
    work = current()
    row = records.find(work, record_id)
    check_if_match(row.version)
    return _answered(records.change(work, row, sent))


@blp.route("/records/<record_id>", methods=["DELETE"], permission=Permission.ORGANIZATIONS_WRITE)
@blp.response(200, RecordSchema)
def remove_record(record_id: str) -> Response:
    """Drop a record of yours; the answer shows it a last time."""
    work = current()
    row = records.find(work, record_id)
    records.remove(work, row)
    return answer(record_shown(row, _about(row)))


def record_shown(row: SupplierRecord, about: Organization) -> dict[str, Any]:
    """A record as its owner reads it."""
    names = ("id", "code", "name", *records.ATTRIBUTES, "spend", "address", *FIGURES)
    return {
        **{name: getattr(row, name) for name in names},
        "organization": about.id,
        "raw": row.raw or {},
        "recorded_at": row.created_at,
    }


def _answered(row: SupplierRecord, status: int = 200, **headers: str) -> Response:
    return answer(record_shown(row, _about(row)), status, ETag=etag(row.version), **headers)


def _about(row: SupplierRecord) -> Organization:
    return directory.by_number(current(), {row.organization})[row.organization]


def _listed(rows: Sequence[tuple[SupplierRecord]]) -> Iterable[dict[str, Any]]:
    about = directory.by_number(current(), {row.organization for (row,) in rows})
    return [record_shown(row, about[row.organization]) for (row,) in rows]
