"""Tiers of all walks on a day: those of the floor's table, mended where links changed since and where days turned.

The two phases are those of `graph.walks.repair`, for all walks at once: down the tiers, who has nobody a tier above it
any more is lost; then whoever is lost, and whoever is led to on a shorter way, enters, the nearest first.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import numpy as np

from graph.amendments import lineage
from graph.arrays.floor import LinkTable
from graph.arrays.steps import Ints, Places
from graph.arrays.tiertable import ABSENT, Bytes, Cells, TierTable, Way, way_of
from graph.memory import UNIT, Line, Moves
from graph.network import Network
from graph.terms import MAX_TIER
from graph.versions import Version
from graph.walks.carrying import Carrying
from graph.walks.ground import Ground, ground
from graph.walks.hops import NO_NUMBER, chunks, entered, onward

_BESIDE: Final = 4_000_000
"""Cells beside the table, above which walks are made one by one."""
_DIRTY: Final = 20_000
"""Organizations to which links changed since the table, above which it is the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Tiers:
    """Where all walks of a table arrive on a day.

    Attributes:
        ways: walk to column, of those whose group is still the same.
        links: what carries on the day.
        more: numbers of the organizations that the table does not know, in the order of their places.
        version: who is in another tier, or may be entered by another link, since earlier revisions.
    """

    cells: Cells
    ways: Mapping[Way, int]
    links: Carrying = field(repr=False)
    more: Ints
    version: Version = field(default_factory=Version, repr=False)

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory; the table is mapped."""
        return 1 + 9 * len(self.cells) // UNIT

    def place(self, number: int) -> int:
        """The place of an organization, -1 of whom no link names."""
        return int(self.links.over.at(np.array([number], np.int64))[0])


def ways(network: Network) -> list[Way]:
    """The walks of all requirements that are in force on the network's day, or will be, and of those they amend."""
    live = (one for one in network.requirements() if one.effective_to is None or one.effective_to >= network.day)
    return sorted({way_of(one) for requirement in live for one in lineage(network, requirement)})


def tiers(network: Network, day: date) -> Tiers | None:
    """The tiers of all walks that the table of the network's floor has; None where it has none, or lost its worth."""
    floor = network.held.links.floor
    if not isinstance(floor, LinkTable) or floor.tiers is None:
        return None
    table, over = floor.tiers, ground(network)
    if over.columns is not floor.columns:
        return None

    def anew() -> "_Found":
        links = Carrying(over, table, day)
        start = Tiers(_with_groups(Cells(table), over), table.ways, links, over.places.more)
        dirty = over.at(np.unique(turned(over, table.day, day)))
        if len(dirty) > _DIRTY:
            return _Found(table, None)
        return _found(_regrouped(network, day, _mended(start, links, dirty[dirty >= 0])))

    def later(earlier: "_Found", moves: Moves) -> "_Found | None":
        if earlier.table is not table:
            return None
        if earlier.tiers is None:
            return earlier
        linked, owned = moves
        found = earlier.tiers
        if linked or found.links.over is not over:
            suppliers = over.at(np.unique(np.array([supplier for _, _, supplier in linked], np.int64)))
            links = Carrying(over, table, day, found.links)
            found = _mended(_moved_over(found, over), links, suppliers[suppliers >= 0])
        return _found(_regrouped(network, day, found) if owned else found)

    line = Line("tiers", *network.span(day))
    return network.memory.repaired(line, lambda: (network.linked, network.owned), anew, later).tiers


@dataclass(frozen=True, slots=True)
class _Found:
    """What the memory keeps: of a table its tiers on a day, None once it lost its worth, which it does not regain."""

    table: TierTable
    tiers: Tiers | None

    @property
    def weight(self) -> int:
        return 1 if self.tiers is None else self.tiers.weight


def _found(tiers: Tiers) -> _Found:
    return _Found(tiers.cells.table, None if len(tiers.cells) > _BESIDE else tiers)


def _with_groups(cells: Cells, over: Ground) -> Cells:
    """The cells of tier 0, which the table does not hold."""
    table = cells.table
    keys = [
        place * table.width + column
        for way, column in table.ways.items()
        for place in over.at(np.array(sorted(table.groups[way.issuer]), np.int64)).tolist()
        if place >= 0
    ]
    ascending = np.unique(np.array(keys, np.int64))
    return cells.put(ascending, np.zeros(len(ascending), np.uint8))


def _regrouped(network: Network, day: date, found: Tiers) -> Tiers:
    """Without the walks that begin elsewhere by now; nobody else's tiers rest on theirs."""
    groups = found.cells.table.groups
    same = {issuer for issuer, group in groups.items() if network.group(issuer, day) == group}
    ways = {way: column for way, column in found.cells.table.ways.items() if way.issuer in same}
    return replace(found, ways=ways)


def turned(over: Ground, then: date, day: date) -> Ints:
    """Numbers of whom links lead or led to that changed, or that came or went between two days."""
    columns, now = over.parts
    first, last = sorted((then.toordinal(), day.toordinal()))
    begins = (columns.first > first) & (columns.first <= last)
    over_by = (columns.last >= first) & (columns.last < last) & (columns.last != 0)
    turned = np.searchsorted(columns.periods, np.flatnonzero(begins | over_by), side="right") - 1
    return np.concatenate([columns.supplier[turned], columns.supplier[over.gone_rows], now.supplier])


def _moved_over(found: Tiers, over: Ground) -> Tiers:
    """The same where organizations came or went by which those that the table does not know have other places."""
    if np.array_equal(found.more, over.places.more):
        return found
    table = found.cells.table
    keys, values = found.cells.beside()
    moved = recoded(keys, table, found.more, over.places.more)
    there = moved < (len(table.cells) + len(over.places.more)) * table.width
    order = np.argsort(moved[there])
    cells = _with_groups(Cells(table, moved[there][order], values[there][order]), over)
    return replace(found, cells=cells, more=over.places.more)


def recoded(cells: Ints, table: TierTable, one: Ints, other: Ints) -> Ints:
    """Cells where organizations that the table does not know stand in another order; who is not in it is behind all.

    one, other: their numbers, ascending.
    """
    if np.array_equal(one, other):
        return cells
    places, columns = np.divmod(cells, table.width)
    late = np.flatnonzero(places >= len(table.cells))
    numbers = one[places[late] - len(table.cells)]
    at = np.where(np.isin(numbers, other), np.searchsorted(other, numbers), len(other))
    places[late] = len(table.cells) + at
    return np.asarray(places * table.width + columns)


def _mended(start: Tiers, links: Carrying, dirty: Places) -> Tiers:
    mending = _Mending(start.cells, links)
    cells = mending.after(dirty) if len(dirty) else start.cells
    places = np.unique(np.concatenate([dirty, *(some // cells.table.width for some in mending.moved)]))
    near = np.concatenate([places, links.out_of(places).place])
    moved = frozenset(links.over.places.take(near).tolist())
    return replace(start, cells=cells, links=links, version=start.version.after(moved))


class _Mending:
    """Cells on their way from the links that carried to those that carry."""

    def __init__(self, cells: Cells, links: Carrying) -> None:
        self._cells, self._links, self._width = cells, links, cells.table.width
        self.moved: list[Ints] = []

    def after(self, dirty: Places) -> Cells:
        """The cells when links to the dirty places changed."""
        alone, nearer = self._judged(dirty)
        lost = self._lost(alone)
        self._enter(np.unique(np.concatenate([lost, nearer])))
        return self._cells

    def _judged(self, dirty: Places) -> tuple[Ints, Ints]:
        """Cells of the dirty that nobody a tier above leads to, and those that somebody nearer leads to."""
        alone, nearer = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for place, held in zip(dirty.tolist(), self._cells.rows(dirty), strict=True):
            ends = self._links.into(np.array([place]))
            above = self._cells.rows(ends.place)
            below = np.where(self._links.passes_all(ends.row, above) & (above < MAX_TIER), above + 1, ABSENT)
            owes = (held > 0) & (held <= MAX_TIER)
            key = place * self._width
            alone.append(key + np.flatnonzero(owes & ~(below == held).any(axis=0)))
            nearer.append(key + np.flatnonzero(below.min(axis=0, initial=ABSENT) < held))
        return np.concatenate(alone), np.concatenate(nearer)

    def _lost(self, alone: Ints) -> Ints:
        waiting = _by_tier(alone, self._cells.at(alone))
        lost = [alone[:0]]
        for tier in range(1, MAX_TIER + 1):
            some = np.unique(np.concatenate([alone[:0], *waiting[tier]]))
            above = np.full(len(some), tier - 1, np.int64)
            gone = some[entered(self._cells, self._links, some, above)[2] == NO_NUMBER]
            self._put(gone, ABSENT)
            lost.append(gone)
            for _, cells, _ in onward(self._links, gone, self._width):
                waiting[tier + 1].append(cells[self._cells.at(cells) == tier + 1])
        return np.concatenate(lost)

    def _enter(self, some: Ints) -> None:
        nearest = self._nearest(some)
        closer = nearest < self._cells.at(some)
        waiting = _by_tier(some[closer], nearest[closer])
        for tier in range(1, MAX_TIER + 1):
            cells = np.unique(np.concatenate([some[:0], *waiting[tier]]))
            cells = cells[self._cells.at(cells) > tier]
            self._put(cells, tier)
            for _, below, ends in onward(self._links, cells, self._width) if tier < MAX_TIER else ():
                passes = self._links.passes(ends.row, below % self._width, np.full(len(below), tier, np.uint8))
                waiting[tier + 1].append(below[passes & (self._cells.at(below) > tier + 1)])

    def _put(self, cells: Ints, tier: int) -> None:
        self._cells = self._cells.put(cells, np.full(len(cells), tier, np.uint8))
        self.moved.append(cells)

    def _nearest(self, cells: Ints) -> Bytes:
        """A tier below whoever leads to each cell and is nearest."""
        found, start = np.full(len(cells), ABSENT, np.uint8), 0
        for some in chunks(cells, self._width, self._links.ways_in):
            places, columns = np.divmod(some, self._width)
            ends = self._links.into(places)
            above = self._cells.at(ends.place * self._width + columns[ends.of])
            counts = self._links.passes(ends.row, columns[ends.of], above) & (above < MAX_TIER)
            np.minimum.at(found, start + ends.of[counts], above[counts] + 1)
            start += len(some)
        return found


def _by_tier(cells: Ints, tiers: Bytes) -> dict[int, list[Ints]]:
    found: dict[int, list[Ints]] = defaultdict(list)
    for tier in np.unique(tiers).tolist():
        found[tier].append(cells[tiers == tier])
    return found
