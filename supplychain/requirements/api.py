"""Routes of requirements."""

from supplychain.http import Blueprint

blp = Blueprint("requirements", __name__, url_prefix="/v1", description="requirements")
BLUEPRINTS = (blp,)
