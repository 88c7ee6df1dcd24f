"""When the opening and the closing of a flag were recorded, for answers by what was known on a past day.

Of flags that are there already the audit trail says it; where it does not, the beginning of the day is taken.
"""

import sqlalchemy as sa
from alembic import op

import supplychain.db

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = supplychain.db.UTCDateTime(timezone=True)
ENDS = {"opened": "true", "closed": "closed_on IS NOT NULL"}
MIDNIGHT = {"postgresql": "({day}::timestamp AT TIME ZONE 'UTC')", "sqlite": "({day} || ' 00:00:00.000000')"}


def upgrade() -> None:
    with op.batch_alter_table("flag") as batch_op:
        for end in ENDS:
            batch_op.add_column(sa.Column(f"{end}_at", MOMENT, nullable=True))
    dialect = op.get_bind().dialect.name
    # On PostgreSQL even the owner of the tables sees only the rows that a policy shows it.
    walled = dialect == "postgresql"
    if walled:
        op.execute("SET LOCAL ROLE supplychain_derive")
    for end, there in ENDS.items():
        midnight = MIDNIGHT[dialect].format(day=f"{end}_on")
        op.execute(f"""
            UPDATE flag SET {end}_at = coalesce((
              SELECT max(a.at) FROM audit_entry a WHERE a.subject = flag.id AND a.action = 'flag.{end}'
            ), {midnight}) WHERE {there}
        """)
    if walled:
        op.execute("SET LOCAL ROLE NONE")
    with op.batch_alter_table("flag") as batch_op:
        batch_op.alter_column("opened_at", existing_type=MOMENT, nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("flag") as batch_op:
        for end in ENDS:
            batch_op.drop_column(f"{end}_at")
