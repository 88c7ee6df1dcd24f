"""Statements that suppliers and brands had issued.

Whoever shows a token is told what it vouches for by the application, as the deriver.
"""

import sqlalchemy as sa
from alembic import op

import supplychain.db

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = supplychain.db.UTCDateTime(timezone=True)
ROLES = ("supplychain_user", "supplychain_derive")
OWN = "holder = nullif(current_setting('app.organization', true), '')::bigint"


def upgrade() -> None:
    op.create_table(
        "statement",
        sa.Column("number", INTEGER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("holder", INTEGER, nullable=False),
        sa.Column("organization", INTEGER, nullable=False),
        sa.Column("person", INTEGER, nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("looked_at", sa.Date(), nullable=False),
        sa.Column("known", sa.Date(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", INTEGER, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("proof", sa.Boolean(), nullable=False),
        sa.Column("network_revision", INTEGER, nullable=False),
        sa.Column("level_revision", INTEGER, nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("withdrawal", sa.String(length=2000), nullable=True),
        sa.ForeignKeyConstraint(["holder"], ["organization.number"], name=op.f("fk_statement_holder")),
        sa.ForeignKeyConstraint(["organization"], ["organization.number"], name=op.f("fk_statement_organization")),
        sa.ForeignKeyConstraint(["person"], ["person.number"], name=op.f("fk_statement_person")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_statement")),
        sa.UniqueConstraint("id", name=op.f("uq_statement_id")),
        sa.UniqueConstraint("token", name=op.f("uq_statement_token")),
    )
    op.create_index(op.f("ix_statement_holder"), "statement", ["holder"], unique=False)
    op.create_index(op.f("ix_statement_organization"), "statement", ["organization"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _wall()


def _wall() -> None:
    for role in ROLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON statement TO {role}")
        op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
    op.execute("ALTER TABLE statement ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE statement FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own ON statement TO supplychain_user USING ({OWN}) WITH CHECK ({OWN})")
    op.execute("CREATE POLICY derive ON statement TO supplychain_derive USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.drop_table("statement")
