"""Countries as people write them: codes of two and three letters, names in English, German and Chinese."""

import gettext
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import pycountry
import yaml

_LANGUAGES: Final = ("de", "fr", "es", "pt", "it", "pl", "cs", "tr", "ru", "vi", "ja", "ko", "zh_CN", "zh_TW", "zh_HK")
"""Whose catalogue of names is read; ours of what they lack is ``countries.yaml``."""
_NAMES: Final = ("alpha_2", "alpha_3", "name", "common_name", "official_name")


@lru_cache(maxsize=4096)
def code_of(written: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country as written, or None."""
    return _codes().get(_plain(written))


@cache
def _codes() -> dict[str, str]:
    """By plain name. A name that two countries have in different languages is English first, then ours."""
    found: dict[str, str] = {}
    for name, code in (*_english(), *_ours(), *_translated()):
        found.setdefault(_plain(name), code)
    return found


def _english() -> Iterator[tuple[str, str]]:
    for country in pycountry.countries:
        for name in _NAMES:
            written = getattr(country, name, None)
            if written:
                yield written, country.alpha_2
                yield from ((turned, country.alpha_2) for turned in _turned(written))


def _turned(name: str) -> Iterator[str]:
    """``Korea, Republic of`` is also ``Republic of Korea``."""
    noun, comma, rest = name.partition(", ")
    if comma:
        yield f"{rest} {noun}"


def _ours() -> Iterator[tuple[str, str]]:
    text = (files(__package__) / "countries.yaml").read_text("utf-8")
    # Norway's code is no "no".
    for code, names in yaml.load(text, yaml.BaseLoader).items():  # noqa: S506 - a loader of text alone
        yield from ((name, code) for name in names)


def _translated() -> Iterator[tuple[str, str]]:
    for language in _LANGUAGES:
        catalogue = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
        for country in pycountry.countries:
            for name in _NAMES[2:]:
                written = getattr(country, name, None)
                if written:
                    yield catalogue.gettext(written), country.alpha_2


def _plain(name: str) -> str:
    """Without case, accents, dots, articles, brackets and spacing, which nobody's two countries differ in."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name)).casefold()
    letters = "".join(" " if char in "-_/&()'’`" else char for char in folded if not unicodedata.combining(char))
    words = letters.replace(".", "").replace(",", " ").split()
    return " ".join(word for word in words if word not in {"the", "and"})
