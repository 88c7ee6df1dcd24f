"""What is made from an earlier revision is what a computation from nothing finds, whatever happened in between."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.facts import Change, Link, Period, Requirement
from graph.network import Network
from graph.sight import sight, view
from graph.terms import Beyond, LinkState
from graph.walks import repair
from graph.walks.reach import Lens, reach
from tests.graph.strategies import DAYS, edits, worlds

DAY = date(2026, 1, 1)
ALWAYS = (Period(None, None, LinkState.CONFIRMED),)


def answers(network: Network, days: list[date]) -> Iterator[object]:
    """All that is repaired, of every requirement, issuer, lens and day."""
    for day in days:
        for requirement in network.requirements():
            for lens in Lens:
                yield requirement.number, day, lens, reach(network, requirement, day, lens)
            yield view(network, requirement, day)
        for reader in range(1, 8):
            yield sight(network, reader, day)


@settings(max_examples=200, deadline=None)
@given(worlds(), st.lists(edits(), min_size=1, max_size=6), st.lists(DAYS, min_size=1, max_size=2), st.data())
def test_any_sequence_of_changes_is_answered_as_from_nothing(
    world: list[Change], steps: list[list[Change]], days: list[date], data: st.DataObject
) -> None:
    network = Network.empty().apply(world, 1)
    log = list(world)
    list(answers(network, days))
    for revision, step in enumerate(steps, start=2):
        network = network.apply(step, revision)
        log += step
        if data.draw(st.booleans()):  # a revision that nobody asks about is repaired over
            continue
        assert list(answers(network, days)) == list(answers(Network.empty().apply(log, revision), days))
    assert list(answers(network, days)) == list(answers(Network.empty().apply(log, 99), days))


@pytest.mark.parametrize("seed", range(20))
def test_a_long_chain_with_short_cuts_is_repaired_past_its_horizon(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty in a row, so that tiers cross the horizon; half of the runs give up and walk from nothing sooner."""
    chance = random.Random(seed)
    monkeypatch.setattr(repair, "_LOST", 3 if seed % 2 else 2_000)
    demand = Requirement(1, 1, "eseec@1", ("ohs",), (3, 2, 1), DAY, DAY, Beyond.HOLD, link_scope=("85",))
    log: list[Change] = [demand, *(Link(n, n, n + 1, ALWAYS, "8504") for n in range(1, 40))]
    network = Network.empty().apply(log, 1)
    for revision in range(2, 30):
        list(answers(network, [DAY]))
        number, state = chance.randrange(1, 50), chance.choice((LinkState.CONFIRMED, LinkState.ENDED))
        buyer, supplier = chance.sample(range(1, 41), 2) if number > 39 else (number, number + 1)
        since = chance.choice((None, DAY - timedelta(days=chance.randrange(90))))
        step = Link(number, buyer, supplier, (Period(since, None, state),), chance.choice(("8504", "8", "85")))
        log.append(step)
        network = network.apply([step], revision)
        assert list(answers(network, [DAY])) == list(answers(Network.empty().apply(log, revision), [DAY]))


def test_a_view_is_made_anew_when_the_requirement_that_was_amended_changes() -> None:
    before = Requirement(1, 1, "eseec@1", ("ohs",), (2,), DAY, DAY, grace=(1,), effective_to=DAY + timedelta(days=30))
    after = Requirement(2, 1, "eseec@1", ("ohs",), (2,), DAY + timedelta(days=31), DAY, grace=(9,), predecessor=1)
    link = Link(1, 1, 2, ALWAYS)
    log: list[Change] = [before, after, link]
    network = Network.empty().apply(log, 1)
    day = DAY + timedelta(days=40)
    assert view(network, after, day).rows[0].due == date(2026, 2, 1)
    shorter = replace(before, effective_to=DAY - timedelta(days=1))
    network = network.apply([shorter], 2)
    assert view(network, after, day) == view(Network.empty().apply([*log, shorter], 2), after, day)
    assert view(network, after, day).rows[0].due != date(2026, 2, 1)
