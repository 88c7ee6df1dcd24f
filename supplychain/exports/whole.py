"""A whole list put on file while the snapshot of its unit of work is open; it is sent once that is closed."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

import marshmallow as ma

from supplychain.exports.columns import columns_of
from supplychain.exports.formats import Format
from supplychain.exports.headings import headings_of
from supplychain.exports.writing import writer

IN_MEMORY: Final = 1 << 20
"""Bytes; what is longer goes to a temporary file."""
BATCH: Final = 1000
"""Items made, written and forgotten at once."""
SLICE: Final = 1 << 16
Batches = Iterable[Sequence[Mapping[str, Any]]]
Progress = Callable[[int], None]
"""Called with how many items are written."""


@dataclass(frozen=True, slots=True)
class List:
    """What is to be written down.

    schema: of the items. batches: the items, some at a time. beside: what an answer has beside its items.
    """

    title: str
    schema: type[ma.Schema]
    batches: Batches
    beside: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """A file, at its beginning. digest: SHA-256 of its bytes. items: how many are in it."""

    file: IO[bytes]
    size: int
    digest: bytes
    items: int


def write(form: Format, whole: List, language: str, day: date, progress: Progress | None = None) -> Written:
    """Write a whole list to a temporary file, which the caller closes.

    language: of the headings, or ``headings.CODES``. Raises what making the items raises, and Invalid when the format
    cannot hold them; then there is no file.
    """
    columns = columns_of(whole.schema)
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it is sent after this is over
    try:
        written = writer(form, file, columns, headings_of(columns, language), whole.title, day)
        items = 0
        try:
            for batch in whole.batches:
                written.write(batch)
                items += len(batch)
                if progress:
                    progress(items)
        except BaseException:
            written.abandon()
            raise
        written.end(whole.beside)
        size = file.seek(0, 2)
        return Written(file, size, _digest(file), items)
    except BaseException:
        file.close()
        raise


def _digest(file: IO[bytes]) -> bytes:
    file.seek(0)
    digest = hashlib.sha256()
    while part := file.read(SLICE):
        digest.update(part)
    file.seek(0)
    return digest.digest()
