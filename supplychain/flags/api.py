"""Route of flags, shared by suppliers, brands, trainers and organisers."""

from typing import Any

from flask import Response

from schemas.base import page_of
from schemas.training import FlagQuery, FlagSchema
from supplychain.accounts.permissions import Permission
from supplychain.flags import queries
from supplychain.http import Blueprint, looking, page_of_items

blp = Blueprint("flags", __name__, url_prefix="/v1", description="Who needs training, who may meet buyers")
BLUEPRINTS = (blp,)


@blp.route("/flags", permission=Permission.FLAGS_READ)
@blp.arguments(FlagQuery, location="query")
@blp.response(200, page_of(FlagSchema))
def list_flags(query: dict[str, Any]) -> Response:
    """List the flags the caller may see, each as far as it may see it."""
    return page_of_items(
        queries.flagged(looking(query), query),
        key=queries.position,
        represent=list,
        cursor=query.get("cursor"),
        limit=query["limit"],
    )
