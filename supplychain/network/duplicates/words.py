"""The words of company names and addresses that say little, read from ``words.yaml``."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

import yaml

_TABLES: Final[Mapping[str, Any]] = yaml.safe_load(
    (files("supplychain.network.duplicates") / "words.yaml").read_text("utf-8")
)


def _inverse(grouped: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    return {written: word for word, ways in grouped.items() for written in ways}


FORMS: Final = _inverse(_TABLES["forms"])
"""How a form is written, to the one way it is compared. What the library of forms knows besides is its own form."""
CHINESE_FORMS: Final = tuple((written, form) for written, form in _TABLES["chinese_forms"])
HOUSES: Final = frozenset(_TABLES["houses"])
SAME_WORD: Final = _inverse(_TABLES["same_word"])
CHINESE_WORDS: Final = _inverse(_TABLES["chinese_words"])
CHINESE_PLACES: Final = _inverse(_TABLES["chinese_places"])
PLACES: Final = frozenset(CHINESE_PLACES.values()) | frozenset(_TABLES["places"])
TRADES: Final = frozenset({*_TABLES["trades"], *CHINESE_WORDS.values(), *SAME_WORD.values()}) - HOUSES - PLACES
STREETS: Final = _inverse(_TABLES["streets"])
LITTLE_IN_ADDRESSES: Final = frozenset(_TABLES["little_in_addresses"])
