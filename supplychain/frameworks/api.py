"""Routes of frameworks: what is asked at each level, for everybody with a key."""

from typing import Any

from flask import Response

from schemas.base import PageQuery, page_of
from schemas.framework import FrameworkSchema, FrameworkSummarySchema, IndicatorFilter
from supplychain.accounts.permissions import Permission
from supplychain.frameworks import operations
from supplychain.frameworks.library import registry
from supplychain.frameworks.represent import summary, whole
from supplychain.http import Blueprint, answer, current, page_of_items

blp = Blueprint("frameworks", __name__, url_prefix="/v1", description="Conformity frameworks as data")
BLUEPRINTS = (blp,)


@blp.route("/frameworks", permission=Permission.FRAMEWORKS_READ)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(FrameworkSummarySchema))
def list_frameworks(query: dict[str, Any]) -> Response:
    """List the framework versions that requirements may name."""
    return page_of_items(
        tuple(registry(current())),
        key=lambda framework: (framework.id, framework.version),
        represent=lambda shown: [summary(framework) for framework in shown],
        cursor=query.get("cursor"),
        limit=query["limit"],
    )


@blp.route("/frameworks/<key>", permission=Permission.FRAMEWORKS_READ)
@blp.arguments(IndicatorFilter, location="query")
@blp.response(200, FrameworkSchema)
def get_framework(query: dict[str, Any], key: str) -> Response:
    """Show a framework version with its indicators: targets, evidence, trust and references."""
    framework = operations.find(current(), key)
    return answer(whole(framework, operations.indicators(framework, query), query.get("on")))
