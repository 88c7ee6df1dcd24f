"""Paths, alternatives and the reasons of an explanation."""

from datetime import date

from hypothesis import given, settings

from graph.cascade import Lens, alternatives, explain, obligation, path, reach, ways_in
from graph.facts import Change, Link, Requirement
from graph.network import Network
from graph.terms import MAX_TIER, Beyond, ScopeApplies, Why
from tests.graph import oracle
from tests.graph.casebook import Numbers, read_link
from tests.graph.strategies import DAYS, worlds

DAY = date(2026, 1, 1)


def chain(*texts: str) -> tuple[Network, Numbers]:
    numbers = Numbers()
    return Network.empty().apply([read_link(text, numbers) for text in texts], 1), numbers


def demand(
    scope: tuple[str, ...] = (),
    applies: ScopeApplies = ScopeApplies.EVERY,
    schedule: tuple[int, ...] = (3, 2),
    beyond: Beyond = Beyond.STOP,
) -> Requirement:
    return Requirement(
        1, 1, "eseec@1", ("ohs",), schedule, DAY, DAY, beyond, (6,), link_scope=scope, scope_applies=applies
    )


def said(
    network: Network, requirement: Requirement, supplier: int, day: date = DAY
) -> list[tuple[str, dict[str, object]]]:
    found = explain(network, requirement, supplier, day)
    return [(reason.code, dict(reason.params)) for reason in found.reasons]


def test_an_explanation_names_the_path_and_every_rule_on_it() -> None:
    network, names = chain("1 B>X 8504", "2 B>Y 850440", "3 X>Z 8504", "4 Y>Z 8504 confirmed 2026-03-01..")
    day = date(2026, 5, 1)
    assert said(network, demand(("85",)), names["Z"], day) == [
        ("link_carries", {"link": 1, "state": "confirmed", "since": None}),
        ("scope_matched", {"link": 1, "category": "8504", "prefix": "85"}),
        ("link_carries", {"link": 3, "state": "confirmed", "since": None}),
        ("scope_matched", {"link": 3, "category": "8504", "prefix": "85"}),
        ("tier_is_shortest", {"tier": 2}),
        ("via_tie_break", {"link": 3, "among": (3, 4)}),
        ("schedule_entry", {"tier": 2, "level": 2}),
        ("supplier_scope_open", {}),
        (
            "due_rule",
            {"effective_from": DAY, "since": None, "start": DAY, "months": 6, "due": date(2026, 7, 1)},
        ),
    ]
    found = explain(network, demand(("85",)), names["Z"], day)
    assert [link.number for link in found.path] == [1, 3]
    assert found.obligation == obligation(network, demand(("85",)), names["Z"], day)


def test_an_explanation_says_where_a_first_scope_no_longer_asks() -> None:
    network, names = chain("1 B>X 8504", "2 X>Z 39")
    codes = [code for code, _ in said(network, demand(("85",), ScopeApplies.FIRST), names["Z"])]
    assert codes == [
        "link_carries",
        "scope_matched",
        "link_carries",
        "scope_first_only",
        "tier_is_shortest",
        "schedule_entry",
        "supplier_scope_open",
        "due_rule",
    ]


def test_an_explanation_says_that_the_last_level_is_held() -> None:
    network, names = chain("1 B>X 85", "2 X>Z 85", "3 Z>W 85")
    found = dict(said(network, demand(beyond=Beyond.HOLD), names["W"]))
    assert found[Why.HELD_BEYOND_SCHEDULE] == {"tier": 3, "level": 2, "entries": 2}


def test_an_explanation_says_why_somebody_owes_nothing() -> None:
    network, names = chain("1 B>X 85", "2 X>Z 85", "3 Z>W 85", "4 O>P 85")
    stops = demand()
    assert dict(said(network, stops, names["W"]))[Why.BELOW_SCHEDULE] == {"tier": 3, "entries": 2}
    assert said(network, stops, names["P"]) == [("not_reached", {})]
    assert said(network, stops, names["B"]) == [("in_issuer_group", {"issuer": 1})]
    assert said(network, stops, names["X"], date(2025, 1, 1))[0][0] == "not_live"


def test_alternatives_are_the_other_ways_in_and_never_lead_through_the_supplier_itself() -> None:
    network, names = chain(
        "1 B>X 85", "2 B>Y 85", "3 X>Z 85", "4 Y>Z 85", "5 Z>W 85", "6 W>X 85", "7 W>Z 85", "8 Z>Z 85"
    )
    assert [link.number for link in ways_in(network, demand(), names["Z"], DAY)] == [3, 4]
    assert [link.number for link in alternatives(network, demand(), names["Z"], DAY)] == [4]
    assert [link.number for link in ways_in(network, demand(), names["X"], DAY)] == [1, 6]


def test_one_who_buys_from_itself_is_no_way_to_itself() -> None:
    network, names = chain("1 B>X 85", "2 X>X 85")
    assert [link.number for link in ways_in(network, demand(), names["X"], DAY)] == [1]


@settings(max_examples=100, deadline=None)
@given(worlds(most_links=9), DAYS)
def test_ways_in_are_the_last_links_of_all_simple_paths(changes: list[Change], day: date) -> None:
    world, network = oracle.World(changes), Network.empty().apply(changes, 1)
    requirement = network.requirements()[0]
    group = world.group(requirement.issuer, day)
    links, _ = oracle.followed(world, requirement, day, "owed")
    usable = [x for x in links if x.flow_down != "no" and oracle.in_scope(requirement, x, group)]
    ends: dict[int, set[int]] = {}
    for way in oracle.simple_paths(usable, group):
        ends.setdefault(way[-1].supplier, set()).add(way[-1].number)
    for supplier in range(1, 8):
        found = ways_in(network, requirement, supplier, day)
        assert {link.number for link in found} == ends.get(supplier, set())


@settings(max_examples=100, deadline=None)
@given(worlds(), DAYS)
def test_a_path_starts_in_the_group_ends_at_the_supplier_and_is_as_long_as_its_tier(
    changes: list[Change], day: date
) -> None:
    network = Network.empty().apply(changes, 1)
    for requirement in network.requirements():
        for lens in Lens:
            reached = reach(network, requirement, day, lens)
            for supplier, tier in reached.tier.items():
                way = path(network, requirement, supplier, day, lens)
                assert len(way) == tier <= MAX_TIER
                assert_joined(way, reached.group, supplier)


def assert_joined(way: tuple[Link, ...], group: object, supplier: int) -> None:
    at = None
    for link in way:
        assert at is None or link.buyer == at
        at = link.supplier
    assert at is None or at == supplier


@settings(max_examples=60, deadline=None)
@given(worlds(), DAYS)
def test_every_obligation_can_be_explained_and_the_explanation_agrees(changes: list[Change], day: date) -> None:
    network = Network.empty().apply(changes, 1)
    for requirement in network.requirements():
        for lens in Lens:
            for supplier in range(1, 8):
                found = explain(network, requirement, supplier, day, lens)
                owed = obligation(network, requirement, supplier, day, lens)
                assert found.obligation == owed
                codes = {reason.code for reason in found.reasons}
                assert (Why.DUE_RULE in codes) == (owed is not None)
                assert codes <= set(Why)
