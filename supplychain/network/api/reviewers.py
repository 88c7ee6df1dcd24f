"""Routes of a member's own choice of reviewers."""

from supplychain.http import Blueprint

blp = Blueprint(
    "reviewers", __name__, url_prefix="/v1", description="Which reviewers an organization accepts or chooses"
)
