"""Routes of ownership."""

from supplychain.http import Blueprint

blp = Blueprint("ownerships", __name__, url_prefix="/v1", description="Which organization stands below which")
