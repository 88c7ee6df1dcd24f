"""Routes of a member's own choice of reviewers."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from schemas.base import PageQuery, page_of
from schemas.invitation import ChosenReviewerSchema, ReviewerAssignmentSchema, ReviewerListSchema, ReviewersSchema
from schemas.organization import NamedSchema
from supplychain.accounts.permissions import Permission
from supplychain.http import Blueprint, answer, current, page_of_select
from supplychain.network import reviewers
from supplychain.network.models import Organization

blp = Blueprint(
    "reviewers", __name__, url_prefix="/v1", description="Which reviewers an organization accepts or chooses"
)


@blp.route("/reviewers", permission=Permission.ORGANIZATIONS_READ)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(NamedSchema))
def list_reviewers(query: dict[str, Any]) -> Response:
    """List the organizations that review."""
    keys = [Organization.name, Organization.id]
    return page_of_select(reviewers.every(), keys, _listed, query.get("cursor"), query["limit"])


@blp.route("/me/accepted-reviewers", permission=Permission.ORGANIZATIONS_WRITE)
@blp.response(200, ReviewerListSchema)
def get_accepted_reviewers() -> Response:
    """List the reviewers whose word you accept of your suppliers."""
    return answer({"items": [_named(row) for row in reviewers.accepted(current())]})


@blp.route("/me/accepted-reviewers", methods=["PUT"], permission=Permission.ORGANIZATIONS_WRITE)
@blp.arguments(ReviewersSchema, example={"reviewers": ["org_6f0d…"]})
@blp.response(200, ReviewerListSchema)
def set_accepted_reviewers(sent: dict[str, Any]) -> Response:
    """Say whose word you accept of your suppliers; the first independent one verifies those you invite."""
    return answer({"items": [_named(row) for row in reviewers.accept(current(), sent["reviewers"])]})


@blp.route("/me/reviewer", permission=Permission.ORGANIZATIONS_WRITE)
@blp.response(200, ChosenReviewerSchema)
def get_reviewer() -> Response:
    """Show who reviews your evidence, and whom you may choose."""
    return _choice(reviewers.chosen(current()))


@blp.route("/me/reviewer", methods=["PUT"], permission=Permission.ORGANIZATIONS_WRITE)
@blp.arguments(ReviewerAssignmentSchema, example={"reviewer": "org_6f0d…"})
@blp.response(200, ChosenReviewerSchema)
def choose_reviewer(sent: dict[str, Any]) -> Response:
    """Choose who reviews your evidence from now on."""
    return _choice(reviewers.choose(current(), sent["reviewer"]))


def _choice(row: Organization | None) -> Response:
    choices = [_named(one) for one in reviewers.choices(current())]
    return answer({"reviewer": None if row is None else _named(row), "choices": choices})


def _listed(rows: Sequence[tuple[Organization]]) -> Iterable[dict[str, Any]]:
    return [_named(row) for (row,) in rows]


def _named(row: Organization) -> dict[str, Any]:
    return {"id": row.id, "name": row.name}
