"""What a reader may look at when it looks up the chain, read once more from the domain rules, for the tests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import networkx as nx
from hypothesis import strategies as st

from graph.facts import Change, Link, Requirement
from graph.terms import Disclosure, LinkState
from tests.graph import oracle
from tests.graph.strategies import worlds

SHARES = st.sampled_from([None, None, 0.0, 0.1, 0.25, 0.3, 0.5, 0.7, 1.0])


@st.composite
def spending(draw: st.DrawFn, most_links: int = 14) -> list[Change]:
    """Random worlds in which buyers say what part of their spend a link is, or do not."""
    changes = draw(worlds(most_links))
    return [replace(one, share=draw(SHARES)) if isinstance(one, Link) else one for one in changes]


def looked_at(world: oracle.World, reader: int, day: date) -> list[Link]:
    """Links out of the group, claimed or confirmed, and below it those confirmed by identity of whom it knows."""
    group = world.group(reader, day)
    confirmed = [x for x in world.links.values() if oracle.state_of(x, day) is LinkState.CONFIRMED]
    graph: nx.DiGraph[object] = nx.DiGraph()
    graph.add_edges_from(("group", one) for one in group)
    for link in confirmed:
        if link.buyer in group or link.disclosure is Disclosure.IDENTITY:
            graph.add_edge(link.buyer, link.supplier)
    known = nx.descendants(graph, "group")
    below = [x for x in confirmed if x.buyer in known - group and x.disclosure is Disclosure.IDENTITY]
    own = [x for x in world.links.values() if x.buyer in group and oracle.state_of(x, day) in oracle.CARRIES]
    return [*(x for x in own if x.supplier not in group), *below]


def carrying(world: oracle.World, requirement: Requirement, links: Sequence[Link], day: date) -> list[Link]:
    """Those that take the requirement along."""
    group = world.group(requirement.issuer, day)
    return [x for x in links if x.flow_down != "no" and oracle.in_scope(requirement, x, group)]
