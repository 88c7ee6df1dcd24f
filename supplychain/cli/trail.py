"""Commands of the sealed audit trail: audit verify, checkpoint, key, rotate."""

from pathlib import Path

import click

from supplychain.cli.common import Refused, runtime

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """The audit trail and its seals."""


@audit.command()
@click.option("--checkpoint", "kept", type=_FILE, multiple=True, help="A file of checkpoints kept elsewhere.")
@click.option(
    "--key", "public", help="The public key to trust, as `audit key` prints it. Default: that of the settings."
)
def verify(kept: tuple[Path, ...], public: str | None) -> None:
    """Read the whole trail anew and say what is not as it was sealed. Exit code 1 if anything is not."""
    from supplychain.trail.checkpoints import key_of, raw
    from supplychain.trail.keys import sealing_key
    from supplychain.trail.verify import verify as check
    from supplychain.work import Work

    notes = [note for path in kept for note in _notes(path)]
    with runtime() as here:
        try:
            anchor = key_of(public) if public else raw(sealing_key(here.settings).public_key())
        except (ValueError, OSError) as error:
            raise Refused(f"The key cannot be used: {error}") from error
        work, count = Work(here, writes=False), 0
        try:
            with work.deriving():
                for one in check(work.session, anchor, notes):
                    count += 1
                    click.echo(f"{one.what}: {one.where} of {one.log}")
        finally:
            work.close()
    if count:
        raise SystemExit(1)
    click.echo("everything is as it was sealed")


@audit.command()
@click.option("--output", type=_FILE, help="The file to write; default: standard output.")
def checkpoint(output: Path | None) -> None:
    """Seal what is not sealed yet and print the newest checkpoint, to be kept elsewhere."""
    from supplychain.trail.publishing import newest, seal

    with runtime() as here:
        seal(here)
        note = newest(here)
    if note is None:
        raise Refused("There is nothing to seal yet.")
    if output:
        output.write_text(note, encoding="utf-8")
    else:
        click.echo(note, nl=False)


@audit.command()
def key() -> None:
    """Print the public key that seals, as verifiers of signed notes take it."""
    from supplychain.trail.checkpoints import raw, verifier
    from supplychain.trail.keys import sealing_key

    with runtime() as here:
        click.echo(verifier(raw(sealing_key(here.settings).public_key())))


@audit.command()
@click.argument("file", type=_FILE)
def rotate(file: Path) -> None:
    """Draw a new key into FILE and let it succeed the present one; then set SUPPLYCHAIN_AUDIT_KEY to FILE."""
    from supplychain.trail import keys
    from supplychain.work import run

    with runtime() as here:
        old = keys.sealing_key(here.settings)
        try:
            new = keys.drawn(file)
        except OSError as error:
            raise Refused(f"The file cannot be written: {error}") from error
        row = run(here, lambda work: keys.introduce(work, old, new))
    click.echo(f"{row.id} introduced")


@audit.command()
@click.argument("subject")
@click.option("--ground", required=True, help="The legal ground, such as GDPR-17-1-b; no personal text.")
@click.option("--by", required=True, help="E-mail of the person who answers for it.")
def erase(subject: str, ground: str, by: str) -> None:
    """Erase for good the details of an entry (aud_…), files and words of evidence (evd_…), or a person's data (per_…).

    Every proof stays whole, and the erasure is an entry itself, signed.
    """
    from supplychain.trail.erasing import erase as erased
    from supplychain.work import run

    with runtime() as here:
        run(here, lambda work: erased(work, subject, ground, by))
    click.echo(f"{subject} erased")


def _notes(path: Path) -> list[str]:
    """The checkpoints of a file, one after another: each ends where its line of signature does."""
    notes: list[str] = []
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line and not lines:
            continue
        lines.append(line)
        if line.startswith("\u2014 "):
            notes.append("\n".join(lines) + "\n")
            lines = []
    if lines or not notes:
        raise Refused(f"{path} is no file of checkpoints")
    return notes
