"""Worlds to compare: on SQLite, and once with everything hidden at once on PostgreSQL."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from supplychain import telemetry
from supplychain.config import Settings
from supplychain.db import Database
from tests import postgres
from tests.conftest import PACKS, migrated_postgres, migrated_sqlite, world_of
from tests.visibility.answers import Worlds
from tests.world import Clock, World


def maker(folder: Path, new_url: Callable[[Path], str] | None = None) -> tuple[Callable[[], World], list[Database]]:
    """Makes fresh worlds below a folder, on SQLite unless told otherwise; and the databases it opened.

    The application serves the one made last until it is told of another.
    """
    opened: list[Database] = []

    def make() -> World:
        telemetry.configure(level=50)
        url = (new_url or _sqlite)(folder / f"world{len(opened)}.db")
        clock = Clock()
        settings = Settings(database_url=url, files_url=str(folder / "files"), packs=(PACKS,), clock=clock)
        database = Database(url, pool_size=2)
        opened.append(database)
        return world_of(settings, database, clock)

    return make, opened


def _sqlite(path: Path) -> str:
    shutil.copy(migrated_sqlite(), path)
    return f"sqlite:///{path}"


def _postgres(_path: Path) -> str:
    return postgres.create_database(template=migrated_postgres()).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """The plain world, told once, and whatever others a test twists."""
    make, opened = maker(tmp_path_factory.mktemp("worlds"))
    yield Worlds(make)
    for database in opened:
        database.dispose()


@pytest.fixture
def worlds_on_postgres(tmp_path: Path) -> Iterator[Worlds]:
    """Worlds behind the second wall."""
    make, opened = maker(tmp_path, _postgres)
    yield Worlds(make)
    for database in opened:
        database.dispose()
        postgres.drop_database(database.url)
