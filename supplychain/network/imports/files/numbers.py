"""Numbers as lists write them: which mark is the decimal one in a column, and the number a cell means."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_CURRENCY: Final = re.compile(
    r"[$€£¥₹₩₫元]|(?<![A-Za-z])(?:USD|EUR|GBP|CNY|RMB|JPY|TWD|NT\$|HKD|CHF|INR|KRW|VND)(?![A-Za-z])", re.IGNORECASE
)
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?P<mark>[.,'’ ])\d{2,3}((?P=mark)\d{2,3})*(?P<rest>[.,]\d+)?")
_PLAIN: Final = re.compile(r"[+-]?\d+(?P<rest>[.,]\d+)?")
_GROUP: Final = 3
"""Digits of a group of thousands."""
_BLANKS: Final = str.maketrans("\u00a0\u202f\u2009\u2007", "    ")


def decimal_of(cells: Iterable[str]) -> str:
    """The decimal mark that a column shows: the point, unless some cell can only be read with a comma."""
    for cell in cells:
        mark = _shown(_bare(cell))
        if mark is not None:
            return mark
    return "."


def _shown(text: str) -> str | None:
    """The decimal mark that one cell alone shows."""
    point, comma = text.count("."), text.count(",")
    if point and comma:
        return "," if text.rfind(",") > text.rfind(".") else "."
    if max(point, comma) > 1:
        return "," if point else "."
    if not point and not comma:
        return None
    mark = "." if point else ","
    whole, _, rest = text.lstrip("+-").partition(mark)
    # Three digits may be thousands; any other number of them, or three after a zero, may not.
    thousands = len(rest) == _GROUP and 0 < len(whole) <= _GROUP and whole != "0"
    return None if thousands else mark


def number_of(cell: str, decimal: str) -> str | None:
    """The number as digits with a point, or None. A per cent is divided by a hundred, brackets are a minus."""
    text = _bare(cell)
    per_cent = text.endswith("%")
    text = text.removesuffix("%").strip()
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    for pattern in (_PLAIN, _GROUPED):
        match = pattern.fullmatch(text)
        if match is None:
            continue
        rest = match["rest"] or ""
        if rest and rest[0] != decimal:
            continue
        whole = text.removesuffix(rest) if rest else text
        if "mark" in match.groupdict() and match["mark"] == decimal:
            continue
        digits = re.sub(r"[.,'’ ]", "", whole)
        value = f"{digits}.{rest[1:]}" if rest else digits
        return _hundredth(value) if per_cent else value
    return None


def _hundredth(value: str) -> str:
    return f"{value}e-2"


def _bare(cell: str) -> str:
    text = unicodedata.normalize("NFKC", cell).translate(_BLANKS)
    return " ".join(_CURRENCY.sub(" ", text).split()).replace("- ", "-")
