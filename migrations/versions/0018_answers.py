"""Answers of suppliers to what is asked of them, and what was answered back; only ever added to.

An issuer reads an answer that it may hear, under whatever name; one that was given unseen is the supplier's alone.
"""

import sqlalchemy as sa
from alembic import op

import supplychain.db

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = supplychain.db.UTCDateTime(timezone=True)
ME = "nullif(current_setting('app.organization', true), '')::bigint"
ROLES = ("supplychain_user", "supplychain_derive")
OWN = f"supplier = {ME} OR holder = {ME}"
SEEN = {"answer": f"{OWN} OR (issuer = {ME} AND veiled IS NOT NULL)", "reply": f"{OWN} OR issuer = {ME}"}
WRITER = {"answer": "holder", "reply": "issuer"}


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("number", INTEGER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        *(sa.Column(name, INTEGER, nullable=False) for name in ("issuer", "requirement", "supplier", "holder")),
        sa.Column("person", INTEGER, nullable=True),
        sa.Column("veiled", sa.Boolean(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        *_parties("answer"),
        sa.ForeignKeyConstraint(["requirement"], ["requirement.number"], name=op.f("fk_answer_requirement")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_answer")),
        sa.UniqueConstraint("id", name=op.f("uq_answer_id")),
    )
    op.create_table(
        "reply",
        sa.Column("number", INTEGER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        *(sa.Column(name, INTEGER, nullable=False) for name in ("answer", "issuer", "supplier", "holder")),
        sa.Column("person", INTEGER, nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("waiver", INTEGER, nullable=True),
        sa.Column("replied_on", sa.Date(), nullable=False),
        sa.Column("replied_at", MOMENT, nullable=False),
        *_parties("reply"),
        sa.ForeignKeyConstraint(["answer"], ["answer.number"], name=op.f("fk_reply_answer")),
        sa.ForeignKeyConstraint(["waiver"], ["waiver.number"], name=op.f("fk_reply_waiver")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_reply")),
        sa.UniqueConstraint("id", name=op.f("uq_reply_id")),
    )
    for table, names in (("answer", ("requirement",)), ("reply", ("answer",))):
        for name in (*names, "issuer", "supplier", "holder"):
            op.create_index(op.f(f"ix_{table}_{name}"), table, [name], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _wall()


def _parties(table: str) -> list[sa.ForeignKeyConstraint]:
    parties = {"issuer": "organization", "supplier": "organization", "holder": "organization", "person": "person"}
    return [
        sa.ForeignKeyConstraint([name], [f"{refers}.number"], name=op.f(f"fk_{table}_{name}"))
        for name, refers in parties.items()
    ]


def _wall() -> None:
    for role in ROLES:
        for table in SEEN:
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {role}")
        op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
    for table, seen in SEEN.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own ON {table} TO supplychain_user USING ({seen}) WITH CHECK ({WRITER[table]} = {ME})"
        )
        op.execute(f"CREATE POLICY derive ON {table} TO supplychain_derive USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.drop_table("reply")
    op.drop_table("answer")
