"""``supplychain db``: the schema of the database."""

from typing import TYPE_CHECKING

import click

from supplychain.cli.common import runtime

if TYPE_CHECKING:
    from supplychain.work import Runtime


@click.group()
def db() -> None:
    """Bring the database's schema up or down, or check it."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Migrate up to REVISION, by default the newest.

    Framework versions of SUPPLYCHAIN_PACKS that were in use before versions were published are recorded as published,
    and said so; a version in use that no folder has is named, and counts again once its pack is there and this was
    run again. What was derived under rules of an older release is counted, and left to the worker to derive anew.
    """
    from supplychain import migrate

    with runtime(migrated=False) as here:
        migrate.upgrade(here.database, revision)
        reached = migrate.current(here.database)
        click.echo(f"schema {reached}")
        if reached == migrate.head():
            _adopt(here)
            _renew(here)


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


def _adopt(here: "Runtime") -> None:
    from supplychain.publishing.adoption import adopt
    from supplychain.work import run

    recorded, missing = run(here, adopt)
    for key, sha256 in recorded:
        click.echo(
            f"{key} was in use: recorded as published with SHA-256 {sha256}; the worker derives everybody with it"
        )
    for key in missing:
        click.echo(
            f"{key} is in use, but no pack here has it and nothing counts by it: put its file into a folder of "
            "SUPPLYCHAIN_PACKS and run «supplychain db upgrade» again",
            err=True,
        )


def _renew(here: "Runtime") -> None:
    from supplychain.conformity.renewing import renew
    from supplychain.work import run

    if older := run(here, renew):
        click.echo(f"{older} organizations were derived under older rules; the worker derives everybody anew")
