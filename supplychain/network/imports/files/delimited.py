"""Text tables: separated by commas, semicolons, tabs or bars, quoted as spreadsheets quote."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from supplychain.errors import Invalid, Malformed
from supplychain.exports.defusing import undefused
from supplychain.network.imports.files import headings
from supplychain.network.imports.files.encoding import decoded
from supplychain.network.imports.files.table import MAX_COLUMNS, Options, Table
from supplychain.network.imports.rows import Kind

SEPARATORS: Final = ",;\t|"
_HEAD: Final = 1 << 16
"""Characters that decide on the separator."""
_SAID: Final = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)


def read(data: bytes, kind: Kind, options: Options) -> Table:
    """A table from text. Raises Malformed when it cannot be read as one."""
    text, encoding = decoded(data, options.encoding)
    said = _SAID.match(text)
    skipped = 0
    if said:
        text, skipped = text[said.end() :], 1
    separator = options.separator or (said[1] if said else _separator(text, kind, options))
    rows: list[list[str]] = []
    lines: list[int] = []
    _check_width(max((line.count(separator) for line in text.splitlines()), default=0))
    for line, cells in _lines(text, separator):
        _check_width(len(cells))
        rows.append([undefused(cell) for cell in cells])
        lines.append(line + skipped)
    return Table("csv", rows, lines, encoding=encoding, separator=separator)


def _check_width(width: int) -> None:
    """Before a line is taken apart: a million cells would cost more memory than the file."""
    if width > MAX_COLUMNS:
        raise Invalid.at("/columns", "too-many-columns", columns=width, max=MAX_COLUMNS)


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line it begins in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        began = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):
                raise Malformed("cell-too-large", line=began) from error
            raise Malformed("csv-unreadable", line=began) from error
        if any(cell.strip() for cell in cells):
            yield began, cells


def _separator(text: str, kind: Kind, options: Options) -> str:
    """The one under which the header is best recognised; else the one that cuts most lines into equally many cells."""
    head = text[:_HEAD]

    def fitness(separator: str) -> tuple[int, int]:
        rows = _loosely(head, separator)
        header = headings.find(kind, rows, options.mapping.columns)
        widths = [len(row) for row in rows if len(row) > 1]
        return (header.score if header else 0, max(map(widths.count, set(widths)), default=0))

    return max(SEPARATORS, key=fitness)


def _loosely(text: str, separator: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    while len(rows) < headings.LOOKED_AT:
        try:
            cells = next(reader)
        except (StopIteration, csv.Error):
            break
        if any(cell.strip() for cell in cells):
            rows.append([undefused(cell) for cell in cells])
    return rows
