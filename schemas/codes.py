"""Codes of others' making that payloads name: countries and languages. A wrong one is a fault with a code."""

from functools import cache

import pycountry
from marshmallow import ValidationError


@cache
def _countries() -> frozenset[str]:
    return frozenset(country.alpha_2 for country in pycountry.countries)


@cache
def _languages() -> frozenset[str]:
    return frozenset(language.alpha_2 for language in pycountry.languages if hasattr(language, "alpha_2"))


def is_country(code: str) -> None:
    """Accept a country in force by ISO 3166 alpha-2. Raises ValidationError."""
    if code not in _countries():
        raise ValidationError("unknown-country")


def is_language(code: str) -> None:
    """Accept a language by ISO 639-1, two small letters. Raises ValidationError."""
    if code not in _languages():
        raise ValidationError("unknown-language")
