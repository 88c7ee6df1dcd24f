"""Routes of network."""

from supplychain.http import Blueprint

blp = Blueprint("network", __name__, url_prefix="/v1", description="network")
BLUEPRINTS = (blp,)
