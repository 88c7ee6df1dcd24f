"""What a buyer's list says of a supplier's address, and how it wrote what was read otherwise."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("supplier_record") as batch_op:
        batch_op.add_column(sa.Column("address", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("raw", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("supplier_record") as batch_op:
        batch_op.drop_column("raw")
        batch_op.drop_column("address")
