"""Tiers of all walks, read out of a table and mended, say what walks from nothing say."""

from collections.abc import Iterator
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.base import arrays_of, network_of
from graph.bulk.table import tabled
from graph.cascade import effective, obligations_of, path, preview, touched, ways_in
from graph.facts import Change
from graph.network import Network
from graph.passing import passing_through
from tests.graph.strategies import DAYS, edits, worlds

EVERYBODY = range(1, 8)


def on_a_table(network: Network) -> Network:
    """The same on a floor of arrays with the table of its day."""
    arrays = arrays_of(network)
    return network_of({**arrays, **tabled(network, arrays)})


def answers(network: Network, days: list[date]) -> Iterator[object]:
    """All that is asked of single suppliers over all requirements."""
    for day in days:
        for one in EVERYBODY:
            yield day, one, obligations_of(network, one, day)
            yield day, one, dict(effective(network, one, day)), passing_through(network, one, day)
            for requirement in network.requirements():
                yield path(network, requirement, one, day), ways_in(network, requirement, one, day)


@settings(max_examples=100, deadline=None)
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


@settings(max_examples=100, deadline=None)
@given(worlds(), edits(), edits())
def test_a_preview_on_a_table_tells_the_same_differences(
    world: list[Change], before: list[Change], step: list[Change]
) -> None:
    network = on_a_table(Network.empty().apply(world, 1)).apply(before, 2)
    plain = preview(Network.empty().apply([*world, *before], 2), step)
    assert preview(network, step) == plain
    assert touched(network, step) == {one.supplier for one in plain.obligations}
