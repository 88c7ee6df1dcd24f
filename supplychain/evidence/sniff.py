"""Which type an uploaded file really has, before anything parses it: never by its name alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

import filetype

from supplychain.evidence.structure import (
    FileUnusable,
    check_jpeg,
    check_pdf,
    check_png,
    check_text,
    check_xlsx,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEAD = 8192
_ANY = frozenset({"", "application/octet-stream", "binary/octet-stream"})
"""What clients send when they do not know."""


@dataclass(frozen=True, slots=True)
class _Type:
    """A type we take. declared: the media types under which clients send it."""

    extensions: frozenset[str]
    declared: frozenset[str]
    check: Callable[[IO[bytes], int], None]


_TEXT = frozenset({"text/csv", "text/plain", "application/csv", "application/vnd.ms-excel"})
_TYPES = {
    "application/pdf": _Type(frozenset({"pdf"}), frozenset({"application/pdf"}), check_pdf),
    "image/png": _Type(frozenset({"png"}), frozenset({"image/png"}), check_png),
    "image/jpeg": _Type(frozenset({"jpg", "jpeg"}), frozenset({"image/jpeg", "image/jpg", "image/pjpeg"}), check_jpeg),
    XLSX: _Type(frozenset({"xlsx"}), frozenset({XLSX}), check_xlsx),
    "text/csv": _Type(frozenset({"csv"}), _TEXT, check_text),
    "text/plain": _Type(frozenset({"txt"}), _TEXT, check_text),
}
ALLOWED = ", ".join(sorted(extension for known in _TYPES.values() for extension in known.extensions))


def media_type_of(stream: IO[bytes], size: int, name: str, declared: str) -> str:
    """The media type of a file whose bytes, name and declared type agree.

    stream: seekable. declared: what the client says, may be empty. Raises FileUnusable.
    """
    if size == 0:
        raise FileUnusable("file-empty")
    extension = name.rpartition(".")[2].lower()
    found = _seen(stream, extension)
    if found is None:
        raise FileUnusable("file-type-unknown", allowed=ALLOWED)
    known = _TYPES[found]
    try:
        known.check(stream, size)
    except FileUnusable as refusal:
        refusal.params.setdefault("allowed", ALLOWED)
        raise
    if extension not in known.extensions or declared.lower() not in known.declared | _ANY:
        raise FileUnusable("file-type-mismatch", found=found, name=name, declared=declared or "-")
    return found


def _seen(stream: IO[bytes], extension: str) -> str | None:
    """What the first bytes say; text has no mark of its own, so there the name decides which."""
    stream.seek(0)
    head = stream.read(_HEAD)
    kind = filetype.guess(head)
    if head.startswith(b"PK\x03\x04"):
        return XLSX
    if kind is None:
        return "text/plain" if extension == "txt" else "text/csv"
    return kind.mime if kind.mime in _TYPES else None
