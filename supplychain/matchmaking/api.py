"""Routes of matchmaking."""

from supplychain.http import Blueprint

blp = Blueprint("matchmaking", __name__, url_prefix="/v1", description="matchmaking")
BLUEPRINTS = (blp,)
