"""Rows written down as a file, one after the other, in memory that does not grow with their number."""

import csv
import io
from abc import ABC, abstractmethod
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import IO, Any, Final

import orjson
from xlsxwriter import Workbook

from supplychain.errors import Invalid
from supplychain.exports.columns import Cell, Column, as_text
from supplychain.exports.defusing import defused
from supplychain.exports.formats import Format

XLSX_ROWS: Final = 1_048_576
"""Rows of a sheet, the header among them."""
XLSX_TEXT: Final = 32_767
"""UTF-16 units in a cell."""
_DIGITS: Final = 16
"""As many digits xlsxwriter writes of a number; one that has more is written as text, so that none is lost."""
_FIRST_DAY: Final = date(1900, 3, 1)
"""Before it, days of Excel's calendar are off by one: it thinks that 1900 was a leap year."""
_TOO_LONG: Final = -2
"""What xlsxwriter answers when it would cut a text."""
_WIDEST: Final = 40
Item = Mapping[str, Any]


class Writer(ABC):
    """Writes items; ``end`` makes the file whole."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns

    @abstractmethod
    def write(self, items: Iterable[Item]) -> None:
        """Write some items. Raises Invalid when the format cannot hold one."""

    @abstractmethod
    def end(self, beside: Mapping[str, Any]) -> None:
        """Make the file whole. beside: what an answer has beside its items; only JSON has a place for it."""

    @abstractmethod
    def abandon(self) -> None:
        """Give up what is not in the file yet."""


class _Csv(Writer):
    """RFC 4180 in UTF-8 with its mark, without which Excel takes Chinese for something else."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column], headings: Sequence[str]) -> None:
        super().__init__(columns)
        file.write(BOM_UTF8)
        self._text = io.TextIOWrapper(file, "utf-8", newline="", write_through=False)
        self._csv = csv.writer(self._text)
        self._csv.writerow([defused(one) for one in headings])

    def write(self, items: Iterable[Item]) -> None:
        columns = self.columns
        self._csv.writerows([[_plain(column.cell(item)) for column in columns] for item in items])

    def end(self, beside: Mapping[str, Any]) -> None:
        self._text.detach()

    def abandon(self) -> None:
        self._text.detach()


def _plain(cell: Cell) -> str:
    return defused(cell) if isinstance(cell, str) else as_text(cell)


class _Json(Writer):
    """The body of a page with all items in it."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column]) -> None:
        super().__init__(columns)
        self._file = file
        self._between = b'{"items":['

    def write(self, items: Iterable[Item]) -> None:
        for item in items:
            self._file.write(self._between + orjson.dumps(item, option=orjson.OPT_NON_STR_KEYS))
            self._between = b","

    def end(self, beside: Mapping[str, Any]) -> None:
        if self._between != b",":
            self._file.write(self._between)
        rest = orjson.dumps(beside, option=orjson.OPT_NON_STR_KEYS)
        self._file.write(b"]" + (b"," if beside else b"") + rest[1:])

    def abandon(self) -> None:
        self._between = b""


class _Xlsx(Writer):
    """One sheet: days as days, ids as text, moments in UTC, the header frozen and with filters."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column], headings: Sequence[str], title: str, day: date):
        super().__init__(columns)
        self._book = Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_numbers": False,
                "strings_to_formulas": False,
                "strings_to_urls": False,
            },
        )
        self._book.use_zip64()  # where a sheet needs it
        # The same list on the same day is the same file: a client that has it is told so by its tag.
        self._book.set_properties({"title": title, "created": datetime.combine(day, time())})
        self._sheet = self._book.add_worksheet(title)
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._sheet.freeze_panes(1, 0)
        bold = self._book.add_format({"bold": True})
        for at, heading in enumerate(headings):
            self._sheet.set_column(at, at, min(_WIDEST, max(12, _width(heading) + 4)))
            self._sheet.write_string(0, at, defused(heading), bold)
        self._row = 0

    def write(self, items: Iterable[Item]) -> None:
        for item in items:
            self._row += 1
            if self._row >= XLSX_ROWS:
                raise Invalid("xlsx-too-many-rows", limit=XLSX_ROWS - 1)
            for at, column in enumerate(self.columns):
                cell = column.cell(item)
                if cell is not None and self._put(at, cell) == _TOO_LONG:
                    raise Invalid("xlsx-cell-too-long", row=self._row, column=column.code, limit=XLSX_TEXT)

    def _put(self, at: int, cell: Cell) -> int:
        """Write one cell; what xlsxwriter says of it, 0 if all is well."""
        sheet, row = self._sheet, self._row
        if isinstance(cell, str):
            return int(sheet.write_string(row, at, defused(cell)))
        if isinstance(cell, bool):
            return int(sheet.write_boolean(row, at, cell))
        if isinstance(cell, datetime):
            moment = cell.astimezone(UTC).replace(tzinfo=None)
            return int(sheet.write_datetime(row, at, moment, self._moment))
        if isinstance(cell, date):
            if cell < _FIRST_DAY:
                return int(sheet.write_string(row, at, cell.isoformat()))
            return int(sheet.write_datetime(row, at, datetime.combine(cell, time()), self._day))
        exact = float(f"{cell:.{_DIGITS}G}") == cell
        return int(sheet.write_number(row, at, cell) if exact else sheet.write_string(row, at, repr(cell)))

    def end(self, beside: Mapping[str, Any]) -> None:
        self._sheet.autofilter(0, 0, self._row, max(0, len(self.columns) - 1))
        self._book.close()

    def abandon(self) -> None:
        # Closing is the only way to let go of its temporary files; what it writes is thrown away.
        self._book.close()


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)  # noqa: PLR2004 - where wide letters begin


def writer(
    form: Format, file: IO[bytes], columns: Sequence[Column], headings: Sequence[str], title: str, day: date
) -> Writer:
    """What writes a format to a file.

    headings: of the columns, in their order. title: what the list is called. day: on which it is written.
    """
    if form is Format.CSV:
        return _Csv(file, columns, headings)
    if form is Format.JSON:
        return _Json(file, columns)
    return _Xlsx(file, columns, headings, title, day)
