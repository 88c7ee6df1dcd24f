"""Migrations: one line of numbered files that make exactly the tables of the code, up and down, with rows."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text

from supplychain import migrate
from supplychain.db import Base, Database
from supplychain.wiring import load_models
from tests import postgres
from tests.conftest import is_postgres
from tests.factories import ELECTRONICS, building, printed
from tests.reviewing import submit
from tests.test_moments import DAY, RSPO, decide
from tests.world import START, World

VERSIONS = migrate.FOLDER / "versions"
BEFORE = "0001"
"""A revision to go back to that keeps the rows."""


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without anything in it."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield database
        database.dispose()
        return
    url = postgres.create_database()
    database = Database(url.render_as_string(hide_password=False), pool_size=2)
    yield database
    database.dispose()
    postgres.drop_database(url)


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(migrate.FOLDER))
    return ScriptDirectory.from_config(config)


def differences(connection: Connection) -> list[Any]:
    load_models()
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, Base.metadata))


def test_the_files_are_numbered_one_after_the_other_and_end_in_one_head() -> None:
    files = sorted(path.name for path in VERSIONS.glob("*.py"))
    assert [int(re.match(r"(\d{4})_[a-z0-9_]+\.py$", name)[1]) for name in files] == list(range(1, len(files) + 1))  # type: ignore[index] # a file that is not numbered fails here too
    revisions = list(scripts().walk_revisions())
    assert scripts().get_heads() == [migrate.head()] == [files[-1][:4]]
    assert [one.revision for one in reversed(revisions)] == [name[:4] for name in files]
    assert [one.down_revision for one in reversed(revisions)] == [None, *(name[:4] for name in files[:-1])]


def test_migrations_make_the_tables_of_the_code(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.owner() as connection:
        assert differences(connection) == []
    migrate.check(empty)


def test_a_difference_would_be_seen(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.owner() as connection:
        connection.execute(text("ALTER TABLE job ADD COLUMN odd INTEGER"))
        connection.execute(text("CREATE TABLE odd (number INTEGER)"))
        assert sorted(one[0] for one in differences(connection)) == ["remove_column", "remove_table"]


def test_to_upgrade_twice_does_nothing_the_second_time(empty: Database) -> None:
    for _ in range(2):
        migrate.upgrade(empty)
        assert migrate.current(empty) == migrate.head()


def test_down_to_nothing_leaves_nothing_and_up_again_works(empty: Database) -> None:
    assert migrate.current(empty) is None
    for _ in range(2):
        migrate.upgrade(empty)
        migrate.downgrade(empty, "base")
        with empty.owner() as connection:
            assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(empty)
    with empty.owner() as connection:
        assert differences(connection) == []


Rows = dict[str, list[dict[str, str]]]


def rows(database: Database) -> Rows:
    """Every row of every table of the code that the database has, as the owner of the schema reads it."""
    with database.owner() as connection:
        inspector = inspect(connection)
        there = {name: {one["name"] for one in inspector.get_columns(name)} for name in inspector.get_table_names()}
        return {
            table.name: _sorted(
                {name: repr(value) for name, value in row._mapping.items()}
                for row in connection.execute(
                    select(*(column for column in table.c if column.name in there[table.name]))
                )
            )
            for table in Base.metadata.sorted_tables
            if table.name in there
        }


def as_before(found: Rows, later: Rows) -> Rows:
    """Of rows of a later schema those tables and columns that an earlier one has too."""
    return {
        table: _sorted({name: row[name] for name in of_earlier[0]} for row in later[table]) if of_earlier else []
        for table, of_earlier in found.items()
    }


DRAWN = {"salt", "blind", "commitment"}
"""What a migration draws at random for the audit entries that are there."""


def without_drawn(found: Rows) -> Rows:
    entries = ({name: value for name, value in row.items() if name not in DRAWN} for row in found["audit_entry"])
    return {**found, "audit_entry": _sorted(entries)}


def _sorted(found: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(found, key=lambda row: sorted(row.items()))


def inhabited(world: World) -> None:
    """Rows of every kind that a first day brings."""
    with building(world) as build:
        build.member("brand", "brand")
        build.member("mill", "supplier", "reviewer")
        build.chain("brand > mill > spinner", "8504")
        build.own("mill", "plant")
        build.record("brand", "mill")
        build.require("brand", [2, 1], framework=ELECTRONICS)
        build.prove("mill", 1, ELECTRONICS)
        build.find_fault("mill", "mill", "O07", ELECTRONICS)
        build.grant("mill", "brand")
        event = build.event("brand")
        build.register(event, "mill")
        build.register(event, "buyer", demand={})


def test_a_migration_down_and_up_again_keeps_every_row(world: World) -> None:
    inhabited(world)
    database = world.runtime.database
    before = rows(database)
    assert sum(map(len, before.values())) > 60
    database.dispose()
    migrate.downgrade(database, BEFORE)
    assert migrate.current(database) == BEFORE
    earlier = rows(database)
    assert sum(map(len, earlier.values())) > 60
    assert earlier == as_before(earlier, before)
    database.dispose()
    migrate.upgrade(database)
    database.dispose()
    assert migrate.current(database) == migrate.head()
    kept = {table: found if table in earlier else [] for table, found in before.items()}
    assert without_drawn(rows(database)) == without_drawn(kept)
    answer = world.members["brand"].get("/v1/suppliers")
    assert [item["id"] for item in answer.json["items"]] == ["org_mill", "org_spinner"]


def test_rows_are_no_reason_not_to_go_down_to_nothing_and_come_back(world: World) -> None:
    inhabited(world)
    database = world.runtime.database
    migrate.downgrade(database, "base")
    migrate.upgrade(database)
    emptied = {name: found for name, found in rows(database).items() if found}
    assert set(emptied) == {"log_head"}
    if is_postgres(world.runtime.settings.database_url):
        database.dispose()
        assert world.app.test_client().get("/readyz").status_code == 200


def past(world: World, *days: date) -> dict[tuple[str, str], bytes]:
    """What a brand and its supplier are told of some days, by what was known on each and on those after it."""
    moments = [f"on={on}&known={known}" for on in days for known in days if known >= on]
    paths = {"brand": ("/v1/suppliers", "/v1/suppliers/org_mill/status"), "mill": ("/v1/me/status", "/v1/flags")}
    return {
        (path, moment): world.members[reader].get(f"{path}?{moment}").get_data()
        for reader, some in paths.items()
        for path in some
        for moment in moments
    }


def test_what_was_known_of_rows_from_before_it_was_kept_is_read_off_the_audit_trail(world: World) -> None:
    """Sent, accepted and replaced on three days, something else counted at once, something was taken back: and all of
    it was recorded by a version that kept neither what evidence was when it came nor when it and flags closed.
    """
    with building(world) as build:
        build.member("brand", "brand")
        mill, reviewer = build.member("mill", "supplier"), build.member("reviewer", "reviewer")
        build.link("brand", "mill")
        build.organization("mill", evidence_reviewer=reviewer.number)
        build.require("brand", (1,), grace=[6])
    sent = submit(mill, RSPO)
    taken_back = submit(mill, {**RSPO, "certificate": printed("IP")})
    world.clock.advance(1)
    decide(reviewer, sent, "accept", trust="certified")
    assert mill.post(f"/v1/evidence/{taken_back['id']}/withdraw", {}).status_code == 200
    world.clock.advance(1)
    over = submit(mill, {**RSPO, "valid_until": str(START - DAY), "supersedes": sent["id"]})
    decide(reviewer, over, "accept", trust="certified")
    world.clock.advance(1)
    days = tuple(START + number * DAY for number in range(3))
    told = past(world, *days)
    statuses = {day: _status(told["/v1/suppliers", f"on={day}&known={day}"]) for day in days}
    assert statuses == dict(zip(days, ("not_assessed", "met", "expired"), strict=True))
    world.runtime.database.dispose()
    migrate.downgrade(world.runtime.database, "0013")
    world.runtime.database.dispose()
    migrate.upgrade(world.runtime.database)
    world.runtime.database.dispose()
    again = past(world, *days)
    assert {key: said for key, said in again.items() if said != told[key]} == {}


def _status(body: bytes) -> str:
    found: str = json.loads(body)["items"][0]["status"]
    return found
