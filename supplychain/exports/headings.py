"""What columns and lists are called in English and Chinese; data, beside this file."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import yaml

from supplychain.exports.columns import Column
from supplychain.i18n import DEFAULT, LANGUAGES

CODES: Final = "codes"
"""Instead of headings, the stable names of the columns."""


@cache
def _told() -> Mapping[str, Mapping[str, str | list[str]]]:
    text = (files("supplychain.exports") / "headings.yaml").read_text("utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return] # a test checks its shape


def headings_of(columns: Sequence[Column], language: str) -> list[str]:
    """The columns' headings in a language, or their codes where the language is ``CODES``."""
    if language == CODES:
        return [column.code for column in columns]
    return [_heading(column.path, language) for column in columns]


def _heading(path: Sequence[str], language: str) -> str:
    words = [word(part, language) for part in path]
    if language != DEFAULT:
        return "".join(words)
    text = " ".join(words)
    return text[0].upper() + text[1:]


def word(part: str, language: str) -> str:
    """What one part of a column's path is called; the part itself where nobody said."""
    told = _told()["words"].get(part, part)
    if isinstance(told, list):
        return told[0] if language == DEFAULT else told[1]
    return part.replace("_", " ") if language == DEFAULT else told


def columns_called(names: Iterable[str]) -> Mapping[str, str]:
    """By heading, in any language and case-folded, the column among some that we call so."""
    return {_heading((name,), language).casefold(): name for name in names for language in LANGUAGES}


def title_of(path: str, language: str) -> str:
    """What a list is called, by its route: ``/v1/imports/<import_id>/rows``."""
    last = next((part for part in reversed(path.split("/")) if part and not part.startswith("<")), "list")
    told = _told()["lists"].get(last, last)
    if isinstance(told, list):
        return told[0] if language == DEFAULT else told[1]
    return last if language == DEFAULT else told
