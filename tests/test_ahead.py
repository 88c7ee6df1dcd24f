"""Where levels go if nothing is renewed: the walk is the same as assessing every day from nothing."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from supplychain.conformity.rules import Family, OrganizationFacts, Outcome, Situation, Why
from supplychain.conformity.rules.ahead import Outlook, Step, month_ends, outlook
from supplychain.frameworks.framework import Framework
from tests.conformity_cases import SUPPLIER, TODAY, decision, evidence, framework, indicator
from tests.test_conformity_properties import Case, cases, levels, worth

UNTIL = TODAY + timedelta(days=800)
PLANT, OTHER_PLANT = 7, 8


def ahead(given: Framework, *facts: Any, **more: Any) -> Outlook:
    return outlook(given, SUPPLIER, lambda _: Situation(Family(), facts, **more), TODAY, UNTIL)


def of_case(case: Case) -> Outlook:
    return ahead(case.framework, *case.evidence, findings=case.findings, decisions=case.decisions)


def short(steps: tuple[Step, ...]) -> list[tuple[date, int | None]]:
    return [(step.day, step.level) for step in steps]


def one_year_on(day: date | None) -> date:
    assert day is not None
    return date(day.year + 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def begins(case: Case) -> set[date]:
    return {fact.begins for fact in case.evidence}


@st.composite
def ending(draw: st.DrawFn) -> Case:
    """A case whose decisions end on days of their own."""
    case = draw(cases())
    days = st.integers(0, 500).map(lambda days: TODAY + timedelta(days=days))
    return replace(case, decisions=tuple(replace(one, until=draw(days)) for one in case.decisions))


@settings(deadline=None)
@given(ending(), st.lists(st.integers(0, 800), max_size=6))
def test_on_every_day_the_outlook_is_what_an_assessment_from_nothing_gives(case: Case, offsets: list[int]) -> None:
    found = of_case(case)
    turns = {step.day for steps in found.steps.values() for step in steps}
    days = {TODAY, UNTIL, *turns, *(day - timedelta(days=1) for day in turns)}
    for day in days | {TODAY + timedelta(days=offset) for offset in offsets}:
        assert {name: found.level(name, day) for name in found.now} == levels(case.assess(day=day))


@settings(deadline=None)
@given(ending())
def test_a_level_rises_only_where_evidence_begins_or_what_spoke_against_it_ends(case: Case) -> None:
    ends = {one.until + timedelta(days=1) for one in case.decisions}
    ends |= {one_year_on(one.observed_to) + timedelta(days=1) for one in case.evidence}
    for steps in of_case(case).steps.values():
        for step in steps:
            if worth(step.level) > worth(step.before):
                assert step.day in begins(case) | ends


@settings(deadline=None)
@given(cases())
def test_where_one_piece_of_evidence_speaks_of_each_indicator_only_evidence_that_starts_later_raises(
    case: Case,
) -> None:
    heard: set[str] = set()
    alone = []
    for fact in case.evidence:
        if heard.isdisjoint(fact.values):
            alone.append(fact)
            heard |= set(fact.values)
    mild = replace(
        case.framework, indicators=tuple(replace(one, zero_tolerance=False) for one in case.framework.indicators)
    )
    single = replace(case, framework=mild, evidence=tuple(alone), decisions=())
    for steps in of_case(single).steps.values():
        assert all(step.day in begins(single) for step in steps if worth(step.level) > worth(step.before))


@settings(deadline=None)
@given(ending())
def test_a_fall_names_what_was_lost_and_lapsed_evidence_with_the_day_after_its_last(case: Case) -> None:
    last_days = {fact.number: one_year_on(fact.observed_to) for fact in case.evidence}
    for steps in of_case(case).steps.values():
        for step in steps:
            assert bool(step.lost) == step.falls
            for loss in step.lost:
                if loss.evidence is not None:
                    assert last_days[loss.evidence] + timedelta(days=1) == step.day


def test_levels_fall_one_after_the_other_with_the_evidence_that_decided_them() -> None:
    given = framework(indicator("Q1", targets={1: 10}), indicator("Q2", targets={2: 20}, mandatory_from=2, months=6))
    found = ahead(given, evidence(1, Q1=10), evidence(2, Q2=20))
    first, second = found.steps["ohs"]
    assert (first.day, first.level) == (date(2027, 5, 1), 1)
    assert [(one.indicator, one.level, one.evidence, one.why) for one in first.lost] == [("Q2", 2, 2, Why.LAPSED)]
    assert (second.day, second.level) == (date(2027, 11, 1), None)
    assert found.breaks("ohs", 2) == first
    assert found.breaks("ohs", 1) == second
    assert found.breaks("ohs", 3) is None


def test_what_is_kept_by_other_evidence_does_not_fall() -> None:
    given = framework(indicator("Q1", targets={1: 10}))
    found = ahead(given, evidence(1, Q1=10), evidence(2, Q1=15, observed_to=date(2026, 11, 1)))
    assert short(found.steps["ohs"]) == [(date(2027, 11, 2), None)]


def test_where_bad_news_lapses_before_the_good_the_level_rises() -> None:
    given = framework(indicator("Q1", targets={1: 10}))
    bad = evidence(2, Q1=1, observed_to=date(2026, 11, 1), valid_until=date(2026, 12, 31))
    found = ahead(given, evidence(1, Q1=10), bad)
    assert found.now == {"ohs": 0}
    assert short(found.steps["ohs"]) == [(date(2027, 1, 1), 1), (date(2027, 11, 1), None)]


def test_a_decision_that_ends_binds_again_and_no_evidence_is_blamed() -> None:
    given = framework(*(indicator(f"Q{number}", targets={1: 10}) for number in range(1, 5)))
    facts = [evidence(number, **{f"Q{number}": 10}) for number in range(1, 4)]
    found = ahead(given, *facts, decisions=[decision("Q4")])
    step = found.steps["ohs"][0]
    assert (step.day, step.level, step.before) == (date(2027, 1, 1), 0, 1)
    assert [(one.indicator, one.evidence, one.outcome) for one in step.lost] == [("Q4", None, Outcome.NOT_ASSESSED)]


def test_of_several_plants_each_that_lapses_is_named() -> None:
    given = framework(indicator("Q1", targets={1: 10}, site=True))
    facts = [evidence(one, organization=one, Q1=10) for one in (PLANT, OTHER_PLANT)]
    facts[1] = replace(facts[1], observed_to=date(2026, 9, 30))
    family = Family(plants=frozenset((PLANT, OTHER_PLANT)))
    found = outlook(given, SUPPLIER, lambda _: Situation(family, facts), TODAY, UNTIL)
    first, second = found.steps["ohs"]
    assert (first.day, first.level) == (date(2027, 10, 1), 0)
    assert [(one.holder, one.evidence) for one in first.lost] == [(OTHER_PLANT, OTHER_PLANT)]
    assert (second.day, second.level, second.lost) == (date(2027, 11, 1), None, ())


def test_a_plant_that_joins_on_a_day_is_seen_coming() -> None:
    given = framework(indicator("Q1", targets={1: 10}, site=True))
    joins = date(2027, 3, 1)

    def on(day: date) -> Situation:
        facts = [evidence(1, organization=PLANT, Q1=10)]
        if day < joins:
            until = OrganizationFacts(SUPPLIER, good_through=joins - timedelta(days=1))
            return Situation(Family(plants=frozenset((PLANT,))), facts, facts=[until])
        return Situation(Family(plants=frozenset((PLANT, OTHER_PLANT))), facts)

    step = outlook(given, SUPPLIER, on, TODAY, UNTIL).steps["ohs"][0]
    assert (step.day, step.level) == (joins, 0)
    assert [(one.holder, one.evidence) for one in step.lost] == [(OTHER_PLANT, None)]


def test_months_end_on_their_last_days() -> None:
    assert month_ends(date(2027, 1, 31), 3) == (date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31))
    assert month_ends(TODAY, 1) == (date(2026, 11, 30),)
    assert len(month_ends(TODAY, 24)) == 24


def test_a_level_is_read_off_the_steps() -> None:
    given = framework(indicator("Q1", targets={1: 10}))
    found = ahead(given, evidence(1, Q1=10))
    assert [found.level("ohs", day) for day in (date(2027, 10, 31), date(2027, 11, 1))] == [1, None]
