"""Grades: a category is graded like its worst row, a plant like its worst category."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supplychain.conformity.rules import Mark, OrganizationFacts, Outcome, appraise, unmet_for
from supplychain.conformity.rules.facts import Family
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.frameworks.terms import Trust
from tests.conformity_cases import SUPPLIER, TODAY, assessed, decision, evidence, finding, outcome
from tests.grading import graded, just_meeting

ROWS = {"A": "process", "B": "process", "C": "recycling", "D": "recycling"}
PACK = graded(ROWS)


def boards() -> Framework:
    found = load_packs(shipped_packs()).get("hj450-pcb@1")
    assert found is not None
    return found


def grades(pack: Framework, *facts: Any, **options: Any) -> dict[str, int | None]:
    return {name: one.level for name, one in assessed(pack, *facts, **options).pillars.items()}


# -- the oracle: a spreadsheet with a row an indicator, no code of the rules


def sheet(readings: dict[str, int], away: set[str]) -> dict[str, int | None]:
    """Grade of each category from {row: reading}; thresholds 10, 20, 30."""
    told: dict[str, int | None] = {}
    for category in dict.fromkeys(ROWS.values()):
        mine = [row for row, name in ROWS.items() if name == category]
        columns = [min(3, max(0, readings[row] // 10)) if row in readings else 0 for row in mine if row not in away]
        seen = any(row in readings for row in mine)
        told[category] = (min(columns) if columns else 0) if seen else None
    return told


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(ROWS)), st.integers(0, 45)), st.sets(st.sampled_from(sorted(ROWS))))
def test_grades_are_those_of_the_spreadsheet(readings: dict[str, int], away: set[str]) -> None:
    facts = [evidence(number, **{row: value}) for number, (row, value) in enumerate(readings.items())]
    result = assessed(PACK, *facts, decisions=[decision(row) for row in sorted(away)])
    wanted = sheet(readings, away)
    assert {name: one.level for name, one in result.pillars.items()} == wanted
    known = [grade for grade in wanted.values() if grade is not None]
    assert result.overall == (min(known) if len(known) == len(wanted) else None)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(ROWS)), st.integers(0, 45), min_size=1), st.data())
def test_raising_any_reading_never_lowers_a_grade(readings: dict[str, int], data: st.DataObject) -> None:
    raised = {row: value + data.draw(st.integers(0, 20)) for row, value in readings.items()}
    before, after = (
        grades(PACK, *(evidence(number, **{row: value}) for number, (row, value) in enumerate(told.items())))
        for told in (readings, raised)
    )
    assert all((after[name] or 0) >= (grade or 0) for name, grade in before.items())


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(ROWS)), st.integers(0, 45), min_size=1), st.randoms())
def test_the_order_of_evidence_is_irrelevant_and_a_grade_implies_those_below(
    readings: dict[str, int], shuffler: Random
) -> None:
    facts = [evidence(number, **{row: value}) for number, (row, value) in enumerate(readings.items())]
    result = assessed(PACK, *facts)
    shuffler.shuffle(facts)
    assert assessed(PACK, *facts) == result
    for one in result.pillars.values():
        assert [check.passed for check in one.checks[: one.level or 0]] == [True] * (one.level or 0)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(ROWS)), st.integers(0, 45)), st.sets(st.sampled_from(sorted(ROWS))))
def test_what_does_not_apply_cannot_raise_a_category_that_is_capped(readings: dict[str, int], away: set[str]) -> None:
    facts = [evidence(number, **{row: value}) for number, (row, value) in enumerate(readings.items())]
    decided = [decision(row) for row in sorted(away)]
    capped = [
        name
        for name, one in assessed(PACK, *facts, decisions=decided).pillars.items()
        if any(check.mark for check in one.checks)
    ]
    everything = assessed(PACK, *facts, decisions=[decision(row) for row in ROWS])
    for name in capped:
        assert not everything.pillars[name].level
        assert all(check.mark is Mark.NO_MANDATORY for check in everything.pillars[name].checks)


def test_one_row_below_grade_two_keeps_its_category_there_and_says_so() -> None:
    facts = [evidence(1, A=30, B=19, C=30, D=30)]
    result = assessed(PACK, *facts)
    assert {name: one.level for name, one in result.pillars.items()} == {"process": 1, "recycling": 3}
    assert result.overall == 1
    assert [(one.indicator, one.level, one.outcome) for one in unmet_for(result, "process", 2)] == [
        ("B", 2, Outcome.UNMET)
    ]


def test_an_open_finding_and_too_little_trust_count_as_in_any_framework() -> None:
    facts = [evidence(1, A=30, B=30)]
    assert grades(PACK, *facts, findings=[finding("A")])["process"] == 0
    assert grades(PACK, *facts, trust_floor=Trust.CERTIFIED)["process"] is None
    arguments = (PACK, SUPPLIER, Family(), facts, (), (), ())
    _, standing = appraise(*arguments, TODAY)
    assert (standing["process"].level, standing["process"].certified_level) == (3, None)
    _, later = appraise(*arguments, TODAY + timedelta(days=400))
    assert (later["process"].level, later["process"].lapsed_level) == (None, 3)


# -- the pack for printed circuit boards


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_board_plant_that_just_meets_every_row_of_a_grade_has_it_in_all_six_categories(level: int) -> None:
    pack = boards()
    assert len(pack.pillars) == 6
    result = assessed(pack, *just_meeting(pack, level))
    # the product row asks the same at every grade, and so do laws and waste handling
    assert min(one.level or 0 for one in result.pillars.values()) == level == result.overall
    assert result.pillars["resources"].level == level


@pytest.mark.parametrize("row", [one.id for one in boards().indicators])
def test_every_row_alone_can_keep_a_board_plant_from_any_grade(row: str) -> None:
    pack = boards()
    assert assessed(pack, *just_meeting(pack, 3, {row: 0})).overall == 0


@pytest.mark.parametrize(
    ("row", "layers_above_two", "grades_123"),
    [
        ("HJWM", 2, ["1.1", "1.7", "2.3"]),
        ("HJWH", 4, ["2.6", "3.4", "4.5"]),
        ("HJEM", 2, ["85", "115", "135"]),
        ("HJDM", 2, ["1.00", "1.56", "2.28"]),
        ("HJDH", 0, ["0.52", "0.85", "1.3"]),
        ("HJCM", 6, ["33", "50", "98"]),
        ("HJOH", 2, ["220", "360", "540"]),
    ],
)
def test_limits_of_multilayer_and_hdi_boards_follow_their_layers(
    row: str, layers_above_two: int, grades_123: list[str]
) -> None:
    pack = boards()
    unit = next(one.unit for one in pack.indicators if one.id == row)
    for grade, limit in enumerate(grades_123, start=1):
        for reading, better_than in ((Decimal(limit), True), (Decimal(limit) + Decimal("0.001"), False)):
            values = {row: (reading, unit), f"{row}.n": (layers_above_two, "C62")}
            result = assessed(pack, evidence(1, framework="hj450-pcb", values=values))
            assert (outcome(result, row, 4 - grade) is Outcome.MET) is better_than


def test_a_reading_without_its_layers_decides_nothing() -> None:
    result = assessed(boards(), evidence(1, framework="hj450-pcb", values={"HJWM": (Decimal("0.1"), "MTQ/MTK")}))
    assert outcome(result, "HJWM") is Outcome.NOT_ASSESSED
    assert [source.problem for source in result.results["HJWM"].sources] == ["parameter-missing"]
    below = {"HJWM": (Decimal("0.1"), "MTQ/MTK"), "HJWM.n": (-1, "C62")}
    result = assessed(boards(), evidence(1, framework="hj450-pcb", values=below))
    assert [source.problem for source in result.results["HJWM"].sources] == ["parameter-negative"]


def test_board_types_that_a_plant_verifiably_does_not_make_are_not_asked() -> None:
    pack = boards()
    gone = {one.id: 0 for one in pack.indicators if one.id[-1] in "1MH" and one.id[:3] in _TYPED}
    double_sided = OrganizationFacts(SUPPLIER, {"board_types": frozenset({"double"})})
    assert assessed(pack, *just_meeting(pack, 3, gone), facts=[double_sided]).overall == 3
    assert assessed(pack, *just_meeting(pack, 3, gone)).overall == 0  # unproven, they bind


_TYPED = {"HJW", "HJE", "HJL", "HJD", "HJC", "HJO"}
