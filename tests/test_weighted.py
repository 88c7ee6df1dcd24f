"""Indexes: limiting rows all met, and a weighted score; with the test vectors of the reference list."""

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supplychain.conformity.rules import OrganizationFacts, PillarResult, unmet_for
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.loader import load_packs, shipped_packs
from tests.conformity_cases import SUPPLIER, assessed, decision, evidence
from tests.grading import Row, index_sheet, just_meeting, weighted

GROUPS = {"one": "0.6", "two": "0.4"}
ROWS: list[Row] = [
    ("A", "one", Decimal("0.5"), False),
    ("B", "one", Decimal("0.3"), True),
    ("C", "one", Decimal("0.2"), False),
    ("D", "two", Decimal("0.2"), True),
    ("E", "two", None, False),
    ("F", "two", None, False),
]
NAMES = [name for name, *_ in ROWS]
INDEX = weighted(GROUPS, ROWS)


def pack(key: str) -> Framework:
    found = load_packs(shipped_packs()).get(key)
    assert found is not None
    return found


PLATING = pack("electroplating-index@1")


def index(framework: Framework, *facts: Any, **options: Any) -> PillarResult:
    return assessed(framework, *facts, **options).pillars["index"]


def readings(values: dict[str, int]) -> list[Any]:
    return [evidence(number, **{row: value}) for number, (row, value) in enumerate(values.items())]


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 40)), st.sets(st.sampled_from(NAMES), max_size=4))
def test_class_and_scores_are_those_of_the_spreadsheet(values: dict[str, int], away: set[str]) -> None:
    result = index(INDEX, *readings(values), decisions=[decision(row) for row in sorted(away)])
    held, columns = index_sheet(GROUPS, ROWS, values, away)
    assert result.level == held
    for place, check in enumerate(result.checks):
        if columns is None:
            assert check.score is None
            assert check.mark is not None
        else:
            assert check.score is not None
            assert Fraction(check.score) <= columns[place] < Fraction(check.score) + Fraction(1, 100)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 40), min_size=1), st.data())
def test_raising_any_reading_never_lowers_the_class(values: dict[str, int], data: st.DataObject) -> None:
    raised = {row: value + data.draw(st.integers(0, 20)) for row, value in values.items()}
    before, after = (index(INDEX, *readings(told)).level for told in (values, raised))
    assert before is not None
    assert after is not None
    assert after >= before


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 40), min_size=1), st.randoms())
def test_the_order_of_evidence_is_irrelevant_and_a_class_implies_those_below(
    values: dict[str, int], shuffler: Random
) -> None:
    facts = readings(values)
    result = index(INDEX, *facts)
    shuffler.shuffle(facts)
    assert index(INDEX, *facts) == result
    level = result.level or 0
    assert [check.passed for check in result.checks] == [True] * level + [False] * (3 - level)


def test_exactly_the_score_is_enough_and_a_hair_less_is_not() -> None:
    rows: list[Row] = [("A", "one", Decimal("0.85"), True), ("B", "one", Decimal("0.15"), False)]
    assert index(weighted({"one": "1"}, rows), evidence(1, A=30, B=0)).level == 3
    rows = [("A", "one", Decimal("0.849999999"), True), ("B", "one", Decimal("0.150000001"), False)]
    result = index(weighted({"one": "1"}, rows), evidence(1, A=30, B=0))
    assert (result.level, result.checks[2].score) == (0, Decimal("84.99"))


def test_what_is_missing_names_limiting_rows_first_and_marks_those_of_which_enough_would_do() -> None:
    result = assessed(INDEX, evidence(1, A=19, B=30, C=30, D=19, E=30, F=30))
    assert [(one.indicator, one.optional) for one in unmet_for(result, "index", 2)] == [("A", True), ("D", False)]
    # the score suffices, only the limiting row is wanting
    result = assessed(INDEX, evidence(1, A=30, B=30, C=30, D=19, E=30, F=19))
    assert [(one.indicator, one.optional) for one in unmet_for(result, "index", 2)] == [("D", False), ("F", True)]
    result = assessed(INDEX, evidence(1, A=30, B=30, C=30, D=19, E=30, F=30))
    assert [(one.indicator, one.optional) for one in unmet_for(result, "index", 2)] == [("D", False)]


# -- the pack for electroplating: the test vectors of the reference list


def test_the_weights_of_the_plating_pack_are_those_of_table_one() -> None:
    assert sum(group.weight for group in PLATING.groups) == 1
    assert len(PLATING.indicators) == 25


def test_all_rows_at_class_two_score_100_for_two_and_three_and_25_6_for_one() -> None:
    result = index(PLATING, *just_meeting(PLATING, 2))
    assert [check.score for check in result.checks] == [Decimal(100), Decimal(100), Decimal("25.60")]
    assert result.level == 2


def test_all_limiting_rows_at_class_one_and_15_1_per_cent_below_it_is_not_class_one() -> None:
    # 0.33·0.40 (lines) + 0.16·0.10 (treatment) = 14.8 %, and a metal of five: 0.18·0.8/5 = 2.88 %
    metals = OrganizationFacts(SUPPLIER, {"processes": frozenset({"zinc_plating", "copper_plating"})})
    below = {"EP03": 2, "EP22": 2}
    assert index(PLATING, *just_meeting(PLATING, 3, below), facts=[metals]).level == 3  # 85.2
    below |= {"EP24": 0}
    result = index(PLATING, *just_meeting(PLATING, 3, below), facts=[metals])
    assert result.checks[2].score == Decimal("83.60")
    assert result.level == 2
    assert result.checks[0].score == Decimal("98.40")  # the row without meters misses class III as well


def test_84_9_is_not_85() -> None:
    rows: list[Row] = [
        ("L", "one", Decimal("0.5"), True),
        ("M", "one", Decimal("0.349"), False),
        ("N", "one", Decimal("0.151"), False),
    ]
    result = index(weighted({"one": "1"}, rows), evidence(1, L=30, M=30, N=29))
    assert [check.score for check in result.checks] == [Decimal(100), Decimal(100), Decimal("84.90")]
    assert result.level == 2


def test_one_row_that_misses_class_three_costs_its_score_but_not_class_two() -> None:
    result = index(PLATING, *just_meeting(PLATING, 2, {"EP13": 0}))
    assert result.checks[0].score == Decimal("96.40")
    assert result.level == 2
    assert [check.passed for check in result.checks] == [True, True, False]


@pytest.mark.parametrize("row", [one.id for one in PLATING.indicators if one.limiting])
def test_one_limiting_row_missed_means_no_class_at_all(row: str) -> None:
    assert index(PLATING, *just_meeting(PLATING, 3, {row: 0})).level == 0


@pytest.mark.parametrize(
    ("metals", "each"),
    [({"zinc_plating"}, "14.40"), ({"zinc_plating", "gold_plating"}, "7.20")],
)
def test_metals_divide_their_share_however_many_there_are(metals: set[str], each: str) -> None:
    facts = [OrganizationFacts(SUPPLIER, {"processes": frozenset(metals)})]
    full = index(PLATING, *just_meeting(PLATING, 3), facts=facts).checks[2].score
    short = index(PLATING, *just_meeting(PLATING, 3, {"EP06": 0}), facts=facts).checks[2].score
    assert full is not None
    assert short is not None
    assert full - short == Decimal(each)


@pytest.mark.parametrize("level", [1, 2])
def test_the_small_index_has_four_quantitative_and_three_qualitative_groups(level: int) -> None:
    small = pack("cp-enterprise@1")
    assert [group.quantitative for group in small.groups] == [True] * 4 + [False] * 3
    assert all(group.ours for group in small.groups)
    assert all(target.ours for one in small.indicators for target in one.targets)
    assert index(small, *just_meeting(small, level)).level == level
