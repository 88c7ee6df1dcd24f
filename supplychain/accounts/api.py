"""Routes of accounts."""

from supplychain.http import Blueprint

blp = Blueprint("accounts", __name__, url_prefix="/v1", description="accounts")
BLUEPRINTS = (blp,)
