"""Routes of claims."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response

from schemas.base import page_of
from schemas.invitation import (
    ClaimQuerySchema,
    ClaimSchema,
    ClaimVerificationSchema,
    ReviewerAssignmentSchema,
)
from supplychain.accounts.permissions import Permission
from supplychain.http import Blueprint, answer, current, page_of_select
from supplychain.network import claims, directory
from supplychain.network.models import Identifier, Organization

blp = Blueprint("claims", __name__, url_prefix="/v1", description="Who verifies that an owner is who it says it is")


@blp.route("/claims", permission=Permission.CLAIMS_READ)
@blp.arguments(ClaimQuerySchema, location="query")
@blp.response(200, page_of(ClaimSchema))
def list_claims(query: dict[str, Any]) -> Response:
    """List the claims that wait for you; the operator sees all that wait, to assign them."""
    keys = [Organization.name, Organization.id]
    return page_of_select(claims.pending(current()), keys, _listed, query.get("cursor"), query["limit"])


@blp.route("/claims/<organization_id>/assign", methods=["POST"], permission=Permission.CLAIMS_ASSIGN)
@blp.arguments(ReviewerAssignmentSchema, example={"reviewer": "org_6f0d…"})
@blp.response(200, ClaimSchema)
def assign_claim(sent: dict[str, Any], organization_id: str) -> Response:
    """Name the reviewer of an organization without a verified owner, for its claim and its evidence."""
    return answered(claims.assign(current(), organization_id, sent["reviewer"]))


@blp.route("/claims/<organization_id>/verify", methods=["POST"], permission=Permission.CLAIMS_VERIFY)
@blp.arguments(
    ClaimVerificationSchema,
    example={
        "scheme": "uscc",
        "value": "91110000600037341L",
        "note": "Business licence, copy seen",
        "attributes": {"country": "CN", "sector": "PCB"},
    },
)
@blp.response(200, ClaimSchema)
def verify_claim(sent: dict[str, Any], organization_id: str) -> Response:
    """Verify a claim on a document that bears the registered identifier; what else it bears is proven with it."""
    work = current()
    return answered(claims.verify(work, claims.reviewing(work, organization_id), **sent))


def answered(row: Organization) -> Response:
    """A claim as it is told."""
    (shown,) = _listed([(row,)])
    return answer(shown)


def _listed(rows: Sequence[tuple[Organization]]) -> Iterable[dict[str, Any]]:
    work = current()
    numbers = {row.number for (row,) in rows}
    identifiers = directory.identifiers_of(work, numbers)
    reviewers = directory.by_number(work, {row.claim_reviewer for (row,) in rows if row.claim_reviewer})
    return [_shown(row, identifiers[row.number], reviewers) for (row,) in rows]


def _shown(
    row: Organization, identifiers: Sequence[Identifier], reviewers: Mapping[int, Organization]
) -> dict[str, Any]:
    work = current()
    reviewer = reviewers.get(row.claim_reviewer or 0)
    shown: dict[str, Any] = {
        "organization": {"id": row.id, "name": row.name},
        "identifiers": [{"scheme": one.scheme, "value": one.value} for one in identifiers],
        "claim": row.claim,
        "reviewer": None if reviewer is None else {"id": reviewer.id, "name": reviewer.name},
    }
    if row.claim_reviewer == work.actor.organization:
        shown["contacts"] = claims.contacts(work, row)
    return shown
