"""Tiers of all walks, read out of a table and mended, say what walks from nothing say."""

import random
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.base import arrays_of, network_of
from graph.bulk.table import tabled
from graph.cascade import effective, obligations_of, path, preview, touched, ways_in
from graph.facts import Change, DayAdvanced
from graph.network import Network
from graph.passing import passing_through
from graph.walks import alltiers, hops, sweep
from tests.graph.strategies import DAYS, edits, worlds
from tests.graph.test_sweep import DAY, DEMANDS, OWNING, crowd

EVERYBODY = range(1, 8)


def on_a_table(network: Network) -> Network:
    """The same on a floor of arrays with the table of its day."""
    arrays = arrays_of(network)
    return network_of({**arrays, **tabled(network, arrays)})


def answers(network: Network, days: list[date], about: range = EVERYBODY) -> Iterator[object]:
    """All that is asked of single suppliers over all requirements."""
    for day in days:
        for one in about:
            yield day, one, obligations_of(network, one, day)
            yield day, one, dict(effective(network, one, day)), passing_through(network, one, day)
            for requirement in network.requirements():
                yield path(network, requirement, one, day), ways_in(network, requirement, one, day)


@pytest.fixture(params=(1, 1_000_000), ids=("little-by-little", "at-once"), autouse=True)
def _windows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many links are looked at together; of those that lead to a place, one, then two more, then four, or all."""
    monkeypatch.setattr(hops, "_AT_ONCE", request.param)
    monkeypatch.setattr(hops, "_WINDOW", request.param)
    monkeypatch.setattr(hops, "_WIDER", 2)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(worlds(), st.lists(edits(), max_size=4), st.lists(DAYS, min_size=1, max_size=2), st.data())
def test_a_table_that_is_mended_says_what_walks_from_nothing_say(
    world: list[Change], steps: list[list[Change]], days: list[date], data: st.DataObject
) -> None:
    network, log = on_a_table(Network.empty().apply(world, 1)), list(world)
    for revision, step in enumerate(steps, start=2):
        network, log = network.apply(step, revision), [*log, *step]
        if data.draw(st.booleans()):
            assert list(answers(network, days)) == list(answers(Network.empty().apply(log, 1), days))
    assert list(answers(network, days)) == list(answers(Network.empty().apply(log, 1), days))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(worlds(), edits(), edits())
def test_a_preview_on_a_table_tells_the_same_differences(
    world: list[Change], before: list[Change], step: list[Change]
) -> None:
    network = on_a_table(Network.empty().apply(world, 1)).apply(before, 2)
    plain = preview(Network.empty().apply([*world, *before], 2), step)
    assert preview(network, step) == plain
    assert touched(network, step) == {one.supplier for one in plain.obligations}


def test_a_table_that_lost_its_worth_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    log = [*crowd(random.Random(3), range(1, 300)), *DEMANDS, DayAdvanced(DAY)]
    network, looked = on_a_table(Network.empty().apply(log, 1)), []
    assert alltiers.tiers(network, DAY) is not None
    monkeypatch.setattr(alltiers, "_BESIDE", 10)
    monkeypatch.setattr(alltiers, "turned", lambda *_: looked.append(1))
    for revision in range(2, 30):
        step = crowd(random.Random(revision), [revision])
        log, network = [*log, *step], network.apply(step, revision)
        alltiers.tiers(network, DAY)
    assert alltiers.tiers(network, DAY) is None
    assert not looked
    assert list(answers(network, [DAY])) == list(answers(Network.empty().apply(log, 1), [DAY]))


def test_a_crowd_with_hubs_is_found_where_walks_find_it_and_goes_on_being_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "SMALL", 1_000_000_000)
    chance, log = random.Random(7), [*crowd(random.Random(3), range(1, 900)), *OWNING, *DEMANDS, DayAdvanced(DAY)]
    network = on_a_table(Network.empty().apply(log, 1))
    for revision in range(2, 8):
        step = crowd(chance, chance.sample(range(1, 1_000), 6))
        plain = Network.empty().apply(log, 1)
        assert preview(network, step) == preview(plain, step)
        log += step
        network = network.apply(step, revision)
        assert list(answers(network, [DAY], range(1, 121, 4))) == list(
            answers(Network.empty().apply(log, 1), [DAY], range(1, 121, 4))
        )
