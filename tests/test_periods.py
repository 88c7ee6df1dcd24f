"""A reading decides only over the months its indicator is measured over (docs/frameworks.md: How long a reading is)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from supplychain.conformity.rules import Assessment, EvidenceFact, EvidenceState, Outcome, SourceState, Why
from supplychain.frameworks.crosswalk import Satisfies, Standard
from supplychain.frameworks.framework import Framework, Indicator, Target
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.frameworks.period import Period
from supplychain.frameworks.terms import Kind, Relation, Tag, Trust
from tests.conformity_cases import (
    WORDS,
    assessed,
    certificate,
    decider,
    evidence,
    framework,
    indicator,
    level_of,
    outcome,
    standing_of,
)

YEARLY = framework(indicator("Q1", period=12))
PACKS = {pack.key: pack for pack in load_packs(shipped_packs())}
DAY = timedelta(days=1)


def year(number: int = 1, **values: Any) -> EvidenceFact:
    return evidence(number, **{"observed_from": date(2025, 1, 1), "observed_to": date(2025, 12, 31), **values})


def quarter(number: int = 1, **values: Any) -> EvidenceFact:
    return evidence(number, **{"observed_from": date(2026, 7, 1), "observed_to": date(2026, 9, 30), **values})


def why(result: Assessment, level: int = 1) -> Why:
    found = result.results["Q1"].at(level)
    assert found is not None
    return found.why


@pytest.mark.parametrize(
    ("months", "first", "last", "covered"),
    [
        (12, date(2025, 1, 1), date(2025, 12, 31), True),
        (12, date(2025, 4, 16), date(2026, 4, 15), True),
        (12, date(2024, 1, 1), date(2025, 12, 31), True),
        (12, date(2025, 1, 2), date(2025, 12, 31), True),  # the meter was read on the second
        (12, date(2025, 1, 3), date(2025, 12, 31), False),
        (12, date(2025, 1, 1), date(2025, 12, 30), True),
        (12, date(2025, 1, 1), date(2025, 12, 29), False),
        (12, date(2023, 3, 1), date(2024, 2, 29), True),
        (12, date(2024, 3, 1), date(2025, 2, 28), True),
        (12, date(2025, 7, 1), date(2025, 9, 30), False),
        (12, date(2025, 12, 31), date(2025, 1, 1), False),
        (1, date(2026, 2, 1), date(2026, 2, 28), True),
        (1, date(2026, 1, 1), date(2026, 1, 29), False),
        (3, date(2026, 7, 1), date(2026, 9, 30), True),
        (36, date(2023, 1, 1), date(2025, 12, 31), True),
        (36, date(2024, 1, 1), date(2025, 12, 31), False),
        (12, None, date(2025, 12, 31), False),
        (12, date(2025, 1, 1), None, False),
    ],
)
def test_calendar_months_are_covered_but_for_a_day(
    months: int, first: date | None, last: date | None, *, covered: bool
) -> None:
    assert Period(months, ours=True).covered(first, last) is covered


def test_a_reading_over_too_few_months_neither_meets_nor_fails() -> None:
    for value in (99, 0):
        result = assessed(YEARLY, quarter(Q1=value))
        assert {(one.outcome, one.why) for one in result.results["Q1"].levels} == {(Outcome.NOT_ASSESSED, Why.PERIOD)}
        assert level_of(result) == 0


def test_what_no_day_is_said_of_covers_nothing() -> None:
    assert why(assessed(YEARLY, evidence(Q1=99, observed_from=None))) is Why.PERIOD


def test_the_latest_reading_that_covers_decides_whatever_a_shorter_one_says() -> None:
    for value, expected in ((99, Outcome.MET), (1, Outcome.UNMET)):
        result = assessed(YEARLY, year(1, Q1=value), quarter(2, Q1=100 - value))
        assert (outcome(result, "Q1"), decider(result, "Q1")) == (expected, 1)


def test_a_shorter_reading_is_shown_among_the_sources_with_what_is_wrong_with_it() -> None:
    (source,) = assessed(YEARLY, quarter(Q1=99)).results["Q1"].sources
    assert (source.state, source.problem) == (SourceState.IN_FORCE, "period-too-short")
    (source,) = assessed(YEARLY, year(Q1=99)).results["Q1"].sources
    assert source.problem is None


def test_where_a_target_asks_no_number_the_answer_beside_it_counts_over_any_time() -> None:
    """An accident that was not reported is none the less so because the reading is of three months."""
    asked = indicator("Q1", also={1: ("Q1.reported",), 2: ("Q1.reported",)}, targets={1: 0, 2: 20}, period=36)
    first, second = asked.targets
    open_ended = replace(asked, targets=(Target(1, None, first.also), second), zero_tolerance=True)
    for reported, expected, shut in ((True, Outcome.MET, ()), (False, Outcome.UNMET, ("Q1",))):
        result = assessed(framework(open_ended), quarter(Q1=99, Q1__reported=reported))
        assert [one.outcome for one in result.results["Q1"].levels] == [expected, Outcome.NOT_ASSESSED]
        assert result.pillars["ohs"].zero_tolerance == shut


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param([quarter(1, Q1=99), year(2, Q1=99, trust=Trust.SELF_DECLARED)], Why.TRUST, id="trust goes first"),
        pytest.param([quarter(1, Q1=99, trust=Trust.SELF_DECLARED)], Why.PERIOD, id="of too little trust besides"),
        pytest.param(
            [quarter(1, Q1=99), year(2, Q1=99, state=EvidenceState.SUBMITTED)], Why.REVIEW, id="a full one is waiting"
        ),
        pytest.param([quarter(1, Q1=99, state=EvidenceState.SUBMITTED)], Why.NONE, id="short and waiting is nothing"),
        pytest.param(
            [quarter(1, Q1=99, observed_from=date(2021, 1, 1), observed_to=date(2021, 2, 1))],
            Why.NONE,
            id="lapsed, and renewing it would not do",
        ),
    ],
)
def test_the_reason_says_what_would_help_most(facts: list[EvidenceFact], expected: Why) -> None:
    strict = framework(indicator("Q1", period=12, trust=(Trust.DOCUMENTED,) * 3))
    assert why(assessed(strict, *facts)) is expected


def test_lapsed_readings_that_covered_are_expired_and_short_ones_beside_them_change_nothing() -> None:
    old = year(1, Q1=99, observed_from=date(2021, 1, 1), observed_to=date(2021, 12, 31))
    result = assessed(YEARLY, old, quarter(2, Q1=99))
    assert (outcome(result, "Q1"), why(result)) == (Outcome.EXPIRED, Why.LAPSED)
    assert standing_of(YEARLY, old, quarter(2, Q1=99)).lapsed_level == 3


def test_what_is_submitted_over_too_few_months_would_give_nothing() -> None:
    waiting = EvidenceState.SUBMITTED
    assert standing_of(YEARLY, quarter(Q1=99, state=waiting)).provisional_level == 0
    assert standing_of(YEARLY, year(Q1=99, state=waiting)).provisional_level == 3


def test_a_certificate_proves_without_a_period_and_a_statement_with_a_figure_needs_one() -> None:
    proved = framework(
        indicator("Q1", period=12),
        crosswalk=(Standard("iso", WORDS, (), WORDS, Trust.CERTIFIED, (Satisfies("Q1", Relation.FULL),)),),
    )
    assert outcome(assessed(proved, certificate(observed_from=None)), "Q1") is Outcome.MET
    assert why(assessed(proved, certificate(standard=None, Q1=99, observed_from=None))) is Why.PERIOD
    assert outcome(assessed(proved, certificate(standard=None, Q1=99)), "Q1") is Outcome.MET


# -- the packs


def measured(pack: Framework) -> dict[str, Indicator]:
    return {one.id: one for one in pack.indicators if one.period is not None}


def test_the_first_version_asks_no_period_as_it_never_did() -> None:
    assert measured(PACKS["eseec-electronics@1"]) == {}


@pytest.mark.parametrize("key", [key for key in PACKS if key not in {"eseec-electronics@1", "palm-mill@1"}])
def test_every_period_says_where_it_is_from(key: str) -> None:
    periods = [one.period for one in measured(PACKS[key]).values()]
    assert periods
    for period in periods:
        assert period is not None
        assert period.ours is (period.tag is None)
        assert period.tag in (None, Tag.KNOWN)  # no clause about it was read


def test_consumption_generation_and_recycling_of_the_board_standard_are_of_the_assessment_year() -> None:
    boards = PACKS["hj450-pcb@1"]
    assert {one.id for one in boards.indicators if one.kind is Kind.QUANTITY} == set(measured(boards))
    assert {one.period for one in measured(boards).values()} == {Period(12, tag=Tag.KNOWN)}


def test_a_count_of_measures_has_no_period_and_the_flows_of_the_plating_index_have_a_year() -> None:
    plating = PACKS["electroplating-index@1"]
    quantities = {one.id for one in plating.indicators if one.kind is Kind.QUANTITY}
    assert quantities - set(measured(plating)) == {"EP15"}


def test_an_indicator_whose_question_names_months_is_measured_over_as_many() -> None:
    named = {"last 12 months": 12, "last twelve months": 12, "last 36 months": 36, "last three months": 3,
             "last 3 months": 3, "last six months": 6}  # fmt: skip
    full = PACKS["eseec-electronics@2"]
    told = {
        one.id: months for one in full.indicators for words, months in named.items()
        if words in one.question.en and one.kind is Kind.QUANTITY
    }  # fmt: skip
    assert len(told) > 15
    assert {
        name: period.months for name, one in measured(full).items() if (period := one.period)
    }.items() >= told.items()


def test_half_a_year_of_water_leaves_the_board_plant_without_a_grade_and_the_year_before_gives_it_one() -> None:
    boards = PACKS["hj450-pcb@1"]
    water = {"framework": "hj450-pcb", "values": {"HJW2": (0.8, "MTQ/MTK")}}
    half = evidence(2, observed_from=date(2026, 1, 1), observed_to=date(2026, 6, 30), **water)
    assert outcome(assessed(boards, half), "HJW2") is Outcome.NOT_ASSESSED
    assert decider(assessed(boards, half, evidence(1, observed_to=date(2025, 12, 31), **water)), "HJW2", 2) == 1
