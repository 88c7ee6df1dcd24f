"""What a buyer's list says of a supplier's address, how it wrote what was read otherwise, what headings mean."""

import sqlalchemy as sa
from alembic import op

import supplychain.db

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None

ME = "nullif(current_setting('app.organization', true), '')::bigint"
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("supplier_record") as batch_op:
        batch_op.add_column(sa.Column("address", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("raw", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("import_run") as batch_op:
        batch_op.add_column(sa.Column("reading", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "import_mapping",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("owner", NUMBER, nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("constants", sa.JSON(), nullable=False),
        sa.Column("splits", sa.JSON(), nullable=False),
        sa.Column("date_order", sa.String(length=3), nullable=True),
        sa.Column("decimal", sa.String(length=1), nullable=True),
        sa.Column("created_at", supplychain.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", supplychain.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["organization.number"], name=op.f("fk_import_mapping_owner")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_import_mapping")),
        sa.UniqueConstraint("id", name=op.f("uq_import_mapping_id")),
        sa.UniqueConstraint("owner", "source", name=op.f("uq_import_mapping_owner")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for role in ("supplychain_user", "supplychain_derive"):
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON import_mapping TO {role}")
            op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        op.execute("ALTER TABLE import_mapping ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE import_mapping FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own ON import_mapping TO supplychain_user USING (owner = {ME}) WITH CHECK (owner = {ME})"
        )
        op.execute("CREATE POLICY derive ON import_mapping TO supplychain_derive USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.drop_table("import_mapping")
    with op.batch_alter_table("import_run") as batch_op:
        batch_op.drop_column("reading")
    with op.batch_alter_table("supplier_record") as batch_op:
        batch_op.drop_column("raw")
        batch_op.drop_column("address")
