"""Every test that asks for a world gets it twice: on SQLite and on PostgreSQL.

The schema is migrated once a process; each test works on a copy of it.
"""

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import hypothesis
import pytest
from sqlalchemy import event, insert, make_url

from supplychain import frameworks, migrate, telemetry, wiring
from supplychain.config import Settings
from supplychain.db import Database
from supplychain.frameworks.library import digest_of
from supplychain.frameworks.loader import load_packs
from supplychain.frameworks.models import PUBLISHED, Publication
from tests import postgres
from tests.contract import contract
from tests.serving import PATIENCE
from tests.world import Clock, World

PACKS = Path(__file__).parent / "packs"
# How long property tests look: `HYPOTHESIS_PROFILE=nightly` runs every one two thousand times, with longer stories.
# No example has a deadline: what a busy machine holds up for a moment would be a failure that does not come again.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.register_profile("nightly", max_examples=2000, stateful_step_count=50, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "patient"))
if hypothesis.settings.get_current_profile_name() == "nightly":
    os.environ.setdefault("PYTEST_TIMEOUT", "0")  # an hour is no fault then


def pytest_sessionfinish() -> None:
    """End the databases' servers while there is time: soon after, a worker of the tests may be killed."""
    postgres.stop()


def publish_packs(database: Database) -> None:
    """The packs of the tests count as published."""
    wiring.load_models()
    rows = [
        {"id": f"pub_{path.stem}", "framework": pack.key, "holds": pack.key, "sha256": digest_of(path)}
        for path in sorted(PACKS.glob("*.yaml"))
        for pack in load_packs([path])
    ]
    said = {"state": PUBLISHED, "reason": "tests", "proposed_at": datetime(2026, 1, 1, tzinfo=UTC), "version": 1}
    with database.writer.begin() as connection:
        connection.execute(insert(Publication), [{**row, **said} for row in rows])


@cache
def migrated_sqlite() -> Path:
    """A migrated SQLite file to copy."""
    path = Path(mkdtemp(prefix="supplychain-test-")) / "template.db"
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    publish_packs(database)
    database.dispose()
    return path


@cache
def migrated_postgres() -> str:
    """The name of a migrated PostgreSQL database to copy."""
    url = postgres.create_database()
    database = Database(url.render_as_string(hide_password=False))
    migrate.upgrade(database)
    publish_packs(database)
    database.dispose()
    assert url.database is not None
    return url.database


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    path = tmp_path / "world.db"
    shutil.copy(migrated_sqlite(), path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url() -> Iterator[str]:
    url = postgres.create_database(template=migrated_postgres())
    yield url.render_as_string(hide_password=False)
    postgres.drop_database(url)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def clock() -> Clock:
    return Clock()


def world_of(settings: Settings, database: Database, clock: Clock) -> World:
    """A world that the application of all tests serves from now on."""
    runtime, app = wiring.runtime(settings, database), contract().app
    frameworks.check(runtime)  # as every server does when it starts
    app.runtime = runtime
    return World(runtime, app, clock)


@pytest.fixture
def world_on(tmp_path: Path) -> Iterator[Callable[[str], World]]:
    """Makes another fresh world on SQLite each time it is called, for property tests; the one before is gone then."""
    told: list[World] = []

    def end() -> None:
        for world in told:
            world.runtime.database.dispose()
            for file in tmp_path.glob("story.db*"):
                file.unlink()

    def make(_url: str) -> World:
        end()
        path = tmp_path / "story.db"
        shutil.copy(migrated_sqlite(), path)
        telemetry.configure(level=logging.ERROR)
        clock = Clock()
        settings = Settings(
            database_url=f"sqlite:///{path}", files_url=str(tmp_path / "files"), packs=(PACKS,), clock=clock
        )
        told[:] = [world_of(settings, Database(settings.database_url), clock)]
        return told[0]

    yield make
    end()


@pytest.fixture
def world(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """A fresh database with an application on it, and a clock that stands still."""
    telemetry.configure(level=logging.ERROR)
    settings = Settings(
        database_url=database_url,
        files_url=str(tmp_path / "files"),
        packs=(PACKS,),
        clock=clock,
        idempotency_wait_seconds=PATIENCE,
    )
    database = Database(database_url, pool_size=4)
    if not database.is_postgres:
        event.listen(database.writer, "connect", _wait_in_line)
    yield world_of(settings, database, clock)
    database.dispose()


def _wait_in_line(connection: Any, _record: object) -> None:
    """Wait for SQLite's lock as long as for PostgreSQL's: on a busy machine those in front take their time."""
    connection.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")


def is_postgres(url: str) -> bool:
    return make_url(url).get_backend_name() == "postgresql"
