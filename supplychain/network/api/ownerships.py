"""Routes of ownership."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response

from schemas.base import PageQuery, page_of
from schemas.ownership import (
    OWNERSHIP_EXAMPLE,
    DocumentSeenSchema,
    OwnershipEndSchema,
    OwnershipEntrySchema,
    OwnershipSchema,
)
from supplychain.accounts.permissions import Permission
from supplychain.http import Blueprint, answer, current, page_of_select
from supplychain.network import directory, ownership
from supplychain.network.models import Organization, OwnershipRow

blp = Blueprint("ownerships", __name__, url_prefix="/v1", description="Which organization stands below which")


@blp.route("/ownerships", methods=["POST"], permission=Permission.OWNERSHIPS_WRITE)
@blp.arguments(OwnershipEntrySchema, example=OWNERSHIP_EXAMPLE)
@blp.response(201, OwnershipSchema)
@blp.alt_response(200, schema=OwnershipSchema)
def claim_ownership(sent: dict[str, Any]) -> Response:
    """Say that one organization is below another; it counts once both ends or a reviewer confirmed it.

    What the other end said before is confirmed by saying the same (200).
    """
    row, is_new = ownership.claim(current(), **sent)
    return _answered(row, 201 if is_new else 200, Location=f"/v1/ownerships/{row.id}")


@blp.route("/ownerships", permission=Permission.OWNERSHIPS_READ)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(OwnershipSchema))
def list_ownerships(query: dict[str, Any]) -> Response:
    """List ownerships of yours, those you claimed, and those assigned to you for review."""
    rows = ownership.visible(current())
    return page_of_select(rows, [OwnershipRow.number], _listed, query.get("cursor"), query["limit"])


@blp.route("/ownerships/<ownership_id>", permission=Permission.OWNERSHIPS_READ)
@blp.response(200, OwnershipSchema)
def get_ownership(ownership_id: str) -> Response:
    """Show one of them."""
    return _answered(ownership.find(current(), ownership_id))


@blp.route("/ownerships/<ownership_id>/confirm", methods=["POST"], permission=Permission.OWNERSHIPS_WRITE)
@blp.response(200, OwnershipSchema)
def confirm_ownership(ownership_id: str) -> Response:
    """Confirm what the other end claimed."""
    work = current()
    return _answered(ownership.confirm(work, ownership.find(work, ownership_id)))


@blp.route("/ownerships/<ownership_id>/review", methods=["POST"], permission=Permission.LINKS_REVIEW)
@blp.arguments(DocumentSeenSchema, example={"reason": "Register extract of 2026-11-03, page 2"})
@blp.response(200, OwnershipSchema)
def review_ownership(sent: dict[str, Any], ownership_id: str) -> Response:
    """Confirm on a document, as the reviewer of the child."""
    work = current()
    return _answered(ownership.review(work, ownership.find(work, ownership_id), sent["reason"]))


@blp.route("/ownerships/<ownership_id>/end", methods=["POST"], permission=Permission.OWNERSHIPS_WRITE)
@blp.arguments(OwnershipEndSchema, example={"valid_to": "2026-12-31"})
@blp.response(200, OwnershipSchema)
def end_ownership(sent: dict[str, Any], ownership_id: str) -> Response:
    """Say which day is the last; what is past stays as it was."""
    work = current()
    return _answered(ownership.end(work, ownership.find(work, ownership_id), sent.get("valid_to")))


def _answered(row: OwnershipRow, status: int = 200, **headers: str) -> Response:
    return answer(_shown(row, directory.by_number(current(), {row.child, row.parent})), status, **headers)


def _listed(rows: Sequence[tuple[OwnershipRow]]) -> Iterable[dict[str, Any]]:
    ends = directory.by_number(current(), {end for (row,) in rows for end in (row.child, row.parent)})
    return [_shown(row, ends) for (row,) in rows]


def _shown(row: OwnershipRow, ends: Mapping[int, Organization]) -> dict[str, Any]:
    child, parent = ends[row.child], ends[row.parent]
    return {
        "id": row.id,
        "child": {"id": child.id, "name": child.name},
        "parent": {"id": parent.id, "name": parent.name},
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "state": ownership.state_on(row, current().today),
        "confirmed_by_child": row.confirmed_by_child,
        "confirmed_by_parent": row.confirmed_by_parent,
        "confirmed_by_reviewer": row.confirmed_by_reviewer is not None,
        "recorded_at": row.created_at,
    }
