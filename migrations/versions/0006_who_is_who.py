"""Merges with a journal of what they moved, likely duplicates, and spellings a sender knows."""

import sqlalchemy as sa
from alembic import op

import supplychain.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = supplychain.db.UTCDateTime(timezone=True)
ME = "nullif(current_setting('app.organization', true), '')::bigint"
OWNED = ("merge", "merge_step", "duplicate", "compared_record", "known_spelling")
ROLES = ("supplychain_user", "supplychain_derive")


def upgrade() -> None:
    # Not in batch: SQLite would make the table anew, which the rows that refer to it do not allow.
    op.add_column("organization", sa.Column("merged_into", INTEGER, nullable=True))
    op.create_index(op.f("ix_organization_merged_into"), "organization", ["merged_into"], unique=False)
    op.create_table(
        "merge",
        sa.Column("number", INTEGER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("owner", INTEGER, nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("source", INTEGER, nullable=False),
        sa.Column("target", INTEGER, nullable=False),
        sa.Column("people", sa.String(length=10), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("merged_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["organization.number"], name=op.f("fk_merge_owner")),
        sa.ForeignKeyConstraint(["source"], ["organization.number"], name=op.f("fk_merge_source")),
        sa.ForeignKeyConstraint(["target"], ["organization.number"], name=op.f("fk_merge_target")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_merge")),
        sa.UniqueConstraint("id", name=op.f("uq_merge_id")),
    )
    op.create_index("ix_merge_owner", "merge", ["owner", "source"], unique=False)
    op.create_table(
        "merge_step",
        sa.Column("merge", INTEGER, nullable=False),
        sa.Column("position", INTEGER, nullable=False),
        sa.Column("owner", INTEGER, nullable=False),
        sa.Column("table", sa.String(length=40), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.Column("column", sa.String(length=40), nullable=True),
        sa.Column("old", sa.JSON(), nullable=False),
        sa.Column("new", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["merge"], ["merge.number"], name=op.f("fk_merge_step_merge")),
        sa.ForeignKeyConstraint(["owner"], ["organization.number"], name=op.f("fk_merge_step_owner")),
        sa.PrimaryKeyConstraint("merge", "position", name=op.f("pk_merge_step")),
    )
    op.create_table(
        "duplicate",
        sa.Column("number", INTEGER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("owner", INTEGER, nullable=False),
        sa.Column("first", INTEGER, nullable=True),
        sa.Column("second", INTEGER, nullable=True),
        sa.Column("said_first", sa.String(), nullable=False),
        sa.Column("said_second", sa.String(), nullable=False),
        sa.Column("distance", INTEGER, nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("merge", INTEGER, nullable=True),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["first"], ["supplier_record.number"], name=op.f("fk_duplicate_first"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["merge"], ["merge.number"], name=op.f("fk_duplicate_merge")),
        sa.ForeignKeyConstraint(["owner"], ["organization.number"], name=op.f("fk_duplicate_owner")),
        sa.ForeignKeyConstraint(
            ["second"], ["supplier_record.number"], name=op.f("fk_duplicate_second"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_duplicate")),
        sa.UniqueConstraint("id", name=op.f("uq_duplicate_id")),
        sa.UniqueConstraint("owner", "first", "second", name=op.f("uq_duplicate_owner")),
    )
    op.create_index("ix_duplicate_order", "duplicate", ["owner", "state", "distance", "id"], unique=False)
    op.create_index(op.f("ix_duplicate_first"), "duplicate", ["first"], unique=False)
    op.create_index(op.f("ix_duplicate_second"), "duplicate", ["second"], unique=False)
    op.create_table(
        "compared_record",
        sa.Column("record", INTEGER, autoincrement=False, nullable=False),
        sa.Column("owner", INTEGER, nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record"], ["supplier_record.number"], name=op.f("fk_compared_record_record"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner"], ["organization.number"], name=op.f("fk_compared_record_owner")),
        sa.PrimaryKeyConstraint("record", name=op.f("pk_compared_record")),
    )
    op.create_index(op.f("ix_compared_record_owner"), "compared_record", ["owner"], unique=False)
    op.create_table(
        "known_spelling",
        sa.Column("number", INTEGER, autoincrement=True, nullable=False),
        sa.Column("owner", INTEGER, nullable=False),
        sa.Column("spelling", sa.String(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("organization", INTEGER, nullable=False),
        sa.Column("merge", INTEGER, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["merge"], ["merge.number"], name=op.f("fk_known_spelling_merge")),
        sa.ForeignKeyConstraint(["organization"], ["organization.number"], name=op.f("fk_known_spelling_organization")),
        sa.ForeignKeyConstraint(["owner"], ["organization.number"], name=op.f("fk_known_spelling_owner")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_known_spelling")),
        sa.UniqueConstraint("owner", "spelling", "country", name=op.f("uq_known_spelling_owner")),
    )
    if op.get_bind().dialect.name == "postgresql":
        _wall()


def _wall() -> None:
    for table in OWNED:
        for role in ROLES:
            op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {role}')
            op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY own ON "{table}" TO supplychain_user USING (owner = {ME}) WITH CHECK (owner = {ME})')
        op.execute(f'CREATE POLICY derive ON "{table}" TO supplychain_derive USING (true) WITH CHECK (true)')


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)
    op.drop_index(op.f("ix_organization_merged_into"), "organization")
    op.drop_column("organization", "merged_into")
