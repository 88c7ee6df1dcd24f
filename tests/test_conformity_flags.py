"""When flags open and shut, and what `training` says (domain rules: Flags)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from supplychain.conformity.rules import (
    FindingState,
    FlagDecision,
    FlagReason,
    Owed,
    Priority,
    Standing,
    flags_good_through,
    holds_on,
    matchmaking,
    training,
    training_needs,
    unmet_for,
)
from tests.conformity_cases import TODAY, assessed, evidence, finding, framework, indicator

DUE = date(2027, 6, 1)


def owed(level: int, achieved: int | None, **fields: Any) -> Owed:
    return Owed(**{"framework": "test@1", "pillar": "ohs", "level": level, "due": DUE, "achieved": achieved, **fields})


def reasons(decision: FlagDecision) -> set[str]:
    return {reason.code for reason in decision.reasons}


@pytest.mark.parametrize(
    ("obligations", "opened", "why"),
    [
        ([], False, {"no_gap"}),
        ([owed(2, 2)], False, {"no_gap"}),
        ([owed(2, 1)], True, {"gap"}),
        ([owed(2, None)], True, {"never_assessed"}),
        ([owed(2, 2), owed(3, 2)], True, {"gap"}),
        ([owed(2, 0, announced=True)], False, {"no_gap"}),
        ([owed(2, 1), owed(2, None, pillar="csr")], True, {"gap", "never_assessed"}),
    ],
)
def test_training_opens_where_something_owed_is_not_reached(
    obligations: list[Owed], opened: bool, why: set[str]
) -> None:
    decision = training(obligations)
    assert (decision.open, reasons(decision)) == (opened, why)


def test_how_many_issuers_ask_does_not_show_in_the_reasons() -> None:
    assert training([owed(2, 1)]) == training([owed(2, 1), owed(3, 1, due=TODAY)])


GOOD = Standing("ohs", 3, certified_level=3)
OTHER = replace(GOOD, pillar="csr")
NOW = {"ohs": GOOD, "csr": OTHER}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({}, set(), id="qualified"),
        pytest.param({"now": {"ohs": GOOD, "csr": replace(OTHER, level=2)}}, {"below_threshold"}, id="one pillar low"),
        pytest.param({"now": {"ohs": GOOD, "csr": replace(OTHER, level=None)}}, {"below_threshold"}, id="not assessed"),
        pytest.param(
            {"now": {"ohs": GOOD, "csr": replace(OTHER, certified_level=2)}}, {"not_certified"}, id="not certified"
        ),
        pytest.param(
            {"now": {"ohs": GOOD, "csr": replace(OTHER, level=0, zero_tolerance=("C01",))}},
            {"zero_tolerance"},
            id="zero tolerance",
        ),
        pytest.param({"ahead": {"ohs": GOOD, "csr": replace(OTHER, level=2)}}, {"will_not_hold"}, id="lapses soon"),
        pytest.param(
            {"ahead": {"ohs": GOOD, "csr": replace(OTHER, certified_level=None)}},
            {"will_not_hold"},
            id="its certificate lapses soon",
        ),
        pytest.param({"findings": [finding(None, severity="critical")]}, {"critical_finding"}, id="critical finding"),
        pytest.param({"findings": [finding("Q1", severity="major")]}, set(), id="a major finding is no bar"),
        pytest.param(
            {"findings": [finding(None, FindingState.VERIFIED, severity="critical")]}, set(), id="verified finding"
        ),
        pytest.param({"consent": False}, {"no_consent"}, id="no consent"),
        pytest.param({"threshold": 4}, {"below_threshold"}, id="a higher threshold"),
    ],
)
def test_matchmaking_is_shut_by_each_of_its_conditions_alone(changes: dict[str, Any], why: set[str]) -> None:
    given = {"now": NOW, "ahead": NOW, "findings": [], "consent": True, **changes}
    decision = matchmaking(given.pop("now"), given.pop("ahead"), given.pop("findings"), **given)
    assert (decision.open, reasons(decision)) == (not why, why or {"qualified"})


def test_matchmaking_tells_everything_that_is_missing_at_once() -> None:
    low = {"ohs": replace(GOOD, level=1), "csr": OTHER}
    decision = matchmaking(low, low, [finding(None, severity="critical")], consent=False)
    assert reasons(decision) == {"below_threshold", "critical_finding", "no_consent"}


def test_a_framework_that_was_never_read_qualifies_nobody() -> None:
    assert not matchmaking({}, {}, [], consent=True).open


def test_the_level_must_hold_on_the_day_of_the_event_or_in_ninety_days() -> None:
    assert holds_on(TODAY) == TODAY + timedelta(days=90)
    assert holds_on(TODAY, date(2027, 5, 4)) == date(2027, 5, 4)


def test_flags_are_good_until_something_changes_today_or_ninety_days_ahead() -> None:
    now = {"ohs": replace(GOOD, good_through=date(2027, 3, 1))}
    ahead = {"ohs": replace(GOOD, good_through=date(2027, 3, 1))}
    assert flags_good_through(now, ahead) == date(2027, 3, 1) - timedelta(days=90)
    assert flags_good_through({"ohs": GOOD}, {"ohs": GOOD}) is None
    assert flags_good_through({"ohs": replace(GOOD, good_through=TODAY)}, {"ohs": GOOD}) == TODAY


def test_training_says_gap_due_and_what_is_unmet_per_pillar_the_most_pressing_first() -> None:
    given = framework(indicator("Q1"), indicator("Q2", pillar="csr"))
    result = assessed(given, evidence(Q1=10, Q2=20))
    obligations = [
        owed(2, 1),
        owed(3, 1, due=date(2028, 1, 1)),
        owed(3, 2, pillar="csr", due=date(2026, 12, 1)),
        owed(1, 2, pillar="csr", due=TODAY),
    ]
    needs = training_needs(obligations, lambda _, pillar, level: unmet_for(result, pillar, level), TODAY)
    told = [(one.pillar, one.gap, one.due, one.priority, [unmet.indicator for unmet in one.unmet]) for one in needs]
    assert told == [
        ("csr", 1, date(2026, 12, 1), Priority.HIGH, ["Q2"]),
        ("ohs", 2, DUE, Priority.MEDIUM, ["Q1"]),
    ]


def test_training_of_somebody_never_assessed_still_says_gap_and_due() -> None:
    need = training_needs([owed(2, None, due=date(2030, 1, 1))], lambda *_: (), TODAY)[0]
    assert (need.gap, need.unmet, need.priority) == (2, (), Priority.LOW)


def test_flag_reasons_are_codes_with_what_they_speak_of() -> None:
    decision = training([owed(2, 1)])
    assert [(reason.code, dict(reason.params)) for reason in decision.reasons] == [
        (FlagReason.GAP, {"framework": "test@1", "pillar": "ohs"})
    ]
