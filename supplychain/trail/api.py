"""Routes of the sealed trail: one's own log with its proofs, and, for the operator, the whole one."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response

from schemas.audit import (
    CheckpointSchema,
    ConsistencySchema,
    EntryQuery,
    EntrySchema,
    ProofSchema,
    SealKeysSchema,
)
from schemas.base import PageQuery, page_of
from supplychain.accounts.permissions import Permission
from supplychain.audit import AuditEntry
from supplychain.http import PUBLIC, Blueprint, answer, current, page_of_select
from supplychain.trail import queries, representation
from supplychain.trail.keys import listed
from supplychain.trail.models import WHOLE, TreeHead

blp = Blueprint("audit", __name__, url_prefix="/v1/audit", description="What was done, and the proof that it stays")
BLUEPRINTS = (blp,)


@blp.route("/keys", permission=PUBLIC)
@blp.response(200, SealKeysSchema)
def list_seal_keys() -> Response:
    """List the public keys that seal the trail."""
    return answer({"items": [representation.of_key(row) for row in listed(current().session)]})


@blp.route("/entries", permission=Permission.AUDIT_READ)
@blp.arguments(EntryQuery, location="query")
@blp.response(200, page_of(EntrySchema))
def list_entries(query: dict[str, Any]) -> Response:
    """List what was done about your organization, and what followed from it."""
    own = queries.entries_of(current().actor.organization, query.get("subject"))
    return page_of_select(own, [AuditEntry.number], _entries, query.get("cursor"), query["limit"])


@blp.route("/entries/<entry_id>/proof", permission=Permission.AUDIT_READ)
@blp.response(200, ProofSchema)
def prove_entry(entry_id: str) -> Response:
    """Prove that an entry is in your organization's log, and unchanged since it was sealed."""
    work = current()
    row = queries.entry(work.session, work.actor.organization, entry_id)
    head, path = queries.inclusion(work.session, work.actor.organization, row.own_leaf)
    return answer(representation.of_proof(row, row.own_leaf, head, path))


@blp.route("/checkpoints", permission=Permission.AUDIT_READ)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(CheckpointSchema))
def list_checkpoints(query: dict[str, Any]) -> Response:
    """List the signed heads of your organization's log; keep one, and nothing before it can be changed unnoticed."""
    own = queries.heads_of(current().actor.organization)
    return page_of_select(own, [TreeHead.ordinal], _heads, query.get("cursor"), query["limit"])


@blp.route("/checkpoints/<checkpoint_id>/consistency", permission=Permission.AUDIT_READ)
@blp.response(200, ConsistencySchema)
def prove_consistency(checkpoint_id: str) -> Response:
    """Prove that your organization's log at a checkpoint is the beginning of what it is at the newest."""
    return _consistency(current().actor.organization, checkpoint_id)


@blp.route("/whole/checkpoints", permission=Permission.AUDIT_OPERATE)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(CheckpointSchema))
def list_whole_checkpoints(query: dict[str, Any]) -> Response:
    """List the signed heads of the whole trail."""
    current().derive_from_here()
    return page_of_select(queries.heads_of(WHOLE), [TreeHead.ordinal], _heads, query.get("cursor"), query["limit"])


@blp.route("/whole/checkpoints/<checkpoint_id>/consistency", permission=Permission.AUDIT_OPERATE)
@blp.response(200, ConsistencySchema)
def prove_whole_consistency(checkpoint_id: str) -> Response:
    """Prove that the whole trail at a checkpoint is the beginning of what it is at the newest."""
    current().derive_from_here()
    return _consistency(WHOLE, checkpoint_id)


def _consistency(organization: int, checkpoint_id: str) -> Response:
    first, second, path = queries.consistency(current().session, organization, checkpoint_id)
    return answer(representation.of_consistency(first, second, path))


def _entries(rows: Sequence[tuple[AuditEntry]]) -> Iterator[dict[str, Any]]:
    return (representation.of_entry(row) for (row,) in rows)


def _heads(rows: Sequence[tuple[TreeHead]]) -> Iterator[dict[str, Any]]:
    return (representation.of_head(row) for (row,) in rows)
