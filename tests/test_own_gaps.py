"""What is held under one framework and how far it goes in another: what serves both, what may be sent again."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from schemas.gap import OwnGapPageSchema
from tests.factories import MILLS, building
from tests.grading import just_meeting
from tests.shelves import pages
from tests.test_exports import rows
from tests.test_methods import BOARDS, PACKS, send
from tests.world import START, Member, World

FIRST, FULL = "eseec-electronics@1", "eseec-electronics@2"


@pytest.fixture
def plant(world: World) -> Member:
    return world.join("Board maker", "supplier")


def path(framework: str, other: str, level: int | None = None) -> str:
    asked = f"/v1/me/gaps?framework={framework}&other={other}&limit=50"
    return asked if level is None else f"{asked}&level={level}"


def gaps(plant: Member, *asked: Any) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for page in pages(plant, path(*asked)) for one in page.json["items"]}


def serving(found: dict[str, dict[str, Any]], how: str) -> set[str]:
    return {name for name, one in found.items() if one["serving"] == how}


def certificates(key: str, level: int) -> Iterable[Any]:
    return (one for one in just_meeting(PACKS[key], level) if one.standard)


def test_who_holds_nothing_lacks_everything_that_applies(plant: Member) -> None:
    answer = plant.get(path(FULL, BOARDS, 1))
    assert OwnGapPageSchema().validate(answer.json) == {}
    assert {one["serving"] for one in answer.json["items"]} == {"missing"}
    assert answer.json["level"] == 1
    found = gaps(plant, FULL, BOARDS, 1)
    assert answer.json["counts"] == {"both": 0, "other": 0, "again": 0, "missing": len(found)}


def test_a_reading_for_one_framework_may_be_sent_again_for_what_measures_the_same(world: World, plant: Member) -> None:
    send(world, plant, [one for one in just_meeting(PACKS[FULL], 4) if "E16" in one.values or "E17" in one.values])
    found = gaps(plant, FULL, BOARDS, 3)
    assert serving(found, "again") == {"HJW2", "HJU1"}
    (again,) = found["HJW2"]["again"]
    (own,) = [one for one in plant.get("/v1/evidence?limit=100").json["items"] if one["id"] == again["id"]]
    assert (again["indicator"], again["sure"]) == ("E16", "certain")
    assert [one["indicator"] for one in own["values"]] == ["E16"]
    assert found["HJW2"]["evidence"] == []


def test_a_reading_over_fewer_months_than_the_other_wants_is_not_offered_to_be_sent_in_vain(
    world: World, plant: Member
) -> None:
    (year,) = [one for one in just_meeting(PACKS[FIRST], 4) if "E15" in one.values]  # it asks no months
    quarter = replace(year, observed_from=START - timedelta(days=130))
    send(world, plant, [quarter])
    assert "HJE2" not in serving(gaps(plant, FIRST, BOARDS, 3), "again")
    send(world, plant, [replace(year, observed_from=START - timedelta(days=400))])
    found = gaps(plant, FIRST, BOARDS, 3)
    assert (found["HJE2"]["serving"], len(found["HJE2"]["again"])) == ("again", 1)


def test_a_reading_that_lapsed_is_no_longer_offered(world: World, plant: Member) -> None:
    old = [one for one in just_meeting(PACKS[FULL], 4) if "E16" in one.values]
    send(world, plant, old)
    assert serving(gaps(plant, FULL, BOARDS, 3), "again") == {"HJW2"}
    world.clock.advance(400)
    assert serving(gaps(plant, FULL, BOARDS, 3), "again") == set()


def test_what_was_sent_again_serves_the_other_and_is_not_asked_for_any_more(world: World, plant: Member) -> None:
    send(world, plant, [one for one in just_meeting(PACKS[FULL], 4) if "E16" in one.values])
    send(world, plant, [one for one in just_meeting(PACKS[BOARDS], 3) if "HJW2" in one.values])
    found = gaps(plant, FULL, BOARDS, 3)
    assert (found["HJW2"]["serving"], found["HJW2"]["result"], found["HJW2"]["again"]) == ("other", "met", [])
    assert len(found["HJW2"]["evidence"]) == 1


def test_one_certificate_serves_both(world: World, plant: Member) -> None:
    send(world, plant, list(certificates(FIRST, 4)))
    found = gaps(plant, FIRST, FULL, 4)
    both = serving(found, "both")
    assert {"E13", "O25"} <= both
    assert all(found[name]["result"] == "met" and found[name]["evidence"] for name in both)
    assert serving(found, "again") == set()  # versions of one framework hear the same evidence


def test_the_level_asked_about_is_the_next_one_and_what_is_not_there_is_refused(world: World, plant: Member) -> None:
    assert plant.get(path(FULL, BOARDS)).json["level"] == 1
    send(world, plant, list(just_meeting(PACKS[BOARDS], 1)))
    assert plant.get(path(FULL, BOARDS)).json["level"] == 2
    assert plant.get(path(FULL, BOARDS, 4)).json["errors"][0]["code"] == "level-unknown"
    assert plant.get(path(FULL, "none@1")).status_code == 404


def test_evidence_of_another_owner_counts_for_a_plant_and_is_not_told(world: World) -> None:
    with building(world) as build:
        build.organization("plant", kind="plant")
        build.own("group", "plant")
        build.prove("group", sites=[build.number("plant")])
        build.work.touch(build.number("plant"))
        group, plant = (build.member(name, "supplier") for name in ("group", "plant"))
    asked = path(MILLS, MILLS, 1)
    (own,) = group.get(f"{asked}&organization={plant.id}").json["items"]
    (listed,) = plant.get(asked).json["items"]
    assert (own["serving"], len(own["evidence"])) == ("both", 1)
    assert (listed["serving"], listed["evidence"]) == ("both", [])


def test_the_table_is_exported(world: World, plant: Member) -> None:
    send(world, plant, [one for one in just_meeting(PACKS[FULL], 4) if "E16" in one.values])
    found = rows(plant.get(path(FULL, BOARDS, 3).replace("limit=50", "format=csv&header=codes")))
    (water,) = [one for one in found if one["id"] == "HJW2"]
    assert (water["serving"], water["again.indicator"]) == ("again", "E16")
