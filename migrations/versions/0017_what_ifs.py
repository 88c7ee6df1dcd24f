"""What-ifs that somebody asked to keep, to be held against what really happens."""

import sqlalchemy as sa
from alembic import op

import supplychain.db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = supplychain.db.UTCDateTime(timezone=True)
ME = "nullif(current_setting('app.organization', true), '')::bigint"
ROLES = ("supplychain_user", "supplychain_derive")


def upgrade() -> None:
    op.create_table(
        "what_if",
        sa.Column("number", INTEGER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization", INTEGER, nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("looked_at", sa.Date(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("foreseen", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["organization"], ["organization.number"], name=op.f("fk_what_if_organization")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_what_if")),
        sa.UniqueConstraint("id", name=op.f("uq_what_if_id")),
    )
    op.create_index(op.f("ix_what_if_organization"), "what_if", ["organization"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _wall()


def _wall() -> None:
    for role in ROLES:
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "what_if" TO {role}')
        op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
    op.execute("ALTER TABLE what_if ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE what_if FORCE ROW LEVEL SECURITY")
    own = f"organization = {ME}"
    op.execute(f"CREATE POLICY own ON what_if TO supplychain_user USING ({own}) WITH CHECK ({own})")
    op.execute("CREATE POLICY derive ON what_if TO supplychain_derive USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.drop_table("what_if")
