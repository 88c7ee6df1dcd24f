"""Routes of attributes that a reviewer confirms on documents."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from graph.terms import PROVABLE
from schemas.attribute import ConfirmationSchema, ReviewedAttributesSchema, ReviewedQuerySchema, WithdrawalSchema
from schemas.base import page_of
from supplychain.accounts.permissions import Permission
from supplychain.http import Blueprint, answer, current, page_of_select
from supplychain.network import proofs
from supplychain.network.models import Organization

blp = Blueprint(
    "attributes", __name__, url_prefix="/v1", description="Which attributes of an organization a reviewer confirmed"
)
VERIFY = Permission.CLAIMS_VERIFY


@blp.route("/attributes", permission=VERIFY)
@blp.arguments(ReviewedQuerySchema, location="query")
@blp.response(200, page_of(ReviewedAttributesSchema))
def list_attributes(query: dict[str, Any]) -> Response:
    """List the organizations assigned to you and their plants, with what they state and what is proven of it."""
    found = proofs.reviewed(current())
    if "organization" in query:
        found = found.where(Organization.id == query["organization"])
    keys = [Organization.name, Organization.id]
    return page_of_select(found, keys, _listed, query.get("cursor"), query["limit"])


@blp.route("/attributes/<organization_id>/confirm", methods=["POST"], permission=VERIFY)
@blp.arguments(
    ConfirmationSchema, example={"attributes": {"sector": "PCB"}, "note": "Pollutant discharge permit, page 3"}
)
@blp.response(200, ReviewedAttributesSchema)
def confirm_attributes(sent: dict[str, Any], organization_id: str) -> Response:
    """Confirm attributes on a document that bears exactly these values; a pack's rules then count on them."""
    work = current()
    row = proofs.reviewing(work, organization_id)
    return answer(_shown(proofs.confirm(work, row, sent["attributes"], sent["note"])))


@blp.route("/attributes/<organization_id>/withdraw", methods=["POST"], permission=VERIFY)
@blp.arguments(WithdrawalSchema, example={"attributes": ["sector"], "note": "The permit was of another plant"})
@blp.response(200, ReviewedAttributesSchema)
def withdraw_proofs(sent: dict[str, Any], organization_id: str) -> Response:
    """Take back that attributes are proven; what the organization states stays."""
    work = current()
    row = proofs.reviewing(work, organization_id)
    return answer(_shown(proofs.withdraw(work, row, sent["attributes"], sent["note"])))


def _listed(rows: Sequence[tuple[Organization]]) -> Iterable[dict[str, Any]]:
    return [_shown(row) for (row,) in rows]


def _shown(row: Organization) -> dict[str, Any]:
    return {
        "organization": {"id": row.id, "name": row.name},
        "attributes": {name: getattr(row, name) for name in PROVABLE},
        "proven": proofs.proven_since(row),
    }
