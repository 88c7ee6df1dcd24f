"""What an organization did itself is found as quickly as what was done about it."""

from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_audit_entry_actor_organization"), "audit_entry", ["actor_organization"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_audit_entry_actor_organization"), "audit_entry")
