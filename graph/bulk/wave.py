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

PLANES = 4
"""A tier is four bits, each in a plane of its own: 0 where nothing arrived and in the issuer's group."""
FLAGGED = 6
"""Rows share a flag 2⁶ at a time: the flags of a million stay in the nearest cache, where a flag a row would not."""


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
    """What a walk works on. fronts: of the tiers of even number and of the others; empty before and after a walk."""

    seen: Words
    fronts: tuple[Front, Front]


class Levels(NamedTuple):
    """For effective levels: see `graph.bulk.effective`. Empty arrays where none are asked for.

    highest: for each place and pillar, the rank of the highest level owed. asked: for each tier, pillar and rank of
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
    """Walk from what is in `state.fronts[0]` until nothing arrives any more.

    planes: filled with the tiers, unless it is empty.
    """
    tier = 0
    while _sweep(tier, network, masks, state, planes, levels, words):
        tier += 1


@compiled
def _sweep(
    tier: int,
    network: Downward,
    masks: Masks,
    state: State,
    planes: Words,
    levels: Levels,
    words: tuple[int, ...],
) -> bool:
    """Empty what arrived in this tier, and pass on what goes on to the next; whether anything does."""
    width = len(words)
    fresh = np.empty(width, np.uint64)
    seen = state.seen
    arrived, blocks = state.fronts[tier % 2]
    coming, ahead = state.fronts[(tier + 1) % 2]
    down, supplier, down_class = network
    mask = masks.own if tier == 0 else masks.below
    deeper = masks.deeper
    highest, asked, most, kind, owes = levels
    asked_here, most_here = asked[tier], most[tier]
    further = False
    for block in range(len(blocks)):
        if blocks[block] == 0:
            continue
        blocks[block] = 0
        for one in range(block << FLAGGED, min((block + 1) << FLAGGED, len(down) - 1)):
            if not enter(arrived, one * width, seen, one * width, fresh, 0, words):
                continue
            if len(planes):
                _write(planes, one * PLANES * width, tier, fresh, words)
            if len(highest):
                _raise(highest, one, asked_here, most_here, fresh, owes, np.int64(kind[U(one)]) * width, words)
            if not keep(fresh, 0, deeper, (tier + 1) * width, words):
                continue
            further = True
            for link in range(down[U(one)], down[U(one + 1)]):
                soon(coming, np.int64(supplier[U(link + AHEAD)]) * width)
                to = np.int64(supplier[U(link)])
                spread(coming, to * width, fresh, 0, mask, np.int64(down_class[U(link)]) * width, words)
                ahead[U(to >> FLAGGED)] = 1
    return further


@compiled
def _write(planes: Words, base: int, tier: int, fresh: Words, words: tuple[int, ...]) -> None:
    for plane in range(PLANES):
        if tier >> plane & 1:
            spread(planes, base + plane * len(words), fresh, 0, fresh, 0, words)


@compiled
def _raise(
    highest: Shorts, one: int, asked: Words, most: Shorts, fresh: Words, owes: Words, bound: int, words: tuple[int, ...]
) -> None:
    """Raise the highest level of each pillar to what some fresh bit asks for. bound: where in `owes` to look.

    From the highest that is still asked for down: it is most often the one.
    """
    pillars, ranks, width = asked.shape
    for pillar in range(pillars):
        reached = highest[U(one), U(pillar)]
        level = np.int64(most[U(pillar)])
        while level > reached:
            if meet(fresh, 0, asked, (pillar * ranks + level) * width, owes, bound, words):
                highest[U(one), U(pillar)] = level
                break
            level -= 1
