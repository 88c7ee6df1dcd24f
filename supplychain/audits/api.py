"""Routes of audits."""

from supplychain.http import Blueprint

blp = Blueprint("audits", __name__, url_prefix="/v1", description="audits")
BLUEPRINTS = (blp,)
