"""Indexes of regions, counted once a month."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "regional_index",
        sa.Column("framework", sa.String(length=80), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("framework", "month", name=op.f("pk_regional_index")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("GRANT SELECT ON regional_index TO supplychain_user")
        op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON regional_index TO supplychain_derive")


def downgrade() -> None:
    op.drop_table("regional_index")
