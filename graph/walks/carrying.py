"""The links that carry on a day (rule 1 of the cascade), by whichever end, of many organizations at once."""

from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.arrays.columns import FLOWS, NOBODY, STATES, LinkColumns
from graph.arrays.steps import Ints, Places, ranges
from graph.arrays.tiertable import Bytes, Flags, TierTable
from graph.terms import CARRYING, FlowDown
from graph.walks.ground import Ground

_ALL: Final = 2**40
_CARRYING: Final = np.array([state in CARRYING for state in STATES])


class Ends(NamedTuple):
    """Links from some places. of: of which of them, by where it stands in the question; place: the other end; row."""

    of: Places
    place: Places
    row: Places

    def where(self, which: Flags | Places) -> "Ends":
        return Ends(self.of[which], self.place[which], self.row[which])


class _Inside(NamedTuple):
    """Which codes carry which walks: bool[codes, columns] of the floor's, and of those since, the last for none."""

    lying: Flags
    late: Flags

    def take(self, code: NDArray[np.int32], columns: Places | slice) -> Flags:
        known = len(self.lying)
        late = np.flatnonzero((code >= known) | (code == NOBODY))
        if len(late) == len(code):
            return self.late[np.where(code == NOBODY, NOBODY, code - known), columns]
        found = self.lying[np.minimum(code, known - 1), columns]
        at = np.where(code[late] == NOBODY, NOBODY, code[late] - known)
        found[late] = self.late[at, columns if isinstance(columns, slice) else columns[late]]
        return found


class Carrying:
    """Links on a day, those of the floor by the table's index, those that changed since beside them."""

    def __init__(self, over: Ground, table: TierTable, day: date, earlier: "Carrying | None" = None) -> None:
        """earlier: on the same floor, whose codes need not be looked at again."""
        self.over, self._table, self._day = over, table, day
        self._known = len(table.starts) - 1
        rows, suppliers = over.row.more, over.supplier.more.astype(np.intp)
        by_number = np.argsort(rows, kind="stable")
        upward = by_number[np.argsort(suppliers[by_number], kind="stable")]
        self._down = over.buyers, suppliers, rows
        self._up = suppliers[upward], over.buyers[upward], rows[upward]
        self._first_only = np.array([first for _, first in table.scopes], bool)
        lying, now = over.parts
        inside = table.inside(lying.categories) if earlier is None else earlier.inside.lying
        self.inside: _Inside = _Inside(inside, np.concatenate([table.inside(now.categories), table.inside(("",))]))

    def into(self, places: Places, first: int = 0, most: int = _ALL) -> Ends:
        """The links that lead to each place; of each place by number, but for those that changed.

        first, most: which of them, changed ones apart; these come with the first.
        """
        table = self._table
        near = np.flatnonzero(places < self._known)
        starts, after = table.starts[places[near]] + first, table.starts[places[near] + 1]
        steps, of = ranges(np.minimum(starts, after), np.minimum(starts + most, after), near)
        if first:
            row = table.rows[steps]
            return Ends(of, table.buyer[steps].astype(np.intp), row).where(self._lies(row))
        return self._with(Ends(of, table.buyer[steps].astype(np.intp), table.rows[steps]), self._up, places)

    def out_of(self, places: Places) -> Ends:
        """The links that lead away from each place."""
        index = self.over.index
        near = np.flatnonzero(places < self._known)
        steps, of = ranges(index.starts[places[near]], index.starts[places[near] + 1], near)
        return self._with(Ends(of, index.supplier[steps].astype(np.intp), index.order[steps]), self._down, places)

    def ways_in(self, places: Places) -> Ints:
        """How many links lead to each place, changed ones apart."""
        return _lengths(self._table.starts, places)

    def ways_out(self, places: Places) -> Ints:
        """How many links lead away from each place, changed ones apart."""
        return _lengths(self.over.index.starts, places)

    def may_pass(self, rows: Places, columns: Places) -> Flags:
        """Whether each link lets the walk of a column through from a buyer in some tier."""
        return np.asarray(self.inside.take(self.over.category.take(rows), columns) | self._first_only[columns])

    def passes(self, rows: Places, columns: Places, tiers: Bytes) -> Flags:
        """Whether each link lets the walk of a column through, from a buyer in this tier."""
        inside = self.inside.take(self.over.category.take(rows), columns)
        return np.asarray(inside | self._first_only[columns] & (tiers > 0))

    def passes_all(self, rows: Places, tiers: Bytes) -> Flags:
        """bool[links, columns]: the same of every walk. tiers: uint8[links, columns]."""
        inside = self.inside.take(self.over.category.take(rows), slice(None))
        return np.asarray(inside | self._first_only & (tiers > 0))

    def begun(self, rows: Places) -> NDArray[np.int32]:
        """Since when each has carried, without a break until the day; 0 is open."""
        return self.over.begun(rows, self._day, CARRYING)

    def _with(self, lying: Ends, changed: tuple[Places, Places, Places], places: Places) -> Ends:
        """The links of the floor but those that changed, and these; those of them that carry."""
        columns, now = self.over.parts
        found = lying.where(self._lies(lying.row))
        near, far, rows = changed
        if not len(near):
            return found
        first, after = (np.searchsorted(near, places, side) for side in ("left", "right"))
        at, of = ranges(first, after, np.arange(len(places)))
        more = Ends(of, far[at], rows[at]).where(_carries(now, rows[at] - len(columns), self._day))
        return Ends(*(np.concatenate(pair) for pair in zip(found, more, strict=True)))

    def _lies(self, rows: Places) -> Flags:
        """Whether links of the floor carry, and hold still."""
        carries = _carries(self.over.parts[0], rows, self._day)
        gone = self.over.gone_rows
        return carries & ~np.isin(rows, gone) if len(gone) else carries


def _lengths(starts: Ints, places: Places) -> Ints:
    near = np.minimum(places, len(starts) - 2)
    return np.where(places < len(starts) - 1, starts[near + 1] - starts[near], 0)


def _carries(columns: LinkColumns, rows: Places, day: date) -> Flags:
    today = day.toordinal()
    at, of = ranges(columns.periods[rows], columns.periods[rows + 1], np.arange(len(rows)))
    last = columns.last[at]
    holds = (columns.first[at] <= today) & ((last == 0) | (last >= today)) & _CARRYING[columns.state[at]]
    found = np.zeros(len(rows), bool)
    found[of[holds]] = True
    return np.asarray(found & (columns.flow_down[rows] != FLOWS.index(FlowDown.NO)))
