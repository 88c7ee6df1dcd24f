"""Routes of publishing a framework version; for operators."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from schemas.base import page_of
from schemas.publication import (
    ApprovalSchema,
    ImpactSchema,
    ProposalSchema,
    PublicationQuerySchema,
    PublicationSchema,
    RefusalSchema,
    ShiftQuerySchema,
    ShiftSchema,
)
from supplychain.accounts.permissions import Permission
from supplychain.frameworks.models import Publication
from supplychain.http import Blueprint, answer, current, page_of_select
from supplychain.network.models import Organization
from supplychain.publishing import operations, queries
from supplychain.publishing.models import LevelShift

blp = Blueprint("publications", __name__, url_prefix="/v1", description="Publishing framework versions, four eyes")
BLUEPRINTS = (blp,)
PROPOSAL = {"framework": "eseec-electronics@3", "reason": "Targets of 2027"}
APPROVAL = {"sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "reason": "Read and agreed"}


@blp.route("/publications", methods=["POST"], permission=Permission.FRAMEWORKS_PUBLISH)
@blp.arguments(ProposalSchema, example=PROPOSAL)
@blp.response(201, PublicationSchema)
def propose_publication(body: dict[str, Any]) -> Response:
    """Propose to publish a framework version; a job looks at whose levels would change."""
    row = operations.propose(current(), **body)
    return answer(_shown([row])[0], 201, Location=f"/v1/publications/{row.id}")


@blp.route("/publications", permission=Permission.FRAMEWORKS_PUBLISH)
@blp.arguments(PublicationQuerySchema, location="query")
@blp.response(200, page_of(PublicationSchema))
def list_publications(query: dict[str, Any]) -> Response:
    """List your organization's proposals in the order they were made."""
    found = queries.listed(current(), query.get("state"))
    keys = [Publication.proposed_at, Publication.id]
    return page_of_select(found, keys, _listed, query.get("cursor"), query["limit"])


@blp.route("/publications/<publication_id>", permission=Permission.FRAMEWORKS_PUBLISH)
@blp.response(200, PublicationSchema)
def get_publication(publication_id: str) -> Response:
    """Show a proposal, how far the preview is, and what was decided."""
    return answer(_shown([operations.find(current(), publication_id)])[0])


@blp.route("/publications/<publication_id>/impact", permission=Permission.FRAMEWORKS_PUBLISH)
@blp.response(200, ImpactSchema)
def get_impact(publication_id: str) -> Response:
    """Count whose levels would change: by pillar and step, by place and by sector."""
    work = current()
    row = operations.find(work, publication_id)
    return answer({"complete": queries.is_looked_at(work, row), **queries.counted(work, row)})


@blp.route("/publications/<publication_id>/shifts", permission=Permission.FRAMEWORKS_PUBLISH)
@blp.arguments(ShiftQuerySchema, location="query")
@blp.response(200, page_of(ShiftSchema))
def list_shifts(query: dict[str, Any], publication_id: str) -> Response:
    """List each level that would change, with whose it is."""
    found = queries.changes(operations.find(current(), publication_id), query)
    keys = [Organization.id, LevelShift.pillar]
    return page_of_select(found, keys, _shifted, query.get("cursor"), query["limit"])


@blp.route("/publications/<publication_id>/preview", methods=["POST"], permission=Permission.FRAMEWORKS_PUBLISH)
@blp.response(202, PublicationSchema)
def look_again(publication_id: str) -> Response:
    """Look anew at whose levels would change, on the facts of today."""
    work = current()
    row = operations.look_again(work, operations.find(work, publication_id))
    return answer(_shown([row])[0], 202)


@blp.route("/publications/<publication_id>/approve", methods=["POST"], permission=Permission.FRAMEWORKS_PUBLISH)
@blp.arguments(ApprovalSchema, example=APPROVAL)
@blp.response(200, PublicationSchema)
def approve_publication(body: dict[str, Any], publication_id: str) -> Response:
    """Publish what another person proposed. It changes no obligation: requirements move over by amendment."""
    work = current()
    return answer(_shown([operations.approve(work, operations.find(work, publication_id), **body)])[0])


@blp.route("/publications/<publication_id>/refuse", methods=["POST"], permission=Permission.FRAMEWORKS_PUBLISH)
@blp.arguments(RefusalSchema, example={"reason": "The target of E12 has a wrong unit"})
@blp.response(200, PublicationSchema)
def refuse_publication(body: dict[str, Any], publication_id: str) -> Response:
    """Refuse a proposal; the version may be proposed anew."""
    work = current()
    return answer(_shown([operations.refuse(work, operations.find(work, publication_id), **body)])[0])


def _shown(rows: Sequence[Publication]) -> list[dict[str, Any]]:
    work = current()
    work.session.flush()
    people, jobs = queries.people_of(work, rows), queries.previews_of(work, rows)
    names = ("id", "framework", "sha256", "state", "reason", "proposed_at", "decision", "decided_at")
    return [
        {
            **{name: getattr(row, name) for name in names},
            "proposed_by": people.get(row.proposer or 0),
            "decided_by": people.get(row.decider or 0),
            "preview": queries.preview_shown(row, jobs.get(row.preview or 0)),
        }
        for row in rows
    ]


def _listed(rows: Sequence[tuple[Publication]]) -> Iterable[dict[str, Any]]:
    return _shown([row for (row,) in rows])


def _shifted(rows: Sequence[tuple[LevelShift, str, str, str | None]]) -> Iterable[dict[str, Any]]:
    for row, public, name, name_zh in rows:
        yield {
            "organization": {"id": public, "name": {"en": name, "zh": name_zh or name}},
            **{key: getattr(row, key) for key in ("pillar", "before", "after", "country", "region", "sector")},
        }
