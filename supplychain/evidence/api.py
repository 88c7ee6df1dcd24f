"""Routes of evidence."""

from supplychain.http import Blueprint

blp = Blueprint("evidence", __name__, url_prefix="/v1", description="evidence")
BLUEPRINTS = (blp,)
