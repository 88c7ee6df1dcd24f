"""The packs held against a second reading of what they were made of: tables written by hand from the reference list.

Cells are written as the list writes them: a number or `any`, `yes`, `pick2` (the second better answer of a choice),
standards by name. Then `+`: asks something beside that the level below did not; `†`: ours by the list; `‡`: ours
although the list has no †, because no text was found that sets it; V, K, K?: how well the number is known.
"""

import csv
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from supplychain.frameworks.applicability import AnyOf, Condition, OneOf, Words, YesNo
from supplychain.frameworks.framework import Framework, Indicator, Target
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.frameworks.terms import Kind, Tag, Trust

Row = dict[str, str]
PACKS = {pack.key: pack for pack in load_packs(shipped_packs())}
FIRST, FULL = PACKS["eseec-electronics@1"], PACKS["eseec-electronics@2"]
BOARDS, PLATING, SMALL = PACKS["hj450-pcb@1"], PACKS["electroplating-index@1"], PACKS["cp-enterprise@1"]


def table(name: str) -> list[Row]:
    with (Path(__file__).parent / "facts" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


LISTED = {row["id"]: row for row in table("eseec_indicators")}
BOARD_ROWS, PLATING_ROWS = table("board_standard"), table("plating_index")


# -- how a pack says what a cell says


def asked(indicator: Indicator, target: Target) -> str:
    """The value of a target as the tables write it."""
    if indicator.kind is Kind.BOOLEAN:
        return "yes"
    if indicator.kind is Kind.CHOICE:
        return f"pick{[choice.id for choice in indicator.choices].index(str(target.value))}"
    if isinstance(target.value, tuple):
        return "/".join(f"{one.standard}:{one.version}" if one.version else one.standard for one in target.value)
    return "any" if target.value is None else number(str(target.value), target.per_parameter)


def number(value: str, slope: Decimal | None = None) -> str:
    return f"{Decimal(value).normalize():f}" + (f"{slope.normalize():+f}n" if slope else "")


def cell(indicator: Indicator, level: int) -> str:
    target, below = indicator.target(level), indicator.target(level - 1)
    if target is None:
        return ""
    more = set(target.also) - set(below.also if below else ())
    return f"{asked(indicator, target)}{'+' * bool(more)}{'†' * target.ours}{target.tag.value if target.tag else ''}"


def written(text: str) -> str:
    """A cell of a table in the same words: a number without its last noughts."""
    found = re.fullmatch(r"([0-9.]+)(?:([+-][0-9.]+)n)?(.*)", text)
    if found is None:
        return text.replace("‡", "†")
    value, slope, rest = found.groups()
    return number(value, Decimal(slope) if slope else None) + rest.replace("‡", "†")


def trusts(text: str) -> Iterator[Trust]:
    """`D/A3`: documented, from level 3 audited; at each of four levels."""
    letters = {"S": Trust.SELF_DECLARED, "D": Trust.DOCUMENTED, "C": Trust.CERTIFIED, "A": Trust.AUDITED}
    first, _, later = text.partition("/")
    for level in (1, 2, 3, 4):
        yield letters[later[0]] if later and level >= int(later[1]) else letters[first]


def conditions(indicator: Indicator) -> set[str]:
    """All of a rule: every rule that ships asks one thing of a fact, or two with `&&`."""
    rule = indicator.applies
    return {word for one in rule.test.parts() for word in words(one)} if rule else set()


def words(condition: Condition) -> set[str]:
    match condition:
        case OneOf(words=Words(listed, others=False)) | AnyOf(words=Words(listed, others=False), none=False):
            return set(listed)
        case YesNo(fact=fact, wanted=True):
            return {fact}
    raise AssertionError(condition)


def cited(indicator: Indicator) -> set[str]:
    """`EEC 174, 176 [V]`: source, clause without its kind, how well it is known."""
    told = set()
    for one in indicator.references:
        clause = re.sub(r"^(art\.|clauses|principle) |^Tables? (?=\d)", "", one.clause or "")
        clause = f"T{clause}" if (one.clause or "").startswith("Table") else clause
        told.add(f"{one.source}{' ' * bool(clause)}{clause} [{one.tag.value}]")
    return told


# -- the four-level model


def test_the_table_has_the_79_indicators_of_the_list_and_the_seven_that_were_divided() -> None:
    assert len({name[:3] for name in LISTED}) == 79
    assert LISTED.keys() == {one.id for one in FULL.indicators}


@pytest.mark.parametrize("row", LISTED)
def test_an_indicator_asks_what_the_list_asks(row: str) -> None:
    told, indicator = LISTED[row], FULL.indicator(row)
    assert indicator is not None
    assert (indicator.kind, indicator.unit or "", indicator.better or "") == (
        told["kind"],
        told["unit"],
        told["better"],
    )
    assert indicator.mandatory_from == (int(told["mandatory"]) if told["mandatory"] else None)
    assert indicator.min_trust == tuple(trusts(told["trust"]))
    assert indicator.validity_months == int(told["months"])
    assert conditions(indicator) == set(told["where"].split())
    # below the level from which it is mandatory a target is never judged, so the pack has none
    judged = range(indicator.mandatory_from or 1, 5)
    listed = {level: written(told[f"level{level}"]) for level in judged}
    assert {level: cell(indicator, level) for level in judged} == listed


@pytest.mark.parametrize("row", LISTED)
def test_an_indicator_cites_what_the_list_cites_and_is_no_surer_of_it(row: str) -> None:
    indicator = FULL.indicator(row)
    assert indicator is not None
    assert cited(indicator) == {one.strip() for one in LISTED[row]["references"].split(";")}


def test_the_first_version_asks_and_cites_nothing_that_the_list_does_not() -> None:
    for indicator in FIRST.indicators:
        told = LISTED[indicator.id]
        for target in indicator.targets:
            assert cell(indicator, target.level).rstrip("VK?") == written(told[f"level{target.level}"]).rstrip("VK?")
        assert indicator.min_trust == tuple(trusts(told["trust"]))
        assert conditions(indicator) == set(told["where"].split())
        assert cited(indicator) <= {one.strip() for one in told["references"].split(";")}


def test_a_remembered_source_has_no_clause_and_a_read_one_has() -> None:
    for pack in PACKS.values():
        for reference in (one for indicator in pack.indicators for one in indicator.references):
            assert not (reference.tag is Tag.REMEMBERED and reference.clause)
            assert reference.checked == (reference.tag is Tag.READ and reference.clause is not None)


def test_every_day_on_which_a_source_begins_or_ends_is_the_list_s() -> None:
    dated: dict[str, tuple[str, str, str]] = {}
    for pack in PACKS.values():
        for one in (one for indicator in pack.indicators for one in indicator.references):
            days = (_day(one.in_force_from), _day(one.in_force_to), one.replaced_by or "")
            if any(days):
                assert dated.setdefault(one.source, days) == days, (pack.key, one.source)
    assert dated == {
        row["code"]: (row["in_force_from"], row["in_force_to"], row["replaced_by"]) for row in table("source_days")
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


@pytest.mark.parametrize("pack", [FIRST, FULL], ids=lambda pack: pack.key)
def test_certificates_of_a_replaced_edition_count_as_long_as_the_edition_may_be_cited(pack: Framework) -> None:
    ended = {one.source: one.in_force_to for indicator in pack.indicators for one in indicator.references}
    environment, social = pack.standard("iso-14001"), pack.standard("sa8000")
    assert environment is not None
    assert social is not None
    assert environment.until == {"2015": ended["I14-2015"]} == {"2015": date(2029, 5, 31)}
    # the list found the day on which SA8000:2026 was published, and no day on which the edition of 2014 ends
    assert (social.versions, dict(social.until), ended["SA"]) == (("2014", "2026"), {}, None)
    # nobody compared the edition of 2026: it proves the social audit, which its name is a target of, and no more
    assert {one.version for one in social.satisfies} == {"2014"}


CITED_AS = {
    "iso-14001": {"I14-2015", "I14-2026"},
    "iso-45001": {"I45"},
    "iso-50001": {"I50"},
    "sa8000": {"SA"},
    "qc-080000": {"QC"},
    "rba-vap": {"RBA"},
}


@pytest.mark.parametrize("standard", CITED_AS)
def test_a_certificate_proves_nothing_beyond_the_crosswalk_of_the_list(standard: str) -> None:
    """In full only where the list has its topic in full; in part where it has it, or the indicator cites it."""
    found = FULL.standard(standard)
    assert found is not None
    topics = [(set(row["indicators"].split()), row[standard]) for row in table("crosswalk") if row[standard]]
    for one in found.satisfies:
        indicator = FULL.indicator(one.indicator)
        assert indicator is not None
        told = {word for rows, word in topics if one.indicator[:3] in rows}
        cites = CITED_AS[standard] & {reference.source for reference in indicator.references}
        assert one.tag is Tag.KNOWN
        assert "f" in told if one.relation == "full" else told or cites, one.indicator
        # a system or an audit never proves a limit value of the air, the water or the workplace
        assert not (one.relation == "full" and one.indicator in {"E03", "E04", "E05", "O10", "C05"})


# -- the standard for boards, the index for plating, the small index


def _rows(pack: Framework) -> dict[str, Indicator]:
    return {one.id: one for one in pack.indicators}


def test_the_board_standard_has_the_rows_of_the_list_and_no_other() -> None:
    assert sorted(row["row"] for row in BOARD_ROWS) == sorted(one.id for one in BOARDS.indicators)


@pytest.mark.parametrize("told", BOARD_ROWS, ids=lambda told: told["row"])
def test_a_row_of_the_board_standard_is_graded_as_the_list_grades(told: Row) -> None:
    indicator = _rows(BOARDS)[told["row"]]
    assert (indicator.pillar, indicator.unit or "", indicator.better or "") == (
        told["category"],
        told["unit"],
        told["better"],
    )
    assert conditions(indicator) == set(told["board type"].split())
    mark = "†" if told["mark"] == "ours" else told["mark"]
    for grade, level in ((1, 3), (2, 2), (3, 1)):
        assert cell(indicator, level) == written(told[f"grade {grade}"]) + mark, grade


def test_the_index_for_plating_has_25_rows() -> None:
    assert [f"EP{int(row['row']):02}" for row in PLATING_ROWS] == [one.id for one in PLATING.indicators]


@pytest.mark.parametrize("told", PLATING_ROWS, ids=lambda told: f"EP{int(told['row']):02}")
def test_a_row_of_the_plating_index_weighs_and_asks_what_table_one_says(told: Row) -> None:
    indicator = _rows(PLATING)[f"EP{int(told['row']):02}"]
    group = next(one for one in PLATING.groups if one.id == told["group"])
    assert (indicator.group, str(group.weight), not group.ours) == (told["group"], told["group weight"], True)
    if told["weight"] == "0.8/n":
        assert indicator.shared
        assert (indicator.weight, group.share(indicator.shared).weight) == (None, Decimal("0.8"))
    else:
        assert (indicator.weight, indicator.shared) == (Decimal(told["weight"]), None)
    assert indicator.limiting == (told["limiting"] == "*")
    assert (indicator.unit or "", indicator.better or "") == (told["unit"], told["better"])
    for name, level in (("class I", 3), ("class II", 2), ("class III", 1)):
        assert cell(indicator, level) == written(told[name]) + told["mark"], name
    (reference,) = indicator.references
    assert reference.tag.value == told["mark"]
    assert reference.clause == (None if told["mark"] == "K?" else f"row {told['row']}")


def test_the_small_index_has_the_categories_and_classes_that_the_programme_names_and_all_else_is_ours() -> None:
    assert [(group.names.en, group.quantitative) for group in SMALL.groups] == [
        ("Energy", True),
        ("Resources", True),
        ("Comprehensive use of wastes", True),
        ("Pollutant emission", True),
        ("Compliance with policy on technologies", False),
        ("Cleaner production management", False),
        ("EMS and compliance with standards", False),
    ]
    assert [level.label.en for level in SMALL.levels] == [
        "Cleaner Production Enterprise",
        "Advanced Cleaner Production Enterprise",
    ]
    assert not any(level.ours for level in SMALL.levels)
    assert all(level.score_ours for level in SMALL.levels)
    assert not any(level.score_ours for level in PLATING.levels)
    assert all(target.ours for one in SMALL.indicators for target in one.targets)
    assert {one.clause for indicator in SMALL.indicators for one in indicator.references} == {None}


# The palm trial's certificate -----------------------------------------------------------------------


def test_rspo_is_known_with_its_editions_and_proves_nothing_of_a_factory() -> None:
    palm = PACKS["palm-mill@1"]
    assert {one.id: one.versions for one in palm.crosswalk} == {
        "rspo-mill-mb": ("2013", "2018", "2024"),
        "rspo-mill-ip": ("2013", "2018", "2024"),
        "rspo-scc": ("2011", "2014", "2017", "2020"),
    }
    assert all(one.authority.en.endswith("accredited for the RSPO") for one in palm.crosswalk)
    assert not any(one.satisfies or one.carries for one in palm.crosswalk)
    assert {reference.clause for one in palm.indicators for reference in one.references} == {None}
    assert all(target.tag is Tag.KNOWN for one in palm.indicators for target in one.targets)
    others = [one.id for key, pack in PACKS.items() if key != palm.key for one in pack.crosswalk]
    assert not any(one.startswith("rspo") for one in others)
