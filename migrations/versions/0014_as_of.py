"""What was known when: evidence keeps what it was when received and when it closed; both logs are found by time.

Of rows that are there already the audit trail says when they were accepted on receipt, and when they closed. What
nobody wrote down is taken for less than it may have been: as waiting, self-declared, or never counted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LOGS = ("network_log", "level_log")
KNOWN = """
UPDATE evidence SET
 received_state = CASE WHEN reviewed_at = received_at OR (state = 'accepted' AND reviewed_at IS NULL) OR EXISTS (
   SELECT 1 FROM audit_entry a
   WHERE a.subject = evidence.id AND a.action = 'evidence.accepted' AND a.at = evidence.received_at
  ) THEN 'accepted' ELSE 'submitted' END,
 received_trust = CASE WHEN state = 'accepted' AND reviewed_at <> received_at THEN 'self_declared' ELSE trust END,
 closed_at = CASE WHEN state IN ('withdrawn', 'superseded') THEN coalesce((
   SELECT max(a.at) FROM audit_entry a
   WHERE a.subject = evidence.id AND a.action IN ('evidence.withdrawn', 'evidence.superseded')
  ), received_at) END
"""


def upgrade() -> None:
    with op.batch_alter_table("evidence") as batch_op:
        batch_op.add_column(sa.Column("received_state", sa.String(12), nullable=True))
        batch_op.add_column(sa.Column("received_trust", sa.String(15), nullable=True))
        batch_op.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    # On PostgreSQL even the owner of the tables sees only the rows that a policy shows it.
    walled = op.get_bind().dialect.name == "postgresql"
    if walled:
        op.execute("SET LOCAL ROLE supplychain_derive")
    op.execute(KNOWN)
    if walled:
        op.execute("SET LOCAL ROLE NONE")
    with op.batch_alter_table("evidence") as batch_op:
        batch_op.alter_column("received_state", existing_type=sa.String(12), nullable=False)
        batch_op.alter_column("received_trust", existing_type=sa.String(15), nullable=False)
    for log in LOGS:
        op.create_index(f"ix_{log}_recorded_at", log, ["recorded_at", "revision"])


def downgrade() -> None:
    for log in LOGS:
        op.drop_index(f"ix_{log}_recorded_at", log)
    with op.batch_alter_table("evidence") as batch_op:
        for column in ("closed_at", "received_trust", "received_state"):
            batch_op.drop_column(column)
