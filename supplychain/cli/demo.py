"""The demo network: load it, or load it, show it and serve it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from supplychain.cli.common import Refused, progress, runtime

if TYPE_CHECKING:
    from rich.console import Console

    from supplychain.work import Runtime

INSTANCE = Path("instance")
NARROWEST = 96
"""Characters that the table needs; a narrower terminal wraps the lines by itself."""


@click.group()
def demo() -> None:
    """The demo network: fictional, and the same every time."""


@demo.command("load")
def load_command() -> None:
    """Migrate the database and load the demo network; a second time does nothing."""
    with _demo_runtime(INSTANCE) as here:
        click.echo("demo network loaded" if _load(here) else "demo network loaded already")


@demo.command("serve")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, envvar="PORT")
def serve_command(port: int) -> None:
    """Load the demo network, print where the brands stand and what to try, and serve it until Ctrl-C."""
    from rich.console import Console

    from supplychain.demo import serving

    try:
        serving.check_port(port)
    except serving.PortTaken:
        raise Refused(f"Port {port} is in use: choose another with PORT=8001 make run") from None
    console = Console(highlight=False, width=max(Console().width, NARROWEST))
    url = f"http://{serving.HOST}:{port}"
    with _demo_runtime(INSTANCE) as here:
        if not _load(here):
            click.echo("demo network loaded already")
        _show(console, here, url)
        secret = here.settings.secret
    log = INSTANCE / "demo.log"
    click.echo(f"\nServing with gunicorn and a worker process; their log is {log}. Ctrl-C stops both.")
    public = os.environ.get("SUPPLYCHAIN_PUBLIC_URL", url)
    code = serving.serve(port, {"SUPPLYCHAIN_SECRET": secret, "SUPPLYCHAIN_PUBLIC_URL": public}, log)
    if code:
        raise Refused(f"A server process ended by itself ({code}); {log} says why")
    click.echo("stopped")


@contextmanager
def _demo_runtime(instance: Path) -> "Iterator[Runtime]":
    """The runtime of a migrated database under the instance's own secret, unless the environment names one."""
    from supplychain import migrate
    from supplychain.demo.access import secret_of

    os.environ.setdefault("SUPPLYCHAIN_SECRET", secret_of(instance))
    with runtime(migrated=False) as here:
        migrate.upgrade(here.database)
        yield here


def _load(here: "Runtime") -> bool:
    from supplychain.demo.load import NotEmpty, load

    try:
        with progress("demo network") as report_progress:
            return load(here, report_progress)
    except NotEmpty:
        raise Refused("This database holds other data; the demo network wants an empty one") from None


def _show(console: "Console", here: "Runtime", address: str) -> None:
    from supplychain.demo import access, table

    keys = access.keys_of(here, INSTANCE)
    invitation = access.invitation_of(here, INSTANCE)
    console.print(table.table(table.lines(here)))
    click.echo(f"\nA key for each role ({INSTANCE / access.KEYS_FILE}):")
    for role, one in keys.items():
        click.echo(f"  {role:<10} {one['organization']}  {one['key']}")
    if invitation:
        console.print(
            f"\nAn invitation that waits ({INSTANCE / access.INVITATION_FILE}), for {invitation['organization']}:"
        )
        click.echo(f"  {invitation['token']}")
    click.echo("\nTry:")
    for what, command in table.commands(address, keys):
        click.echo(f"\n  # {what}\n  {command}")
    click.echo(f"\nThe API is described at {address}/docs")
