"""Obligations into a CSV or Parquet file: whole under its name, or not there at all."""

import errno
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

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
_NONE_NAMELESS: Final = frozenset({errno.EOPNOTSUPP, errno.EISDIR})
"""What a file system, or an old kernel, says that cannot make a file without a name."""


class Output:
    """Takes obligations requirement by requirement and writes them in groups of rows."""

    def __init__(self, writer: Any, names: Any, requirements: Any) -> None:
        self._writer, self._names, self._requirements = writer, names, requirements
        self._waiting: list[tuple[int, Owed]] = []
        self._rows = 0
        self.count = 0

    def add(self, requirement: int, owed: Owed) -> None:
        """What is owed by one of the requirements, known by its number."""
        self._waiting.append((requirement, owed))
        self._rows += len(owed.supplier)
        self.count += len(owed.supplier)
        if self._rows >= ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._waiting:
            numbers = [number for number, _ in self._waiting]
            lengths = [len(owed.supplier) for _, owed in self._waiting]
            owed = Owed(*map(np.concatenate, zip(*(one for _, one in self._waiting), strict=True)))
            columns = [
                self._requirements.take(pa.array(np.repeat(numbers, lengths))),
                self._names.take(pa.array(owed.supplier)),
                pa.array(owed.tier.astype(np.int32)),
                pa.array(owed.level.astype(np.int32)),
                pa.array(owed.due, pa.int32(), mask=owed.due == NO_DAY).cast(pa.date32()),
                pa.array(owed.via),
            ]
            self._writer.write_table(pa.Table.from_arrays(columns, schema=SCHEMA), ROWS)
        self._waiting, self._rows = [], 0


@contextmanager
def output(path: Path, names: Any, requirements: Any) -> Iterator[Output]:
    """A file of obligations, suppliers and requirements by their numbers in these. Raises OSError."""
    with whole(path, [names, requirements]) as writer:
        found = Output(writer, names, requirements)
        yield found
        found.flush()


@contextmanager
def whole(path: Path, texts: Iterable[Any], schema: Any = SCHEMA) -> Iterator[Any]:
    """A writer of a file that gets its name once all is in it. texts: every text that will be. Raises OSError."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with _nameless(partial) as file:
            with _writer(path, file, texts, schema) as writer:
                yield writer
            file.flush()
            if not os.fstat(file.fileno()).st_nlink:
                os.link(f"/proc/self/fd/{file.fileno()}", partial, src_dir_fd=file.fileno())  # follows the first path
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _nameless(partial: Path) -> IO[bytes]:
    """A file without a name, of which a killed process leaves nothing; where the system has none, one of this name."""
    try:
        return os.fdopen(os.open(partial.parent, os.O_TMPFILE | os.O_WRONLY, 0o666), "wb")
    except OSError as error:
        if error.errno not in _NONE_NAMELESS:
            raise
    return partial.open("wb")


def _writer(path: Path, file: IO[bytes], texts: Iterable[Any], schema: Any) -> Any:
    if ending(path) == ".parquet":
        return pq.ParquetWriter(file, schema, compression="zstd")
    special = any(pc.any(pc.match_substring_regex(one, _NEEDS_QUOTES)).as_py() for one in texts)
    options = pacsv.WriteOptions(quoting_style="needed" if special else "none", quoting_header="none")
    return pacsv.CSVWriter(file, schema, write_options=options)
