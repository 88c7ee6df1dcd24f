"""What an organization did itself is found as quickly as what was done about it; and what was erased is marked."""

import sqlalchemy as sa
from alembic import op

import supplychain.db

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = supplychain.db.UTCDateTime(timezone=True)
ERASABLE = ("evidence", "stored_file", "person")


def upgrade() -> None:
    op.create_index(op.f("ix_audit_entry_actor_organization"), "audit_entry", ["actor_organization"], unique=False)
    for table in ERASABLE:
        op.add_column(table, sa.Column("erased_at", MOMENT, nullable=True))


def downgrade() -> None:
    for table in ERASABLE:
        op.drop_column(table, "erased_at")
    op.drop_index(op.f("ix_audit_entry_actor_organization"), "audit_entry")
