"""What a paper is made of, whatever it is written as. All of it is text; what writes it escapes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How a cell strikes the eye; the text says the same without it."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    QUIET = "quiet"
    HASH = "hash"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table. small: a second line, set smaller."""

    text: str
    small: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its share of the width."""

    heading: str
    share: float


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of what follows. rank: 1 or 2."""

    text: str
    rank: int = 1


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence. loud: what a reader must not miss."""

    text: str
    loud: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, one a line."""

    rows: Sequence[tuple[str, Cell]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose header comes again on every page."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


Part = Heading | Note | Facts | Table


@dataclass(frozen=True, slots=True)
class Paper:
    """A statement drawn in a language. foot: what stands below every page. link: where it is verified."""

    language: str
    title: str
    subject: str
    beside: str
    parts: Sequence[Part]
    foot: str
    page_word: str
    link: str
