"""Routes of supplier records."""

from supplychain.http import Blueprint

blp = Blueprint("records", __name__, url_prefix="/v1", description="A buyer's own private rows about its suppliers")
