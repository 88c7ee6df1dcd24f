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
from dataclasses import dataclass
from datetime import date
from math import fsum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from graph.facts import Requirement
from graph.memory import UNIT
from graph.network import Network
from graph.shown import Shown, shown
from graph.terms import MAX_TIER

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


@dataclass(frozen=True, slots=True, eq=False)
class _Split:
    """How every buyer splits its spend, over the places of `Shown`; n of them.

    Attributes:
        supplier, buyer: int64[e], by supplier. part: float64[e], of the buyer's spend, which stands at the supplier.
        rest, uncarried: float64[n], of each buyer's spend. overstated: bool[n].
    """

    supplier: NDArray[np.int64]
    buyer: NDArray[np.int64]
    part: NDArray[np.float64]
    rest: NDArray[np.float64]
    uncarried: NDArray[np.float64]
    overstated: NDArray[np.bool_]

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        return 1 + (3 * self.part.nbytes + 2 * self.rest.nbytes) // UNIT


def _flow(network: Network, requirement: Requirement, day: date, start: int | None) -> Flow:
    seen, split = shown(network, requirement.issuer, day), _split(network, requirement, day)
    first = seen.place(requirement.issuer if start is None else start)
    if first is None:
        return Flow(({},) * MAX_TIER, (1.0,) * MAX_TIER, (0.0,) * MAX_TIER, frozenset())
    standing, at = np.array([1.0]), np.array([first])
    reached = np.zeros(len(seen.names), np.bool_)
    weights: list[Mapping[int, float]] = []
    undisclosed: list[float] = []
    uncarried: list[float] = []
    told: list[tuple[float, float]] = []
    for _ in range(MAX_TIER):
        reached[at] = True
        undisclosed += _parts(standing * split.rest[at])
        uncarried += _parts(standing * split.uncarried[at])
        at, standing = _next(split, at, standing)
        weights.append(dict(zip(seen.names[at].tolist(), standing.tolist(), strict=True)))
        told.append((fsum(undisclosed), fsum(uncarried)))
    lost, left = zip(*told, strict=True)
    return Flow(tuple(weights), lost, left, frozenset(seen.names[reached & split.overstated].tolist()))


def _parts(of: NDArray[np.float64]) -> list[float]:
    found: list[float] = of[of != 0].tolist()
    return found


def _next(split: _Split, at: NDArray[Any], standing: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Where spend stands one depth further."""
    weight = np.full(len(split.rest), np.nan)
    weight[at] = standing
    arriving = weight[split.buyer] * split.part
    follows = ~np.isnan(arriving)
    return _sums(split.supplier[follows], arriving[follows])


def _split(network: Network, requirement: Requirement, day: date) -> _Split:
    seen = shown(network, requirement.issuer, day)
    way = (requirement.link_scope, requirement.scope_applies)
    key = ("split", requirement.issuer, way, network.epoch(day))
    return network.memory.recall(key, lambda: _splits(seen, requirement))


def _splits(seen: Shown, requirement: Requirement) -> _Split:
    buyer, places = seen.buyer, len(seen.names)
    unknown = np.isnan(seen.share)
    known = _sums_at(places, buyer[~unknown], seen.share[~unknown])
    whole = np.where(known > 1 + _A_ROUNDING, known, 1.0)
    rest = np.maximum(0.0, 1.0 - known)
    among = np.bincount(buyer[unknown], minlength=places)
    part = np.where(unknown, rest[buyer] / np.maximum(among[buyer], 1), seen.share / whole[buyer])
    carried = seen.carries(requirement) & (part != 0)
    way = seen.supplier[carried] * places + buyer[carried]
    order = np.argsort(way, kind="stable")
    way, parts = _sums(way[order], part[carried][order])
    return _Split(
        *np.divmod(way, places),
        parts,
        np.where(among, 0.0, rest),
        _sums_at(places, buyer[~carried], part[~carried]),
        whole > 1,
    )


def _sums_at(places: int, of: NDArray[Any], values: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.zeros(places)
    which, sums = _sums(of, values)
    found[which] = sums
    return found


def _sums(of: NDArray[Any], values: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """The sum of the values of each, ascending. of: whose each value is, ascending.

    Sums are rounded once, so that no order of recording can be told from the last digit.
    """
    begin = np.flatnonzero(np.diff(of, prepend=-1))
    if not len(begin):
        return of, values
    end = np.append(begin[1:], len(of))
    sums = np.add.reduceat(values, begin)
    several, listed = end - begin > _ROUNDED_ONCE, values.tolist()
    lots = zip(begin[several].tolist(), end[several].tolist(), strict=True)
    sums[several] = [fsum(listed[first:after]) for first, after in lots]
    return of[begin], sums
