"""The reader's own process: started, fed, waited for, and what came of it told as a refusal."""

import io
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final, cast

import orjson

from supplychain.errors import Malformed
from supplychain.telemetry import log

_SCRIPT: Final = Path(__file__).with_name("child.py")
SECONDS: Final = 60
"""Of the clock; of the processor the script allows itself fewer."""
MAX_UNPACKED: Final = 256 << 20
"""Bytes of all members of an archive together."""
_HARMLESS: Final = 32 << 20
MAX_RATIO: Final = 150
"""Of an archive unpacked to more than 32 MiB: so many times its size and no more. Real spreadsheets stay under 30."""
_PROLOG: Final = 4096
_ENVIRONMENT: Final = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1", "ARROW_IO_THREADS": "1"}
"""Nothing of ours, and no more address space than is used: of that the script has a limit."""
_PROGRAMS: Final = ("vbaProject.bin", "macrosheets/sheet1.xml", "intlmacrosheets/sheet1.xml")


def call(task: str, data: bytes) -> dict[str, Any]:
    """What the script makes of a file. Raises Malformed with the script's code, or ``file-too-costly``."""
    # Limits are set by the child itself: a hook before exec is not safe beside threads.
    process = [sys.executable, "-I", str(_SCRIPT), task]
    try:
        done = subprocess.run(process, input=data, capture_output=True, timeout=SECONDS, check=False, env=_ENVIRONMENT)  # noqa: S603 - our own script
    except subprocess.TimeoutExpired as error:
        raise Malformed("file-too-costly") from error
    try:
        told = cast("dict[str, Any]", orjson.loads(done.stdout)) if done.returncode == 0 else {}
    except orjson.JSONDecodeError:
        told = {}
    if not told:
        # Killed by a limit, or aborted for want of memory: the operator may want to know which.
        log.warning(
            "reader of files ended", task=task, status=done.returncode, said=done.stderr[-500:].decode(errors="replace")
        )
        raise Malformed("file-too-costly")
    if "error" in told:
        raise Malformed(told["error"], **told["params"])
    return told


def check_archive(data: bytes, *, plain: bool = False) -> None:
    """Refuse an archive that is no spreadsheet, is encrypted, or unpacks to more than anybody wrote by hand.

    plain: also one that is no XLSX, or brings programs along. Raises Malformed.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            if unpacked > MAX_UNPACKED or (unpacked > _HARMLESS and unpacked > MAX_RATIO * len(data)):
                raise Malformed("archive-bomb", bytes=unpacked)
            names = {member.filename for member in members}
            if not {"content.xml", "xl/workbook.xml", "xl/workbook.bin"} & names:
                raise Malformed("archive-not-a-spreadsheet")
            if plain and "xl/workbook.xml" not in names:
                raise Malformed("workbook-not-xlsx")
            if plain and any(name.endswith(_PROGRAMS) for name in names):
                raise Malformed("workbook-with-programs")
            if any(member.flag_bits & 1 for member in members) or _is_encrypted(archive, names):
                raise Malformed("file-encrypted")
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    _check_prolog(archive, member)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, zlib.error) as error:
        raise Malformed("spreadsheet-unreadable", reason="its archive is damaged or cut off") from error


def _is_encrypted(archive: zipfile.ZipFile, names: set[str]) -> bool:
    manifest = "META-INF/manifest.xml"
    return manifest in names and b"encryption-data" in archive.read(manifest)


def _check_prolog(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """A document type, the only place of entities, stands before the first element; spreadsheets have none."""
    with archive.open(member) as stream:
        head = stream.read(_PROLOG)
    plain = head.replace(b"\0", b"")  # UTF-16
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise Malformed("xml-entities")
