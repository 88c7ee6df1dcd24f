"""Two frameworks, two versions and two jurisdictions beside each other, and the evidence that would serve both."""

from typing import Any

import pytest

from schemas.gap import GapSchema, RegionalSchema
from tests.shelves import pages
from tests.test_exports import rows
from tests.world import Member, World

FIRST, FULL, BOARDS = "eseec-electronics@1", "eseec-electronics@2", "hj450-pcb@1"
PLATING, ENTERPRISE = "electroplating-index@1", "cp-enterprise@1"


@pytest.fixture
def reader(world: World) -> Member:
    return world.join("Reader", "trainer")


def listed(reader: Member, path: str) -> dict[str, Any]:
    return {one["topic"]: one for page in pages(reader, path) for one in page.json["items"]}


def between(reader: Member, before: str, after: str) -> dict[str, Any]:
    return listed(reader, f"/v1/frameworks/{before}/gaps/{after}?limit=10")


def shared(gap: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(one["means"], one["what"], one["sure"]) for one in gap["shared"]}


def test_two_frameworks_are_joined_by_what_they_are_about(reader: Member) -> None:
    found = between(reader, FULL, BOARDS)
    assert all(GapSchema().validate(one) == {} for one in found.values())
    assert found["water"]["side"] == "both"
    assert {one["id"] for one in found["water"]["before"]} == {"E03", "E16", "E16b", "E17"}
    assert found["hours"]["side"] == "before"
    assert (found["hours"]["after"], found["hours"]["shared"]) == ([], [])
    assert found["records"]["side"] == "after"


def test_one_reading_serves_both_where_both_measure_the_same_and_nowhere_else(reader: Member) -> None:
    found = between(reader, FULL, BOARDS)
    readings = [one for gap in found.values() for one in gap["shared"] if one["means"] == "measure"]
    pairs = {(one["what"], *one["before"], *one["after"], one["sure"]) for one in readings}
    assert pairs == {
        ("fresh_water_double_sided", "E16", "HJW2", "certain"),
        ("water_reuse", "E17", "HJU1", "certain"),
        ("electricity_double_sided", "E15", "HJE2", "certain"),
        ("copper_recovery", "E18", "HJU2", "certain"),
    }
    plating = between(reader, FULL, PLATING)
    assert ("measure", "rinse_water", "certain") in shared(plating["water"])
    assert {one for one in shared(between(reader, PLATING, BOARDS)["water"]) if one[0] == "measure"} == set()


def test_levels_of_two_frameworks_are_beside_each_other_and_never_compared(reader: Member) -> None:
    water = between(reader, FULL, BOARDS)["water"]
    (ours,) = [one for one in water["before"] if one["id"] == "E16"]
    (theirs,) = [one for one in water["after"] if one["id"] == "HJW2"]
    assert [one["value"] for one in ours["targets"]] == [1.32, 0.9, 0.5]
    assert [one["level"] for one in ours["targets"]] == [2, 3, 4]
    assert [(one["level"], one["value"]) for one in theirs["targets"]] == [(1, 1.32), (2, 0.9), (3, 0.5)]
    assert not {"difference", "stricter"} & water.keys()


def test_clauses_on_which_both_rest_are_told(reader: Member) -> None:
    water = between(reader, FULL, BOARDS)["water"]
    assert "HJ 450-2008 Cleaner production standard, printed circuit boards" in {
        one["title"]["en"] for one in water["references"]
    }


def test_two_versions_share_indicators_and_certificates(reader: Member) -> None:
    found = between(reader, FIRST, FULL)
    systems = shared(found["management_systems"])
    assert ("indicator", "E13", "certain") in systems
    assert ("certificate", "iso-45001", "certain") in systems
    assert found["soil"]["side"] == "after"
    back = between(reader, FULL, FIRST)
    assert {topic: one["side"] for topic, one in back.items()} == {
        topic: {"before": "after", "after": "before"}.get(one["side"], "both") for topic, one in found.items()
    }


def test_what_nobody_compared_is_possible_and_no_more(reader: Member) -> None:
    kinds = [
        one for gap in between(reader, FULL, ENTERPRISE).values() for one in gap["shared"] if one["means"] == "kind"
    ]
    assert kinds
    assert {one["sure"] for one in kinds} == {"possible"}
    assert "quantity" not in {one["what"] for one in kinds}  # another quantity is another reading


def test_topics_are_narrowed_and_what_is_not_listed_is_refused(reader: Member) -> None:
    path = f"/v1/frameworks/{FULL}/gaps/{BOARDS}"
    assert list(listed(reader, f"{path}?topic=water")) == ["water"]
    assert {one["side"] for one in listed(reader, f"{path}?side=after").values()} == {"after"}
    assert reader.get(f"{path}?topic=astrology").status_code == 422
    assert reader.get(f"/v1/frameworks/{FULL}/gaps/none@1").status_code == 404


def test_the_table_is_exported_in_both_languages(reader: Member) -> None:
    path = f"/v1/frameworks/{FULL}/gaps/{BOARDS}?format=csv"
    (water,) = [row for row in rows(reader.get(f"{path}&header=codes")) if row["topic"] == "water"]
    assert "HJW2" in water["after.id"]
    assert "fresh_water_double_sided" in water["shared.what"]
    chinese = reader.get(path, headers={"Accept-Language": "zh"}).text.splitlines()[0]
    assert "主题" in chinese
    assert "共用" in chinese


# -- jurisdictions


def regions(reader: Member, query: str) -> dict[str, Any]:
    return listed(reader, f"/v1/frameworks/{FULL}/jurisdictions?limit=10&{query}")


def codes(some: list[dict[str, Any]]) -> set[str]:
    return {one["code"] for one in some}


def test_a_topic_shows_what_each_region_asks_on_the_day(reader: Member) -> None:
    found = regions(reader, "on=2026-08-15")
    assert all(RegionalSchema().validate(one) == {} for one in found.values())
    substances = found["substances"]
    assert substances["side"] == "both"
    assert {"EEC", "RHM", "GBT26572"} <= codes(substances["before"])
    assert {"ROHS", "REACH"} <= codes(substances["after"])
    assert {one["id"] for one in substances["shared"]} == {"E10", "E11", "E23"}
    assert found["noise"]["side"] == "before"
    assert all(one["changes"] == [] for one in found.values())


def test_what_changes_overnight_is_told_with_what_takes_its_place(reader: Member) -> None:
    audit = regions(reader, "on=2026-08-14&until=2026-08-15")["cleaner_production"]
    assert "CPL" in codes(audit["before"])
    assert "EEC" not in codes(audit["before"])
    turns = {(one["code"], one["turn"], one["on"]): one for one in audit["changes"]}
    assert turns.keys() == {("CPL", "ends", "2026-08-14"), ("EEC", "begins", "2026-08-15")}
    assert turns["CPL", "ends", "2026-08-14"]["replaced_by"]["code"] == "EEC"
    after = regions(reader, "on=2026-08-15")["cleaner_production"]
    assert codes(after["before"]) == (codes(audit["before"]) - {"CPL"}) | {"EEC"}


def test_a_law_to_come_is_a_change_and_no_duty_yet(reader: Member) -> None:
    labour = regions(reader, "on=2026-11-26&until=2028-01-01")["forced_labour"]
    assert labour["side"] == "before"
    assert codes(labour["changes"]) == {"FLR"}
    assert regions(reader, "on=2027-12-14")["forced_labour"]["side"] == "both"


def test_a_period_runs_forward(reader: Member) -> None:
    path = f"/v1/frameworks/{FULL}/jurisdictions"
    assert reader.get(f"{path}?on=2026-08-15&until=2026-08-14").status_code == 422
    assert reader.get(f"{path}?after=moon").status_code == 422
    assert list(regions(reader, "before=eu&after=international"))
