"""Dry runs that are kept and confirmed, lists that replace, rows that repeat others, and spellings."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ME = "nullif(current_setting('app.organization', true), '')::bigint"
OWNED = ("spelling", "import_end")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "spelling",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("owner", NUMBER, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("organization", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["organization.number"], name=op.f("fk_spelling_owner")),
        sa.ForeignKeyConstraint(["organization"], ["organization.number"], name=op.f("fk_spelling_organization")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_spelling")),
        sa.UniqueConstraint("owner", "name", name=op.f("uq_spelling_owner")),
    )
    op.create_index(op.f("ix_spelling_organization"), "spelling", ["organization"])
    op.create_table(
        "import_end",
        sa.Column("run", NUMBER, nullable=False),
        sa.Column("link", NUMBER, nullable=False),
        sa.Column("owner", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["run"], ["import_run.number"], name=op.f("fk_import_end_run")),
        sa.ForeignKeyConstraint(["link"], ["supply_link.number"], name=op.f("fk_import_end_link")),
        sa.ForeignKeyConstraint(["owner"], ["organization.number"], name=op.f("fk_import_end_owner")),
        sa.PrimaryKeyConstraint("run", "link", name=op.f("pk_import_end")),
    )
    with op.batch_alter_table("import_run") as run:
        run.add_column(sa.Column("mode", sa.String(length=10), server_default="add", nullable=False))
        run.add_column(sa.Column("valid_on", sa.Date(), nullable=True))
        run.add_column(sa.Column("scope", sa.JSON(none_as_null=True), nullable=True))
        run.add_column(sa.Column("dry_run", sa.Boolean(), server_default=sa.false(), nullable=False))
        run.add_column(sa.Column("confirms", NUMBER, nullable=True))
        run.add_column(sa.Column("duplicates", NUMBER, server_default="0", nullable=False))
        run.add_column(sa.Column("ended", NUMBER, server_default="0", nullable=False))
        run.add_column(sa.Column("refusal", sa.JSON(none_as_null=True), nullable=True))
        run.create_foreign_key(op.f("fk_import_run_confirms"), "import_run", ["confirms"], ["number"])
    with op.batch_alter_table("import_result") as result:
        result.add_column(sa.Column("of_row", NUMBER, nullable=True))
        result.add_column(sa.Column("state_before", sa.String(length=10), nullable=True))
        result.add_column(sa.Column("state_after", sa.String(length=10), nullable=True))
        result.add_column(sa.Column("raw", sa.JSON(none_as_null=True), nullable=True))
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in OWNED:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO supplychain_user, supplychain_derive")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON {table} TO supplychain_user USING (owner = {ME}) WITH CHECK (owner = {ME})")
        op.execute(f"CREATE POLICY derive ON {table} TO supplychain_derive USING (true) WITH CHECK (true)")


def downgrade() -> None:
    with op.batch_alter_table("import_result") as result:
        for name in ("raw", "state_after", "state_before", "of_row"):
            result.drop_column(name)
    with op.batch_alter_table("import_run") as run:
        run.drop_constraint(op.f("fk_import_run_confirms"), type_="foreignkey")
        for name in ("refusal", "ended", "duplicates", "confirms", "dry_run", "scope", "valid_on", "mode"):
            run.drop_column(name)
    op.drop_table("import_end")
    op.drop_table("spelling")
