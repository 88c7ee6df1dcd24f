"""Days as lists write them: which order a column shows, and the day a cell means."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Final

_ISO: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?")
_COMPACT: Final = re.compile(r"((?:19|20|29|99)\d{2})(\d{2})(\d{2})")
_THREE: Final = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})")
_ROC: Final = re.compile(
    r"(?:中華民國|中华民国|民國|民国|roc\s?)?(\d{2,3})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?", re.IGNORECASE
)
_SAYS_ROC: Final = re.compile(r"民國|民国|\broc\b", re.IGNORECASE)
_NAMED: Final = (
    re.compile(r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?[-\s/]*(?P<m>[^\W\d_]{3,})\.?[-\s/,]*(?P<y>\d{4}|\d{2})"),
    re.compile(r"(?P<m>[^\W\d_]{3,})\.?[-\s/]*(?P<d>\d{1,2})(?:st|nd|rd|th)?[-\s/,]+(?P<y>\d{4}|\d{2})"),
)
_CLOCK: Final = re.compile(r"[T\s]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(am|pm|z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE)
_MONTHS: Final = {
    name[:3]: number
    for number, names in enumerate(
        (
            "january jänner januar",
            "february feber februar",
            "march märz maerz",
            "april",
            "may mai",
            "june juni",
            "july juli",
            "august",
            "september",
            "october oktober",
            "november",
            "december dezember",
        ),
        start=1,
    )
    for name in names.split()
}
ROC_EPOCH: Final = 1911
_ROC_YEARS: Final = range(1, 200)
"""Of the Republic of China: 1912 is year 1."""
_CENTURY_TURNS: Final = 69
"""Two digits from 69 on are of the last century, as POSIX has it."""
_MONTH_COUNT: Final = 12
ORDERS: Final = ("dmy", "mdy")


class Unclear(Exception):
    """A column whose order of day and month nobody can tell: cells may be read both ways, or disagree."""

    def __init__(self, code: str, example: str) -> None:
        super().__init__(code)
        self.code = code
        self.example = example


def says_roc(heading: str) -> bool:
    """Whether a heading says that its years are those of the Republic of China."""
    return _SAYS_ROC.search(heading) is not None


def order_of(cells: Iterable[str]) -> str | None:
    """The order of day and month that a whole column shows; None where no cell leaves a doubt.

    Raises Unclear.
    """
    shown: dict[str, str] = {}
    doubtful = None
    for cell in cells:
        match = _THREE.fullmatch(_bare(cell))
        if match is None:
            continue
        first, mark, second = int(match[1]), match[2], int(match[3])
        if first > _MONTH_COUNT >= second:
            shown.setdefault("dmy", cell)
        elif second > _MONTH_COUNT >= first:
            shown.setdefault("mdy", cell)
        elif first != second and mark != ".":
            doubtful = doubtful or cell
        elif mark == ".":
            shown.setdefault("dmy", cell)  # nobody writes months first with dots
    if len(shown) > 1:
        raise Unclear("date-order-mixed", next(reversed(shown.values())))
    if shown:
        return next(iter(shown))
    if doubtful is not None:
        raise Unclear("date-order-unclear", doubtful)
    return None


def day_of(cell: str, order: str | None, *, roc: bool = False) -> date | None:
    """The day that a cell means, or None if it means none. order: of a column that shows or is said to have one."""
    text = _bare(cell)
    if roc or _SAYS_ROC.search(text):
        match = _ROC.fullmatch(text)
        if match and int(match[1]) in _ROC_YEARS:
            return _day(int(match[1]) + ROC_EPOCH, int(match[2]), int(match[3]))
    for pattern in (_ISO, _COMPACT):
        match = pattern.fullmatch(text)
        if match and match[3]:
            return _day(int(match[1]), int(match[2]), int(match[3]))
    match = _THREE.fullmatch(text)
    if match:
        first, second = int(match[1]), int(match[3])
        day, month = (second, first) if order == "mdy" else (first, second)
        return _day(_year(match[4]), month, day)
    for named in _NAMED:
        match = named.fullmatch(text)
        if match and (found := _MONTHS.get(match["m"].casefold()[:3])):
            return _day(_year(match["y"]), found, int(match["d"]))
    return None


def year_of(cell: str, *, roc: bool) -> int | None:
    """The year that a cell means; roc: three digits and fewer are of the Republic of China."""
    text = _bare(cell).removesuffix("年").removesuffix(".0").strip()
    said = _SAYS_ROC.search(text) is not None
    digits = _SAYS_ROC.sub("", text).strip()
    if not digits.isdecimal():
        return None
    year = int(digits)
    return year + ROC_EPOCH if (roc or said) and year in _ROC_YEARS else year


def _bare(cell: str) -> str:
    return _CLOCK.sub("", unicodedata.normalize("NFKC", cell).strip())


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:  # noqa: PLR2004 - the whole year
        return year
    return year + (1900 if year >= _CENTURY_TURNS else 2000)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
