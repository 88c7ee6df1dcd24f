"""Commands about documents: the API's description, and packs somebody writes."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from supplychain.cli.common import Refused, runtime
from supplychain.i18n import DEFAULT, LANGUAGES

if TYPE_CHECKING:
    from supplychain.frameworks.framework import Framework


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
@click.option("--language", type=click.Choice(LANGUAGES), default=DEFAULT, help="In which mistakes are told.")
def check(file: Path, language: str) -> None:
    """Check a pack beside those that ship with the system; prints every mistake with its line.

    Where SUPPLYCHAIN_DATABASE_URL names a database, also that the pack is not another than was published.
    """
    from supplychain.frameworks.document import PackErrors

    try:
        found = _loaded(file)
        if "SUPPLYCHAIN_DATABASE_URL" in os.environ:
            _as_published(file, found.key)
    except PackErrors as refused:
        raise Refused("\n".join(error.told(language) for error in refused.errors)) from refused
    click.echo(
        f"{found.key}: {len(found.pillars)} pillars, {len(found.levels)} levels, {len(found.indicators)} indicators"
    )


@framework.command("test")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--cases", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Default: cases/ beside it."
)
def test(file: Path, cases: Path | None) -> None:
    """Run a pack's own test cases; prints every answer that is not as expected, with its line."""
    from supplychain.conformity import pack_cases

    written = cases or pack_cases.beside(file)
    if not written.is_file():
        raise Refused(f"{written} is not there: write the cases of {file.name} in it, or name them by --cases")
    found = _loaded(file)
    count, misses = pack_cases.run(str(written), written.read_text("utf-8"), found)
    if misses:
        raise Refused("\n".join(map(str, misses)))
    click.echo(f"{found.key}: {count} cases, all as expected")


@framework.command("diff")
@click.argument("before")
@click.argument("after")
def diff(before: str, after: str) -> None:
    """Show what differs between two framework versions, each a key or a file."""
    from supplychain.frameworks.comparison import Change, compare

    lines = compare(_named(before), _named(after))
    signs = {Change.ADDED: "+", Change.REMOVED: "-", Change.CHANGED: "~"}
    for line in lines:
        if line.change is not Change.SAME:
            named = line.after or line.before
            assert named is not None  # one of the two has it
            click.echo(f"{signs[line.change]} {line.indicator} {named.names.en}")
            for one in line.differences:
                click.echo(f"    {one.what}: {one.before} -> {one.after}")
    counts = ", ".join(f"{sum(line.change is one for line in lines)} {one}" for one in Change)
    click.echo(counts)


@framework.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", required=True, help="Why; kept with the publication.")
@click.option("--key", prompt="API key", hide_input=True, help="Your own: one person proposes, another one approves.")
def publish(file: Path, reason: str, key: str) -> None:
    """Propose the pack; or, as another person, approve it once the preview is done.

    The file must lie in a folder of SUPPLYCHAIN_PACKS. Prints whose levels would change as far as that is known.
    """
    from supplychain.accounts.authenticate import authenticate
    from supplychain.accounts.permissions import Permission
    from supplychain.frameworks.library import digest_of
    from supplychain.publishing import console
    from supplychain.work import NOBODY, Work, run

    found = _loaded(file)
    with runtime() as here:
        looking = Work(here, NOBODY, writes=False)
        try:
            actor = authenticate(looking, f"Bearer {key}")
        finally:
            looking.close()
        if Permission.FRAMEWORKS_PUBLISH not in actor.permissions:
            raise Refused("This key may not publish frameworks: it takes an operator's")
        lines = run(here, lambda work: console.publish(work, found.key, digest_of(file), reason), actor)
    click.echo("\n".join(lines))


def _as_published(file: Path, key: str) -> None:
    from supplychain.frameworks import library
    from supplychain.frameworks.document import PackErrors
    from supplychain.work import run

    with runtime() as here:
        digest = run(here, lambda work: library.published_as(work, key))
    if digest not in {None, library.digest_of(file)}:
        raise PackErrors([library.changed(file, key)])


def _named(name: str) -> "Framework":
    from supplychain.frameworks.loader import load_packs, shipped_packs

    if Path(name).is_file():
        return _loaded(Path(name))
    found = load_packs(shipped_packs()).get(name)
    if found is None:
        raise Refused(f"{name} is neither a file nor a framework version that ships with the system")
    return found


def _loaded(file: Path) -> "Framework":
    """The framework of a file, checked beside those that ship with the system."""
    from supplychain.frameworks.loader import load_packs, shipped_packs

    others = [pack for pack in shipped_packs() if pack.resolve() != file.resolve()]
    return list(load_packs([*others, file]))[-1]
