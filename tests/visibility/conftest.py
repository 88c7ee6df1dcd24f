"""Worlds to compare, on SQLite: what differs between databases is tested with the probes."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from supplychain import telemetry, wiring
from supplychain.app import Application, create_app
from supplychain.config import Settings
from supplychain.db import Database
from tests.conftest import PACKS, migrated_sqlite
from tests.visibility.answers import Worlds
from tests.world import Clock, World


def maker(folder: Path) -> tuple[Callable[[], World], list[Database]]:
    """Makes fresh worlds below a folder; and the databases it opened.

    All worlds share one application, which serves the one made last until it is told of another: to document every
    route takes longer than to tell a world.
    """
    opened: list[Database] = []
    shared: list[Application] = []

    def make() -> World:
        telemetry.configure(level=50)
        path = folder / f"world{len(opened)}.db"
        shutil.copy(migrated_sqlite(), path)
        clock = Clock()
        settings = Settings(
            database_url=f"sqlite:///{path}", files_url=str(folder / "files"), packs=(PACKS,), clock=clock
        )
        database = Database(settings.database_url, pool_size=2)
        opened.append(database)
        runtime = wiring.runtime(settings, database)
        if not shared:
            shared.append(create_app(runtime=runtime))
        shared[0].runtime = runtime
        return World(runtime, shared[0], clock)

    return make, opened


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """The plain world, told once, and whatever others a test twists."""
    make, opened = maker(tmp_path_factory.mktemp("worlds"))
    yield Worlds(make)
    for database in opened:
        database.dispose()
