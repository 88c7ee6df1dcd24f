"""Routes of invitations."""

from supplychain.http import Blueprint

blp = Blueprint(
    "invitations", __name__, url_prefix="/v1", description="Single-use links by which an organization is claimed"
)
