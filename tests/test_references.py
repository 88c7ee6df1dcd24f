"""The reference library: what every framework rests on, searched; and two versions beside each other."""

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from schemas.framework import ComparisonSchema
from schemas.reference import SourceSchema, WholeSourceSchema
from supplychain.frameworks import units
from supplychain.frameworks.document import PackErrors
from supplychain.frameworks.framework import Indicator
from supplychain.frameworks.loader import load_packs, load_text, shipped_packs
from supplychain.frameworks.references import library
from supplychain.frameworks.successions import successions
from supplychain.frameworks.topics import measures
from tests.shelves import pages
from tests.test_framework_errors import PACK
from tests.world import Member, World

FIRST, FULL = "eseec-electronics@1", "eseec-electronics@2"
CODE = "Ecological and Environmental Code"


@pytest.fixture
def reader(world: World) -> Member:
    return world.join("Reader", "trainer")


def found(reader: Member, query: str) -> list[dict[str, Any]]:
    return [one for page in pages(reader, f"/v1/references?limit=200&{query}") for one in page.json["items"]]


def titles(reader: Member, query: str) -> list[str]:
    return [one["title"]["en"] for one in found(reader, query)]


def test_every_source_is_there_once_with_everything_that_cites_it(reader: Member) -> None:
    items = found(reader, "")
    names = [one["title"]["en"] for one in items]
    assert names == sorted(set(names))
    assert all(SourceSchema().validate(one) == {} for one in items)
    cited = {(one["framework"], one["indicator"]) for source in items for one in source["citations"]}
    packs = load_packs(shipped_packs())
    assert cited >= {(pack.key, one.id) for pack in packs for one in pack.indicators if one.references}
    (code,) = [one for one in items if one["title"]["en"] == CODE]
    assert (code["title"]["zh"], code["in_force_from"], code["in_force_to"]) == ("生态环境法典", "2026-08-15", None)
    assert {FIRST, FULL} == {one["framework"] for one in code["citations"]}


def test_it_is_searched_in_both_languages_by_title_and_by_what_cites_it(reader: Member) -> None:
    assert titles(reader, "q=overtime&region=international") == [
        "ILO C1 Hours of work",
        "RBA Code of Conduct 8.0",
        "SA8000:2014",
    ]
    assert CODE in titles(reader, "q=生态环境法典")
    assert titles(reader, "q=噪声&on=2026-08-15") == titles(reader, "q=boundary noise&on=2026-08-15")
    assert titles(reader, "q=nothing of the kind") == []


def test_a_day_shows_what_was_in_force_on_it_and_what_replaced_the_rest(reader: Member) -> None:
    old = "Cleaner Production Promotion Law (repealed by the Code)"
    assert (old in titles(reader, "on=2026-08-14"), CODE in titles(reader, "on=2026-08-14")) == (True, False)
    assert (old in titles(reader, "on=2026-08-15"), CODE in titles(reader, "on=2026-08-15")) == (False, True)
    (law,) = [one for one in found(reader, "") if one["title"]["en"] == old]
    assert (law["replaced_by"]["code"], law["replaced_by"]["title"]["en"]) == ("EEC", CODE)


def test_it_is_narrowed_to_a_region_and_to_a_framework(reader: Member) -> None:
    assert {one["region"] for one in found(reader, f"framework={FULL}")} == {"china", "eu", "international"}
    boards = found(reader, "framework=hj450-pcb@1&region=china")
    assert {one["framework"] for source in boards for one in source["citations"]} == {"hj450-pcb@1"}
    assert reader.get("/v1/references?region=moon").status_code == 422


def test_it_goes_page_by_page(reader: Member) -> None:
    walked = [one for page in pages(reader, "/v1/references?limit=40") for one in page.json["items"]]
    assert walked == found(reader, "")


@pytest.mark.parametrize(
    ("addition", "error"),
    [
        ("replaced_by: LORE", "11: /sources/LAW/replaced_by: unknown-source"),
        ("replaced_by: LAW", "11: /sources/LAW/replaced_by: unknown-source"),
        ("region: moon", "11: /sources/LAW/region: bad-value"),
        ("kind: rumour", "11: /sources/LAW/kind: bad-value"),
    ],
)
def test_a_source_that_names_nothing_known_is_refused_with_its_line(addition: str, error: str) -> None:
    with pytest.raises(PackErrors) as caught:
        load_text("tiny.yaml", PACK.replace("in_force_from: 2020-01-01", f"in_force_from: 2020-01-01, {addition}"))
    assert [f"{one.line}: {one.pointer}: {one.code}" for one in caught.value.errors] == [error]


def test_a_source_that_two_packs_name_by_one_title_is_one(tmp_path: Path) -> None:
    for pack in shipped_packs():
        shutil.copy(pack, tmp_path)
    whole = library(load_packs(sorted(tmp_path.glob("*.yaml"))))
    (law,) = [one for one in whole if one.title.en == "Labour Law"]
    assert {one.framework for one in law.citations} == {FIRST, FULL}


# -- topics, kinds, marks, and what took the place of what


def test_every_source_is_about_a_topic_of_the_list_and_says_how_well_it_is_known(reader: Member) -> None:
    listed = [one["id"] for page in pages(reader, "/v1/topics?limit=20") for one in page.json["items"]]
    assert listed == sorted(set(listed))
    for one in found(reader, ""):
        assert one["topics"], one["code"]
        assert set(one["topics"]) <= set(listed)
        assert (one["mark"] == "read") == (one["checked_on"] is not None)
        assert all((it["mark"] == "read") == (it["checked_on"] is not None) for it in one["citations"])
    unsaid = {one["code"] for one in found(reader, "") if one["kind"] is None}
    assert unsaid == {"ECR", "PCBI", "HJ450D"}  # a platform, one without an issuer, and a draft


def test_topics_beyond_those_of_the_reference_list_are_ours(reader: Member) -> None:
    """The list's crosswalk has thirty-odd topics, from legal register to disclosure; what it lacks we added."""
    ours = {one["id"] for page in pages(reader, "/v1/topics?limit=20") for one in page.json["items"] if one["ours"]}
    assert ours == {
        *("management_systems", "cleaner_production", "process", "materials", "noise"),
        *("soil", "packaging", "product", "chemicals", "payment"),
    }


def test_it_is_narrowed_to_a_topic_and_a_kind(reader: Member) -> None:
    conventions = titles(reader, "kind=convention&topic=hours&framework=eseec-electronics@2")
    assert conventions == ["ILO C1 Hours of work", "ILO C132 Holidays with pay", "ILO C14 Weekly rest"]
    (code,) = [one for one in found(reader, "topic=noise") if one["code"] == "EEC"]
    assert {one["indicator"] for one in code["citations"]} == {"E05"}
    assert found(reader, "topic=astrology") == []
    assert reader.get("/v1/references?kind=rumour").status_code == 422


def test_a_topic_is_found_by_its_name(reader: Member) -> None:
    assert titles(reader, "q=占星") == []
    assert titles(reader, "q=矿产")
    assert set(titles(reader, "topic=minerals")) <= set(titles(reader, "q=Minerals"))


def test_replacement_is_told_both_ways(reader: Member) -> None:
    items = {one["code"]: one for one in found(reader, "")}
    for one in items.values():
        if one["replaced_by"]:
            assert one["code"] in [it["code"] for it in items[one["replaced_by"]["code"]]["replaces"]]
    assert {one["code"] for one in items["EEC"]["replaces"]} == {"EPL", "SWL", "NOI", "CPL", "EIA", "APL", "WPL", "SOL"}
    assert [one["code"] for one in items["GB26572"]["replaces"]] == ["GBT26572", "SJT11364"]


def test_a_source_tells_which_clause_took_the_place_of_which(reader: Member) -> None:
    law = reader.get("/v1/references/CPL").json
    assert WholeSourceSchema().validate(law) == {}
    audit = law["successions"][0]
    assert audit["before"] == [{"code": "CPL", "clauses": ["27"]}]
    assert audit["after"] == [{"code": "EEC", "clauses": ["966", "967"]}]
    assert (audit["mark"], audit["checked_on"]) == ("read", "2026-11-22")
    code = reader.get("/v1/references/EEC").json
    assert audit in code["successions"]
    new = [row["topic"]["en"] for row in code["successions"] if not row["before"]]
    assert len(new) == 6
    assert reader.get("/v1/references/RBA").json["successions"] == []
    assert reader.get("/v1/references/none").status_code == 404


def test_successors_are_of_the_library_and_of_what_had_ended_or_goes_on(reader: Member) -> None:
    items = {one["code"]: one for one in found(reader, "")}
    for row in successions():
        assert {one.source for one in row.after} == {"EEC"}
        for before in row.before:
            ended = items[before.source]["in_force_to"] == "2026-08-14"
            assert ended or before.source == "PPR"  # the regulation on permits is still in force


def test_two_sources_of_one_code_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(PACK, "utf-8")
    other = PACK.replace("id: tiny", "id: other").replace("en: Law", "en: Other law")
    other = other.replace("Q1", "U1").replace("id: X1", "id: V1").replace("indicator: X1", "indicator: V1")
    (tmp_path / "b.yaml").write_text(other, "utf-8")
    codes = {one.code for one in library(load_packs(sorted(tmp_path.glob("*.yaml"))))}
    assert codes == {"LAW", "LAW.other"}


@pytest.mark.parametrize(
    ("addition", "error"),
    [
        ("topics: {astrology: []}", "/topics/astrology: unknown-topic"),
        ("topics: {water: [NONE]}", "/topics/water/0: unknown-indicator"),
        ("measures: {water_reuse: [X1]}", "/measures/water_reuse/0: not-for-kind"),
        ("measures: {astrology: []}", "/measures/astrology: unknown-measure"),
    ],
)
def test_a_topic_or_a_measure_that_is_not_listed_is_refused(addition: str, error: str) -> None:
    with pytest.raises(PackErrors) as caught:
        load_text("tiny.yaml", f"{PACK}\n{addition}\n")
    assert [f"{one.pointer}: {one.code}" for one in caught.value.errors] == [error]


def test_every_indicator_that_ships_has_a_topic() -> None:
    without = [one.id for pack in load_packs(shipped_packs()) for one in pack.indicators if not one.topics]
    assert without == []


def test_one_measure_is_one_reading_whoever_asks_for_it() -> None:
    told: dict[str, list[Indicator]] = {}
    for pack in load_packs(shipped_packs()):
        for one in pack.indicators:
            if one.measure:
                told.setdefault(one.measure, []).append(one)
    assert told.keys() == measures().keys()
    for several in told.values():
        assert len({one.id for one in several}) > 1
        for one in several:
            assert one.unit
            assert several[0].unit
            assert units.convert(Decimal(1), one.unit, several[0].unit) > 0
            assert one.better is several[0].better


# -- two versions of a framework


def test_two_versions_are_compared_with_the_evidence_that_serves_both(reader: Member) -> None:
    body = reader.get(f"/v1/frameworks/{FIRST}/comparison/{FULL}").json
    assert ComparisonSchema().validate(body) == {}
    lines = {one["indicator"]: one for one in body["items"]}
    assert (lines["E02"]["change"], lines["E02"]["shared_evidence"]) == ("added", [])
    assert (lines["E05"]["change"], lines["E05"]["shared_evidence"]) == ("same", ["certificate", "quantity"])
    back = reader.get(f"/v1/frameworks/{FULL}/comparison/{FIRST}").json
    assert {one["change"] for one in back["items"]} == {"removed", "same", "changed"}
    # the later version asks them for their months
    changed = {one["indicator"] for one in back["items"] if one["change"] == "changed"}
    assert changed == {"E06", "E15", "E21", "O13", "C06", "C26"}


def test_two_frameworks_have_nothing_to_compare(reader: Member) -> None:
    answer = reader.get(f"/v1/frameworks/{FIRST}/comparison/hj450-pcb@1")
    assert (answer.status_code, answer.json["code"]) == (409, "frameworks-differ")
    assert reader.get(f"/v1/frameworks/{FIRST}/comparison/none@1").status_code == 404
