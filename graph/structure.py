"""On whom a chain depends by its shape alone: chokepoints, and sub-tiers that several direct suppliers share.

Both look at the links whose both ends the reader may name (`graph.shown`). There may be ways that it does not see, so
"the only way" means the only one shown.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

import rustworkx as rx

from graph.facts import Requirement
from graph.network import Network
from graph.shown import shown


@dataclass(frozen=True, slots=True)
class Chain:
    """Who is reached from a root, and from whom each buys.

    Attributes:
        nodes: the root, then everybody reached, nearest first.
        below: of each node the places of those that it buys from.
    """

    nodes: Sequence[int]
    below: Sequence[Sequence[int]]

    @classmethod
    def of(cls, root: int, pairs: Iterable[tuple[int, int]]) -> "Chain":
        """The chain over pairs of buyer and supplier."""
        suppliers: dict[int, dict[int, None]] = {}
        for buyer, supplier in pairs:
            suppliers.setdefault(buyer, {})[supplier] = None
        nodes, place = [root], {root: 0}
        for one in nodes:
            for other in suppliers.get(one, ()):
                if other not in place:
                    place[other] = len(nodes)
                    nodes.append(other)
        return cls(nodes, [[place[other] for other in suppliers.get(one, ())] for one in nodes])


@dataclass(frozen=True, slots=True)
class Chokepoint:
    """A supplier on which others depend.

    Attributes:
        only_way_to: suppliers to which every way from the issuer leads through this one (a dominator).
        separates: suppliers that without it would hang together with the issuer in no way at all, whoever buys from
            whom (an articulation point).
    """

    supplier: int
    only_way_to: int
    separates: int


@dataclass(frozen=True, slots=True)
class Shared:
    """Which direct suppliers the ways to each supplier begin with; for those with several.

    Attributes:
        direct: direct suppliers; their places are the bits of the masks.
        masks: supplier to the direct suppliers, without itself.
    """

    direct: tuple[int, ...]
    masks: Mapping[int, int]

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        return len(self.masks) * (1 + len(self.direct) // 64)

    def through(self, supplier: int) -> Iterator[int]:
        """The direct suppliers over which the supplier is reached."""
        mask = self.masks[supplier]
        return (one for place, one in enumerate(self.direct) if mask >> place & 1)


def chain_of(network: Network, issuer: int, day: date, requirement: Requirement | None = None) -> Chain:
    """Buyers to suppliers as the issuer sees them, its group as one node: the issuer.

    Only whom the issuer reaches, which over all links that it sees is everybody in it; requirement: over links that
    carry it.
    """
    return Chain.of(issuer, shown(network, issuer, day).pairs(requirement))


def chokepoints(chain: Chain) -> tuple[Chokepoint, ...]:
    """The suppliers on which others depend, by number."""
    ways: rx.PyDiGraph[int | None, None] = rx.PyDiGraph()
    ways.add_nodes_from(range(len(chain.nodes)))
    ways.extend_from_edge_list([(one, other) for one, some in enumerate(chain.below) for other in some])
    down, about = _behind(rx.immediate_dominators(ways, 0)), _behind(_separating(ways))
    found = (Chokepoint(*each) for each in zip(chain.nodes, down, about, strict=True))
    some = (one for one in found if one.supplier != chain.nodes[0] and (one.only_way_to or one.separates))
    return tuple(sorted(some, key=lambda one: one.supplier))


def _separating(ways: "rx.PyDiGraph[int | None, None]") -> Mapping[int, int]:
    """Of each place the nearest that separates it from the first.

    No single one separates two of a block; so of all ways into it from the first the place where they enter does, and
    places count from the first.
    """
    blocks = list(rx.biconnected_components(ways.to_undirected()).items())
    entered: dict[int, int] = {}
    for pair, block in blocks:
        entered[block] = min(*pair, entered.get(block, len(ways)))
    return {0: 0, **{one: entered[block] for pair, block in blocks for one in pair if one != entered[block]}}


def _behind(nearest: Mapping[int, int]) -> Sequence[int]:
    """How many stand behind each place. nearest: of each the next one behind which it stands, a smaller place."""
    behind = [0] * len(nearest)
    for one in range(len(nearest) - 1, 0, -1):
        behind[nearest[one]] += behind[one] + 1
    return behind


def shared(chain: Chain) -> Shared:
    """The suppliers that are reached over several direct suppliers, by number."""
    direct = sorted({one for one in chain.below[0] if one}, key=chain.nodes.__getitem__)
    own = dict(zip(direct, (1 << bit for bit in count()), strict=False))
    masks = [own.get(one, 0) for one in range(len(chain.nodes))]
    waiting, queued = deque(direct), set(direct)
    while waiting:
        one = waiting.popleft()
        queued.discard(one)
        mask = masks[one]
        for other in chain.below[one]:
            if other and mask & ~masks[other]:
                masks[other] |= mask
                if other not in queued:
                    queued.add(other)
                    waiting.append(other)
    through = ((chain.nodes[one], mask & ~own.get(one, 0)) for one, mask in enumerate(masks) if one)
    several = sorted((number, mask) for number, mask in through if mask.bit_count() > 1)
    return Shared(tuple(chain.nodes[one] for one in direct), dict(several))
