"""The cascade over files: for batch users, and to check the service by."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from supplychain.cli.common import Refused, stages

if TYPE_CHECKING:
    from supplychain.cascade.operations import Files, Report, Tell

SHOWN = 20
_IN = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--links", type=_IN, required=True, help="CSV or Parquet: id, buyer, supplier; hs, flow_down, valid_from, valid_to."
)
@click.option("--requirements", type=_IN, required=True, help="JSON: a list of requirements.")
@click.option("--organizations", type=_IN, help="CSV or Parquet: ref; country, sector, parent.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day whose links count; default: today.")
@click.option(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    help="Where it is computed: in this process, or by Apache Spark (the extra `spark`, and Java).",
)
@click.option("--master", default="local[*]", show_default=True, help="Of Spark: which cluster; local is this machine.")
@click.option("--checkpoints", help="Of Spark: a folder that all its machines reach, to survive the loss of one.")
@click.option("--conf", "settings", multiple=True, metavar="NAME=VALUE", help="Of Spark: a setting; may be repeated.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="CSV or Parquet, by its ending."
)
def cascade(
    links: Path,
    requirements: Path,
    organizations: Path | None,
    on: datetime | None,
    out: Path,
    engine: str,
    **spark: Any,
) -> None:
    """Compute who owes what over files of links; needs no database.

    Writes requirement, supplier, tier, level, due and via, sorted by requirement and supplier. The files hold links
    that carry; docs/cascade.md says what their columns mean.
    """
    from supplychain.cascade.operations import Files, cascade

    day = on.date() if on else _today()
    files = Files(links, requirements, organizations, out)
    with stages() as tell:
        try:
            report = cascade(files, day, tell) if engine == "local" else _distributed(files, day, tell, **spark)
        except OSError as error:
            raise Refused(f"{error.filename or out} cannot be used: {error.strerror or error}") from error
    for told in (*_ignored(report), *_unknown(report, day)):
        click.echo(told, err=True)
    click.echo(
        f"{report.obligations:,} obligations of {report.requirements:,} requirements "
        f"over {report.links:,} links that carry on {day}: {out}"
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


def _ignored(report: "Report") -> Iterator[str]:
    for name, columns in report.ignored.items():
        yield f"{name}: ignored columns: {', '.join(columns)}"


def _unknown(report: "Report", day: date) -> Iterator[str]:
    shown = report.unknown_issuers[:SHOWN]
    for requirement in shown:
        yield f"{requirement}: nobody owes; its issuer is in no link that carries on {day} and no organization"
    if len(report.unknown_issuers) > len(shown):
        yield f"… and {len(report.unknown_issuers) - len(shown)} more such requirements"
