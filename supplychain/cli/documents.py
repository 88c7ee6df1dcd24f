"""Commands about documents: the API's description, and packs somebody writes."""

from pathlib import Path

import click

from supplychain.cli.common import Refused


@click.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; default: standard output.")
def openapi(output: Path | None) -> None:
    """Print the API's description, OpenAPI 3.1 as JSON; needs no database."""
    import json

    from supplychain.app import create_app
    from supplychain.config import Settings
    from supplychain.document import document

    app = create_app(Settings(database_url="sqlite://"))
    text = json.dumps(document(app), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise Refused(f"{output} cannot be written: {error.strerror}") from error


@click.group()
def framework() -> None:
    """Work on conformity frameworks."""


@framework.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Check a pack beside those that ship with the system; prints every mistake with its line."""
    from supplychain.frameworks.loader import load_packs, shipped_packs

    others = [pack for pack in shipped_packs() if pack.resolve() != file.resolve()]
    registry = load_packs([*others, file])
    found = list(registry)[-1]
    click.echo(
        f"{found.key}: {len(found.pillars)} pillars, {len(found.levels)} levels, {len(found.indicators)} indicators"
    )
