"""Routes of organizations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response

from schemas.base import page_of
from schemas.organization import (
    ORGANIZATION_EXAMPLE,
    DirectoryEntrySchema,
    DirectoryQuerySchema,
    EnteredSchema,
    MemberSchema,
    OrganizationChangeSchema,
    OrganizationEntrySchema,
    OrganizationSchema,
)
from supplychain.accounts.permissions import Permission
from supplychain.crypto import fingerprint
from supplychain.http import Blueprint, answer, check_if_match, current, etag, page_of_select
from supplychain.network import directory, organizations, proofs
from supplychain.network.api.records import record_shown
from supplychain.network.identifiers import guesses
from supplychain.network.models import Identifier, Organization
from supplychain.network.organizations import Entered

blp = Blueprint("organizations", __name__, url_prefix="/v1", description="The shared directory of companies and plants")


@blp.route("/organizations", methods=["POST"], permission=Permission.ORGANIZATIONS_WRITE)
@blp.arguments(OrganizationEntrySchema, example=ORGANIZATION_EXAMPLE)
@blp.response(201, EnteredSchema)
@blp.alt_response(200, schema=EnteredSchema)
def enter_organization(sent: dict[str, Any]) -> Response:
    """Enter an organization; one that the directory holds under the same identifier is matched (200)."""
    entered = organizations.enter(current(), sent)
    location = f"/v1/organizations/{entered.organization.id}"
    return answer(_entered(entered, sent["name"]), 201 if entered.created else 200, Location=location)


@blp.route("/organizations", permission=Permission.ORGANIZATIONS_READ)
@blp.arguments(DirectoryQuerySchema, location="query")
@blp.response(200, page_of(DirectoryEntrySchema))
def search_directory(query: dict[str, Any]) -> Response:
    """Look up names and registered identifiers, like in a phone book."""
    given = query.get("identifier")
    found = directory.search(query.get("name"), guesses(given) if given else None)
    keys = [Organization.name, Organization.id]
    return page_of_select(found, keys, _listed, query.get("cursor"), query["limit"])


@blp.route("/organizations/<organization_id>", permission=Permission.ORGANIZATIONS_READ)
@blp.response(200, OrganizationSchema)
def get_organization(organization_id: str) -> Response:
    """Show an entry; its attributes only to itself and, before it is verified, to its first source."""
    return _answered(directory.find(current(), organization_id))


@blp.route("/organizations/<organization_id>", methods=["PATCH"], permission=Permission.ORGANIZATIONS_WRITE)
@blp.arguments(OrganizationChangeSchema, example={"size": "sme", "listed": True})
@blp.response(200, OrganizationSchema)
def change_organization(sent: dict[str, Any], organization_id: str) -> Response:
    """Change attributes you hold, add identifiers, or give and take back your consents."""
    work = current()
    row = organizations.held(work, organization_id)
    check_if_match(_edition(_shown(row)))
    return _answered(organizations.change(work, row, sent))


@blp.route("/me", permission=Permission.ORGANIZATIONS_READ)
@blp.response(200, MemberSchema)
def get_caller() -> Response:
    """Show for whom you are calling, and what the key may do."""
    actor = current().actor
    row = directory.acting(current())
    roles, permissions = sorted(actor.roles), sorted(actor.permissions)
    return answer({"organization": _shown(row), "roles": roles, "permissions": permissions})


def _answered(row: Organization) -> Response:
    shown = _shown(row)
    if organizations.holds(current(), row):
        return answer(shown, ETag=etag(_edition(shown)))
    return answer(shown)


def _edition(shown: Mapping[str, Any]) -> str:
    # The row's version would also count what the reader is not told, such as a claim made meanwhile.
    return fingerprint(current().runtime.settings.secret, "organization", *sorted(map(str, shown.items())))


def _shown(row: Organization) -> dict[str, Any]:
    work = current()
    shown = _entry(row, directory.identifiers_of(work, {row.number})[row.number])
    if organizations.holds(work, row):
        shown |= {name: getattr(row, name) for name in organizations.ATTRIBUTES}
    if row.number == work.actor.organization:
        shown |= {"claim": row.claim, **{name: getattr(row, name) for name in organizations.CONSENTS}}
        shown["proven"] = proofs.proven_since(row)
    return shown


def _listed(rows: Sequence[tuple[Organization]]) -> Iterable[dict[str, Any]]:
    identifiers = directory.identifiers_of(current(), {row.number for (row,) in rows})
    return [_entry(row, identifiers[row.number]) for (row,) in rows]


def _entry(row: Organization, identifiers: Sequence[Identifier]) -> dict[str, Any]:
    pairs = [{"scheme": one.scheme, "value": one.value} for one in identifiers]
    return {"id": row.id, "name": row.name, "name_zh": row.name_zh, "identifiers": pairs}


def _entered(entered: Entered, name: str) -> dict[str, Any]:
    record = entered.record
    return {
        "id": entered.organization.id,
        "name": name,
        "identifiers": [{"scheme": scheme, "value": value} for scheme, value in entered.identifiers],
        "record": None if record is None else record_shown(record, entered.organization),
        "similar": [{"id": row.id, "name": row.name} for row in entered.similar],
    }
