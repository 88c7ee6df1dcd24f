"""Routes of merges and splits."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from schemas.base import page_of
from schemas.merge import MergeEntrySchema, MergeQuerySchema, MergeSchema, RecordSplitSchema
from schemas.record import RecordSchema
from supplychain.accounts.permissions import Permission
from supplychain.http import Blueprint, answer, check_if_match, current, etag, page_of_select
from supplychain.network import records
from supplychain.network.api.records import record_shown
from supplychain.network.duplicates import splitting
from supplychain.network.merge_models import Merge
from supplychain.network.merges import operations as merges

blp = Blueprint("merges", __name__, url_prefix="/v1", description="Two entries of one company, and one of two")
EXAMPLE = {"source": "org_9c4e…", "target": "org_5f2b…", "note": "Same company licence"}


@blp.route("/merges", methods=["POST"], permission=Permission.MERGES_WRITE)
@blp.arguments(MergeEntrySchema, example=EXAMPLE)
@blp.response(201, MergeSchema)
def merge_organizations(body: dict[str, Any]) -> Response:
    """State that two entries are one company: for your own rows, or, as an operator, for everybody."""
    work = current()
    row = merges.merge(work, **body)
    return answer(_shown([row])[0], 201, Location=f"/v1/merges/{row.id}")


@blp.route("/merges", permission=Permission.MERGES_READ)
@blp.arguments(MergeQuerySchema, location="query")
@blp.response(200, page_of(MergeSchema))
def list_merges(query: dict[str, Any]) -> Response:
    """List your merges, those taken back included; an operator sees the directory's as well."""
    work = current()
    with merges.reading(work):
        found = merges.visible(work, query.get("scope"))
        return page_of_select(found, [Merge.merged_at, Merge.id], _listed, query.get("cursor"), query["limit"])


@blp.route("/merges/<merge_id>", permission=Permission.MERGES_READ)
@blp.response(200, MergeSchema)
def get_merge(merge_id: str) -> Response:
    """Show a merge of yours."""
    return answer(_shown([merges.find(current(), merge_id)])[0])


@blp.route("/merges/<merge_id>/undo", methods=["POST"], permission=Permission.MERGES_WRITE)
@blp.response(200, MergeSchema)
def undo_merge(merge_id: str) -> Response:
    """Split what a merge joined: all that it moved goes back, what was recorded since stays with the target."""
    work = current()
    return answer(_shown([merges.undo(work, merges.find(work, merge_id))])[0])


@blp.route("/records/<record_id>/split", methods=["POST"], permission=Permission.MERGES_WRITE)
@blp.arguments(RecordSplitSchema, example={"name": "Kaifeng Printing Co., Ltd."})
@blp.response(200, RecordSchema)
def split_record(body: dict[str, Any], record_id: str) -> Response:
    """Give a record that was taken for another company's an organization of its own."""
    work = current()
    row = records.find(work, record_id)
    check_if_match(row.version)
    new = splitting.split(work, row, **body)
    return answer(record_shown(row, new), ETag=etag(row.version))


def _shown(rows: Sequence[Merge]) -> list[dict[str, Any]]:
    ends = merges.parties(current(), rows)
    names = ("id", "state", "scope", "people", "note", "merged_at", "undone_at")
    return [
        {
            **{name: getattr(row, name) for name in names},
            **{
                end: {"id": ends[getattr(row, end)].id, "name": ends[getattr(row, end)].name}
                for end in ("source", "target")
            },
        }
        for row in rows
    ]


def _listed(rows: Sequence[tuple[Merge]]) -> Iterable[dict[str, Any]]:
    return _shown([row for (row,) in rows])
