"""The audit trail is sealed: trees over its entries, signed checkpoints, the keys that signed.

Entries that are there already are given a salt and a commitment now; they are sealed as they stand.
"""

import hashlib
import secrets

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ME = "nullif(current_setting('app.organization', true), '')::bigint"
ROLES = ("supplychain_user", "supplychain_derive")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WALLED = ("audit_node", "tree_head")


def upgrade() -> None:
    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.add_column(sa.Column("salt", sa.String(32), nullable=True))
        batch_op.add_column(sa.Column("blind", sa.String(32), nullable=True))
        batch_op.add_column(sa.Column("commitment", sa.String(64), nullable=True))
        batch_op.add_column(sa.Column("leaf", BIG, nullable=True))
        batch_op.add_column(sa.Column("own_leaf", BIG, nullable=True))
    _commit_to_what_is_there()
    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.alter_column("blind", existing_type=sa.String(32), nullable=False)
        batch_op.alter_column("commitment", existing_type=sa.String(64), nullable=False)
        batch_op.create_unique_constraint(op.f("uq_audit_entry_leaf"), ["leaf"])
        batch_op.create_index(op.f("ix_audit_entry_subject"), ["subject"])
    unsealed = sa.text("leaf IS NULL")
    op.create_index(
        "ix_audit_entry_unsealed", "audit_entry", ["number"], sqlite_where=unsealed, postgresql_where=unsealed
    )
    _tables()
    op.execute("INSERT INTO log_head (name, revision) VALUES ('audit', 0) ON CONFLICT DO NOTHING")
    if op.get_bind().dialect.name == "postgresql":
        _wall()


def _commit_to_what_is_there() -> None:
    entry = sa.table(
        "audit_entry", *map(sa.column, ("number", "salt", "blind", "commitment")), sa.column("data", sa.JSON())
    )
    bind, after = op.get_bind(), 0
    while True:
        query = sa.select(entry.c.number, entry.c.data).where(entry.c.number > after).order_by(entry.c.number)
        rows = bind.execute(query.limit(1000)).all()
        if not rows:
            return
        for number, data in rows:
            salt = secrets.token_hex(16)
            told = bytes.fromhex(salt) + orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
            values = {
                "salt": salt,
                "blind": secrets.token_hex(16),
                "commitment": hashlib.sha256(told).hexdigest(),
            }
            bind.execute(sa.update(entry).where(entry.c.number == number).values(**values))
        after = rows[-1].number


def _tables() -> None:
    op.create_table(
        "audit_node",
        sa.Column("organization", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("height", BIG, autoincrement=False, nullable=False),
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("organization", "height", "position", name=op.f("pk_audit_node")),
    )
    op.create_table(
        "tree_head",
        sa.Column("number", BIG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("organization", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", BIG, nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_tree_head")),
        sa.UniqueConstraint("id", name=op.f("uq_tree_head_id")),
        sa.UniqueConstraint("organization", "ordinal", name=op.f("uq_tree_head_organization")),
    )
    op.create_table(
        "seal_key",
        sa.Column("number", BIG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("public", sa.String(44), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("predecessor", sa.String(64), nullable=True),
        sa.Column("introduction", sa.String(88), nullable=True),
        sa.Column("vouched", sa.String(88), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_seal_key")),
        sa.UniqueConstraint("id", name=op.f("uq_seal_key_id")),
    )


def _wall() -> None:
    for table in (*WALLED, "seal_key"):
        op.execute(f"GRANT SELECT ON {table} TO supplychain_user")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO supplychain_derive")
    for role in ROLES:
        op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
    op.execute("GRANT UPDATE (leaf, own_leaf, data, salt) ON audit_entry TO supplychain_derive")
    for table in WALLED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON {table} TO supplychain_user USING (organization = {ME}) WITH CHECK (false)")
        op.execute(f"CREATE POLICY derive ON {table} TO supplychain_derive USING (true) WITH CHECK (true)")


def downgrade() -> None:
    for table in ("seal_key", "tree_head", "audit_node"):
        op.drop_table(table)
    op.drop_index("ix_audit_entry_unsealed", "audit_entry")
    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.drop_index(op.f("ix_audit_entry_subject"))
        batch_op.drop_constraint(op.f("uq_audit_entry_leaf"), type_="unique")
        for column in ("own_leaf", "leaf", "commitment", "blind", "salt"):
            batch_op.drop_column(column)
