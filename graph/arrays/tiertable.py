"""In which tier the requirements of everybody find everybody: half a byte each, for all walks at once.

A walk of a million organizations takes half a second, and a supplier may owe to a thousand issuers. So whoever writes
a snapshot puts the tiers of all walks beside the links, and what is asked of one supplier is read out of one row.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.arrays.steps import Ints, ranges
from graph.codes import beginning_with
from graph.facts import Requirement
from graph.terms import ScopeApplies

ABSENT: Final = 100
"""In place of a tier where a walk does not arrive, or beyond the horizon only."""
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
_LOW, _BITS = 15, 4
_SIEVE: Final = 2**16 - 1
"""Places are asked for by the hundred thousand, and few have cells beside the table: their last bits say most that have
not."""


class Way(NamedTuple):
    """What decides where a requirement arrives; tiers are facts of the network, whatever is asked there."""

    issuer: int
    scope: tuple[str, ...]
    applies: ScopeApplies


def way_of(requirement: Requirement) -> Way:
    """The walk that the requirement shares with others."""
    return Way(requirement.issuer, requirement.link_scope, requirement.scope_applies)


@dataclass(frozen=True, slots=True, eq=False)
class TierTable:
    """Tiers of walks on one day over the links that it lies beside, of n organizations in the order of their places.

    Attributes:
        day: of which the tiers are.
        ways: the column of each walk.
        groups: by issuer, tier 0.
        cells: uint8[n, ceil(columns / 2)]: two tiers a byte, the even column in the lower half; 0 is nowhere, or
            tier 0.
        starts, buyer, rows: links by the place of their supplier, then by number: where those of each place begin,
            the place of each one's buyer, and its row in the columns.
    """

    day: date
    ways: Mapping[Way, int]
    groups: Mapping[int, frozenset[int]]
    cells: Bytes
    starts: Ints
    buyer: NDArray[np.int32]
    rows: NDArray[np.signedinteger[Any]]
    scopes: Sequence[tuple[tuple[str, ...], bool]] = ()

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.scopes)

    def inside(self, codes: Sequence[str]) -> Flags:
        """bool[codes, columns]: whether links with each of some codes carry each walk below its group.

        codes: ascending, digits only.
        """
        found = np.zeros((len(codes), self.width), bool)
        for column, (scope, _) in enumerate(self.scopes):
            for prefix in scope:
                found[beginning_with(codes, prefix), column] = True
        found[:, [not scope for scope, _ in self.scopes]] = True
        return found


def words_of(day: date, ways: Mapping[Way, int], groups: Mapping[int, frozenset[int]]) -> Bytes:
    """What of a table is no array of numbers, as JSON."""
    told = {
        "day": day.isoformat(),
        "ways": [[way.issuer, way.scope, way.applies, column] for way, column in ways.items()],
        "groups": [[issuer, sorted(group)] for issuer, group in groups.items()],
    }
    return np.frombuffer(json.dumps(told).encode(), np.uint8)


def table_of(
    words: Bytes, cells: Bytes, starts: Ints, buyer: NDArray[np.int32], rows: NDArray[np.signedinteger[Any]]
) -> TierTable:
    """The table whose `words` these are."""
    told = json.loads(bytes(words))
    ways = {Way(one, tuple(scope), ScopeApplies(how)): column for one, scope, how, column in told["ways"]}
    groups = {issuer: frozenset(group) for issuer, group in told["groups"]}
    return TierTable(date.fromisoformat(told["day"]), ways, groups, cells, starts, buyer, rows, _scopes(ways))


def _scopes(ways: Mapping[Way, int]) -> list[tuple[tuple[str, ...], bool]]:
    """Of each column its link scope, and whether that tests the group's own links only."""
    found = {column: (way.scope, bool(way.scope) and way.applies is ScopeApplies.FIRST) for way, column in ways.items()}
    return [found[column] for column in range(len(found))]


class Cells:
    """The tiers of a table, and beside them those that are otherwise by now. A value.

    A cell is a place and a column in one number, place * width + column. keys: int64, ascending. values: uint8.
    """

    __slots__ = ("_keys", "_sieve", "_values", "table")

    def __init__(self, table: TierTable, keys: Ints | None = None, values: Bytes | None = None) -> None:
        self.table = table
        self._keys = np.zeros(0, np.int64) if keys is None else keys
        self._values = np.zeros(0, np.uint8) if values is None else values
        self._sieve = np.zeros(_SIEVE + 1, bool)
        self._sieve[self._keys // table.width & _SIEVE] = True

    def __len__(self) -> int:
        return len(self._keys)

    def at(self, cells: Ints) -> Bytes:
        """uint8: the tier of each cell."""
        places, columns = np.divmod(cells, self.table.width)
        near = places < len(self.table.cells)
        two = self.table.cells[np.where(near, places, 0), columns >> 1] if len(self.table.cells) else np.uint8(0)
        held = two >> ((columns & 1) * _BITS).astype(np.uint8) & _LOW
        found: Bytes = np.where(near & (held > 0), held, ABSENT).astype(np.uint8)
        some = np.flatnonzero(self._sieve[places & _SIEVE])
        if len(some):
            beside = np.minimum(np.searchsorted(self._keys, cells[some]), len(self._keys) - 1)
            hit = self._keys[beside] == cells[some]
            found[some[hit]] = self._values[beside[hit]]
        return found

    def rows(self, places: Ints) -> Bytes:
        """uint8[places, columns]: the tiers of each place in all walks."""
        width = self.table.width
        found = np.full((len(places), width), ABSENT, np.uint8)
        near = np.flatnonzero(places < len(self.table.cells))
        two = self.table.cells[places[near]]
        held = np.stack([two & _LOW, two >> _BITS], axis=2).reshape(len(near), 2 * two.shape[1])[:, :width]
        found[near] = np.where(held > 0, held, ABSENT)
        first, after = (np.searchsorted(self._keys, edge) for edge in (places * width, (places + 1) * width))
        beside, of = ranges(first, after, np.arange(len(places)))
        found[of, self._keys[beside] % width] = self._values[beside]
        return found

    def put(self, cells: Ints, tiers: Bytes) -> "Cells":
        """The same with these tiers in these cells, which are ascending."""
        at = np.searchsorted(self._keys, cells)
        known = np.zeros(len(cells), bool)
        if len(self._keys):
            near = np.minimum(at, len(self._keys) - 1)
            known = self._keys[near] == cells
        values = self._values.copy()
        values[at[known]] = tiers[known]
        new = ~known
        return Cells(
            self.table,
            np.insert(self._keys, at[new], cells[new]),
            np.insert(values, at[new], tiers[new]),
        )

    def beside(self) -> tuple[Ints, Bytes]:
        """What is otherwise than in the table."""
        return self._keys, self._values
