"""The second wall, on PostgreSQL: with the application's own filters gone, no tenant reads another's rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import ProgrammingError

from supplychain.db import DERIVE_ROLE, USER_ROLE, Base
from tests.factories import building
from tests.tenants import tenant
from tests.world import World

pytestmark = pytest.mark.postgres
SHARED = {
    "organization": "the directory: names and identifiers are a phone book",
    "identifier": "the directory",
    "ownership": "ends, claimant and reviewer see it: a rule over other rows decides",
    "person": "found by address when somebody joins",
    "membership": "who acts for whom is asked before anybody is somebody",
    "invitation": "found by the hash of its token, by a bearer who is nobody yet",
    "conformity": "read through the accessor by every reader, as far as each may see",
    "flag": "read through the accessor by suppliers, brands, trainers and organisers",
    "publication": "which versions are published is asked for every answer; the routes show the rest to its operator",
    "protected_cell": "counts that no company can be read from, asked for by their issuer",
    "regional_index": "counts that no company can be read from",
    "seal_key": "public keys, for everybody",
    "log_head": "revisions, without which nobody could read",
    "outbox_event": "written by every tenant, dispatched by the worker",
    "audit_entry": "written by every tenant, read by whose files were opened",
    "network_log": "no user reads it",
    "level_log": "no user reads it",
}
"""Tables without row-level security, and why."""
RECORDED = {
    "audit_entry": "at",
    "network_log": "recorded_at",
    "level_log": "recorded_at",
    "audit_node": "hash",
    "tree_head": "note",
    "seal_key": "public",
}
"""Tables that are only ever added to, and a column of each."""
UNREAD = {"network_log", "level_log"}
OWNERS = {
    "evidence": "holder",
    "stored_file": "organization",
    "grant": "organization",
    "api_key": "organization",
    "requirement": "issuer",
    "waiver": "issuer",
    "answer": "holder",
    "plan": "holder",
    "plan_review": "reviewer",
    "reply": "issuer",
    "supplier_record": "owner",
    "finding": "reviewer",
    "decision": "holder",
    "organization_fact": "organization",
    "job": "organization",
    "match_event": "organiser",
    "registration": "organiser",
    "import_run": "owner",
    "import_mapping": "owner",
    "questionnaire_draft": "holder",
    "merge": "owner",
    "merge_step": "owner",
    "duplicate": "owner",
    "compared_record": "owner",
    "known_spelling": "owner",
    "level_shift": "owner",
    "what_if": "organization",
    "statement": "holder",
    "notice": "organization",
    "notice_digest": "organization",
    "notice_preference": "organization",
    "reminder_schedule": "issuer",
}
"""Tables of which both tenants of the test own rows, and the column that says whose they are."""


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """SQLite has no second wall."""
    return postgres_url


@pytest.fixture
def postgres(world: World) -> World:
    """Two tenants that have one of everything."""
    with building(world) as build:
        tenant(build, "ours")
        tenant(build, "theirs")
    return world


@contextmanager
def acting(world: World, role: str, organization: int | None = None) -> Iterator[Connection]:
    """A connection that has left every filter of the application behind, but not its role."""
    with world.runtime.database.writer.connect() as connection, connection.begin() as transaction:
        connection.execute(text("SELECT set_config('role', :role, true)"), {"role": role})
        if organization is not None:
            setting = text("SELECT set_config('app.organization', :number, true)")
            connection.execute(setting, {"number": str(organization)})
        yield connection
        transaction.rollback()


@contextmanager
def owning(world: World) -> Iterator[Connection]:
    """A connection of the schema's owner, rolled back."""
    with world.runtime.database.writer.connect() as connection, connection.begin() as transaction:
        connection.execute(text("SET LOCAL ROLE NONE"))
        yield connection
        transaction.rollback()


def count(connection: Connection, table: str, **equal: Any) -> int:
    columns = Base.metadata.tables[table].c
    query = select(func.count()).select_from(Base.metadata.tables[table])
    return connection.scalar(query.where(*(columns[name] == value for name, value in equal.items()))) or 0


def test_every_table_is_behind_the_wall_or_is_said_to_be_shared(postgres: World) -> None:
    with owning(postgres) as connection:
        rows = connection.execute(
            text(
                "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,"
                " ARRAY(SELECT DISTINCT r.rolname::text FROM pg_policy p, unnest(p.polroles) o"
                " JOIN pg_roles r ON r.oid = o WHERE p.polrelid = c.oid)"
                " FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
            )
        ).all()
    walled = {
        name for name, secured, forced, roles in rows if secured and forced and {*roles} == {USER_ROLE, DERIVE_ROLE}
    }
    half_walled = {name for name, secured, forced, _ in rows if (secured or forced) and name not in walled}
    assert half_walled == set()
    assert {name for name, *_ in rows} - walled == {*SHARED, "alembic_version"}
    assert walled == set(Base.metadata.tables) - SHARED.keys()


def test_the_roles_own_nothing_and_can_climb_over_no_wall(postgres: World) -> None:
    with owning(postgres) as connection:
        roles = connection.execute(
            text("SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles"
                 " WHERE rolname = ANY(:names)"),
            {"names": [USER_ROLE, DERIVE_ROLE]},
        ).all()  # fmt: skip
        owned = connection.scalars(
            text("SELECT relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = ANY(:names)"),
            {"names": [USER_ROLE, DERIVE_ROLE]},
        ).all()
        views = connection.scalars(text("SELECT relname FROM pg_class WHERE relkind IN ('v', 'm')"
                                        " AND relnamespace = 'public'::regnamespace")).all()  # fmt: skip
        definers = connection.scalars(text("SELECT proname FROM pg_proc WHERE prosecdef"
                                           " AND pronamespace = 'public'::regnamespace")).all()  # fmt: skip
        climbs = connection.scalar(text("SELECT pg_has_role(:user, :derive, 'MEMBER')"),
                                   {"user": USER_ROLE, "derive": DERIVE_ROLE})  # fmt: skip
    assert {tuple(row) for row in roles} == {
        (name, False, False, False, False, False) for name in (USER_ROLE, DERIVE_ROLE)
    }
    assert owned == []
    assert views == [], "a view runs as its owner and looks over the wall, unless it is security_invoker"
    assert definers == []
    assert climbs is False


def test_every_request_works_in_the_role_of_a_user(postgres: World) -> None:
    for writes in (True, False):
        with postgres.runtime.database.connect(writes=writes) as connection:
            assert connection.scalar(text("SELECT current_user")) == USER_ROLE


def test_the_raw_tables_show_a_tenant_its_own_rows_alone(postgres: World) -> None:
    ours, theirs = (postgres.members[name].number for name in ("ours", "theirs"))
    with acting(postgres, USER_ROLE, ours) as connection:
        seen = {table: count(connection, table, **{column: ours}) for table, column in OWNERS.items()}
        leaked = {table: count(connection, table, **{column: theirs}) for table, column in OWNERS.items()}
    assert min(seen.values()) >= 1, seen
    assert set(leaked.values()) == {0}, leaked


def test_the_raw_tables_show_nothing_when_nobody_is_acting(postgres: World) -> None:
    for organization in (None, 0, 999_999):
        with acting(postgres, USER_ROLE, organization) as connection:
            shown = {table: count(connection, table) for table in OWNERS}
        assert set(shown.values()) == {0}, shown


def test_private_links_are_shown_to_their_owner_alone(postgres: World) -> None:
    ours, theirs = (postgres.members[name].number for name in ("ours", "theirs"))
    with acting(postgres, USER_ROLE, ours) as connection:
        assert count(connection, "supply_link", owner=ours) == 1
        assert count(connection, "supply_link", owner=theirs) == 0


def test_the_logs_are_closed_to_users_and_open_to_the_deriver(postgres: World) -> None:
    ours = postgres.members["ours"].number
    for table in sorted(UNREAD):
        with acting(postgres, DERIVE_ROLE) as connection:
            assert count(connection, table) > 0
        with (
            acting(postgres, USER_ROLE, ours) as connection,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            count(connection, table)


PARTIES = {"organization", "holder", "reviewer", "owner", "issuer", "organiser", "brand", "submitted_by"}


def test_no_tenant_writes_rows_for_another(postgres: World) -> None:
    ours, theirs = (postgres.members[name].number for name in ("ours", "theirs"))
    for table in OWNERS:
        names = [column["name"] for column in inspect(postgres.runtime.database.writer).get_columns(table)]
        forged = dict.fromkeys(PARTIES & {*names}, ":theirs") | {"id": "'x' || substr(id, 2)"}
        forged |= {"prefix": "'forged'"} if "prefix" in names else {}
        kept = [name for name in names if name != "number"]
        columns, values = (", ".join(parts) for parts in zip(*_forged(kept, forged), strict=True))
        insert = text(f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}"')
        refused = pytest.raises(ProgrammingError, match="row-level security")
        with acting(postgres, USER_ROLE, ours) as connection, refused:
            connection.execute(insert, {"theirs": theirs})


def _forged(names: list[str], forged: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name in names:
        yield f'"{name}"', forged.get(name, f'"{name}"')


def test_what_is_recorded_for_ever_is_neither_changed_nor_deleted_by_anybody(postgres: World) -> None:
    for role in (USER_ROLE, DERIVE_ROLE):
        for table, column in RECORDED.items():
            for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}"):
                denied = pytest.raises(ProgrammingError, match="permission denied")
                with acting(postgres, role) as connection, denied:
                    connection.execute(text(statement))


def test_a_tenant_reads_its_own_log_and_writes_in_none(postgres: World) -> None:
    ours, theirs = (postgres.members[name].number for name in ("ours", "theirs"))
    for table in ("audit_node", "tree_head"):
        with acting(postgres, USER_ROLE, ours) as connection:
            assert count(connection, table, organization=ours) == 1
            assert count(connection, table, organization=theirs) == 0
            with pytest.raises(ProgrammingError, match="permission denied"):
                connection.execute(text(f"INSERT INTO {table} SELECT * FROM {table}"))


def test_an_update_of_another_tenants_rows_touches_none(postgres: World) -> None:
    ours, theirs = (postgres.members[name].number for name in ("ours", "theirs"))
    with acting(postgres, USER_ROLE, ours) as connection:
        for table, column in OWNERS.items():
            statement = text(f'UPDATE "{table}" SET "{column}" = "{column}" WHERE "{column}" = :theirs')
            assert connection.execute(statement, {"theirs": theirs}).rowcount == 0
