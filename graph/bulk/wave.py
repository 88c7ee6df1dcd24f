"""How 64·W requirements travel down the tiers at once, a bit each: rules 1, 2, 3 and 6 of the cascade.

Everybody has a row of W words in each of three arrays: which bits arrive in this tier, which in the next one, which
have been `seen`. A tier is one sweep in the order of places: whoever a bit arrives at for the first time is in this
tier, and passes it on along all links at once, while the row is at hand.
"""

from typing import NamedTuple

import numpy as np

from graph.bulk.arrays import Bytes, Classes, Ints, Longs, Shorts, U, Words, compiled
from graph.bulk.network import AHEAD
from graph.bulk.words import enter, keep, meet, soon, spread
from graph.terms import MAX_TIER

PLANES = 4
"""A tier is four bits, each in a plane of its own: 0 where nothing arrived and in the issuer's group."""
BLOCK = 6
"""Rows share a flag 2⁶ at a time: the flags of a million stay in the nearest cache, where a flag a row would not."""
LAST = MAX_TIER


class Downward(NamedTuple):
    """The network as the walk sees it; see `graph.bulk.network.Network`."""

    down: Longs
    supplier: Ints
    down_class: Classes


class Masks(NamedTuple):
    """Which bits may pass: through a link of a class out of a group, below it, and beyond a tier."""

    own: Words
    below: Words
    deeper: Words


class Front(NamedTuple):
    """What arrives in a tier; `blocks` says where to look for it."""

    rows: Words
    blocks: Bytes


class State(NamedTuple):
    """What a walk works on; both fronts are empty before and after."""

    seen: Words
    here: Front
    there: Front


class Levels(NamedTuple):
    """For effective levels: see `graph.bulk.effective`. Empty arrays where none are asked for.

    highest: for each place and pillar, the rank of the highest level owed. asked: for each pillar, tier and rank of
    a level, the bits that ask for at least it. most: for each tier and pillar, the highest rank still asked for.
    kind, owes: for each place its kind of organization, for each kind the bits that bind it.
    """

    highest: Shorts
    asked: Words
    most: Shorts
    kind: Ints
    owes: Words


@compiled
def wave(network: Downward, masks: Masks, state: State, planes: Words, levels: Levels, words: tuple[int, ...]) -> None:
    """Walk from what is in `state.here` until nothing arrives any more.

    planes: filled with the tiers, unless it is empty.
    """
    here, there = state.here, state.there
    mask = masks.own
    tier = 0
    while _sweep(tier, network, mask, masks.deeper, state.seen, here, there, planes, levels, words):
        here, there = there, here
        mask = masks.below
        tier += 1


@compiled
def _sweep(
    tier: int,
    network: Downward,
    mask: Words,
    deeper: Words,
    seen: Words,
    here: Front,
    there: Front,
    planes: Words,
    levels: Levels,
    words: tuple[int, ...],
) -> bool:
    """Empty what arrived here, and pass on there what goes on; whether anything does."""
    width = len(words)
    fresh = np.empty(width, np.uint64)
    arrived, blocks = here
    coming, ahead = there
    down, supplier, down_class = network
    kind, levelled = levels.kind, len(levels.most) > 0
    further = False
    for block in range(len(blocks)):
        if blocks[block] == 0:
            continue
        blocks[block] = 0
        for one in range(block << BLOCK, min((block + 1) << BLOCK, len(down) - 1)):
            if not enter(arrived, one * width, seen, one * width, fresh, 0, words):
                continue
            if len(planes):
                _write(planes, one * PLANES * width, tier, fresh, words)
            if levelled:
                _raise(levels, np.int64(kind[U(one)]) * width, one, tier, fresh, words)
            if not keep(fresh, 0, deeper, (tier + 1) * width, words):
                continue
            further = True
            for link in range(down[U(one)], down[U(one + 1)]):
                soon(coming, np.int64(supplier[U(link + AHEAD)]) * width)
                to = np.int64(supplier[U(link)])
                spread(coming, to * width, fresh, 0, mask, np.int64(down_class[U(link)]) * width, words)
                ahead[U(to >> BLOCK)] = 1
    return further


@compiled
def _write(planes: Words, base: int, tier: int, fresh: Words, words: tuple[int, ...]) -> None:
    for plane in range(PLANES):
        if tier >> plane & 1:
            spread(planes, base + plane * len(words), fresh, 0, fresh, 0, words)


@compiled
def _raise(levels: Levels, bound: int, one: int, tier: int, fresh: Words, words: tuple[int, ...]) -> None:
    """Raise the highest level of each pillar to what some fresh bit asks for. bound: where in `owes` to look.

    From the highest that is still asked for down: it is most often the one.
    """
    highest, asked, most, _, owes = levels
    width, pillars = len(words), len(most) // (LAST + 1)
    ranks = len(asked) // (pillars * (LAST + 1) * width)
    for pillar in range(pillars):
        reached = highest[U(one * pillars + pillar)]
        level = np.int64(most[U(tier * pillars + pillar)])
        while level > reached:
            row = (pillar * (LAST + 1) + tier) * ranks + level
            if meet(fresh, 0, asked, row * width, owes, bound, words):
                highest[U(one * pillars + pillar)] = level
                break
            level -= 1
