"""The command line. Each command imports what it needs when it runs, so that ``--help`` is instant.

What can be foreseen to go wrong ends in one sentence and exit code 2; exit code 1 says that the answer is no.
"""

from typing import Any

import click

from supplychain import __version__
from supplychain.cli import cascade, database, demo, documents, exports, members, processes, trail
from supplychain.cli.common import foreseen


class Commands(click.Group):
    """Commands whose foreseen errors are sentences instead of tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        with foreseen():
            return super().invoke(ctx)


@click.group(cls=Commands)
@click.version_option(__version__)
def main() -> None:
    """Supplier compliance over a brand-to-supplier network."""


for command in (
    database.db,
    members.organizations,
    members.keys,
    processes.import_,
    exports.export,
    exports.compare,
    processes.refresh,
    processes.rebuild,
    processes.snapshot,
    processes.worker,
    demo.demo,
    documents.openapi,
    documents.framework,
    cascade.cascade,
    trail.audit,
):
    main.add_command(command)
