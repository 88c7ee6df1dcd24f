"""Routes of supply links."""

from supplychain.http import Blueprint

blp = Blueprint("links", __name__, url_prefix="/v1", description="Who buys what from whom")
