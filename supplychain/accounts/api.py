"""Routes of API keys: an organization's own."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response

from schemas.base import PageQuery, page_of
from schemas.key import KEY_EXAMPLE, KeyEntrySchema, KeyIssuedSchema, KeySchema
from supplychain.accounts import operations
from supplychain.accounts.models import ApiKey, Person
from supplychain.accounts.permissions import Permission
from supplychain.http import Blueprint, answer, current, page_of_select

blp = Blueprint("keys", __name__, url_prefix="/v1", description="Keys of an organization's people and machines")
BLUEPRINTS = (blp,)


@blp.route("/keys", methods=["POST"], permission=Permission.KEYS_MANAGE)
@blp.arguments(KeyEntrySchema, example=KEY_EXAMPLE)
@blp.response(201, KeyIssuedSchema)
def make_key(sent: dict[str, Any]) -> Response:
    """Make a key for yourself; its text is shown this once."""
    work = current()
    row, text = operations.mint_key(
        work,
        name=sent["name"],
        roles=sent.get("roles"),
        scopes=sent.get("scopes", ()),
        expires_in_days=sent["expires_in_days"],
    )
    return answer(_issued(row, text), 201, Location=f"/v1/keys/{row.id}")


@blp.route("/keys", permission=Permission.KEYS_MANAGE)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(KeySchema))
def list_keys(query: dict[str, Any]) -> Response:
    """List your organization's keys, also those that are over."""
    own = operations.own_keys(current().actor.organization)
    return page_of_select(own, [ApiKey.number], _listed, query.get("cursor"), query["limit"])


@blp.route("/keys/<key_id>/rotate", methods=["POST"], permission=Permission.KEYS_MANAGE)
@blp.response(201, KeyIssuedSchema)
def rotate_key(key_id: str) -> Response:
    """Make the successor of a key of yours; the old one lives until you revoke it or it expires."""
    row, text = operations.rotate_key(current(), key_id)
    return answer(_issued(row, text), 201, Location=f"/v1/keys/{row.id}")


@blp.route("/keys/<key_id>", methods=["DELETE"], permission=Permission.KEYS_MANAGE)
@blp.response(200, KeySchema)
def revoke_key(key_id: str) -> Response:
    """Revoke a key at once; what it did stays on record."""
    row = operations.revoke_key(current(), key_id)
    return answer(_shown(row, operations.people(current(), {row.person})))


def _issued(row: ApiKey, text: str) -> dict[str, Any]:
    return {**_shown(row, operations.people(current(), {row.person})), "key": text}


def _listed(rows: Sequence[tuple[ApiKey]]) -> Iterable[dict[str, Any]]:
    people = operations.people(current(), {row.person for (row,) in rows})
    return [_shown(row, people) for (row,) in rows]


def _shown(row: ApiKey, people: Mapping[int, Person]) -> dict[str, Any]:
    person = people[row.person]
    return {
        "id": row.id,
        "name": row.name,
        "prefix": row.prefix,
        "person": {"id": person.id, "name": person.name},
        "roles": row.roles,
        "scopes": row.scopes,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "revoked_at": row.revoked_at,
    }
