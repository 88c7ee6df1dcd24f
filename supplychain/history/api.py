"""Routes of the readable history: one's own, of a supplier, of a link, of a requirement."""

from typing import Any

from flask import Response

from schemas.base import PageQuery, page_of
from schemas.history import HistoryQuery, HistorySchema
from supplychain.accounts.permissions import Permission
from supplychain.history import queries
from supplychain.history.telling import represent
from supplychain.http import Blueprint, current, page_of_select

blp = Blueprint("history", __name__, url_prefix="/v1", description="Who did what when, in words")
BLUEPRINTS = (blp,)


@blp.route("/me/history", permission=Permission.AUDIT_READ)
@blp.arguments(HistoryQuery, location="query")
@blp.response(200, page_of(HistorySchema))
def list_own_history(query: dict[str, Any]) -> Response:
    """List what was done about you, what you did, and what others did that you may know of, the newest first."""
    return _page(queries.own(current(), query), query)


@blp.route("/suppliers/<supplier_id>/history", permission=Permission.SUPPLIERS_READ)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(HistorySchema))
def list_supplier_history(query: dict[str, Any], supplier_id: str) -> Response:
    """List what you did about a supplier, what it answered you, and how its levels changed where you ask them."""
    return _page(queries.of_supplier(current(), supplier_id), query)


@blp.route("/links/<link_id>/history", permission=Permission.LINKS_READ)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(HistorySchema))
def list_link_history(query: dict[str, Any], link_id: str) -> Response:
    """List what both ends and the reviewer did to a link of yours, but for what is the other end's alone."""
    return _page(queries.of_link(current(), link_id), query)


@blp.route("/requirements/<requirement_id>/history", permission=Permission.REQUIREMENTS_READ)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(HistorySchema))
def list_requirement_history(query: dict[str, Any], requirement_id: str) -> Response:
    """List how one of your requirements came and changed, and the waivers and answers under it."""
    return _page(queries.of_requirement(current(), requirement_id), query)


def _page(entries: queries.Entries, query: dict[str, Any]) -> Response:
    return page_of_select(
        entries,
        keys=[queries.NEWEST_FIRST],
        represent=lambda rows: represent(current(), [row for (row,) in rows]),
        cursor=query.get("cursor"),
        limit=query["limit"],
    )
