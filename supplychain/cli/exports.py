"""Commands that take lists out: export, compare."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from supplychain.cli.common import Refused, number_of, progress, runtime

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from supplychain.work import Runtime

_SLICE = 1 << 16


@click.command()
@click.argument("path")
@click.option("--as", "organization", required=True, help="Id of the organization that reads the list.")
@click.option("--role", "roles", multiple=True, default=("brand",), show_default=True, help="As what it reads it.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@click.option("--format", "form", help="csv, xlsx, json; of /v1/network graphml, gexf, parquet. Default: by --output.")
@click.option("--header", type=click.Choice(["names", "codes"]), default="names", show_default=True)
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Of the header.")
def export(
    path: str, organization: str, roles: tuple[str, ...], output: Path, form: str | None, header: str, language: str
) -> None:
    r"""Write a whole list to a file: the list at PATH of the API, with its filters, as an organization sees it.

    \b
    supplychain export /v1/links?role=buyer --as org_… --output links.xlsx
    supplychain export /v1/network/organizations --as org_… --output suppliers.csv --language zh
    """
    with runtime() as here, progress("rows") as report:
        number = number_of(here, organization)
        form = form or output.suffix.removeprefix(".").lower()
        counted = [0]

        def count(rows: int) -> None:
            counted[0] = rows
            report(rows, None)

        headers = {"Accept-Language": language}
        written = _read(here, path, number, roles, {"format": form, "header": header}, headers, output, count)
    rows = f", {counted[0]} rows" if counted[0] else ""
    click.echo(f"{output}: {written} bytes{rows}")


def _read(
    here: "Runtime",
    path: str,
    number: int,
    roles: tuple[str, ...],
    asked: dict[str, str],
    headers: dict[str, str],
    output: Path,
    count: "Callable[[int], None]",
) -> int:
    """Ask the route itself, in a unit of work of the organization's, and write its answer down; how many bytes."""
    from urllib.parse import parse_qsl, urlsplit

    from flask import g
    from werkzeug.exceptions import HTTPException

    from supplychain.accounts.permissions import Role, permissions_of
    from supplychain.app import create_app
    from supplychain.http import require
    from supplychain.work import Actor, Work

    app = create_app(runtime=here)
    parts = urlsplit(path)
    try:
        endpoint, arguments = app.url_map.bind("localhost").match(parts.path, method="GET")
        permissions = permissions_of([Role(role) for role in roles], [])
    except (HTTPException, ValueError) as error:
        raise Refused(f"There is no list {parts.path}, or no such role: {error}") from error
    access = app.access.get(endpoint)
    if access is None or access.writes or (access.items is None and endpoint != "network.draw_network"):
        raise Refused(f"{parts.path} is no list; see /v1/openapi.json for those there are")
    query = {**dict(parse_qsl(parts.query)), **asked}
    if access.items is None:
        del query["header"]
        query["format"] = "node-link" if query["format"] == "json" else query["format"]
    actor = Actor(organization=number, roles=frozenset(roles), permissions=permissions, verified=True)
    with app.test_request_context(parts.path, query_string=query, headers=headers):
        work = Work(here, actor, writes=False, request_id="command-line")
        g.work, g.request_id, g.export_progress = work, work.request_id, count
        try:
            require(work, access.permission)
            response = cast("Response", app.view_functions[endpoint](**arguments))
        finally:
            work.close()
        return _write(response, output)


def _write(response: "Response", output: Path) -> int:
    """Write an answer to a file that is there only when it is whole."""
    unfinished = output.with_name(f".{output.name}.part")
    size = 0
    try:
        with unfinished.open("wb") as file:
            for part in response.response:
                size += file.write(part if isinstance(part, bytes) else part.encode())
        unfinished.replace(output)
    except OSError as error:
        raise Refused(f"{output} cannot be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)
        response.close()
    return size


@click.command()
@click.argument("before")
@click.argument("after")
@click.option("--as", "organization", required=True, help="Id of the organization whose lists they are.")
def compare(before: str, after: str, organization: str) -> None:
    """Compare two imported lists, by the ids of their imports: who was added, dropped, moved, renamed and kept.

    The rows: supplychain export /v1/imports/AFTER/comparison?with=BEFORE
    """
    from supplychain.network.imports import comparison
    from supplychain.work import Actor, Work

    with runtime() as here:
        work = Work(here, Actor(organization=number_of(here, organization)), writes=False)
        try:
            found = comparison.compare(work, before, after)
            for name, count in found.counts().items():
                click.echo(f"{name:18} {count}")
            click.echo(f"moves told by: {', '.join(found.compared) or 'nothing; the lists share no column of places'}")
        finally:
            work.close()
