"""The refused rows of an import as a workbook: each wrong cell marked, and what to do."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

import xlsxwriter
from sqlalchemy import select

from supplychain.i18n import sentence
from supplychain.network.imports.rows import as_written
from supplychain.network.models import ImportResult, ImportRun
from supplychain.work import Work

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY: Final = 1 << 20
"""Bytes of a file that are kept in memory; more go to the disk."""
FETCHED: Final = 1000
LONGEST: Final = 32_767
"""Characters that a cell of a workbook holds."""
_MARK: Final = {"bg_color": "#FFC7CE", "font_color": "#9C0006", "num_format": "@"}
_WIDTH, _REASONS_WIDTH = 18, 80


def written(work: Work, row: ImportRun, language: str) -> IO[bytes]:
    """The workbook, at its beginning; a page of refused rows is in memory at a time.

    Its columns are those of the list, and a last one tells the number of the row and all that is wrong with it.
    Text is written as text, so that nothing that a list holds is calculated.
    """
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, {**options, "strings_to_numbers": False}) as book:
        page = _Page(book, row.columns, language)
        query = (
            select(ImportResult.row, ImportResult.faults, ImportResult.raw)
            .where(ImportResult.run == row.number, ImportResult.status == "error")
            .order_by(ImportResult.row)
            .execution_options(yield_per=FETCHED)
        )
        for number, faults, raw in work.session.execute(query):
            page.add(number, faults or (), raw or ())
    file.seek(0)
    return file


def parts_of(file: IO[bytes]) -> Iterator[bytes]:
    """A file piece by piece; it is closed at its end."""
    with file:
        while part := file.read(IN_MEMORY):
            yield part


class _Page:
    """The one sheet of the workbook while it is written, row by row."""

    def __init__(self, book: xlsxwriter.Workbook, columns: Sequence[str], language: str) -> None:
        self._sheet = book.add_worksheet(sentence("error-file-sheet", language))
        self._language = language
        self._columns = columns
        self._text = book.add_format({"num_format": "@"})
        self._mark = book.add_format(_MARK)
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        head = book.add_format({"bold": True})
        self._sheet.set_column(0, max(len(columns) - 1, 0), _WIDTH)
        self._sheet.set_column(len(columns), len(columns), _REASONS_WIDTH)
        self._sheet.freeze_panes(1, 0)
        for at, name in enumerate([*columns, sentence("error-file-reasons", language)]):
            self._sheet.write_string(0, at, name, head)
        self._next = 1

    def add(self, number: int, faults: Sequence[Any], raw: Sequence[Any]) -> None:
        """One refused row: its cells, the wrong ones marked, and the reasons."""
        by_column: defaultdict[str, list[Any]] = defaultdict(list)
        for fault in faults:
            by_column[fault[0]].append(fault)
        for at, column in enumerate(self._columns):
            cell = as_written(raw[at]) if at < len(raw) else None
            wrong = by_column.get(column, ())
            self._write(at, cell, self._mark if wrong else self._text)
            if wrong:
                self._sheet.write_comment(self._next, at, "\n".join(self._told(fault) for fault in wrong))
        self._sheet.write_string(self._next, len(self._columns), self._reasons(number, faults)[:LONGEST], self._wrap)
        self._next += 1

    def _write(self, at: int, cell: Any, style: Any) -> None:
        if isinstance(cell, bool):
            self._sheet.write_string(self._next, at, "true" if cell else "false", style)
        elif isinstance(cell, int | float):
            self._sheet.write_number(self._next, at, cell, style)
        elif cell is None or cell == "":
            self._sheet.write_blank(self._next, at, None, style)
        else:
            self._sheet.write_string(self._next, at, str(cell)[:LONGEST], style)

    def _reasons(self, number: int, faults: Iterable[Any]) -> str:
        told = [f"{fault[0]}: {self._told(fault)}" if fault[0] else self._told(fault) for fault in faults]
        return sentence("error-file-row", self._language, {"row": number, "reasons": " ".join(told)})

    def _told(self, fault: Sequence[Any]) -> str:
        _, code, _, params = fault
        told: Mapping[str, Any] = params or {}
        return f"{code}: {sentence(f'fault.{code}', self._language, told)}"
