"""Routes of invitations; two are open to whoever holds a token."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response

from schemas.base import PageQuery, page_of
from schemas.invitation import (
    INVITATION_EXAMPLE,
    AcceptedSchema,
    AcceptSchema,
    InvitationEntrySchema,
    InvitationPreviewSchema,
    InvitationSchema,
    InvitationSentSchema,
)
from supplychain.accounts.models import Invitation
from supplychain.accounts.permissions import Permission
from supplychain.http import PUBLIC, Blueprint, answer, current, page_of_select
from supplychain.network import directory, invitations
from supplychain.network.models import Organization

blp = Blueprint(
    "invitations", __name__, url_prefix="/v1", description="Single-use links by which an organization is claimed"
)
_PATH = "/v1/invitations/{}"


@blp.route("/invitations", methods=["POST"], permission=Permission.INVITATIONS_WRITE)
@blp.arguments(InvitationEntrySchema, example=INVITATION_EXAMPLE)
@blp.response(201, InvitationSentSchema)
def send_invitation(sent: dict[str, Any]) -> Response:
    """Invite somebody to act for an organization; the token is shown this once, pass it on yourself."""
    row, token = invitations.invite(current(), sent)
    shown = {**_shown(row, _organizations([row])), "token": token, "link": _PATH.format(token)}
    return answer(shown, 201, Location=_PATH.format(row.id), Cache_Control="no-store")


@blp.route("/invitations", permission=Permission.INVITATIONS_WRITE)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(InvitationSchema))
def list_invitations(query: dict[str, Any]) -> Response:
    """List the invitations you sent."""
    sent = invitations.sent_by(current().actor.organization)
    return page_of_select(sent, [Invitation.number], _listed, query.get("cursor"), query["limit"])


@blp.route("/invitations/<reference>", methods=["DELETE"], permission=Permission.INVITATIONS_WRITE)
@blp.response(200, InvitationSchema)
def revoke_invitation(reference: str) -> Response:
    """Take back an invitation of yours, by its id."""
    row = invitations.revoke(current(), reference)
    return answer(_shown(row, _organizations([row])))


@blp.route("/invitations/<reference>", permission=PUBLIC)
@blp.response(200, InvitationPreviewSchema)
def preview_invitation(reference: str) -> Response:
    """Show the bearer of a token who invites, and to what."""
    work = current()
    row = invitations.preview(work, reference)
    names = directory.by_number(work, {row.inviter, row.organization})
    inviter, organization = names[row.inviter].name, names[row.organization].name
    shown = {"inviter": inviter, "organization": organization, "language": row.language, "expires_at": row.expires_at}
    return answer(shown, Cache_Control="no-store")


@blp.route("/invitations/accept", methods=["POST"], permission=PUBLIC, bearer="token")
@blp.arguments(AcceptSchema, example={"token": "kq3…", "name": "Li Wei", "language": "zh"})
@blp.response(201, AcceptedSchema)
def accept_invitation(sent: dict[str, Any]) -> Response:
    """Take the seat, once; an entry without an owner is claimed, unverified until a reviewer saw a document."""
    accepted = invitations.accept(current(), **sent)
    organization, key = accepted.organization, accepted.key
    shown = {
        "organization": {"id": organization.id, "name": organization.name},
        "claim": organization.claim,
        "roles": accepted.roles,
        "key": accepted.text,
        "key_id": key.id,
        "key_expires_at": key.expires_at,
    }
    return answer(shown, 201, Cache_Control="no-store")


def _organizations(rows: Iterable[Invitation]) -> Mapping[int, Organization]:
    return directory.by_number(current(), {row.organization for row in rows})


def _listed(rows: Sequence[tuple[Invitation]]) -> Iterable[dict[str, Any]]:
    organizations = _organizations(row for (row,) in rows)
    return [_shown(row, organizations) for (row,) in rows]


def _shown(row: Invitation, organizations: Mapping[int, Organization]) -> dict[str, Any]:
    organization = organizations[row.organization]
    return {
        "id": row.id,
        "organization": {"id": organization.id, "name": organization.name},
        "email": row.email,
        "role": row.role,
        "language": row.language,
        "state": row.state_at(current().now),
        "created_at": row.created_at,
        "expires_at": row.expires_at,
    }
