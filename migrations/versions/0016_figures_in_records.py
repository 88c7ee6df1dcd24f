"""What a buyer's list says of a supplier's size and trade."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("supplier_record") as batch_op:
        for name in ("staff", "revenue_cny", "assets_cny"):
            batch_op.add_column(sa.Column(name, sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("figures_year", NUMBER, nullable=True))
        batch_op.add_column(sa.Column("industry_code", sa.String(length=80), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("supplier_record") as batch_op:
        for name in ("industry_code", "figures_year", "assets_cny", "revenue_cny", "staff"):
            batch_op.drop_column(name)
