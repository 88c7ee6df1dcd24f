"""Whose results a plant and a company take over (domain rules: Organization)."""

from datetime import date
from typing import Any

import pytest

from supplychain.conformity.rules import Family, Outcome, Why
from tests.conformity_cases import (
    SUPPLIER,
    assessed,
    decision,
    evidence,
    finding,
    framework,
    indicator,
    level_of,
    outcome,
)

PLANTS = framework(indicator("S1", site=True), indicator("C1"))
GROUP = Family(plants=frozenset({11, 12}))


def at_site(site: int, value: int, **fields: Any) -> Any:
    return evidence(fields.pop("number", site), S1=value, sites=frozenset({site}), **fields)


LAPSED = {"observed_to": date(2020, 1, 1)}
SITE_OUTCOMES: dict[Outcome, list[Any]] = {
    Outcome.UNMET: [at_site(11, 0)],
    Outcome.EXPIRED: [at_site(11, 30, **LAPSED)],
    Outcome.NOT_ASSESSED: [],
    Outcome.PARTLY_MET: [at_site(11, 10)],
    Outcome.MET: [at_site(11, 10, values={"S1": (10, "P1"), "S1.log": (True, None)})],
}
WORST = list(SITE_OUTCOMES)


@pytest.mark.parametrize("one", WORST)
@pytest.mark.parametrize("other", WORST)
def test_a_company_takes_the_worst_of_its_plants(one: Outcome, other: Outcome) -> None:
    given = framework(indicator("S1", site=True, also={1: ("S1.log",)}))
    second = [
        at_site(12, 0, number=fact.number + 1, values=dict(fact.values), observed_to=fact.observed_to)
        for fact in SITE_OUTCOMES[other]
    ]
    result = assessed(given, *SITE_OUTCOMES[one], *second, family=GROUP)
    assert outcome(result, "S1") is WORST[min(WORST.index(one), WORST.index(other))]


def test_the_answer_names_the_plant_that_is_the_worst() -> None:
    result = assessed(PLANTS, at_site(11, 30), at_site(12, 5), family=GROUP).results["S1"]
    assert (result.levels[0].holder, result.levels[0].evidence) == (12, 12)
    assert {source.holder for source in result.sources} == {11, 12}


def test_plants_where_it_does_not_apply_are_left_out() -> None:
    away = decision("S1", organization=12)
    assert outcome(assessed(PLANTS, at_site(11, 30), family=GROUP, decisions=[away]), "S1") is Outcome.MET
    both = [away, decision("S1", organization=11)]
    nowhere = assessed(PLANTS, family=GROUP, decisions=both)
    assert (outcome(nowhere, "S1"), nowhere.results["S1"].levels[0].why) == (Outcome.NOT_APPLICABLE, Why.DECISION)


def test_a_company_without_plants_answers_site_indicators_itself_and_one_with_plants_does_not() -> None:
    own = evidence(S1=30)
    assert outcome(assessed(PLANTS, own), "S1") is Outcome.MET
    assert outcome(assessed(PLANTS, own, family=GROUP), "S1") is Outcome.NOT_ASSESSED


def test_a_plant_takes_its_company_result_for_organization_indicators_and_its_own_for_site_ones() -> None:
    facts = [evidence(1, C1=30), evidence(2, S1=30), evidence(3, C1=0, S1=10, organization=11)]
    result = assessed(PLANTS, *facts, subject=11, family=Family(company=SUPPLIER))
    assert (outcome(result, "C1", 3), outcome(result, "S1", 1), outcome(result, "S1", 2)) == (
        Outcome.MET,
        Outcome.MET,
        Outcome.UNMET,
    )


def test_a_finding_at_one_plant_pulls_down_that_plant_and_its_company_but_not_its_sister() -> None:
    facts = [at_site(11, 30), at_site(12, 30), evidence(3, C1=30)]
    found = [finding("S1", organization=11)]
    levels = {
        number: level_of(assessed(PLANTS, *facts, subject=number, family=family, findings=found))
        for number, family in {SUPPLIER: GROUP, 11: Family(SUPPLIER), 12: Family(SUPPLIER)}.items()
    }
    assert levels == {SUPPLIER: 0, 11: 0, 12: 3}


def test_a_finding_on_the_company_itself_holds_though_its_plants_answer() -> None:
    facts = [at_site(11, 30), at_site(12, 30), evidence(3, C1=30)]
    assert outcome(assessed(PLANTS, *facts, family=GROUP, findings=[finding("S1")]), "S1") is Outcome.UNMET
