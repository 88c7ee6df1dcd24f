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
from typing import Final

from graph.facts import Requirement
from graph.network import Network
from graph.shown import Shown, shown
from graph.terms import MAX_TIER

DEEPEST: Final = 8
"""So many depths have a figure."""
NOT_OWING: Final = "not_owing"
_A_ROUNDING: Final = 1e-9
"""By so much shares may exceed 1 without being overstated: 0.1 and 0.2 are no exact numbers."""


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


def _flow(network: Network, requirement: Requirement, day: date, start: int | None) -> Flow:
    seen = shown(network, requirement.issuer, day)
    standing = {seen.reader if start is None else start: 1.0}
    splits: dict[int, _Split] = {}
    weights: list[Mapping[int, float]] = []
    undisclosed: list[float] = []
    uncarried: list[float] = []
    told: list[tuple[float, float]] = []
    for _ in range(MAX_TIER):
        entering: dict[int, list[float]] = defaultdict(list)
        for buyer, weight in standing.items():
            if buyer not in splits:
                splits[buyer] = _split(requirement, seen, buyer)
            split = splits[buyer]
            undisclosed.append(weight * split.rest)
            uncarried.append(weight * split.uncarried)
            for supplier, part in split.carried:
                entering[supplier].append(weight * part)
        # Sums are rounded once, so that no order of recording can be told from the last digit.
        standing = {supplier: fsum(parts) for supplier, parts in entering.items()}
        weights.append(standing)
        told.append((fsum(undisclosed), fsum(uncarried)))
    overstated = frozenset(buyer for buyer, split in splits.items() if split.overstated)
    lost, left = zip(*told, strict=True)
    return Flow(tuple(weights), lost, left, overstated)


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
