"""How well two addresses agree: pure. Numbers weigh as much as all words; Road and Rd are one word."""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from supplychain.network.duplicates.names import APART, CHINESE, CHINESE_PATTERN, OWN_WEIGHT, TRADE_WEIGHT, dice
from supplychain.network.duplicates.words import LITTLE_IN_ADDRESSES, STREETS

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")


def address_agreement(one: str | None, other: str | None) -> float | None:
    """How well two addresses agree, 0 to 1; None when one is not known. Numbers weigh as much as all words."""
    if not one or not other:
        return None
    mine, theirs = read_address(one), read_address(other)
    if not mine or not theirs:
        return None
    words = dice({word: _address_weight(word) for word in mine}, {word: _address_weight(word) for word in theirs})
    counted = [frozenset(word for word in words if any(map(str.isdigit, word))) for words in (mine, theirs)]
    if not all(counted):
        return words
    return 0.5 * words + 0.5 * len(counted[0] & counted[1]) / len(counted[0] | counted[1])


@lru_cache(maxsize=65_536)
def read_address(text: str) -> frozenset[str]:
    """The words and numbers of an address, each once."""
    plain = unicodedata.normalize("NFKC", text)
    glossed = CHINESE_PATTERN.sub(lambda found: f" {CHINESE[found.group()]} ", plain)
    words = APART.split(anyascii(_spaced(glossed)).casefold())
    return frozenset(STREETS.get(word, word).lstrip("0") for word in words) - {""}


def _address_weight(word: str) -> float:
    if any(map(str.isdigit, word)):
        return 0.5
    return TRADE_WEIGHT if word in LITTLE_IN_ADDRESSES else OWN_WEIGHT


def _spaced(text: str) -> str:
    return _HAN.sub(lambda found: " " + " ".join(found.group()) + " ", text)
