"""Spreadsheets and Parquet: the sheet with a header we know, merged headings under all they span."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from supplychain.errors import Invalid, Malformed
from supplychain.exports.defusing import undefused
from supplychain.network.imports.files import headings, sandbox
from supplychain.network.imports.files.table import Options, Table
from supplychain.network.imports.rows import Kind

_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
Sheet = Mapping[str, Any]


def is_one(data: bytes) -> bool:
    """Whether bytes begin as an archive or a compound file."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06", _COMPOUND))


def read(data: bytes, kind: Kind, options: Options) -> Table:
    """XLSX, XLSM, XLSB, XLS or ODS. Raises Malformed, Invalid for a sheet that is not there."""
    if data.startswith(_COMPOUND):
        if _PACKAGE in data:
            raise Malformed("file-encrypted")
    else:
        sandbox.check_archive(data)
    return _table("spreadsheet", sandbox.call("workbook", data)["sheets"], kind, options)


def read_parquet(data: bytes, kind: Kind, options: Options) -> Table:
    """A Parquet file of one table. Raises Malformed."""
    return _table("parquet", sandbox.call("parquet", data)["sheets"], kind, options)


def _table(form: str, sheets: Sequence[Sheet], kind: Kind, options: Options) -> Table:
    chosen = _chosen(sheets, kind, options)
    rows = [[undefused(cell) if isinstance(cell, str) else cell for cell in row] for _, row in chosen["rows"]]
    lines = [line for line, _ in chosen["rows"]]
    _spread(rows, lines, chosen["merged"])
    others = tuple(sheet["name"] for sheet in sheets if sheet is not chosen and sheet["rows"])
    return Table(form, rows, lines, sheet=chosen["name"] or None, others=others, typed=True)


def _chosen(sheets: Sequence[Sheet], kind: Kind, options: Options) -> Sheet:
    """The one the sender names, or the one of best header: a visible one before a hidden one, then the first."""
    asked = options.sheet
    if asked is not None:
        for at, sheet in enumerate(sheets, start=1):
            if asked == sheet["name"] or (asked == str(at) and all(asked != one["name"] for one in sheets)):
                return sheet
        told = ", ".join(sheet["name"] for sheet in sheets)[:500]
        raise Invalid.at("query:sheet", "sheet-unknown", sheet=asked[:80], sheets=told)
    if not sheets:
        raise Invalid.at("/rows", "no-rows")

    def fitness(sheet: Sheet) -> tuple[int, bool, bool]:
        rows = [row for _, row in sheet["rows"][: headings.LOOKED_AT]]
        header = headings.find(kind, rows, options.mapping.columns)
        return (header.score if header else 0, sheet["visible"], bool(rows))

    return max(sheets, key=fitness)


def _spread(rows: list[list[Any]], lines: Sequence[int], merged: Sequence[Any]) -> None:
    """What is written across several columns stands in each of them, among the rows that may be the header.

    Below it, a value merged over several rows is said of each of them.
    """
    at = dict(zip(lines, rows, strict=True))
    head = set(lines[: headings.LOOKED_AT])
    for (top, left), (bottom, right) in merged:
        if top + 1 not in at or left >= len(at[top + 1]):
            continue
        value = at[top + 1][left]
        for line in range(top + 1, bottom + 2):
            row = at.get(line)
            if row is None:
                continue
            columns = range(left, right + 1) if line in head else (left,)
            for column in columns:
                row += [None] * (column + 1 - len(row))
                if row[column] is None:
                    row[column] = value
