"""``supplychain db``: the schema of the database."""

import click

from supplychain.cli.common import runtime


@click.group()
def db() -> None:
    """Bring the database's schema up or down, or check it."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Migrate up to REVISION, by default the newest."""
    from supplychain import migrate

    with runtime(migrated=False) as here:
        migrate.upgrade(here.database, revision)
        click.echo(f"schema {migrate.current(here.database)}")


@db.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Migrate down to REVISION; «base» drops everything."""
    from supplychain import migrate

    with runtime(migrated=False) as here:
        migrate.downgrade(here.database, revision)
        click.echo(f"schema {migrate.current(here.database)}")


@db.command()
def check() -> None:
    """Say whether the database has exactly the tables this code needs."""
    from supplychain import migrate

    with runtime() as here:
        migrate.check(here.database)
        click.echo(f"schema {migrate.head()}, as this code needs it")
