"""What is made from an earlier revision is what a computation from nothing finds, whatever happened in between."""

from collections.abc import Iterator
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.facts import Change
from graph.network import Network
from graph.reach import Lens, reach
from graph.sight import sight, view
from tests.graph.strategies import DAYS, edits, worlds


def answers(network: Network, days: list[date]) -> Iterator[object]:
    """All that is repaired, of every requirement, issuer, lens and day."""
    for day in days:
        for requirement in network.requirements():
            for lens in Lens:
                yield requirement.number, day, lens, reach(network, requirement, day, lens)
            yield view(network, requirement, day)
        for reader in range(1, 8):
            yield sight(network, reader, day)


@settings(max_examples=300, deadline=None)
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
