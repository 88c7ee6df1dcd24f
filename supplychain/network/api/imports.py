"""Routes of imports."""

from supplychain.http import Blueprint

blp = Blueprint(
    "imports", __name__, url_prefix="/v1", description="Lists of organizations and links, one result per row"
)
