"""Migrations: a separate step under a lock, never at the start of a worker."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from supplychain.db import Database

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


@cache
def head() -> str:
    """The revision this code needs."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None
    return found


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring a database to a revision; two at once are safe, the second finds nothing to do."""
    config = _config()
    with database.owner() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(database: Database, revision: str) -> None:
    """Take a database back to a revision."""
    config = _config()
    with database.owner() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def current(database: Database) -> str | None:
    """The revision a database is at; None for an empty one."""
    with database.reader.connect() as connection:
        if database.is_postgres:
            connection.exec_driver_sql("SET LOCAL ROLE NONE")  # at some revisions users may read nothing yet
        return MigrationContext.configure(connection).get_current_revision()


def check(database: Database) -> None:
    """Compare a database with the tables of the code. Raises alembic's CommandError, which says what differs."""
    config = _config()
    with database.owner() as connection:
        config.attributes["connection"] = connection
        command.check(config)
