"""Which links carry on a day, read from a file of any length."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from graph.bulk.arrays import NO_DAY, Ints, Longs
from supplychain.cascade.mistakes import SHOWN, Mistakes
from supplychain.cascade.names import Names
from supplychain.cascade.tables import Columns, Table, table
from supplychain.cascade.values import Interned, Reader, read_day, read_flow_down, read_hs

REQUIRED: Final = ("id", "buyer", "supplier")
OPTIONAL: Final = ("hs", "flow_down", "valid_from", "valid_to")
Tell = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class LinkColumns:
    """The links that carry on the day (domain rules: cascade, rule 1), apart from link scopes.

    buyers, suppliers: numbers of columns among the names. codes: the distinct HS codes, of which `code` is the
    number; the empty one is no code. idle: numbers of the file's other links. ignored: columns of the file that say
    nothing here.
    """

    buyers: tuple[int, ...]
    suppliers: tuple[int, ...]
    number: Longs
    code: Ints
    valid_from: Ints
    codes: tuple[str, ...]
    idle: Longs
    ignored: tuple[str, ...]


def read_links(path: Path, on: int, names: Names, mistakes: Mistakes, tell: Tell) -> LinkColumns:
    """Read links of the day `on`. Raises Invalid where the file is no table of links; other mistakes are gathered."""
    file = table(path, REQUIRED, OPTIONAL)
    gathering = _Gathering(file, on, names, mistakes)
    rows = 0
    for columns in file.read():
        gathering.take(columns)
        rows += len(columns)
        tell(rows, file.rows)
    tell(rows, rows)
    return gathering.gathered()


@dataclass(frozen=True, slots=True)
class Judged:
    """Some rows of links, read: which of them carry on the day, and what they say."""

    number: Longs
    buyer: Any
    supplier: Any
    code: Ints
    valid_from: Ints
    carries: Any


class Judging:
    """Reads links of one day, piece by piece; mistakes are gathered. codes: the HS codes met, by number."""

    def __init__(self, path: Path, on: int, mistakes: Mistakes) -> None:
        self.path, self.on, self.mistakes = path, on, mistakes
        self.codes = Interned(read_hs)
        self._read = Reader(path, mistakes)

    def judge(self, columns: Columns) -> Judged:
        """Read some rows."""
        first, arrays = columns.first, columns.arrays
        number = self._read.numbers(first, "id", arrays["id"])
        buyer, supplier = (self._read.named(first, end, arrays[end]) for end in ("buyer", "supplier"))
        code = self._values(columns, "hs", self.codes, 0)
        passes_on = self._values(columns, "flow_down", read_flow_down, 1)
        valid_from = self._values(columns, "valid_from", read_day, NO_DAY)
        valid_to = self._values(columns, "valid_to", read_day, NO_DAY)
        lasts = valid_to != NO_DAY
        backwards = np.flatnonzero(lasts & (valid_to < valid_from)) + first
        self.mistakes.rows(self.path, backwards.tolist(), "valid_to", "ends-before-it-begins")
        carries = (passes_on == 1) & (valid_from <= self.on) & (~lasts | (self.on <= valid_to))
        return Judged(number, buyer, supplier, code, valid_from, carries)

    def _values(self, columns: Columns, name: str, read: Callable[[str], int], absent: int) -> Ints:
        if name not in columns.arrays:
            return np.full(len(columns), absent, np.int32)
        return self._read.codes(columns.first, name, columns.arrays[name], read)


class _Gathering:
    def __init__(self, file: Table, on: int, names: Names, mistakes: Mistakes) -> None:
        self.file, self.names, self.mistakes = file, names, mistakes
        self.judging = Judging(file.path, on, mistakes)
        self.buyers: list[int] = []
        self.suppliers: list[int] = []
        self.all_numbers: list[Longs] = [np.zeros(0, np.int64)]
        self.numbers: list[Longs] = [np.zeros(0, np.int64)]
        self.codes: list[Ints] = [np.zeros(0, np.int32)]
        self.first_days: list[Ints] = [np.zeros(0, np.int32)]

    def take(self, columns: Columns) -> None:
        """Read some rows and keep what carries on the day."""
        found = self.judging.judge(columns)
        self.all_numbers.append(found.number)
        self.numbers.append(found.number[found.carries])
        self.codes.append(found.code[found.carries])
        self.first_days.append(found.valid_from[found.carries])
        kept = pa.array(found.carries)
        self.buyers.append(self.names.add(found.buyer.filter(kept)))
        self.suppliers.append(self.names.add(found.supplier.filter(kept)))

    def gathered(self) -> LinkColumns:
        """All that was taken in; tells numbers that are there twice."""
        everything, carrying = np.concatenate(self.all_numbers), np.concatenate(self.numbers)
        self._tell_twins(everything)
        return LinkColumns(
            buyers=tuple(self.buyers),
            suppliers=tuple(self.suppliers),
            number=carrying,
            code=np.concatenate(self.codes),
            valid_from=np.concatenate(self.first_days),
            codes=self.judging.codes.texts,
            idle=np.setdiff1d(everything, carrying) if len(everything) > len(carrying) else everything[:0],
            ignored=self.file.ignored,
        )

    def _tell_twins(self, numbers: Longs) -> None:
        order: Any = np.arange(len(numbers))
        if (numbers[1:] <= numbers[:-1]).any():
            order = np.argsort(numbers, kind="stable")
        if self.mistakes.count:
            return  # numbers that could not be read stand as 0
        twins = np.flatnonzero(numbers[order[1:]] == numbers[order[:-1]])
        for at in twins[:SHOWN].tolist():
            first, second = int(order[at]) + 1, int(order[at + 1]) + 1
            self.mistakes.rows(self.file.path, [second], "id", "listed-twice", row=first)
        self.mistakes.more(len(twins[SHOWN:]))
