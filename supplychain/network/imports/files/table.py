"""What a file holds before anybody knows what it is about, and what the sender says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MAX_COLUMNS: Final = 2_000
"""More is no list of suppliers."""
MAX_CELL: Final = 10_000
"""Characters; a longer cell is an unclosed quotation mark."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a sender says its headings mean.

    columns: by heading, a column of ours or None for none. constants: by column, what every row says that does not
    say it itself. splits: by heading, the mark between several values of which the first is taken.
    """

    columns: Mapping[str, str | None] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    splits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be read, where the sender knows better than we would find out.

    separator: of a text file. sheet: its name, or its number counted from 1. header_row: the line or row of the
    header, counted from 1. date_order: ``dmy`` or ``mdy``. decimal: ``.`` or ``,``.
    """

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    date_order: str | None = None
    decimal: str | None = None
    mapping: Meaning = field(default_factory=Meaning)


@dataclass(slots=True)
class Table:
    """Rows of cells as they stand in the file, blank rows left out, and the line each came from.

    typed: whether its numbers are numbers, so that one in a column of text is text that a program took for a number.
    headings: where the format names the columns itself; otherwise the header is among the rows.
    others: sheets that were not read.
    """

    format: str
    rows: list[Any]
    lines: list[int]
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    others: tuple[str, ...] = ()
    typed: bool = False
    headings: tuple[str, ...] | None = None
