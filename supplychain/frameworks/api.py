"""Routes of frameworks."""

from supplychain.http import Blueprint

blp = Blueprint("frameworks", __name__, url_prefix="/v1", description="frameworks")
BLUEPRINTS = (blp,)
