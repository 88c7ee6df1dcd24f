"""Facts by who is at one of their ends, on a floor of arrays: a group that changed is made when it is asked for."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
from operator import attrgetter
from typing import Any, Generic, TypeVar

import numpy as np
from immutables import Map
from numpy.typing import NDArray

from graph.arrays.floor import Lately, Table, scalars
from graph.facts import Link, Ownership, Waiver

_NUMBER = attrgetter("number")
Edge = TypeVar("Edge", bound=Link | Ownership | Waiver)


class Groups(Generic[Edge]):
    """Rows of a table by who is at one of their ends, each group in the order of the rows.

    ends: int64[e] ascending. starts: int64[e + 1]. rows: int64[m], places in the table.
    """

    def __init__(
        self, table: Table[Any, Edge], ends: NDArray[np.int64], starts: NDArray[np.int64], rows: NDArray[np.int64]
    ) -> None:
        self._table, self._rows = table, rows
        self._ends, self._starts = scalars(ends), scalars(starts)
        self._lately: Lately[int, tuple[Edge, ...]] = Lately()

    def get(self, end: int) -> tuple[Edge, ...]:
        """The group of one end, perhaps one that was made before."""
        found = self._lately.get(end)
        if found is None:
            found = self._made(end)
            self._lately.keep(end, found, len(found) + 1)
        return found

    def _made(self, end: int) -> tuple[Edge, ...]:
        if end not in self:
            return ()
        at = bisect_left(self._ends, end)
        return tuple(map(self._table.at, self._rows[self._starts[at] : self._starts[at + 1]].tolist()))

    def __contains__(self, end: int) -> bool:
        at = bisect_left(self._ends, end)
        return at < len(self._ends) and self._ends[at] == end


class _Over(Generic[Edge]):
    """A group of the floor without those that went, and with those that came; made when somebody asks."""

    __slots__ = ("_coming", "_end", "_floor", "_going", "_whole")

    def __init__(self, floor: Groups[Edge], end: int, going: frozenset[int], coming: tuple[Edge, ...]) -> None:
        self._floor, self._end, self._going, self._coming = floor, end, going, coming
        self._whole: tuple[Edge, ...] | None = None

    def whole(self) -> tuple[Edge, ...]:
        if self._whole is None:
            self._whole = _merged(self._floor.get(self._end), self._going, self._coming)
        return self._whole

    def after(self, going: Collection[int], coming: Sequence[Edge]) -> "_Over[Edge] | tuple[Edge, ...]":
        if self._whole is not None:
            return _merged(self._whole, going, coming)
        return _Over(self._floor, self._end, self._going | set(going), _merged(self._coming, going, coming))


class Index(Generic[Edge]):
    """Groups by the number at one of their ends; each group by number. A value."""

    __slots__ = ("_floor", "_top")

    def __init__(
        self, floor: Groups[Edge] | None = None, top: "Map[int, tuple[Edge, ...] | _Over[Edge]] | None" = None
    ) -> None:
        self._floor = floor
        self._top: Map[int, tuple[Edge, ...] | _Over[Edge]] = Map() if top is None else top

    def get(self, end: int) -> tuple[Edge, ...]:
        """The group of one end."""
        found = self._top.get(end)
        if found is None:
            return () if self._floor is None else self._floor.get(end)
        return found if isinstance(found, tuple) else found.whole()

    def __contains__(self, end: int) -> bool:
        """Whether there is, or was, anything at that end."""
        return end in self._top or (self._floor is not None and end in self._floor)

    def after(self, held: Mapping[int, Edge], new: Mapping[int, Edge], end: Callable[[Edge], int]) -> "Index[Edge]":
        """The index with new facts in the place of the old. held: the facts before, by number."""
        if not new:
            return self
        going: dict[int, set[int]] = {}
        coming: dict[int, list[Edge]] = {}
        for number, edge in new.items():
            before = held.get(number)
            if before is not None:
                going.setdefault(end(before), set()).add(number)
            coming.setdefault(end(edge), []).append(edge)
        touched = {
            one: self._changed(one, going.get(one, ()), sorted(coming.get(one, ()), key=_NUMBER))
            for one in going.keys() | coming.keys()
        }
        return Index(self._floor, self._top.update(touched))

    def _changed(self, end: int, going: Collection[int], coming: Sequence[Edge]) -> tuple[Edge, ...] | _Over[Edge]:
        known = self._top.get(end)
        if isinstance(known, _Over):
            return known.after(going, coming)
        if known is None and self._floor is not None and end in self._floor:
            return _Over(self._floor, end, frozenset(going), tuple(coming))
        return _merged(known or (), going, coming)


def _merged(known: tuple[Edge, ...], going: Collection[int], coming: Sequence[Edge]) -> tuple[Edge, ...]:
    if going:
        known = tuple(edge for edge in known if edge.number not in going)
    # What is only added must not cost what is there already.
    if not known or not coming or known[-1].number < coming[0].number:
        return (*known, *coming)
    return tuple(sorted((*known, *coming), key=_NUMBER))


def grouped(ends: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """Rows by the number at one of their ends, as arrays of groups: ends, starts, rows."""
    rows = np.argsort(ends, kind="stable")
    found, starts = np.unique(ends[rows], return_index=True)
    return {"ends": found, "starts": np.append(starts, len(ends)).astype(np.int64), "rows": rows}
