"""Routes of waivers: an issuer's own, and those that a supplier was granted."""

from typing import Any

from flask import Response, url_for

from schemas.base import page_of
from schemas.waiver import (
    WAIVER_EXAMPLE,
    OwnWaiverQuery,
    OwnWaiverSchema,
    RevocationSchema,
    WaiverQuery,
    WaiverRequestSchema,
    WaiverSchema,
)
from supplychain.accounts.permissions import Permission
from supplychain.http import Blueprint, answer, current, page_of_items
from supplychain.network import own
from supplychain.waivers import operations, queries
from supplychain.waivers.models import Waiver

blp = Blueprint("waivers", __name__, url_prefix="/v1", description="Leave that an issuer gives a supplier for a time")
BLUEPRINTS = (blp,)


@blp.route("/waivers", methods=["POST"], permission=Permission.WAIVERS_GRANT)
@blp.arguments(WaiverRequestSchema, example=WAIVER_EXAMPLE)
@blp.response(201, WaiverSchema)
def grant_waiver(values: dict[str, Any]) -> Response:
    """Give a supplier leave under one of your requirements; it replaces what you gave it before."""
    row = operations.grant(current(), values)
    return _told(row, 201, Location=url_for("waivers.get_waiver", waiver_id=row.id))


@blp.route("/waivers", permission=Permission.WAIVERS_READ)
@blp.arguments(WaiverQuery, location="query")
@blp.response(200, page_of(WaiverSchema))
def list_waivers(query: dict[str, Any]) -> Response:
    """List your waivers, as long as you see the supplier by the name under which you granted it."""
    found = queries.granted(current(), query)
    return page_of_items(found, queries.position, list, query.get("cursor"), query["limit"])


@blp.route("/waivers/<waiver_id>", permission=Permission.WAIVERS_READ)
@blp.response(200, WaiverSchema)
def get_waiver(waiver_id: str) -> Response:
    """Show one of your waivers."""
    return _told(queries.own(current(), waiver_id))


@blp.route("/waivers/<waiver_id>/revoke", methods=["POST"], permission=Permission.WAIVERS_GRANT)
@blp.arguments(RevocationSchema, example={"note": "The order was cancelled"})
@blp.response(200, WaiverSchema)
def revoke_waiver(values: dict[str, Any], waiver_id: str) -> Response:
    """End a waiver today; from today on it excuses nothing."""
    return _told(operations.revoke(current(), waiver_id, values["note"]))


@blp.route("/me/waivers", permission=Permission.ME_READ)
@blp.arguments(OwnWaiverQuery, location="query")
@blp.response(200, page_of(OwnWaiverSchema))
def list_own_waivers(query: dict[str, Any]) -> Response:
    """List the waivers you were granted, or a plant of yours was."""
    work = current()
    supplier = own.member(work, query.get("organization"), work.today)
    found = queries.received(work, supplier, query.get("state"))
    return page_of_items(found, queries.position_received, list, query.get("cursor"), query["limit"])


def _told(row: Waiver, status: int = 200, **headers: str) -> Response:
    (body,) = queries.represent(current(), [row])
    return answer(body, status, **headers)
