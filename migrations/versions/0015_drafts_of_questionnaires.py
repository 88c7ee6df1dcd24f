"""Forms that are not sent yet."""

import sqlalchemy as sa
from alembic import op

import supplychain.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ME = "nullif(current_setting('app.organization', true), '')::bigint"
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "questionnaire_draft",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("holder", NUMBER, nullable=False),
        sa.Column("organization", NUMBER, nullable=False),
        sa.Column("framework", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", supplychain.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", supplychain.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["holder"], ["organization.number"], name=op.f("fk_questionnaire_draft_holder")),
        sa.ForeignKeyConstraint(
            ["organization"], ["organization.number"], name=op.f("fk_questionnaire_draft_organization")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_questionnaire_draft")),
        sa.UniqueConstraint("id", name=op.f("uq_questionnaire_draft_id")),
    )
    op.create_index(op.f("ix_questionnaire_draft_holder"), "questionnaire_draft", ["holder"])
    if op.get_bind().dialect.name == "postgresql":
        for role in ("supplychain_user", "supplychain_derive"):
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON questionnaire_draft TO {role}")
            op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        op.execute("ALTER TABLE questionnaire_draft ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE questionnaire_draft FORCE ROW LEVEL SECURITY")
        own = f"USING (holder = {ME}) WITH CHECK (holder = {ME})"
        op.execute(f"CREATE POLICY own ON questionnaire_draft TO supplychain_user {own}")
        op.execute("CREATE POLICY derive ON questionnaire_draft TO supplychain_derive USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.drop_table("questionnaire_draft")
