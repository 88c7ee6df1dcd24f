"""Frameworks as data: the shipped pack, units, and what a reference may claim."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.loader import Registry, load_packs, shipped_packs
from supplychain.frameworks.terms import EvidenceKind, Kind, Scope, Tag, Trust
from supplychain.frameworks.units import CODES, UnitsNotConvertible, convert, known
from supplychain.frameworks.values import ValueUnusable, reading

PACKS = Path(__file__).parent / "packs"
REGISTRY: Registry = load_packs([*shipped_packs(), PACKS / "rspo-1.yaml"])


def electronics() -> Framework:
    framework = REGISTRY.get("eseec-electronics@1")
    assert framework is not None
    return framework


def one(indicator_id: str) -> Indicator:
    indicator = electronics().indicator(indicator_id)
    assert indicator is not None
    return indicator


def test_the_electronics_pack_has_four_levels_from_basic_to_pro_active() -> None:
    levels = electronics().levels
    assert [level.rank for level in levels] == [1, 2, 3, 4]
    assert (levels[0].label.en, levels[-1].label.en) == ("Basic", "Pro-active")
    assert [level.ours for level in levels] == [False, True, True, False]


def test_each_pillar_has_eight_indicators_and_something_mandatory_at_every_level() -> None:
    framework = electronics()
    for pillar in framework.pillars:
        mine = [indicator for indicator in framework.indicators if indicator.pillar == pillar.id]
        assert len(mine) == 8
        for level in range(1, framework.top_level + 1):
            assert any((indicator.mandatory_from or 99) <= level and indicator.target(level) for indicator in mine)


def test_the_electronics_pack_uses_every_kind_and_both_scopes() -> None:
    indicators = electronics().indicators
    assert {indicator.kind for indicator in indicators} == set(Kind)
    assert {indicator.scope for indicator in indicators} == set(Scope)
    assert {indicator.id for indicator in indicators if indicator.zero_tolerance} == {"E01", "E06", "C01"}


@pytest.mark.parametrize(
    ("indicator_id", "targets"),
    [
        ("E05", {1: 0, 2: 0, 3: 1, 4: 3}),
        ("E15", {2: 70, 3: 55, 4: 45}),
        ("E21", {2: 5, 3: 20, 4: 50}),
        ("O13", {2: Decimal("3.0"), 3: Decimal("1.5"), 4: Decimal("0.5")}),
        ("C01", {1: 0, 2: 0, 3: 0, 4: 0}),
        ("C26", {2: 8, 3: 16, 4: 24}),
    ],
)
def test_the_numbers_are_those_of_the_reference_list(indicator_id: str, targets: dict[int, Decimal]) -> None:
    assert {target.level: target.value for target in one(indicator_id).targets} == targets


def test_thresholds_of_our_own_say_so() -> None:
    ours = {
        (indicator.id, target.level)
        for indicator in electronics().indicators
        for target in indicator.targets
        if target.ours
    }
    assert ours == {
        *((name, level) for name in ("E21", "O13", "C26") for level in (2, 3, 4)),
        *((("E05", 3), ("E05", 4), ("E06", 4), ("C06", 4), ("C15", 2), ("C15", 3))),
    }


def test_the_least_trust_rises_where_the_pack_says_so() -> None:
    documented, audited = Trust.DOCUMENTED, Trust.AUDITED
    assert one("O13").min_trust == (documented, documented, audited, audited)
    assert one("C19").min_trust == (Trust.SELF_DECLARED, documented, documented, documented)


def test_a_reference_is_checked_only_where_its_text_was_read() -> None:
    for indicator in electronics().indicators:
        assert indicator.references
        for reference in indicator.references:
            assert reference.checked == (reference.tag is Tag.READ)
            assert reference.clause is None or reference.tag is not Tag.REMEMBERED


def test_the_code_replaces_the_old_law_on_its_day() -> None:
    def cited(day: date) -> set[str]:
        return {reference.title.en for reference in one("E01").references if reference.in_force(day)}

    old, new = "Environmental Protection Law (repealed by the Code)", "Ecological and Environmental Code"
    assert (old in cited(date(2026, 8, 14)), new in cited(date(2026, 8, 14))) == (True, False)
    assert (old in cited(date(2026, 8, 15)), new in cited(date(2026, 8, 15))) == (False, True)


def test_every_text_is_there_in_both_languages() -> None:
    for framework in REGISTRY:
        for indicator in framework.indicators:
            for text in (indicator.names, indicator.question, indicator.help):
                assert text.en.strip()
                assert any("\u4e00" <= character <= "\u9fff" for character in text.zh)


def test_a_text_is_handed_out_by_language() -> None:
    assert electronics().pillars[0].names.as_dict() == {"en": "Eco-efficiency", "zh": "生态效率"}


def test_the_registry_finds_frameworks_indicators_and_standards() -> None:
    assert REGISTRY.get("eseec-electronics@9") is None
    assert [indicator.id for indicator in REGISTRY.indicator("E01")] == ["E01", "E01"]  # one a version
    assert [indicator.id for indicator in REGISTRY.indicator("E02")] == ["E02"]
    assert REGISTRY.indicator("nothing") == ()
    assert [standard.versions for standard in REGISTRY.standard("rspo")] == [("IP", "MB")]


def test_only_self_declared_answers_that_can_count_at_level_one_need_no_review() -> None:
    framework, answer, word = electronics(), EvidenceKind.ANSWER, Trust.SELF_DECLARED
    assert framework.accepts_on_receipt(answer, word, frozenset({"C19"}))
    assert not framework.accepts_on_receipt(answer, Trust.DOCUMENTED, frozenset({"C19"}))
    assert not framework.accepts_on_receipt(EvidenceKind.QUANTITY, word, frozenset({"C19"}))
    # level 1 asks for a document; E20 has no target at level 1
    for others in ({"O01"}, {"E20"}, {"C19", "O01"}, {"nothing"}, set()):
        assert not framework.accepts_on_receipt(answer, word, frozenset(others))
    assert framework.receipt_limit(answer, word) == 1
    assert framework.receipt_limit(EvidenceKind.CERTIFICATE, word) == 0


def test_trust_is_ordered_and_told_by_its_word() -> None:
    assert [trust.word for trust in sorted(Trust)] == ["self_declared", "documented", "certified", "audited"]
    assert Trust.of("audited") > Trust.of("certified")
    with pytest.raises(ValueError, match="hearsay"):
        Trust.of("hearsay")


@pytest.mark.parametrize(
    ("value", "unit", "into", "expected"),
    [
        (1320, "LTR/MTK", "MTQ/MTK", "1.32"),
        (198, "3B/MTK", "KWH/MTK", "55"),
        (1, "GV", "KWH", "277.77777777777777777777777777777777777777777777778"),
        (0.5, "C62", "P1", "50"),
        (3, "TNE", "KGM", "3000"),
        (12, "MON", "ANN", "1"),
        (2, "HEA", "IE", "2"),
        (0.1, "KGM", "GRM", "100"),
    ],
)
def test_units_are_converted_exactly(value: float, unit: str, into: str, expected: str) -> None:
    assert convert(value, unit, into) == Decimal(expected)


@pytest.mark.parametrize(
    ("unit", "into"),
    [
        ("KWH", "MTQ"),
        ("HEA", "P1"),
        ("H87", "HEA"),
        ("2N", "P1"),
        ("XYZ", "KWH"),
        ("KWH/", "KWH"),
        ("KWH/MTK/MTK", "KWH"),
    ],
)
def test_units_that_do_not_fit_are_refused(unit: str, into: str) -> None:
    with pytest.raises(UnitsNotConvertible) as refused:
        convert(1, unit, into)
    assert (refused.value.unit, refused.value.into) == (unit, into)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "3", None, Decimal("sNaN")])
def test_only_finite_numbers_are_converted(value: object) -> None:
    with pytest.raises(ValueError, match="number"):
        convert(value, "KWH", "KWH")  # type: ignore[arg-type] # that is the point


@settings(deadline=None)
@given(st.sampled_from(sorted(CODES)), st.sampled_from(sorted(CODES)), st.integers(1, 10**9))
def test_there_and_back_again_is_the_same(unit: str, into: str, value: int) -> None:
    assert known(unit)
    try:
        there = convert(value, unit, into)
    except UnitsNotConvertible:
        return
    assert abs(convert(there, into, unit) - value) <= Decimal(value) * Decimal("1e-40")


@pytest.mark.parametrize(
    ("indicator_id", "value", "unit", "code"),
    [
        ("E01", "yes", None, "not-yes-or-no"),
        ("E01", True, "P1", "unit-not-wanted"),
        ("E15", 3, None, "unit-missing"),
        ("E15", 3, "KWH", "unit-not-convertible"),
        ("E15", "3", "KWH/MTK", "not-a-number"),
        ("E15", True, "KWH/MTK", "not-a-number"),
        ("E20", "everything", None, "not-a-choice"),
        ("E20", 1, None, "not-a-choice"),
        ("E13", True, None, "certificate-needed"),
    ],
)
def test_a_value_that_does_not_answer_is_refused_with_its_code(
    indicator_id: str, value: object, unit: str | None, code: str
) -> None:
    with pytest.raises(ValueUnusable) as refused:
        reading(one(indicator_id), value, unit)
    assert refused.value.code == code


def test_a_value_is_told_in_the_indicator_s_own_terms() -> None:
    assert reading(one("E15"), 198, "3B/MTK") == 55
    assert reading(one("E01"), True, None) is True
    assert reading(one("E20"), "own", None) == "own"


def test_a_framework_is_itself_and_nothing_else() -> None:
    assert electronics() != replace(electronics())
    assert electronics().has_pillar("ohs")
    assert not electronics().has_pillar("all")
