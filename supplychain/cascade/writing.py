"""Obligations into a CSV or Parquet file: whole under its name, or not there at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from graph.bulk.arrays import NO_DAY
from graph.bulk.due import Owed
from supplychain.cascade.tables import ending

SCHEMA: Final = pa.schema(
    {
        "requirement": pa.string(),
        "supplier": pa.string(),
        "tier": pa.int32(),
        "level": pa.int32(),
        "due": pa.date32(),
        "via": pa.int64(),
    }
)
ROWS: Final = 2**20
"""Rows of a row group."""
_NEEDS_QUOTES: Final = '[",\r\n]'


class Output:
    """Takes obligations requirement by requirement and writes them in groups of rows."""

    def __init__(self, writer: Any, names: Any) -> None:
        self._writer, self._names = writer, names
        self._waiting: list[Any] = []
        self._rows = 0
        self.count = 0

    def add(self, requirement: str, owed: Owed) -> None:
        """Obligations of one requirement."""
        rows = len(owed.supplier)
        columns = [
            pa.repeat(pa.scalar(requirement), rows),
            self._names.take(pa.array(owed.supplier)),
            pa.array(owed.tier.astype(np.int32)),
            pa.array(owed.level.astype(np.int32)),
            pa.array(owed.due, pa.int32(), mask=owed.due == NO_DAY).cast(pa.date32()),
            pa.array(owed.via),
        ]
        for start in range(0, rows, ROWS):
            self._waiting.append(pa.RecordBatch.from_arrays([one.slice(start, ROWS) for one in columns], schema=SCHEMA))
            self._rows += len(self._waiting[-1])
            if self._rows >= ROWS:
                self.flush()
        self.count += rows

    def flush(self) -> None:
        """Write what waits."""
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting))
        self._waiting, self._rows = [], 0


@contextmanager
def output(path: Path, names: Any, requirements: Any) -> Iterator[Output]:
    """A file that gets its name once everything is in it. Raises OSError."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with _writer(path, partial, [names, requirements]) as writer:
            found = Output(writer, names)
            yield found
            found.flush()
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _writer(path: Path, partial: Path, texts: list[Any]) -> Any:
    if ending(path) == ".parquet":
        return pq.ParquetWriter(partial, SCHEMA, compression="zstd")
    special = any(pc.any(pc.match_substring_regex(one, _NEEDS_QUOTES)).as_py() for one in texts)
    options = pacsv.WriteOptions(quoting_style="needed" if special else "none", quoting_header="none")
    return pacsv.CSVWriter(partial, SCHEMA, write_options=options)
