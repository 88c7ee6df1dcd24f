"""What is wrong with the files: every value is counted, the first ones are told with file, row and column."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from supplychain.errors import Fault, Invalid

SHOWN: Final = 20


class Mistakes:
    """Gathers faults; rows are counted from 1 below the header, as in an import."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.count = 0

    def add(self, fault: Fault) -> None:
        self.count += 1
        if len(self.faults) < SHOWN:
            self.faults.append(fault)

    def take(self, faults: Sequence[Fault], count: int) -> None:
        """What somebody else gathered: so many mistakes, of which these are the first."""
        self.faults += faults[: SHOWN - len(self.faults)]
        self.count += count

    def more(self, count: int) -> None:
        """So many mistakes that are not told one by one, since enough were."""
        self.count += count

    def rows(self, path: Path, rows: Sequence[int], column: str, code: str, **params: Any) -> None:
        """The same mistake in several rows of a file."""
        told = rows[: SHOWN - len(self.faults)]
        self.faults += [Fault(at(path, int(row), column), code, params) for row in told]
        self.count += len(rows)

    def stop_if_any(self) -> None:
        """Raises Invalid."""
        if self.count:
            raise Invalid("cascade-input", faults=self.faults, count=self.count, shown=len(self.faults))


def at(path: Path, row: int, column: str = "") -> str:
    """Where in a table a value stands."""
    return f"{path.name}, row {row}" + (f", {column}" if column else "")


def unreadable(fault: Fault) -> Invalid:
    """A file of which nothing can be used."""
    return Invalid("cascade-input", faults=[fault], count=1, shown=1)
