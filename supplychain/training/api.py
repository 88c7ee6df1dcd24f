"""Routes of training."""

from supplychain.http import Blueprint

blp = Blueprint("training", __name__, url_prefix="/v1", description="training")
BLUEPRINTS = (blp,)
