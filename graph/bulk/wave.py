"""How 64·W requirements travel down the tiers at once, a bit each: rules 1, 2, 3 and 6 of the cascade.

Everybody has a row of W words in each of three arrays: which bits `arrived` in the last tier, which are `coming` in
this one, which have been `seen`. A tier is two sweeps, both in the order of places: along the links of whoever a bit
arrived at, then over those who were touched.
"""

from typing import NamedTuple

import numpy as np

from graph.bulk.arrays import Bytes, Classes, Ints, Longs, Shorts, U, Words, compiled
from graph.bulk.network import AHEAD
from graph.bulk.words import soon, spread
from graph.terms import MAX_TIER

PLANES = 4
"""A tier is four bits, each in a plane of its own: 0 where nothing arrived and in the issuer's group."""
ZERO = np.uint64(0)
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


class State(NamedTuple):
    """What a walk works on; `front` lists whom something arrived at that goes on."""

    seen: Words
    arrived: Words
    coming: Words
    touched: Bytes
    front: Ints


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
def wave(
    network: Downward, masks: Masks, state: State, count: int, planes: Words, levels: Levels, words: tuple[int, ...]
) -> None:
    """Walk until nothing arrives any more.

    count: how many of `state.front` are sources. planes: filled with the tiers, unless it is empty.
    """
    arrived, coming = state.arrived, state.coming
    tier = 0
    while count > 0 and tier < LAST:
        tier += 1
        mask = masks.own if tier == 1 else masks.below
        _carry(network, mask, arrived, coming, state.touched, state.front, count, words)
        count = _settle(tier, masks.deeper, state, coming, planes, levels, words)
        arrived, coming = coming, arrived


@compiled
def _carry(
    network: Downward,
    mask: Words,
    arrived: Words,
    coming: Words,
    touched: Bytes,
    front: Ints,
    count: int,
    words: tuple[int, ...],
) -> None:
    """From whoever the last tier arrived at along all links; what has gone on has left."""
    width = len(words)
    for at in range(count):
        buyer = np.int64(front[at])
        base = buyer * width
        for link in range(network.down[buyer], network.down[buyer + 1]):
            soon(coming, np.int64(network.supplier[U(link + AHEAD)]) * width)
            supplier = np.int64(network.supplier[U(link)])
            row = np.int64(network.down_class[U(link)]) * width
            spread(coming, supplier * width, arrived, base, mask, row, words)
            touched[U(supplier)] = 1
        for word in range(width):
            arrived[base + word] = ZERO


@compiled
def _settle(
    tier: int, deeper: Words, state: State, coming: Words, planes: Words, levels: Levels, words: tuple[int, ...]
) -> int:
    """Who was entered for the first time is in this tier; how many of them go on."""
    width = len(words)
    seen, touched, front = state.seen, state.touched, state.front
    fresh = np.empty(width, np.uint64)
    blocks = touched.view(np.uint64)
    highest, asked, most, kind, owes = levels
    pillars = len(most) // (LAST + 1)
    count = 0
    for block in range(len(blocks)):
        if blocks[block] == ZERO:
            continue
        for one in range(block * 8, block * 8 + 8):
            if touched[U(one)] == 0:
                continue
            entered = further = ZERO
            for word in range(width):
                at = U(one * width + word)
                new = coming[at] & ~seen[at]
                fresh[U(word)] = new
                seen[at] |= new
                onward = new & deeper[U((tier + 1) * width + word)]
                coming[at] = onward
                entered |= new
                further |= onward
            if entered != ZERO and len(planes):
                _write(planes, one * PLANES * width, tier, fresh)
            if entered != ZERO and pillars:
                _raise(highest, asked, most, np.int64(kind[U(one)]) * width, owes, one, tier, fresh)
            if further != ZERO:
                front[count] = one
                count += 1
        blocks[block] = ZERO
    return count


@compiled
def _write(planes: Words, base: int, tier: int, fresh: Words) -> None:
    width = len(fresh)
    for plane in range(PLANES):
        if tier >> plane & 1:
            for word in range(width):
                planes[U(base + plane * width + word)] |= fresh[U(word)]


@compiled
def _raise(
    highest: Shorts, asked: Words, most: Shorts, bound: int, owes: Words, one: int, tier: int, fresh: Words
) -> None:
    """Raise the highest level of each pillar while some fresh bit asks for more. bound: where in `owes` to look."""
    width, pillars = len(fresh), len(most) // (LAST + 1)
    ranks = len(asked) // (pillars * (LAST + 1) * width)
    for pillar in range(pillars):
        reached = highest[U(one * pillars + pillar)]
        possible = most[U(tier * pillars + pillar)]
        if reached >= possible:
            continue
        while reached < possible:
            base = ((pillar * (LAST + 1) + tier) * ranks + reached + 1) * width
            asks = ZERO
            for word in range(width):
                asks |= fresh[U(word)] & asked[U(base + word)] & owes[U(bound + word)]
            if asks == ZERO:
                break
            reached += 1
        highest[U(one * pillars + pillar)] = reached
