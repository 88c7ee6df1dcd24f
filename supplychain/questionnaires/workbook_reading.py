"""A workbook filled in: read by a process of its own, and every fault told by sheet and cell."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from supplychain.errors import Fault, Invalid, Malformed
from supplychain.exports.defusing import undefused
from supplychain.faults import escaped
from supplychain.frameworks.catalogue import FactKind, catalogue
from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.terms import EvidenceKind, Kind
from supplychain.i18n import LANGUAGES
from supplychain.network.imports.files import sandbox
from supplychain.questionnaires import sheets
from supplychain.questionnaires.rules import divided
from supplychain.questionnaires.sheets import ABOUT, COLUMNS, FACTS, GENERAL, QUESTIONS
from supplychain.questionnaires.telling import key_of

_SEPARATORS: Final = re.compile(r"[;；\n]")
_BEGINS: Final = b"PK\x03\x04"
_TEXTS: Final = frozenset({"unit", "version", "number", "issuer", "source", *sheets.AMOUNT_UNITS.values()})
_DAY: Final = 10
_ROWS: Final = 5_000
"""Of a sheet; the longest form has a few hundred."""
Sheets = Mapping[str, Sequence[tuple[int, list[Any]]]]


@dataclass(slots=True)
class Filled:
    """What a workbook says, as a form is answered.

    places: by where a fault stands in the form, the cell that says it. faults: of cells that say nothing usable.
    """

    body: dict[str, Any]
    places: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def at(self, pointer: str) -> str:
        """The cell of a fault: of the field, else of the row it is in, else of the first sheet."""
        while pointer and pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        return self.places[pointer]

    def told(self, faults: Iterable[Fault]) -> list[Fault]:
        """Faults of the form, each at its cell; a file that was not sent is in none."""
        return [
            one if one.pointer.startswith("form:") else Fault(self.at(one.pointer), one.code, one.params)
            for one in faults
        ]


def opened(data: bytes) -> Sheets:
    """The rows of each sheet. Raises Malformed for what is no workbook, or was built to do more than be read."""
    if not data.startswith(_BEGINS):
        raise Malformed("workbook-not-xlsx")
    sandbox.check_archive(data, plain=True)
    found = sandbox.call("form", data)["sheets"]
    for one in found:
        if len(one["rows"]) > _ROWS:
            raise Malformed("workbook-too-long", sheet=one["name"], max=_ROWS)
    return {one["name"]: one["rows"] for one in found}


def read(found: Sheets, framework: Framework, organization_id: str) -> Filled:
    """What the sheets say of a framework and an organization. Raises Invalid for a workbook of another form."""
    _check_about(found, framework, organization_id)
    reader = _Reader(framework)
    for sheet in (QUESTIONS, FACTS, GENERAL):
        name = next((name for name in found if name in _names(sheet)), None)
        if name is not None:
            reader.sheet(sheet, name, found[name])
    if QUESTIONS not in reader.seen:
        raise Invalid.at("form:workbook", "workbook-sheet-missing", sheet=" / ".join(sorted(_names(QUESTIONS))))
    return reader.filled


def _names(sheet: str) -> set[str]:
    return {sheets.sheet_name(sheet, language) for language in LANGUAGES}


def _check_about(found: Sheets, framework: Framework, organization_id: str) -> None:
    said = {cells[0]: cells[1] for _, cells in found.get(ABOUT, ()) if len(cells) > 1}
    for name, wanted in (("framework", framework.key), ("organization", organization_id)):
        if said.get(name) != wanted:
            raise Invalid.at("form:workbook", "workbook-of-another-form", wanted=wanted, said=str(said.get(name))[:100])


class _Reader:
    """Fills in the form, sheet by sheet."""

    def __init__(self, framework: Framework) -> None:
        self._framework = framework
        self._further = {
            further: (one, key_of(one, further))
            for one in framework.indicators
            for further in [it.id for it in one.also] + ([one.parameter.id] if one.parameter else [])
        }
        self._yes_no = sheets.read_back(sheets.yes_and_no(language) for language in LANGUAGES)
        self._kinds = sheets.read_back(sheets.kinds(EvidenceKind, language) for language in LANGUAGES)
        self._standards = sheets.read_back(sheets.standards(framework, language) for language in LANGUAGES)
        self._prices = sheets.read_back(sheets.prices(language) for language in LANGUAGES)
        self.filled = Filled({"answers": {}, "facts": {}})
        self.seen: set[str] = set()

    def sheet(self, sheet: str, name: str, rows: Sequence[tuple[int, list[Any]]]) -> None:
        """Read one sheet, whose first row names its columns."""
        self.seen.add(sheet)
        self.filled.places.setdefault("", f"workbook:{name}!A1")
        columns = _columns(sheet, name, rows)
        for line, cells in rows[1:]:
            row = _Row(self.filled, name, line, columns, cells)
            identity = row.text("id")
            if identity is None:
                continue
            if sheet == QUESTIONS:
                self._question(row, identity)
            elif sheet == FACTS:
                self._fact(row, identity)
            elif identity in sheets.PERIOD_AND_SOURCE:
                self._general(row, identity)

    def _question(self, row: "_Row", identity: str) -> None:
        indicator, key = self._further.get(identity, (self._framework.indicator(identity), None))
        if key is not None and indicator is not None:
            at = f"/answers/{indicator.id}/further/{key}"
            self.filled.places[at] = row.place("value")
            value = row.cell("value", at)
            if value is not None:
                further = self._answer(indicator.id).setdefault("further", {})
                further[key] = self._told(value, self._yes_no if isinstance(value, str) else {})
            return
        at = f"/answers/{escaped(identity)}"
        self._places(row, at)
        said = {}
        for column in sheets.ANSWERED:
            value = row.cell(column, f"{at}/{column}")
            if value is not None:
                said[column] = self._value(indicator, column, value)
        for part, unit in sheets.AMOUNT_UNITS.items():
            self.filled.places[f"{at}/{part}/unit"] = row.place(unit)
        _fold_amounts(indicator, said)
        for column, part in sheets.PRICES.items():
            self.filled.places[f"{at}/price_basis/{part}"] = row.place(column)
            if column in said:
                said.setdefault("price_basis", {})[part] = said.pop(column)
        self.filled.places[f"{at}/price_basis"] = row.place("prices")
        if said.keys() - {"unit"} or (said and not _prefilled(indicator, said)):
            self._answer(identity).update(said)

    def _fact(self, row: "_Row", identity: str) -> None:
        at = f"/facts/{escaped(identity)}"
        self._places(row, at)
        fact = catalogue().get(identity)
        said = {}
        for column in ("value", "year", "valid_from", "valid_to", "document"):
            value = row.cell(column, f"{at}/{column}")
            if value is None:
                continue
            if column == "value" and fact is not None and fact.kind is FactKind.BOOLEAN:
                value = self._told(value, self._yes_no)
            elif column == "value" and fact is not None and fact.kind is FactKind.CODES:
                names = sheets.read_back({code.id: code.names[it] for code in fact.codes.values()} for it in LANGUAGES)
                value = [self._told(one, names) for one in _split(value)]
            said[column] = str(value) if column == "document" else value
        if said.keys() - {"year"}:
            self.filled.body["facts"][identity] = said

    def _general(self, row: "_Row", identity: str) -> None:
        at = f"/{identity}"
        self.filled.places[at] = row.place("value")
        value = row.cell("value", at, day=identity in sheets.DAYS)
        if value is not None:
            self.filled.body[identity] = value if identity in sheets.DAYS else str(value)

    def _answer(self, identity: str) -> dict[str, Any]:
        answers: dict[str, Any] = self.filled.body["answers"]
        answer: dict[str, Any] = answers.setdefault(identity, {})
        return answer

    def _places(self, row: "_Row", at: str) -> None:
        self.filled.places[at] = row.place("id")
        for column in row.columns:
            self.filled.places[f"{at}/{column}"] = row.place(column)

    def _value(self, indicator: Indicator | None, column: str, value: Any) -> Any:
        if column == "files":
            return _split(value)
        if column in _TEXTS:
            return str(value)
        return self._told(value, self._words(indicator, column))

    def _words(self, indicator: Indicator | None, column: str) -> Mapping[str, str]:
        """The words that a field may say; none where it says something of its own."""
        if column in {"kind", "standard"}:
            return self._kinds if column == "kind" else self._standards
        if column == "prices":
            return self._prices
        if column != "value" or indicator is None:
            return {}
        if indicator.kind is Kind.CHOICE:
            return sheets.read_back(sheets.choices(indicator, language) for language in LANGUAGES)
        return self._yes_no if indicator.kind is Kind.BOOLEAN else {}

    def _told(self, value: Any, words: Mapping[str, str]) -> Any:
        """What a cell means; what means nothing is left as it is, and refused where the form is checked."""
        if not isinstance(value, str):
            return value
        code = words.get(value.strip().casefold(), value)
        return {"true": True, "false": False}.get(code, code) if words is self._yes_no else code


@dataclass(slots=True)
class _Row:
    """A row with the columns of its sheet."""

    filled: Filled
    sheet: str
    line: int
    columns: Mapping[str, int]
    cells: Sequence[Any]

    def place(self, column: str) -> str:
        """Where a field is."""
        at, letters = self.columns.get(column, 0) + 1, ""
        while at:
            at, rest = divmod(at - 1, 26)
            letters = chr(ord("A") + rest) + letters
        return f"workbook:{self.sheet}!{letters}{self.line}"

    def text(self, column: str) -> str | None:
        """A cell as text, of a column that is told and not asked."""
        at = self.columns.get(column)
        cell = self.cells[at] if at is not None and at < len(self.cells) else None
        return undefused(cell).strip() if isinstance(cell, str) else None

    def cell(self, column: str, pointer: str, *, day: bool = False) -> Any:
        """What a field says; None = nothing, or nothing usable, which is a fault."""
        at = self.columns.get(column)
        cell = self.cells[at] if at is not None and at < len(self.cells) else None
        if isinstance(cell, str):
            return undefused(cell).strip() or None
        if not isinstance(cell, dict):
            return cell
        if "fault" in cell:
            self.filled.places[pointer] = self.place(column)
            self.filled.faults.append(Fault(pointer, cell["fault"]))
            return None
        if day or column in sheets.DAYS:
            return cell["date"][:_DAY]
        self.filled.faults.append(Fault(pointer, "cell-is-a-date"))
        return None


def _columns(sheet: str, name: str, rows: Sequence[tuple[int, list[Any]]]) -> Mapping[str, int]:
    """Where each column is, by the words of any language. Raises Invalid for a sheet without its ids or answers."""
    head = [one.strip().casefold() if isinstance(one, str) else None for one in (rows[0][1] if rows else ())]
    found = {column: head.index(word) for column in COLUMNS[sheet] for word in _words(column) if word in head}
    for needed in ("id", "value"):
        if needed not in found:
            wanted = " / ".join(sheets.heading(needed, language) for language in LANGUAGES)
            raise Invalid.at(f"workbook:{name}!A1", "workbook-column-missing", column=wanted)
    return found


def _words(column: str) -> Iterator[str]:
    return (sheets.heading(column, language).casefold() for language in LANGUAGES)


def _prefilled(indicator: Indicator | None, said: Mapping[str, Any]) -> bool:
    """Whether a row says no more than the unit that was filled in."""
    return indicator is not None and said.get("unit") == indicator.unit


def _fold_amounts(indicator: Indicator | None, said: dict[str, Any]) -> None:
    """Two cells become an amount; one that says no more than the unit that was filled in is none."""
    usual = (divided(indicator) if indicator is not None else None) or ("", "")
    for (part, column), filled_in in zip(sheets.AMOUNT_UNITS.items(), usual, strict=True):
        amount, unit = said.pop(part, None), said.pop(column, None)
        told = {name: value for name, value in (("amount", amount), ("unit", unit)) if value is not None}
        if amount is not None or unit not in {None, filled_in}:
            said[part] = told


def _split(value: Any) -> list[str]:
    return [one.strip() for one in _SEPARATORS.split(str(value)) if one.strip()]
