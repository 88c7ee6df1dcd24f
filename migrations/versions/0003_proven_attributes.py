"""Which attributes of an organization a reviewer confirmed on a document.

Nothing was proven before: the rules of packs bind everybody until reviewers confirm, and ``supplychain rebuild``
derives what follows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organization", sa.Column("proven", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("organization", "proven")
