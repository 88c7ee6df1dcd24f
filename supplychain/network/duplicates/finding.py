"""Which records are compared at all, and what comes of it: pure, and never all pairs.

Two records are compared when they share a block: a telling word of either name, the beginning of the name, the
sender's own number, or a registered identifier. A block of more than ``WIDE`` records is taken country by country;
what is still wider, each record is compared with its ``NEAR`` neighbours in the order of the names. Of what shares
a block, pairs whose telling words are less alike than ``ALIKE_AT_ALL`` are not scored.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel, Levenshtein

from supplychain.network.duplicates.names import ALIKE, agreement, telling
from supplychain.network.duplicates.scoring import Profile, Score, score

WIDE: Final = 200
NEAR: Final = 25
BEGINNING: Final = 5
ALIKE_AT_ALL: Final = 0.8
"""The share of characters that stay, by the library's Indel similarity, of the telling words in order."""
BATCH: Final = 65_536
"""Pairs scored at once: what bounds the memory."""
FLOOR: Final = 0.7
"""Below this score a pair is not kept."""


class Block(StrEnum):
    """Why two records were compared."""

    WORD = "word"
    BEGINNING = "beginning"
    CODE = "code"
    IDENTIFIER = "identifier"


Key = tuple[str, ...]
"""A kind of block and what its records share."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one company: positions in the list of profiles, the earlier record first."""

    first: int
    second: int
    score: Score
    blocks: tuple[Block, ...]


def keys_of(profile: Profile) -> frozenset[Key]:
    """The blocks a record is in."""
    words = telling(profile.name)
    found: set[Key] = {(Block.WORD, word) for word in words}
    found |= {(Block.BEGINNING, reading[:BEGINNING]) for reading in _squeezed(profile)}
    if profile.plain_code:
        found.add((Block.CODE, profile.plain_code))
    found |= {(Block.IDENTIFIER, scheme, value) for scheme, value in profile.identifiers.items()}
    return frozenset(found)


class Blocks:
    """The blocks of some records; whom to compare a record with."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self.profiles = profiles
        self.cores = np.array([profile.name.core for profile in profiles], dtype=object)
        self.bracketed = np.array([bool(profile.name.also) for profile in profiles], dtype=bool)
        self.several = np.array([" " in core for core in self.cores], dtype=bool)
        self._keys = [keys_of(profile) for profile in profiles]
        members: defaultdict[Key, list[int]] = defaultdict(list)
        for at, keys in enumerate(self._keys):
            for key in keys:
                members[key].append(at)
        self._members: dict[Key, list[int]] = {}
        self._places: dict[Key, dict[int, int]] = {}
        for key, block in members.items():
            self._place(key, block)

    def near(self, at: int) -> set[int]:
        """Positions of the records to compare one with; itself and those of the same organization left out."""
        found: set[int] = set()
        for key in self._keys[at]:
            found.update(self._block(key, at))
        mine = self.profiles[at].organization
        return {one for one in found if self.profiles[one].organization != mine}

    def shared(self, one: int, other: int) -> tuple[Block, ...]:
        """The kinds of blocks two records share."""
        return tuple(sorted({Block(key[0]) for key in self._keys[one] & self._keys[other]}))

    def _place(self, key: Key, block: list[int]) -> None:
        if len(block) <= WIDE:
            self._members[key] = block
            return
        by_country: defaultdict[str, list[int]] = defaultdict(list)
        for at in block:
            by_country[self.profiles[at].country or ""].append(at)
        for country, narrower in by_country.items():
            inner = (*key, country)
            self._members[inner] = sorted(narrower, key=lambda at: (self.profiles[at].name.spelling, at))
            if len(narrower) > WIDE:
                self._places[inner] = {at: place for place, at in enumerate(self._members[inner])}

    def _block(self, key: Key, at: int) -> Iterable[int]:
        if key in self._members:
            return self._members[key]
        inner = (*key, self.profiles[at].country or "")
        block, places = self._members[inner], self._places.get(inner)
        if places is None:
            return block
        return block[max(0, places[at] - NEAR) : places[at] + NEAR + 1]


def find(profiles: Sequence[Profile], fresh: Collection[int] | None = None, floor: float = FLOOR) -> Iterator[Pair]:
    """Likely duplicates among some records, each pair once.

    fresh: positions of the records that are new or changed; the others were compared with each other before.
    """
    blocks = Blocks(profiles)
    wanted = range(len(profiles)) if fresh is None else sorted(fresh)
    new = frozenset(wanted)
    lefts: list[int] = []
    rights: list[int] = []
    for at in wanted:
        near = [one for one in blocks.near(at) if one != at and (one not in new or one > at)]
        lefts += [at] * len(near)
        rights += near
        if len(lefts) >= BATCH:
            yield from _scored(blocks, lefts, rights, floor)
            lefts, rights = [], []
    yield from _scored(blocks, lefts, rights, floor)


def alike(blocks: Blocks, lefts: Sequence[int], rights: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Those pairs whose telling words are alike at all: the library's score of all of them at once.

    A name in brackets is another name, which the telling words in order do not show: such pairs are kept.
    """
    if not lefts:
        return
    one, other = np.array(lefts), np.array(rights)
    scores = process.cpdist(
        blocks.cores[one],
        blocks.cores[other],
        scorer=Indel.normalized_similarity,
        score_cutoff=ALIKE_AT_ALL,
    )
    kept = np.flatnonzero((scores > 0) | blocks.bracketed[one] | blocks.bracketed[other])
    for at in kept[_may_score(blocks, one[kept], other[kept])].tolist():
        yield lefts[at], rights[at]


def _may_score(blocks: Blocks, one: Any, other: Any) -> Any:
    """Of pairs that each have a single telling word, those whose words are one misspelt: no other could score."""
    words = process.cpdist(
        blocks.cores[one], blocks.cores[other], scorer=Levenshtein.normalized_similarity, score_cutoff=ALIKE
    )
    several = blocks.several | blocks.bracketed
    return (words > 0) | several[one] | several[other]


def _scored(blocks: Blocks, lefts: Sequence[int], rights: Sequence[int], floor: float) -> Iterator[Pair]:
    profiles = blocks.profiles
    for left, right in alike(blocks, lefts, rights):
        names = agreement(profiles[left].name, profiles[right].name)
        made = score(profiles[left], profiles[right], names)
        if made.value >= floor:
            ordered = sorted((left, right), key=lambda at: profiles[at].number)
            yield Pair(ordered[0], ordered[1], made, blocks.shared(left, right))


def _squeezed(profile: Profile) -> Iterator[str]:
    for words in profile.name.readings:
        own = "".join(word for word in words if word in telling(profile.name)) or "".join(words)
        if own:
            yield own


def statement() -> Mapping[str, object]:
    """What of the above a reader of the answer needs to know."""
    return {
        "blocks": [str(one) for one in Block],
        "wide_block": WIDE,
        "neighbours": NEAR,
        "alike_at_all": ALIKE_AT_ALL,
        "floor": FLOOR,
    }
