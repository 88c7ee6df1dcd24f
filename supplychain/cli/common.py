"""What commands share: a runtime, a progress bar, and errors as sentences."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from supplychain.errors import Refusal
    from supplychain.work import Runtime


class Refused(click.ClickException):
    """What was asked cannot be done, for a reason that can be told."""

    exit_code = 2


@contextmanager
def foreseen() -> Iterator[None]:
    """Tell what can be foreseen to go wrong in a sentence. Raises Refused."""
    from alembic.util import CommandError
    from sqlalchemy.exc import DBAPIError

    from supplychain.errors import Refusal
    from supplychain.frameworks.document import PackErrors

    try:
        yield
    except Refusal as refusal:
        raise Refused(_told(refusal)) from refusal
    except (CommandError, PackErrors) as error:
        raise Refused(str(error)) from error
    except DBAPIError as error:
        raise Refused(f"The database refused: {str(error.orig).strip().partition(chr(10))[0]}") from error


def _told(refusal: "Refusal") -> str:
    from supplychain.i18n import sentence

    title, told = (sentence(key, params=refusal.params) for key in (f"{refusal.code}.title", refusal.code))
    what = f"{title} ({refusal.code}). {told}"
    where = (
        f"{fault.pointer}: {sentence(f'fault.{fault.code}', params=fault.params)} ({fault.code})"
        for fault in refusal.faults
    )
    return "\n".join([what, *where])


@contextmanager
def runtime(*, migrated: bool = True, verbose: bool = False) -> "Iterator[Runtime]":
    """The runtime of the settings in the environment.

    migrated: whether the database must have the schema this code needs. verbose: log what happens, not only what
    goes wrong. Raises Refused.
    """
    import logging
    from zoneinfo import ZoneInfoNotFoundError

    from sqlalchemy.exc import ArgumentError

    from supplychain import migrate, telemetry, wiring
    from supplychain.config import Settings
    from supplychain.db import Database

    wiring.collect_less()
    telemetry.configure(level=logging.INFO if verbose else logging.WARNING)
    try:
        settings = Settings.from_environment()
        opened = Database(settings.database_url)
    except (ValueError, ZoneInfoNotFoundError, ArgumentError, ImportError, OSError, RuntimeError) as error:
        raise Refused(f"A setting cannot be used: {error}") from error
    try:
        found = migrate.current(opened) if migrated else migrate.head()
        if found != migrate.head():
            raise Refused(f"The database has schema {found}, this code needs {migrate.head()}: supplychain db upgrade")
        yield wiring.runtime(settings, opened)
    finally:
        opened.dispose()


@contextmanager
def stages() -> Iterator[Callable[[str, int, int | None], None]]:
    """Bars on standard error, on a terminal only; told of what how many are done, of how many if that is known."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        shown = {}

        def tell(what: str, done: int, total: int | None) -> None:
            if what not in shown:
                shown[what] = bars.add_task(what, total=None)
            bars.update(shown[what], completed=done, total=total)

        yield tell


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """One bar; told how many are done, of how many if that is known."""
    with stages() as tell:
        tell(what, 0, None)
        yield lambda done, total: tell(what, done, total)


def number_of(runtime: "Runtime", organization: str) -> int:
    """The number of the organization with a public id. Raises NotFound."""
    from supplychain.network import directory
    from supplychain.work import run

    return run(runtime, lambda work: directory.find(work, organization).number)
