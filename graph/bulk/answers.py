"""Obligations out of a standing cascade, and what differs between two of them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from graph.bulk.arrays import NO_DAY, Ints, Longs
from graph.bulk.demand import Demand
from graph.bulk.due import Owed, Room, Terms, latest_valid_from
from graph.bulk.repair import BEYOND, PLACE, WALK
from graph.bulk.rows import LOW, RANK, TIER
from graph.bulk.scopes import bound
from graph.bulk.standing import Standing
from graph.bulk.traced import Traced, below, rows_of, traced

Kinds = Sequence[tuple[str, str]]


class Side(NamedTuple):
    """What is owed before or after, a row for each difference; level 0 where nothing is owed."""

    tier: Ints
    level: Ints
    due: Ints
    via: Longs


class Differences(NamedTuple):
    """What of one requirement differs: numbers of suppliers in their order, and both sides."""

    supplier: Ints
    before: Side
    after: Side


def obligations_of(standing: Standing, demand: Demand, kind: Ints, kinds: Kinds) -> Owed:
    """What a requirement asks of whom, suppliers by number. kind, kinds: as an `Industry` has them."""
    walk, here = standing.column(demand), standing.held
    place = standing.place[: standing.size]
    rows = np.empty(len(place), np.uint64)
    days = np.empty(len(place) if standing.dated else 0, np.uint64)
    count = rows_of(here, place, walk, rows, days)
    since = np.zeros(0, np.int32)
    if len(days):
        since = latest_valid_from(rows[:count], days[:count], place, np.empty(len(standing.tiers), np.int32))
    owed = Room(count).add(rows[:count], since, _terms(demand, kind, kinds))
    base, more = here.slots
    return owed._replace(via=np.concatenate([base.number, more.number])[owed.via])


def _terms(demand: Demand, kind: Ints, kinds: Kinds) -> Terms:
    levels, months = np.array(demand.levels(), np.int16), np.array(demand.months(), np.int32)
    return Terms(levels, months, kind, bound(kinds, demand.walk), demand.effective_from)


class Compared:
    """A cascade before and after some links changed; both have the same requirements."""

    def __init__(self, before: Standing, after: Standing, suppliers: Iterable[int]) -> None:
        """suppliers: where the changed links led before and lead now, by place."""
        self._before, self._after = before, after
        cells = self._looked_at(suppliers)
        self._cells, self._old, self._new = self._differing(cells)
        self._organization = np.argsort(after.place[: after.size], kind="stable").astype(np.int32)

    def differences(self, demands: Sequence[Demand], kind: Ints, kinds: Kinds) -> Iterator[Differences]:
        """What differs, a requirement after the other. kind: of every organization after the change."""
        walks = self._cells & WALK
        order = np.argsort(walks, kind="stable")
        starts = np.searchsorted(walks[order], np.arange(len(self._after.ways) + 1))
        for demand in demands:
            walk = self._after.column(demand)
            yield self._of(order[starts[walk] : starts[walk + 1]], _terms(demand, kind, kinds))

    def _looked_at(self, suppliers: Iterable[int]) -> Longs:
        """All cells whose tier or `via` may differ."""
        before, after = self._before.tiers, self._after.tiers
        walks = len(self._after.ways)
        moved = np.flatnonzero(self._after.moved)
        old = np.full((len(moved), walks), BEYOND, np.uint8)
        known = moved < len(before)
        old[known] = before[moved[known], :walks]
        row, walk = np.nonzero(old != after[moved, :walks])
        changed: Longs = moved[row].astype(np.int64) << PLACE | walk
        ends = np.array(sorted(set(suppliers)), np.int64)
        led = (ends[:, None] << PLACE | np.arange(walks)).reshape(-1)
        return np.unique(np.concatenate([changed, led, below(self._after.held, changed, next_tier=False)]))

    def _differing(self, cells: Longs) -> tuple[Longs, Traced, Traced]:
        """Those that differ, and those that only their first day was passed down to."""
        parts = []
        seen = cells
        while len(cells):
            old = traced(self._before.held, cells, len(self._before.tiers))
            new = traced(self._after.held, cells, len(self._after.tiers))
            later = old.since != new.since
            differs = later | (old.tier != new.tier) | (old.via != new.via)
            parts.append((cells[differs], *(Traced(*(one[differs] for one in side)) for side in (old, new))))
            cells = np.setdiff1d(below(self._after.held, cells[later & (new.tier != BEYOND)], next_tier=True), seen)
            seen = np.union1d(seen, cells)
        if not parts:
            nothing = traced(self._after.held, seen, 0)
            return seen, nothing, nothing
        found, old_parts, new_parts = zip(*parts, strict=True)
        return np.concatenate(found), _joined(old_parts), _joined(new_parts)

    def _of(self, at: Any, terms: Terms) -> Differences:
        supplier = self._organization[self._cells[at] >> PLACE]
        at = at[np.argsort(supplier, kind="stable")]
        supplier = np.sort(supplier)
        old, new = (_side(side, at, supplier, terms) for side in (self._old, self._new))
        owes = (old.level > 0) | (new.level > 0)
        differs = owes & np.any([one != other for one, other in zip(old, new, strict=True)], axis=0)
        sides = [Side(*(column[differs] for column in side)) for side in (old, new)]
        return Differences(supplier[differs], *sides)


def _joined(parts: Sequence[Traced]) -> Traced:
    return Traced(*map(np.concatenate, zip(*parts, strict=True)))


_NOBODY: Final = np.uint8(0)


def _side(side: Traced, at: Any, supplier: Ints, terms: Terms) -> Side:
    tier = np.where(side.tier[at] == BEYOND, _NOBODY, side.tier[at])
    rows = supplier.astype(np.uint64) << RANK | tier.astype(np.uint64) << TIER | np.arange(len(at), dtype=np.uint64)
    arrived = np.flatnonzero(tier)
    owed = Room(len(at)).add(rows[arrived], side.since[at][arrived], terms)
    tiers, levels = np.zeros(len(at), np.int32), np.zeros(len(at), np.int32)
    found = Side(tiers, levels, np.full(len(at), NO_DAY, np.int32), np.zeros(len(at), np.int64))
    here = owed.via & np.int64(LOW)
    found.tier[here], found.level[here], found.due[here] = owed.tier, owed.level, owed.due
    found.via[here] = side.via[at][here]
    return found
