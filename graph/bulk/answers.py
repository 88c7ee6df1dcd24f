"""Obligations out of a standing cascade, and what differs between two of them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from graph.bulk.arrays import NO_DAY, Bytes, Ints, Longs, Words
from graph.bulk.demand import Demand
from graph.bulk.due import Owed, Room, Terms, latest_valid_from, terms_of
from graph.bulk.repair import BEYOND, PLACE, WALK
from graph.bulk.rows import LOW, RANK, TIER
from graph.bulk.standing import Standing, way_of
from graph.bulk.traced import Traced, below, traced, walk_rows

Kinds = Sequence[tuple[str, str]]
_NOTHING: Final = Owed(
    np.zeros(0, np.int32), np.zeros(0, np.uint8), np.zeros(0, np.int16), np.zeros(0, np.int64), np.zeros(0, np.int32)
)


class Answering(NamedTuple):
    """A standing cascade, and whom a supplier scope binds: kind, kinds as an `Industry` has them."""

    standing: Standing
    kind: Ints
    kinds: Kinds

    def obligations(self, demand: Demand, arrived: "_Arrived | None" = None) -> Owed:
        """What a requirement asks of whom, suppliers by number. arrived: where its walk arrives, if that is known."""
        rows, since, numbers = arrived or _arrived(self.standing, demand)
        owed = Room(len(rows)).add(rows, since, terms_of(demand, self.kind, self.kinds))
        return owed._replace(via=numbers[owed.via])

    def binds_as(self, other: "Answering") -> bool:
        """Whether whoever is known to the other is of the same kind here."""
        kind, kinds = self.kind[: len(other.kind)], self.kinds[: len(other.kinds)]
        return tuple(kinds) == tuple(other.kinds) and np.array_equal(kind, other.kind)


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


class _Arrived(NamedTuple):
    """Rows with slots of links, the latest first day on the way to each, or none of these, and all links' numbers."""

    rows: Words
    since: Ints
    numbers: Longs


def _arrived(standing: Standing, demand: Demand) -> _Arrived:
    here, place = standing.held, standing.place[: standing.size]
    rows = np.empty(len(place), np.uint64)
    days = np.empty(len(place) if standing.dated else 0, np.uint64)
    count = walk_rows(here, place, standing.column(demand), rows, days)
    since = np.zeros(0, np.int32)
    if len(days):
        since = latest_valid_from(rows[:count], days[:count], place, np.empty(len(standing.tiers), np.int32))
    base, more = here.slots
    return _Arrived(rows[:count], since, np.concatenate([base.number, more.number]))


def differences(
    before: Answering,
    after: Answering,
    ends: Iterable[tuple[int, int]],
    pairs: Iterable[tuple[Demand | None, Demand | None]],
) -> Iterator[Differences]:
    """What differs of each requirement as it was and as it is, None where there was or is none.

    ends: buyers and suppliers of the changed links before and now, by place. What moved before the links changed, since
    requirements did, is not among what `after` says moved. Who asks the same as before is looked at where something
    moved; of everybody else all rows are.
    """
    ends = set(ends)
    compared = _Compared(before.standing, after.standing, ends)
    binds_as_before = after.binds_as(before)
    for was, asks in pairs:
        if asks is None or was != asks or ((asks.countries or asks.sectors) and not binds_as_before):
            yield _of_all(before, after, was, asks, links_stay=not ends)
        else:
            yield compared.of(asks, after.kind, after.kinds)


def _of_all(
    before: Answering, after: Answering, was: Demand | None, asks: Demand | None, *, links_stay: bool
) -> Differences:
    new = None if asks is None else _arrived(after.standing, asks)
    # Should the walk go deeper now, the old schedule asks nothing there.
    stays = links_stay and was is not None and asks is not None and way_of(was.walk) == way_of(asks.walk)
    pairs = (before, was, new if stays else None), (after, asks, new)
    both = [_NOTHING if demand is None else side.obligations(demand, arrived) for side, demand, arrived in pairs]
    supplier = _distinct(np.concatenate([one.supplier for one in both]))
    return _otherwise(supplier, *(_side(len(supplier), supplier.searchsorted(one.supplier), one) for one in both))


class _Compared:
    """A cascade before and after some links changed, in the walks that both have."""

    def __init__(self, before: Standing, after: Standing, ends: Iterable[tuple[int, int]]) -> None:
        """ends: buyers and suppliers of the changed links before and now, by place."""
        self._before, self._after = before, after
        both = zip(before.ways, after.ways, strict=False)
        self._walks = np.array([at for at, (one, way) in enumerate(both) if one is not None and one == way], np.int64)
        cells = self._looked_at(np.array(sorted(set(ends)), np.int64).reshape(-1, 2))
        self._cells, self._old, self._new = self._differing(cells)
        self._organization = np.argsort(after.place[: after.size], kind="stable").astype(np.int32)
        walks = self._cells & WALK
        self._order = np.argsort(walks, kind="stable")
        self._starts = np.searchsorted(walks[self._order], np.arange(len(after.ways) + 1))

    def of(self, demand: Demand, kind: Ints, kinds: Kinds) -> Differences:
        """What differs of a requirement that both have. kind: of every organization after the change."""
        walk = self._after.column(demand)
        at = self._order[self._starts[walk] : self._starts[walk + 1]]
        supplier = self._organization[self._cells[at] >> PLACE]
        at = at[np.argsort(supplier, kind="stable")]
        supplier = np.sort(supplier)
        terms = terms_of(demand, kind, kinds)
        return _otherwise(supplier, *(_read(side, at, supplier, terms) for side in (self._old, self._new)))

    def _looked_at(self, ends: Longs) -> Longs:
        """All cells whose tier or `via` may differ: `via` where a link from the tier above came, went or changed."""
        moved = np.flatnonzero(self._after.moved)
        old, new = (self._tiers(side, moved) for side in (self._before, self._after))
        changed = self._cells_of(moved, old != new)
        found = [changed, below(self._after.held, changed)]
        found.append(below(self._before.held, changed[changed >> PLACE < len(self._before.tiers)]))
        for side in (self._before, self._after):
            buyer, supplier = (self._tiers(side, places) for places in ends.T)
            found.append(self._cells_of(ends[:, 1], (supplier > 0) & (buyer + np.uint8(1) == supplier)))
        cells: Longs = _distinct(np.concatenate(found))
        return cells

    def _tiers(self, side: Standing, places: Longs) -> Bytes:
        """Tiers of some places in the walks that both have; nobody arrives where no place is yet."""
        found = np.full((len(places), len(self._walks)), BEYOND, np.uint8)
        known = places < len(side.tiers)
        found[known] = side.tiers[np.ix_(places[known], self._walks)]
        return found

    def _cells_of(self, places: Longs, chosen: Any) -> Longs:
        row, walk = np.nonzero(chosen)
        cells: Longs = places[row] << PLACE | self._walks[walk]
        return cells

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
            cells = _distinct(below(self._after.held, cells[later & (new.tier != BEYOND)]))
            cells = cells[~np.isin(cells, seen, assume_unique=True)]
            seen = np.concatenate([seen, cells])
        if not parts:
            nothing = traced(self._after.held, seen, 0)
            return seen, nothing, nothing
        found, old_parts, new_parts = zip(*parts, strict=True)
        return np.concatenate(found), _joined(old_parts), _joined(new_parts)


def _distinct(numbers: Any) -> Any:
    """Each once, in order. `np.unique` hashes by the low bits, which are the walk's in a cell."""
    found = np.sort(numbers)
    return found[np.diff(found, prepend=-1) > 0]


def _joined(parts: Sequence[Traced]) -> Traced:
    return Traced(*map(np.concatenate, zip(*parts, strict=True)))


_NOBODY: Final = np.uint8(0)


def _read(side: Traced, at: Any, supplier: Ints, terms: Terms) -> Side:
    tier = np.where(side.tier[at] == BEYOND, _NOBODY, side.tier[at])
    rows = supplier.astype(np.uint64) << RANK | tier.astype(np.uint64) << TIER | np.arange(len(at), dtype=np.uint64)
    arrived = np.flatnonzero(tier)
    owed = Room(len(at)).add(rows[arrived], side.since[at][arrived], terms)
    here = owed.via & np.int64(LOW)
    return _side(len(at), here, owed._replace(via=side.via[at][here]))


def _side(count: int, at: Any, owed: Owed) -> Side:
    """So many rows, of which those at some positions say what is owed."""
    tiers, levels = np.zeros(count, np.int32), np.zeros(count, np.int32)
    found = Side(tiers, levels, np.full(count, NO_DAY, np.int32), np.zeros(count, np.int64))
    found.tier[at], found.level[at], found.due[at], found.via[at] = owed.tier, owed.level, owed.due, owed.via
    return found


def _otherwise(supplier: Ints, old: Side, new: Side) -> Differences:
    """The rows that somebody owes or owed, and in which both sides differ."""
    owes = (old.level > 0) | (new.level > 0)
    differs = owes & np.any([one != other for one, other in zip(old, new, strict=True)], axis=0)
    sides = [Side(*(column[differs] for column in side)) for side in (old, new)]
    return Differences(supplier[differs], *sides)
