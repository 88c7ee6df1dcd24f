"""The status of an obligation, in order, and whose move it is (domain rules: Status)."""

from datetime import date, timedelta
from typing import Any

import pytest

from supplychain.conformity.rules import Move, Standing, StatusCode, gap, judge

DUE = date(2026, 11, 22)
DAY = timedelta(days=1)


def standing(level: int | None, lapsed: int | None = None, provisional: int | None = None) -> Standing:
    return Standing("ohs", level, lapsed_level=lapsed, provisional_level=provisional)


def code(level: int | None, *, today: date = DUE, lapsed: int | None = None, **options: Any) -> StatusCode:
    announced = options.pop("announced", False)
    return judge(2, DUE, announced, standing(level, lapsed), today, **options).code


ALL_AT_ONCE: dict[str, Any] = {"awaiting": True, "announced": True, "waived": True, "today": DUE + DAY, "lapsed": 2}
ORDER = [
    (ALL_AT_ONCE, None, StatusCode.AWAITING_CONFIRMATION),
    ({**ALL_AT_ONCE, "awaiting": False}, 2, StatusCode.ANNOUNCED),
    ({**ALL_AT_ONCE, "awaiting": False, "announced": False}, 2, StatusCode.MET),
    ({"waived": True, "today": DUE + DAY, "lapsed": 2}, None, StatusCode.WAIVED),
    ({"today": DUE + DAY, "lapsed": 2}, None, StatusCode.OVERDUE),
    ({"lapsed": 2}, None, StatusCode.EXPIRED),
    ({}, None, StatusCode.NOT_ASSESSED),
    ({}, 1, StatusCode.GAP),
    ({}, 0, StatusCode.GAP),
]


@pytest.mark.parametrize(("options", "level", "expected"), ORDER)
def test_the_first_status_that_fits_is_the_status(
    options: dict[str, Any], level: int | None, expected: StatusCode
) -> None:
    assert code(level, **options) is expected


def test_an_obligation_is_overdue_the_day_after_it_is_due() -> None:
    assert code(1, today=DUE) is StatusCode.GAP
    assert code(1, today=DUE + DAY) is StatusCode.OVERDUE


def test_lapsed_evidence_that_would_not_have_met_it_leaves_a_gap() -> None:
    assert code(0, lapsed=1) is StatusCode.GAP
    assert code(0, lapsed=2) is StatusCode.EXPIRED


@pytest.mark.parametrize(
    ("provisional", "options", "move"),
    [
        (None, {}, Move.SUPPLIER),
        (1, {}, Move.SUPPLIER),
        (2, {}, Move.REVIEWER),
        (None, {"claimed": False}, Move.BRAND),
        (2, {"claimed": False}, Move.REVIEWER),
        (2, {"waived": True}, Move.NOBODY),
        (2, {"announced": True}, Move.NOBODY),
        (2, {"awaiting": True}, Move.SUPPLIER),
        (2, {"awaiting": True, "claimed": False}, Move.BRAND),
    ],
)
def test_whose_move_it_is(provisional: int | None, options: dict[str, Any], move: Move) -> None:
    announced = options.pop("announced", False)
    assert judge(2, DUE, announced, standing(1, provisional=provisional), DUE, **options).move is move


def test_nobody_has_to_move_where_the_level_is_met() -> None:
    assert judge(2, DUE, False, standing(3), DUE + DAY).move is Move.NOBODY


def test_since_when_is_the_later_of_the_due_date_and_the_day_the_level_fell() -> None:
    long_ago, lately = date(2026, 1, 1), DUE + 5 * DAY
    today = DUE + 9 * DAY
    assert judge(2, DUE, False, standing(1), today, since=long_ago).since == DUE + DAY
    assert judge(2, DUE, False, standing(1), today, since=lately).since == lately
    assert judge(2, DUE, False, standing(1), today).since == DUE + DAY
    assert judge(2, DUE, False, standing(1), DUE, since=long_ago).since == long_ago


def test_a_gap_is_the_levels_missing_and_not_assessed_counts_as_zero() -> None:
    assert [gap(3, level) for level in (None, 0, 2, 3, 4)] == [3, 3, 1, 0, 0]


def test_a_view_that_ends_at_an_unconfirmed_link_tells_no_gap_and_no_day() -> None:
    status = judge(3, DUE, False, standing(1), DUE, awaiting=True, since=DUE)
    assert (status.gap, status.since) == (0, None)


def test_a_waived_obligation_still_tells_its_gap() -> None:
    assert judge(3, DUE, False, standing(1), DUE, waived=True).gap == 2
