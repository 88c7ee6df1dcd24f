"""Facts that an organization states of itself, and which of them a reviewer confirmed.

Whoever owns a plant, and whoever reviews an organization or an owner of it, sees its facts too.
"""

import sqlalchemy as sa
from alembic import op

import supplychain.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = supplychain.db.UTCDateTime(timezone=True)
ME = "nullif(current_setting('app.organization', true), '')::bigint"
REVIEWED = (
    "EXISTS (WITH RECURSIVE line(number) AS (SELECT organization_fact.organization"
    " UNION SELECT w.parent FROM ownership w JOIN line ON w.child = line.number)"
    " SELECT 1 FROM line JOIN organization o ON o.number = line.number"
    f" WHERE o.evidence_reviewer = {ME} OR o.claim_reviewer = {ME})"
)
SEEN = f"organization = {ME} OR holder = {ME} OR {REVIEWED}"
ROLES = ("supplychain_user", "supplychain_derive")


def upgrade() -> None:
    # Not in batch: SQLite would make the table anew, which the rows that refer to it do not allow.
    op.add_column("organization", sa.Column("verified_facts", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "organization_fact",
        sa.Column("number", INTEGER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization", INTEGER, nullable=False),
        sa.Column("holder", INTEGER, nullable=False),
        sa.Column("fact", sa.String(length=40), nullable=False),
        sa.Column("year", INTEGER, nullable=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("document", INTEGER, nullable=True),
        sa.Column("stated_at", MOMENT, nullable=False),
        sa.Column("reviewer", INTEGER, nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        *(
            sa.ForeignKeyConstraint([name], ["organization.number"], name=op.f(f"fk_organization_fact_{name}"))
            for name in ("organization", "holder", "reviewer")
        ),
        sa.ForeignKeyConstraint(["document"], ["evidence.number"], name=op.f("fk_organization_fact_document")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_organization_fact")),
        sa.UniqueConstraint("id", name=op.f("uq_organization_fact_id")),
    )
    op.create_index("ix_organization_fact_standing", "organization_fact", ["organization", "fact", "year"])
    for name in ("holder", "reviewer"):
        op.create_index(op.f(f"ix_organization_fact_{name}"), "organization_fact", [name])
    if op.get_bind().dialect.name != "postgresql":
        return
    for role in ROLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON organization_fact TO {role}")
        op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
    op.execute("ALTER TABLE organization_fact ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE organization_fact FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own ON organization_fact TO supplychain_user USING ({SEEN})"
        f" WITH CHECK (organization = {ME} OR holder = {ME})"
    )
    op.execute("CREATE POLICY derive ON organization_fact TO supplychain_derive USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.drop_table("organization_fact")
    op.drop_column("organization", "verified_facts")
