"""Links by buyer: where in columns of links those of each organization stand."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.arrays.columns import LinkColumns

Places = NDArray[np.intp]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Links by buyer, of m links among n organizations.

    Attributes:
        places: int64[n], numbers of all ends, ascending.
        starts: int64[n + 1], where in `order` the links of the buyer at each place begin.
        order: int[m], rows of the columns by buyer, then by number.
        supplier: int32[m], the place of each one's supplier, in the same order.
    """

    places: Ints
    starts: Ints
    order: NDArray[np.signedinteger[Any]]
    supplier: NDArray[np.int32]

    def at(self, numbers: Ints) -> Places:
        """The place of each, -1 of whom no link names."""
        found = np.searchsorted(self.places, numbers)
        if not len(self.places):
            return np.full(len(numbers), -1)
        near = np.minimum(found, len(self.places) - 1)
        return np.where(self.places[near] == numbers, near, -1)


def steps_of(columns: LinkColumns, order: NDArray[np.signedinteger[Any]]) -> Steps:
    """The index of some columns, of which the order by buyer is known."""
    most = int(max(columns.buyer.max(), columns.supplier.max())) if len(columns) else -1
    there = np.zeros(most + 1, bool)
    there[columns.buyer] = there[columns.supplier] = True
    places = np.flatnonzero(there).astype(np.int64)
    place = (np.cumsum(there) - 1).astype(np.int32)
    buyer = place[columns.buyer]
    counts = np.bincount(buyer, minlength=len(places))
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Steps(places, starts, order, place[columns.supplier[order]])


def ranges(first: Ints, after: Ints, of: Places) -> tuple[Places, Places]:
    """All numbers from each first to its after, and of whom each is."""
    counts = after - first
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(first - (ends - counts), counts) + np.arange(total), np.repeat(of, counts)
