"""From a table and its header to the columns of a sheet: which heading is which column, and what only a whole column
can tell of its cells: the order of day and month, the decimal mark, years of the Republic of China, what stands for
nothing.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from supplychain.errors import Fault as PayloadFault
from supplychain.errors import Invalid
from supplychain.network.imports.cells import COLUMNS, DAYS, MAX_SECTOR, NUMBERS, WORDS, is_plain_number, tidy
from supplychain.network.imports.files import dates, headings, numbers
from supplychain.network.imports.files.table import Options
from supplychain.network.imports.rows import Kind

Cells = list[Any]
Change = Callable[[str], Any]
"""From a text to the cell that takes its place; to itself where it stays."""
_NOTHING: Final = frozenset(
    "na n/a n.a. n.a #n/a - -- --- – — null none nil nan not available not applicable unknown unbekannt k.a. 无 無 暂无"
    " 不详 不詳 未知".replace("not available", "not\u00a0available")
    .replace("not applicable", "not\u00a0applicable")
    .split(" ")
)
_ERRORS: Final = frozenset({"#value!", "#ref!", "#div/0!", "#name?", "#null!", "#num!", "#error!", "#spill!", "#calc!"})
_NEEDED: Final = frozenset({"name", "buyer", "supplier"})
"""Columns that must not be left out by a word for nothing: an end of a link that is not said is the sender."""
_HAN: Final = re.compile("[\u3400-\u9fff]")
_ALPHA_2: Final = 2


@dataclass(frozen=True, slots=True)
class Note:
    """What the reader made of a column that its sender should know: a code, the column, how many cells."""

    code: str
    column: str | None
    count: int
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Taken:
    """One column of ours, and where it comes from. at: None for a constant."""

    column: str
    heading: str
    at: int | None
    split: str | None = None
    cells: Cells = field(default_factory=list)
    date_order: str | None = None
    decimal: str | None = None


def assign(kind: Kind, found: Sequence[str], options: Options) -> list[Taken]:
    """The columns that headings mean, the sender's word first. Raises Invalid."""
    said = _said(kind, found, options)
    taken: dict[str, tuple[int, Taken]] = {}
    faults: list[PayloadFault] = []
    for at, heading in enumerate(found):
        key = headings.plain(heading)
        if not heading or (key in said and said[key] is None):
            continue
        means = (-1, said[key]) if key in said else headings.meaning(kind, heading)
        if means is None or (key not in said and means[1] in said.values()):
            continue
        rank, column = means
        earlier = taken.get(str(column))
        if earlier is not None and earlier[0] == rank:
            faults.append(PayloadFault(f"/columns/{at}", "column-twice", {"column": heading[:80]}))
        elif earlier is None or rank < earlier[0]:
            split = next((mark for name, mark in options.mapping.splits.items() if headings.plain(name) == key), None)
            taken[str(column)] = (rank, Taken(str(column), heading, at, split))
    for column in options.mapping.constants:
        if column not in taken:
            taken[column] = (0, Taken(column, "", None))
    if not headings.REQUIRED[kind].intersection(taken):
        faults.append(_lacking(kind, found, taken))
    if faults:
        raise Invalid("invalid-payload", faults=faults)
    return sorted((one for _, one in taken.values()), key=lambda one: math.inf if one.at is None else one.at)


def _said(kind: Kind, found: Sequence[str], options: Options) -> dict[str, str | None]:
    """By plain heading, the column that the sender says. Raises Invalid for what there is not."""
    allowed = ", ".join(COLUMNS[kind])
    faults = []
    there = {headings.plain(heading) for heading in found}
    for heading, column in options.mapping.columns.items():
        if column is not None and column not in COLUMNS[kind]:
            faults.append(
                PayloadFault("/mapping/columns", "unknown-column", {"column": column[:80], "allowed": allowed})
            )
        elif column is not None and headings.plain(heading) not in there:
            seen = ", ".join(filter(None, found))[:300]
            faults.append(
                PayloadFault("/mapping/columns", "mapping-heading-missing", {"heading": heading[:80], "seen": seen})
            )
    faults += [
        PayloadFault("/mapping/constants", "unknown-column", {"column": column[:80], "allowed": allowed})
        for column in options.mapping.constants
        if column not in COLUMNS[kind]
    ]
    if faults:
        raise Invalid("invalid-payload", faults=faults)
    return {headings.plain(heading): column for heading, column in options.mapping.columns.items()}


def _lacking(kind: Kind, found: Sequence[str], taken: Iterable[str]) -> PayloadFault:
    wanted = " / ".join(sorted(headings.REQUIRED[kind]))
    seen = ", ".join(filter(None, found))[:300]
    if list(taken):
        return PayloadFault(
            "/columns", "column-missing", {"column": wanted, "allowed": ", ".join(COLUMNS[kind]), "seen": seen}
        )
    return PayloadFault("/columns", "header-not-recognised", {"column": wanted, "seen": seen})


def understand(taken: Taken, options: Options, *, typed: bool) -> list[Note]:
    """Put into a column's cells what only the column tells; says what its sender should know.

    Raises Invalid for days or numbers that may be read in two ways.
    """
    if typed:
        taken.cells = [_of_typed(cell, taken.column) for cell in taken.cells]
    constant = options.mapping.constants.get(taken.column)
    if constant is not None:
        taken.cells = [constant if cell is None or cell == "" else cell for cell in taken.cells]
    texts = {cell for cell in taken.cells if isinstance(cell, str)}
    counts = Counter[str]()
    change = _change_of(taken, texts, options)
    changed = {text: cell for text in texts if (cell := change(text)) is not text}
    if changed:
        counts.update(cell for cell in taken.cells if isinstance(cell, str) and cell in changed)
        taken.cells = [changed.get(cell, cell) if isinstance(cell, str) else cell for cell in taken.cells]
    return _notes(taken, changed, counts)


def _change_of(taken: Taken, texts: set[str], options: Options) -> Change:
    nothing = _nothing_in(taken.column, texts)
    inner = _inner(taken, texts, options)

    def change(text: str) -> Any:
        word = text.strip().casefold().replace(" ", "\u00a0")
        if word in _ERRORS:
            return {"was": text, "fault": "spreadsheet-error", "params": {}}
        if word in nothing:
            if taken.column in _NEEDED:
                return {"was": text, "fault": "placeholder-cell", "params": {}}
            return {"was": text, "is": None}
        return inner(text)

    return change


def _nothing_in(column: str, texts: set[str]) -> frozenset[str]:
    if column in WORDS:
        return frozenset()  # "none" is a word of theirs
    if column == "country" and all(len(text.strip()) <= _ALPHA_2 for text in texts):
        return _NOTHING - {"na"}  # among codes it is Namibia
    return _NOTHING - {"nan"} if column in NUMBERS else _NOTHING


def _inner(taken: Taken, texts: set[str], options: Options) -> Change:
    if taken.column in DAYS:
        return _days(taken, texts, options)
    if taken.column in NUMBERS:
        return _numbers(taken, texts, options)
    if taken.column == "year":
        roc = dates.says_roc(taken.heading) or _only_roc(taken.heading, texts)
        return lambda text: _as_year(text, roc=roc)
    if taken.split is not None:
        mark = taken.split
        return lambda text: _kept(taken.column, text, _first_of(text, mark))
    return lambda text: _kept(taken.column, text, text)


def _kept(column: str, written: str, value: str | None) -> Any:
    """A value, unless it is prose where a short word is kept: that is no reason to refuse a whole row."""
    if value is not None and column == "sector" and len(tidy(value)) > MAX_SECTOR:
        value = None
    return written if value == written else {"was": written, "is": value}


def _first_of(text: str, mark: str) -> str | None:
    return next((part.strip() for part in text.split(mark) if part.strip()), None) if mark in text else text


def _only_roc(heading: str, texts: set[str]) -> bool:
    """Whether years under a Chinese heading are all too few to be anything else, as Taiwan's registers write them."""
    years = [text.strip() for text in texts if text.strip()]
    return "年" in heading and bool(years) and all(year.isdecimal() and 50 <= int(year) < 200 for year in years)  # noqa: PLR2004 - 1961 to 2110


def _as_year(text: str, *, roc: bool) -> Any:
    year = dates.year_of(text, roc=roc)
    return text if year is None or str(year) == text else {"was": text, "is": str(year)}


def _days(taken: Taken, texts: set[str], options: Options) -> Change:
    order = options.date_order
    roc = dates.says_roc(taken.heading)
    if order is None:
        try:
            order = dates.order_of(sorted(texts))
        except dates.Unclear as error:
            params = {"column": taken.heading, "value": error.example.strip()[:40]}
            raise Invalid(
                "invalid-payload", faults=[PayloadFault(f"/columns/{taken.at}", error.code, params)]
            ) from error
    taken.date_order = order

    def change(text: str) -> Any:
        day = dates.day_of(text, order, roc=roc)
        return text if day is None or day.isoformat() == text else {"was": text, "is": day.isoformat()}

    return change


def _numbers(taken: Taken, texts: set[str], options: Options) -> Change:
    decimal = options.decimal or numbers.decimal_of(sorted(texts))
    taken.decimal = decimal

    def change(text: str) -> Any:
        if is_plain_number(text.strip()) and (decimal == "." or "." not in text):
            return text
        number = numbers.number_of(text, decimal)
        if number is not None:
            return {"was": text, "is": number}
        # With a comma for the decimals, a point is no decimal one; left as it is, it would be taken for one.
        return {"was": text, "fault": "not-a-number", "params": {}} if is_plain_number(text.strip()) else text

    return change


def _of_typed(cell: Any, column: str) -> Any:
    """A cell of a program that has types: a number in a column of text is text."""
    if isinstance(cell, dict):
        return _of_special(cell, column)
    if cell is None or isinstance(cell, str) or column in NUMBERS:
        return cell
    if isinstance(cell, bool):
        return ("TRUE" if cell else "FALSE") if column not in WORDS else cell
    return str(cell)


def _of_special(cell: dict[str, Any], column: str) -> Any:
    if "date" in cell:
        day = str(cell["date"])
        if column in DAYS:
            return day[:10]
        if column == "year":
            return day[:4]
        return {"was": day, "fault": "cell-is-a-date", "params": {}}
    if cell.get("was") == "#N/A":
        return "#N/A"
    return {"params": {}, **cell}


def _notes(taken: Taken, changed: Mapping[str, Any], counts: Counter[str]) -> list[Note]:
    notes = []
    gone = [text for text, cell in changed.items() if isinstance(cell, dict) and cell.get("is", "") is None]
    long = [text for text in gone if taken.column == "sector" and len(tidy(text)) > MAX_SECTOR]
    if long:
        limit = {"max": MAX_SECTOR, "example": long[0].strip()[:80]}
        notes.append(Note("longer-than-kept", taken.column, sum(counts[text] for text in long), limit))
    empty = [text for text in gone if text not in long]
    if empty:
        told = ", ".join(sorted({text.strip() for text in empty}))[:80]
        notes.append(Note("placeholders-left-out", taken.column, sum(counts[text] for text in empty), {"values": told}))
    years = {text: cell["is"] for text, cell in changed.items() if taken.column == "year" and cell.get("is")}
    republic = sorted(text for text, year in years.items() if year not in text)
    if republic:
        example = f"{republic[0].strip()} = {years[republic[0]]}"
        notes.append(
            Note("years-of-the-republic", taken.column, sum(counts[text] for text in republic), {"example": example})
        )
    return notes


def is_chinese(cells: Iterable[Any]) -> bool:
    """Whether any cell of a column has an ideograph."""
    return any(_HAN.search(cell) for cell in cells if isinstance(cell, str))
