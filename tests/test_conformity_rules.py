"""Levels: the `gated` method, plants and companies, what does not apply, and where a supplier stands."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from supplychain.conformity.rules import (
    RULES_VERSION,
    Assessment,
    EvidenceState,
    Family,
    Mark,
    OrganizationFacts,
    Outcome,
    Standing,
    Why,
    appraise,
    assess,
    lowest,
    standings,
    unmet_for,
)
from supplychain.frameworks.applicability import AnyOf, Condition, OneOf, Within, Words, YesNo
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.terms import Better, Trust
from tests.conformity_cases import (
    SUPPLIER,
    TODAY,
    assessed,
    decision,
    evidence,
    finding,
    framework,
    indicator,
    level_of,
    outcome,
    standing_of,
)

DAY = timedelta(days=1)
TWO = framework(indicator("Q1"), indicator("Q2"))


def test_a_level_holds_when_every_mandatory_indicator_meets_its_target_at_it_and_below() -> None:
    assert [level_of(assessed(TWO, evidence(Q1=30, Q2=value))) for value in (9, 10, 20, 30)] == [0, 1, 2, 3]


def test_a_level_does_not_hold_over_one_that_does_not() -> None:
    gap_at_one = framework(indicator("Q1", targets={1: 10}), indicator("Q2", targets={2: 20}, mandatory_from=2))
    assert level_of(assessed(gap_at_one, evidence(Q1=0, Q2=99))) == 0


def test_lower_is_better_where_the_pack_says_so() -> None:
    falling = framework(indicator("Q1", targets={1: 30, 2: 20, 3: 10}, better=Better.LOWER))
    assert [level_of(assessed(falling, evidence(Q1=value))) for value in (31, 30, 20, 10, -5)] == [0, 1, 2, 3, 3]


def test_below_its_mandatory_level_an_indicator_is_ignored_and_not_counted_as_optional() -> None:
    late = framework(indicator("Q1"), indicator("Q2", mandatory_from=3), share="1")
    result = assessed(late, evidence(Q1=30))
    assert level_of(result) == 2
    assert [check.optional_needed for check in result.pillars["ohs"].checks] == [0, 0, 0]


def test_a_level_without_a_target_is_not_judged() -> None:
    hole = framework(indicator("Q1"), indicator("Q2", targets={1: 10, 3: 30}))
    result = assessed(hole, evidence(Q1=30, Q2=15))
    assert (level_of(result), result.results["Q2"].at(2)) == (2, None)


@pytest.mark.parametrize(
    ("share", "met", "level"),
    [
        ("0", 0, 1),
        ("0.5", 1, 0),
        ("0.5", 2, 1),
        ("0.34", 1, 0),
        ("0.34", 2, 1),
        ("0.33", 1, 1),
        ("1", 2, 0),
        ("1", 3, 1),
    ],
)
def test_of_the_optional_indicators_the_share_rounded_up_must_be_met(share: str, met: int, level: int) -> None:
    optional = [indicator(f"O{n}", targets={1: 10}, mandatory_from=None) for n in range(3)]
    given = framework(indicator("Q1", targets={1: 10}), *optional, levels=1, share=share)
    values = {f"O{n}": 10 if n < met else 0 for n in range(3)}
    assert level_of(assessed(given, evidence(Q1=10, **values))) == level


def test_optional_indicators_that_do_not_apply_are_not_counted() -> None:
    optional = [indicator(f"O{n}", targets={1: 10}, mandatory_from=None) for n in range(2)]
    given = framework(indicator("Q1", targets={1: 10}), *optional, levels=1, share="1")
    fact = evidence(Q1=10, O0=10)
    assert level_of(assessed(given, fact)) == 0
    assert level_of(assessed(given, fact, decisions=[decision("O1")])) == 1


def test_a_level_that_asks_for_nothing_mandatory_does_not_hold_and_is_marked() -> None:
    given = framework(indicator("Q1", targets={1: 10, 3: 30}))
    result = assessed(given, evidence(Q1=99))
    assert level_of(result) == 1
    assert [check.mark for check in result.pillars["ohs"].checks] == [None, Mark.NO_MANDATORY, None]


@pytest.mark.parametrize(("decided", "level", "mark"), [(3, 2, None), (4, 0, Mark.NOT_APPLICABLE_SHARE)])
def test_over_thirty_percent_decided_away_caps_the_level(decided: int, level: int, mark: Mark | None) -> None:
    names = [f"Q{n}" for n in range(10)]
    given = framework(*(indicator(name, targets={1: 10, 2: 20}) for name in names), levels=2)
    away = [decision(name, number=n) for n, name in enumerate(names[:decided])]
    result = assessed(given, evidence(**dict.fromkeys(names[decided:], 20)), decisions=away)
    assert (level_of(result), result.pillars["ohs"].checks[0].mark) == (level, mark)


def test_what_a_rule_of_the_pack_leaves_out_is_not_counted_in_the_share() -> None:
    pcb = OneOf("sector", Words(frozenset({"PCB"})))
    names = [f"Q{n}" for n in range(4)]
    given = framework(*(indicator(name, targets={1: 10}, applies=pcb) for name in names[:3]), indicator("Q3"))
    facts = [OrganizationFacts(SUPPLIER, {"sector": frozenset({"SMT"})})]
    result = assessed(given, evidence(Q3=30), facts=facts)
    assert (outcome(result, "Q0"), result.results["Q0"].levels[0].why) == (Outcome.NOT_APPLICABLE, Why.RULE)
    assert level_of(result) == 3
    # the rule goes first, so deciding it away as well changes nothing
    assert level_of(assessed(given, evidence(Q3=30), facts=facts, decisions=[decision("Q0")])) == 3


def test_the_share_decided_away_is_that_of_the_indicators_the_rules_leave() -> None:
    pcb = OneOf("sector", Words(frozenset({"PCB"})))
    ruled = [indicator(f"R{n}", targets={1: 10}, applies=pcb) for n in range(3)]
    given = framework(*ruled, *(indicator(f"Q{n}", targets={1: 10}) for n in range(4)), levels=1)
    facts = [OrganizationFacts(SUPPLIER, {"sector": frozenset({"SMT"})})]
    two = [decision("Q0"), decision("Q1", number=2)]
    result = assessed(given, evidence(Q2=10, Q3=10), facts=facts, decisions=two)
    assert (level_of(result), result.pillars["ohs"].checks[0].mark) == (0, Mark.NOT_APPLICABLE_SHARE)


def test_a_level_whose_mandatory_indicators_are_all_left_out_by_rule_does_not_hold() -> None:
    pcb = OneOf("sector", Words(frozenset({"PCB"})))
    given = framework(indicator("Q1", applies=pcb), indicator("Q2", mandatory_from=None))
    facts = [OrganizationFacts(SUPPLIER, {"sector": frozenset({"SMT"})})]
    result = assessed(given, evidence(Q2=30), facts=facts)
    assert (level_of(result), result.pillars["ohs"].checks[0].mark) == (0, Mark.NO_MANDATORY)


@pytest.mark.parametrize(
    ("condition", "fact", "applies"),
    [
        (OneOf("f", Words(frozenset({"a", "b"}))), frozenset({"b", "c"}), True),
        (OneOf("f", Words(frozenset({"a", "b"}))), frozenset({"c"}), False),
        (OneOf("f", Words(frozenset({"a"}))), None, True),
        (OneOf("f", ~Words(frozenset({"a"}))), frozenset({"a", "c"}), True),
        (OneOf("f", ~Words(frozenset({"a"}))), frozenset({"a"}), False),
        (AnyOf("f", Words(frozenset({"a", "b"}))), frozenset({"b", "c"}), True),
        (AnyOf("f", Words(frozenset({"a", "b"}))), frozenset({"c"}), False),
        (AnyOf("f", Words(frozenset({"a"})), none=True), frozenset({"a", "c"}), False),
        (Within("f", 25, None), Decimal(25), True),
        (Within("f", 25, None), 24, False),
        (Within("f", 25, None), None, True),
        (YesNo("f", wanted=True), True, True),
        (YesNo("f", wanted=True), False, False),
        (YesNo("f", wanted=True), frozenset({"x"}), True),
    ],
)
def test_an_indicator_is_left_out_only_on_a_verified_fact_that_fails_its_condition(
    condition: Condition, fact: Any, applies: bool
) -> None:
    given = framework(indicator("Q1", applies=condition))
    facts = [] if fact is None else [OrganizationFacts(SUPPLIER, {"f": fact})]
    assert (outcome(assessed(given, facts=facts), "Q1") is not Outcome.NOT_APPLICABLE) == applies


def test_a_decision_holds_from_its_day_to_its_expiry_and_only_for_its_organization() -> None:
    away = decision("Q1", decided_on=date(2026, 3, 1), until=date(2026, 4, 30))
    seen = {
        day: outcome(assessed(TWO, decisions=[away], day=day), "Q1")
        for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 30), date(2026, 5, 1))
    }
    assert list(seen.values()) == [
        Outcome.NOT_ASSESSED,
        Outcome.NOT_APPLICABLE,
        Outcome.NOT_APPLICABLE,
        Outcome.NOT_ASSESSED,
    ]
    others = [decision("Q1", organization=9), decision("Q1", framework="other")]
    assert outcome(assessed(TWO, decisions=others), "Q1") is Outcome.NOT_ASSESSED


def test_a_finding_speaks_even_where_an_indicator_was_decided_away() -> None:
    result = assessed(TWO, decisions=[decision("Q1")], findings=[finding("Q1")])
    assert outcome(result, "Q1") is Outcome.UNMET


def test_zero_tolerance_puts_the_pillar_at_level_zero() -> None:
    given = framework(indicator("Q1", targets={2: 20}, mandatory_from=2, zero_tolerance=True), indicator("Q2"))
    result = assessed(given, evidence(Q1=19, Q2=30))
    assert (level_of(result), result.pillars["ohs"].zero_tolerance) == (0, ("Q1",))
    above = framework(indicator("Q1", zero_tolerance=True))
    assert assessed(above, evidence(Q1=15)).pillars["ohs"].zero_tolerance == ()
    unknown = assessed(given, evidence(Q2=30))
    assert (level_of(unknown), unknown.pillars["ohs"].zero_tolerance) == (1, ())


def test_a_zero_tolerance_finding_counts_even_where_nothing_was_ever_assessed() -> None:
    given = framework(indicator("Q1", zero_tolerance=True))
    assert level_of(assessed(given)) is None
    assert level_of(assessed(given, findings=[finding("Q1")])) == 0


def test_a_pillar_is_null_without_accepted_evidence_in_force_and_zero_with_any() -> None:
    strict = framework(indicator("Q1", trust=(Trust.CERTIFIED,) * 3), indicator("Q2", pillar="csr"))
    assert level_of(assessed(strict)) is None
    assert level_of(assessed(strict, evidence(Q1=99, state=EvidenceState.SUBMITTED))) is None
    assert level_of(assessed(strict, evidence(Q1=99, observed_to=date(2020, 1, 1)))) is None
    assert level_of(assessed(strict, evidence(Q1=99))) == 0
    assert level_of(assessed(strict, evidence(Q1=99)), "csr") is None


def test_overall_is_the_lowest_pillar_and_null_if_any_is_null() -> None:
    two = framework(indicator("Q1"), indicator("Q2", pillar="csr"))
    assert assessed(two, evidence(Q1=30, Q2=10)).overall == 1
    assert assessed(two, evidence(Q1=30)).overall is None
    assert lowest({}) is None


def test_unmet_for_names_each_indicator_once_at_the_highest_level_where_it_is_wanting() -> None:
    result = assessed(TWO, evidence(Q1=10, Q2=20))
    told = [(one.indicator, one.level, one.outcome) for one in unmet_for(result, "ohs", 3)]
    assert told == [("Q1", 3, Outcome.UNMET), ("Q2", 3, Outcome.UNMET)]
    assert [one.indicator for one in unmet_for(result, "ohs", 2)] == ["Q1"]
    assert unmet_for(result, "ohs", 1) == ()


def test_an_assessment_carries_the_version_of_framework_and_rules_it_used() -> None:
    result = assessed(TWO)
    assert (result.framework, result.rules_version, result.day) == ("test@1", RULES_VERSION, TODAY)


def test_a_standing_tells_what_lapsed_submitted_and_certified_evidence_would_give() -> None:
    facts = [
        evidence(1, Q1=30, Q2=10, trust=Trust.CERTIFIED),
        evidence(2, Q2=20, observed_to=date(2026, 11, 1)),
        evidence(3, Q2=30, observed_to=date(2026, 11, 2), state=EvidenceState.SUBMITTED),
    ]
    now = standing_of(TWO, *facts)
    assert (now.level, now.provisional_level, now.certified_level, now.lapsed_level) == (2, 3, 1, 2)
    later = standing_of(TWO, *facts, day=date(2028, 1, 1))
    assert (later.level, later.lapsed_level, later.certified_level) == (None, 2, None)


def test_without_certified_evidence_the_certified_level_is_null_and_not_zero() -> None:
    assert standing_of(TWO, evidence(Q1=0)).certified_level is None
    assert standing_of(TWO, evidence(Q1=0, trust=Trust.CERTIFIED)).certified_level == 0


def test_a_standing_is_what_assess_says_through_each_of_its_looks() -> None:
    facts = [
        evidence(1, Q1=30, Q2=10, trust=Trust.CERTIFIED, observed_to=date(2025, 1, 1)),
        evidence(2, Q1=20, Q2=20),
        evidence(3, Q2=30, state=EvidenceState.SUBMITTED, trust=Trust.AUDITED),
    ]
    looks: list[dict[str, Any]] = [
        {},
        {"include_lapsed": True},
        {"include_submitted": True},
        {"trust_floor": Trust.CERTIFIED},
    ]
    expected = [level_of(assessed(TWO, *facts, **look)) for look in looks]
    now = standing_of(TWO, *facts)
    assert [now.level, now.lapsed_level, now.provisional_level, now.certified_level] == expected


def test_appraise_is_assess_and_standings_of_the_same_facts() -> None:
    arguments: tuple[Any, ...] = (TWO, SUPPLIER, Family(), [evidence(Q1=30, Q2=20)], [], [], [], TODAY)
    both: tuple[Assessment, dict[str, Standing]] = appraise(*arguments)
    assert both == (assess(*arguments), standings(*arguments))


@pytest.mark.parametrize(
    ("facts", "options", "last"),
    [
        pytest.param([], {}, None, id="nothing can change"),
        pytest.param([evidence(Q1=1, observed_to=date(2026, 1, 31))], {}, date(2027, 1, 31), id="evidence lapses"),
        pytest.param([evidence(Q1=1, observed_to=date(2020, 1, 31))], {}, None, id="what has lapsed lapses no more"),
        pytest.param([evidence(Q1=1, observed_to=TODAY + DAY)], {}, TODAY, id="evidence comes into force"),
        pytest.param([], {"decisions": [decision("Q1")]}, date(2026, 12, 31), id="a decision expires"),
        pytest.param(
            [], {"decisions": [decision("Q1", decided_on=TODAY + DAY)]}, TODAY, id="a decision comes into force"
        ),
        pytest.param([evidence(Q1=1, organization=9)], {}, None, id="another's evidence is nothing to us"),
        pytest.param([], {"decisions": [decision("Q1", organization=9)]}, None, id="nor is another's decision"),
    ],
)
def test_good_through_is_the_day_before_anything_can_change(
    facts: list[Any], options: dict[str, Any], last: date | None
) -> None:
    assert assessed(TWO, *facts, **options).good_through == last
    assert standing_of(TWO, *facts, **options).good_through == last


def test_two_frameworks_read_the_same_evidence_apart() -> None:
    harder: Framework = framework(indicator("Q1", targets={1: 50}), levels=1)
    fact = evidence(Q1=30)
    assert (level_of(assessed(harder, fact)), level_of(assessed(framework(indicator("Q1")), fact))) == (0, 3)
