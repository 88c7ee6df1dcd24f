"""Levels over time: every change that was recorded, for the organization itself."""

from datetime import timedelta

from tests.factories import ELECTRONICS
from tests.supplying import ask, prove, supply
from tests.test_exports import rows
from tests.world import START, Member, World

PATH = f"/v1/me/levels?framework={ELECTRONICS}"


def mill_of(world: World) -> Member:
    brand, mill = world.join("Brand", "brand"), world.join("Mill", "supplier")
    supply(world, brand.number, mill.number)
    ask(world, brand.number, 1, {"ohs": 2})
    return mill


def told(mill: Member, pillar: str = "ohs") -> list[tuple[int, int | None, str]]:
    items = mill.get(f"{PATH}&pillar={pillar}").json["items"]
    return [(one["step"], one["level"], one["since"]) for one in items]


def test_a_level_rises_with_evidence_and_falls_on_the_day_after_it_lapsed(world: World) -> None:
    mill = mill_of(world)
    world.clock.advance(10)
    proven = START + timedelta(days=10)
    prove(world, mill.number, 2, until=proven + timedelta(days=30))
    world.clock.advance(60)
    world.do(lambda work: work.touch(mill.number))
    steps = told(mill)
    assert steps[0][1] is None
    assert (2, proven.isoformat()) in [(level, since) for _, level, since in steps]
    assert steps[-1][2] == (proven + timedelta(days=31)).isoformat()
    assert steps[-1][1] != 2
    assert [step for step, _, _ in steps] == list(range(1, len(steps) + 1))


def test_what_is_derived_anew_to_the_same_level_is_no_step(world: World) -> None:
    mill = mill_of(world)
    prove(world, mill.number, 2)
    before = told(mill)
    world.do(lambda work: work.touch(mill.number))
    prove(world, mill.number, 2, trust="certified")
    assert told(mill) == before


def test_nobody_reads_the_levels_of_another(world: World) -> None:
    mill = mill_of(world)
    prove(world, mill.number, 2)
    stranger = world.join("Stranger", "supplier")
    assert stranger.get(PATH).json["items"] == []
    assert stranger.get(f"{PATH}&organization={mill.id}").status_code == 404
    assert world.members["Brand"].get(PATH).status_code == 403


def test_the_steps_are_exported_as_data_for_a_plot(world: World) -> None:
    mill = mill_of(world)
    prove(world, mill.number, 2)
    found = rows(mill.get(f"{PATH}&pillar=ohs&format=csv&header=codes"))
    assert found[-1]["level"] == "2"
    assert found[-1]["since"] == START.isoformat()
