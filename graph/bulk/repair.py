"""Tiers that follow a link as it comes, goes or changes, for all walks at once: rule 8 of the cascade.

What came is a wave of smaller tiers. What went is repaired in two phases (Ramalingam and Reps 1996): down the tiers,
who has nobody above it any more is an orphan; then orphans are entered again from those who are left, nearest first.
Of a walk, all that a link moves at first stands at one supplier, so that a queue is in the order of tiers.

A cell is a place and a walk in one word; its tier is a byte in the matrix `tiers[place, walk]`. Arrays are taken out
of their tuples before a loop: numba counts references each time it takes one out.
"""

from typing import Final, NamedTuple

import numpy as np

from graph.bulk.arrays import Bytes, Longs, compiled
from graph.bulk.slots import Side, Slots, after, ends_of, first, set_class
from graph.terms import MAX_TIER

BEYOND: Final = 255
"""The tier of whom a walk does not reach."""
WAITING: Final = 32
"""A flag beside a tier: the cell is in the queue of the first phase."""
_TIER: Final = WAITING - 1
PLACE: Final = 32
WALK: Final = 2**32 - 1
_OLD: Final = 8
_ROOM: Final = 256


class Passing(NamedTuple):
    """For each class and walk, whether a link lets it through, out of a group and below it; how deep each walk goes."""

    own: Bytes
    below: Bytes
    last: Bytes


class Tiers(NamedTuple):
    """tiers: for each place and walk. moved: for each place, whether any of its tiers was touched."""

    tiers: Bytes
    moved: Bytes


class Held(NamedTuple):
    """Everything that a change of a link looks at."""

    slots: Slots
    down: Side
    up: Side
    passing: Passing
    state: Tiers


@compiled
def passes(own: Bytes, below: Bytes, last: Bytes, kind: int, tier: int, walk: int) -> bool:
    """Whether a link of a class carries a walk from a buyer in this tier; from the last tier nothing goes on."""
    if tier >= last[walk]:
        return False
    return bool(own[kind, walk] if tier == 0 else below[kind, walk])


@compiled
def changed(here: Held, slot: int, kind: int, walks: int) -> int:
    """Let a link be of another class and the tiers follow; how many cells moved.

    walks: how many of the columns are in use.
    """
    buyer, supplier, before = ends_of(here.slots, slot)
    set_class(here.slots, slot, kind)
    own, below, last = here.passing
    tiers = here.state.tiers
    lost, won = np.empty(max(walks, _ROOM), np.int64), np.empty(max(walks, _ROOM), np.int64)
    losing = winning = 0
    for walk in range(walks):
        tier, tier_here = np.int64(tiers[buyer, walk]), np.int64(tiers[supplier, walk])
        if tier_here <= tier:
            continue
        if tier_here == tier + 1:
            if not passes(own, below, last, kind, tier, walk) and passes(own, below, last, before, tier, walk):
                lost[losing] = supplier << PLACE | walk
                losing += 1
        elif passes(own, below, last, kind, tier, walk):
            tiers[supplier, walk] = tier + 1
            won[winning] = supplier << PLACE | walk
            winning += 1
    moved = 0
    if losing:
        moved += _repaired(here, lost, losing)
    if winning:
        here.state.moved[supplier] = 1
        moved += wave(here.down, here.passing, here.state, won, winning)
    return moved


@compiled
def wave(down: Side, passing: Passing, state: Tiers, queue: Longs, count: int) -> int:
    """Carry smaller tiers on from the cells of a queue, nearest first; how many cells there were in the end."""
    starts, ends, kinds, new_ends, new_kinds, before, newest = down
    own, below, last = passing
    tiers, moved = state
    at = 0
    while at < count:
        place = queue[at] >> PLACE
        end = _run(queue, at, count)
        cursor = first(starts, newest, place)
        while cursor != -1:
            supplier = np.int64(ends[cursor] if cursor >= 0 else new_ends[-2 - cursor])
            kind = np.int64(kinds[cursor] if cursor >= 0 else new_kinds[-2 - cursor])
            if count + end - at > len(queue):
                queue = _grown(queue, count + end - at)
            for one in range(at, end):
                walk = queue[one] & WALK
                tier = np.int64(tiers[place, walk])
                if tiers[supplier, walk] > tier + 1 and passes(own, below, last, kind, tier, walk):
                    tiers[supplier, walk] = tier + 1
                    moved[supplier] = 1
                    queue[count] = supplier << PLACE | walk
                    count += 1
            cursor = after(starts, newest, before, place, cursor)
        at = end
    return count


@compiled
def _run(queue: Longs, at: int, count: int) -> int:
    """Where the cells of the same place end."""
    end = at + 1
    while end < count and queue[end] >> PLACE == queue[at] >> PLACE:
        end += 1
    return end


@compiled
def _grown(cells: Longs, needed: int) -> Longs:
    longer = np.empty(2 * needed, np.int64)
    longer[: len(cells)] = cells
    return longer


@compiled
def _repaired(here: Held, queue: Longs, count: int) -> int:
    """Both phases, from cells that lost a link from the tier above them; how many were orphans."""
    tiers, moved = here.state
    up, passing = here.up, here.passing
    for at in range(count):
        tiers[queue[at] >> PLACE, queue[at] & WALK] |= WAITING
    orphans = np.empty(_ROOM, np.int64)
    left = np.empty(_ROOM, np.int64)
    alone = at = 0
    while at < count:
        place = queue[at] >> PLACE
        end = _run(queue, at, count)
        if end - at > len(left):
            left = np.empty(2 * (end - at), np.int64)
        lonely = _without_parent(up, passing, tiers, queue, at, end, left)
        at = end
        if lonely == 0:
            continue
        if alone + lonely > len(orphans):
            orphans = _grown(orphans, alone + lonely)
        for one in range(lonely):
            orphans[alone] = place << PLACE | (left[one] & WALK) << _OLD | left[one] >> PLACE
            alone += 1
            tiers[place, left[one] & WALK] = BEYOND
        moved[place] = 1
        queue, count = _doubted(here.down, passing, tiers, left[:lonely], place, queue, count)
    if alone:
        _entered_again(here.down, up, passing, tiers, orphans, alone)
    return alone


@compiled
def _doubted(
    down: Side, passing: Passing, tiers: Bytes, orphans: Longs, place: int, queue: Longs, count: int
) -> tuple[Longs, int]:
    """Queue the cells that the orphans of a place led to; the queue and how many are in it."""
    starts, ends, kinds, new_ends, new_kinds, before, newest = down
    own, below, last = passing
    cursor = first(starts, newest, place)
    while cursor != -1:
        supplier = np.int64(ends[cursor] if cursor >= 0 else new_ends[-2 - cursor])
        kind = np.int64(kinds[cursor] if cursor >= 0 else new_kinds[-2 - cursor])
        if count + len(orphans) > len(queue):
            queue = _grown(queue, count + len(orphans))
        for one in range(len(orphans)):
            walk, tier = orphans[one] & WALK, orphans[one] >> PLACE
            if tiers[supplier, walk] == tier + 1 and passes(own, below, last, kind, tier, walk):
                tiers[supplier, walk] |= WAITING
                queue[count] = supplier << PLACE | walk
                count += 1
        cursor = after(starts, newest, before, place, cursor)
    return queue, count


@compiled
def _without_parent(up: Side, passing: Passing, tiers: Bytes, queue: Longs, at: int, end: int, left: Longs) -> int:
    """The cells of one place that nobody in the tier above leads to, with their tier."""
    starts, ends, kinds, new_ends, new_kinds, before, newest = up
    own, below, last = passing
    place = queue[at] >> PLACE
    count = end - at
    for one in range(count):
        walk = queue[at + one] & WALK
        tier = np.int64(tiers[place, walk]) & _TIER
        tiers[place, walk] = tier
        left[one] = tier << PLACE | walk
    cursor = first(starts, newest, place)
    while cursor != -1 and count:
        buyer = np.int64(ends[cursor] if cursor >= 0 else new_ends[-2 - cursor])
        kind = np.int64(kinds[cursor] if cursor >= 0 else new_kinds[-2 - cursor])
        one = 0
        while one < count:
            walk, above = left[one] & WALK, (left[one] >> PLACE) - 1
            if tiers[buyer, walk] == above and passes(own, below, last, kind, above, walk):
                count -= 1
                left[one] = left[count]
            else:
                one += 1
        cursor = after(starts, newest, before, place, cursor)
    return count


@compiled
def _entered_again(down: Side, up: Side, passing: Passing, tiers: Bytes, orphans: Longs, count: int) -> None:
    """Enter each orphan in the smallest tier that anybody who is left leads to, and from it what lies below."""
    starts, ends, kinds, new_ends, new_kinds, before, newest = down
    below, last = passing.below, passing.last
    waiting = np.full(MAX_TIER + 2, -1, np.int64)
    earlier, cells = np.empty(count, np.int64), np.empty(count, np.int64)
    used = _nearest(up, passing, tiers, orphans, count, waiting, earlier, cells)
    for tier in range(1, MAX_TIER + 1):
        cell = waiting[tier]
        while cell != -1:
            place, walk = cells[cell] >> PLACE, cells[cell] & WALK
            cell = earlier[cell]
            if tiers[place, walk] <= tier:
                continue
            tiers[place, walk] = tier
            if tier >= last[walk]:
                continue
            cursor = first(starts, newest, place)
            while cursor != -1:
                supplier = np.int64(ends[cursor] if cursor >= 0 else new_ends[-2 - cursor])
                kind = np.int64(kinds[cursor] if cursor >= 0 else new_kinds[-2 - cursor])
                if tiers[supplier, walk] > tier + 1 and below[kind, walk]:
                    if used == len(cells):
                        cells, earlier = _grown(cells, used + 1), _grown(earlier, used + 1)
                    cells[used], earlier[used] = supplier << PLACE | walk, waiting[tier + 1]
                    waiting[tier + 1] = used
                    used += 1
                cursor = after(starts, newest, before, place, cursor)


@compiled
def _nearest(
    up: Side, passing: Passing, tiers: Bytes, orphans: Longs, count: int, waiting: Longs, earlier: Longs, cells: Longs
) -> int:
    """Put each orphan into the list of the tier below whoever is nearest of those who are left; how many there are.

    It is no nearer than one below its old tier.
    """
    starts, ends, kinds, new_ends, new_kinds, before, newest = up
    own, below, last = passing
    used = 0
    for at in range(count):
        place, walk, old = orphans[at] >> PLACE, (orphans[at] & WALK) >> _OLD, orphans[at] & (2**_OLD - 1)
        best = last[walk] + 1
        cursor = first(starts, newest, place)
        while cursor != -1 and best > old + 1:
            buyer = np.int64(ends[cursor] if cursor >= 0 else new_ends[-2 - cursor])
            kind = np.int64(kinds[cursor] if cursor >= 0 else new_kinds[-2 - cursor])
            tier = np.int64(tiers[buyer, walk])
            if tier + 1 < best and passes(own, below, last, kind, tier, walk):
                best = tier + 1
            cursor = after(starts, newest, before, place, cursor)
        if best <= last[walk]:
            cells[used], earlier[used] = place << PLACE | walk, waiting[best]
            waiting[best] = used
            used += 1
    return used
