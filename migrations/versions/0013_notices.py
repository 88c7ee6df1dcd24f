"""Notices: what an organization's people should know, and the digests that tell them."""

import sqlalchemy as sa
from alembic import op

import supplychain.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = supplychain.db.UTCDateTime(timezone=True)
ME = "nullif(current_setting('app.organization', true), '')::bigint"
ROLES = ("supplychain_user", "supplychain_derive")
OWNERS = {
    "notice": "organization",
    "notice_digest": "organization",
    "notice_preference": "organization",
    "reminder_schedule": "issuer",
}


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("number", INTEGER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization", INTEGER, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["organization"], ["organization.number"], name=op.f("fk_notice_organization")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_notice")),
        sa.UniqueConstraint("id", name=op.f("uq_notice_id")),
        sa.UniqueConstraint("organization", "key", name=op.f("uq_notice_organization")),
    )
    op.create_table(
        "notice_digest",
        sa.Column("number", INTEGER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person", INTEGER, nullable=False),
        sa.Column("organization", INTEGER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("upto", INTEGER, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.number"], name=op.f("fk_notice_digest_person")),
        sa.ForeignKeyConstraint(["organization"], ["organization.number"], name=op.f("fk_notice_digest_organization")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_notice_digest")),
        sa.UniqueConstraint("id", name=op.f("uq_notice_digest_id")),
        sa.UniqueConstraint("person", "organization", "day", name=op.f("uq_notice_digest_person")),
    )
    op.create_index(op.f("ix_notice_digest_organization"), "notice_digest", ["organization"], unique=False)
    op.create_table(
        "notice_preference",
        sa.Column("person", INTEGER, nullable=False),
        sa.Column("organization", INTEGER, nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=False),
        sa.Column("without", sa.JSON(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.number"], name=op.f("fk_notice_preference_person")),
        sa.ForeignKeyConstraint(
            ["organization"], ["organization.number"], name=op.f("fk_notice_preference_organization")
        ),
        sa.PrimaryKeyConstraint("person", "organization", name=op.f("pk_notice_preference")),
    )
    op.create_index(op.f("ix_notice_preference_organization"), "notice_preference", ["organization"], unique=False)
    op.create_table(
        "reminder_schedule",
        sa.Column("requirement", INTEGER, nullable=False),
        sa.Column("issuer", INTEGER, nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["requirement"], ["requirement.number"], name=op.f("fk_reminder_schedule_requirement")),
        sa.ForeignKeyConstraint(["issuer"], ["organization.number"], name=op.f("fk_reminder_schedule_issuer")),
        sa.PrimaryKeyConstraint("requirement", name=op.f("pk_reminder_schedule")),
    )
    op.create_index(op.f("ix_reminder_schedule_issuer"), "reminder_schedule", ["issuer"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _wall()


def _wall() -> None:
    for table, owner in OWNERS.items():
        for role in ROLES:
            op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {role}')
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own ON {table} TO supplychain_user USING ({owner} = {ME}) WITH CHECK ({owner} = {ME})"
        )
        op.execute(f"CREATE POLICY derive ON {table} TO supplychain_derive USING (true) WITH CHECK (true)")
    for role in ROLES:
        op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")


def downgrade() -> None:
    for table in reversed(OWNERS):
        op.drop_table(table)
