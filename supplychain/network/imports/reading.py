"""From the bytes of a file to the rows of a sheet, and what was made of the file on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import filetype

from supplychain.errors import Invalid, Malformed
from supplychain.network.imports.cells import COLUMNS
from supplychain.network.imports.files import columns, delimited, documents, graphs, headings, workbooks
from supplychain.network.imports.files.columns import Note, Taken
from supplychain.network.imports.files.headings import Header
from supplychain.network.imports.files.table import MAX_CELL, MAX_COLUMNS, Options, Table
from supplychain.network.imports.rows import Kind, Raw, Sheet

AS_IT_IS: Final = Options()


@dataclass(frozen=True, slots=True)
class Reading:
    """A sheet, and how the file was read: what the sender should check before it believes the result."""

    sheet: Sheet
    table: Table
    header_row: int | None
    taken: tuple[Taken, ...]
    notes: tuple[Note, ...]

    def told(self) -> dict[str, Any]:
        """As JSON, without sentences."""
        table = self.table
        return {
            "format": table.format,
            "encoding": table.encoding,
            "separator": table.separator,
            "sheet": table.sheet,
            "other_sheets": list(table.others),
            "header_row": self.header_row,
            "columns": [
                {
                    "heading": one.heading or None,
                    "column": one.column,
                    "date_order": one.date_order,
                    "decimal": one.decimal,
                }
                for one in self.taken
            ],
            "ignored": list(self.sheet.ignored),
            "notes": [[note.code, note.column, note.count, dict(note.params)] for note in self.notes],
        }


def read(data: bytes, kind: Kind, format: str | None = None, options: Options = AS_IT_IS) -> Sheet:  # noqa: A002 - the command line's word
    """A sheet from a file's bytes. Raises Malformed, Invalid."""
    return understood(data, kind, format, options).sheet


def understood(data: bytes, kind: Kind, format: str | None = None, options: Options = AS_IT_IS) -> Reading:  # noqa: A002 - the command line's word
    """A sheet and how it was read; what the bytes are counts, not what they are called.

    format: ``json`` for what can be nothing else. Raises Malformed when the file cannot be read, Invalid when it can
    and is no list of the kind.
    """
    table = _table(data, kind, format, options)
    if table.headings is not None:
        return _made(kind, table, Header(0, 0, tuple(table.headings), 0), options)
    if not table.rows:
        raise Invalid.at("/rows", "no-rows")
    return _made(kind, table, _header(kind, table, options), options)


def _table(data: bytes, kind: Kind, form: str | None, options: Options) -> Table:
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if form == "json" or head.startswith(b"{") or (head[:1] == b"[" and head[1:].lstrip()[:1] in {b"{", b"]"}):
        return documents.read(data, kind, options)
    if workbooks.is_one(data):
        return workbooks.read(data, kind, options)
    if data.startswith(b"PAR1"):
        return workbooks.read_parquet(data, kind, options)
    if head.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<")):
        return _markup(data, kind, head)
    known = filetype.guess(data)
    if known is not None:
        raise Malformed("file-format-unknown", format=known.mime)
    return delimited.read(data, kind, options)


def _markup(data: bytes, kind: Kind, head: bytes) -> Table:
    if head.lower().startswith((b"<html", b"<!doctype html", b"<table")):
        raise Malformed("file-format-unknown", format="text/html")
    return graphs.read(data, kind)


def _header(kind: Kind, table: Table, options: Options) -> Header:
    if options.header_row is not None:
        if options.header_row not in table.lines:
            raise Invalid.at("query:header_row", "header-row-blank", row=options.header_row)
        found = headings.at(kind, table.rows, table.lines.index(options.header_row))
    else:
        first = Header(0, 1, tuple(map(_heading, table.rows[0])), 0)
        found = headings.find(kind, table.rows, options.mapping.columns) or _likeliest(kind, table.rows) or first
    if len(found.headings) > MAX_COLUMNS:
        raise Invalid.at("/columns", "too-many-columns", columns=len(found.headings), max=MAX_COLUMNS)
    return found


def _likeliest(kind: Kind, rows: Sequence[Sequence[Any]]) -> Header | None:
    """A row that names some of our columns, though not one of those needed."""
    for at, row in enumerate(rows[: headings.LOOKED_AT]):
        cells = tuple(map(_heading, row))
        if any(cell and headings.meaning(kind, cell) for cell in cells):
            return Header(at, 1, cells, 0)
    return None


def _heading(cell: Any) -> str:
    return " ".join(str(cell).split()) if isinstance(cell, str | int | float) else ""


def _made(kind: Kind, table: Table, header: Header, options: Options) -> Reading:
    start = header.first + header.height
    body, lines = table.rows[start:], table.lines[start:]
    width = len(header.headings)
    while width and not header.headings[width - 1]:
        width -= 1
    shown = header.headings[:width]
    if not shown and body:  # JSON whose rows have no members at all
        everything = tuple(COLUMNS[kind])
        blank: list[Raw] = [row if isinstance(row, dict) else [None] * len(everything) for row in body]
        return Reading(Sheet(kind, everything, blank, everything, tuple(lines)), table, None, (), ())
    taken = columns.assign(kind, shown, options)
    if not body:
        raise Invalid.at("/rows", "no-rows")
    rows = _aligned(body, header.headings, width)
    whole = [at for at, row in enumerate(rows) if not isinstance(row, dict)]
    for one in taken:
        one.cells = [None if one.at is None else rows[at][one.at] for at in whole]
    taken = [one for one in taken if one.column != "name_zh" or one.at is None or columns.is_chinese(one.cells)]
    notes = [note for one in taken for note in columns.understand(one, options, typed=table.typed)]
    for at, cells in zip(whole, zip(*(one.cells for one in taken), strict=True), strict=True):
        rows[at] = list(cells)
    used = {one.at for one in taken}
    ignored = tuple(heading for at, heading in enumerate(shown) if heading and at not in used)
    sheet = Sheet(
        kind, tuple(one.column for one in taken), rows, tuple(one.heading for one in taken), tuple(lines), ignored
    )
    row = table.lines[header.first] if header.height else None
    return Reading(sheet, table, row, tuple(taken), tuple(notes))


def _aligned(body: Sequence[Any], header: tuple[str, ...], width: int) -> list[Any]:
    """Rows of one width: spreadsheets leave out empty cells at the end of a line."""
    again = [heading.casefold() for heading in header[:width]]
    return [row if isinstance(row, dict) else _row(row, width, again) for row in body]


def _says_again(cells: Sequence[Any], header: Sequence[str]) -> bool:
    return [_heading(cell).casefold() for cell in cells] == [*header][: len(cells)]


def _row(cells: Sequence[Any], width: int, header: Sequence[str]) -> Raw:
    if len(cells) > width and any(cell is not None and str(cell).strip() for cell in cells[width:]):
        return {"fault": [None, "too-many-cells", len(cells), {"columns": width}]}
    long = next((cell for cell in cells if isinstance(cell, str) and len(cell) > MAX_CELL), None)
    if long is not None:
        return {"fault": [None, "cell-too-long", long[:40], {"max": MAX_CELL}]}
    if str(cells[0]).strip().casefold() == header[0] and _says_again(cells[:width], header):
        return {"fault": [None, "header-again", None, {}]}
    return [*cells[:width], *[None] * (width - len(cells))]
