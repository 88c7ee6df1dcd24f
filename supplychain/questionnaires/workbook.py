"""A questionnaire as a workbook: one row a question, in the reader's language, with drop-downs, units and help."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from supplychain.exports.defusing import defused
from supplychain.frameworks.catalogue import FactKind
from supplychain.frameworks.framework import Indicator
from supplychain.frameworks.terms import Kind
from supplychain.i18n import sentence
from supplychain.questionnaires import sheets
from supplychain.questionnaires.asking import Questionnaire
from supplychain.questionnaires.deciding import AskedFact
from supplychain.questionnaires.form_amounts import per_money
from supplychain.questionnaires.form_facts import about
from supplychain.questionnaires.rules import Question, divided, kinds, needs
from supplychain.questionnaires.sheets import FACTS, GENERAL, QUESTIONS
from supplychain.questionnaires.targets import targets
from supplychain.questionnaires.telling import facts, further, over, questions, text

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDE, _NARROW = 48, 16
_TEXTS: Final = frozenset({"question", "help", "targets"})
_CERTIFICATE: Final = ("standard", "version", "number", "issuer", "issued_on", "valid_until")
_PERIOD: Final = ("observed_from", "observed_to")
_OF_AMOUNTS: Final = frozenset((*sheets.AMOUNT_UNITS, *sheets.AMOUNT_UNITS.values()))
Given = Mapping[str, Any]


def written(found: Questionnaire, language: str, mode: str, data: Given, day: date) -> bytes:
    """The workbook. data: what is filled in, as a form is answered. day: on which it is made."""
    file = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(file, options) as book:
        book.set_properties({"title": text(found.framework.names, language), "created": datetime.combine(day, time())})
        _Book(book, found, mode, language, data).write(mode)
    return file.getvalue()


class _Book:
    """The workbook while it is written."""

    def __init__(self, book: Workbook, found: Questionnaire, mode: str, language: str, data: Given) -> None:
        self._found, self._language, self._data = found, language, data
        self._head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "text_wrap": True, "valign": "top"})
        self._told = book.add_format({"text_wrap": True, "valign": "top"})
        self._shut = book.add_format({"bg_color": "#E7E6E6"})
        entry = {"locked": False, "bg_color": "#FFF9E5", "border": 1, "border_color": "#BFBFBF", "text_wrap": True}
        self._entry = book.add_format({**entry, "valign": "top"})
        self._day = book.add_format({**entry, "valign": "top", "num_format": "yyyy-mm-dd"})
        priced = any(per_money(one.indicator) for one in questions(found, mode))
        self._answered = [one for one in sheets.ANSWERED if priced or one not in sheets.PRICES]
        columns = {**sheets.COLUMNS, QUESTIONS: (*sheets.TOLD, *self._answered)}
        self._pages = {name: _Page(book, name, columns[name], language, self._head) for name in columns}
        self._codes = book.add_worksheet(sheets.sheet_name("codes", language))
        self._lists = book.add_worksheet(sheets.LISTS)
        self._about = book.add_worksheet(sheets.ABOUT)
        self._listed: dict[tuple[str, ...], str] = {}

    def write(self, mode: str) -> None:
        """All of its sheets."""
        asked = facts(self._found, mode)
        for question in questions(self._found, mode):
            self._question(question)
        for fact in asked:
            self._fact(fact)
        for name in sheets.PERIOD_AND_SOURCE:
            row = self._row(GENERAL, {"id": name, "question": sentence(f"form.{name}", self._language)})
            self._enter(GENERAL, row, "value", self._data.get(name), day=name in sheets.DAYS)
        self._all_codes(asked)
        said = {
            "framework": self._found.framework.key,
            "organization": self._found.organization.id,
            "name": self._found.organization.name,
        }
        for at, (name, value) in enumerate(said.items()):
            self._about.write_string(at, 0, name)
            self._about.write_string(at, 1, defused(value))
        self._lists.hide()
        self._about.hide()

    def _question(self, one: Question) -> None:
        indicator, language = one.indicator, self._language
        pillar = next(it for it in self._found.framework.pillars if it.id == indicator.pillar)
        hint = text(indicator.help, language)
        unit = text(indicator.unit_label, language) if indicator.unit_label else None
        for beside in (unit, over(indicator, language)):
            hint = f"{hint} ({beside})" if beside else hint
        row = self._row(
            QUESTIONS,
            {
                "id": indicator.id,
                "pillar": text(pillar.names, language),
                "question": text(indicator.question, language),
                "help": hint,
                "targets": targets(self._found.framework, indicator, language),
            },
        )
        given = self._data.get("answers", {}).get(indicator.id, {})
        open_here = self._open(one)
        for column in self._answered:
            if column in open_here:
                self._answer(one, row, column, given)
            else:
                self._pages[QUESTIONS].shut(row, column, self._shut)
        for more in further(indicator, language):
            self._further(more, given.get("further", {}), text(pillar.names, language))

    def _open(self, one: Question) -> frozenset[str]:
        """The columns in which a question is answered."""
        accepted = kinds(one.indicator)
        if one.indicator.kind is Kind.CERTIFICATE:
            return frozenset((*_CERTIFICATE, "files"))
        columns = {"value", "files", *_PERIOD}
        if one.indicator.kind is Kind.QUANTITY:
            columns.add("unit")
        if divided(one.indicator) is not None:
            columns.update(*sheets.AMOUNT_UNITS.items())
        if per_money(one.indicator):
            columns.update(sheets.PRICES)
        if "certificate" in accepted:
            columns |= {"issued_on", "valid_until"}
        return frozenset(columns | ({"kind"} if len(accepted) > 1 else set()))

    def _answer(self, one: Question, row: int, column: str, given: Given) -> None:
        indicator, language = one.indicator, self._language
        value, offered = given.get(column), None
        if column == "value" and indicator.kind is Kind.BOOLEAN:
            offered = sheets.yes_and_no(language)
            value = None if value is None else str(value).lower()
        elif column == "value" and indicator.kind is Kind.CHOICE:
            offered = sheets.choices(indicator, language)
        elif column == "kind":
            offered = sheets.kinds(kinds(indicator), language)
        elif column == "standard":
            every = sheets.standards(self._found.framework, language)
            offered = {standard.id: every[standard.id] for standard, _ in needs(self._found.framework, one).standards}
        elif column == "unit":
            value = value or indicator.unit
        elif column == "files":
            value = "; ".join(value or ())
        elif column in _OF_AMOUNTS:
            value = _of_amount(indicator, column, given)
        elif column in sheets.PRICES:
            value = given.get("price_basis", {}).get(sheets.PRICES[column])
            offered = sheets.prices(language) if column == "prices" else None
        self._enter(QUESTIONS, row, column, value, offered, day=column in sheets.DAYS)

    def _further(self, more: Given, given: Given, pillar: str) -> None:
        told = {"id": more["id"], "pillar": pillar, "question": more["question"], "help": more["unit"] or ""}
        row, value, offered = self._row(QUESTIONS, told), given.get(more["key"]), None
        if more["unit"] is None:
            offered = sheets.yes_and_no(self._language)
            value = None if value is None else str(value).lower()
        for column in self._answered:
            if column == "value":
                self._enter(QUESTIONS, row, column, value, offered)
            else:
                self._pages[QUESTIONS].shut(row, column, self._shut)

    def _fact(self, one: AskedFact) -> None:
        fact, language = one.type, self._language
        unit = sentence(f"form.unit.{fact.unit}", language) if fact.unit else ""
        told = {"id": fact.id, "question": fact.question[language], "help": about(one, language), "unit": unit}
        row = self._row(FACTS, told)
        given = self._data.get("facts", {}).get(fact.id, {})
        value, offered = given.get("value"), None
        if fact.kind is FactKind.BOOLEAN:
            offered = sheets.yes_and_no(language)
            value = None if value is None else str(value).lower()
        elif fact.kind is FactKind.CODES:
            value = "; ".join(value or ())
        self._enter(FACTS, row, "value", value, offered)
        self._enter(FACTS, row, "document", given.get("document"))
        for column, is_open in (("year", fact.yearly), ("valid_from", not fact.yearly), ("valid_to", not fact.yearly)):
            if is_open:
                value = given.get(column) or (one.year if column == "year" else None)
                self._enter(FACTS, row, column, value, day=column in sheets.DAYS)
            else:
                self._pages[FACTS].shut(row, column, self._shut)

    def _all_codes(self, asked: Sequence[AskedFact]) -> None:
        """The codes of facts that are sets, to be written one after the other in one cell."""
        self._codes.write_row(
            0, 0, [sheets.heading(one, self._language) for one in ("fact", "code", "name")], self._head
        )
        self._codes.set_column(1, 2, _WIDE)
        at = 0
        for one in asked:
            for code in one.type.codes.values():
                at += 1
                cells = (one.type.names[self._language], code.id, code.names[self._language])
                for column, cell in enumerate(cells):
                    self._codes.write_string(at, column, defused(cell))

    def _row(self, sheet: str, told: Given) -> int:
        return self._pages[sheet].row(told, self._told)

    def _enter(
        self,
        sheet: str,
        row: int,
        column: str,
        value: Any,
        offered: Mapping[str, str] | None = None,
        *,
        day: bool = False,
    ) -> None:
        page = self._pages[sheet]
        shown = offered.get(value, value) if offered and isinstance(value, str) else value
        page.enter(row, column, shown, self._day if day else self._entry)
        if offered:
            page.offer(row, column, self._range(tuple(offered.values())))

    def _range(self, words: tuple[str, ...]) -> str:
        """Where the hidden lists have some words: what a drop-down names itself may hold 255 characters only."""
        if words not in self._listed:
            at = len(self._listed)
            for row, word in enumerate(words):
                self._lists.write_string(at, row, defused(word))
            last = _letters(len(words) - 1)
            self._listed[words] = f"={sheets.LISTS}!$A${at + 1}:${last}${at + 1}"
        return self._listed[words]


def _of_amount(indicator: Indicator, column: str, given: Given) -> Any:
    """An amount, or its unit: by default the one in which the question is asked."""
    usual = dict(zip(sheets.AMOUNT_UNITS, divided(indicator) or (), strict=True))
    part = next(name for name, unit in sheets.AMOUNT_UNITS.items() if column in {name, unit})
    told = given.get(part, {})
    return told.get("amount") if column == part else told.get("unit") or usual[part]


class _Page:
    """A sheet with a row a question, known by its first column."""

    def __init__(self, book: Workbook, name: str, columns: Sequence[str], language: str, head: Format) -> None:
        self._sheet: Worksheet = book.add_worksheet(sheets.sheet_name(name, language))
        self._columns = columns
        self._next = 1
        for at, column in enumerate(self._columns):
            self._sheet.write_string(0, at, sheets.heading(column, language), head)
            self._sheet.set_column(at, at, _WIDE if column in _TEXTS else _NARROW)
        self._sheet.freeze_panes(1, 1)
        # Without a password: it keeps the pen in the fields, and anybody who means to may lift it.
        self._sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})

    def row(self, told: Given, style: Format) -> int:
        """Begin a row with what is asked."""
        at, self._next = self._next, self._next + 1
        for column, value in told.items():
            self._sheet.write_string(at, self._columns.index(column), defused(value), style)
        return at

    def enter(self, row: int, column: str, value: Any, style: Format) -> None:
        """A field, with what is filled in."""
        at = self._columns.index(column)
        if value is None or value == "":
            self._sheet.write_blank(row, at, None, style)
        elif column in sheets.DAYS or (isinstance(value, str) and style.num_format == "yyyy-mm-dd"):
            self._sheet.write_datetime(row, at, datetime.fromisoformat(value), style)
        elif isinstance(value, int | float):
            self._sheet.write_number(row, at, value, style)
        else:
            self._sheet.write_string(row, at, defused(str(value)), style)

    def offer(self, row: int, column: str, source: str) -> None:
        """A drop-down."""
        self._sheet.data_validation(row, self._columns.index(column), row, self._columns.index(column), {
            "validate": "list", "source": source,
        })  # fmt: skip

    def shut(self, row: int, column: str, style: Format) -> None:
        """A field that does not belong to the question."""
        self._sheet.write_blank(row, self._columns.index(column), None, style)


def _letters(column: int) -> str:
    """From 0 to ``A``, from 26 to ``AA``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
