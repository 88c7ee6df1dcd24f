"""Chokepoints, shared sub-tiers and leverage, held against taking suppliers away and trying every choice."""

from datetime import date
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.facts import Change
from graph.leverage import GUARANTEE, leverage
from graph.network import Network
from graph.structure import Chain, Chokepoint, chain_of, chokepoints, shared
from tests.graph import oracle
from tests.graph.looking import carrying, looked_at, spending
from tests.graph.strategies import DAYS

ROOT = 0
NODES = st.integers(0, 9)
EDGES = st.lists(st.tuples(NODES, NODES).filter(lambda pair: pair[0] != pair[1]), max_size=24)


def rooted(edges: list[tuple[int, int]]) -> "nx.DiGraph[int]":
    """What the root reaches, and nothing else: that is all that a reader is shown."""
    graph: nx.DiGraph[int] = nx.DiGraph(edges)
    graph.add_node(ROOT)
    return nx.DiGraph(graph.subgraph({ROOT, *nx.descendants(graph, ROOT)}))


def chain(graph: "nx.DiGraph[int]") -> Chain:
    """Everybody buys two things from each supplier, which says nothing of the shape."""
    return Chain.of(ROOT, *np.array([*graph.edges, *graph.edges], np.int64).reshape(-1, 2).T)


def test_the_only_way_to_a_mine_is_a_chokepoint() -> None:
    graph = rooted([(0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (4, 5)])
    assert chokepoints(chain(graph)) == (Chokepoint(3, 2, 2), Chokepoint(4, 1, 1))


def test_who_is_the_only_way_down_need_not_hold_the_chain_together() -> None:
    """4 buys from 3 alone, but sells to nobody: 3 is the only way to it. 2 hangs together with 3 by what it buys."""
    graph = rooted([(0, 1), (1, 2), (0, 3), (3, 2), (1, 4)])
    assert chokepoints(chain(graph)) == (Chokepoint(1, 1, 1),)
    assert chokepoints(chain(rooted([(0, 1), (1, 2), (2, 3), (0, 4), (3, 4)]))) == (
        Chokepoint(1, 2, 0),
        Chokepoint(2, 1, 0),
    )


def test_a_line_of_thousands_is_looked_at_to_its_end() -> None:
    line = np.arange(10_000)
    found = chokepoints(Chain.of(0, line[:-1], line[1:]))
    assert found == tuple(Chokepoint(one, 9_999 - one, 9_999 - one) for one in range(1, 9_999))


@settings(max_examples=300, deadline=None)
@given(EDGES)
def test_without_a_chokepoint_exactly_so_many_are_reached_no_more(edges: list[tuple[int, int]]) -> None:
    graph = rooted(edges)
    found = {one.supplier: one for one in chokepoints(chain(graph))}
    for gone in graph.nodes - {ROOT}:
        rest = graph.subgraph(graph.nodes - {gone})
        lost = len(rest) - len({ROOT, *nx.descendants(rest, ROOT)})
        apart = len(rest) - len(nx.node_connected_component(rest.to_undirected(), ROOT))
        one = found.get(gone, Chokepoint(gone, 0, 0))
        assert (one.only_way_to, one.separates) == (lost, apart)


@settings(max_examples=300, deadline=None)
@given(EDGES)
def test_who_separates_others_is_an_articulation_point_of_networkx(edges: list[tuple[int, int]]) -> None:
    graph = rooted(edges)
    expected = set(nx.articulation_points(graph.to_undirected())) - {ROOT}
    assert {one.supplier for one in chokepoints(chain(graph)) if one.separates} == expected


@settings(max_examples=300, deadline=None)
@given(EDGES)
def test_who_is_the_only_way_is_a_dominator_of_networkx(edges: list[tuple[int, int]]) -> None:
    graph = rooted(edges)
    tree = nx.DiGraph((above, one) for one, above in nx.immediate_dominators(graph, ROOT).items() if one != ROOT)
    tree.add_node(ROOT)
    expected = {one: len(nx.descendants(tree, one)) for one in tree if one != ROOT}
    found = {one.supplier: one.only_way_to for one in chokepoints(chain(graph))}
    assert {one: found.get(one, 0) for one in expected} == expected


@settings(max_examples=300, deadline=None)
@given(EDGES)
def test_a_sub_tier_is_shared_by_the_direct_suppliers_from_which_it_is_reached(edges: list[tuple[int, int]]) -> None:
    graph = rooted(edges)
    below = graph.subgraph(graph.nodes - {ROOT})
    expected = {}
    for one in below:
        through = {direct for direct in graph[ROOT] if direct != one and one in nx.descendants(below, direct)}
        if len(through) > 1:
            expected[one] = through
    found = shared(chain(graph))
    assert {one: set(found.through(one)) for one in found.masks} == expected


@settings(max_examples=100, deadline=None)
@given(spending(), DAYS, st.booleans())
def test_the_chain_is_the_links_that_may_be_looked_at(changes: list[Change], day: date, scoped: bool) -> None:
    world, network = oracle.World(changes), Network.empty().apply(changes, 1)
    requirement = network.requirements()[0]
    group = world.group(requirement.issuer, day)
    links = looked_at(world, requirement.issuer, day)
    followed = carrying(world, requirement, links, day) if scoped else links
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_node(requirement.issuer)
    for x in followed:
        graph.add_edge(*(requirement.issuer if end in group else end for end in (x.buyer, x.supplier)))
    met = {requirement.issuer, *nx.descendants(graph, requirement.issuer)}
    found = chain_of(network, requirement.issuer, day, requirement if scoped else None)
    pairs = zip(*(found.nodes[end].tolist() for end in (found.buyer, found.supplier)), strict=True)
    assert set(pairs) == {pair for pair in graph.edges if pair[0] in met}
    assert sorted(found.nodes.tolist()) == sorted(met)


SETS = st.dictionaries(st.integers(0, 7), st.sets(st.integers(0, 12), max_size=6), max_size=8)


def best(sets: dict[int, set[int]], count: int) -> int:
    return max(len(set().union(*(sets[one] for one in some))) for some in combinations(sets, min(count, len(sets))))


@settings(max_examples=300, deadline=None)
@given(SETS.filter(bool), st.integers(1, 4))
def test_greedy_reaches_its_guarantee_of_the_best_choice(sets: dict[int, set[int]], count: int) -> None:
    steps = leverage(sets, count, order=int)
    reached = steps[-1].total if steps else 0
    assert reached >= GUARANTEE * best(sets, count) - 1e-9
    assert reached == len(set().union(*(sets[step.who] for step in steps)))
    assert [len(step.gained) for step in steps] == sorted((len(step.gained) for step in steps), reverse=True)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.integers(0, 7), st.integers(0, 5), min_size=1), st.integers(1, 4))
def test_where_nobody_satisfies_what_another_does_greedy_is_the_best_choice(sizes: dict[int, int], count: int) -> None:
    sets = {who: {(who, at) for at in range(size)} for who, size in sizes.items()}
    steps = leverage(sets, count, order=int)
    tried = {who: {8 * who + at for at in range(size)} for who, size in sizes.items()}
    assert (steps[-1].total if steps else 0) == best(tried, count)


def test_of_equal_gains_the_first_in_the_order_is_chosen() -> None:
    steps = leverage({"c": {1}, "a": {2}, "b": {3, 4}}, 2, order=str)
    assert [(step.who, step.total) for step in steps] == [("b", 2), ("a", 3)]
    assert pytest.approx(0.632, abs=1e-3) == GUARANTEE
