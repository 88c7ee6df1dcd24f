"""Where a requirement finds one supplier, without a walk where all tiers are known; who is elsewhere after a change.

By which link and since when is found upwards: from a cell to the smallest number of the links that lead there from the
tier above (rule 5 of the cascade), and on from its buyer until the group is reached.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from graph.arrays.steps import Ints, Places
from graph.arrays.tiertable import ABSENT, Bytes, Way, way_of
from graph.facts import Requirement
from graph.memory import Line, Moves
from graph.network import Network
from graph.terms import MAX_TIER
from graph.walks.alltiers import Tiers, recoded, tiers, turned
from graph.walks.ground import Long
from graph.walks.hops import entered, onward
from graph.walks.reach import Lens, Reach, reach


class Position(NamedTuple):
    """Where a requirement finds a supplier on a day, before anything is asked of it."""

    tier: int
    via: int
    since: date | None


def position_of(network: Network, requirement: Requirement, supplier: int, day: date, lens: Lens) -> Position | None:
    """Where the requirement finds the supplier on the day over the links of the lens; None where it does not."""
    if lens is Lens.OWED:
        key = ("positions", supplier, network.epoch(day))
        known = network.memory.recall(key, lambda: _carried(network, supplier, day))
        if (way := way_of(requirement)) in known.ways:
            return known.found.get(way)
    return position_in(reach(network, requirement, day, lens), supplier)


def tier_of(network: Network, requirement: Requirement, organization: int, day: date, lens: Lens) -> int | None:
    """The tier in which the requirement finds an organization, 0 in the issuer's group; None where it does not."""
    if lens is Lens.OWED and (known := tiers(network, day)) is not None:
        column = known.ways.get(way_of(requirement))
        if column is not None:
            row = network.memory.recall(("row", organization, network.epoch(day)), lambda: _row(known, organization))
            return int(row[column]) if row[column] <= MAX_TIER else None
    return reach(network, requirement, day, lens).tier.get(organization)


def _row(known: Tiers, organization: int) -> Bytes:
    place, width = known.place(organization), known.cells.table.width
    return np.full(width, ABSENT, np.uint8) if place < 0 else known.cells.at(place * width + np.arange(width))


def position_in(reached: Reach, supplier: int) -> Position | None:
    """The supplier's position in a walk."""
    tier = reached.tier.get(supplier)
    return Position(tier, reached.via[supplier], reached.since[supplier]) if tier else None


@dataclass(frozen=True, slots=True)
class _Positions:
    """One supplier's, in all walks whose tiers are known.

    passed: the supplier, and everybody above it whom the ways lead through. weight: room in the engine's memory.
    """

    ways: Mapping[Way, int]
    found: Mapping[Way, Position]
    passed: AbstractSet[int] = frozenset()

    @property
    def weight(self) -> int:
        return 1 + len(self.found) + len(self.passed)


def _carried(network: Network, supplier: int, day: date) -> _Positions:
    """The positions, those of an earlier revision where nothing moved on the ways to the supplier."""
    known = tiers(network, day)
    if known is None:
        return _Positions({}, {})

    def same(earlier: _Positions, moved: Moves) -> _Positions | None:
        return earlier if earlier.ways is known.ways and moved[0].isdisjoint(earlier.passed) else None

    line = Line(("positions", supplier), *network.span(day))
    return network.memory.repaired(line, lambda: (known.version,), lambda: _of(known, supplier), same)


def _of(known: Tiers, supplier: int) -> _Positions:
    place, width = known.place(supplier), known.cells.table.width
    if place < 0:
        return _Positions(known.ways, {}, frozenset({supplier}))
    at = located(known, place * width + np.arange(width))
    found = dict(enumerate(_positions(at)))
    of = {way: found[column] for way, column in known.ways.items()}
    passed = frozenset(known.links.over.places.take(at.passed).tolist())
    return _Positions(known.ways, {way: one for way, one in of.items() if one is not None}, passed)


class Located(NamedTuple):
    """Of some cells the tier, ABSENT for nowhere; the link they are entered by; since when, 0 where none is known.

    passed: their places, and all those that the ways to them lead through.
    """

    tier: Bytes
    via: Ints
    since: NDArray[np.int32]
    passed: Places

    def where(self, which: Places) -> "Located":
        return Located(self.tier[which], self.via[which], self.since[which], self.passed)


def located(known: Tiers, cells: Ints, steps: int = MAX_TIER) -> Located:
    """Where walks arrive at cells, by which link and since when. steps: how far up it is asked since when."""
    width, links = known.cells.table.width, known.links
    tier = known.cells.at(cells)
    via, since = np.zeros(len(cells), np.int64), np.zeros(len(cells), np.int32)
    going = np.flatnonzero((tier > 0) & (tier <= MAX_TIER))
    at, above = cells[going], tier[going].astype(np.int64) - 1
    passed = [cells // width]
    for step in range(steps):
        row, buyer, number = entered(known.cells, links, at, above)
        if step == 0:
            via[going] = number
        since[going] = np.maximum(since[going], links.begun(row))
        on = above > 0
        going, above = going[on], above[on] - 1
        passed.append(buyer[on])
        at = buyer[on] * width + at[on] % width
        if not len(going):
            break
    return Located(tier, via, since, np.unique(np.concatenate(passed)))


def _differ(one: Located, other: Located) -> Places:
    return np.flatnonzero((one.tier != other.tier) | (one.via != other.via) | (one.since != other.since))


def _positions(found: Located) -> Iterator[Position | None]:
    for tier, via, since in zip(*(column.tolist() for column in found[:3]), strict=True):
        there = 0 < tier <= MAX_TIER
        yield Position(tier, via, date.fromordinal(since) if since else None) if there else None


# After a change ------------------------------------------------------------------------------

Both = tuple[Position | None, Position | None]


@dataclass(frozen=True, slots=True)
class Displaced:
    """Whom walks find elsewhere than before, with where they did and do; of walks that are known on both sides."""

    columns: Mapping[Way, int]
    found: Mapping[int, Mapping[int, Both]]

    def of(self, way: Way) -> Mapping[int, Both] | None:
        """Suppliers with both their positions; None for a walk that is not known."""
        return self.found.get(self.columns[way], {}) if way in self.columns else None


def displaced(before: tuple[Network, date], after: tuple[Network, date]) -> Displaced:
    """Who is at another position in a network that was made from another, each on its day."""
    was, now = tiers(*before), tiers(*after)
    changed = after[0].linked.since(before[0].linked)
    if was is None or now is None or changed is None or was.cells.table is not now.cells.table:
        return Displaced({}, {})
    suppliers = np.array([supplier for _, _, supplier in cast("AbstractSet[tuple[int, int, int]]", changed)], np.int64)
    if before[0].span(before[1]) != after[0].span(after[1]):
        suppliers = np.concatenate([suppliers, turned(now.links.over, before[1], after[1])])
    found: dict[int, dict[int, Both]] = {}
    for numbers, columns, pairs in _Comparison(was, now).waves(np.unique(suppliers)):
        for number, column, pair in zip(numbers.tolist(), columns.tolist(), pairs, strict=True):
            found.setdefault(column, {})[number] = pair
    return Displaced({way: column for way, column in now.ways.items() if way in was.ways}, found)


class _Comparison:
    """Two sides of a change, cell by cell. Cells here know the organizations that either side knows."""

    def __init__(self, was: Tiers, now: Tiers) -> None:
        self._was, self._now, self._table = was, now, now.cells.table
        self._more = np.union1d(was.more, now.more)

    def waves(self, suppliers: Ints) -> Iterator[tuple[Ints, Ints, list[Both]]]:
        """Numbers, columns and positions of cells that differ, from suppliers to whom links changed on down."""
        width, index = self._table.width, self._now.links.over.index
        cells = np.union1d((self._places(suppliers)[:, None] * width + np.arange(width)).ravel(), self._moved())
        cells = cells[_differ(*self._both(cells, steps=1))]  # what differs further up is handed down from there
        seen = cells
        while len(cells):
            old, new = self._both(cells)
            differ = _differ(old, new)
            pairs = zip(_positions(old.where(differ)), _positions(new.where(differ)), strict=True)
            places, columns = np.divmod(cells[differ], width)
            yield Long(index.places, self._more).take(places), columns, list(pairs)
            handed = np.flatnonzero((old.tier != new.tier) | (old.since != new.since))
            cells = np.setdiff1d(self._below(cells[handed], old.tier[handed], new.tier[handed]), seen)
            seen = np.union1d(seen, cells)

    def _both(self, cells: Ints, steps: int = MAX_TIER) -> tuple[Located, Located]:
        was, now = self._of(self._was, cells), self._of(self._now, cells)
        return located(self._was, was, steps), located(self._now, now, steps)

    def _places(self, numbers: Ints) -> Ints:
        found = self._now.links.over.index.at(numbers)
        late = np.flatnonzero((found < 0) & np.isin(numbers, self._more))
        found[late] = len(self._table.cells) + np.searchsorted(self._more, numbers[late])
        return found[found >= 0]

    def _of(self, side: Tiers, cells: Ints) -> Ints:
        """The cells as those of a side; who is not there is behind everybody."""
        return recoded(cells, self._table, self._more, side.more)

    def _moved(self) -> Ints:
        """Cells that are in another tier."""
        sides = (self._was, self._now)
        keys = np.union1d(*(recoded(side.cells.beside()[0], self._table, side.more, self._more) for side in sides))
        was, now = (side.cells.at(self._of(side, keys)) for side in sides)
        return np.asarray(keys[was != now])

    def _below(self, cells: Ints, old: Bytes, new: Bytes) -> Ints:
        """Cells a tier below some, where these are now or were before: what is handed down may differ."""
        found = [cells[:0]]
        for of, some, _ in onward(self._now.links, self._of(self._now, cells), self._table.width):
            cells_of = recoded(some, self._table, self._now.more, self._more)
            was = self._was.cells.at(self._of(self._was, cells_of))
            found.append(cells_of[(self._now.cells.at(some) == new[of] + 1) | (was == old[of] + 1)])
        return np.unique(np.concatenate(found))
