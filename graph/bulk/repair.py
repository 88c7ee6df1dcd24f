"""Tiers that follow a link as it comes, goes or changes, for all walks at once: rule 8 of the cascade.

What came is a wave of smaller tiers. What went is repaired in two phases (Ramalingam and Reps 1996): down the tiers,
who has nobody above it any more is an orphan; then each is put below the nearest of those who are left, and a wave goes
on from there until no link brings anybody nearer. Of a walk, all that a link moves at first stands at one supplier, so
that a queue is in the order of tiers.

A cell's tier is a byte in the matrix `tiers[place, walk]`. Cells are looked at in blocks of 64 walks of a place: where
the block begins in the matrix, and a bit a walk; `own` is where the row of their place begins. Arrays are taken out of
their tuples before a loop, and what a loop does for each link is written out: numba counts references, atomically, each
time it takes an array out or calls with it.
"""

from typing import Final, NamedTuple

import numpy as np

from graph.bulk.arrays import Bytes, Longs, compiled
from graph.bulk.slots import Direction, Slots, after, ends_of, first, set_class
from graph.bulk.words import BLOCK, flip, led, less, nearer, put, soon, step

BEYOND: Final = 255
"""The tier of whom a walk does not reach."""
WAITING: Final = 32
"""A flag beside a tier: the cell is in the queue of the first phase."""
PLACE: Final = 32
WALK: Final = 2**32 - 1
_AHEAD: Final = 4
"""How many links ahead memory is asked for."""


class Passing(NamedTuple):
    """For each class and walk, the first tier of a buyer from which a link carries it on, and from how many tiers.

    last: how deep each walk goes; from there nothing is carried on.
    """

    begin: Bytes
    span: Bytes
    last: Bytes


class Tiers(NamedTuple):
    """tiers: for each place and walk, in whole blocks. moved: for each place, whether any of its tiers was touched."""

    tiers: Bytes
    moved: Bytes


class Held(NamedTuple):
    """Everything that a change of a link looks at."""

    slots: Slots
    down: Direction
    up: Direction
    passing: Passing
    state: Tiers


def width_of(walks: int) -> int:
    """How many columns so many walks have: whole blocks."""
    return -(-walks // BLOCK) * BLOCK


def blocked(places: int, walks: int) -> Bytes:
    """Tiers of nobody yet; each block is a line of the cache."""
    width = width_of(walks)
    room = np.full(places * width + BLOCK, BEYOND, np.uint8)
    start = -room.ctypes.data % BLOCK
    return room[start : start + places * width].reshape(places, width)


@compiled
def passes(begin: Bytes, span: Bytes, kind: int, tier: int, walk: int) -> bool:
    """Whether a link of a class carries a walk from a buyer in this tier."""
    return bool((tier - np.int64(begin[kind, walk])) & BEYOND < span[kind, walk])


@compiled
def changed(here: Held, slot: int, kind: int) -> None:
    """Let a link be of another class and the tiers follow."""
    buyer, supplier, before = ends_of(here.slots, slot)
    set_class(here.slots, slot, kind)
    begin, span, _ = here.passing
    tiers = here.state.tiers
    width = tiers.shape[1]
    lost, won = np.empty((width // BLOCK, 2), np.int64), np.empty((width // BLOCK, 2), np.int64)
    losing = winning = 0
    for walk in range(0, width, BLOCK):
        above, at = buyer * width + walk, supplier * width + walk
        bits = led(tiers, above, at, begin, span, before * width + walk)
        bits &= ~led(tiers, above, at, begin, span, kind * width + walk)
        if bits:
            lost[losing, 0], lost[losing, 1] = at, bits
            losing += 1
        bits = nearer(tiers, above, at, begin, span, kind * width + walk)
        if bits:
            step(tiers, above, at, bits)
            won[winning, 0], won[winning, 1] = at, bits
            winning += 1
    if losing:
        _repaired(here, lost, losing)
    if winning:
        here.state.moved[supplier] = 1
        carry_on(here.down, here.passing, here.state, won, winning)


@compiled
def carry_on(down: Direction, passing: Passing, state: Tiers, queue: Longs, count: int) -> None:
    """Carry smaller tiers on from the cells of a queue, in its order."""
    starts, ends, kinds, new_ends, new_kinds, before, newest = down
    begin, span, last = passing
    tiers, moved = state
    width = tiers.shape[1]
    at = 0
    while at < count:
        place = queue[at, 0] // width
        own = place * width
        end = _run(queue, at, count, own + width)
        stop = starts[place + 1] - 1 if place + 1 < len(starts) else -1
        cursor = first(starts, newest, place) if _go_on(queue, at, end, tiers, last, own) else -1
        while cursor != -1:
            if cursor >= 0:
                away = np.int64(ends[min(cursor + _AHEAD, len(ends) - 1)]) * width - own
                for one in range(at, end):
                    soon(tiers, queue[one, 0] + away)
            supplier = np.int64(ends[cursor] if cursor >= 0 else new_ends[-2 - cursor])
            kind = np.int64(kinds[cursor] if cursor >= 0 else new_kinds[-2 - cursor])
            if count + end - at > len(queue):
                queue = _grown(queue, count + end - at)
            for one in range(at, end):
                walk = queue[one, 0] - own
                below = supplier * width + walk
                bits = queue[one, 1] & nearer(tiers, queue[one, 0], below, begin, span, kind * width + walk)
                if bits:
                    step(tiers, queue[one, 0], below, bits)
                    moved[supplier] = 1
                    queue[count, 0], queue[count, 1] = below, bits
                    count += 1
            cursor = cursor + 1 if 0 <= cursor < stop else after(starts, newest, before, place, cursor)
        at = end


@compiled
def _run(queue: Longs, at: int, count: int, beyond: int) -> int:
    """Where the blocks of the same place end, whose row ends at `beyond`."""
    row = queue[at, 0]
    end = at + 1
    while end < count and row <= queue[end, 0] < beyond:
        end += 1
    return end


@compiled
def _grown(queue: Longs, needed: int) -> Longs:
    longer = np.empty((2 * needed, 2), np.int64)
    longer[: len(queue)] = queue
    return longer


@compiled
def _go_on(queue: Longs, at: int, end: int, tiers: Bytes, last: Bytes, own: int) -> bool:
    """Whether any cell of a place's blocks is in a tier from which its walk goes on."""
    bits = 0
    for one in range(at, end):
        bits |= queue[one, 1] & less(tiers, queue[one, 0], last, queue[one, 0] - own)
    return bits != 0


@compiled
def _repaired(here: Held, queue: Longs, count: int) -> None:
    """Both phases, from cells that lost a link from the tier above them."""
    tiers, moved = here.state
    up, down, passing = here.up, here.down, here.passing
    width = tiers.shape[1]
    for at in range(count):
        flip(tiers, queue[at, 0], queue[at, 1], WAITING)
    at = alone = 0
    while at < count:
        own = queue[at, 0] // width * width
        end = _run(queue, at, count, own + width)
        lonely = _without_parent(up, passing, tiers, queue, at, end, own)
        if lonely > at:
            moved[own // width] = 1
            queue, count = _doubted(down, passing, tiers, queue, at, lonely, own, count)
        for one in range(at, lonely):
            put(tiers, queue[one, 0], queue[one, 1], BEYOND)
            queue[alone, 0], queue[alone, 1] = queue[one, 0], queue[one, 1]
            alone += 1
        at = end
    if alone:
        _entered_again(up, passing, tiers, queue, alone)
        carry_on(down, passing, here.state, queue, alone)


@compiled
def _without_parent(up: Direction, passing: Passing, tiers: Bytes, queue: Longs, at: int, end: int, own: int) -> int:
    """Leave in a place's blocks the cells that nobody in the tier above leads to; where the blocks with any end."""
    starts, ends, kinds, new_ends, new_kinds, before, newest = up
    begin, span, _ = passing
    width = tiers.shape[1]
    place = own // width
    for one in range(at, end):
        flip(tiers, queue[one, 0], queue[one, 1], WAITING)
    stop = starts[place + 1] - 1 if place + 1 < len(starts) else -1
    cursor = first(starts, newest, place)
    while cursor != -1 and end > at:
        if cursor >= 0:
            away = np.int64(ends[min(cursor + _AHEAD, len(ends) - 1)]) * width - own
            for one in range(at, end):
                soon(tiers, queue[one, 0] + away)
        buyer = np.int64(ends[cursor] if cursor >= 0 else new_ends[-2 - cursor])
        kind = np.int64(kinds[cursor] if cursor >= 0 else new_kinds[-2 - cursor])
        one = at
        while one < end:
            walk = queue[one, 0] - own
            bits = queue[one, 1] & ~led(tiers, buyer * width + walk, queue[one, 0], begin, span, kind * width + walk)
            if bits:
                queue[one, 1] = bits
                one += 1
            else:
                end -= 1
                queue[one, 0], queue[one, 1] = queue[end, 0], queue[end, 1]
        cursor = cursor + 1 if 0 <= cursor < stop else after(starts, newest, before, place, cursor)
    return end


@compiled
def _doubted(
    down: Direction, passing: Passing, tiers: Bytes, queue: Longs, at: int, end: int, own: int, count: int
) -> tuple[Longs, int]:
    """Queue the cells that the orphans of a place led to; the queue and how many blocks are in it."""
    starts, ends, kinds, new_ends, new_kinds, before, newest = down
    begin, span, last = passing
    width = tiers.shape[1]
    place = own // width
    stop = starts[place + 1] - 1 if place + 1 < len(starts) else -1
    cursor = first(starts, newest, place) if _go_on(queue, at, end, tiers, last, own) else -1
    while cursor != -1:
        if cursor >= 0:
            away = np.int64(ends[min(cursor + _AHEAD, len(ends) - 1)]) * width - own
            for one in range(at, end):
                soon(tiers, queue[one, 0] + away)
        supplier = np.int64(ends[cursor] if cursor >= 0 else new_ends[-2 - cursor])
        kind = np.int64(kinds[cursor] if cursor >= 0 else new_kinds[-2 - cursor])
        if count + end - at > len(queue):
            queue = _grown(queue, count + end - at)
        for one in range(at, end):
            walk = queue[one, 0] - own
            below = supplier * width + walk
            bits = queue[one, 1] & led(tiers, queue[one, 0], below, begin, span, kind * width + walk)
            if bits:
                flip(tiers, below, bits, WAITING)
                queue[count, 0], queue[count, 1] = below, bits
                count += 1
        cursor = cursor + 1 if 0 <= cursor < stop else after(starts, newest, before, place, cursor)
    return queue, count


@compiled
def _entered_again(up: Direction, passing: Passing, tiers: Bytes, orphans: Longs, count: int) -> None:
    """Enter each orphan in the smallest tier that anybody who is left leads to."""
    starts, ends, kinds, new_ends, new_kinds, before, newest = up
    begin, span, _ = passing
    width = tiers.shape[1]
    at = 0
    while at < count:
        place = orphans[at, 0] // width
        own = place * width
        end = _run(orphans, at, count, own + width)
        stop = starts[place + 1] - 1 if place + 1 < len(starts) else -1
        cursor = first(starts, newest, place)
        while cursor != -1:
            if cursor >= 0:
                away = np.int64(ends[min(cursor + _AHEAD, len(ends) - 1)]) * width - own
                for one in range(at, end):
                    soon(tiers, orphans[one, 0] + away)
            buyer = np.int64(ends[cursor] if cursor >= 0 else new_ends[-2 - cursor])
            kind = np.int64(kinds[cursor] if cursor >= 0 else new_kinds[-2 - cursor])
            for one in range(at, end):
                walk = orphans[one, 0] - own
                above = buyer * width + walk
                bits = orphans[one, 1] & nearer(tiers, above, orphans[one, 0], begin, span, kind * width + walk)
                if bits:
                    step(tiers, above, orphans[one, 0], bits)
            cursor = cursor + 1 if 0 <= cursor < stop else after(starts, newest, before, place, cursor)
        at = end
