"""Due dates over amendments (domain rules: requirement)."""

from datetime import date, timedelta

from graph.cascade import Obligation, explain, lineage, obligation, preview
from graph.facts import Change, DayAdvanced, Link, Period, Requirement
from graph.network import Network
from graph.periods import set_state
from graph.terms import LinkState, Why

BRAND, MILL, SPINNER = 1, 2, 3
FIRST = date(2026, 1, 1)
AMENDED = date(2026, 7, 1)
LATER = date(2026, 9, 1)
ALWAYS = (Period(None, None, LinkState.CONFIRMED),)
OLD_DUE = date(2027, 1, 1)
NEW_DUE = date(2027, 7, 1)


def demand(
    number: int,
    begins: date,
    schedule: tuple[int, ...],
    *,
    before: int | None = None,
    ends: date | None = None,
    pillars: tuple[str, ...] = ("ohs",),
    framework: str = "eseec@1",
) -> Requirement:
    return Requirement(
        number,
        BRAND,
        framework,
        pillars,
        schedule,
        begins,
        FIRST,
        grace=(12,),
        predecessor=before,
        effective_to=ends,
    )


def original(schedule: tuple[int, ...] = (3, 2)) -> Requirement:
    return demand(1, FIRST, schedule, ends=AMENDED - timedelta(days=1))


def owed(*changes: Change, number: int = 2, supplier: int = MILL, day: date = LATER) -> Obligation:
    network = Network.empty().apply([Link(1, BRAND, MILL, ALWAYS), Link(2, MILL, SPINNER, ALWAYS), *changes], 1)
    requirement = network.requirement(number)
    assert requirement is not None
    found = obligation(network, requirement, supplier, day)
    assert found is not None
    return found


def test_an_obligation_amended_at_the_same_level_keeps_its_due_date() -> None:
    assert owed(original(), demand(2, AMENDED, (3, 2), before=1)).due == OLD_DUE


def test_an_obligation_amended_to_a_lower_level_keeps_its_due_date() -> None:
    assert owed(original(), demand(2, AMENDED, (2, 2), before=1)).due == OLD_DUE


def test_an_obligation_raised_by_an_amendment_restarts() -> None:
    assert owed(original(), demand(2, AMENDED, (4, 2), before=1)).due == NEW_DUE


def test_each_supplier_keeps_or_restarts_by_its_own_level() -> None:
    changes = original(), demand(2, AMENDED, (4, 2), before=1)
    assert owed(*changes, supplier=MILL).due == NEW_DUE
    assert owed(*changes, supplier=SPINNER).due == OLD_DUE


def test_a_due_date_is_kept_through_several_amendments_until_one_raises() -> None:
    third, fourth = date(2026, 8, 1), date(2026, 8, 20)
    changes = (
        original(),
        demand(2, AMENDED, (3,), before=1, ends=third - timedelta(days=1)),
        demand(3, third, (2,), before=2, ends=fourth - timedelta(days=1)),
        demand(4, fourth, (3,), before=3),
    )
    assert owed(*changes, number=3, day=third).due == OLD_DUE
    assert owed(*changes, number=4).due == date(2027, 8, 20)


def test_an_announced_amendment_already_tells_the_due_date_it_will_keep() -> None:
    found = owed(original(), demand(2, AMENDED, (3, 2), before=1), day=date(2026, 3, 1))
    assert (found.announced, found.due) == (True, OLD_DUE)


def test_a_new_version_of_the_framework_keeps_due_dates_but_another_framework_does_not() -> None:
    same = demand(2, AMENDED, (3, 2), before=1, framework="eseec@2")
    other = demand(2, AMENDED, (3, 2), before=1, framework="cp-index@1")
    assert owed(original(), same).due == OLD_DUE
    assert owed(original(), other).due == NEW_DUE


def test_a_pillar_that_the_amendment_adds_starts_afresh_beside_one_that_is_kept() -> None:
    found = owed(original(), demand(2, AMENDED, (3, 2), before=1, pillars=("ohs", "csr")))
    assert (found.due_for("ohs"), found.due_for("csr")) == (OLD_DUE, NEW_DUE)
    assert found.due == OLD_DUE


def test_a_supplier_first_reached_after_the_amendment_starts_afresh() -> None:
    late = Link(3, BRAND, 9, (Period(date(2026, 8, 1), None, LinkState.CONFIRMED),))
    assert owed(original(), demand(2, AMENDED, (3, 2), before=1), late, supplier=9).due == date(2027, 8, 1)


def test_a_link_resumed_long_after_an_amendment_is_not_born_overdue() -> None:
    resumed = date(2030, 5, 1)
    ended = set_state(ALWAYS, date(2026, 12, 1), {LinkState.CONFIRMED}, LinkState.ENDED)
    days = set_state(ended, resumed, {LinkState.ENDED}, LinkState.CONFIRMED)
    found = owed(original(), demand(2, AMENDED, (3, 2), before=1), Link(1, BRAND, MILL, days), day=resumed)
    assert found.due == date(2031, 5, 1)


def test_a_requirement_ended_before_its_amendment_leaves_no_due_date_to_keep() -> None:
    ended = demand(1, FIRST, (3, 2), ends=date(2026, 3, 1))
    assert owed(ended, demand(2, AMENDED, (3, 2), before=1)).due == NEW_DUE


def test_a_correction_of_the_past_that_lets_a_due_date_be_kept_is_a_difference() -> None:
    network = Network.empty().apply(
        [
            Link(1, BRAND, MILL, ALWAYS),
            Link(2, MILL, SPINNER, ALWAYS),
            original((3, 2)),
            demand(2, AMENDED, (3, 3), before=1),
            DayAdvanced(LATER),
        ],
        1,
    )
    until_amended = Period(None, AMENDED - timedelta(days=1), LinkState.CONFIRMED)
    (found,) = preview(network, [Link(3, BRAND, SPINNER, (until_amended,))]).obligations
    assert found.before is not None
    assert found.after is not None
    assert (found.before.due, found.after.due) == (NEW_DUE, OLD_DUE)
    assert (found.before.via, found.after.via) == (2, 2)


def test_amendments_in_a_circle_do_not_hang() -> None:
    one, other = demand(1, FIRST, (3,), before=2), demand(2, AMENDED, (3,), before=1)
    network = Network.empty().apply([one, other], 1)
    assert [requirement.number for requirement in lineage(network, other)] == [1, 2]


def test_a_thousand_amendments_are_followed() -> None:
    days = [FIRST + timedelta(days=n) for n in range(1001)]
    line = [
        demand(n, days[n - 1], (3, 2), before=n - 1 or None, ends=days[n] - timedelta(days=1)) for n in range(1, 1001)
    ]
    assert owed(*line, number=1000, day=line[-1].effective_from).due == OLD_DUE


def test_the_explanation_says_that_the_amendment_kept_the_due_date() -> None:
    network = Network.empty().apply([Link(1, BRAND, MILL, ALWAYS), original(), demand(2, AMENDED, (3, 2), before=1)], 1)
    requirement = network.requirement(2)
    assert requirement is not None
    found = explain(network, requirement, MILL, LATER)
    kept = {reason.code: reason.params for reason in found.reasons}[Why.AMENDMENT_KEPT_DUE]
    assert kept == {"predecessor": 1, "pillar": "ohs", "due": OLD_DUE}
