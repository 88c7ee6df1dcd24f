"""From columns of text to columns of numbers: each different text is looked at once."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.bulk.arrays import NO_DAY, Ints, Longs
from graph.bulk.due import day_number
from supplychain.cascade.mistakes import SHOWN, Mistakes
from supplychain.cascade.tables import is_text

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HS = re.compile(r"[0-9]{1,10}")
_NOT_DIGITS = re.compile(r"[.\s]")
_WHOLE: Final = r"^\s*[+-]?[0-9]{1,38}\s*$"
_LARGEST: Final = 2**63 - 1
_ALWAYS_FITS: Final = 18
"""Digits of a whole number that is surely below it."""
_EXACT: Final = pa.decimal128(38)
PASSES_ON: Final = frozenset({"", "yes", "true", "y", "1", "undeclared"})
PASSES_NOTHING: Final = frozenset({"no", "false", "n", "0"})


class Refused(Exception):
    """A text that stands for no value; the code is told once for every row that has it."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class Reader:
    """Reads the columns of one file and tells its mistakes."""

    def __init__(self, path: Path, mistakes: Mistakes) -> None:
        self.path, self.mistakes = path, mistakes

    def numbers(self, first: int, column: str, array: Any) -> Longs:
        """Whole numbers; 0 stands in where there is none."""
        array = array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
        if pa.types.is_integer(array.type):
            good = array.cast(pa.int64(), safe=False)
            fits = pc.greater_equal(good, 0 if pa.types.is_uint64(array.type) else ~_LARGEST)
        else:
            good, fits = _whole(array)
        self._tell(first, column, ~_numpy(pc.fill_null(fits, False)).astype(bool), "not-a-whole-number")
        found: Longs = _numpy(pc.fill_null(good, 0)).astype(np.int64)
        return found

    def codes(self, first: int, column: str, array: Any, read: Callable[[str], int]) -> Ints:
        """What `read` makes of each text, an empty one for a missing one; 0 stands in for what it refuses."""
        texts = [str(one).strip() for one in array.dictionary.to_pylist()]
        values = np.zeros(len(texts) + 1, np.int32)
        refused: dict[int, Refused] = {}
        for at, text in enumerate([*texts, ""]):
            try:
                values[at] = read(text)
            except Refused as reason:
                refused[at] = reason
        indices = _numpy(pc.fill_null(array.indices, len(texts)))
        if refused:
            self._tell_each(first, column, indices, refused)
        found: Ints = values[indices]
        return found

    def named(self, first: int, column: str, array: Any) -> Any:
        """Texts without blanks around them, none of which may be missing."""
        array = trimmed(array)
        known = _numpy(pc.fill_null(pc.not_equal(array.dictionary, ""), False))
        indices = _numpy(pc.fill_null(array.indices, len(known)))
        self._tell(first, column, ~np.append(known, False)[indices].astype(bool), "required")
        return array

    def _tell_each(self, first: int, column: str, indices: Any, refused: Mapping[int, Refused]) -> None:
        wrong = np.zeros(indices.max(initial=0) + 1, bool)
        wrong[[at for at in refused if at < len(wrong)]] = True
        rows = np.flatnonzero(wrong[indices])
        for row in rows[:SHOWN].tolist():
            reason = refused[int(indices[row])]
            self.mistakes.rows(self.path, [row + first], column, reason.code, **reason.params)
        self.mistakes.more(len(rows[SHOWN:]))

    def _tell(self, first: int, column: str, wrong: NDArray[np.bool_], code: str, **params: Any) -> None:
        rows: Any = np.flatnonzero(wrong) + first
        self.mistakes.rows(self.path, rows, column, code, **params)


def _whole(array: Any) -> tuple[Any, Any]:
    """Texts and decimals as 64-bit numbers, and which of them are such."""
    readable = is_text(array.type) or pa.types.is_decimal(array.type)
    text = array.cast(pa.string()) if readable else pa.nulls(len(array), pa.string())
    fits = pc.fill_null(pc.match_substring_regex(text, _WHOLE), False)
    digits = pc.replace_substring(pc.utf8_trim_whitespace(pc.if_else(fits, text, "0")), "+", "")
    if (pc.max(pc.binary_length(digits)).as_py() or 0) > _ALWAYS_FITS:
        exact = digits.cast(_EXACT)
        least, most = (pa.scalar(limit, _EXACT) for limit in (~_LARGEST, _LARGEST))
        inside = pc.and_(pc.greater_equal(exact, least), pc.less_equal(exact, most))
        fits, digits = pc.and_(fits, inside), pc.if_else(inside, digits, "0")
    return digits.cast(pa.int64()), fits


def trimmed(array: Any) -> Any:
    """The same dictionary array without blanks around its texts, each different text once."""
    texts = pc.utf8_trim_whitespace(array.dictionary)
    if texts.equals(array.dictionary):
        return array
    return texts.take(array.indices).dictionary_encode()


def known(array: Any) -> Any:
    """The same dictionary array without blanks around its texts; an empty text is none."""
    texts = pc.utf8_trim_whitespace(array.dictionary)
    return pc.if_else(pc.equal(texts, ""), None, texts).take(array.indices).dictionary_encode()


def read_day(text: str) -> int:
    """Days since 1970-01-01, `NO_DAY` for an empty text. Raises Refused."""
    if not text:
        return NO_DAY
    try:
        if _DAY.fullmatch(text):
            return day_number(date.fromisoformat(text))
    except ValueError:
        pass  # 30 February: refused below like every other text that is no day
    raise Refused("not-a-date")


def read_flow_down(text: str) -> int:
    """1 where the buyer passes on what is asked of it, 0 where not. Raises Refused."""
    word = text.casefold()
    if word in PASSES_ON:
        return 1
    if word in PASSES_NOTHING:
        return 0
    raise Refused("not-one-of", allowed="yes, no, undeclared")


class Interned:
    """Texts by the number of their first coming; the empty one is 0."""

    def __init__(self, read: Callable[[str], str] = str) -> None:
        self._read = read
        self._numbers = {"": 0}

    def __call__(self, text: str) -> int:
        """The number of a text, as `read` writes it. Raises Refused."""
        return self._numbers.setdefault(self._read(text) if text else "", len(self._numbers))

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(self._numbers)


def read_hs(text: str) -> str:
    """An HS code, also in its usual writing with dots and blanks. Raises Refused."""
    digits = _NOT_DIGITS.sub("", text)
    if not _HS.fullmatch(digits):
        raise Refused("not-hs-digits")
    return digits


def _numpy(array: Any) -> Any:
    return array.to_numpy(zero_copy_only=False)
