"""Routes of supply links."""

from typing import Any

import orjson
from flask import Response

from schemas.base import page_of
from schemas.link import (
    LinkChangeSchema,
    LinkChangesPageSchema,
    LinkChangesQuery,
    LinkClaimSchema,
    LinkConfirmationsSchema,
    LinkConfirmedSchema,
    LinkConfirmSchema,
    LinkDisputeSchema,
    LinkEndSchema,
    LinkQuery,
    LinkSchema,
    LinkSettleSchema,
)
from supplychain.accounts.permissions import Permission
from supplychain.crypto import fingerprint
from supplychain.http import Blueprint, answer, check_if_match, current, etag, page_of_items
from supplychain.network import link_changes, links
from supplychain.network.link_queries import find, listed, represent, represent_listed
from supplychain.network.models import SupplyLink
from supplychain.work import Work

blp = Blueprint("links", __name__, url_prefix="/v1", description="Who buys what from whom")
CLAIM = {
    "buyer": "org_5f2b8f0a6c1d4e7b9a3c5d7e1f",
    "supplier": "org_9c4e2a7d1b8f3e6a5d0c7b2f4e",
    "category": "8504",
    "share": 0.12,
    "valid_from": "2026-01-01",
    "flow_down": "yes",
}
CONFIRMATIONS = {"links": ["lnk_0f3a…", "lnk_9c1b…"], "note": "Supplier list the buyer published on 2026-10-01"}


@blp.route("/links", methods=["POST"], permission=Permission.LINKS_WRITE)
@blp.arguments(LinkClaimSchema, example=CLAIM)
@blp.response(201, LinkSchema)
@blp.alt_response(200, schema=LinkSchema)
def claim_link(body: dict[str, Any]) -> Response:
    """Say that a link exists: as its buyer (claimed), as its supplier (offered), or privately.

    Days of which the other end spoke already are confirmed; what is known already answers 200.
    """
    work = current()
    row, new = links.claim(work, **body)
    return _one(work, row, 201 if new else 200, Location=f"/v1/links/{row.id}")


@blp.route("/links", permission=Permission.LINKS_READ)
@blp.arguments(LinkQuery, location="query")
@blp.response(200, page_of(LinkSchema))
def list_links(query: dict[str, Any]) -> Response:
    """List your links: as buyer, as supplier, your private ones; or those you are to decide as a reviewer."""
    work = current()
    found = listed(work, query.get("role"), query.get("state"), query.get("counterpart"))
    return page_of_items(
        found,
        key=lambda link: (link.number,),
        represent=lambda page: represent_listed(work, page),
        cursor=query.get("cursor"),
        limit=query["limit"],
    )


@blp.route("/links/changes", permission=Permission.LINKS_READ)
@blp.arguments(LinkChangesQuery, location="query")
@blp.response(200, LinkChangesPageSchema)
def list_link_changes(query: dict[str, Any]) -> Response:
    """Compare your links on two days: whom you gained, whom you lost, what is bought under another code.

    From the days of the links as they are known now; a link that is disputed or ended on a day is not there on it.
    """
    work = current()
    found = link_changes.between(work, query["from_"], query["to"], query.get("role"))
    return page_of_items(
        [one for one in found if query.get("change") in {None, one.change}],
        key=lambda one: one.position,
        represent=lambda page: link_changes.represent(work, page),
        cursor=query.get("cursor"),
        limit=query["limit"],
        counts=link_changes.counted(found),
    )


@blp.route("/links/<link_id>", permission=Permission.LINKS_READ)
@blp.response(200, LinkSchema)
def get_link(link_id: str) -> Response:
    """Show a link of yours."""
    work = current()
    return _one(work, find(work, link_id))


@blp.route("/links/<link_id>", methods=["PATCH"], permission=Permission.LINKS_WRITE)
@blp.arguments(LinkChangeSchema, example={"flow_down": "no"})
@blp.response(200, LinkSchema)
def change_link(body: dict[str, Any], link_id: str) -> Response:
    """Change what is yours of a link: the buyer share and flow_down, either end its wish of disclosure."""
    work = current()
    row = find(work, link_id)
    check_if_match(_tag(work, represent(work, [row])[0]))
    links.change(work, row, body)
    return _one(work, row)


@blp.route("/links/<link_id>/confirm", methods=["POST"], permission=Permission.LINKS_CONFIRM)
@blp.arguments(LinkConfirmSchema, example={"note": "Invoice 2026-118"})
@blp.response(200, LinkSchema)
def confirm_link(body: dict[str, Any], link_id: str) -> Response:
    """Confirm what the other end claimed; a reviewer names the document seen in ``note``."""
    work = current()
    row = find(work, link_id)
    links.confirm(work, row, **body)
    return _one(work, row)


@blp.route("/links/confirmations", methods=["POST"], permission=Permission.LINKS_REVIEW)
@blp.arguments(LinkConfirmationsSchema, example=CONFIRMATIONS)
@blp.response(200, LinkConfirmedSchema)
def confirm_links(body: dict[str, Any]) -> Response:
    """Confirm, as a reviewer, all links that one document proves, such as a list the buyer published."""
    results = links.confirm_many(current(), body["links"], body["note"])
    shown = [{"id": link_id, "status": "confirmed" if changed else "unchanged"} for link_id, changed in results]
    return answer({"results": shown})


@blp.route("/links/<link_id>/dispute", methods=["POST"], permission=Permission.LINKS_WRITE)
@blp.arguments(LinkDisputeSchema, example={"reason": "not_a_customer"})
@blp.response(200, LinkSchema)
def dispute_link(body: dict[str, Any], link_id: str) -> Response:
    """Say that what the other end claimed is no link; a reviewer settles it."""
    work = current()
    row = find(work, link_id)
    links.dispute(work, row, **body)
    return _one(work, row)


@blp.route("/links/<link_id>/settle", methods=["POST"], permission=Permission.LINKS_REVIEW)
@blp.arguments(LinkSettleSchema, example={"decision": "confirm", "note": "Delivery notes of 2026 seen"})
@blp.response(200, LinkSchema)
def settle_link(body: dict[str, Any], link_id: str) -> Response:
    """Decide a dispute that is assigned to you: confirm the link or end it."""
    work = current()
    row = find(work, link_id)
    links.settle(work, row, **body)
    return _one(work, row)


@blp.route("/links/<link_id>/end", methods=["POST"], permission=Permission.LINKS_WRITE)
@blp.arguments(LinkEndSchema, example={"note": "Last delivery in October"})
@blp.response(200, LinkSchema)
def end_link(body: dict[str, Any], link_id: str) -> Response:
    """End a link from today on; what was before today stays as it was."""
    work = current()
    row = find(work, link_id)
    links.end(work, row, **body)
    return _one(work, row)


def _one(work: Work, row: SupplyLink, status: int = 200, **headers: str) -> Response:
    shown = represent(work, [row])[0]
    return answer(shown, status, ETag=etag(_tag(work, shown)), **headers)


def _tag(work: Work, shown: dict[str, Any]) -> str:
    """What a link's version is to one reader: a counter would tell what the other end does to its own part."""
    return fingerprint(work.runtime.settings.secret, "link", work.actor.organization, orjson.dumps(shown))
