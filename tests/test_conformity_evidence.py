"""Which evidence decides an indicator on a day (domain rules: Evidence, Crosswalk)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from supplychain.conformity.rules import EvidenceState, FindingState, Outcome, SourceState, Why
from supplychain.frameworks.crosswalk import Satisfies, Standard
from supplychain.frameworks.framework import OnReceipt
from supplychain.frameworks.terms import EvidenceKind, Kind, Relation, Trust
from tests.conformity_cases import (
    CHOICES,
    NOON,
    TODAY,
    WORDS,
    assessed,
    certificate,
    decider,
    evidence,
    finding,
    framework,
    indicator,
    level_of,
    outcome,
    standing_of,
)

ONE = framework(indicator("Q1"))
DAY = timedelta(days=1)


def why(assessment: Any, indicator_id: str, level: int = 1) -> Why:
    result: Why = assessment.results[indicator_id].at(level).why
    return result


@pytest.mark.parametrize(
    ("first", "second", "deciding"),
    [
        pytest.param(
            {"observed_to": date(2026, 9, 30), "trust": Trust.AUDITED},
            {"observed_to": date(2026, 10, 1)},
            2,
            id="the latest observation, whatever its trust",
        ),
        pytest.param({"trust": Trust.CERTIFIED}, {"received_at": NOON + DAY}, 1, id="then the higher trust"),
        pytest.param({"received_at": NOON + DAY}, {}, 1, id="then what was received later"),
        pytest.param({}, {}, 1, id="then the smaller number"),
    ],
)
def test_the_latest_observation_decides_and_ties_are_broken_in_order(
    first: dict[str, Any], second: dict[str, Any], deciding: int
) -> None:
    one, two = evidence(1, Q1=99, **first), evidence(2, Q1=1, **second)
    for facts in ((one, two), (two, one)):
        assert decider(assessed(ONE, *facts), "Q1") == deciding


@pytest.mark.parametrize(
    "state",
    [EvidenceState.REJECTED, EvidenceState.SUPERSEDED, EvidenceState.WITHDRAWN, EvidenceState.SUBMITTED],
)
def test_only_accepted_evidence_decides(state: EvidenceState) -> None:
    assert outcome(assessed(ONE, evidence(Q1=99, state=state)), "Q1") is Outcome.NOT_ASSESSED


def test_evidence_of_a_kind_the_pack_does_not_accept_is_not_heard() -> None:
    strict = framework(indicator("Q1", evidence=[EvidenceKind.QUANTITY]))
    result = assessed(strict, evidence(Q1=99, kind=EvidenceKind.ANSWER)).results["Q1"]
    assert (result.levels[0].outcome, result.sources) == (Outcome.NOT_ASSESSED, ())


def test_evidence_for_another_framework_is_not_heard() -> None:
    assert outcome(assessed(ONE, evidence(Q1=99, framework="other")), "Q1") is Outcome.NOT_ASSESSED


def test_evidence_covers_the_sites_it_lists_and_nothing_else() -> None:
    assert outcome(assessed(ONE, evidence(Q1=99)), "Q1") is Outcome.MET
    assert outcome(assessed(ONE, evidence(Q1=99, sites=frozenset({7}))), "Q1") is Outcome.NOT_ASSESSED
    assert outcome(assessed(ONE, evidence(Q1=99, sites=frozenset({1, 7}))), "Q1") is Outcome.MET


def test_evidence_is_in_force_from_its_observation_to_the_last_day_of_its_validity() -> None:
    fact = evidence(Q1=99, observed_to=date(2026, 1, 31))
    by_day = {
        date(2026, 1, 30): Outcome.NOT_ASSESSED,
        date(2026, 1, 31): Outcome.MET,
        date(2027, 1, 31): Outcome.MET,
        date(2027, 2, 1): Outcome.EXPIRED,
    }
    assert {day: outcome(assessed(ONE, fact, day=day), "Q1") for day in by_day} == by_day


def test_validity_in_months_is_clipped_to_the_end_of_the_month() -> None:
    one_month = framework(indicator("Q1", months=1))
    fact = evidence(Q1=99, observed_to=date(2027, 1, 31))
    assert outcome(assessed(one_month, fact, day=date(2027, 2, 28)), "Q1") is Outcome.MET
    assert outcome(assessed(one_month, fact, day=date(2027, 3, 1)), "Q1") is Outcome.EXPIRED


def test_evidence_is_not_in_force_before_it_is_issued() -> None:
    fact = evidence(Q1=99, observed_to=date(2026, 3, 1), issued_on=date(2026, 4, 1))
    assert outcome(assessed(ONE, fact, day=date(2026, 3, 31)), "Q1") is Outcome.NOT_ASSESSED
    assert outcome(assessed(ONE, fact, day=date(2026, 4, 1)), "Q1") is Outcome.MET


def test_a_date_of_its_own_shortens_the_validity_of_evidence_but_never_stretches_it() -> None:
    fact = evidence(Q1=99, observed_to=date(2026, 1, 31), valid_until=date(2026, 6, 30))
    assert outcome(assessed(ONE, fact, day=date(2026, 7, 1)), "Q1") is Outcome.EXPIRED
    forever = replace(fact, valid_until=date(2099, 1, 1))
    assert outcome(assessed(ONE, forever, day=date(2027, 2, 1)), "Q1") is Outcome.EXPIRED


def test_a_certificate_runs_as_long_as_it_says() -> None:
    fact = certificate(standard=None, Q1=99, observed_to=date(2026, 1, 31))
    assert outcome(assessed(ONE, fact, day=date(2029, 1, 1)), "Q1") is Outcome.MET
    assert outcome(assessed(ONE, fact, day=date(2029, 1, 2)), "Q1") is Outcome.EXPIRED


def test_evidence_marked_expired_still_counts_for_the_days_it_was_in_force() -> None:
    fact = evidence(Q1=99, state=EvidenceState.EXPIRED, observed_to=date(2025, 6, 1))
    assert outcome(assessed(ONE, fact, day=date(2025, 7, 1)), "Q1") is Outcome.MET
    assert outcome(assessed(ONE, fact), "Q1") is Outcome.EXPIRED


def test_the_trust_a_level_asks_for_decides_level_by_level() -> None:
    stepped = framework(indicator("Q1", trust=(Trust.SELF_DECLARED, Trust.DOCUMENTED, Trust.AUDITED)))
    audit = evidence(1, Q1=15, trust=Trust.AUDITED, observed_to=date(2026, 5, 1))
    report = evidence(2, Q1=25, trust=Trust.DOCUMENTED, observed_to=date(2026, 6, 1))
    word = evidence(3, Q1=99, trust=Trust.SELF_DECLARED, observed_to=date(2026, 7, 1))
    result = assessed(stepped, audit, report, word)
    assert [decider(result, "Q1", level) for level in (1, 2, 3)] == [3, 2, 1]
    assert [outcome(result, "Q1", level) for level in (1, 2, 3)] == [Outcome.MET, Outcome.MET, Outcome.UNMET]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param([], (Outcome.NOT_ASSESSED, Why.NONE), id="nothing"),
        pytest.param([{"trust": Trust.DOCUMENTED}], (Outcome.NOT_ASSESSED, Why.TRUST), id="too little trust"),
        pytest.param([{"observed_to": date(2020, 1, 1)}], (Outcome.EXPIRED, Why.LAPSED), id="lapsed"),
        pytest.param(
            [{"observed_to": date(2020, 1, 1)}, {"trust": Trust.DOCUMENTED}],
            (Outcome.EXPIRED, Why.LAPSED),
            id="lapsed beside too little trust",
        ),
        pytest.param(
            [{"observed_to": date(2020, 1, 1), "trust": Trust.DOCUMENTED}],
            (Outcome.NOT_ASSESSED, Why.NONE),
            id="lapsed, and renewing it would not do",
        ),
        pytest.param(
            [{"state": EvidenceState.SUBMITTED}], (Outcome.NOT_ASSESSED, Why.REVIEW), id="waiting for a review"
        ),
    ],
)
def test_without_a_candidate_the_reason_says_what_is_wanting(
    facts: list[dict[str, Any]], expected: tuple[Outcome, Why]
) -> None:
    certified = framework(indicator("Q1", trust=(Trust.CERTIFIED,) * 3))
    given = [evidence(n, **{"Q1": 99, "trust": Trust.CERTIFIED, **fields}) for n, fields in enumerate(facts)]
    result = assessed(certified, *given)
    assert (outcome(result, "Q1"), why(result, "Q1")) == expected


@pytest.mark.parametrize("state", [FindingState.OPEN, FindingState.EXPLAINED, FindingState.RECTIFIED])
def test_an_open_finding_overrides_until_it_is_verified(state: FindingState) -> None:
    fact = evidence(Q1=99)
    result = assessed(ONE, fact, findings=[finding("Q1", state)])
    assert [one.outcome for one in result.results["Q1"].levels] == [Outcome.UNMET] * 3
    assert why(result, "Q1") is Why.FINDING
    assert outcome(assessed(ONE, fact, findings=[finding("Q1", FindingState.VERIFIED)]), "Q1") is Outcome.MET


def test_a_finding_on_another_indicator_or_framework_overrides_nothing() -> None:
    others = [finding(None), finding("Q2"), finding("Q1", framework="other"), finding("Q1", organization=9)]
    assert outcome(assessed(ONE, evidence(Q1=99), findings=others), "Q1") is Outcome.MET


def test_every_source_is_kept_and_shown_with_what_it_is_worth_today() -> None:
    facts = [
        evidence(1, Q1=99),
        evidence(2, Q1=99, observed_to=date(2020, 1, 1)),
        evidence(3, Q1=99, state=EvidenceState.SUBMITTED),
        evidence(4, Q1=99, observed_to=TODAY + DAY),
        evidence(5, Q1="a lot"),
    ]
    shown = {source.evidence: source.state for source in assessed(ONE, *facts).results["Q1"].sources}
    assert shown == {
        1: SourceState.IN_FORCE,
        2: SourceState.LAPSED,
        3: SourceState.UNDER_REVIEW,
        4: SourceState.NOT_YET,
        5: SourceState.UNUSABLE,
    }


def test_a_value_is_converted_before_it_is_held_against_the_target() -> None:
    assert outcome(assessed(ONE, evidence(values={"Q1": (0.3, "C62")})), "Q1", 3) is Outcome.MET
    unusable = assessed(ONE, evidence(values={"Q1": (30, "KWH")})).results["Q1"]
    assert (unusable.levels[0].outcome, unusable.sources[0].problem) == (Outcome.NOT_ASSESSED, "unit-not-convertible")


def test_a_value_equal_to_the_target_meets_it_and_a_hair_less_does_not() -> None:
    assert outcome(assessed(ONE, evidence(Q1=30)), "Q1", 3) is Outcome.MET
    assert outcome(assessed(ONE, evidence(Q1=29.999)), "Q1", 3) is Outcome.UNMET


def test_a_choice_meets_the_targets_up_to_its_place() -> None:
    chosen = framework(indicator("X1", Kind.CHOICE, {1: "some", 2: "most", 3: "all"}))
    assert [level_of(assessed(chosen, evidence(X1=choice))) for choice in CHOICES] == [0, 1, 2, 3]


def test_a_further_question_not_answered_yes_leaves_a_target_partly_met() -> None:
    asked = framework(indicator("Q1", also={2: ("Q1.log",)}))
    assert outcome(assessed(asked, evidence(Q1=25)), "Q1", 2) is Outcome.PARTLY_MET
    assert outcome(assessed(asked, evidence(Q1=25, Q1__log=False)), "Q1", 2) is Outcome.PARTLY_MET
    assert outcome(assessed(asked, evidence(Q1=25, Q1__log=True)), "Q1", 2) is Outcome.MET
    assert outcome(assessed(asked, evidence(Q1=15, Q1__log=True)), "Q1", 2) is Outcome.UNMET
    assert level_of(assessed(asked, evidence(Q1=99))) == 1


CROSSWALK = framework(
    indicator("T1", Kind.CERTIFICATE, {2: ["iso", "emas"], 3: ["iso:2026", "emas"]}, mandatory_from=2),
    indicator("B1", Kind.BOOLEAN, {1: True, 2: True, 3: True}),
    indicator("Q1"),
    crosswalk=(
        Standard(
            "iso",
            WORDS,
            ("2015", "2026"),
            WORDS,
            Trust.CERTIFIED,
            (Satisfies("B1", Relation.FULL, up_to=2, version="2026"), Satisfies("Q1", Relation.PARTIAL)),
        ),
        Standard("emas", WORDS, (), WORDS, Trust.CERTIFIED, (Satisfies("Q1", Relation.PARTIAL),)),
    ),
)


def outcomes(assessment: Any, indicator_id: str) -> list[Outcome]:
    return [one.outcome for one in assessment.results[indicator_id].levels]


def test_a_certificate_meets_the_targets_that_name_its_standard_and_edition() -> None:
    assert outcomes(assessed(CROSSWALK, certificate(version="2026")), "T1") == [Outcome.MET, Outcome.MET]
    old = assessed(CROSSWALK, certificate(version="2015"))
    assert outcomes(old, "T1") == [Outcome.MET, Outcome.NOT_ASSESSED]
    assert why(old, "T1", 3) is Why.STANDARD


def test_an_edition_the_crosswalk_does_not_name_proves_nothing() -> None:
    result = assessed(CROSSWALK, certificate(version="1996"))
    assert {one.outcome for name in result.results for one in result.results[name].levels} == {Outcome.NOT_ASSESSED}
    assert result.results["T1"].sources[0].problem == "version-not-recognised"


def test_a_lesser_certificate_does_not_hide_a_better_one() -> None:
    newer = certificate(1, version="2015", observed_to=date(2026, 11, 1))
    assert outcomes(assessed(CROSSWALK, newer, certificate(2, "emas")), "T1") == [Outcome.MET, Outcome.MET]


def test_a_full_relation_meets_up_to_its_level_and_for_its_edition_only() -> None:
    met, none = Outcome.MET, Outcome.NOT_ASSESSED
    assert outcomes(assessed(CROSSWALK, certificate(version="2026")), "B1") == [met, met, none]
    assert outcomes(assessed(CROSSWALK, certificate(version="2015")), "B1") == [none, none, none]


def test_a_partial_relation_meets_no_gate_and_two_of_them_make_no_full() -> None:
    two = assessed(CROSSWALK, certificate(1, version="2026"), certificate(2, "emas"))
    assert outcomes(two, "Q1") == [Outcome.PARTLY_MET] * 3
    assert level_of(two) == 0


def test_a_partial_proof_never_speaks_over_what_judges_the_indicator_itself() -> None:
    reading = evidence(2, Q1=99, observed_to=date(2026, 2, 1))
    assert outcomes(assessed(CROSSWALK, certificate(version="2026"), reading), "Q1") == [Outcome.MET] * 3
    bad = evidence(2, Q1=1, observed_to=date(2026, 2, 1))
    assert outcomes(assessed(CROSSWALK, certificate(version="2026"), bad), "Q1") == [Outcome.UNMET] * 3


def test_a_certificate_counts_with_the_trust_the_crosswalk_confers() -> None:
    fact = certificate(version="2026", trust=Trust.SELF_DECLARED)
    assert {one.trust for one in assessed(CROSSWALK, fact).results["T1"].sources} == {Trust.CERTIFIED}


def test_an_answer_accepted_on_receipt_counts_at_the_level_the_pack_says_and_waits_above() -> None:
    eager = framework(
        indicator("B1", Kind.BOOLEAN, {1: True, 2: True}),
        levels=2,
        on_receipt=(OnReceipt(EvidenceKind.ANSWER, Trust.SELF_DECLARED, up_to=1),),
    )
    answer = evidence(B1=True, kind=EvidenceKind.ANSWER, trust=Trust.SELF_DECLARED, on_receipt=True)
    result = assessed(eager, answer)
    assert (level_of(result), why(result, "B1", 2)) == (1, Why.REVIEW)
    assert standing_of(eager, answer).provisional_level == 2
    assert level_of(assessed(eager, replace(answer, on_receipt=False))) == 2
