"""A walk over arrays finds what a walk link by link finds, whatever the network looks like."""

import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.arrays.packed import Packed
from graph.base import arrays_of, network_of
from graph.facts import Change, Link, Ownership, Period, Requirement
from graph.network import Network
from graph.sight import sight, view
from graph.terms import Beyond, Disclosure, FlowDown, LinkState, ScopeApplies
from graph.walks import repair, sweep
from graph.walks.ground import ground
from graph.walks.reach import Lens, reach, reach_without
from tests.graph.strategies import DAYS, edits, worlds

DAY = date(2026, 6, 1)
EVERYBODY = 1_000_000_000
"""A threshold above every network: all is walked link by link."""


def answers(network: Network, days: list[date], closed: frozenset[int] = frozenset()) -> list[object]:
    """All walks, with and without some who let nothing through, all views and all sights."""
    return list(_answers(network, days, closed))


def _answers(network: Network, days: list[date], closed: frozenset[int]) -> Iterator[object]:
    for day in days:
        for demand in network.requirements():
            for lens in Lens:
                yield demand.number, day, lens, reach(network, demand, day, lens)
                yield reach_without(network, demand, day, lens, closed)
            yield view(network, demand, day)
        for reader in range(1, 8):
            yield sight(network, reader, day)


def link_by_link(log: list[Change], days: list[date], closed: frozenset[int] = frozenset()) -> list[object]:
    """The answers of the plain form, from nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "SMALL", EVERYBODY)
        return answers(Network.empty().apply(log, 1), days, closed)


@pytest.fixture(autouse=True)
def _every_network_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "SMALL", 0)


@settings(max_examples=80, deadline=None)
@given(
    worlds(), st.lists(DAYS, min_size=1, max_size=2), st.frozensets(st.integers(1, 7), max_size=2), st.integers(1, 9)
)
def test_both_forms_of_a_walk_find_the_same(
    world: list[Change], days: list[date], closed: frozenset[int], at_once: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "SMALL", 0)
        patch.setattr("graph.walks.ground._AT_ONCE", at_once)
        assert answers(Network.empty().apply(world, 1), days, closed) == link_by_link(world, days, closed)


@settings(max_examples=40, deadline=None)
@given(worlds(), st.lists(edits(), min_size=1, max_size=5), st.lists(DAYS, min_size=1, max_size=2), st.data())
def test_arrays_that_were_mended_or_stand_beside_changed_links_say_what_plain_ones_say(
    world: list[Change], steps: list[list[Change]], days: list[date], data: st.DataObject
) -> None:
    network, log = Network.empty().apply(world, 1), list(world)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "SMALL", 0)
        patch.setattr(
            repair, "_LOST", data.draw(st.sampled_from((0, 2_000)))
        )  # half walk from nothing where one is lost
        answers(network, days)
        for revision, step in enumerate(steps, start=2):
            network, log = network.apply(step, revision), [*log, *step]
            if data.draw(st.booleans()):
                assert answers(network, days) == link_by_link(log, days)
        assert answers(network, days) == link_by_link(log, days)


def crowd(chance: random.Random, numbers: Iterable[int]) -> list[Change]:
    """Links among some hundred: hubs, circles, self-loops, several between the same two, most of them open."""
    ends = range(1, 121)
    codes = (None, "8", "85", "8504", "850440", "39", "7326")
    return [
        Link(
            number=number,
            buyer=int(len(ends) * chance.random() ** 2) + 1,
            supplier=chance.choice(ends),
            periods=_periods(chance, private := chance.random() < 0.05),
            category=chance.choice(codes),
            flow_down=chance.choice((FlowDown.UNDECLARED, FlowDown.YES, FlowDown.YES, FlowDown.NO)),
            disclosure=chance.choice((*Disclosure, Disclosure.IDENTITY, Disclosure.IDENTITY)),
            owner=chance.choice((1, 2)) if private else None,
        )
        for number in numbers
    ]


def _periods(chance: random.Random, private: bool) -> tuple[Period, ...]:
    """Three in a row, with and without days between, the last over the day."""
    states = (LinkState.PRIVATE,) if private else (LinkState.CONFIRMED,) * 4 + (LinkState.CLAIMED, LinkState.ENDED)
    cuts = [DAY - timedelta(days=days) for days in sorted(chance.sample(range(10, 400, 10), 3), reverse=True)]
    begins = [chance.choice((None, cuts[0])), *cuts[1:]]
    lasts = [cut - timedelta(days=chance.choice((1, 1, 1, 3))) for cut in cuts[1:]]
    return tuple(Period(one, last, chance.choice(states)) for one, last in zip(begins, [*lasts, None], strict=True))


DEMANDS = tuple(
    Requirement(
        number, issuer, "eseec@1", ("ohs",), (3, 2, 1), DAY, DAY, Beyond.HOLD, link_scope=scope, scope_applies=applies
    )
    for number, (issuer, scope, applies) in enumerate(
        ((1, (), ScopeApplies.EVERY), (2, ("8504", "39"), ScopeApplies.EVERY), (1, ("85",), ScopeApplies.FIRST)), 1
    )
)
OWNING = (
    Ownership(1, 40, 1, confirmed=True),
    Ownership(2, 41, 40, confirmed=True),
    Ownership(3, 999, 1, confirmed=True),
)


@pytest.mark.parametrize("seed", range(4))
def test_a_crowd_is_walked_the_same_way_while_links_come_and_go(seed: int) -> None:
    chance = random.Random(seed)
    log: list[Change] = [*DEMANDS, *OWNING, *crowd(chance, range(1, 600))]
    network = Network.empty().apply(log, 1)
    for revision in range(2, 8):
        if revision == 5:  # from here on the links lie on a floor, and what changed stands beside its columns
            network = network_of(arrays_of(network))
        assert answers(network, [DAY], frozenset({3, 4})) == link_by_link(log, [DAY], frozenset({3, 4}))
        known = [chance.randrange(1, 600) for _ in range(5)]
        step = [one for number in known for one in crowd(chance, range(number, number + 1))]
        newcomers = [Link(600 + revision, 1, 200 + revision, (Period(None, None, LinkState.CONFIRMED),), "8504")]
        log += [*step, *newcomers]
        network = network.apply([*step, *newcomers], revision)
    assert ground(network).changed


def test_a_chain_goes_on_past_the_horizon() -> None:
    demand = DEMANDS[0]
    always = (Period(None, None, LinkState.CONFIRMED),)
    log: list[Change] = [demand, *(Link(n, n, n + 1, always, disclosure=Disclosure.IDENTITY) for n in range(1, 300))]
    reached = reach(Network.empty().apply(log, 1), demand, DAY, Lens.OWED)
    assert reached.tier == {n + 1: n for n in range(16)}
    assert reached.deeper == {n + 1: n for n in range(16, 300)}
    assert isinstance(reached.tier, Packed)


def test_a_held_mapping_is_a_mapping() -> None:
    """Whatever is changed in it and taken out, it says what a dictionary would say."""
    chance = random.Random(0)
    plain: dict[int, str] = {number: chance.choice("abc") for number in sorted(chance.sample(range(5_000), 2_000))}
    table = ("a", "b", "c")
    held = Packed(np.array(list(plain)), np.array([table.index(one) for one in plain.values()], np.uint8), table)
    for _ in range(60):
        changes = {chance.randrange(5_000): chance.choice("abcde") for _ in range(40)}
        gone = {chance.randrange(5_000) for _ in range(40)} - changes.keys()
        held = held.but(changes, gone)
        plain = {one: value for one, value in {**plain, **changes}.items() if one not in gone}
        assert held == plain
        assert plain == held
        assert len(held) == len(plain)
        assert set(held) == held.keys() == plain.keys()
        assert sorted(held.values()) == sorted(plain.values())
        assert all((one in held) is (one in plain) and held.get(one) == plain.get(one) for one in range(5_000))
        assert dict(held) == {**held} == dict(held.flat()) == plain
    with pytest.raises(KeyError):
        held[5_001]
