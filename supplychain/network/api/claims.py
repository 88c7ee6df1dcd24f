"""Routes of claims."""

from supplychain.http import Blueprint

blp = Blueprint("claims", __name__, url_prefix="/v1", description="Who verifies that an owner is who it says it is")
