"""The cascade over files: for batch users, and to check the service by."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from supplychain.cli.common import Refused, stages

if TYPE_CHECKING:
    from supplychain.cascade.changing import Report as Differing
    from supplychain.cascade.operations import Files, Report, Tell

SHOWN = 20
_FOLDER = click.Path(file_okay=False, path_type=Path)
_IN = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--links", type=_IN, help="CSV or Parquet: id, buyer, supplier; hs, flow_down, valid_from, valid_to.")
@click.option("--requirements", type=_IN, help="JSON: a list of requirements.")
@click.option("--organizations", type=_IN, help="CSV or Parquet: ref; country, sector, parent.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day whose links count; default: today.")
@click.option("--keep", type=_FOLDER, help="A folder in which to keep the state, for --kept.")
@click.option("--kept", type=_FOLDER, help="Instead of --links: go on from a state that was kept.")
@click.option(
    "--changes",
    type=_IN,
    help="With --kept, CSV or Parquet: id, change (set: the link is as this row says; end: it is there no more); "
    "the columns of --links.",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    help="Where it is computed: in this process, or by Apache Spark (the extra `spark`, and Java).",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 1024),
    default=1,
    show_default=True,
    help="Of the local engine: how many compute at the same time; each needs memory of its own.",
)
@click.option("--master", default="local[*]", show_default=True, help="Of Spark: which cluster; local is this machine.")
@click.option("--checkpoints", help="Of Spark: a folder that all its machines reach, to survive the loss of one.")
@click.option("--conf", "settings", multiple=True, metavar="NAME=VALUE", help="Of Spark: a setting; may be repeated.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="CSV or Parquet, by its ending."
)
def cascade(
    links: Path | None,
    requirements: Path | None,
    organizations: Path | None,
    on: datetime | None,
    out: Path,
    *,
    engine: str,
    keep: Path | None,
    kept: Path | None,
    changes: Path | None,
    threads: int,
    **spark: Any,
) -> None:
    """Compute who owes what over files of links; needs no database.

    Writes requirement, supplier, tier, level, due and via, sorted by requirement and supplier. The files hold links
    that carry; docs/cascade.md says what their columns mean. With --kept it goes on from a state that --keep wrote:
    it writes what differs by --changes of links, or by other --requirements and --organizations, and keeps the new
    state.
    """
    if kept is not None:
        if links is not None or keep is not None or engine != "local":
            raise click.UsageError("With --kept, links are kept: give their --changes, without --links and --keep.")
        _go_on(kept, changes, requirements, organizations, on.date() if on else None, out)
        return
    if links is None or requirements is None or changes is not None:
        raise click.UsageError("Give --links and --requirements, or --kept and what changed.")
    if keep is not None and engine != "local":
        raise click.UsageError("--keep needs --engine local.")
    from supplychain.cascade.operations import Files, cascade

    day = on.date() if on else _today()
    files = Files(links, requirements, organizations, out, keep)
    with stages() as tell:
        try:
            report = (
                cascade(files, day, tell, threads) if engine == "local" else _distributed(files, day, tell, **spark)
            )
        except OSError as error:
            raise Refused(f"{error.filename or out} cannot be used: {error.strerror or error}") from error
    _remark(report, day)
    click.echo(
        f"{report.obligations:,} obligations of {report.requirements:,} requirements "
        f"over {report.links:,} links that carry on {day}: {out}"
    )


def _go_on(
    kept: Path, changes: Path | None, requirements: Path | None, organizations: Path | None, on: date | None, out: Path
) -> None:
    if (changes, requirements, organizations) == (None, None, None):
        raise click.UsageError("With --kept give --changes, --requirements or --organizations.")
    from supplychain.cascade.changing import News, change

    try:
        report = change(kept, News(changes, requirements, organizations), on, out)
    except OSError as error:
        raise Refused(f"{error.filename or out} cannot be used: {error.strerror or error}") from error
    _remark(report, report.on)
    click.echo(
        f"{report.changes:,} changes of links on {report.on}: {report.new:,} obligations are new, "
        f"{report.freed:,} freed, {report.moved:,} moved, of {report.requirements:,} requirements: {out}"
    )


def _distributed(
    files: "Files", day: date, tell: "Tell", master: str, checkpoints: str | None, settings: tuple[str, ...]
) -> "Report":
    from supplychain.cascade.session import session

    pairs = [setting.partition("=") for setting in settings]
    if not all(equals for _, equals, _ in pairs):
        raise Refused("--conf takes NAME=VALUE.")
    with session(master, {name: value for name, _, value in pairs}) as spark:
        from supplychain.cascade.distributed import cascade

        if checkpoints:
            spark.sparkContext.setCheckpointDir(checkpoints)
        return cascade(
            files, day, tell, spark, lambda rows: rows.checkpoint() if checkpoints else rows.localCheckpoint()
        )


def _today() -> date:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from supplychain.config import Settings

    try:
        settings = Settings.from_environment()
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise Refused(f"A setting cannot be used: {error}") from error
    return settings.clock().astimezone(ZoneInfo(settings.time_zone)).date()


def _remark(report: "Report | Differing", day: date) -> None:
    """Say what deserves a second look."""
    for name, columns in report.ignored.items():
        click.echo(f"{name}: ignored columns: {', '.join(columns)}", err=True)
    shown = report.unknown_issuers[:SHOWN]
    for requirement in shown:
        told = f"{requirement}: nobody owes; its issuer is in no link that carries on {day} and no organization"
        click.echo(told, err=True)
    if len(report.unknown_issuers) > len(shown):
        click.echo(f"… and {len(report.unknown_issuers) - len(shown)} more such requirements", err=True)
