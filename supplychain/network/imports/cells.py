"""From the cells of a row to its values: every column of every kind, what it takes, and the code of what it refuses."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from graph.terms import Disclosure, FlowDown, OrganizationKind
from schemas.country import countries
from schemas.link import CATEGORY
from supplychain.network.identifiers import IdentifierInvalid, Scheme, normalised
from supplychain.network.imports.rows import Cell, Fault, Kind, LinkRow, OrganizationRow, Raw

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HS_CODE = re.compile(CATEGORY)
_YES: Final = frozenset({"yes", "true", "y", "1"})
_NO: Final = frozenset({"no", "false", "n", "0"})
MAX_SPEND: Final = 1e15


class Refused(Exception):
    """A cell that cannot be accepted: the code and its parameters."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def _text(most: int) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        if not isinstance(cell, str):
            raise Refused("not-text")
        if _CONTROL.search(cell):
            raise Refused("control-character")
        if len(cell) > most:
            raise Refused("length", min=1, max=most)
        return cell

    return read


def _number(least: float, most: float) -> Callable[[Cell], float]:
    def read(cell: Cell) -> float:
        if cell is None or isinstance(cell, bool) or (isinstance(cell, str) and not _NUMBER.fullmatch(cell)):
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
        return date.fromisoformat(cell)
    except ValueError as error:
        raise Refused("not-a-date") from error


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
    code = _text(2)(cell).upper() if len(str(cell)) == 2 else ""  # noqa: PLR2004 - ISO 3166 alpha-2
    if code not in countries():
        raise Refused("unknown-country")
    return code


def _category(cell: Cell) -> str:
    """An HS code, also in its usual writing with dots and blanks."""
    digits = re.sub(r"[.\s]", "", _text(20)(cell))
    if not _HS_CODE.fullmatch(digits):
        raise Refused("not-an-hs-code")
    return digits


def _identifier(scheme: Scheme) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        try:
            return normalised(scheme, _text(60)(cell))
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
    "sector": _text(20),
    "size": _text(10),
    "code": _text(80),
    "spend": _number(0, MAX_SPEND),
    "address": _text(500),
    **{str(scheme): _identifier(scheme) for scheme in Scheme},
    "parent_code": _text(80),
}
_LINK: Final[dict[str, Reader]] = {
    "buyer": _text(80),
    "supplier": _text(80),
    "category": _category,
    "share": _number(0, 1),
    "valid_from": _day,
    "valid_to": _day,
    "flow_down": _word([str(word) for word in FlowDown]),
    "disclosure": _word([str(word) for word in Disclosure]),
    "private": _flag,
}
COLUMNS: Final[Mapping[Kind, Mapping[str, Reader]]] = {Kind.ORGANIZATIONS: _ORGANIZATION, Kind.LINKS: _LINK}


def checked(kind: Kind, columns: Sequence[str], row: int, raw: Raw) -> OrganizationRow | LinkRow | tuple[Fault, ...]:
    """A row's values, or all that is wrong with it. An empty cell says nothing."""
    if isinstance(raw, dict):
        return (Fault(*raw["fault"]),)
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    readers = COLUMNS[kind]
    for column, given in zip(columns, raw, strict=True):
        cell = given.strip() if isinstance(given, str) else given
        if cell is None or cell == "":
            continue
        try:
            values[column] = readers[column](cell)
        except Refused as refused:
            faults.append(Fault(column, refused.code, given, refused.params))
    finish = _organization if kind is Kind.ORGANIZATIONS else _link
    return finish(row, values, faults)


def _organization(row: int, values: dict[str, Any], faults: list[Fault]) -> OrganizationRow | tuple[Fault, ...]:
    identifiers = tuple((str(scheme), values.pop(scheme)) for scheme in Scheme if scheme in values)
    named = {fault.column for fault in faults} | values.keys()
    if "name" not in named:
        faults.append(Fault("name", "required"))
    if "parent_code" in values and values["parent_code"] == values.get("code"):
        faults.append(Fault("parent_code", "own-parent", values["parent_code"]))
    return tuple(faults) or OrganizationRow(row, identifiers=identifiers, **values)


def _link(row: int, values: dict[str, Any], faults: list[Fault]) -> LinkRow | tuple[Fault, ...]:
    named = {fault.column for fault in faults} | values.keys()
    if named.isdisjoint({"buyer", "supplier"}):
        faults.append(Fault("supplier", "required"))
    first, last = values.get("valid_from"), values.get("valid_to")
    if first and last and last < first:
        faults.append(Fault("valid_to", "ends-before-it-begins", last.isoformat()))
    return tuple(faults) or LinkRow(row, **values)
