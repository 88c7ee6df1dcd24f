"""The electronics pack in full: what it must hold, and that its levels are climbed one by one."""

from collections import Counter
from datetime import date, timedelta

import pytest

from supplychain.conformity.rules import OrganizationFacts, Outcome, unmet_for
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.frameworks.terms import Tag
from tests.conformity_cases import SUPPLIER, assessed, evidence, outcome
from tests.grading import just_meeting


def _pack(key: str) -> Framework:
    found = load_packs(shipped_packs()).get(key)
    assert found is not None
    return found


FULL, FIRST = _pack("eseec-electronics@2"), _pack("eseec-electronics@1")
PILLARS = {"eco_efficiency", "ohs", "csr"}
BINDING = [one.id for one in FULL.indicators if one.mandatory_from is not None]


def test_each_pillar_has_at_least_twenty_indicators() -> None:
    count = Counter(one.pillar for one in FULL.indicators)
    assert count == {"eco_efficiency": 29, "ohs": 28, "csr": 29}


def test_every_indicator_of_the_reference_list_is_there_and_no_other() -> None:
    whole = {f"E{n:02}" for n in range(1, 27)} | {f"O{n:02}" for n in range(1, 27)} | {f"C{n:02}" for n in range(1, 28)}
    assert len(whole) == 79
    assert {one.id[:3] for one in FULL.indicators} == whole


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_a_plant_that_just_meets_every_target_of_a_level_stands_at_it(level: int) -> None:
    result = assessed(FULL, *just_meeting(FULL, level))
    assert {name: pillar.level for name, pillar in result.pillars.items()} == dict.fromkeys(PILLARS, level)


@pytest.mark.parametrize("row", BINDING)
def test_every_mandatory_indicator_alone_keeps_its_pillar_below_the_top(row: str) -> None:
    indicator = FULL.indicator(row)
    assert indicator is not None
    assert indicator.mandatory_from is not None
    result = assessed(FULL, *just_meeting(FULL, 4, {row: -1}))
    level = result.pillars[indicator.pillar].level
    certified = {one.indicator for standard in FULL.crosswalk for one in standard.satisfies if one.relation == "full"}
    assert level is not None
    assert level < 4
    assert level == indicator.mandatory_from - 1 or row in certified  # the certificates of the others prove it in part
    assert row in {one.indicator for one in unmet_for(result, indicator.pillar, 4)}


@pytest.mark.parametrize("row", ["C01", "C04", "E01", "E06", "O14"])
def test_zero_tolerance_puts_the_pillar_at_level_zero(row: str) -> None:
    indicator = FULL.indicator(row)
    assert indicator is not None
    assert indicator.zero_tolerance
    assert {one.id for one in FULL.indicators if one.zero_tolerance} == {"C01", "C04", "E01", "E06", "O14"}
    if row == "O14":
        # not a number of accidents, but one that was not reported
        told = evidence(99, framework=FULL.id, values={"O14": (3, "C62"), "O14.reported": (False, None)})
        pillar = assessed(FULL, *just_meeting(FULL, 4, {row: -1}), told).pillars["ohs"]
    else:
        pillar = assessed(FULL, *just_meeting(FULL, 4, {row: 0})).pillars[indicator.pillar]
    assert (pillar.level, pillar.zero_tolerance) == (0, (row,))


def test_a_target_without_a_number_asks_its_question_only() -> None:
    for reported, expected in ((True, Outcome.MET), (False, Outcome.UNMET)):
        told = evidence(1, framework=FULL.id, values={"O12": (7, "C62"), "O12.reported": (reported, None)})
        result = assessed(FULL, told)
        assert outcome(result, "O12", 1) is expected
        assert outcome(result, "O12", 2) is Outcome.UNMET


def test_what_a_plant_verifiably_is_not_is_not_asked() -> None:
    facts = [
        OrganizationFacts(
            SUPPLIER,
            {
                "sector": frozenset({"MET"}),
                "size": frozenset({"small"}),
                "dormitory_or_canteen": False,
                "occupational_hazards": False,
                "high_toxic_goods": False,
                "discharge_permit": False,
                "soil_key_unit": False,
            },
        )
    ]
    result = assessed(FULL, facts=facts)
    gone = {name for name, one in result.results.items() if one.levels[0].outcome is Outcome.NOT_APPLICABLE}
    assert gone == {
        *("E03", "E09", "E12", "E15", "E16", "E16b", "E17", "E18", "E26a", "E26b"),
        *("O09", "O10", "O11", "O18", "O20", "O21", "O22", "O24", "C20", "C27a"),
    }


def test_a_reference_says_how_well_it_is_known_and_is_never_cited_out_of_its_days() -> None:
    for indicator in FULL.indicators:
        assert indicator.references, indicator.id
        for day in (date(2026, 8, 14), date(2026, 8, 15), date(2027, 8, 1)):
            assert any(one.in_force(day) for one in indicator.references), (indicator.id, day)
        for reference in indicator.references:
            assert reference.checked == (reference.tag is Tag.READ)


def test_the_repealed_laws_end_with_the_day_before_the_code() -> None:
    repealed = {one for indicator in FULL.indicators for one in indicator.references if "repealed" in one.title.en}
    assert len({one.title.en for one in repealed}) == 8
    assert {one.in_force_to for one in repealed} == {date(2026, 8, 14)}


def test_china_rohs_changes_its_standard_on_the_first_of_august_2027() -> None:
    rohs = FULL.indicator("E10")
    assert rohs is not None
    cited = {day: {one.title.en[:9] for one in rohs.references if one.in_force(day)} for day in _AROUND}
    assert "GB/T 2657" in cited[_AROUND[0]]
    assert "GB 26572-" not in cited[_AROUND[0]]
    assert "GB/T 2657" not in cited[_AROUND[1]]
    assert "GB 26572-" in cited[_AROUND[1]]


_AROUND = (date(2027, 7, 31), date(2027, 8, 1))


@pytest.mark.parametrize(
    ("source", "first", "last"),
    [
        ("SA-2026", date(2026, 1, 1), None),
        ("I14-2026", date(2026, 4, 15), None),
        ("I14-2015", None, date(2029, 5, 31)),
        ("CPL", date(2003, 1, 1), date(2026, 8, 14)),
        ("EEC", date(2026, 8, 15), None),
        ("GBT26572", None, date(2027, 7, 31)),
        ("GB26572", date(2027, 8, 1), None),
    ],
)
def test_a_source_is_cited_on_its_first_and_last_day_and_not_on_the_days_beside(
    source: str, first: date | None, last: date | None
) -> None:
    cited = [one for indicator in FULL.indicators for one in indicator.references if one.source == source]
    assert cited
    if first is not None:
        assert {(one.in_force(first - A_DAY), one.in_force(first)) for one in cited} == {(False, True)}
    if last is not None:
        assert {(one.in_force(last), one.in_force(last + A_DAY)) for one in cited} == {(True, False)}


A_DAY = timedelta(days=1)


def test_what_the_first_version_asks_the_full_one_asks_too() -> None:
    for old in FIRST.indicators:
        new = FULL.indicator(old.id)
        assert new is not None
        assert [(one.level, one.value, one.also) for one in new.targets] == [
            (one.level, one.value, one.also) for one in old.targets
        ]
        assert (new.kind, new.unit, new.min_trust, new.choices) == (old.kind, old.unit, old.min_trust, old.choices)


def test_codes_of_buyers_never_prove_the_overtime_limit_of_the_law() -> None:
    for standard in FULL.crosswalk:
        assert all(one.relation.value == "partial" for one in standard.satisfies if one.indicator == "C05")
    assert FULL.standard("iso-26000") is None
