"""Small files of every type we take, whole and broken, and the evidence they come with."""

import io
import struct
import zipfile
import zlib
from typing import Any

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def pdf(text: bytes = b"Certificate") -> bytes:
    """A PDF of one object."""
    body = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n% " + text + b"\n"
    return body + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)


def png() -> bytes:
    """A picture of one point."""
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"\0\0")) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def jpeg() -> bytes:
    """The outline of a JPEG: what its structure needs, with escaped and restart bytes in the scan."""
    frame = b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + frame + scan + b"\xff\xd9"


def xlsx(extra: dict[str, bytes] | None = None, *, comment: bytes = b"", leave_out: str = "") -> bytes:
    """A workbook of nothing but what makes it one."""
    names = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>", **(extra or {})}
    return packed({name: data for name, data in names.items() if name != leave_out}, comment=comment)


def packed(entries: dict[str, bytes], *, comment: bytes = b"") -> bytes:
    """A zip of these entries."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
        archive.comment = comment
    return target.getvalue()


def bomb() -> bytes:
    """A workbook of some 200 kB that would inflate to 200 MB."""
    return xlsx({"xl/worksheets/sheet1.xml": b"0" * 200_000_000})


def lying(held: int, declared: int) -> bytes:
    """A workbook one of whose parts declares another size than it has."""
    whole = xlsx({"xl/worksheets/sheet1.xml": b"0" * held})
    return whole.replace(struct.pack("<I", held), struct.pack("<I", declared))


def overlapping() -> bytes:
    """A workbook two of whose entries are the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml", "a.xml"):
            archive.writestr(name, b"x" * 100)
        archive.getinfo("a.xml").header_offset = archive.getinfo("xl/workbook.xml").header_offset
    return target.getvalue()


def directory_bomb() -> bytes:
    """A workbook whose directory lists hundreds of thousands of parts."""
    whole = xlsx()
    directory = whole[whole.find(b"PK\x01\x02") : -22]
    start = len(whole) - 22 - len(directory)
    many = directory * (18_000_000 // len(directory))
    return whole[:start] + many + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0, 0, len(many), start, 0)


def answer(**changes: Any) -> dict[str, Any]:
    """A checklist answer that the electronics pack accepts on receipt."""
    return {
        "kind": "answer",
        "framework": "eseec-electronics",
        "values": [{"indicator": "C19", "value": "policy"}],
        **changes,
    }


def quantity(**changes: Any) -> dict[str, Any]:
    """A quantity with unit and period."""
    return {
        "kind": "quantity",
        "framework": "eseec-electronics",
        "values": [{"indicator": "E15", "value": 118.5, "unit": "KWH/MTK"}],
        "observed_from": "2025-01-01",
        "observed_to": "2025-12-31",
        **changes,
    }


def certificate(**changes: Any) -> dict[str, Any]:
    """A certificate of a recognised standard."""
    return {
        "kind": "certificate",
        "standard": "iso-45001",
        "certificate": {"number": "CN-45-0815", "issuer": "Example Certification", "version": "2018"},
        "issued_on": "2025-03-01",
        "valid_until": "2028-02-29",
        **changes,
    }
