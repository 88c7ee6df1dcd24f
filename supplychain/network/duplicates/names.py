"""How well two names of companies agree: pure, in any script, no clock and no rows.

A name is taken apart into words as it is read: case, width, punctuation and line breaks fall away; the company form
(Co., Ltd. / Company Limited / 有限公司 / GmbH) is set aside; Chinese words of trade and place become English ones and
what is left is transliterated, so that traditional and simplified, Chinese and English spellings meet. Words of
trade, place and house weigh little; a word that only one company has weighs most.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

from anyascii import anyascii
from cleanco.clean import get_unique_terms, normalize_terms
from rapidfuzz.distance import Levenshtein

from supplychain.network.duplicates.words import (
    CHINESE_FORMS,
    CHINESE_PLACES,
    CHINESE_WORDS,
    FORMS,
    HOUSES,
    PLACES,
    SAME_WORD,
    TRADES,
)

HOUSE_WEIGHT, PLACE_WEIGHT, TRADE_WEIGHT, OWN_WEIGHT = 0.08, 0.15, 0.25, 1.0
ALIKE: Final = 0.83
"""From this share of characters without an edit on two words are one misspelt; below, they are two."""
_LONG_ENOUGH: Final = 5
"""Shorter words must be equal: TDK and TSK are two companies."""
OTHER_TRADE, OTHER_PLACE, OTHER_CHARACTERS, OTHER_NUMBER = 0.82, 0.85, 0.8, 0.7
"""What remains of a score when both say a trade (place, characters, number) and not the same."""
_BRACKETS = re.compile(r"\(([^()]*)\)")
APART = re.compile(r"[^a-z0-9]+")
_JOINING = re.compile(r"(?<=\w)[-'’‐‑/]+(?=\w)")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_BLANK_IN_HAN = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")
_NOT_HAN = re.compile(r"[^\u3400-\u9fff\uf900-\ufaff]+")
_NUMBER = re.compile(r"\d+[a-z]?|[a-z]\d+")
_SUFFIXES_OF_PLACES = "省市县縣区區"
_LIBRARY: Final = frozenset(
    term for term in (" ".join(one.split()) for one in normalize_terms(get_unique_terms())) if term.isascii()
)
_LONGEST_FORM: Final = 5
CHINESE = {**CHINESE_PLACES, **CHINESE_WORDS}
_CHINESE_BY_LENGTH = sorted(CHINESE, key=len, reverse=True)
CHINESE_PATTERN = re.compile("|".join(map(re.escape, _CHINESE_BY_LENGTH)))


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is compared.

    words: in their order, without form and brackets. form: the company form, one way for each; "" for none said.
    also: other names in brackets, each as words. han: its characters of its own (no form, trade or place).
    """

    words: tuple[str, ...]
    form: str
    also: tuple[tuple[str, ...], ...] = ()
    han: str = ""

    @property
    def core(self) -> str:
        """Its telling words sorted, as one text: what names are first compared by."""
        return " ".join(sorted(telling(self)))

    @property
    def spelling(self) -> str:
        """One text for all spellings of the name that differ in nothing but case, width, marks and form's spelling."""
        also = "".join(f" ({' '.join(words)})" for words in sorted(self.also))
        return f"{' '.join(self.words)}{also} {self.form}".strip()

    @property
    def readings(self) -> tuple[tuple[str, ...], ...]:
        """The name, and the ones in its brackets."""
        return (self.words, *self.also)


@lru_cache(maxsize=65_536)
def read(text: str) -> Name:
    """Take a name apart."""
    plain = _BLANK_IN_HAN.sub("", " ".join(unicodedata.normalize("NFKC", text).split()))
    plain, form = _without_chinese_form(plain)
    inside = _BRACKETS.findall(plain)
    outside = _BRACKETS.sub(" ", plain).replace("(", " ").replace(")", " ")
    words, said = _without_form(_words(outside))
    also = []
    for part in inside:
        meant, _ = _without_form(_words(part))
        if not meant:
            continue
        if all(weight(word) < OWN_WEIGHT for word in meant):
            words = (*words, *meant)
        else:
            also.append(meant)
    if not words and also:
        words = also.pop(0)
    own = CHINESE_PATTERN.sub(" ", _NOT_HAN.sub("", outside))
    own = "".join(part.lstrip(_SUFFIXES_OF_PLACES) or part for part in own.split())
    return Name(words or (_squeezed(text) or plain,), form or said, tuple(also), own)


def weight(word: str) -> float:
    """How much a word tells."""
    if word in HOUSES:
        return HOUSE_WEIGHT
    if word in PLACES:
        return PLACE_WEIGHT
    return TRADE_WEIGHT if word in TRADES else OWN_WEIGHT


def telling(name: Name) -> frozenset[str]:
    """The words that are the company's own, of all its readings; all words if there is none."""
    own = frozenset(word for words in name.readings for word in words if weight(word) == OWN_WEIGHT)
    return own or frozenset(name.words)


def agreement(one: Name, other: Name) -> float:
    """How well two names agree, 0 to 1."""
    best = max(_agreement(mine, theirs) for mine, theirs in product(one.readings, other.readings))
    if one.han and other.han:
        best *= OTHER_CHARACTERS if _other_characters(one.han, other.han) else 1.0
        best *= OTHER_PLACE if _one_says_where(one, other) else 1.0
    return best


def numbers(words: Iterable[str]) -> frozenset[str]:
    """Numbers in a name: a second plant is not the first."""
    return frozenset(word.lstrip("0") for word in words if _NUMBER.fullmatch(word))


# Words of a text ----------------------------------------------------------------------------


def _words(text: str) -> tuple[str, ...]:
    glossed = CHINESE_PATTERN.sub(_glossed, text) if _HAN.search(text) else text
    joined = _JOINING.sub("", _HAN.sub(lambda found: f" {_transliterated(found.group())} ", glossed))
    plain = anyascii(joined).casefold().replace(".", "").replace("&", " and ")
    words = tuple(word for word in APART.split(plain) if word and word != "and")
    return _places_joined(words)


def _glossed(found: re.Match[str]) -> str:
    return f" {CHINESE[found.group()]} "


def _transliterated(han: str) -> str:
    """Characters as one word; a place's own suffix tells nothing."""
    kept = han if len(han) == 1 else han.lstrip(_SUFFIXES_OF_PLACES)
    return "" if kept in _SUFFIXES_OF_PLACES else anyascii(kept).replace(" ", "")


def _places_joined(words: tuple[str, ...]) -> tuple[str, ...]:
    """Hong Kong and Tian Jin as one word each."""
    found: list[str] = []
    for word in words:
        if found and found[-1] + word in PLACES and word not in PLACES:
            found[-1] += word
        else:
            found.append(word)
    return tuple(found)


def _without_chinese_form(text: str) -> tuple[str, str]:
    for written, form in CHINESE_FORMS:
        if written in text:
            return text.replace(written, " "), form
    return text, ""


def _without_form(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Words without the forms at their end; the first word always stays."""
    form = ""
    while len(words) > 1:
        for length in range(min(_LONGEST_FORM, len(words) - 1), 0, -1):
            written = " ".join(words[-length:])
            if written in FORMS or written in _LIBRARY:
                form = form or FORMS.get(written, written)
                words = words[:-length]
                break
        else:
            break
    if len(words) > 1 and words[0] in {"pt", "cv", "ooo", "zao"}:
        form, words = form or FORMS.get(words[0], words[0]), words[1:]
    return tuple(SAME_WORD.get(word, word) for word in words), form


# Agreement of words -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Words of a name with what is asked of them again and again. own: words of its own as one."""

    joined: str
    own: str
    weights: Mapping[str, float]
    light: Mapping[str, float]
    trades: frozenset[str]
    places: frozenset[str]
    numbers: frozenset[str]


@lru_cache(maxsize=65_536)
def _weighed(words: tuple[str, ...]) -> _Weighed:
    weights = {word: weight(word) for word in words}
    return _Weighed(
        joined="".join(words),
        own="".join(word for word in words if weights[word] == OWN_WEIGHT),
        weights=weights,
        light={word: value for word, value in weights.items() if value < OWN_WEIGHT},
        trades=frozenset(word for word, value in weights.items() if value == TRADE_WEIGHT),
        places=frozenset(word for word, value in weights.items() if value == PLACE_WEIGHT),
        numbers=numbers(weights),
    )


def _agreement(mine: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    left, right = _weighed(mine), _weighed(theirs)
    if left.joined == right.joined:
        return 1.0
    if left.own and left.own == right.own:  # where only the spaces differ, words of their own are one
        score = dice({left.own: OWN_WEIGHT, **left.light}, {right.own: OWN_WEIGHT, **right.light})
    else:
        score = dice(left.weights, right.weights)
    for kind, kept in (("trades", OTHER_TRADE), ("places", OTHER_PLACE)):
        said = getattr(left, kind), getattr(right, kind)
        if all(said) and said[0].isdisjoint(said[1]):
            score *= kept
    both = left.numbers and right.numbers
    return score * OTHER_NUMBER if both and left.numbers != right.numbers else score


def dice(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    """Twice what both share, by all that either says; a misspelt word is shared as far as it is alike."""
    shared = sum(left[word] + right[word] for word in left.keys() & right.keys())
    rest = [word for word in left if word not in right and len(word) >= _LONG_ENOUGH]
    free = {word for word in right if word not in left and len(word) >= _LONG_ENOUGH}
    for word in rest if free else ():
        nearest = max(free, key=lambda one: (_likeness(word, one), one), default=None)
        if nearest is not None and (likeness := _likeness(word, nearest)) >= ALIKE:
            shared += likeness * (left[word] + right[nearest])
            free.discard(nearest)
    total = sum(left.values()) + sum(right.values())
    return shared / total if total else 0.0


@lru_cache(maxsize=262_144)
def _likeness(one: str, other: str) -> float:
    if not (one.isalpha() and other.isalpha()):
        return 0.0
    return Levenshtein.normalized_similarity(one, other, score_cutoff=ALIKE)


def _other_characters(one: str, other: str) -> bool:
    """Whether two Chinese names only sound alike: at one place both write simplified characters, and different ones.

    A traditional character beside a simplified one may be the same.
    """
    if len(one) != len(other):
        return False
    return any(
        mine != theirs and _is_simplified(mine) == _is_simplified(theirs)
        for mine, theirs in zip(one, other, strict=True)
    )


def _one_says_where(one: Name, other: Name) -> bool:
    """Whether only one of two Chinese names has a place: there it is part of the registered name, not left out."""
    mine, theirs = ({word for word in name.words if weight(word) == PLACE_WEIGHT} for name in (one, other))
    return bool(mine) is not bool(theirs)


def _is_simplified(character: str) -> bool:
    """Whether it is in the simplified character set of 1980, as everything that was not simplified is too."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _squeezed(text: str) -> str:
    return APART.sub("", anyascii(text).casefold())
