"""Reads one file that may be built to exhaust its reader: a script, run by itself with its memory and time bounded.

It imports nothing of the application. In: the bytes, on standard input. Out: one JSON object on standard output,
``{"sheets": […]}``, ``{"nodes": […], "edges": […]}`` or ``{"error": code, "params": {…}}``. Cells are text, numbers,
true, false or null; ``{"date": ISO 8601}``; or ``{"was": text, "fault": code}``.
"""

import io
import json
import os
import resource
import struct
import sys
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from xml.parsers import expat

MAX_CELLS = 4_000_000
"""In a sheet, blank ones within its used area included."""
_MEMORY = 1 << 30
_SECONDS = 30
_BEGIN, _GUARDED, _NAMED = b"\x09\x08\x10\x00\x00\x06\x05\x00", 0x2F, 0x85
"""Of records of an XLS: how its workbook begins, that it is encrypted, a sheet."""
_EXACT = 1e15  # a float above it does not know its last digits
Faults = dict[tuple[int, int], dict[str, str]]


class FileRefused(Exception):
    """What the file cannot be read for, as a code with its values."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.told = {"error": code, "params": params}


# Spreadsheets -------------------------------------------------------------------------------


def workbook(data: bytes, *, form: bool = False) -> dict[str, Any]:
    """Every sheet with what its cells show; formulas by the value the file keeps for them, in a form as faults."""
    import python_calamine as calamine

    if _is_guarded(data):
        raise FileRefused("file-encrypted")
    try:
        book = calamine.load_workbook(io.BytesIO(data))
        sheets = [
            (one.name, one.visible == calamine.SheetVisibleEnum.Visible, book.get_sheet_by_name(one.name))
            for one in book.sheets_metadata
            if one.typ == calamine.SheetTypeEnum.WorkSheet
        ]
    except calamine.CalamineError as error:
        if isinstance(error, calamine.PasswordError) or "password" in str(error).casefold():
            raise FileRefused("file-encrypted") from error
        raise FileRefused("spreadsheet-unreadable", reason=str(error)[:200]) from error
    faults = _faults_by_sheet(data, form=form) if data.startswith(b"PK") else {}
    return {
        "sheets": [
            {
                "name": name,
                "visible": visible,
                "rows": list(_rows(sheet, faults.get(name, {}))),
                "merged": sheet.merged_cell_ranges or [],
            }
            for name, visible, sheet in sheets
        ]
    }


def _is_guarded(data: bytes) -> bool:
    """Whether the stream of an XLS says, before it names its sheets, that what follows is encrypted."""
    at = data.find(_BEGIN)
    while 0 <= at < len(data) - 4:
        kind, size = struct.unpack_from("<HH", data, at)
        if kind in {_GUARDED, _NAMED}:
            return bool(kind == _GUARDED)
        at += 4 + size
    return False


def _rows(sheet: Any, faults: Faults) -> Iterator[tuple[int, list[Any]]]:
    if sheet.start is None and not faults:
        return
    top, left = sheet.start or (0, 0)
    if sheet.height * sheet.width > MAX_CELLS:
        raise FileRefused("sheet-too-large", sheet=sheet.name, max=MAX_CELLS)
    found = {}
    for at, cells in enumerate(sheet.to_python(skip_empty_area=True), start=top):
        found[at] = [None] * left + [_cell(cell) for cell in cells]
    for (row, column), fault in faults.items():
        cells = found.setdefault(row, [])
        cells += [None] * (column + 1 - len(cells))
        if cells[column] is None or fault["fault"] == "formula-in-form":
            cells[column] = fault
    for at in sorted(found):
        cells = found[at]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield at + 1, cells


def _cell(cell: Any) -> Any:
    if cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return int(cell)
    if isinstance(cell, date | datetime):
        return {"date": cell.isoformat()}
    if isinstance(cell, str):
        return cell.replace("_x000D_", "\n")
    return cell if isinstance(cell, bool | int | float) else str(cell)


def _faults_by_sheet(data: bytes, *, form: bool) -> dict[str, Faults]:
    """Of an XLSX, the cells that show an error, or that are formulas without a kept value: both read as blank."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
            return {}
        targets = {
            attributes["Id"]: attributes["Target"]
            for tag, attributes in _elements(archive.read("xl/_rels/workbook.xml.rels"))
            if tag == "Relationship"
        }
        found = {}
        for tag, attributes in _elements(archive.read("xl/workbook.xml")):
            path = "xl/" + targets.get(attributes.get("id", ""), "").removeprefix("/xl/")
            if tag == "sheet" and path in names:
                xml = archive.read(path)
                if b"<f" in xml or b":f" in xml or b't="e"' in xml:
                    found[attributes["name"]] = _Cells(form=form).read(xml)
        return found


def _elements(xml: bytes) -> list[tuple[str, Mapping[str, str]]]:
    found: list[tuple[str, Mapping[str, str]]] = []

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        found.append((_local(tag), {_local(name): value for name, value in attributes.items()}))

    parser = _parser()
    parser.StartElementHandler = start
    parser.Parse(xml, True)
    return found


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: Any) -> None:
    raise FileRefused("xml-entities")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Cells:
    """The cells of a worksheet's XML as far as their type and formula go."""

    def __init__(self, *, form: bool) -> None:
        self._form, self._found = form, Faults()
        self._at = self._type = self._text = ""
        self._formula = self._inside = self._value = False
        self._words: list[str] = []

    def read(self, xml: bytes) -> Faults:
        parser = _parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.Parse(xml, True)
        return self._found

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        match _local(tag):
            case "c":
                self._at, self._type = attributes.get("r", ""), attributes.get("t", "")
                self._formula = self._value = False
                self._text = ""
            case "f":
                self._formula = True
            case "v":
                self._inside = True
                self._words = []

    def _characters(self, text: str) -> None:
        if self._inside:
            self._words.append(text)

    def _end(self, tag: str) -> None:
        match _local(tag):
            case "v":
                self._inside = False
                self._text = "".join(self._words)
                self._value = bool(self._text) or self._type == "str"
            case "c" if self._at:
                if self._form and self._formula:
                    self._found[_position(self._at)] = {"was": "=", "fault": "formula-in-form"}
                elif self._type == "e":
                    self._found[_position(self._at)] = {"was": self._text or "#ERROR", "fault": "spreadsheet-error"}
                elif self._formula and not self._value:
                    self._found[_position(self._at)] = {"was": "=", "fault": "formula-without-value"}


def _position(reference: str) -> tuple[int, int]:
    """From ``B2`` to (1, 1)."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(reference[len(letters) :]) - 1, column - 1


# Graphs and tables of columns ---------------------------------------------------------------


def graph(data: bytes) -> dict[str, Any]:
    """Nodes and edges of GraphML or GEXF with their attributes."""
    import networkx as nx
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        root = ElementTree.fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise FileRefused("xml-entities") from error
    except ElementTree.ParseError as error:
        raise FileRefused("xml-unreadable", reason=str(error)[:200]) from error
    tag = root.tag.rpartition("}")[2]
    if tag not in {"graphml", "gexf"}:
        raise FileRefused("xml-not-a-graph", tag=tag[:80])
    read = nx.read_graphml if tag == "graphml" else nx.read_gexf
    try:
        made = read(io.BytesIO(data))
    except (nx.NetworkXError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileRefused("xml-unreadable", reason=str(error)[:200]) from error
    return {
        "directed": made.is_directed(),
        "nodes": [{**attributes, "id": str(node)} for node, attributes in made.nodes(data=True)],
        "edges": [
            {**attributes, "source": str(source), "target": str(target)}
            for source, target, attributes in made.edges(data=True)
        ],
    }


def parquet(data: bytes) -> dict[str, Any]:
    """A Parquet file as one sheet whose first row are its columns."""
    import pyarrow as pa
    from pyarrow import parquet as files

    pa.set_cpu_count(1)
    try:
        file = files.ParquetFile(io.BytesIO(data))
        if file.metadata.num_columns * file.metadata.num_rows > MAX_CELLS:
            raise FileRefused("sheet-too-large", sheet="Parquet", max=MAX_CELLS)
        table = file.read(use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise FileRefused("parquet-unreadable", reason=str(error)[:200]) from error
    columns = [[_plain(value) for value in column.to_pylist()] for column in table.columns]
    rows = [(1, list(table.column_names)), *((at, list(cells)) for at, cells in enumerate(zip(*columns), start=2))]  # noqa: B905 - columns of one table
    return {"sheets": [{"name": "", "visible": True, "rows": rows, "merged": []}]}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return {"date": value.isoformat()} if isinstance(value, date | datetime) else str(value)


def main() -> None:
    """Read what is named by the first argument."""
    task = sys.argv[1]
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data = sys.stdin.buffer.read()
    try:
        sheets = task in {"workbook", "form"}
        told = workbook(data, form=task == "form") if sheets else {"graph": graph, "parquet": parquet}[task](data)
    except FileRefused as error:
        told = error.told
    except (zipfile.BadZipFile, expat.ExpatError, OSError) as error:
        told = {"error": "spreadsheet-unreadable", "params": {"reason": str(error)[:200]}}
    except (MemoryError, RecursionError):
        told = {"error": "file-too-costly", "params": {}}
    with sys.stdout.buffer as answer:
        answer.write(json.dumps(told).encode())
    os._exit(0)  # in good order the interpreter may die of Arrow's threads, its answer written


if __name__ == "__main__":
    main()
