"""Files as other programs write them, and as no program should: really built, for tests of what reads them."""

import io
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter

Row = Sequence[Any]


def xlsx(build: Callable[[Any], None], **options: Any) -> bytes:
    """A workbook of xlsxwriter's, built by a function of it."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, **options}) as book:
        build(book)
    return stream.getvalue()


def sheet(*rows: Row, **options: Any) -> bytes:
    """A workbook of one sheet of plain values."""

    def build(book: Any) -> None:
        page = book.add_worksheet("List")
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)

    return xlsx(build, **options)


def changed(archive: bytes, changes: Mapping[str, Callable[[bytes], bytes]], **added: bytes) -> bytes:
    """An archive with some members changed and others added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            data = old.read(member)
            new.writestr(member.filename, changes.get(member.filename, bytes)(data))
        for name, data in added.items():
            new.writestr(name, data)
    return stream.getvalue()


def ods(rows: Iterable[Row]) -> bytes:
    """An OpenDocument spreadsheet as LibreOffice lays it out, of text and numbers."""

    def cell(value: Any) -> str:
        if isinstance(value, int | float):
            told = f'office:value-type="float" office:value="{value}"'
        else:
            told = 'office:value-type="string"'
        text = str(value).replace("&", "&amp;").replace("<", "&lt;")
        return f"<table:table-cell {told}><text:p>{text}</text:p></table:table-cell>"

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="List">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": b'<?xml version="1.0"?><manifest:manifest'
            b' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry'
            b' manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
            b'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            b"</manifest:manifest>",
        }
    )


def endless_ods() -> bytes:
    """A spreadsheet of a few hundred bytes: one cell, repeated seventeen thousand million times."""
    cell = '<table:table-cell office:value-type="string"'
    row = "<table:table-row>"
    data = ods([["One"]])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read("content.xml").decode()
    content = content.replace(cell, f'{cell} table:number-columns-repeated="16384"')
    content = content.replace(row, '<table:table-row table:number-rows-repeated="1048576">')
    return changed(data, {"content.xml": lambda _: content.encode()})


def packed(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else None)
    return stream.getvalue()


def bomb(mebibytes: int) -> bytes:
    """A workbook of so many MiB of blanks, packed a thousandfold."""
    return changed(sheet(["name"], ["One"]), {}, **{"xl/media/image1.png": b" " * (mebibytes << 20)})


def xls(rows: Sequence[Sequence[str]], *, protected: bool = False) -> bytes:
    """A workbook of Excel 97 (BIFF8) of text alone: one sheet in a compound file."""

    def record(kind: int, data: bytes = b"") -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def label(row: int, column: int, text: str) -> bytes:
        raw = text.encode("utf-16-le")
        return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(raw) // 2, 1) + raw)

    start = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0x41, 0x06)
    name = "List".encode("utf-16-le")
    guard = record(0x002F, struct.pack("<HHH", 1, 1, 1) + b"\0" * 48) if protected else b""
    head = record(0x0809, start) + guard + record(0x0042, struct.pack("<H", 1200))
    bound_size = 4 + 4 + 2 + 2 + len(name)
    end = record(0x000A)
    offset = len(head) + bound_size + len(end)
    bound = record(0x0085, struct.pack("<IBBBB", offset, 0, 0, 4, 1) + name)
    body = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0x41, 0x06))
    body += record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    body += b"".join(label(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row))
    return compound({"Workbook": head + bound + end + body + end})


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (CFB, version 3) of some streams, each long enough to need no small sectors."""
    sector, free, last = 512, 0xFFFFFFFF, 0xFFFFFFFE
    data, chains, entries = b"", [], []
    for name, content in streams.items():
        padded = content.ljust(4096, b"\0")
        padded += b"\0" * (-len(padded) % sector)
        first = len(data) // sector
        count = len(padded) // sector
        chains += [*range(first + 1, first + count), last]
        entries.append((name, first, len(content) if len(content) >= 4096 else len(padded)))
        data += padded

    def entry(name: str, kind: int, first: int, size: int, child: int = free, right: int = free) -> bytes:
        raw = (name + "\0").encode("utf-16-le")
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(raw), kind, 1, free, right, child)
            + b"\0" * 36
            + struct.pack("<IQ", first, size)
        )

    directory = entry("Root Entry", 5, last, 0, child=1 if entries else free)
    for at, (name, first, size) in enumerate(entries, start=1):
        directory += entry(name, 2, first, size, right=at + 1 if at < len(entries) else free)
    directory += b"\0" * (-len(directory) % sector)
    at_directory = len(data) // sector
    count = len(directory) // sector
    chains += [*range(at_directory + 1, at_directory + count), last]
    at_table = at_directory + count
    tables = 1
    while (len(chains) + tables) * 4 > tables * sector:
        tables += 1
    chains += [0xFFFFFFFD] * tables
    table = b"".join(struct.pack("<I", one) for one in chains).ljust(tables * sector, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, tables, at_directory, 0, 4096, last, 0, last, 0)
    header += b"".join(struct.pack("<I", at_table + one) for one in range(tables)).ljust(109 * 4, b"\xff")
    return header + data + directory + table
