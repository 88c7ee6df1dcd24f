"""Waivers: leave that an issuer gives one supplier under one requirement, until a day."""

import sqlalchemy as sa
from alembic import op

import supplychain.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = supplychain.db.UTCDateTime(timezone=True)
ME = "nullif(current_setting('app.organization', true), '')::bigint"
ROLES = ("supplychain_user", "supplychain_derive")


def upgrade() -> None:
    op.create_table(
        "waiver",
        sa.Column("number", INTEGER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("issuer", INTEGER, nullable=False),
        sa.Column("requirement", INTEGER, nullable=False),
        sa.Column("supplier", INTEGER, nullable=False),
        sa.Column("veiled", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("approver", INTEGER, nullable=True),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("level", INTEGER, nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revocation", sa.String(length=2000), nullable=True),
        sa.ForeignKeyConstraint(["issuer"], ["organization.number"], name=op.f("fk_waiver_issuer")),
        sa.ForeignKeyConstraint(["requirement"], ["requirement.number"], name=op.f("fk_waiver_requirement")),
        sa.ForeignKeyConstraint(["supplier"], ["organization.number"], name=op.f("fk_waiver_supplier")),
        sa.ForeignKeyConstraint(["approver"], ["person.number"], name=op.f("fk_waiver_approver")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_waiver")),
        sa.UniqueConstraint("id", name=op.f("uq_waiver_id")),
    )
    for name in ("issuer", "requirement", "supplier"):
        op.create_index(op.f(f"ix_waiver_{name}"), "waiver", [name], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _wall()


def _wall() -> None:
    for role in ROLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON waiver TO {role}")
        op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
    op.execute("ALTER TABLE waiver ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE waiver FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own ON waiver TO supplychain_user USING (issuer = {ME} OR supplier = {ME})"
        f" WITH CHECK (issuer = {ME})"
    )
    op.execute("CREATE POLICY derive ON waiver TO supplychain_derive USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.drop_table("waiver")
