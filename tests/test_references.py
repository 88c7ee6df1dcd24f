"""The reference library: what every framework rests on, searched; and two versions beside each other."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from schemas.framework import ComparisonSchema
from schemas.reference import SourceSchema
from supplychain.frameworks.document import PackErrors
from supplychain.frameworks.loader import load_packs, load_text, shipped_packs
from supplychain.frameworks.references import library
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
    assert law["replaced_by"]["en"] == CODE


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


# -- two versions of a framework


def test_two_versions_are_compared_with_the_evidence_that_serves_both(reader: Member) -> None:
    body = reader.get(f"/v1/frameworks/{FIRST}/comparison/{FULL}").json
    assert ComparisonSchema().validate(body) == {}
    lines = {one["indicator"]: one for one in body["items"]}
    assert (lines["E02"]["change"], lines["E02"]["shared_evidence"]) == ("added", [])
    assert (lines["E05"]["change"], lines["E05"]["shared_evidence"]) == ("same", ["certificate", "quantity"])
    back = reader.get(f"/v1/frameworks/{FULL}/comparison/{FIRST}").json
    assert {one["change"] for one in back["items"]} == {"removed", "same"}


def test_two_frameworks_have_nothing_to_compare(reader: Member) -> None:
    answer = reader.get(f"/v1/frameworks/{FIRST}/comparison/hj450-pcb@1")
    assert (answer.status_code, answer.json["code"]) == (409, "frameworks-differ")
    assert reader.get(f"/v1/frameworks/{FIRST}/comparison/none@1").status_code == 404
