"""What walks go over: links as columns with an index by buyer, and beside them the few that changed since.

The columns and their index may be mapped from a file that a hundred revisions share. A link that came, changed or went
since is taken out of them and stands in small columns of its own, so that a change costs neither a copy nor a sort.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date
from mmap import mmap
from typing import Any, Final, Generic, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from graph.arrays.columns import DISCLOSURES, FLOWS, NO_LINK, NOBODY, STATES, LinkColumns, columns_of
from graph.arrays.floor import LinkTable
from graph.arrays.index import grouped
from graph.arrays.steps import Ints, Places, Steps, ranges, steps_of
from graph.memory import UNIT, Line, Moves
from graph.network import Network
from graph.terms import Disclosure, FlowDown, LinkState

Number = TypeVar("Number", bound=np.generic)

_CHANGED: Final = 4_000
_A_PART: Final = 8
"""So many links, or that part of all, may have changed before columns are made anew."""
_AT_ONCE: Final = 2**16
"""Steps that are looked at together."""

_STATE: Final = 7
_NO_STATE: Final = 7
_DISCLOSURE: Final = 3
_FLOW: Final = 5
_OWNED: Final = 6
"""A link's kind on a day is a byte: three bits of its state, two of its disclosure, whether it says not to flow down,
whether it is somebody's private knowledge."""


class Kind(NamedTuple):
    """What a link is like on a day, as far as a walk asks."""

    state: LinkState | None
    disclosure: Disclosure
    stops: bool
    owned: bool


KINDS: Final = tuple(
    Kind(
        STATES[one & _STATE] if one & _STATE < len(STATES) else None,
        DISCLOSURES[min(one >> _DISCLOSURE & 3, len(DISCLOSURES) - 1)],
        bool(one >> _FLOW & 1),
        bool(one >> _OWNED & 1),
    )
    for one in range(128)
)
"""What each byte means."""
OWNED: Final = np.array([kind.owned for kind in KINDS])


class Long(NamedTuple, Generic[Number]):
    """One array that goes on in another."""

    base: NDArray[Number]
    more: NDArray[Number]

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        return 1 + (self.base.nbytes + self.more.nbytes) // UNIT

    def take(self, at: NDArray[Any]) -> NDArray[Number]:
        if not (len(self.more) and len(self.base)):
            only = self.base if len(self.base) else self.more
            return cast("NDArray[Number]", only[at])
        found: NDArray[Number] = self.base[np.minimum(at, len(self.base) - 1)]
        late = np.flatnonzero(at >= len(self.base))
        found[late] = self.more[at[late] - len(self.base)]
        return found


class Ground:
    """All links of a network at one revision.

    Rows are those of the columns, then those of the changed; steps are both by buyer, then by number. Places are those
    of the index, then those of organizations that only changed links name. parts: the columns, and those of the
    changed, whose buyers are at the places `buyers`. gone, gone_rows: steps and rows of the columns that hold no more.
    """

    __slots__ = (
        "buyers",
        "category",
        "changed",
        "columns",
        "gone",
        "gone_rows",
        "index",
        "number",
        "owner",
        "parts",
        "places",
        "row",
        "share",
        "supplier",
    )

    def __init__(self, columns: LinkColumns, index: Steps, changed: AbstractSet[int], now: LinkColumns) -> None:
        """changed: numbers of links that are otherwise than in the columns; now: those of them that there are."""
        self.columns, self.index, self.changed = columns, index, changed
        found = np.searchsorted(columns.number, np.array(sorted(changed), np.int64))
        rows = found[found < len(columns)]
        rows = rows[np.isin(columns.number[rows], np.array(list(changed), np.int64))]
        self.gone_rows = rows
        self.gone = _steps(columns, index, rows)
        ends = np.unique(np.concatenate([now.buyer, now.supplier]))
        self.places = Long(index.places, ends[index.at(ends) < 0])
        buyers = self.at(now.buyer)
        by_buyer = np.argsort(buyers, kind="stable")
        self.buyers = buyers[by_buyer]
        self.parts = (columns, now)
        self.row = Long[Any](index.order, by_buyer + len(columns))
        self.supplier = Long[Any](index.supplier, self.at(now.supplier)[by_buyer].astype(np.int32))
        self.number = Long(columns.number, now.number)
        self.owner = Long(columns.owner, now.owner)
        self.share = Long(columns.share, now.share)
        self.category = Long(columns.category, _of_categories(columns, now))

    def __len__(self) -> int:
        """How many places there are."""
        return len(self.places.base) + len(self.places.more)

    @property
    def categories(self) -> tuple[str, ...]:
        """What the categories of rows are places in; those of the changed come after the columns' own."""
        return (*self.columns.categories, *self.parts[1].categories)

    def at(self, numbers: Ints) -> Places:
        """The place of each, -1 of whom no link names."""
        found = self.index.at(numbers)
        more = self.places.more
        late = np.flatnonzero(found < 0) if len(more) else ()
        for one in late:
            place = int(np.searchsorted(more, numbers[one]))
            if place < len(more) and more[place] == numbers[one]:
                found[one] = len(self.places.base) + place
        return found

    def in_order(self, row: Places) -> Ints:
        """What is the smaller the smaller a row's number is; columns are in the order of their numbers."""
        return self.number.take(row) if len(self.number.more) else row

    def portions(self, places: Places) -> list[Places]:
        """The places, so many at a time that what is made of their steps stays in the cache."""
        starts = self.index.starts
        near = np.minimum(places, len(starts) - 2)
        ends = np.cumsum(starts[near + 1] - starts[near])
        cuts = np.searchsorted(ends, np.arange(_AT_ONCE, ends[-1] if len(ends) else 0, _AT_ONCE))
        return np.split(places, np.unique(cuts))

    def leaving(self, places: Places) -> tuple[Places, Places]:
        """The steps that lead away from places, and from which."""
        starts = self.index.starts
        near = places[places < len(self.places.base)]
        steps, whence = ranges(starts[near], starts[near + 1], near)
        if not len(self.buyers):
            return steps, whence
        first, after = (np.searchsorted(self.buyers, places, side) for side in ("left", "right"))
        more, buyers = ranges(first + len(self.index.order), after + len(self.index.order), places)
        return np.concatenate([steps, more]), np.concatenate([whence, buyers])

    def kinds(self, base: NDArray[np.uint8], day: date) -> Long[np.uint8]:
        """The kinds of all steps on the day, from those of the columns."""
        columns, now = self.parts
        if len(self.gone):
            base = base.copy()
            base[self.gone] |= _NO_STATE
        return Long(base, _kinds(now, day)[self.row.more - len(columns)])

    def begun(self, rows: Places, day: date, states: Iterable[LinkState]) -> NDArray[np.int32]:
        """The valid-from of links in one of the states on the day (see `graph.periods.run_start`); 0 is open."""
        found = np.zeros(len(rows), np.int32)
        held = [STATES.index(state) for state in states]
        beyond = len(self.columns)
        for which, columns, first in ((rows < beyond, self.columns, 0), (rows >= beyond, self.parts[1], beyond)):
            if which.any():
                found[which] = _begun(columns, rows[which] - first, day.toordinal(), held)
        return found

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory; columns are the network's own, and what is mapped takes none."""
        index: Iterable[NDArray[Any]] = (self.index.places, self.index.starts, self.index.order, self.index.supplier)
        return 1 + len(self.changed) + sum(one.nbytes for one in index if not _is_mapped(one)) // UNIT


def ground(network: Network) -> Ground:
    """The network's links to walk over, those of an earlier revision where few changed since."""

    def anew() -> Ground:
        floor, top = network.held.links.floor, network.held.links.top
        if isinstance(floor, LinkTable) and len(top) <= _CHANGED + len(floor) // _A_PART:
            return Ground(floor.columns, floor.steps, frozenset(top), columns_of(top.values()))
        columns = network.columns()
        return Ground(columns, steps_of(columns, grouped(columns.buyer)["rows"]), frozenset(), columns_of(()))

    def later(earlier: Ground, moves: Moves) -> Ground | None:
        changed = earlier.changed | {number for number, _, _ in moves[0]}
        if len(changed) > _CHANGED + len(earlier.columns) // _A_PART:
            return None
        now = columns_of(link for link in map(network.link, changed) if link is not None)
        return Ground(earlier.columns, earlier.index, changed, now) if moves[0] else earlier

    return network.memory.repaired(Line("ground", 0, 0, dated=False), lambda: (network.linked,), anew, later)


class _Kept(NamedTuple):
    """Kinds of the steps of some columns."""

    columns: LinkColumns
    kinds: NDArray[np.uint8]

    @property
    def weight(self) -> int:
        return 1 + self.kinds.nbytes // UNIT


def kinds(network: Network, over: Ground, day: date) -> Long[np.uint8]:
    """The kind of each step on the day; those of the columns are computed once for all revisions that share them."""

    def anew() -> _Kept:
        return _Kept(over.columns, _kinds(over.columns, day)[over.index.order])

    def same(earlier: _Kept, _: Moves) -> _Kept | None:
        return earlier if earlier.columns is over.columns else None

    def whole() -> Long[np.uint8]:
        line = Line("kinds of columns", *network.span(day))
        return over.kinds(network.memory.repaired(line, lambda: (network.linked,), anew, same).kinds, day)

    return network.memory.recall(("kinds", *network.span(day)), whole)


def _steps(columns: LinkColumns, index: Steps, rows: Places) -> Places:
    """Where in the index rows of the columns stand."""
    buyers = index.at(columns.buyer[rows])
    edges = zip(rows.tolist(), index.starts[buyers].tolist(), index.starts[buyers + 1].tolist(), strict=True)
    found = [first + int(np.searchsorted(index.order[first:after], row)) for row, first, after in edges]
    return np.array(sorted(found), np.intp)


def _of_categories(columns: LinkColumns, now: LinkColumns) -> NDArray[np.int32]:
    return np.where(now.category == NOBODY, NOBODY, now.category + len(columns.categories)).astype(np.int32)


def _kinds(columns: LinkColumns, day: date) -> NDArray[np.uint8]:
    state = columns.state_on(day)
    found = np.where(state == NO_LINK, _NO_STATE, state).astype(np.uint8)
    found |= columns.disclosure << _DISCLOSURE
    found |= (columns.flow_down == FLOWS.index(FlowDown.NO)).astype(np.uint8) << _FLOW
    found |= (columns.owner != NOBODY).astype(np.uint8) << _OWNED
    return found


def _begun(columns: LinkColumns, rows: Places, today: int, states: list[int]) -> NDArray[np.int32]:
    first, last, state = columns.first, columns.last, columns.state
    at = columns.periods[rows]
    while len(late := np.flatnonzero((last[at] != 0) & (last[at] < today))):
        at[late] += 1
    begins = columns.periods[rows]
    going = np.flatnonzero(at > begins)
    while len(going):
        begun = at[going]
        joined = np.isin(state[begun - 1], states) & (last[begun - 1] + 1 == first[begun])
        going = going[joined]
        at[going] -= 1
        going = going[at[going] > begins[going]]
    return first[at]


def _is_mapped(array: NDArray[Any]) -> bool:
    """Whether its memory is that of a file (`graph.snapshot`)."""
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base, memoryview) and isinstance(base.obj, mmap)
