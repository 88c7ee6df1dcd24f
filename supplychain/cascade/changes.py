"""What became of links, read from a file: each as it is from now on, or that it ended."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.bulk.arrays import Ints, Longs
from supplychain.cascade import links
from supplychain.cascade.links import Judging
from supplychain.cascade.mistakes import Mistakes
from supplychain.cascade.tables import Columns, Table, table
from supplychain.cascade.values import Reader, Refused

REQUIRED: Final = ("id", "change")
OPTIONAL: Final = (*links.REQUIRED[1:], *links.OPTIONAL)
SET: Final = "set"
END: Final = "end"
_Part = tuple[Any, Any, Any, Any, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows in the order of the file.

    ended: whether the link is there no more. carries: whether it is there and carries on the day; the other columns
    say something only then. ignored: columns of the file that say nothing here.
    """

    number: Longs
    ended: Any
    carries: Any
    buyer: list[str]
    supplier: list[str]
    code: list[str]
    valid_from: Ints
    ignored: tuple[str, ...]


def read_changes(path: Path | None, on: int, mistakes: Mistakes) -> Changes:
    """Read changes of the day `on`; none without a file. Raises Invalid where it is no table of them."""
    file = None if path is None else table(path, REQUIRED, OPTIONAL)
    parts = [] if file is None else _parts(file, on, mistakes)
    numbers, ended, carries, since = (
        np.concatenate([np.zeros(0, kind), *(part[at] for part in parts)])
        for at, kind in enumerate((np.int64, bool, bool, np.int32))
    )
    buyer, supplier, code = ([text for part in parts for text in part[4][at]] for at in range(3))
    if file is not None:
        _tell_twins(file.path, numbers, mistakes)
    return Changes(numbers, ended, carries, buyer, supplier, code, since, () if file is None else file.ignored)


def _parts(file: Table, on: int, mistakes: Mistakes) -> list[_Part]:
    judging = Judging(file.path, on, mistakes)
    return [_part(columns, judging, mistakes) for columns in file.read()]


def _part(columns: Columns, judging: Judging, mistakes: Mistakes) -> _Part:
    read = Reader(judging.path, mistakes)
    ended = read.codes(columns.first, "change", columns.arrays["change"], _read_change) == 1
    arrays = {name: _told(columns, name, ended) for name in OPTIONAL}
    found = judging.judge(Columns(columns.first, {"id": columns.arrays["id"], **arrays}))
    ends = [one.cast(pa.string()).to_pylist() for one in (found.buyer, found.supplier)]
    codes = judging.codes.texts
    texts = [*ends, [codes[code] for code in found.code.tolist()]]
    return found.number, ended, found.carries & ~ended, found.valid_from, texts


def _told(columns: Columns, name: str, ended: Any) -> Any:
    """A column without what it says of links that ended, whose ends need not be named."""
    column = columns.arrays.get(name, pa.nulls(len(columns), pa.string())).cast(pa.string())
    blank = pa.scalar("-" if name in links.REQUIRED else None, pa.string())
    return pc.if_else(pa.array(ended), blank, column).dictionary_encode()


def _read_change(text: str) -> int:
    word = text.casefold()
    if word not in (SET, END):
        raise Refused("not-one-of", allowed=f"{SET}, {END}")
    return int(word == END)


def _tell_twins(path: Path, numbers: Longs, mistakes: Mistakes) -> None:
    if mistakes.count:
        return  # numbers that could not be read stand as 0
    first: dict[int, int] = {}
    for row, number in enumerate(numbers.tolist(), 1):
        if first.setdefault(number, row) != row:
            mistakes.rows(path, [row], "id", "listed-twice", row=first[number])
