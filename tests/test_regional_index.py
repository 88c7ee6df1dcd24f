"""The index of a region: progress, weak links and goals, in counts that no single company can be read from."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.conformity import protected, regional
from supplychain.conformity.regional import OTHER, Counted
from supplychain.network import engine
from supplychain.work import run
from tests.test_methods import PACKS, meets, send
from tests.world import Member, World

INDEX = "cp-enterprise@1"
PACK = PACKS[INDEX]


def one(region: str, root: int, held: int, *wanting: str) -> Counted:
    return Counted(region, root, held, {1: frozenset(wanting), 2: frozenset(wanting)})


def plants(world: World, region: str, classes: list[int]) -> list[Member]:
    """Companies of a region that hold these classes."""
    joined = [
        world.join(f"{region} {at} {world.clock.now:%m}", "supplier", region=region) for at, _ in enumerate(classes)
    ]
    for plant, held in zip(joined, classes, strict=True):
        send(world, plant, meets(PACK, held))
    return joined


def asked(world: World, **query: Any) -> list[dict[str, Any]]:
    words = "&".join(f"{name}={value}" for name, value in {"framework": INDEX, **query}.items())
    items: list[dict[str, Any]] = world.join("Office", "operator").get(f"/v1/indexes?{words}").json["items"]
    return items


def counted(world: World) -> None:
    run(world.runtime, lambda work: protected.compute(work, engine.network(work), work.today))


def test_a_region_shows_how_many_hold_each_class_and_how_far_the_goal_is(world: World) -> None:
    plants(world, "Jiangsu", [1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
    counted(world)
    (item,) = asked(world, level=2, goal=80)
    assert item["region"] == "Jiangsu"
    assert [one["organizations"] for one in item["classes"]] == [0, 5, 5]
    assert (item["percent"], item["change"], item["distance"]) == (50, 0, 5)
    assert {one["organizations"] for one in item["weak_links"]} == {5}


def test_a_region_of_four_is_counted_with_the_others(world: World) -> None:
    plants(world, "Jiangsu", [1, 1, 1, 1, 2, 2])
    plants(world, "Anhui", [1, 1, 2, 2])
    plants(world, "Gansu", [1, 1, 2])
    counted(world)
    assert [one["region"] for one in asked(world)] == [None, "Jiangsu"]


def test_a_region_whose_plants_all_hold_one_class_says_nothing_of_each(world: World) -> None:
    plants(world, "Jiangsu", [1, 1, 1, 1, 1, 1])
    counted(world)
    assert asked(world) == []


def test_what_was_counted_stays_for_the_month(world: World) -> None:
    first, *_ = plants(world, "Jiangsu", [1, 1, 1, 2, 2, 2])
    counted(world)
    before = asked(world)
    assert before
    send(world, first, meets(PACK, 2))
    assert asked(world) == before


def test_progress_is_told_month_by_month(world: World) -> None:
    plants(world, "Jiangsu", [1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
    counted(world)
    world.clock.go_to(date(2026, 12, 2))
    plants(world, "Jiangsu", [2, 2, 2, 2, 2])
    counted(world)
    first, second = asked(world, level=2)
    assert (first["month"], second["month"]) == ("2026-11-01", "2026-12-01")
    assert (first["percent"], second["percent"], second["change"]) == (50, 67, 17)


@pytest.mark.parametrize("role", ["brand", "supplier", "reviewer", "trainer"])
def test_who_runs_no_programme_is_not_shown_regions(world: World, role: str) -> None:
    assert world.join("Somebody", role).get(f"/v1/indexes?framework={INDEX}").status_code == 403


def test_a_framework_without_an_index_is_refused(world: World) -> None:
    told = world.join("Office", "operator").get("/v1/indexes?framework=eseec-electronics@2")
    assert told.status_code == 422
    assert told.json["errors"][0]["code"] == "not-an-index"


PLACES = st.sampled_from(["Jiangsu", "Anhui", "Gansu", OTHER])
CROWDS = st.lists(st.builds(one, PLACES, st.integers(1, 6), st.integers(0, 2), st.sampled_from(["CPE1", "CPP1"])))


@given(CROWDS)
def test_no_cell_speaks_of_fewer_than_five_organizations_of_three_owners(crowd: list[Counted]) -> None:
    told = regional.cells(PACK, crowd)
    rest = [each for each in crowd if each.region not in told or each.region == OTHER]
    for region, counts in told.items():
        members = rest if region == OTHER else [each for each in crowd if each.region == region]
        assert len(members) >= 5
        assert len({each.root for each in members}) >= 3
        assert all(count % 5 == 0 for count in counts["classes"].values())
        assert all(count % 5 == 0 and count for weak in counts["weak"].values() for count in weak.values())
