"""Routes of requirements: an issuer's own, seen by nobody else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response

from schemas.base import page_of
from schemas.requirement import (
    DRAFT_EXAMPLE,
    EndSchema,
    PublishSchema,
    RequirementChangeSchema,
    RequirementDraftSchema,
    RequirementQuery,
    RequirementSchema,
)
from supplychain.accounts.permissions import Permission
from supplychain.http import Blueprint, answer, check_if_match, current, etag, page_of_select
from supplychain.requirements import demands, operations, queries, rules
from supplychain.requirements.models import Requirement

blp = Blueprint("requirements", __name__, url_prefix="/v1", description="What an issuer demands of its network")
BLUEPRINTS = (blp,)
READ, WRITE = Permission.REQUIREMENTS_READ, Permission.REQUIREMENTS_WRITE
SCOPES = ("countries", "regions", "sectors", "sizes")


@blp.route("/requirements", methods=["POST"], permission=WRITE)
@blp.arguments(RequirementDraftSchema, example=DRAFT_EXAMPLE)
@blp.response(201, RequirementSchema)
def draft_requirement(values: dict[str, Any]) -> Response:
    """Write down a demand; it binds nobody until it is published."""
    return _answer(operations.draft(current(), values), 201)


@blp.route("/requirements", permission=READ)
@blp.arguments(RequirementQuery, location="query")
@blp.response(200, page_of(RequirementSchema))
def list_requirements(query: dict[str, Any]) -> Response:
    """List one's own requirements, in order of creation."""
    listed = queries.listed(current(), query.get("state"))
    return page_of_select(
        listed,
        keys=[Requirement.number],
        represent=lambda rows: represent([row for (row,) in rows]),
        cursor=query.get("cursor"),
        limit=query["limit"],
    )


@blp.route("/requirements/<requirement_id>", permission=READ)
@blp.response(200, RequirementSchema)
def get_requirement(requirement_id: str) -> Response:
    """Show one of one's own requirements."""
    return _answer(queries.own(current(), requirement_id))


@blp.route("/requirements/<requirement_id>", methods=["PATCH"], permission=WRITE)
@blp.arguments(RequirementChangeSchema, example={"effective_to": "2028-12-31"})
@blp.response(200, RequirementSchema)
def edit_requirement(values: dict[str, Any], requirement_id: str) -> Response:
    """Change a draft; of a published requirement only the title and the end."""
    row = queries.own(current(), requirement_id)
    check_if_match(shown_version(row))
    operations.edit(current(), row, values)
    return _answer(row)


@blp.route("/requirements/<requirement_id>", methods=["DELETE"], permission=WRITE)
@blp.response(204)
def discard_requirement(requirement_id: str) -> Response:
    """Throw a draft away."""
    operations.discard(current(), queries.own(current(), requirement_id))
    return Response(status=204)


@blp.route("/requirements/<requirement_id>/publish", methods=["POST"], permission=WRITE)
@blp.arguments(PublishSchema, required=False, example={"effective_from": "2027-01-01"})
@blp.response(200, RequirementSchema)
def publish_requirement(values: dict[str, Any], requirement_id: str) -> Response:
    """Let a draft bind; it never changes again, but for its title and its end."""
    row = queries.own(current(), requirement_id)
    operations.publish(current(), row, values.get("effective_from"))
    return _answer(row)


@blp.route("/requirements/<requirement_id>/end", methods=["POST"], permission=WRITE)
@blp.arguments(EndSchema, required=False, example={"effective_to": "2028-12-31"})
@blp.response(200, RequirementSchema)
def end_requirement(values: dict[str, Any], requirement_id: str) -> Response:
    """Give a published requirement its last day."""
    row = queries.own(current(), requirement_id)
    operations.end(current(), row, values.get("effective_to"))
    return _answer(row)


@blp.route("/requirements/<requirement_id>/amend", methods=["POST"], permission=WRITE)
@blp.arguments(RequirementChangeSchema, example={"schedule": [4, 3, 2], "effective_from": "2028-01-01"})
@blp.response(201, RequirementSchema)
def amend_requirement(values: dict[str, Any], requirement_id: str) -> Response:
    """Publish a successor: what is not sent stays; effective from today unless said otherwise.

    It ends the amended one the day before. What is owed at the same or a lower level keeps its due date,
    what is raised starts anew.
    """
    row = queries.own(current(), requirement_id)
    return _answer(operations.amend(current(), row, values), 201)


def represent(rows: Sequence[Requirement]) -> Iterable[Mapping[str, Any]]:
    """Requirements as their issuer sees them."""
    related = queries.relatives(current(), rows)
    for row in rows:
        yield {
            "id": row.id,
            "state": state_of(row),
            **{name: getattr(row, name) for name in demands.DEMANDED},
            "supplier_scope": {name: row.supplier_scope.get(name, []) for name in SCOPES},
            "predecessor": related.predecessors.get(row.predecessor or 0),
            "successor": related.successors.get(row.number),
            "published_at": row.published_at,
            "created_at": row.created_at,
        }


def state_of(row: Requirement) -> str:
    """``draft``, ``published``, or ``ended`` once the last day is over."""
    return "ended" if rules.has_ended(row.effective_to, current().today) and row.published_at else row.state


def shown_version(row: Requirement) -> str:
    """What the ETag says: another one when the row changed, and when the state did with the day."""
    return f"{row.version}-ended" if state_of(row) == "ended" else str(row.version)


def _answer(row: Requirement, status: int = 200) -> Response:
    (body,) = represent([row])
    headers = {"Location": f"/v1/requirements/{row.id}"} if status == 201 else {}  # noqa: PLR2004 - created
    return answer(body, status, ETag=etag(shown_version(row)), **headers)
