"""Rows out of a standing cascade: `via` is looked up, first days are followed up to the issuer (rules 5 and 7)."""

from typing import NamedTuple

import numpy as np

from graph.bulk.arrays import NO_DAY, Bytes, Ints, Longs, Words, compiled
from graph.bulk.repair import BEYOND, PLACE, WALK, Held, passes
from graph.bulk.rows import LOW, RANK, TIER
from graph.bulk.slots import after, first
from graph.terms import MAX_TIER


class Traced(NamedTuple):
    """For each cell its tier, the number of the link it was entered by, and the latest first day on the way there.

    `BEYOND`, 0 and `NO_DAY` where the walk does not arrive, and in the issuer's group.
    """

    tier: Bytes
    via: Longs
    since: Ints


@compiled
def entered_by(here: Held, place: int, walk: int) -> int:
    """The slot of the link by which a walk enters a place: of those from the tier above, the smallest number."""
    starts, ends, kinds, new_ends, new_kinds, before, newest = here.up
    begin, span, _ = here.passing
    tiers, numbers, new_numbers = here.state.tiers, here.slots.base.number, here.slots.more.number
    above = np.int64(tiers[place, walk]) - 1
    found, smallest = -1, 0
    cursor = first(starts, newest, place)
    while cursor != -1:
        buyer = np.int64(ends[cursor] if cursor >= 0 else new_ends[-2 - cursor])
        if tiers[buyer, walk] == above:
            kind = np.int64(kinds[cursor] if cursor >= 0 else new_kinds[-2 - cursor])
            number = np.int64(numbers[cursor] if cursor >= 0 else new_numbers[-2 - cursor])
            if (found < 0 or number < smallest) and passes(begin, span, kind, above, walk):
                found, smallest = (cursor if cursor >= 0 else len(numbers) - 2 - cursor), number
        # Sorted links come by number: the first is the smallest of them.
        cursor = -2 - np.int64(newest[place]) if found == cursor else after(starts, newest, before, place, cursor)
    return found


@compiled
def link_at(here: Held, slot: int) -> tuple[int, int, int]:
    """The number, the buyer and the first day of a link."""
    base, more = here.slots
    at = slot - len(base.number)
    if at < 0:
        return base.number[slot], np.int64(base.buyer[slot]), np.int64(base.valid_from[slot])
    return more.number[at], np.int64(more.buyer[at]), np.int64(more.valid_from[at])


@compiled
def traced(here: Held, cells: Longs, places: int) -> Traced:
    """What each of some cells says; places beyond the last are not there yet.

    Ways to the issuer meet: walk by walk, the latest first day of every place on them is found once.
    """
    tiers = here.state.tiers
    found = Traced(
        np.full(len(cells), BEYOND, np.uint8), np.zeros(len(cells), np.int64), np.full(len(cells), NO_DAY, np.int32)
    )
    tier, via, since = found
    latest, known_in = np.empty(places, np.int32), np.full(places, -1, np.int32)
    way, days = np.empty(MAX_TIER + 1, np.int64), np.empty(MAX_TIER + 1, np.int32)
    for at in np.argsort(cells & WALK, kind="mergesort"):
        place, walk = cells[at] >> PLACE, cells[at] & WALK
        if place >= places:
            continue
        tier[at] = tiers[place, walk]
        if tier[at] in (0, BEYOND):
            continue
        via[at], buyer, days[0] = link_at(here, entered_by(here, place, walk))
        way[0], steps = place, 1
        while tiers[buyer, walk] != 0 and known_in[buyer] != walk:
            way[steps] = buyer
            _, buyer, days[steps] = link_at(here, entered_by(here, buyer, walk))
            steps += 1
        day = np.int32(NO_DAY) if tiers[buyer, walk] == 0 else latest[buyer]
        for step in range(steps - 1, -1, -1):
            day = max(day, days[step])
            latest[way[step]], known_in[way[step]] = day, walk
        since[at] = day
    return found


@compiled
def walk_rows(here: Held, place: Ints, walk: int, rows: Words, days: Words) -> int:
    """The rows of one walk by number of the organization, as `graph.bulk.rows` has them; how many there are.

    The place of a link's number is taken by its slot. days: empty where nobody asks.
    """
    tiers = here.state.tiers
    count = 0
    for organization in range(len(place)):
        tier = tiers[place[organization], walk]
        if tier in (0, BEYOND):
            continue
        slot = entered_by(here, np.int64(place[organization]), walk)
        rows[count] = np.uint64(organization) << RANK | np.uint64(tier) << TIER | np.uint64(slot)
        if len(days):
            _, buyer, day = link_at(here, slot)
            days[count] = np.uint64(buyer) << TIER | np.uint64(day) & LOW
        count += 1
    return count


@compiled
def below(here: Held, cells: Longs) -> Longs:
    """The cells in the tier below some cells that links lead to, of the same walk, some of them twice."""
    starts, ends, _, new_ends, _, before, newest = here.down
    tiers = here.state.tiers
    found, count = np.empty(1024, np.int64), 0
    for at in range(len(cells)):
        place, walk = cells[at] >> PLACE, cells[at] & WALK
        cursor = first(starts, newest, place)
        while cursor != -1:
            supplier = np.int64(ends[cursor] if cursor >= 0 else new_ends[-2 - cursor])
            tier = tiers[supplier, walk]
            if tier not in (0, BEYOND) and tier == tiers[place, walk] + 1:
                if count == len(found):
                    longer = np.empty(2 * count, np.int64)
                    longer[:count] = found
                    found = longer
                found[count] = supplier << PLACE | walk
                count += 1
            cursor = after(starts, newest, before, place, cursor)
    return found[:count]
