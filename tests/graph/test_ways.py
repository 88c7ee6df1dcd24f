"""Other ways than the via path, the shortest first, held against every simple path."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.cascade import Lens, path
from graph.facts import Change, Link
from graph.network import Network
from graph.ways import ways
from tests.graph import oracle
from tests.graph.strategies import DAYS, worlds
from tests.graph.test_explain import chain, demand

DAY = date(2026, 1, 1)


def numbers(links: tuple[Link, ...]) -> list[int]:
    return [link.number for link in links]


def test_ways_are_told_with_the_level_and_due_date_they_would_give() -> None:
    network, names = chain("1 B>X 85", "2 B>Y 85", "3 X>Z 85", "4 Y>Z 85 confirmed 2026-03-01..", "5 X>Y 85")
    found = ways(network, demand(), names["Z"], date(2026, 5, 1), Lens.OWED, 5)
    assert [(numbers(one.links), one.level, one.due) for one in found.found] == [
        ([2, 4], 2, date(2026, 9, 1)),
        ([1, 5, 4], None, None),
    ]
    assert [str(one.code) for one in found.found[0].reasons] == [
        *("link_carries", "scope_open", "link_carries", "scope_open"),
        *("schedule_entry", "due_rule"),
    ]
    assert found.found[0].reasons[-1].params["months"] == 6
    assert str(found.found[1].reasons[-1].code) == "below_schedule"
    assert (found.more, found.complete) == (False, True)


def test_that_there_are_more_is_said() -> None:
    network, names = chain("1 B>X 85", "2 X>Z 85", "3 X>Z 39", "4 X>Z 52")
    assert [ways(network, demand(), names["Z"], DAY, Lens.OWED, most).more for most in (0, 1, 2)] == [True, True, False]


def test_a_search_that_is_broken_off_says_so() -> None:
    texts = [f"{10 * a + b} {'BPQRST'[a]}{a}>{'BPQRST'[a + 1]}{a + 1} 85" for a in range(5) for b in range(9)]
    network, names = chain(*texts)
    demanded = demand(schedule=(1,))
    issuer = names["B0"]
    found = ways(network, demanded, names["T5"], DAY, Lens.OWED, 3, looked_at=4)
    assert issuer == 1
    assert (found.more, found.complete) == (True, False)


@settings(max_examples=200, deadline=None)
@given(worlds(most_links=10), DAYS, st.integers(0, 4))
def test_ways_are_the_shortest_simple_paths_but_the_one_that_is_told_already(
    changes: list[Change], day: date, most: int
) -> None:
    world, network = oracle.World(changes), Network.empty().apply(changes, 1)
    requirement = network.requirements()[0]
    group = world.group(requirement.issuer, day)
    for lens, word in ((Lens.OWED, "owed"), (Lens.SEEN_IDENTITY, "identity")):
        links, _ = oracle.followed(world, requirement, day, word)
        usable = [x for x in links if x.flow_down != "no" and oracle.in_scope(requirement, x, group)]
        everything = list(oracle.simple_paths(usable, group))
        for supplier in range(1, 8):
            first = path(network, requirement, supplier, day, lens)
            expected = sorted(
                (way for way in everything if way[-1].supplier == supplier and way != first),
                key=lambda way: (len(way), [link.id for link in reversed(way)]),
            )
            found = ways(network, requirement, supplier, day, lens, most)
            assert [one.links for one in found.found] == expected[:most]
            assert found.more == (len(expected) > most)
            assert found.complete
