"""The cascade as one writes it with networkx: breadth-first over the adjacency, one requirement after the other.

What the engine's speed is measured against; also read to understand what it computes.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import networkx as nx

from bench.industry import Industry, number_of


def graph_of(industry: Industry) -> "nx.DiGraph[int]":
    """The industry as a graph: one link a pair, with its number and its code."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    ends = zip(industry.buyer.tolist(), industry.supplier.tolist(), industry.code.tolist(), strict=True)
    for number, (buyer, supplier, code) in enumerate(ends, 1):
        graph.add_edge(buyer, supplier, number=number, code=industry.codes[code])
    graph.graph["codes"] = industry.codes
    return graph


def _inside(graph: "nx.DiGraph[int]", requirement: dict[str, Any]) -> frozenset[str]:
    """The codes in the link scope, looked up once: faster than to compare the beginnings at every link."""
    prefixes = tuple(requirement["hs"]) or ("",)
    return frozenset(code for code in graph.graph["codes"] if code.startswith(prefixes))


def table(graph: "nx.DiGraph[int]", requirement: dict[str, Any]) -> list[tuple[int, int, int, int]]:
    """Supplier, tier, level and via of everybody who owes, in no order."""
    adjacency, inside = graph._adj, _inside(graph, requirement)
    frontier = [number_of(requirement["issuer"])]
    tier, via = {frontier[0]: 0}, {}
    for depth in range(1, len(requirement["schedule"]) + 1):
        entered = []
        for buyer in frontier:
            for supplier, link in adjacency[buyer].items():
                if link["code"] not in inside:
                    continue
                before = tier.get(supplier)
                if before is None:
                    tier[supplier] = depth
                    via[supplier] = link["number"]
                    entered.append(supplier)
                elif before == depth and link["number"] < via[supplier]:
                    via[supplier] = link["number"]
        frontier = entered
    schedule = requirement["schedule"]
    return [(supplier, tier[supplier], schedule[tier[supplier] - 1], number) for supplier, number in via.items()]


def tiers(graph: "nx.DiGraph[int]", requirement: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """Who owes at which tier."""
    adjacency, inside = graph._adj, _inside(graph, requirement)
    frontier = [number_of(requirement["issuer"])]
    seen = set(frontier)
    for depth in range(1, len(requirement["schedule"]) + 1):
        entered = []
        for buyer in frontier:
            for supplier, link in adjacency[buyer].items():
                if supplier not in seen and link["code"] in inside:
                    seen.add(supplier)
                    entered.append(supplier)
        yield from ((supplier, depth) for supplier in entered)
        frontier = entered


def effective(graph: "nx.DiGraph[int]", requirements: Sequence[dict[str, Any]]) -> dict[tuple[int, str], int]:
    """The highest level that each supplier owes in each pillar."""
    highest: dict[tuple[int, str], int] = {}
    for requirement in requirements:
        pillar, schedule = requirement["pillar"], requirement["schedule"]
        for supplier, tier in tiers(graph, requirement):
            level = schedule[tier - 1]
            if level > highest.get((supplier, pillar), 0):
                highest[supplier, pillar] = level
    return highest
