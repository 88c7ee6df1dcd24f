"""Whether a file is whole and nothing but what it says it is, for each type we take.

Nothing here interprets a file beyond its outermost structure, and nothing is inflated beyond a budget.
"""

import re
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

CHUNK = 1 << 16
MAX_INFLATED = 96 * 1024 * 1024
MAX_RATIO = 100
UNSUSPICIOUS = 8 * 1024 * 1024
"""Below this many bytes inflated, how well it was packed is nobody's concern."""
MAX_ENTRIES, MAX_DIRECTORY = 4000, 1024 * 1024
_ZIP_TAIL = 22 + 0xFFFF
_ZIP_END, _ZIP_LOCAL = b"PK\x05\x06", b"PK\x03\x04"
_ENCRYPTED = 0x1
_PLAIN_METHODS = {0, 8}
_PNG = b"\x89PNG\r\n\x1a\n"
_BLANK = b"\r\n\t \x00"
_JPEG_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")
_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_JPEG_START, _JPEG_END, _JPEG_SCAN = 0xD8, 0xD9, 0xDA
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


class FileUnusable(ValueError):
    """A file that is not taken. code: why; params: what its sentence names."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def check_pdf(stream: IO[bytes], size: int) -> None:
    """Begins as a PDF, ends with its end mark and nothing after it. Raises FileUnusable."""
    if _at(stream, 0, 5) != b"%PDF-":
        raise FileUnusable("file-damaged")
    tail = _at(stream, max(0, size - 2048), 2048)
    end = tail.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in tail:
        raise FileUnusable("file-truncated")
    if tail[end + 5 :].strip(_BLANK):
        raise FileUnusable("file-polyglot")
    refuse_zip_tail(stream, size)


def check_png(stream: IO[bytes], size: int) -> None:
    """Every chunk is there with its checksum, the end chunk is last. Raises FileUnusable."""
    if _at(stream, 0, 8) != _PNG or _at(stream, 12, 4) != b"IHDR":
        raise FileUnusable("file-damaged")
    position, kind = 8, b""
    while kind != b"IEND":
        head = _at(stream, position, 8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if len(head) < 8 or position + 12 + length > size:  # noqa: PLR2004 - length, type, checksum
            raise FileUnusable("file-truncated")
        if _crc(stream, position + 4, length + 4) != int.from_bytes(_at(stream, position + 8 + length, 4), "big"):
            raise FileUnusable("file-damaged")
        position += 12 + length
    if position != size:
        raise FileUnusable("file-polyglot")


def check_jpeg(stream: IO[bytes], size: int) -> None:
    """One picture from start to end mark, or several behind one another as cameras write them.

    Raises FileUnusable.
    """
    data = _at(stream, 0, size)
    position = 0
    while data[position:].strip(b"\x00"):
        if position and data[position : position + 2] != b"\xff\xd8":
            raise FileUnusable("file-polyglot")
        position = _after_picture(data, position)
    refuse_zip_tail(stream, size)


def _after_picture(data: bytes, position: int) -> int:
    framed = False
    position += 2
    while True:
        found = _JPEG_MARKER.match(data, position)
        if found is None:
            raise FileUnusable("file-truncated" if position >= len(data) - 1 else "file-damaged")
        marker, position = found[1][0], found.end()
        if marker == _JPEG_END and framed:
            return position
        length = int.from_bytes(data[position : position + 2], "big")
        if length < 2 or marker in {_JPEG_START, _JPEG_END}:  # noqa: PLR2004 - the length counts itself
            raise FileUnusable("file-damaged")
        framed = framed or marker in _JPEG_FRAMES
        position += length
        if marker == _JPEG_SCAN:
            following = _JPEG_MARKER.search(data, position)
            position = following.start() if following else len(data)


def check_xlsx(stream: IO[bytes], size: int) -> None:
    """A workbook in a zip whose entries lie side by side and inflate to no more than they declare.

    Raises FileUnusable.
    """
    if _at(stream, 0, 4) != _ZIP_LOCAL:
        raise FileUnusable("file-damaged")
    _check_end(stream, size)
    try:
        with ZipFile(stream) as archive:
            entries = archive.infolist()
            _check_names(entries)
            _check_places(entries, size)
            _check_inflated(archive, entries, size)
    except (BadZipFile, EOFError, NotImplementedError, ValueError, zlib.error) as error:
        if isinstance(error, FileUnusable):
            raise
        raise FileUnusable("file-truncated") from error


def _check_end(stream: IO[bytes], size: int) -> None:
    """The end record is the last thing, and its directory small enough to be read at all."""
    tail = _at(stream, max(0, size - _ZIP_TAIL), _ZIP_TAIL)
    end = tail[-22:]
    if not end.startswith(_ZIP_END) or end[20:] != b"\0\0":
        raise FileUnusable("file-polyglot" if _ZIP_END in tail else "file-truncated")
    if int.from_bytes(end[12:16], "little") > MAX_DIRECTORY:
        raise FileUnusable("file-inflates-too-much", limit=MAX_INFLATED)


def _check_names(entries: list[ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        raise FileUnusable("file-type-unknown")
    if any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names):
        raise FileUnusable("file-damaged")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileUnusable("file-has-macros")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise FileUnusable("file-encrypted")


def _check_places(entries: list[ZipInfo], size: int) -> None:
    """No entry begins inside another one, which is how few bytes are inflated many times."""
    places = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    if places[0][0] != 0:
        raise FileUnusable("file-polyglot")
    for (offset, packed), (following, _) in pairwise([*places, (size, 0)]):
        if offset + 30 + packed > following:
            raise FileUnusable("file-inflates-too-much", limit=MAX_INFLATED)


def _check_inflated(archive: ZipFile, entries: list[ZipInfo], size: int) -> None:
    limit = min(MAX_INFLATED, max(UNSUSPICIOUS, MAX_RATIO * size))
    declared = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or declared > limit:
        raise FileUnusable("file-inflates-too-much", limit=limit)
    if any(entry.compress_type not in _PLAIN_METHODS for entry in entries):
        raise FileUnusable("file-damaged")
    # What is declared may be a lie: count what comes out; reading to the end also checks the checksum.
    found = sum(len(chunk) for entry in entries for chunk in _inflated(archive, entry))
    if found != declared:
        raise FileUnusable("file-damaged")


def _inflated(archive: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as content:
        while chunk := content.read(CHUNK):
            yield chunk


def check_text(stream: IO[bytes], size: int) -> None:
    """Readable text in UTF-8, UTF-16 with its mark, or GB 18030; no markup. Raises FileUnusable."""
    data = _at(stream, 0, size)
    if b"%PDF-" in data[:1024]:
        raise FileUnusable("file-polyglot")
    text = _decoded(data)
    if text is None or _CONTROL.search(text) or text.lstrip("\ufeff \t\r\n").startswith(("<", "{\\rtf")):
        raise FileUnusable("file-type-unknown")
    refuse_zip_tail(stream, size)


def _decoded(data: bytes) -> str | None:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def refuse_zip_tail(stream: IO[bytes], size: int) -> None:
    """Refuse a file that a zip reader would open, whatever it is in front. Raises FileUnusable."""
    start = max(0, size - _ZIP_TAIL)
    tail = _at(stream, start, size - start)
    end = tail.rfind(_ZIP_END)
    if end < 0 or len(tail) - end < 22:  # noqa: PLR2004 - the length of the end record
        return
    directory = int.from_bytes(tail[end + 12 : end + 16], "little")
    if 0 < directory <= start + end:
        raise FileUnusable("file-polyglot")


def _at(stream: IO[bytes], position: int, length: int) -> bytes:
    stream.seek(position)
    return stream.read(length)


def _crc(stream: IO[bytes], position: int, length: int) -> int:
    stream.seek(position)
    crc = 0
    while length > 0 and (chunk := stream.read(min(length, CHUNK))):
        crc = zlib.crc32(chunk, crc)
        length -= len(chunk)
    return crc
