"""Frameworks over the API: everything a supplier must know to answer, in both languages."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from schemas.framework import FrameworkSchema, FrameworkSummarySchema
from supplychain import frameworks, wiring
from supplychain.app import create_app
from supplychain.config import Settings
from supplychain.db import Database
from supplychain.frameworks.document import PackErrors
from supplychain.work import Runtime
from tests.conftest import PACKS
from tests.world import Member, World

KEY = "eseec-electronics@1"


@pytest.fixture
def reader(world: World) -> Member:
    return world.join("Reader", "trainer")


def runtime_with(*packs: Path) -> Runtime:
    return wiring.runtime(Settings(database_url="sqlite://", packs=packs), Database("sqlite://"))


def one(items: list[dict[str, Any]], identifier: str) -> dict[str, Any]:
    (found,) = [item for item in items if item["id"] == identifier]
    return found


def test_the_list_names_every_version_with_its_pillars_and_levels(reader: Member) -> None:
    items = reader.get("/v1/frameworks").json["items"]
    keys = [item["key"] for item in items]
    assert keys == sorted(keys)
    assert {KEY, "rspo-mill@1"} <= set(keys)
    electronics = next(item for item in items if item["key"] == KEY)
    assert FrameworkSummarySchema().validate(electronics) == {}
    assert [level["rank"] for level in electronics["levels"]] == [1, 2, 3, 4]
    assert [level["ours"] for level in electronics["levels"]] == [False, True, True, False]
    assert [pillar["id"] for pillar in electronics["pillars"]] == ["eco_efficiency", "ohs", "csr"]
    assert electronics["pillars"][1]["names"]["zh"] == "职业健康安全"


def test_the_list_goes_page_by_page(reader: Member) -> None:
    whole = reader.get("/v1/frameworks").json["items"]
    page = reader.get("/v1/frameworks?limit=1")
    walked = page.json["items"]
    while "Link" in page.headers:
        page = reader.get(page.headers["Link"].partition("<")[2].partition(">")[0])
        walked += page.json["items"]
    assert walked == whole


def test_a_framework_is_told_whole_and_as_documented(reader: Member) -> None:
    for key in (KEY, "rspo-mill@1"):
        body = reader.get(f"/v1/frameworks/{key}").json
        assert FrameworkSchema().validate(body) == {}
    electronics = reader.get(f"/v1/frameworks/{KEY}").json
    assert len(electronics["indicators"]) == 24
    assert electronics["on_receipt"] == [{"kind": "answer", "trust": "self_declared", "up_to": 1}]
    assert {sector["id"] for sector in electronics["sectors"]} >= {"PCB", "SMT"}
    assert one(electronics["crosswalk"], "iso-45001")["trust"] == "certified"


def test_an_indicator_says_what_counts_at_which_level(reader: Member) -> None:
    indicators = reader.get(f"/v1/frameworks/{KEY}").json["indicators"]
    permit = one(indicators, "E01")
    assert permit["targets"][0] == {
        "level": 1,
        "value": True,
        "per_parameter": None,
        "also": [],
        "ours": False,
        "mark": None,
    }
    assert permit["min_trust"] == [{"level": level, "trust": "certified"} for level in (1, 2, 3, 4)]
    assert (permit["mandatory_from"], permit["zero_tolerance"], permit["evidence"]) == (1, True, ["certificate"])
    assert permit["question"].keys() == {"en", "zh"}


def test_references_are_dated_and_say_whether_they_were_checked(reader: Member) -> None:
    indicators = reader.get(f"/v1/frameworks/{KEY}").json["indicators"]
    references = [reference for indicator in indicators for reference in indicator["references"]]
    assert {reference["checked"] for reference in references} == {True, False}
    assert all(reference["clause"] for reference in references if reference["checked"])
    code = one(indicators, "E01")["references"][0]
    assert (code["in_force_from"], code["in_force_to"], code["checked"]) == ("2026-08-15", None, True)


def test_references_of_a_day_are_those_in_force_on_it(reader: Member) -> None:
    def cited(day: str) -> list[str]:
        permit = one(reader.get(f"/v1/frameworks/eseec-electronics@2?on={day}").json["indicators"], "E14")
        return [reference["title"]["en"] for reference in permit["references"]]

    old, new = "Cleaner Production Promotion Law (repealed by the Code)", "Ecological and Environmental Code"
    assert (old in cited("2026-08-14"), new in cited("2026-08-14")) == (True, False)
    assert (old in cited("2026-08-15"), new in cited("2026-08-15")) == (False, True)


def test_how_well_a_reference_and_a_number_are_known_is_shown(reader: Member) -> None:
    indicators = reader.get("/v1/frameworks/hj450-pcb@1").json["indicators"]
    water = one(indicators, "HJWM")
    assert [(one["value"], one["per_parameter"], one["mark"]) for one in water["targets"]] == [
        (1.3, 0.5, "known"),
        (0.9, 0.4, "known"),
        (0.5, 0.3, "known"),
    ]
    assert water["parameter"]["id"] == "HJWM.n"
    marks = {reference["mark"] for indicator in indicators for reference in indicator["references"]}
    assert marks == {"read", "known"}


def test_a_weighted_framework_shows_its_weights_scores_and_limiting_rows(reader: Member) -> None:
    body = reader.get("/v1/frameworks/electroplating-index@1").json
    assert FrameworkSchema().validate(body) == {}
    assert [level["score"] for level in body["levels"]] == [100, 85, 85]
    assert [group["weight"] for group in body["groups"]] == [0.33, 0.1, 0.18, 0.16, 0.07, 0.16]
    assert [share["weight"] for group in body["groups"] for share in group["shares"]] == [0.8]
    limiting = [indicator["id"] for indicator in body["indicators"] if indicator["limiting"]]
    assert limiting == [f"EP{number:02}" for number in (5, 14, 15, 16, 18, 19, 21, 23, 25)]


def test_thresholds_that_are_ours_are_shown_as_ours(reader: Member) -> None:
    for key, ours in (("cp-enterprise@1", True), ("electroplating-index@1", False)):
        levels = reader.get(f"/v1/frameworks/{key}").json["levels"]
        assert {one["score_ours"] for one in levels} == {ours}
    indicators = reader.get(f"/v1/frameworks/{KEY}").json["indicators"]
    assert {target["ours"] for indicator in indicators for target in indicator["targets"]} == {True, False}


def test_numbers_are_numbers(reader: Member) -> None:
    body = reader.get(f"/v1/frameworks/{KEY}?kind=quantity").json
    values = [target["value"] for indicator in body["indicators"] for target in indicator["targets"]]
    assert values
    assert all(type(value) in (int, float) for value in values)


def test_indicators_can_be_narrowed(reader: Member) -> None:
    path = f"/v1/frameworks/{KEY}"
    everything = reader.get(path).json["indicators"]
    ohs = reader.get(f"{path}?pillar=ohs").json["indicators"]
    assert ohs == [indicator for indicator in everything if indicator["pillar"] == "ohs"]
    fourth = reader.get(f"{path}?pillar=ohs&level=4").json["indicators"]
    assert fourth == [one for one in ohs if any(target["level"] == 4 for target in one["targets"])]
    answers = reader.get(f"{path}?evidence=answer").json["indicators"]
    assert answers == [one for one in everything if "answer" in one["evidence"]]
    assert 0 < len(answers) < len(everything)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("pillar=ethics", "?pillar"), ("level=5", "?level"), ("level=x", "?level"), ("kind=guess", "?kind")],
)
def test_a_filter_on_what_the_framework_lacks_is_refused(reader: Member, query: str, pointer: str) -> None:
    answer = reader.get(f"/v1/frameworks/{KEY}?{query}")
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]


def test_an_unknown_framework_is_not_found(reader: Member) -> None:
    for key in ("eseec-electronics", "eseec-electronics@9", "none@1", "..%2f"):
        assert reader.get(f"/v1/frameworks/{key}").status_code == 404


def test_frameworks_ask_for_a_key(world: World) -> None:
    assert world.app.test_client().get("/v1/frameworks").status_code == 401


# How packs come into a process --------------------------------------------------------------


def test_the_operators_folders_are_read_besides_the_shipped_packs(tmp_path: Path) -> None:
    shutil.copy(PACKS / "rspo-1.yaml", tmp_path)
    shipped = {pack.framework.key for pack in frameworks.packs(runtime_with())}
    more = {pack.framework.key for pack in frameworks.packs(runtime_with(tmp_path))}
    assert KEY in shipped
    assert more == shipped | {"rspo-mill@1"}


def test_packs_are_read_once_a_process() -> None:
    assert frameworks.packs(runtime_with()) is frameworks.packs(runtime_with())


def test_a_folder_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(PackErrors, match="no-such-folder"):
        create_app(runtime=runtime_with(tmp_path / "none"))


def test_a_broken_pack_stops_the_start_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("id: x\nversion: 1\n", "utf-8")
    with pytest.raises(PackErrors, match=r"broken\.yaml:2: /version"):
        create_app(runtime=runtime_with(tmp_path))
