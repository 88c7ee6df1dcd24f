"""From tiers to rows with `via`: rule 5 of the cascade, for 64·W requirements at once.

A row is a word: the supplier's rank (28 bits), its tier (4) and the number of the link (32). Where links are dated,
a second word holds the buyer's place (32) and the link's valid-from (32), which rule 7 will ask for next.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.bulk.arrays import Classes, Ints, Longs, U, Words, compiled
from graph.bulk.wave import PLANES
from graph.bulk.words import lowest, soon

ZERO = np.uint64(0)
ONE = np.uint64(1)
TWO = np.uint64(2)
THREE = np.uint64(3)
RANK = np.uint64(36)
TIER = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)
AHEAD: Final = 16
"""How many links ahead the search asks for memory: less far than the walk, since it seldom looks at all of them."""
_DIGITS: Final = 32


class Upward(NamedTuple):
    """The network as the search for `via` sees it; see `graph.bulk.network.Network`."""

    place: Ints
    up: Longs
    buyer: Ints
    up_class: Classes
    number: NDArray[np.uint32]
    valid_from: Ints


class Entered(NamedTuple):
    """What the walk found and how it went: tiers, masks, and for the first places which bits start there."""

    planes: Words
    own: Words
    below: Words
    group: Words


class Into(NamedTuple):
    """Where rows go. free: for each bit, the next one's position in `rows`, and in `days` unless it is empty."""

    free: Longs
    rows: Words
    days: Words


@compiled
def counted(planes: Words, words: tuple[int, ...]) -> Longs:
    """How many organizations each bit reached.

    64 counters of 32 digits lie side by side in 32 words, so that a word is added to all of them at once.
    """
    width = len(words)
    counters = np.zeros((_DIGITS, width), np.uint64)
    for base in range(0, len(planes), PLANES * width):
        for word in range(width):
            at = base + word
            carry = planes[at] | planes[at + width] | planes[at + 2 * width] | planes[at + 3 * width]
            digit = 0
            while carry != ZERO:
                held = counters[digit, word]
                counters[digit, word] = held ^ carry
                carry &= held
                digit += 1
    found = np.zeros(64 * width, np.int64)
    for bit in range(64 * width):
        for digit in range(_DIGITS):
            found[bit] |= np.int64(counters[digit, bit >> 6] >> np.uint64(bit & 63) & ONE) << digit
    return found


@compiled
def written(network: Upward, found: Entered, wanted: Words, into: Into, words: tuple[int, ...]) -> None:
    """Write a row for everybody whom a wanted bit reached, by rank within a bit."""
    width = len(words)
    planes = found.planes
    left = np.empty(width, np.uint64)
    for rank in range(len(network.place)):
        base = np.int64(network.place[rank]) * PLANES * width
        some = ZERO
        for word in range(width):
            at = base + word
            here = planes[at] | planes[at + width] | planes[at + 2 * width] | planes[at + 3 * width]
            left[word] = here & wanted[word]
            some |= left[word]
        link = network.up[rank]
        while some != ZERO:
            for line in range(0, PLANES * width, 8):
                soon(planes, np.int64(network.buyer[link + AHEAD]) * PLANES * width + line)
            some = _through(network, found, rank, base, link, left, into)
            link += 1


@compiled
def _through(
    network: Upward, found: Entered, rank: int, base: np.int64, link: np.int64, left: Words, into: Into
) -> np.uint64:
    """Write the rows of all bits that this link was the first to bring; says whether some are still to be found.

    Links come by number, so the first from the tier above is `via`. A buyer is in the tier above where its tier
    plus one, added plane by plane, is the supplier's.
    """
    width = len(left)
    planes = found.planes
    buyer = np.int64(network.buyer[link])
    row = np.int64(network.up_class[link]) * width
    is_source = buyer * width < len(found.group)
    some = ZERO
    for word in range(width):
        if left[word] == ZERO:
            continue
        at = base + word
        b0, b1 = planes[U(at)], planes[U(at + width)]
        b2, b3 = planes[U(at + 2 * width)], planes[U(at + 3 * width)]
        at = buyer * PLANES * width + word
        a0, a1 = planes[U(at)], planes[U(at + width)]
        a2, a3 = planes[U(at + 2 * width)], planes[U(at + 3 * width)]
        other = (~a0 ^ b0) | (a1 ^ a0 ^ b1) | (a2 ^ (a0 & a1) ^ b2) | (a3 ^ (a0 & a1 & a2) ^ b3)
        came = ~other & (a0 | a1 | a2 | a3) & found.below[U(row + word)]
        if is_source:
            came |= found.group[buyer * width + word] & found.own[row + word] & b0 & ~(b1 | b2 | b3)
        came &= left[word]
        left[word] &= ~came
        some |= left[word]
        brought = np.uint64(rank) << RANK | np.uint64(network.number[link])
        first = word * 64
        while came != ZERO:
            bit = U(lowest(came))
            came &= came - ONE
            tier = (b0 >> bit & ONE) | (b1 >> bit & ONE) << ONE | (b2 >> bit & ONE) << TWO | (b3 >> bit & ONE) << THREE
            to = into.free[U(first) + bit]
            into.free[U(first) + bit] = to + 1
            into.rows[U(to)] = brought | tier << TIER
            if len(into.days):
                into.days[U(to)] = np.uint64(buyer) << TIER | np.uint64(network.valid_from[link]) & LOW
    return some
