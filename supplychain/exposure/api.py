"""Routes for looking up the chain, over what the caller may see."""

from typing import Any

from flask import Response

from schemas.base import page_of
from schemas.exposure import (
    ChainQuery,
    ChokepointPageSchema,
    ExposurePageSchema,
    LeverQuery,
    LeversSchema,
    LookPageQuery,
    LookQuery,
    SharedSupplierPageSchema,
    SupplierExposuresSchema,
    TierPageQuery,
    TierPageSchema,
    WeakestSchema,
)
from supplychain.accounts.permissions import Permission
from supplychain.exposure import dependence, drawing, picture, spend, tiers
from supplychain.http import Blueprint, answer, current, language, page_of_items
from supplychain.moments import moment
from supplychain.work import Work

blp = Blueprint("exposure", __name__, url_prefix="/v1", description="Looking up the chain: where you stand, on whom")
BLUEPRINTS = (blp,)
READ = Permission.SUPPLIERS_READ
Arguments = dict[str, Any]


def _looking(query: Arguments) -> Work:
    """The unit of work of this request, with the moment that the question names. Raises Invalid."""
    work = current()
    work.moment = moment(work.today, query.get("on"), query.get("known"))
    return work


@blp.route("/network/conformity", permission=READ)
@blp.arguments(TierPageQuery, location="query")
@blp.response(200, TierPageSchema)
def list_tiers(query: Arguments) -> Response:
    """Count by demand, pillar and tier how many suppliers stand how, and how far that is known.

    Unknown, declined, expired and undisclosed are counted as themselves, never as met and never left out.
    """
    items, beside = tiers.conformity(_looking(query), query)
    return page_of_items(items, tiers.position, list, query.get("cursor"), query["limit"], **beside)


@blp.route("/network/exposure", permission=READ)
@blp.arguments(LookPageQuery, location="query")
@blp.response(200, ExposurePageSchema)
def list_exposure(query: Arguments) -> Response:
    """Follow your spend down the chain: which part of it stands at suppliers that meet a demand, depth by depth."""
    items, beside = spend.exposures(_looking(query), query)
    return page_of_items(items, spend.depth_position, list, query.get("cursor"), query["limit"], **beside)


@blp.route("/suppliers/<supplier_id>/exposure", permission=READ)
@blp.arguments(LookQuery, location="query")
@blp.response(200, SupplierExposuresSchema)
def get_supplier_exposure(query: Arguments, supplier_id: str) -> Response:
    """Show how much of your spend stands at a supplier, and what it is itself exposed to."""
    return answer(spend.of_supplier(_looking(query), supplier_id, query))


@blp.route("/network/weakest", permission=READ)
@blp.arguments(TierPageQuery, location="query")
@blp.response(200, page_of(WeakestSchema))
def list_weakest(query: Arguments) -> Response:
    """Name the weakest link of each demand and pillar, over all tiers or at one, with the way to it."""
    items = spend.weakest(_looking(query), query)
    return page_of_items(items, spend.weakest_position, list, query.get("cursor"), query["limit"])


@blp.route("/network/leverage", permission=READ)
@blp.arguments(LeverQuery, location="query")
@blp.response(200, LeversSchema)
def get_leverage(query: Arguments) -> Response:
    """Choose the suppliers whose rise by one level would satisfy most of your open obligations."""
    return answer(dependence.levers(_looking(query), query))


@blp.route("/network/chokepoints", permission=READ)
@blp.arguments(ChainQuery, location="query")
@blp.response(200, ChokepointPageSchema)
def list_chokepoints(query: Arguments) -> Response:
    """List the suppliers through which alone others are reached, as far as you see."""
    work = _looking(query)
    items, beside = dependence.critical(work, query)
    return page_of_items(
        items,
        dependence.critical_position,
        lambda some: dependence.critical_items(work, some),
        query.get("cursor"),
        query["limit"],
        in_order=True,
        **beside,
    )


@blp.route("/network/shared-suppliers", permission=READ)
@blp.arguments(ChainQuery, location="query")
@blp.response(200, SharedSupplierPageSchema)
def list_shared_suppliers(query: Arguments) -> Response:
    """List the suppliers that are reached over several of your direct ones, as far as you see."""
    work = _looking(query)
    items, beside = dependence.several(work, query)
    found = beside.pop("found")
    return page_of_items(
        items,
        dependence.several_position,
        lambda some: dependence.several_items(work, found, some),
        query.get("cursor"),
        query["limit"],
        in_order=True,
        **beside,
    )


@blp.route("/network/picture", permission=READ)
@blp.arguments(LookQuery, location="query")
@blp.response(200, {"type": "string"}, description="The picture", content_type="image/svg+xml")
def draw_picture(query: Arguments) -> Response:
    """Draw your chain as you see it: tiers as columns, colour by status, weakest links and chokepoints marked.

    Beyond 120 suppliers they are counted by tier and status, and the picture says so.
    """
    spoken = language()
    response = Response(drawing.svg(picture.pictured(_looking(query), query), spoken), mimetype="image/svg+xml")
    response.headers["Content-Language"] = spoken
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.headers["Vary"] = "Accept-Language"
    return response
