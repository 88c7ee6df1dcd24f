"""Commands that work on the network: import, refresh, rebuild, snapshot, worker."""

from typing import TYPE_CHECKING, Any, BinaryIO

import click

from supplychain.cli.common import Refused, number_of, progress, runtime

if TYPE_CHECKING:
    from supplychain.work import Runtime, Work

CHUNK = 100
"""Organizations looked at in one transaction."""


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--kind", type=click.Choice(["organizations", "links"]), required=True)
@click.option("--as", "organization", required=True, help="Id of the organization whose list it is.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "json"]), help="json: it can be nothing else. Default: what it is."
)
@click.option("--encoding", help="Of a text file, where it cannot be told.")
@click.option("--separator", type=click.Choice([",", ";", "tab", "|"]), help="Of a text file, where it cannot be told.")
@click.option("--sheet", help="Name or number of the sheet.")
@click.option("--header-row", type=click.IntRange(min=1), help="Row of the headings, counted from 1.")
@click.option("--date-order", type=click.Choice(["dmy", "mdy"]), help="Of days such as 03/04/2020.")
@click.option("--decimal", type=click.Choice([".", ","]), help="The decimal mark of its numbers.")
@click.option("--mapping", help="JSON with columns, constants, splits: what the headings mean.")
@click.option("--source", help="Name of the source whose import mapping says what the headings mean.")
@click.option("--dry-run", is_flag=True, help="Write nothing but the report; prints its id.")
@click.option("--mode", type=click.Choice(["add", "replace"]), default="add", show_default=True)
@click.option("--valid-on", type=click.DateTime(["%Y-%m-%d"]), help="The day of a list that replaces.")
@click.option("--scope", help="What a list that replaces is the whole list of: all, or HS prefixes such as 85,8471.")
@click.option("--confirm", help="Id of the dry run of this file: import it exactly as foreseen.")
def import_(
    file: BinaryIO,
    kind: str,
    organization: str,
    form: str | None,
    dry_run: bool,  # noqa: FBT001 - a flag of the command line
    confirm: str | None,
    **said: Any,
) -> None:
    """Import a list; prints what is wrong with which row, then counts. Exit code 1 if any row was wrong."""
    from collections import Counter

    from supplychain.i18n import sentence
    from supplychain.network.imports import mappings
    from supplychain.network.imports.manners import manner_of
    from supplychain.network.imports.reading import understood
    from supplychain.network.imports.running import import_sheet
    from supplychain.work import Actor, Work

    day = said["valid_on"] and said["valid_on"].date()
    with runtime() as here, progress("rows") as report_progress:
        read_as, manner = manner_of({**said, "kind": kind, "valid_on": day}, Work(here, writes=False).today)
        number = number_of(here, organization)
        said["separator"] = {"tab": "\t"}.get(said["separator"], said["separator"])
        if said["mapping"] is not None:
            said["mapping"] = mappings.parsed(said["mapping"])
        options = mappings.options_of(here, Actor(organization=number), read_as, said)
        read = understood(file.read(), read_as, form if form == "json" else None, options)
        report = import_sheet(here, number, read.sheet, report_progress, manner, dry_run=dry_run, confirm=confirm)
    _tell_reading(read.told())
    for result in report.results:
        for fault in result.faults:
            reason = sentence(f"fault.{fault.code}", params=fault.params)
            click.echo(f"row {result.row}: {fault.column or 'the row'}: {fault.code}: {reason}", err=True)
    counts = Counter(str(result.status) for result in report.results)
    told = [f"{report.rows} rows", *(f"{count} {status}" for status, count in sorted(counts.items()))]
    if report.ended or manner.valid_on:
        told.append(f"{report.ended} links ended")
    click.echo(", ".join(told))
    if dry_run:
        click.echo(f"nothing is written; --confirm {report.id} imports exactly this")
    if counts["error"]:
        raise SystemExit(1)


def _tell_reading(told: "dict[str, Any]") -> None:
    """What the file is taken for, on standard error as what is wrong with its rows."""
    from supplychain.i18n import sentence

    facts = {"sheet": told["sheet"], "header in row": told["header_row"], "separator": told["separator"]}
    known = [told["format"], told["encoding"], *(f"{name} {value!r}" for name, value in facts.items() if value)]
    columns = ", ".join(f"{one['column']} ({one['heading'] or 'constant'})" for one in told["columns"])
    click.echo(f"read as {', '.join(filter(None, known))}: {columns}", err=True)
    if told["ignored"]:
        click.echo(f"ignored: {', '.join(told['ignored'])}", err=True)
    for code, column, count, params in told["notes"]:
        click.echo(f"{column}: {count} cells: {sentence(f'fault.{code}', params=params)}", err=True)


@click.command()
@click.option("--all", "everybody", is_flag=True, help="Everybody, not only those whose dates passed.")
def refresh(everybody: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Advance the day, and derive again what is no longer right today."""
    from supplychain.network import calendar
    from supplychain.work import run

    with runtime() as here, progress("organizations") as report_progress:
        days = calendar.advance_day(here)
        numbers = run(here, lambda work: _numbers(work, everybody=everybody))
        deferred = 0
        for start in range(0, len(numbers), CHUNK):
            deferred += _derive(here, numbers[start : start + CHUNK])
            report_progress(min(start + CHUNK, len(numbers)), len(numbers))
    left = f"; {deferred} jobs are left to the worker" if deferred else ""
    click.echo(f"{days} days advanced, {len(numbers)} organizations derived{left}")


def _numbers(work: "Work", *, everybody: bool) -> list[int]:
    from sqlalchemy import select

    from supplychain.conformity.models import Conformity
    from supplychain.network.models import Organization

    stale = select(Conformity.organization).where(Conformity.good_through < work.today)
    query = select(Organization.number).order_by(Organization.number) if everybody else stale
    return sorted(work.session.scalars(query))


def _derive(here: "Runtime", numbers: list[int]) -> bool:
    """Whether it was too much for one transaction and is left to the worker."""
    from supplychain.work import run

    def body(work: "Work") -> "Work":
        work.touch(*numbers)
        return work

    return run(here, body).deferred is not None


@click.command()
def rebuild() -> None:
    """Derive everything anew from the recorded facts alone."""
    from supplychain.conformity import derive
    from supplychain.network import calendar

    with runtime() as here, progress("organizations") as report_progress:
        calendar.advance_day(here)
        count = derive.rebuild(here, report_progress)
    click.echo(f"{count} organizations derived")


@click.command()
def snapshot() -> None:
    """Write a snapshot of the network, from which web processes start; run it as their user.

    The worker does so by itself, in SUPPLYCHAIN_SNAPSHOTS, after every SUPPLYCHAIN_SNAPSHOT_ROWS rows of the logs.
    """
    from supplychain.network import keeping

    with runtime() as here:
        try:
            written = keeping.keep(here, asked=True)
        except OSError as error:
            raise Refused(f"No snapshot can be kept: {error}") from error
        if written is None:
            raise Refused("No snapshot was written: another process writes one, or there are to be none")
        click.echo(written)


@click.command()
@click.option("--once", is_flag=True, help="Stop when there is nothing left to do.")
def worker(once: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Advance the day, do jobs, dispatch events and keep house, until stopped by SIGTERM."""
    from supplychain import worker as process

    with runtime(verbose=True) as here:
        process.main(here, once=once)
