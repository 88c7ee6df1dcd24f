"""Tiers that follow a link as it comes, goes or changes, for all walks at once: rule 8 of the cascade.

What came is a wave of smaller tiers. What went is repaired in two phases (Ramalingam and Reps 1996): down the tiers,
who has nobody above it any more is an orphan; then orphans are entered again from those who are left, nearest first.
Of a walk, all that a link moves at first stands at one supplier, so that a queue is in the order of tiers.

A cell's tier is a byte in the matrix `tiers[place, walk]`. Cells are looked at in blocks of 64 walks of a place: where
the block begins in the matrix, and a bit a walk. Arrays are taken out of their tuples before a loop: numba counts
references each time it takes one out.
"""

from typing import Final, NamedTuple

import numpy as np

from graph.bulk.arrays import Bytes, Longs, compiled
from graph.bulk.slots import Side, Slots, after, ends_of, first, set_class
from graph.bulk.words import BLOCK, flip, led, less, lowest, nearer, put, same, step
from graph.terms import MAX_TIER

BEYOND: Final = 255
"""The tier of whom a walk does not reach."""
WAITING: Final = 32
"""A flag beside a tier: the cell is in the queue of the first phase."""
PLACE: Final = 32
WALK: Final = 2**32 - 1


class Passing(NamedTuple):
    """For each class and walk, the first tier of a buyer from which a link carries it on, and from how many tiers.

    last: how deep each walk goes; from there nothing is carried on.
    """

    begin: Bytes
    span: Bytes
    last: Bytes


class Tiers(NamedTuple):
    """tiers: for each place and walk, with columns to whole blocks. moved: for each place, whether a tier was touched."""

    tiers: Bytes
    moved: Bytes


class Held(NamedTuple):
    """Everything that a change of a link looks at."""

    slots: Slots
    down: Side
    up: Side
    passing: Passing
    state: Tiers


def blocked(places: int, walks: int) -> Bytes:
    """Tiers of nobody yet, in whole blocks, each of which is a line of the cache."""
    cells = places * -(-walks // BLOCK) * BLOCK
    room = np.full(cells + BLOCK, BEYOND, np.uint8)
    start = -room.ctypes.data % BLOCK
    return room[start : start + cells].reshape(places, -1)


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
        wave(here.down, here.passing, here.state, won, winning)


@compiled
def wave(down: Side, passing: Passing, state: Tiers, queue: Longs, count: int) -> None:
    """Carry smaller tiers on from the cells of a queue, nearest first."""
    starts, ends, kinds, new_ends, new_kinds, before, newest = down
    begin, span, last = passing
    tiers, moved = state
    width = tiers.shape[1]
    at = 0
    while at < count:
        place = queue[at, 0] // width
        end = _run(queue, at, count, width)
        cursor = first(starts, newest, place) if _go_on(queue, at, end, tiers, last) else -1
        while cursor != -1:
            supplier = np.int64(ends[cursor] if cursor >= 0 else new_ends[-2 - cursor])
            kind = np.int64(kinds[cursor] if cursor >= 0 else new_kinds[-2 - cursor])
            queue = _with_room(queue, count + end - at)
            for one in range(at, end):
                walk = queue[one, 0] - place * width
                below = supplier * width + walk
                bits = queue[one, 1] & nearer(tiers, queue[one, 0], below, begin, span, kind * width + walk)
                if bits:
                    step(tiers, queue[one, 0], below, bits)
                    moved[supplier] = 1
                    queue[count, 0], queue[count, 1] = below, bits
                    count += 1
            cursor = after(starts, newest, before, place, cursor)
        at = end


@compiled
def _run(queue: Longs, at: int, count: int, width: int) -> int:
    """Where the blocks of the same place end."""
    place = queue[at, 0] // width
    end = at + 1
    while end < count and queue[end, 0] // width == place:
        end += 1
    return end


@compiled
def _with_room(queue: Longs, needed: int) -> Longs:
    if needed <= len(queue):
        return queue
    longer = np.empty((2 * needed, queue.shape[1]), np.int64)
    longer[: len(queue)] = queue
    return longer


@compiled
def _go_on(queue: Longs, at: int, end: int, tiers: Bytes, last: Bytes) -> bool:
    """Whether any cell of some blocks is in a tier from which its walk goes on."""
    for one in range(at, end):
        if queue[one, 1] & less(tiers, queue[one, 0], last, queue[one, 0] % len(last)):
            return True
    return False


@compiled
def _repaired(here: Held, queue: Longs, count: int) -> None:
    """Both phases, from cells that lost a link from the tier above them."""
    tiers, moved = here.state
    up, passing = here.up, here.passing
    width = tiers.shape[1]
    for at in range(count):
        flip(tiers, queue[at, 0], queue[at, 1], WAITING)
    at = 0
    alone = False
    while at < count:
        place = queue[at, 0] // width
        end = _run(queue, at, count, width)
        lonely = _without_parent(up, passing, tiers, queue, at, end)
        if lonely > at:
            alone = True
            moved[place] = 1
            queue, count = _doubted(here.down, passing, tiers, queue, at, lonely, count)
            for one in range(at, lonely):
                put(tiers, queue[one, 0], queue[one, 1], BEYOND)
        at = end
    if alone:
        _entered_again(here.down, up, passing, tiers, queue, count)


@compiled
def _without_parent(up: Side, passing: Passing, tiers: Bytes, queue: Longs, at: int, end: int) -> int:
    """Leave in the blocks of one place the cells that nobody in the tier above leads to; where blocks with some end."""
    starts, ends, kinds, new_ends, new_kinds, before, newest = up
    begin, span, _ = passing
    width = tiers.shape[1]
    place = queue[at, 0] // width
    for one in range(at, end):
        flip(tiers, queue[one, 0], queue[one, 1], WAITING)
    cursor = first(starts, newest, place)
    while cursor != -1 and end > at:
        buyer = np.int64(ends[cursor] if cursor >= 0 else new_ends[-2 - cursor])
        kind = np.int64(kinds[cursor] if cursor >= 0 else new_kinds[-2 - cursor])
        one = at
        while one < end:
            walk = queue[one, 0] - place * width
            queue[one, 1] &= ~led(tiers, buyer * width + walk, queue[one, 0], begin, span, kind * width + walk)
            if queue[one, 1]:
                one += 1
            else:
                end -= 1
                queue[one, 0], queue[end, 0] = queue[end, 0], queue[one, 0]
                queue[one, 1], queue[end, 1] = queue[end, 1], 0
        cursor = after(starts, newest, before, place, cursor)
    return end


@compiled
def _doubted(
    down: Side, passing: Passing, tiers: Bytes, queue: Longs, at: int, end: int, count: int
) -> tuple[Longs, int]:
    """Queue the cells that the orphans of a place led to; the queue and how many blocks are in it."""
    starts, ends, kinds, new_ends, new_kinds, before, newest = down
    begin, span, last = passing
    width = tiers.shape[1]
    place = queue[at, 0] // width
    cursor = first(starts, newest, place) if _go_on(queue, at, end, tiers, last) else -1
    while cursor != -1:
        supplier = np.int64(ends[cursor] if cursor >= 0 else new_ends[-2 - cursor])
        kind = np.int64(kinds[cursor] if cursor >= 0 else new_kinds[-2 - cursor])
        queue = _with_room(queue, count + end - at)
        for one in range(at, end):
            walk = queue[one, 0] - place * width
            below = supplier * width + walk
            bits = queue[one, 1] & led(tiers, queue[one, 0], below, begin, span, kind * width + walk)
            if bits:
                flip(tiers, below, bits, WAITING)
                queue[count, 0], queue[count, 1] = below, bits
                count += 1
        cursor = after(starts, newest, before, place, cursor)
    return queue, count


@compiled
def _entered_again(down: Side, up: Side, passing: Passing, tiers: Bytes, orphans: Longs, count: int) -> None:
    """Enter each orphan in the smallest tier that anybody who is left leads to, and from it what lies below."""
    starts, ends, kinds, new_ends, new_kinds, before, newest = down
    begin, span, last = passing
    width = tiers.shape[1]
    waiting = np.full(MAX_TIER + 2, -1, np.int64)
    entries, used = _nearest(up, passing, tiers, orphans, count, waiting)
    for tier in range(1, MAX_TIER + 1):
        entry = waiting[tier]
        while entry != -1:
            at, bits = entries[entry, 0], entries[entry, 1] & same(tiers, entries[entry, 0], tier)
            entry = entries[entry, 2]
            bits &= less(tiers, at, last, at % width)
            place = at // width
            walk = at - place * width
            cursor = first(starts, newest, place) if bits else -1
            while cursor != -1:
                supplier = np.int64(ends[cursor] if cursor >= 0 else new_ends[-2 - cursor])
                kind = np.int64(kinds[cursor] if cursor >= 0 else new_kinds[-2 - cursor])
                below = supplier * width + walk
                closer = bits & nearer(tiers, at, below, begin, span, kind * width + walk)
                if closer:
                    step(tiers, at, below, closer)
                    entries, used = _entry(entries, used, waiting, tier + 1, below, closer)
                cursor = after(starts, newest, before, place, cursor)


@compiled
def _entry(entries: Longs, used: int, waiting: Longs, tier: int, at: int, bits: int) -> tuple[Longs, int]:
    """Hang cells of a block into the list of a tier; all entries and how many there are."""
    entries = _with_room(entries, used + 1)
    entries[used, 0], entries[used, 1], entries[used, 2] = at, bits, waiting[tier]
    waiting[tier] = used
    return entries, used + 1


@compiled
def _nearest(
    up: Side, passing: Passing, tiers: Bytes, orphans: Longs, count: int, waiting: Longs
) -> tuple[Longs, int]:
    """Put each orphan into the tier below whoever is nearest of those who are there, and into the list of that tier."""
    starts, ends, kinds, new_ends, new_kinds, before, newest = up
    begin, span, _ = passing
    flat = tiers.reshape(-1)
    width = tiers.shape[1]
    entries, used = np.empty((count, 3), np.int64), 0
    at = 0
    while at < count:
        place = orphans[at, 0] // width
        end = _run(orphans, at, count, width)
        lonely = at
        while lonely < end and orphans[lonely, 1]:
            lonely += 1
        cursor = first(starts, newest, place) if lonely > at else -1
        while cursor != -1:
            buyer = np.int64(ends[cursor] if cursor >= 0 else new_ends[-2 - cursor])
            kind = np.int64(kinds[cursor] if cursor >= 0 else new_kinds[-2 - cursor])
            for one in range(at, lonely):
                walk = orphans[one, 0] - place * width
                above = buyer * width + walk
                bits = orphans[one, 1] & nearer(tiers, above, orphans[one, 0], begin, span, kind * width + walk)
                if bits:
                    step(tiers, above, orphans[one, 0], bits)
            cursor = after(starts, newest, before, place, cursor)
        for one in range(at, lonely):
            cell, bits = orphans[one, 0], orphans[one, 1] & ~same(tiers, orphans[one, 0], BEYOND)
            while bits:
                tier = np.int64(flat[cell + lowest(np.uint64(bits))])
                entries, used = _entry(entries, used, waiting, tier, cell, bits & same(tiers, cell, tier))
                bits &= ~same(tiers, cell, tier)
        at = end
    return entries, used
