"""Corrective action plans of suppliers, and what customers and reviewers said of them.

Who else reads a plan follows from the network and is decided by the application, as the deriver.
"""

import sqlalchemy as sa
from alembic import op

import supplychain.db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = supplychain.db.UTCDateTime(timezone=True)
ME = "nullif(current_setting('app.organization', true), '')::bigint"
ROLES = ("supplychain_user", "supplychain_derive")
SEEN = {"plan": f"organization = {ME} OR holder = {ME}", "plan_review": f"holder = {ME} OR reviewer = {ME}"}
WRITTEN = {"plan": f"organization = {ME} OR holder = {ME}", "plan_review": f"reviewer = {ME}"}


def upgrade() -> None:
    op.create_table(
        "plan",
        sa.Column("number", INTEGER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization", INTEGER, nullable=False),
        sa.Column("holder", INTEGER, nullable=False),
        sa.Column("framework", sa.String(length=80), nullable=False),
        sa.Column("pillar", sa.String(length=40), nullable=False),
        sa.Column("level", INTEGER, nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("milestones", sa.JSON(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("reported_at", MOMENT, nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawal", sa.String(length=2000), nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(["organization"], ["organization.number"], name=op.f("fk_plan_organization")),
        sa.ForeignKeyConstraint(["holder"], ["organization.number"], name=op.f("fk_plan_holder")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_plan")),
        sa.UniqueConstraint("id", name=op.f("uq_plan_id")),
    )
    op.create_table(
        "plan_review",
        sa.Column("number", INTEGER, autoincrement=True, nullable=False),
        sa.Column("plan", INTEGER, nullable=False),
        sa.Column("holder", INTEGER, nullable=False),
        sa.Column("reviewer", INTEGER, nullable=False),
        sa.Column("person", INTEGER, nullable=True),
        sa.Column("party", sa.String(length=10), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plan.number"], name=op.f("fk_plan_review_plan")),
        sa.ForeignKeyConstraint(["holder"], ["organization.number"], name=op.f("fk_plan_review_holder")),
        sa.ForeignKeyConstraint(["reviewer"], ["organization.number"], name=op.f("fk_plan_review_reviewer")),
        sa.ForeignKeyConstraint(["person"], ["person.number"], name=op.f("fk_plan_review_person")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_plan_review")),
    )
    for table, names in (("plan", ("organization", "holder")), ("plan_review", ("plan", "holder", "reviewer"))):
        for name in names:
            op.create_index(op.f(f"ix_{table}_{name}"), table, [name], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _wall()


def _wall() -> None:
    for role in ROLES:
        for table in SEEN:
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {role}")
        op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
    for table, seen in SEEN.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON {table} TO supplychain_user USING ({seen}) WITH CHECK ({WRITTEN[table]})")
        op.execute(f"CREATE POLICY derive ON {table} TO supplychain_derive USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.drop_table("plan_review")
    op.drop_table("plan")
