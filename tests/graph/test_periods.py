"""Periods against plain dictionaries of days."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.facts import Link, Period
from graph.periods import join_periods, normalise_periods, run_start, set_state, state_on
from graph.terms import LinkState
from tests.graph.strategies import DAYS, START, periods

DAY = timedelta(days=1)
CALENDAR = [START + DAY * n for n in range(-40, 120)]
"""Wider than every generated period, so that its ends stand for days without end."""
ANY_STATE = st.sampled_from(LinkState)
PERIODS = periods(ANY_STATE)
PERIOD = st.builds(
    lambda first, length, state, opens, ends: Period(
        None if opens else first, None if ends else first + DAY * length, state
    ),
    DAYS,
    st.integers(0, 20),
    ANY_STATE,
    st.booleans(),
    st.booleans(),
)


def days_of(found: tuple[Period, ...]) -> dict[date, LinkState]:
    return {day: period.state for period in found for day in CALENDAR if covers(period, day)}


def covers(period: Period, day: date) -> bool:
    return (period.valid_from or date.min) <= day <= (period.valid_to or date.max)


def assert_tidy(found: tuple[Period, ...]) -> None:
    for one, other in pairwise(found):
        assert one.valid_to is not None
        assert other.valid_from is not None
        assert one.valid_to < other.valid_from
        assert one.state != other.state or one.valid_to + DAY < other.valid_from


@given(PERIODS, PERIOD)
def test_days_that_hold_a_state_keep_it_and_new_days_get_the_new_one(held: tuple[Period, ...], new: Period) -> None:
    joined = join_periods(held, new)
    assert days_of(joined) == {**days_of((new,)), **days_of(held)}
    assert_tidy(joined)


@given(PERIODS, st.none() | DAYS, st.sets(ANY_STATE), ANY_STATE)
def test_a_state_is_set_from_a_day_on_where_it_applies_and_nowhere_else(
    held: tuple[Period, ...], from_day: date | None, affected: set[LinkState], state: LinkState
) -> None:
    after = set_state(held, from_day, affected, state)
    expected = {
        day: state if was in affected and (from_day is None or day >= from_day) else was
        for day, was in days_of(held).items()
    }
    assert days_of(after) == expected
    assert_tidy(after)


@given(PERIODS, DAYS)
def test_a_day_has_the_state_of_its_period_or_none(held: tuple[Period, ...], day: date) -> None:
    assert state_on(held, day) == days_of(held).get(day)


@given(PERIODS, DAYS, st.sets(ANY_STATE, min_size=1))
def test_a_run_starts_after_the_last_day_out_of_the_states(
    held: tuple[Period, ...], day: date, states: set[LinkState]
) -> None:
    days = days_of(held)
    if days.get(day) not in states:
        return
    while days.get(day) in states:
        day -= DAY
    assert run_start(held, next_in(days, day), states) == (None if day < CALENDAR[0] else day + DAY)


def next_in(days: dict[date, LinkState], day: date) -> date:
    return next(later for later in CALENDAR if later > day and later in days)


def links_of(*held: tuple[Period, ...]) -> list[Link]:
    return [Link(number, 1, 2, found) for number, found in enumerate(held, start=1)]


def year(number: int, state: LinkState = LinkState.CLAIMED) -> Period:
    return Period(date(number, 1, 1), date(number, 12, 31), state)


def test_yearly_lists_become_one_link_that_keeps_its_first_day() -> None:
    confirmed = set_state((year(2024),), None, {LinkState.CLAIMED}, LinkState.CONFIRMED)
    found = normalise_periods(links_of(confirmed), year(2025))
    assert found.number == 1
    assert found.periods == (year(2024, LinkState.CONFIRMED), year(2025))
    carrying = {LinkState.CLAIMED, LinkState.CONFIRMED}
    assert run_start(found.periods, date(2025, 6, 1), carrying) == date(2024, 1, 1)


def test_a_year_between_two_links_joins_them_under_the_smaller_number() -> None:
    found = normalise_periods(links_of((year(2024),), (year(2026),), (year(2029),)), year(2025))
    assert (found.number, found.emptied) == (1, (2,))
    assert found.periods == (Period(date(2024, 1, 1), date(2026, 12, 31), LinkState.CLAIMED),)


def test_a_year_that_touches_nothing_is_a_link_of_its_own() -> None:
    found = normalise_periods(links_of((year(2020),)), year(2025))
    assert (found.number, found.periods, found.emptied) == (None, (year(2025),), ())


def test_a_private_link_never_joins_others() -> None:
    private = Link(1, 1, 2, (year(2024, LinkState.PRIVATE),), owner=9)
    assert normalise_periods([private], year(2025)).number is None


def test_the_same_list_again_changes_nothing() -> None:
    held = (year(2024, LinkState.ENDED), year(2025, LinkState.CONFIRMED))
    found = normalise_periods(links_of(held), Period(date(2024, 1, 1), date(2025, 12, 31), LinkState.CLAIMED))
    assert (found.number, found.periods) == (1, held)


@given(PERIODS, PERIODS, PERIOD)
def test_joined_links_keep_every_day_of_every_one_of_them(
    one: tuple[Period, ...], other: tuple[Period, ...], new: Period
) -> None:
    found = normalise_periods(links_of(one, other), new)
    joined = {**days_of((new,))}
    for number, held in ((2, other), (1, one)):
        if number == found.number or number in found.emptied:
            joined.update(days_of(held))
    assert days_of(found.periods) == joined


def test_a_link_can_end_on_the_calendars_last_day_and_from_its_first() -> None:
    always = (Period(None, None, LinkState.CONFIRMED),)
    ended = set_state(always, date.max, {LinkState.CONFIRMED}, LinkState.ENDED)
    assert state_on(ended, date.max) is LinkState.ENDED
    assert state_on(ended, date.max - DAY) is LinkState.CONFIRMED
    assert set_state(always, date.min, {LinkState.CONFIRMED}, LinkState.ENDED) == (Period(None, None, LinkState.ENDED),)


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        Period(date(2026, 1, 2), date(2026, 1, 1), LinkState.CLAIMED)
