"""Framework versions are published by two persons, who see first whose levels change."""

import sqlalchemy as sa
from alembic import op

import supplychain.db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = supplychain.db.UTCDateTime(timezone=True)
ME = "nullif(current_setting('app.organization', true), '')::bigint"
ROLES = ("supplychain_user", "supplychain_derive")


def upgrade() -> None:
    op.create_table(
        "publication",
        sa.Column("number", INTEGER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization", INTEGER, nullable=True),
        sa.Column("framework", sa.String(length=80), nullable=False),
        sa.Column("holds", sa.String(length=80), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("proposer", INTEGER, nullable=True),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("preview", sa.BigInteger(), nullable=True),
        sa.Column("against", sa.String(length=80), nullable=True),
        sa.Column("decision", sa.String(length=2000), nullable=True),
        sa.Column("decider", INTEGER, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(["organization"], ["organization.number"], name=op.f("fk_publication_organization")),
        sa.ForeignKeyConstraint(["proposer"], ["person.number"], name=op.f("fk_publication_proposer")),
        sa.ForeignKeyConstraint(["decider"], ["person.number"], name=op.f("fk_publication_decider")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_publication")),
        sa.UniqueConstraint("id", name=op.f("uq_publication_id")),
        sa.UniqueConstraint("holds", name=op.f("uq_publication_holds")),
    )
    op.create_index(op.f("ix_publication_organization"), "publication", ["organization"], unique=False)
    op.create_table(
        "level_shift",
        sa.Column("publication", INTEGER, nullable=False),
        sa.Column("organization", INTEGER, nullable=False),
        sa.Column("pillar", sa.String(length=40), nullable=False),
        sa.Column("owner", INTEGER, nullable=False),
        sa.Column("before", INTEGER, nullable=True),
        sa.Column("after", INTEGER, nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("region", sa.String(length=80), nullable=True),
        sa.Column("sector", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["publication"], ["publication.number"], name=op.f("fk_level_shift_publication")),
        sa.ForeignKeyConstraint(["organization"], ["organization.number"], name=op.f("fk_level_shift_organization")),
        sa.ForeignKeyConstraint(["owner"], ["organization.number"], name=op.f("fk_level_shift_owner")),
        sa.PrimaryKeyConstraint("publication", "organization", "pillar", name=op.f("pk_level_shift")),
    )
    op.create_index(op.f("ix_level_shift_owner"), "level_shift", ["owner"], unique=False)
    op.create_index(op.f("ix_level_shift_organization"), "level_shift", ["organization"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _wall()


def _wall() -> None:
    for role in ROLES:
        for table in ("publication", "level_shift"):
            op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {role}')
        op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
    op.execute("ALTER TABLE level_shift ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE level_shift FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own ON level_shift TO supplychain_user USING (owner = {ME}) WITH CHECK (owner = {ME})")
    op.execute("CREATE POLICY derive ON level_shift TO supplychain_derive USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.drop_table("level_shift")
    op.drop_table("publication")
