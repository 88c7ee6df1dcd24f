"""From the bytes of a file to the rows of a sheet; the only place that knows file formats."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

import orjson

from supplychain.errors import Fault as PayloadFault
from supplychain.errors import Invalid, Malformed
from supplychain.exports.defusing import undefused
from supplychain.exports.headings import columns_called
from supplychain.network.imports.cells import COLUMNS, TOLD_ONLY
from supplychain.network.imports.rows import Kind, Raw, Sheet

DELIMITERS: Final = ",;\t"
MAX_CELL: Final = 10_000
"""Characters; a longer cell is an unclosed quotation mark."""
_ONE_OF: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.ORGANIZATIONS: frozenset({"name"}),
    Kind.LINKS: frozenset({"buyer", "supplier"}),
}
"""A list must have one of these columns, or it is about something else."""


def read(data: bytes, kind: Kind, format: str) -> Sheet:  # noqa: A002 - the command line's word
    """A sheet from a file's bytes; format: ``csv`` or ``json``. Raises Malformed, Invalid."""
    if format == "csv":
        return read_csv(data, kind)
    try:
        return read_json(orjson.loads(data), kind)
    except orjson.JSONDecodeError as error:
        raise Malformed("json-unreadable", reason=error.msg.split(":")[0]) from error


def read_csv(data: bytes, kind: Kind) -> Sheet:
    """A CSV file: UTF-8 with or without its mark; comma, semicolon or tab; a header line; blank lines are skipped.

    Raises Malformed when it cannot be read as a table, Invalid when its columns are not those of the kind.
    """
    text = _decoded(data)
    header = text.lstrip("\r\n").partition("\n")[0]
    lines = _Lines(text, delimiter=_delimiter(header, kind))
    columns = _columns([_column_name(undefused(cell), kind) for cell in next(iter(lines), [])], kind)
    rows = [_aligned([undefused(cell) for cell in cells], len(columns)) for cells in lines]
    return _filled(Sheet(kind, columns, rows))


def read_json(body: Any, kind: Kind) -> Sheet:
    """``{"rows": [{column: value}, …]}``, or ``items`` as we export them. Raises Invalid when it has another shape."""
    if not isinstance(body, dict):
        raise Invalid.at("", "not-an-object")
    given = "items" if "items" in body and "rows" not in body else "rows"
    for name in body:
        if name != given:
            raise Invalid.at(f"/{name}", "unknown-field")
    if given not in body:
        raise Invalid.at("/rows", "required")
    if not isinstance(body[given], list):
        raise Invalid.at(f"/{given}", "not-a-list")
    columns = (*COLUMNS[kind], *TOLD_ONLY[kind])
    return _filled(Sheet(kind, columns, [_from_object(row, columns) for row in body[given]]))


def _decoded(data: bytes) -> str:
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("file-not-utf8", at=error.start) from error


class _Lines:
    """The lines of a table without the blank ones; what cannot be read names its line."""

    def __init__(self, text: str, delimiter: str) -> None:
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)

    def __iter__(self) -> Iterator[list[str]]:
        while True:
            began = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise Malformed("csv-unreadable", line=began) from error
            if any(cell.strip() for cell in cells):
                yield cells


def _delimiter(header: str, kind: Kind) -> str:
    """The one that makes the most known columns of the header; the comma if all make none."""

    def known(delimiter: str) -> int:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        return len({_column_name(cell, kind) for cell in cells} & COLUMNS[kind].keys())

    return max(DELIMITERS, key=known)


def _column_name(cell: str, kind: Kind) -> str:
    heading = cell.strip().casefold()
    return _called(kind).get(heading) or "_".join(heading.replace("-", " ").replace("_", " ").split())


@cache
def _called(kind: Kind) -> Mapping[str, str]:
    """What our own exports call the columns, in every language."""
    return columns_called([*COLUMNS[kind], *TOLD_ONLY[kind]])


def _columns(found: Sequence[str], kind: Kind) -> tuple[str, ...]:
    allowed = ", ".join(COLUMNS[kind])
    faults = []
    for at, name in enumerate(found):
        if name not in COLUMNS[kind] and name not in TOLD_ONLY[kind]:
            faults.append(PayloadFault(f"/columns/{at}", "unknown-column", {"column": name[:80], "allowed": allowed}))
        elif name in found[:at]:
            faults.append(PayloadFault(f"/columns/{at}", "column-twice", {"column": name}))
    if found and not _ONE_OF[kind].intersection(found):
        wanted = " / ".join(sorted(_ONE_OF[kind]))
        faults.append(PayloadFault("/columns", "column-missing", {"column": wanted, "allowed": allowed}))
    if faults:
        raise Invalid("invalid-payload", faults=faults)
    return tuple(found)


def _aligned(cells: list[str], width: int) -> Raw:
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        return {"fault": [None, "too-many-cells", len(cells), {"columns": width}]}
    long = next((at for at, cell in enumerate(cells) if len(cell) > MAX_CELL), None)
    if long is not None:
        return {"fault": [None, "cell-too-long", cells[long][:40], {"max": MAX_CELL}]}
    # Spreadsheets leave out empty cells at the end of a line.
    return cells[:width] + [""] * (width - len(cells))


def _from_object(row: Any, columns: Sequence[str]) -> Raw:
    if not isinstance(row, dict):
        return {"fault": [None, "not-an-object", None, {}]}
    unknown = next((name for name in row if name not in columns), None)
    if unknown is not None:
        return {
            "fault": [unknown[:80], "unknown-column", None, {"column": unknown[:80], "allowed": ", ".join(columns)}]
        }
    return [row.get(name) for name in columns]


def _filled(sheet: Sheet) -> Sheet:
    if not sheet.rows:
        raise Invalid.at("/rows", "no-rows")
    return sheet
