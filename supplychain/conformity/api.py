"""Routes of conformity."""

from supplychain.http import Blueprint

blp = Blueprint("conformity", __name__, url_prefix="/v1", description="conformity")
BLUEPRINTS = (blp,)
