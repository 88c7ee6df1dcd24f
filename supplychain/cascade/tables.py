"""CSV and Parquet as streams of columns; no row becomes an object."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from supplychain.cascade.mistakes import at, unreadable
from supplychain.errors import Fault

ENDINGS: Final = (".csv", ".parquet")
BLOCK: Final = 2**24
"""Bytes of a CSV read at a time."""
ROWS: Final = 2**18
"""Rows of a Parquet file read at a time."""
TEXT: Final = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True, slots=True)
class Columns:
    """Some rows of a table: the first one's number, and each column that there is.

    Text is a dictionary array; the id of a CSV is text, that of a Parquet file what it is there.
    """

    first: int
    arrays: Mapping[str, Any]

    def __len__(self) -> int:
        return len(next(iter(self.arrays.values())))


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a table that can be read by itself: its first row's number and its row group, None for all rows."""

    first: int
    group: int | None


_ALL: Final = Part(1, None)


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose header was read.

    wanted: which of the columns it has. ignored: its other ones. rows: how many rows, None where only reading tells.
    """

    path: Path
    wanted: tuple[str, ...]
    ignored: tuple[str, ...]
    rows: int | None

    def parts(self) -> list[Part]:
        """What the table is made of: the row groups of a Parquet file; of a CSV only reading tells where rows begin."""
        if ending(self.path) == ".csv":
            return [_ALL]
        with pq.ParquetFile(self.path) as file:
            counts = [file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups)]
        return [Part(first + 1, group) for group, first in enumerate(accumulate([0, *counts[:-1]]))]

    def read(self, part: Part = _ALL) -> Iterator[Columns]:
        """The rows in their order. Raises Invalid where they cannot be read."""
        pieces = _csv(self) if ending(self.path) == ".csv" else _parquet(self, part)
        first = part.first
        for piece in pieces:
            yield Columns(first, piece)
            first += len(next(iter(piece.values())))


def check_out(out: Path, read: Sequence[Path | None]) -> None:
    """Raises Invalid where the answer cannot be written under this name, or would take the place of what is read."""
    ending(out)
    if out.exists() and any(path is not None and out.samefile(path) for path in read):
        raise unreadable(Fault(out.name, "out-is-read"))


def ending(path: Path) -> str:
    """How the file is written. Raises Invalid for an ending that stands for nothing here."""
    if path.suffix.lower() not in ENDINGS:
        raise unreadable(Fault(path.name, "file-ending", {"allowed": ", ".join(ENDINGS)}))
    return path.suffix.lower()


def table(path: Path, required: Sequence[str], optional: Sequence[str]) -> Table:
    """Read the header of a file. Raises Invalid."""
    names, rows = _csv_header(path) if ending(path) == ".csv" else _parquet_header(path)
    if not names:
        raise unreadable(Fault(path.name, "file-empty"))
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise unreadable(Fault(path.name, "column-twice", {"column": twice}))
    lacking = next((name for name in required if name not in names), None)
    if lacking is not None:
        raise unreadable(Fault(path.name, "table-column-missing", {"column": lacking, "seen": ", ".join(names)}))
    known = (*required, *optional)
    return Table(path, tuple(n for n in names if n in known), tuple(n for n in names if n not in known), rows)


def _csv_header(path: Path) -> tuple[list[str], int | None]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            names = next(filter(None, csv.reader(file, strict=True)), [])
            return names, 0 if next(file, None) is None else None
    except UnicodeDecodeError as error:
        raise unreadable(Fault(path.name, "not-utf-8")) from error
    except csv.Error as error:
        raise unreadable(Fault(path.name, "not-a-table", {"reason": str(error)})) from error


def _parquet_header(path: Path) -> tuple[list[str], int]:
    try:
        with pq.ParquetFile(path) as file:
            return list(file.schema_arrow.names), file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise unreadable(Fault(path.name, "not-a-table", {"reason": _brief(error)})) from error


def _csv(table: Table) -> Iterator[dict[str, Any]]:
    if table.rows == 0:
        return  # pyarrow asks for a line end behind the header
    uneven: list[Any] = []

    def refuse(row: Any) -> str:
        uneven.append(row)
        return "error"

    types = {name: pa.string() if name == "id" else TEXT for name in table.wanted}
    try:
        reader = pacsv.open_csv(
            table.path,
            read_options=pacsv.ReadOptions(block_size=BLOCK),
            parse_options=pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=refuse),
            convert_options=pacsv.ConvertOptions(include_columns=list(table.wanted), column_types=types),
        )
        for batch in reader:
            yield dict(zip(batch.schema.names, batch.columns, strict=True))
    except pa.ArrowInvalid as error:
        raise unreadable(_csv_fault(table.path, error, uneven)) from error


def _csv_fault(path: Path, error: Exception, uneven: Sequence[Any]) -> Fault:
    """Where reading stopped: pyarrow does not say, so the file is read again up to there."""
    row = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row, cells in enumerate(filter(None, csv.reader(file, strict=True))):
                if uneven and len(cells) != uneven[0].expected_columns:
                    return Fault(at(path, row), "cells-uneven", {"columns": uneven[0].expected_columns})
    except UnicodeDecodeError:
        return Fault(path.name, "not-utf-8")
    except csv.Error as reason:
        return Fault(at(path, row + 1), "not-a-table", {"reason": str(reason)})
    return Fault(path.name, "not-a-table", {"reason": _brief(error)})


def _parquet(table: Table, part: Part) -> Iterator[dict[str, Any]]:
    groups = None if part.group is None else [part.group]
    try:
        with pq.ParquetFile(table.path) as file:
            for batch in file.iter_batches(ROWS, groups, list(table.wanted)):
                named = zip(batch.schema.names, batch.columns, strict=True)
                yield {name: column if name == "id" else _as_text(table.path, name, column) for name, column in named}
    except (pa.ArrowException, OSError) as error:
        raise unreadable(Fault(table.path.name, "not-a-table", {"reason": _brief(error)})) from error


def _as_text(path: Path, name: str, column: Any) -> Any:
    """A column of a Parquet file as a dictionary of texts. Raises Invalid where its type cannot be meant.

    A code that is a number has lost the noughts it began with.
    """
    values = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    texts = is_text(values)
    if pa.types.is_timestamp(values):
        column, texts = column.cast(pa.date32(), safe=False), True
    fits = {"hs": pa.types.is_null, "valid_from": pa.types.is_date, "valid_to": pa.types.is_date}
    others = fits.get(name, lambda kind: pa.types.is_integer(kind) or pa.types.is_boolean(kind))
    if not (texts or others(values) or pa.types.is_null(values)):
        raise unreadable(Fault(f"{path.name}, {name}", "not-a-date" if name.startswith("valid") else "not-text"))
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    if pa.types.is_null(values):
        return pa.nulls(len(column), pa.string()).dictionary_encode()
    dictionary = encoded.dictionary.cast(pa.string())
    try:
        dictionary.validate(full=True)
    except pa.ArrowInvalid as error:
        raise unreadable(Fault(f"{path.name}, {name}", "not-utf-8")) from error
    return pa.DictionaryArray.from_arrays(encoded.indices.cast(pa.int32()), dictionary)


def is_text(kind: Any) -> bool:
    """Whether a column's type is one of Arrow's texts."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _brief(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
