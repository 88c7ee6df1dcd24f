"""On whom a chain depends by its shape alone: chokepoints, and sub-tiers that several direct suppliers share.

Both look at the links whose both ends the reader may name (`graph.shown`). There may be ways that it does not see, so
"the only way" means the only one shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import chain as joined
from itertools import islice
from operator import or_

import numpy as np
import rustworkx as rx

from graph.arrays.steps import Ints, ranges
from graph.facts import Requirement
from graph.network import Network
from graph.shown import shown

Ways = rx.PyDiGraph[int | None, None]


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Who is reached from a root, and who of them buys from whom.

    Attributes:
        nodes: int64[n], the root, then everybody reached, nearest first.
        buyer, supplier: int64[e], places in them of the two ends of each purchase.
    """

    nodes: Ints
    buyer: Ints
    supplier: Ints

    @classmethod
    def of(cls, root: int, buyers: Ints, suppliers: Ints) -> "Chain":
        """The chain over purchases, which name both ends by number."""
        names, ends = np.unique(np.concatenate([[root], buyers, suppliers]), return_inverse=True)
        near, (buyer, supplier) = ends[:1], ends[1:].reshape(2, -1)
        order = np.argsort(buyer, kind="stable")
        starts = np.searchsorted(buyer[order], np.arange(len(names) + 1))
        place, tiers, count = np.full(len(names), -1), [near[:0]], 0
        while len(near):
            tiers.append(near)
            place[near] = np.arange(count, count + len(near))
            count += len(near)
            steps, _ = ranges(starts[near], starts[near + 1], near)
            below = np.unique(supplier[order[steps]])
            near = below[place[below] < 0]
        reached = place[buyer] >= 0
        return cls(names[np.concatenate(tiers)], place[buyer[reached]], place[supplier[reached]])

    def ways(self) -> Ways:
        """The purchases as a graph of places."""
        graph: Ways = rx.PyDiGraph()
        graph.add_nodes_from(range(len(self.nodes)))
        graph.extend_from_edge_list(list(zip(self.buyer.tolist(), self.supplier.tolist(), strict=True)))
        return graph


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
    return Chain.of(issuer, *shown(network, issuer, day).ends(requirement))


def chokepoints(chain: Chain) -> tuple[Chokepoint, ...]:
    """The suppliers on which others depend, by number."""
    ways = chain.ways()
    down, about = _behind(rx.immediate_dominators(ways, 0)), _behind(_separating(ways))
    found = (Chokepoint(*each) for each in zip(chain.nodes.tolist(), down, about, strict=True))
    some = (one for one in islice(found, 1, None) if one.only_way_to or one.separates)
    return tuple(sorted(some, key=lambda one: one.supplier))


def _separating(ways: Ways) -> Sequence[int]:
    """Of each place the nearest that separates it from the first.

    No single one separates two of a block; so of all ways into it from the first the place where they enter does, and
    places count from the first.
    """
    blocks = rx.biconnected_components(ways.to_undirected())
    ends = np.fromiter(joined.from_iterable(blocks), np.int64, 2 * len(blocks)).reshape(-1, 2)
    block = np.fromiter(blocks.values(), np.int64, len(blocks))
    entered = np.full(len(blocks), len(ways))
    np.minimum.at(entered, block, ends.min(axis=1))
    nearest = np.zeros(len(ways), np.int64)
    for end in ends.T:
        within = end != entered[block]
        nearest[end[within]] = entered[block][within]
    found: list[int] = nearest.tolist()
    return found


def _behind(nearest: Mapping[int, int] | Sequence[int]) -> Sequence[int]:
    """How many stand behind each place. nearest: of each the next one behind which it stands, a smaller place."""
    behind = [0] * len(nearest)
    for one in range(len(nearest) - 1, 0, -1):
        behind[nearest[one]] += behind[one] + 1
    return behind


def shared(chain: Chain) -> Shared:
    """The suppliers that are reached over several direct suppliers, by number."""
    nodes, direct = chain.nodes.tolist(), np.unique(chain.supplier[(chain.buyer == 0) & (chain.supplier > 0)]).tolist()
    direct.sort(key=nodes.__getitem__)
    own = {one: 1 << bit for bit, one in enumerate(direct)}
    masks = [own.get(one, 0) for one in range(len(nodes))]
    ways = chain.ways()
    ways.remove_node(0)
    # Of those that buy from one another whatever reaches one reaches all; buyers come before whom they buy from.
    for some in reversed(rx.strongly_connected_components(ways)):
        mask = reduce(or_, (masks[one] for one in some))
        for one in some:
            masks[one] = mask
            for other in ways.successor_indices(one):
                masks[other] |= mask
    through = ((nodes[one], mask & ~own.get(one, 0)) for one, mask in enumerate(masks))
    return Shared(
        tuple(nodes[one] for one in direct), dict(sorted(pair for pair in through if pair[1].bit_count() > 1))
    )
