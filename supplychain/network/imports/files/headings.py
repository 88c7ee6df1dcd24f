"""Which heading means which of our columns, and which rows of a table are its header."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from supplychain.exports.headings import columns_called
from supplychain.network.imports.cells import COLUMNS
from supplychain.network.imports.rows import Kind

LOOKED_AT: Final = 40
"""So many rows at the top may stand above the header: titles, dates, remarks."""
_CJK: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_BRACKETS: Final = re.compile(r"[\(\[（【〔].*?[\)\]）】〕]")
_PUNCTUATION: Final = re.compile(r"[\s_\-–./:*#'’\"\\,;&+]+")
_NUMERIC: Final = re.compile(r"[+-]?[\d.,]*\d%?")
_YEAR: Final = re.compile(r"(19|20)\d\d")
_LONGEST: Final = 300
_MOST_OF: Final = 0.6
REQUIRED: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.ORGANIZATIONS: frozenset({"name"}),
    Kind.LINKS: frozenset({"buyer", "supplier"}),
}
"""A list must have one of these columns, or it is about something else."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where a header is, and what it says: the index of its first row, how many rows it takes, its headings."""

    first: int
    height: int
    headings: tuple[str, ...]
    score: int


def plain(heading: str) -> str:
    """A heading as it is compared."""
    folded = unicodedata.normalize("NFKC", heading).casefold().replace("ß", "ss")
    words = _PUNCTUATION.sub(" ", folded).strip()
    return words.replace(" ", "") if _CJK.search(words) and not re.search("[a-z]", words) else words


@cache
def _meanings(kind: Kind) -> Mapping[str, tuple[int, str]]:
    """By plain heading: how unlikely it is among those of its column, and the column."""
    written = yaml.safe_load((files(__package__) / "headings.yaml").read_text("utf-8"))[str(kind)]
    found: dict[str, tuple[int, str]] = {}
    for column in COLUMNS[kind]:
        for rank, heading in enumerate((column, *written.get(column, ()))):
            found.setdefault(plain(str(heading)), (rank, column))
    # What our own exports call their columns means these, whatever it may mean elsewhere.
    found.update({plain(heading): (0, column) for heading, column in columns_called(COLUMNS[kind]).items()})
    return found


def meaning(kind: Kind, heading: str) -> tuple[int, str] | None:
    """The column a heading means and how likely (0: most), or None.

    A heading in two languages, or with a remark in brackets, means what a part of it means.
    """
    known = _meanings(kind)
    whole = known.get(plain(heading))
    if whole is not None:
        return whole
    for part in _parts(heading):
        if part and (found := known.get(part)) is not None:
            return found
    return None


def _parts(heading: str) -> Iterable[str]:
    without = _BRACKETS.sub(" ", heading)
    if without.strip():
        yield plain(without)
    for inside in _BRACKETS.findall(heading):
        yield plain(inside[1:-1])
    for part in reversed(re.split(r"[/|\n\r]", without)):
        yield plain(part)
    if _CJK.search(without):
        yield plain(_CJK.sub(" ", without))
        yield plain("".join(_CJK.findall(without)))


def find(kind: Kind, rows: Sequence[Sequence[Any]], mapped: Iterable[str] = ()) -> Header | None:
    """The header among the first rows: the one of most columns, the first of equals; None if none has a needed one.

    mapped: headings that the sender names.
    """
    said = {plain(heading) for heading in mapped}
    best: Header | None = None
    for at in range(min(len(rows), LOOKED_AT)):
        for height in (1, 2):
            if at + height > len(rows) or (height > 1 and not _says_headings(kind, rows[at], rows[at + 1])):
                continue
            headings = _headings(rows[at : at + height])
            score = _score(kind, headings, said)
            if score and (best is None or (score, -height) > (best.score, -best.height)):
                best = Header(at, height, headings, score)
    return best and _with_second_language(kind, rows, best)


def _says_headings(kind: Kind, above: Sequence[Any], below: Sequence[Any]) -> bool:
    """Whether a row reads as the lower half of a header rather than as the first row of data."""
    pairs = [
        (_text(above[at]) if at < len(above) else "", text) for at, cell in enumerate(below) if (text := _text(cell))
    ]
    known = _meanings(kind)
    told = sum(plain(text) in known or plain(f"{upper} {text}") in known for upper, text in pairs)
    return told > 0 and told >= _MOST_OF * len(pairs)


def at(kind: Kind, rows: Sequence[Sequence[Any]], first: int) -> Header:
    """The header that the sender says is there."""
    header = Header(first, 1, _headings(rows[first : first + 1]), 0)
    return _with_second_language(kind, rows, header)


def _score(kind: Kind, headings: Sequence[str], said: set[str]) -> int:
    """How many columns are recognised; 0 unless a needed one is, or one the sender names."""
    named = sum(plain(heading) in said for heading in headings) if said else 0
    if not named and any(map(_is_data, headings)):
        return 0
    columns = {found[1] for heading in headings if heading and (found := meaning(kind, heading)) is not None}
    if not named and not columns & REQUIRED[kind]:
        return 0
    return 2 * len(columns) + 4 * named


def _is_data(text: str) -> bool:
    """Whether a cell is none of a header: a number that is no year, or prose."""
    return len(text) > _LONGEST or (_NUMERIC.fullmatch(text) is not None and _YEAR.fullmatch(text) is None)


def _headings(rows: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    """Of one row its cells; of two, each cell of the lower one under what stands above it, as far as that reaches."""
    if len(rows) == 1:
        return tuple(map(_text, rows[0]))
    above, below = rows
    width = max(len(above), len(below))
    upper = [*map(_text, above), *[""] * (width - len(above))]
    lower = [*map(_text, below), *[""] * (width - len(below))]
    for at in range(1, width):
        if not upper[at] and lower[at]:
            upper[at] = upper[at - 1]
    return tuple(_joined(one, other) for one, other in zip(upper, lower, strict=True))


def _joined(above: str, below: str) -> str:
    return below or above if not above or above == below or not below else f"{above}\n{below}"


def _text(cell: Any) -> str:
    return " ".join(str(cell).split()) if isinstance(cell, str | int | float) and not isinstance(cell, bool) else ""


def _with_second_language(kind: Kind, rows: Sequence[Sequence[Any]], header: Header) -> Header:
    """A row below the header that says the headings again, say in another language, belongs to it."""
    below = header.first + header.height
    if header.height > 1 or below >= len(rows):
        return header
    cells = [text for text in map(_text, rows[below]) if text]
    known = sum(meaning(kind, text) is not None for text in cells)
    if known > 1 and known >= _MOST_OF * len(cells):
        return Header(header.first, 2, header.headings, header.score)
    return header
