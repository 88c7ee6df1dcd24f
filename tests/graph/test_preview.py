"""What-if: the difference between two whole computations, found without making either twice."""

from datetime import date

from hypothesis import given, settings

from graph.cascade import Difference, LevelDifference, effective, obligations, preview
from graph.facts import Change, DayAdvanced, Link, Organization, Period, Requirement
from graph.network import Network
from graph.terms import LinkState
from tests.graph.strategies import edits, worlds

DAY = date(2026, 1, 1)
ALWAYS = (Period(None, None, LinkState.CONFIRMED),)


def compared(before: Network, after: Network) -> set[Difference]:
    found: set[Difference] = set()
    for number in {one.number for side in (before, after) for one in side.requirements()}:
        was, will = (
            obligations(side, one, side.day) if (one := side.requirement(number)) else {} for side in (before, after)
        )
        found |= {
            Difference(number, supplier, was.get(supplier), will.get(supplier))
            for supplier in was.keys() | will.keys()
            if was.get(supplier) != will.get(supplier)
        }
    return found


@settings(max_examples=300, deadline=None)
@given(worlds(), edits())
def test_a_preview_is_the_difference_of_two_computations_from_nothing(
    changes: list[Change], step: list[Change]
) -> None:
    network = Network.empty().apply(changes, 1)
    found = preview(network, step)
    before, after = Network.empty().apply(changes, 1), Network.empty().apply([*changes, *step], 2)
    assert set(found.obligations) == compared(before, after)
    assert len(found.obligations) == len(set(found.obligations))
    levels = {
        LevelDifference(number, *key, was.get(key), will.get(key))
        for number in range(1, 8)
        for was, will in [(effective(before, number, before.day), effective(after, number, after.day))]
        for key in was.keys() | will.keys()
        if was.get(key) != will.get(key)
    }
    assert set(found.levels) == levels
    assert network.revision == 1


def demand(number: int, schedule: tuple[int, ...], begins: date = DAY) -> Requirement:
    return Requirement(number, 1, "eseec@1", ("ohs",), schedule, begins, DAY)


def test_a_new_link_binds_its_supplier_and_frees_nobody() -> None:
    network = Network.empty().apply([Link(1, 1, 2, ALWAYS), demand(1, (3, 2)), DayAdvanced(DAY)], 1)
    found = preview(network, [Link(2, 2, 3, ALWAYS)])
    (only,) = found.obligations
    assert (only.supplier, only.before, only.after and only.after.level) == (3, None, 2)
    assert found.levels == (LevelDifference(3, "eseec@1", "ohs", None, 2),)
    assert {one.supplier for one in found.obligations} == {3}


def test_a_day_that_makes_an_announced_requirement_effective_is_a_difference() -> None:
    begins = date(2026, 2, 1)
    network = Network.empty().apply([Link(1, 1, 2, ALWAYS), demand(1, (3,), begins), DayAdvanced(DAY)], 1)
    found = preview(network, [DayAdvanced(begins)])
    (only,) = found.obligations
    assert (only.before and only.before.announced, only.after and only.after.announced) == (True, False)
    assert found.levels == (LevelDifference(2, "eseec@1", "ohs", None, 3),)


def test_a_second_requirement_below_the_first_changes_obligations_but_no_effective_level() -> None:
    network = Network.empty().apply([Link(1, 1, 2, ALWAYS), demand(1, (3,)), DayAdvanced(DAY)], 1)
    found = preview(network, [demand(2, (2,))])
    assert [(one.requirement, one.supplier) for one in found.obligations] == [(2, 2)]
    assert found.levels == ()


def test_a_change_that_binds_nobody_differs_in_nothing() -> None:
    network = Network.empty().apply([Link(1, 1, 2, ALWAYS), demand(1, (3,)), DayAdvanced(DAY)], 1)
    found = preview(network, [Link(2, 8, 9, ALWAYS), Organization(2, country="CN")])
    assert (found.obligations, found.levels) == ((), ())
