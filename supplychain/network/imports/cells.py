"""From the cells of a row to its values: every column of every kind, what it takes, and the code of what it refuses."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from graph.terms import Disclosure, FlowDown, OrganizationKind
from schemas.link import CATEGORY
from supplychain.network.identifiers import IdentifierInvalid, Scheme, normalised
from supplychain.network.imports import countries
from supplychain.network.imports.rows import Cell, Fault, Kind, LinkRow, OrganizationRow, Raw

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_SPACE = re.compile(r"[\s\u200b\u2060\ufeff]+")
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HS_CODE = re.compile(CATEGORY)
_YES: Final = frozenset({"yes", "true", "y", "1", "ja", "j", "wahr", "是", "有"})
_NO: Final = frozenset({"no", "false", "n", "0", "nein", "falsch", "否", "无", "無"})
MAX_SPEND: Final = 1e15
MAX_SECTOR: Final = 20
"""Characters: a word that scopes are tested by."""
PLAUSIBLE: Final = range(1950, 2101)
"""Years of trade. 1900 is a spreadsheet's zero, 2999 and 9999 are "no end"."""
_NO_END: Final = frozenset({date(2999, 12, 31), date(9999, 12, 31)})


class Refused(Exception):
    """A cell that cannot be accepted: the code and its parameters."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def tidy(text: str) -> str:
    """Text with its line ends, tabs and runs of blanks as single blanks, none at its ends."""
    return text if text.isascii() and text.isalnum() else _SPACE.sub(" ", text).strip()


def _text(most: int) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        if not isinstance(cell, str):
            raise Refused("not-text")
        if _CONTROL.search(cell):
            raise Refused("control-character")
        text = tidy(cell)
        if len(text) > most:
            raise Refused("length", min=1, max=most)
        return text

    return read


def _code(most: int) -> Callable[[Cell], str]:
    """A number or code by which somebody knows something: full-width characters are plain ones, and the apostrophe
    by which spreadsheets mark text is none of it.
    """
    text = _text(most)

    def read(cell: Cell) -> str:
        given = text(cell)
        return given if given.isascii() and given[0] != "'" else tidy(unicodedata.normalize("NFKC", given).lstrip("'’"))

    return read


def is_plain_number(text: str) -> bool:
    """Whether text is a number as programs write it."""
    return _NUMBER.fullmatch(text) is not None


def _number(least: float, most: float) -> Callable[[Cell], float]:
    def read(cell: Cell) -> float:
        if cell is None or isinstance(cell, bool) or (isinstance(cell, str) and not is_plain_number(cell)):
            raise Refused("not-a-number")
        value = _float(cell)
        if not math.isfinite(value):
            raise Refused("not-finite")
        if not least <= value <= most:
            raise Refused("range", min=f"{least:g}", max=f"{most:g}")
        return value

    return read


def _float(cell: str | float) -> float:
    try:
        return float(cell)
    except (TypeError, ValueError) as error:  # a list or an object of JSON
        raise Refused("not-a-number") from error


def _day(cell: Cell) -> date:
    if not isinstance(cell, str) or not _DAY.fullmatch(cell):
        raise Refused("not-a-date")
    try:
        day = date.fromisoformat(cell)
    except ValueError as error:
        raise Refused("not-a-date") from error
    if day.year not in PLAUSIBLE and day not in _NO_END:
        raise Refused("implausible-date", first=PLAUSIBLE.start, last=PLAUSIBLE.stop - 1)
    return day


def _first_day(cell: Cell) -> date:
    day = _day(cell)
    if day in _NO_END:
        raise Refused("implausible-date", first=PLAUSIBLE.start, last=PLAUSIBLE.stop - 1)
    return day


def _last_day(cell: Cell) -> date | None:
    """A last day; the last of 2999 or of 9999 is how systems without blanks write that there is none."""
    day = _day(cell)
    return None if day in _NO_END else day


def _year(cell: Cell) -> int:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float) or not str(cell).isdecimal():
        raise Refused("not-a-year", first=PLAUSIBLE.start, last=PLAUSIBLE.stop - 1)
    year = int(cell) if len(str(cell)) == 4 else 0  # noqa: PLR2004 - digits of a year
    if year not in PLAUSIBLE:
        raise Refused("not-a-year", first=PLAUSIBLE.start, last=PLAUSIBLE.stop - 1)
    return year


def _word(words: Sequence[str]) -> Callable[[Cell], str]:
    allowed = frozenset(words)

    def read(cell: Cell) -> str:
        word = str(cell).casefold()
        if isinstance(cell, bool) or word not in allowed:
            raise Refused("not-one-of", allowed=", ".join(words))
        return word

    return read


def _flag(cell: Cell) -> bool:
    word = str(cell).casefold()
    if word not in _YES | _NO:
        raise Refused("not-true-or-false")
    return word in _YES


def _country(cell: Cell) -> str:
    code = countries.code_of(_text(100)(cell))
    if code is None:
        raise Refused("unknown-country")
    return code


def _category(cell: Cell) -> str:
    """An HS code, also in its usual writing with dots and blanks."""
    digits = re.sub(r"[.\s]", "", _code(20)(cell))
    if not _HS_CODE.fullmatch(digits):
        raise Refused("not-an-hs-code")
    return digits


def _identifier(scheme: Scheme) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        try:
            return normalised(scheme, _code(60)(cell))
        except IdentifierInvalid as error:
            raise Refused(error.code, scheme=str(scheme)) from error

    return read


Reader = Callable[[Cell], Any]
_ORGANIZATION: Final[dict[str, Reader]] = {
    "name": _text(300),
    "name_zh": _text(300),
    "kind": _word([str(kind) for kind in OrganizationKind]),
    "country": _country,
    "region": _text(80),
    "sector": _text(MAX_SECTOR),
    "size": _text(10),
    "code": _code(80),
    "spend": _number(0, MAX_SPEND),
    "address": _text(500),
    "staff": _number(0, 1e8),
    **dict.fromkeys(("revenue_cny", "assets_cny"), _number(0, MAX_SPEND)),
    "figures_year": _year,
    "industry_code": _code(80),
    **{str(scheme): _identifier(scheme) for scheme in Scheme},
    "parent_code": _code(80),
}
_LINK: Final[dict[str, Reader]] = {
    "buyer": _code(80),
    "supplier": _code(80),
    "category": _category,
    "share": _number(0, 1),
    "valid_from": _first_day,
    "valid_to": _last_day,
    "year": _year,
    "flow_down": _word([str(word) for word in FlowDown]),
    "disclosure": _word([str(word) for word in Disclosure]),
    "private": _flag,
}
COLUMNS: Final[Mapping[Kind, Mapping[str, Reader]]] = {Kind.ORGANIZATIONS: _ORGANIZATION, Kind.LINKS: _LINK}
DAYS: Final = frozenset({"valid_from", "valid_to"})
NUMBERS: Final = frozenset({"spend", "share", "staff", "revenue_cny", "assets_cny"})
_VAT: Final = str(Scheme.VAT)
WORDS: Final = frozenset({"kind", "flow_down", "disclosure", "private"})


def checked(kind: Kind, columns: Sequence[str], row: int, raw: Raw) -> OrganizationRow | LinkRow | tuple[Fault, ...]:
    """A row's values, or all that is wrong with it. An empty cell says nothing."""
    if isinstance(raw, dict):
        return (Fault(*raw["fault"]),)
    found = _Found()
    readers = COLUMNS[kind]
    for column, cell in zip(columns, raw, strict=True):
        if isinstance(cell, dict):
            found.take_understood(column, readers[column], cell)
        elif cell is not None and cell != "":
            found.take(column, readers[column], cell.strip() if isinstance(cell, str) else cell, cell)
    if kind is Kind.ORGANIZATIONS:
        found.complete_vat()
        return _organization(row, found.values, found.faults, found.written)
    return _link(row, found.values, found.faults)


@dataclass(slots=True)
class _Found:
    """What the cells of a row say: values, how those that changed were written, what is wrong."""

    values: dict[str, Any] = field(default_factory=dict)
    written: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def take_understood(self, column: str, read: Reader, cell: Mapping[str, Any]) -> None:
        if "fault" in cell:
            self.faults.append(Fault(column, cell["fault"], cell["was"], cell["params"]))
        elif cell["is"] is None:
            self.written[column] = cell["was"]
        else:
            self.take(column, read, cell["is"], cell["was"])

    def take(self, column: str, read: Reader, cell: Any, was: Any) -> None:
        if cell == "":
            return
        try:
            value = read(cell)
        except Refused as refused:
            self.faults.append(Fault(column, refused.code, was, refused.params))
            return
        if value is not None:
            self.values[column] = value
        if isinstance(was, str) and value != was and not (column in NUMBERS and cell == was):
            self.written[column] = was

    def complete_vat(self) -> None:
        """A number without the letters of its country has those of the row's country."""
        wrong = next((fault for fault in self.faults if fault.column == _VAT), None)
        if wrong is None or "country" not in self.values or not isinstance(wrong.value, str):
            return
        completed = _Found()
        completed.take(_VAT, _ORGANIZATION[_VAT], f"{self.values['country']}{tidy(wrong.value)}", wrong.value)
        if not completed.faults:
            self.faults.remove(wrong)
            self.values |= completed.values
            self.written |= completed.written


def _organization(
    row: int, values: dict[str, Any], faults: list[Fault], written: dict[str, Any]
) -> OrganizationRow | tuple[Fault, ...]:
    identifiers = tuple((str(scheme), values.pop(scheme)) for scheme in Scheme if scheme in values)
    named = {fault.column for fault in faults} | values.keys()
    if "name" not in named:
        faults.append(Fault("name", "required"))
    if "parent_code" in values and values["parent_code"] == values.get("code"):
        faults.append(Fault("parent_code", "own-parent", values["parent_code"]))
    return tuple(faults) or OrganizationRow(row, identifiers=identifiers, raw=written, **values)


def _link(row: int, values: dict[str, Any], faults: list[Fault]) -> LinkRow | tuple[Fault, ...]:
    named = {fault.column for fault in faults} | values.keys()
    if named.isdisjoint({"buyer", "supplier"}):
        faults.append(Fault("supplier", "required"))
    year = values.pop("year", None)
    if year is not None:
        # A list of a year says that year of whatever does not say its own days.
        values.setdefault("valid_from", date(year, 1, 1))
        values.setdefault("valid_to", date(year, 12, 31))
    first, last = values.get("valid_from"), values.get("valid_to")
    if first and last and last < first:
        faults.append(Fault("valid_to", "ends-before-it-begins", last.isoformat()))
    return tuple(faults) or LinkRow(row, **values)
