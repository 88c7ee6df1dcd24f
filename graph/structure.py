"""On whom a chain depends by its shape alone: chokepoints, and sub-tiers that several direct suppliers share.

Both look at the links whose both ends the reader may name (`graph.shown`). There may be ways that it does not see, so
"the only way" means the only one shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import networkx as nx

from graph.facts import Requirement
from graph.network import Network
from graph.shown import shown

Chain = nx.DiGraph


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


def chain_of(network: Network, issuer: int, day: date, requirement: Requirement | None = None) -> "Chain[int]":
    """Buyers to suppliers as the issuer sees them, its group as one node: the issuer.

    Only whom the issuer reaches, which over all links that it sees is everybody in it; requirement: over links that
    carry it.
    """
    seen = shown(network, issuer, day)
    graph: Chain[int] = nx.DiGraph()
    graph.add_node(issuer)
    for links in seen.links.values():
        for link in links:
            if requirement is None or seen.carries(requirement, link):
                graph.add_edge(seen.end(link.buyer), seen.end(link.supplier))
    return nx.DiGraph(graph.subgraph({issuer, *nx.descendants(graph, issuer)}))


def chokepoints(graph: "Chain[int]", issuer: int) -> tuple[Chokepoint, ...]:
    """The suppliers on which others depend, by number.

    Who separates somebody from the issuer lies on all ways to it, were every purchase a way in both directions: the
    one question about dominators answers both.
    """
    down, about = dominated(graph, issuer), dominated(graph.to_undirected().to_directed(), issuer)
    found = (Chokepoint(one, down.get(one, 0), about[one]) for one in sorted(about) if one != issuer)
    return tuple(one for one in found if one.only_way_to or one.separates)


def dominated(graph: "Chain[int]", root: int) -> Mapping[int, int]:
    """Of each that the root reaches: to how many others every way from the root leads through it."""
    tree: Chain[int] = nx.DiGraph()
    tree.add_node(root)
    tree.add_edges_from((above, one) for one, above in nx.immediate_dominators(graph, root).items() if one != root)
    below: dict[int, int] = {}
    for one in nx.dfs_postorder_nodes(tree, root):
        below[one] = sum(below[next_one] + 1 for next_one in tree[one])
    return below


def shared(graph: "Chain[int]", issuer: int) -> Shared:
    """The suppliers that are reached over several direct suppliers, by number."""
    direct = tuple(sorted(one for one in graph[issuer] if one != issuer))
    place = {one: 1 << at for at, one in enumerate(direct)}
    below = graph.subgraph(one for one in graph if one != issuer)
    knots = nx.condensation(below)
    masks: dict[int, int] = {}
    arriving: dict[int, int] = {}
    for knot in nx.topological_sort(knots):
        members = knots.nodes[knot]["members"]
        mask = arriving.pop(knot, 0)
        for one in members:
            mask |= place.get(one, 0)
        for further in knots[knot]:
            arriving[further] = arriving.get(further, 0) | mask
        masks |= {one: mask & ~place.get(one, 0) for one in members}
    return Shared(direct, {one: masks[one] for one in sorted(masks) if masks[one].bit_count() > 1})
