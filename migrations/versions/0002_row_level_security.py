"""Row-level security on what one tenant owns, and the two roles.

``supplychain_user`` works under it; ``supplychain_derive`` sees every tenant's facts, since a
level follows from every brand's requirements. Neither owns anything. PostgreSQL only.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ME = "nullif(current_setting('app.organization', true), '')::bigint"
KEY = "nullif(current_setting('app.key', true), '')"
GRANTED = (
    "state = 'accepted' AND EXISTS (SELECT 1 FROM \"grant\" g WHERE g.organization = evidence.holder"
    f" AND g.brand = {ME} AND g.revoked_at IS NULL)"
)
# Nobody reviewed it yet: it is in the queue of whoever its organization, or else its holder, chose.
IN_QUEUE = (
    "reviewer IS NULL AND coalesce("
    "(SELECT o.evidence_reviewer FROM organization o WHERE o.number = evidence.organization),"
    f" (SELECT o.evidence_reviewer FROM organization o WHERE o.number = evidence.holder)) = {ME}"
)
HOLDER_OR_REVIEWER = f"holder = {ME} OR reviewer = {ME}"
TAKES_PART = f"EXISTS (SELECT 1 FROM registration r WHERE r.event = match_event.number AND r.organization = {ME})"
# table: (whose rows are seen, whose rows may be written)
POLICIES = {
    "evidence": (
        f"holder = {ME} OR organization = {ME} OR reviewer = {ME} OR ({IN_QUEUE}) OR ({GRANTED})",
        f"holder = {ME} OR reviewer = {ME}",
    ),
    "stored_file": (
        f"organization = {ME} OR EXISTS (SELECT 1 FROM evidence e WHERE e.number = stored_file.evidence)",
        f"organization = {ME} OR EXISTS (SELECT 1 FROM evidence e"
        f" WHERE e.number = stored_file.evidence AND e.reviewer = {ME})",
    ),
    "grant": (f"organization = {ME} OR brand = {ME}", f"organization = {ME}"),
    "api_key": (f"organization = {ME} OR prefix = {KEY}", f"organization = {ME}"),
    "requirement": (f"issuer = {ME}", f"issuer = {ME}"),
    "supplier_record": (f"owner = {ME}", f"owner = {ME}"),
    "supply_link": (f"owner = 0 OR owner = {ME}", f"owner = 0 OR owner = {ME}"),
    "finding": (f"organization = {ME} OR {HOLDER_OR_REVIEWER}", f"organization = {ME} OR {HOLDER_OR_REVIEWER}"),
    "decision": (f"organization = {ME} OR {HOLDER_OR_REVIEWER}", f"reviewer = {ME}"),
    "idempotency_key": (f"organization = coalesce({ME}, 0)", f"organization = coalesce({ME}, 0)"),
    "job": (f"organization = {ME}", f"organization = {ME}"),
    "match_event": (f"organiser = {ME} OR open OR {TAKES_PART}", f"organiser = {ME}"),
    "registration": (f"organiser = {ME} OR organization = {ME}", f"organiser = {ME} OR organization = {ME}"),
    "import_run": (f"owner = {ME}", f"owner = {ME}"),
    "import_chunk": (f"owner = {ME}", f"owner = {ME}"),
    "import_result": (f"owner = {ME}", f"owner = {ME}"),
}
APPEND_ONLY = ("audit_entry", "network_log", "level_log")
UNREAD_BY_USERS = ("network_log", "level_log")
ROLES = ("supplychain_user", "supplychain_derive")


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for role in ROLES:
        op.execute(
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN;"
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        op.execute(f"GRANT {role} TO CURRENT_USER")
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        op.execute(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}")
        for table in APPEND_ONLY:
            op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {role}")
    for table in UNREAD_BY_USERS:
        op.execute(f"REVOKE ALL ON {table} FROM supplychain_user")
    op.execute("REVOKE INSERT, UPDATE, DELETE ON log_head FROM supplychain_user")
    for table, (seen, written) in POLICIES.items():
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY own ON "{table}" TO supplychain_user USING ({seen}) WITH CHECK ({written})')
        op.execute(f'CREATE POLICY derive ON "{table}" TO supplychain_derive USING (true) WITH CHECK (true)')


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in POLICIES:
        op.execute(f'DROP POLICY own ON "{table}"')
        op.execute(f'DROP POLICY derive ON "{table}"')
        op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    for role in ROLES:
        op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        op.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}")
        op.execute(f"REVOKE ALL ON SCHEMA public FROM {role}")
