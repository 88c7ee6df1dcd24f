"""Published chains: Willems' multi-echelon data, read as purchases of the stage further down."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from graph.cascade import Lens, obligations, reach
from graph.exposure import DEEPEST, flow
from graph.facts import Link, Period, Requirement
from graph.network import Network
from graph.structure import chain_of, chokepoints, shared
from graph.terms import Beyond, Disclosure, LinkState

pytestmark = pytest.mark.data
DAY = date(2026, 1, 1)
ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("SUPPLYCHAIN_DATA", ROOT / ".." / "shared" / "data")) / "willems-supply-chains"
SIZES = {"cereal": (88, 107), "perfume": (186, 359), "computer": (577, 2262)}


@pytest.fixture(params=SIZES)
def chain(request: pytest.FixtureRequest) -> tuple[list[str], list[tuple[int, int]]]:
    """Stage names, and purchases as (buyer, supplier): the data's arcs run downstream."""
    path = FOLDER / f"{request.param}.json"
    if not path.exists():
        pytest.skip(f"{path} is absent: set SUPPLYCHAIN_DATA to the folder of the public data sets")
    data = json.loads(path.read_text(encoding="utf-8"))
    stages = [node["id"] for node in data["nodes"]]
    purchases = [(arc["target"], arc["source"]) for arc in data["links"]]
    assert (len(stages), len(purchases)) == SIZES[request.param]
    return stages, purchases


def demand(issuer: int) -> Requirement:
    return Requirement(issuer, issuer, "eseec@1", ("ohs",), (4, 3, 2, 1), DAY, DAY, Beyond.HOLD)


def test_the_tiers_below_every_last_stage_are_those_of_networkx(
    chain: tuple[list[str], list[tuple[int, int]]],
) -> None:
    stages, purchases = chain
    network = Network.empty().apply(bought(purchases), 1)
    graph: nx.DiGraph[int] = nx.DiGraph(purchases)
    issuers = {buyer for buyer, _ in purchases} - {supplier for _, supplier in purchases}
    assert issuers >= {number for number, stage in enumerate(stages) if stage.startswith("Retail")}
    for issuer in issuers:
        expected = nx.single_source_shortest_path_length(graph, issuer)
        found = reach(network, demand(issuer), DAY, Lens.OWED)
        assert dict(found.tier) == expected
        owed = obligations(network, demand(issuer), DAY)
        levels = {supplier: max(5 - tier, 1) for supplier, tier in expected.items() if tier}
        assert {supplier: one.level for supplier, one in owed.items()} == levels
        for supplier, one in owed.items():
            ties = [n for n, (b, s) in enumerate(purchases) if s == supplier and expected.get(b) == one.tier - 1]
            assert one.via == min(ties)


def test_spend_chokepoints_and_shared_stages_of_a_last_stage_are_those_of_matrices_and_of_networkx(
    chain: tuple[list[str], list[tuple[int, int]]],
) -> None:
    stages, purchases = chain
    links = (replace(link, disclosure=Disclosure.IDENTITY) for link in bought(purchases))
    network = Network.empty().apply(links, 1)
    graph: nx.DiGraph[int] = nx.DiGraph(purchases)
    parts = np.zeros((len(stages), len(stages)))
    for buyer, supplier in purchases:
        parts[buyer, supplier] += 1 / graph.out_degree(buyer)
    issuer = max(({buyer for buyer, _ in purchases} - {supplier for _, supplier in purchases}), key=graph.out_degree)
    spend = np.eye(len(stages))[issuer]
    for weights in flow(network, demand(issuer), DAY).weights[:DEEPEST]:
        spend = spend @ parts
        assert weights == pytest.approx({int(at): float(spend[at]) for at in np.flatnonzero(spend)})
    seen = chain_of(network, issuer, DAY)
    below = nx.descendants(graph, issuer)
    found = {one.supplier: one.only_way_to for one in chokepoints(seen)}
    for one in below:
        rest = graph.subgraph((below | {issuer}) - {one})
        assert found.get(one, 0) == len(rest) - 1 - len(nx.descendants(rest, issuer))
    over = {one: {direct for direct in graph[issuer] if one in nx.descendants(graph, direct)} for one in below}
    several = shared(seen)
    assert {one: set(several.through(one)) for one in several.masks} == {
        one: directs for one, directs in over.items() if len(directs) > 1
    }


def bought(purchases: list[tuple[int, int]]) -> Iterator[Link]:
    always = (Period(None, None, LinkState.CONFIRMED),)
    return (Link(number, *ends, always) for number, ends in enumerate(purchases))
