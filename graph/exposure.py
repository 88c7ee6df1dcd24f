"""Exposure: how much of an issuer's spend stands where, depth by depth (domain rules: looking up instead of down).

Spend is followed over walks. At depth 1 stand the issuer's own shares, w₁; from there w_{t+1}(v) = Σ w_t(u)·s(u, v).

1. A buyer's shares are over all its links that day, whatever they carry. A sum above 1 is scaled to 1, and the buyer
   is told as overstated. Unknown shares divide what the known ones leave over equally; where none is unknown, what is
   left over is undisclosed.
2. The walk goes on over links that carry the requirement; what the others hold is uncarried.
3. Of a share that the reader cannot see it knows nothing: it is in what is left over. Of whom the reader sees no
   purchases, everything is undisclosed.
4. The issuer's group buys as one: the shares of all its members' links are those of one buyer.

So at every depth what stands somewhere, what is undisclosed and what is uncarried make 1 together.
"""

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from math import fsum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graph.facts import Requirement
from graph.memory import Line
from graph.network import Network
from graph.packed import changed_in
from graph.shown import Shown, shown
from graph.terms import MAX_TIER
from graph.versions import Version

DEEPEST: Final = 8
"""So many depths have a figure."""
NOT_OWING: Final = "not_owing"
_A_ROUNDING: Final = 1e-9
"""By so much shares may exceed 1 without being overstated: 0.1 and 0.2 are no exact numbers."""
_ROUNDED_ONCE: Final = 2
"""So many numbers are added with one rounding."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Where spend stands. The depth t is at index t − 1.

    Attributes:
        weights: supplier to its part of the spend, 0 to 1; who has none is not in it.
        undisclosed: the part of which the reader cannot know where it stands, at this depth or one before.
        uncarried: the part that left the walk over links that do not carry the requirement.
        overstated: buyers whose shares exceed 1.
    """

    weights: tuple[Mapping[int, float], ...]
    undisclosed: tuple[float, ...]
    uncarried: tuple[float, ...]
    overstated: frozenset[int]

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        return sum(map(len, self.weights))

    def at(self, supplier: int, depth: int) -> float:
        """The part of the spend that stands at the supplier at a depth from 1 on."""
        return self.weights[depth - 1].get(supplier, 0.0)


@dataclass(frozen=True, slots=True)
class Depth:
    """One depth in figures; all are parts of the whole spend.

    Attributes:
        depth: 1 to 8.
        suppliers: how many have a part.
        weight: the sum of their parts, the divisor of the exposure.
        parts: how much of it stands at whom, by standing.
    """

    depth: int
    suppliers: int
    weight: float
    parts: Mapping[str, float]
    undisclosed: float
    uncarried: float

    def exposure(self, meeting: str) -> float | None:
        """The part of what stands at known suppliers that stands at those of one standing; None where nothing does."""
        return self.parts.get(meeting, 0.0) / self.weight if self.weight else None


def flow(network: Network, requirement: Requirement, day: date, start: int | None = None) -> Flow:
    """The issuer's spend over links that it may see, to the horizon; or that of one supplier, from itself on."""
    way = (requirement.link_scope, requirement.scope_applies)
    key = ("flow", requirement.issuer, way, network.epoch(day), start)
    return network.memory.recall(key, lambda: _flow(network, requirement, day, start))


def depths(spend: Flow, standing: Mapping[int, str]) -> tuple[Depth, ...]:
    """The first eight depths. standing: of each supplier that owes; everybody else is `not_owing`."""
    return tuple(_depth(spend, standing, index) for index in range(DEEPEST))


def _depth(spend: Flow, standing: Mapping[int, str], index: int) -> Depth:
    found = spend.weights[index]
    by_standing: dict[str, list[float]] = defaultdict(list)
    for supplier, weight in found.items():
        by_standing[standing.get(supplier, NOT_OWING)].append(weight)
    parts = {one: fsum(weights) for one, weights in by_standing.items()}
    return Depth(index + 1, len(found), fsum(found.values()), parts, spend.undisclosed[index], spend.uncarried[index])


@dataclass(frozen=True, slots=True)
class _Split:
    """A buyer's spend: to whom on links that carry, on others, and the rest; together 1."""

    carried: tuple[tuple[int, float], ...]
    uncarried: float
    rest: float
    overstated: bool


_NOTHING: Final = _Split((), 0.0, 1.0, overstated=False)


@dataclass(frozen=True, slots=True)
class _Ways:
    """All splits as arrays. b buyers and suppliers, e parts of a buyer that stand at a supplier, by supplier.

    Attributes:
        names: who stands at each place. place: the other way round.
        buyer, supplier: int64[e], places. part: float64[e].
        rest, uncarried: float64[b], of each buyer's spend. overstated: bool[b].
    """

    names: NDArray[np.int64]
    place: Mapping[int, int]
    buyer: NDArray[np.int64]
    supplier: NDArray[np.int64]
    part: NDArray[np.float64]
    rest: NDArray[np.float64]
    uncarried: NDArray[np.float64]
    overstated: NDArray[np.bool_]

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        return len(self.names) + len(self.part) // 2


@dataclass(frozen=True, slots=True)
class _Splits:
    of: Mapping[int, _Split]
    version: Version

    @property
    def weight(self) -> int:
        return 4 * len(self.of)


def _flow(network: Network, requirement: Requirement, day: date, start: int | None) -> Flow:
    ways = _ways(network, requirement, day)
    first = ways.place.get(requirement.issuer if start is None else start)
    if first is None:
        return Flow(({},) * MAX_TIER, (1.0,) * MAX_TIER, (0.0,) * MAX_TIER, frozenset())
    standing, at = np.array([1.0]), np.array([first])
    reached = np.zeros(len(ways.names), np.bool_)
    weights: list[Mapping[int, float]] = []
    undisclosed: list[float] = []
    uncarried: list[float] = []
    told: list[tuple[float, float]] = []
    for _ in range(MAX_TIER):
        reached[at] = True
        undisclosed += _parts(standing * ways.rest[at])
        uncarried += _parts(standing * ways.uncarried[at])
        at, standing = _next(ways, at, standing)
        weights.append(dict(zip(ways.names[at].tolist(), standing.tolist(), strict=True)))
        told.append((fsum(undisclosed), fsum(uncarried)))
    lost, left = zip(*told, strict=True)
    return Flow(tuple(weights), lost, left, frozenset(ways.names[reached & ways.overstated].tolist()))


def _parts(of: NDArray[np.float64]) -> list[float]:
    found: list[float] = of[of != 0].tolist()
    return found


def _next(
    ways: _Ways, at: NDArray[np.int64], standing: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Where spend stands one depth further.

    Sums are rounded once, so that no order of recording can be told from the last digit.
    """
    weight = np.full(len(ways.names), np.nan)
    weight[at] = standing
    arriving = weight[ways.buyer] * ways.part
    follows = ~np.isnan(arriving)
    arriving, supplier = arriving[follows], ways.supplier[follows]
    begin = np.flatnonzero(np.diff(supplier, prepend=-1))
    if not len(begin):
        return supplier, arriving
    end = np.append(begin[1:], len(supplier))
    sums = np.add.reduceat(arriving, begin)
    for one in np.flatnonzero(end - begin > _ROUNDED_ONCE).tolist():
        sums[one] = fsum(arriving[begin[one] : end[one]].tolist())
    return supplier[begin], sums


def _ways(network: Network, requirement: Requirement, day: date) -> _Ways:
    splits = _splits(network, requirement, day)
    return network.memory.recall(("ways", splits.version.number), lambda: _arrays(splits.of))


def _arrays(splits: Mapping[int, _Split]) -> _Ways:
    names = list(dict.fromkeys([*splits, *(one for split in splits.values() for one, _ in split.carried)]))
    place = {one: at for at, one in enumerate(names)}
    told = [splits.get(one, _NOTHING) for one in names]
    buyer = np.repeat(np.arange(len(names)), [len(split.carried) for split in told])
    supplier = np.array([place[one] for split in told for one, _ in split.carried], np.int64)
    part = np.array([part for split in told for _, part in split.carried], np.float64)
    order = np.argsort(supplier, kind="stable")
    return _Ways(
        np.array(names, np.int64),
        place,
        buyer[order],
        supplier[order],
        part[order],
        np.array([split.rest for split in told]),
        np.array([split.uncarried for split in told]),
        np.array([split.overstated for split in told], np.bool_),
    )


def _splits(network: Network, requirement: Requirement, day: date) -> _Splits:
    """How every buyer that the issuer sees splits its spend."""
    seen = shown(network, requirement.issuer, day)
    way = (requirement.link_scope, requirement.scope_applies)

    def again(earlier: _Splits, moved: AbstractSet[int]) -> _Splits:
        if not moved:
            return earlier
        changes = {one: _split(requirement, seen, one) if one in seen.links else None for one in moved}
        return _Splits(changed_in(earlier.of, changes), earlier.version.after(moved))

    return network.memory.repaired(
        Line(("splits", requirement.issuer, way), *network.span(day)),
        lambda: (seen.version,),
        lambda: _Splits({one: _split(requirement, seen, one) for one in seen.links}, Version()),
        lambda earlier, moves: again(earlier, *moves),
    )


def _split(requirement: Requirement, seen: Shown, buyer: int) -> _Split:
    links = seen.links.get(buyer, ())
    if not links:
        return _NOTHING
    known = fsum(link.share for link in links if link.share is not None)
    unknown = sum(link.share is None for link in links)
    whole = known if known > 1 + _A_ROUNDING else 1.0
    rest = max(0.0, 1.0 - known)
    parts = [rest / unknown if link.share is None else link.share / whole for link in links]
    carried: dict[int, list[float]] = defaultdict(list)
    others: list[float] = []
    for link, part in zip(links, parts, strict=True):
        if part and seen.carries(requirement, link):
            carried[seen.end(link.supplier)].append(part)
        else:
            others.append(part)
    to_whom = tuple((supplier, fsum(some)) for supplier, some in carried.items())
    return _Split(to_whom, fsum(others), 0.0 if unknown else rest, overstated=whole > 1)
