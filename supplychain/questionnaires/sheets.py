"""What a questionnaire's workbook looks like: its sheets, their columns, and the words in them, in every language."""

from collections.abc import Iterable, Mapping
from typing import Final

from supplychain.evidence.values import CONSTANT, CURRENT
from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.terms import EvidenceKind
from supplychain.i18n import sentence
from supplychain.questionnaires.telling import text

ABOUT: Final = "_form"
"""The hidden sheet that says which form it is."""
LISTS: Final = "_lists"
"""The hidden sheet that drop-downs read."""
QUESTIONS, FACTS, GENERAL = "questions", "facts", "general"
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    QUESTIONS: (
        *("id", "pillar", "question", "help", "targets", "value", "unit"),
        *("numerator", "numerator_unit", "denominator", "denominator_unit", "prices", "price_year"),
        *("observed_from", "observed_to"),
        *("kind", "standard", "version", "number", "issuer", "issued_on", "valid_until", "files"),
    ),
    FACTS: ("id", "question", "help", "value", "unit", "year", "valid_from", "valid_to", "document"),
    GENERAL: ("id", "question", "value"),
}
"""By sheet, its columns; every row is known by its ``id``."""
_FIRST: Final = COLUMNS[QUESTIONS].index("value")
TOLD: Final = COLUMNS[QUESTIONS][:_FIRST]
"""The columns of a question that say what is asked."""
ANSWERED: Final = COLUMNS[QUESTIONS][_FIRST:]
"""Those in which something may be filled in."""
AMOUNT_UNITS: Final = {"numerator": "numerator_unit", "denominator": "denominator_unit"}
"""By the column of an amount, the one of its unit."""
PRICES: Final = {"prices": "prices", "price_year": "year"}
"""By the column of a price basis, its part; only a form that asks something per money has them."""
PERIOD_AND_SOURCE: Final = ("observed_from", "observed_to", "source")
DAYS: Final = frozenset({"observed_from", "observed_to", "issued_on", "valid_until", "valid_from", "valid_to"})
Words = Mapping[str, str]


def sheet_name(sheet: str, language: str) -> str:
    """What a sheet is called."""
    return sentence(f"form.sheet.{sheet}", language)


def heading(column: str, language: str) -> str:
    """What a column is called."""
    return sentence(f"form.{column}", language)


def yes_and_no(language: str) -> Words:
    """The words for true and false, by what they mean."""
    return {"true": sentence("form.yes", language), "false": sentence("form.no", language)}


def kinds(accepted: Iterable[EvidenceKind], language: str) -> Words:
    """How an answer may be shown, by kind of evidence."""
    return {kind.value: sentence(f"form.kind.{kind.value}", language) for kind in accepted}


def prices(language: str) -> Words:
    """At which prices money is told, by what they mean."""
    return {basis: sentence(f"form.prices.{basis}", language) for basis in (CURRENT, CONSTANT)}


def choices(indicator: Indicator, language: str) -> Words:
    """The answers to choose from, by id."""
    return _told_apart({one.id: text(one.names, language) for one in indicator.choices})


def standards(framework: Framework, language: str) -> Words:
    """The standards whose certificates a framework knows, by id."""
    return _told_apart({one.id: text(one.names, language) for one in framework.crosswalk})


def read_back(words: Iterable[Words]) -> Words:
    """From what cells say, in any language or as ids, to ids."""
    found: dict[str, str] = {}
    for one in words:
        found |= {word.casefold(): code for code, word in one.items()}
        found |= {code.casefold(): code for code in one}
    return found


def _told_apart(words: Words) -> Words:
    """Words that mean one thing each: two of the same name are told apart by their ids."""
    names = list(words.values())
    return {code: f"{word} ({code})" if names.count(word) > 1 else word for code, word in words.items()}
