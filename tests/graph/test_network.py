"""The fold: from nothing, step by step, through the log, and what may be remembered over a step."""

import json
from datetime import date, timedelta
from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.cascade import Lens, effective, obligations, obligations_of, reach
from graph.facts import Change, DayAdvanced, Link, Organization, Ownership, Period, Requirement
from graph.network import Network, from_payload, to_payload
from graph.sight import passing_through, sight, view
from graph.terms import LinkState, OrganizationKind
from tests.graph.strategies import edits, worlds

DAY = date(2026, 1, 1)
ALWAYS = (Period(None, None, LinkState.CONFIRMED),)


def demand(number: int, issuer: int) -> Requirement:
    return Requirement(number, issuer, "eseec@1", ("ohs",), (3, 2, 1), DAY, DAY)


def everything(network: Network, day: date) -> list[object]:
    """All that anybody can be told by the engine on a day."""
    told: list[object] = []
    for requirement in network.requirements():
        told += [obligations(network, requirement, day, lens) for lens in Lens]
        told += [reach(network, requirement, day, lens) for lens in Lens]
        told.append(view(network, requirement, day))
    for number in range(1, 8):
        told += [effective(network, number, day), obligations_of(network, number, day)]
        told += [sight(network, number, day), passing_through(network, number, day)]
        told += [network.links_from(number), network.links_to(number), network.group(number, day)]
    return told


@settings(max_examples=150, deadline=None)
@given(worlds(most_links=10), st.lists(edits(), min_size=1, max_size=3))
def test_a_network_changed_step_by_step_answers_as_one_built_from_nothing(
    changes: list[Change], steps: list[list[Change]]
) -> None:
    network = Network.empty().apply(changes, 1)
    log = list(changes)
    everything(network, network.day)  # so that there is something to remember wrongly
    for revision, step in enumerate(steps, start=2):
        network = network.apply(step, revision)
        log += step
        afresh = Network.empty().apply(log, revision)
        assert network.day == afresh.day
        for day in (network.day, network.day + timedelta(days=1)):
            assert everything(network, day) == everything(afresh, day)


@settings(max_examples=60, deadline=None)
@given(worlds(most_links=8), edits())
def test_a_change_leaves_the_network_before_it_as_it_was(changes: list[Change], step: list[Change]) -> None:
    network = Network.empty().apply(changes, 1)
    before = everything(network, network.day)
    everything(network.apply(step, 2), network.day)
    assert everything(network, network.day) == before
    assert network.revision == 1


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_every_fact_survives_the_log(changes: list[Change]) -> None:
    for change in changes:
        kind, payload = to_payload(change)
        assert from_payload(kind, json.loads(json.dumps(payload))) == change


def test_a_row_older_than_a_field_takes_its_default() -> None:
    found = from_payload("organization", {"number": 7})
    assert found == Organization(7)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("invoice", {}),
        ("organization", {}),
        ("organization", {"number": "7"}),
        ("organization", {"number": True}),
        ("organization", {"number": 7, "colour": "red"}),
        ("organization", {"number": 7, "kind": "shop"}),
        ("day.advanced", {"day": "tomorrow"}),
        ("link", {"number": 1, "buyer": 1, "supplier": 2, "periods": "always"}),
    ],
)
def test_a_row_that_is_no_fact_is_refused(kind: str, payload: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_payload(kind, payload)


def test_a_reach_is_remembered_over_a_link_that_cannot_matter_to_it() -> None:
    near, far = Link(1, 1, 2, ALWAYS), Link(2, 8, 9, ALWAYS)
    network = Network.empty().apply([near, far, demand(1, 1)], 1)
    first = reach(network, demand(1, 1), DAY, Lens.OWED)
    elsewhere = network.apply([Link(3, 8, 10, ALWAYS), Organization(2, country="CN")], 2)
    assert reach(elsewhere, demand(1, 1), DAY, Lens.OWED) is first
    below = elsewhere.apply([Link(4, 2, 8, ALWAYS)], 3)
    assert reach(below, demand(1, 1), DAY, Lens.OWED).tier == {1: 0, 2: 1, 8: 2, 9: 3, 10: 3}


def test_a_reach_is_remembered_over_days_on_which_nothing_changes() -> None:
    spring = Link(1, 1, 2, (Period(DAY, date(2026, 3, 31), LinkState.CONFIRMED),))
    network = Network.empty().apply([spring, demand(1, 1), DayAdvanced(DAY)], 1)
    first = reach(network, demand(1, 1), DAY, Lens.OWED)
    later = network.apply([DayAdvanced(date(2026, 3, 31))], 2)
    assert reach(later, demand(1, 1), later.day, Lens.OWED) is first
    over = later.apply([DayAdvanced(date(2026, 4, 1))], 3)
    assert reach(over, demand(1, 1), over.day, Lens.OWED).tier == {1: 0}


def test_requirements_of_one_issuer_and_scope_share_one_walk() -> None:
    network = Network.empty().apply([Link(1, 1, 2, ALWAYS), demand(1, 1), demand(2, 1)], 1)
    assert reach(network, demand(1, 1), DAY, Lens.OWED) is reach(network, demand(2, 1), DAY, Lens.OWED)


def test_the_last_image_of_a_batch_counts_even_when_it_is_the_known_one() -> None:
    known, passing = Link(1, 1, 2, ALWAYS), Link(1, 1, 3, ALWAYS)
    network = Network.empty().apply([known], 1).apply([passing, known], 2)
    assert network.links_from(1) == (known,)
    assert network.links_to(3) == ()


def test_a_link_that_moves_leaves_both_its_old_ends() -> None:
    network = Network.empty().apply([Link(1, 1, 2, ALWAYS)], 1).apply([Link(1, 3, 4, ALWAYS)], 2)
    assert (network.links_from(1), network.links_to(2)) == ((), ())
    assert [link.number for link in (*network.links_from(3), *network.links_to(4))] == [1, 1]


def test_links_are_listed_by_number_however_they_came() -> None:
    links = [Link(number, 1, number + 10, ALWAYS) for number in (5, 2, 9, 1)]
    network = Network.empty()
    for revision, link in enumerate(links, start=1):
        network = network.apply([link], revision)
    assert [link.number for link in network.links_from(1)] == [1, 2, 5, 9]


def test_ownership_is_transitive_dated_confirmed_and_may_turn_in_a_circle() -> None:
    owned = [
        Ownership(1, child=2, parent=1, confirmed=True),
        Ownership(2, child=3, parent=2, confirmed=True, valid_to=DAY),
        Ownership(3, child=4, parent=2, confirmed=False),
        Ownership(4, child=1, parent=3, confirmed=True),
    ]
    network = Network.empty().apply(owned, 1)
    assert network.group(1, DAY) == {1, 2, 3}
    assert network.owned_by(1, DAY) == {2, 3}
    assert network.owners_of(3, DAY) == {1, 2}
    assert network.owned_by(1, DAY + timedelta(days=1)) == {2}


def test_a_companys_plants_are_all_active_ones_below_it_and_a_plant_belongs_to_the_nearest_company() -> None:
    plant = OrganizationKind.PLANT
    network = Network.empty().apply(
        [
            Organization(1),
            Organization(2),
            Organization(3, plant),
            Organization(4, plant),
            Organization(5, plant, active=False),
            Ownership(1, child=2, parent=1, confirmed=True),
            Ownership(2, child=3, parent=2, confirmed=True),
            Ownership(3, child=4, parent=3, confirmed=True),
            Ownership(4, child=5, parent=2, confirmed=True),
        ],
        1,
    )
    assert network.plants_of(1, DAY) == (3, 4)
    assert (network.company_of(4, DAY), network.company_of(3, DAY), network.company_of(1, DAY)) == (2, 2, None)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=12))
def test_what_is_owned_is_what_can_be_reached(pairs: list[tuple[int, int]]) -> None:
    owned = [Ownership(i, child=c, parent=p, confirmed=True) for i, (p, c) in enumerate(pairs, 1)]
    network = Network.empty().apply(owned, 1)
    graph: nx.DiGraph[int] = nx.DiGraph(pairs)
    graph.add_nodes_from(range(1, 7))
    for number in range(1, 7):
        assert network.owned_by(number, DAY) == nx.descendants(graph, number)
        assert network.owners_of(number, DAY) == nx.ancestors(graph, number)


def test_the_calendars_ends_are_days_like_others() -> None:
    ends = (Period(date.min, date.max, LinkState.CONFIRMED),)
    changes: list[Change] = [Link(1, 1, 2, ends), Ownership(1, 3, 1, date.min, date.max, confirmed=True)]
    network = Network.empty().apply([*changes, demand(1, 1)], 1)
    for day in (date.min, DAY, date.max):
        assert network.group(1, day) == {1, 3}
        assert reach(network, demand(1, 1), day, Lens.OWED).tier[2] == 1


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_days_of_one_epoch_and_term_differ_in_nothing(changes: list[Change]) -> None:
    network = Network.empty().apply(changes, 1)
    days = [date(2026, 1, 20) + timedelta(days=n) for n in range(25)]
    for one, other in pairwise(days):
        if (network.epoch(one), network.term(one)) == (network.epoch(other), network.term(other)):
            afresh = Network.empty().apply(changes, 1)
            assert everything(network, one) == everything(afresh, other)
