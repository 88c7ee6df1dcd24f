"""Exposure: spend followed over walks, held against every walk counted by itself in exact fractions."""

from collections import defaultdict
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings

from graph.exposure import DEEPEST, Flow, depths, flow
from graph.facts import Change, Link, Ownership, Period, Requirement
from graph.network import Network
from graph.terms import Beyond, Disclosure, FlowDown, LinkState
from tests.graph import oracle
from tests.graph.looking import carrying, looked_at, spending
from tests.graph.strategies import DAYS

DAY = date(2026, 1, 1)
DEMAND = Requirement(1, 1, "eseec@1", ("ohs",), (2, 1), DAY, DAY, Beyond.HOLD)
B, X, Y, Z, W = range(1, 6)
LONGEST = 3
"""So far every walk is counted: there are many."""


def link(number: int, buyer: int, supplier: int, share: float | None = None, **values: object) -> Link:
    state = LinkState(str(values.pop("state", "confirmed")))
    values.setdefault("disclosure", Disclosure.IDENTITY)
    return Link(number, buyer, supplier, (Period(None, None, state),), share=share, id=f"lnk_{number}", **values)  # type: ignore[arg-type] # the words of a link


def spent(*facts: Change) -> Flow:
    return flow(Network.empty().apply(facts, 1), DEMAND, DAY)


def test_spend_is_followed_from_the_brands_shares_to_those_of_its_suppliers() -> None:
    found = spent(link(1, B, X, 0.6), link(2, B, Y, 0.4), link(3, X, Z, 0.5), link(4, X, W, 0.5), link(5, Y, Z, 1.0))
    assert found.weights[0] == {X: 0.6, Y: 0.4}
    assert found.weights[1] == pytest.approx({Z: 0.7, W: 0.3})
    assert found.undisclosed[:3] == pytest.approx((0.0, 0.0, 1.0))


def test_unknown_shares_divide_the_rest_and_without_them_the_rest_is_undisclosed() -> None:
    found = spent(link(1, B, X, 0.5), link(2, B, Y), link(3, B, Z), link(4, X, W, 0.25))
    assert found.weights[0] == {X: 0.5, Y: 0.25, Z: 0.25}
    assert found.weights[1] == {W: 0.125}
    assert found.undisclosed[0] == 0
    assert found.undisclosed[1] == 0.875


def test_shares_above_one_are_scaled_to_one_and_the_buyer_is_told() -> None:
    found = spent(link(1, B, X, 0.9), link(2, B, Y, 0.9), link(3, B, Z))
    assert found.weights[0] == {X: 0.5, Y: 0.5}
    assert found.overstated == {B}


def test_ten_tenths_are_one() -> None:
    assert not spent(*(link(one, B, one + 1, 0.1) for one in range(1, 11))).overstated


def test_several_links_to_one_supplier_add_up() -> None:
    assert spent(link(1, B, X, 0.2, category="85"), link(2, B, X, 0.3, category="39")).weights[0] == {X: 0.5}


def test_what_does_not_carry_counts_among_the_shares_and_is_left_by_the_walk() -> None:
    found = spent(link(1, B, X, 0.5), link(2, B, Y, 0.5, flow_down=FlowDown.NO), link(3, Y, Z, 1.0))
    assert found.weights[0] == {X: 0.5}
    assert found.uncarried[:2] == (0.5, 0.5)
    assert found.undisclosed[:2] == (0.0, 0.5)


def test_a_claim_of_ones_own_has_a_weight_and_nothing_below_it() -> None:
    found = spent(link(1, B, X, 1.0, state="claimed"), link(2, X, Z, 1.0))
    assert found.weights[:2] == ({X: 1.0}, {})


def test_what_hides_behind_a_pseudonym_has_no_weight() -> None:
    found = spent(link(1, B, X, 1.0), link(2, X, Z, 0.9, disclosure=Disclosure.PSEUDONYM), link(3, X, W, 0.1))
    assert found.weights[1] == {W: 0.1}
    assert found.undisclosed[1] == 0.9


def test_spend_goes_round_in_a_cycle_and_is_never_lost() -> None:
    found = spent(link(1, B, X, 1.0), link(2, X, Y, 1.0), link(3, Y, X, 0.5), link(4, Y, B, 0.5))
    assert found.weights[2] == {X: 0.5, B: 0.5}
    assert found.weights[3] == {Y: 0.5, X: 0.5}


def test_a_group_buys_as_one_and_what_it_sells_itself_comes_back_to_the_issuer() -> None:
    plant = Ownership(1, 9, B, confirmed=True)
    found = spent(plant, link(1, B, X, 0.5), link(2, 9, Y, 0.25), link(3, B, 9, 0.7), link(4, X, 9, 1.0))
    assert found.weights[:3] == ({X: 0.5, Y: 0.25}, {B: 0.5}, {X: 0.25, Y: 0.125})
    assert not found.overstated
    assert spent(plant, link(1, B, X, 1.0), link(2, 9, Y, 1.0)).overstated == {B}


def test_the_exposure_of_a_depth_is_what_meets_of_what_is_known() -> None:
    found = spent(link(1, B, X, 0.5), link(2, B, Y, 0.3))
    first = depths(found, {X: "met", Y: "gap"})[0]
    assert first.parts == {"met": 0.5, "gap": 0.3}
    assert first.exposure("met") == pytest.approx(0.625)
    assert first.undisclosed == pytest.approx(0.2)
    assert depths(found, {})[0].parts == {"not_owing": 0.8}
    assert depths(found, {})[7].exposure("met") is None


def shares(links: list[Link], group: set[int]) -> dict[int, Fraction]:
    """Part of its buyer's spend by link."""
    by_buyer: dict[int, list[Link]] = defaultdict(list)
    for one in links:
        by_buyer[min(group) if one.buyer in group else one.buyer].append(one)
    found: dict[int, Fraction] = {}
    for some in by_buyer.values():
        known = sum((Fraction(one.share) for one in some if one.share is not None), Fraction(0))
        unknown = [one for one in some if one.share is None]
        left = max(Fraction(0), 1 - known)
        for one in some:
            found[one.number] = (
                left / len(unknown) if one.share is None else Fraction(one.share) / max(known, Fraction(1))
            )
    return found


@settings(max_examples=200, deadline=None)
@given(spending(most_links=10), DAYS)
def test_a_weight_is_the_sum_over_all_walks_of_the_product_of_their_shares(changes: list[Change], day: date) -> None:
    world, network = oracle.World(changes), Network.empty().apply(changes, 1)
    requirement = network.requirements()[0]
    group = world.group(requirement.issuer, day)
    links = looked_at(world, requirement.issuer, day)
    follow = carrying(world, requirement, links, day)
    part = shares(links, group)
    found = flow(network, requirement, day)
    walks = [(requirement.issuer, Fraction(1))]
    for depth in range(LONGEST):
        walks = [
            (requirement.issuer if x.supplier in group else x.supplier, weight * part[x.number])
            for at, weight in walks
            for x in follow
            if x.buyer == at or (at == requirement.issuer and x.buyer in group)
        ]
        expected: dict[int, Fraction] = defaultdict(Fraction)
        for at, weight in walks:
            expected[at] += weight
        assert {one: weight for one, weight in found.weights[depth].items() if weight > 1e-15} == pytest.approx(
            {one: float(weight) for one, weight in expected.items() if weight > Fraction(1, 10**15)}
        )


@settings(max_examples=200, deadline=None)
@given(spending(), DAYS)
def test_at_every_depth_known_undisclosed_and_uncarried_make_one(changes: list[Change], day: date) -> None:
    network = Network.empty().apply(changes, 1)
    for requirement in network.requirements():
        for start in (None, 3):
            for one in depths(flow(network, requirement, day, start), {2: "met", 3: "gap"}):
                assert one.weight + one.undisclosed + one.uncarried == pytest.approx(1)
                assert sum(one.parts.values()) == pytest.approx(one.weight)
                assert (one.exposure("met") or 0) <= 1 + 1e-9
    assert len(depths(flow(network, network.requirements()[0], day), {})) == DEEPEST
