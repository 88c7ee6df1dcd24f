"""Codes below, sentences at the edges: English and Chinese."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

LANGUAGES = ("en", "zh")
DEFAULT = "en"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All sentences of a language by code."""
    text = (files("supplychain") / "messages" / f"{language}.yaml").read_text("utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return] # a flat mapping; a test checks it


@cache
def words_of(room: str) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """What a room prints around its data: by part and word, in every language."""
    text = (files(room) / "words.yaml").read_text("utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return] # a test checks its shape


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def sentence(code: str, language: str = DEFAULT, params: Mapping[str, Any] | None = None) -> str:
    """The sentence of a code in a language, its values filled in.

    A code without a sentence answers itself; a test keeps the catalogues complete.
    """
    template = catalogue(language).get(code)
    return code if template is None else template.format_map(_Known(params or {}))


def both(code: str, params: Mapping[str, Any] | None = None) -> dict[str, str]:
    """The sentence in every language."""
    return {language: sentence(code, language, params) for language in LANGUAGES}
