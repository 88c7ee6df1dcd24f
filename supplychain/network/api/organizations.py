"""Routes of organizations."""

from supplychain.http import Blueprint

blp = Blueprint("organizations", __name__, url_prefix="/v1", description="The shared directory of companies and plants")
