"""One tier up or down from many cells at once (see `graph.arrays.tiertable`): by which links, from and to whom."""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from graph.arrays.steps import Ints, Places, ranges
from graph.arrays.tiertable import Cells
from graph.walks.carrying import Carrying, Ends

NO_NUMBER: Final = np.iinfo(np.int64).max
"""In place of a link's number."""
_AT_ONCE: Final = 1_000_000
"""Links that are looked at together, each for one walk."""
_WINDOW, _WIDER = 32, 8
"""So many links to a place are looked at first, and so many times as many each time nothing was found among them."""


def entered(cells: Cells, links: Carrying, wanted: Ints, above: Ints) -> tuple[Places, Places, Ints]:
    """By which link some cells are entered from the tiers above them: its row, the place of its buyer, its number.

    The smallest number, NO_NUMBER where there is none. A hub has ten thousand links, of which one of the first will do.
    """
    width = cells.table.width
    row, buyer = np.zeros(len(wanted), np.intp), np.zeros(len(wanted), np.intp)
    best = np.full(len(wanted), NO_NUMBER)
    waiting, first, most = np.arange(len(wanted)), 0, _WINDOW
    while len(waiting):
        left = []
        for some in np.array_split(waiting, 1 + len(waiting) * most // _AT_ONCE):
            places, columns = np.divmod(wanted[some], width)
            of, ends = _each(links, places, first, most)
            may = links.may_pass(ends.row, columns[of])
            of, ends = of[may], ends.where(may)
            tier = cells.at(ends.place * width + columns[of])
            leads = (tier == above[some][of]) & links.passes(ends.row, columns[of], tier)
            of, ends = of[leads], ends.where(leads)
            number, at = links.over.number.take(ends.row), some[of]
            np.minimum.at(best, at, number)
            chosen = number == best[at]
            row[at[chosen]], buyer[at[chosen]] = ends.row[chosen], ends.place[chosen]
            lying = np.zeros(len(some), bool)
            lying[of[ends.row < len(links.over.columns)]] = True
            left.append(some[~lying & (links.ways_in(places) > first + most)])
        waiting, first, most = np.concatenate(left), first + most, most * _WIDER
    return row, buyer, best


def _each(links: Carrying, places: Places, first: int, most: int) -> tuple[Places, Ends]:
    """The links that lead to places, of which each is looked at once however often its place stands there."""
    unique, which = np.unique(places, return_inverse=True)
    order = np.argsort(which, kind="stable")
    starts = np.searchsorted(which[order], np.arange(len(unique) + 1))
    ends = links.into(unique, first, most)
    at, link = ranges(starts[ends.of], starts[ends.of + 1], np.arange(len(ends.of)))
    return order[at], ends.where(link)


def onward(links: Carrying, cells: Ints, width: int) -> Iterator[tuple[Places, Ints, Ends]]:
    """Links that lead away from cells, some cells at a time: from which, to which, and the links."""
    start = 0
    for some in chunks(cells, width, links.ways_out):
        places, columns = np.divmod(some, width)
        ends = links.out_of(places)
        yield start + ends.of, ends.place * width + columns[ends.of], ends
        start += len(some)


def chunks(cells: Ints, width: int, links_of: Callable[[Ints], Ints]) -> Iterator[Ints]:
    """Cells, some at a time, as their links are many."""
    if not len(cells):
        return
    parts = np.cumsum(links_of(cells // width)) // _AT_ONCE
    yield from np.split(cells, np.flatnonzero(np.diff(parts)) + 1)
