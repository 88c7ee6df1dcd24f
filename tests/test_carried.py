"""Lists that are carried from revision to revision say what lists made from nothing say, whatever happened."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.memory import Memory
from graph.network import Network, Organization
from supplychain.conformity import levels, supplied
from supplychain.moments import Moment
from supplychain.network import engine, visibility
from supplychain.network.engine import Engine, Past, State
from supplychain.work import Work
from tests.factories import Builder, building
from tests.graph.strategies import COUNTRIES
from tests.graph.test_parts import same_facts
from tests.world import World

SELLERS = ("mill", "dye", "spin", "gin", "farm")
QUESTIONS = ("", "status=overdue", "min_gap=1", "kind=pseudonym", "tier=2", "flag=training")
SUPPOSED = ({"open": {"supplier": "org_dye", "category": "85"}}, {"end": {"requirement": "req_brand"}})


def change(build: Builder, chance: random.Random, unproven: list[str]) -> None:
    """Something happens: mostly to links, now and then to a level, an attribute, a demand, an answer or a waiver."""
    buyer, supplier = chance.choice(("brand", *SELLERS)), chance.choice(SELLERS)
    happens = chance.choice(("link",) * 6 + ("private", "prove", "country", "answer", "waive", "require"))
    if happens == "prove":
        if unproven:
            build.prove(unproven.pop(), valid_until=build.work.today + timedelta(days=chance.choice((100, 4_000))))
    elif happens == "country":
        build.organization(supplier, country=chance.choice(("CN", "DE")))
    elif happens == "answer":
        build.answer(supplier, "req_brand", chance.choice(("accept", "decline")), id=f"ans_{chance.random()}")
    elif happens == "waive":
        build.waive("brand", supplier, id=f"wvr_{chance.random()}", veiled=chance.random() < 0.5)
    elif happens == "require":
        build.require(
            "brand", (2, 1), f"again_{chance.random()}", link_scope=["85"], supplier_scope={"countries": ["CN"]}
        )
    elif buyer != supplier:
        build.link(
            buyer,
            supplier,
            chance.choice(("85", "39")),
            state=chance.choice(("confirmed", "confirmed", "claimed", "ended")),
            disclosure=chance.choice(("identity", "identity", "pseudonym", "none")),
            since=chance.choice((None, build.work.today)),
            private_to="brand" if happens == "private" else None,
        )


def lives(world: World, chance: random.Random, chain: str, steps: int) -> Iterator[None]:
    """A small world since yesterday, and step by step what happens to it."""
    unproven = [*SELLERS[1:]]
    with building(world) as build:
        build.member("brand", "brand")
        build.chain(chain, "85")
        build.require("brand", (2, 1))
        build.prove("mill")
    world.clock.advance(1)
    for _ in range(steps):
        for _ in range(chance.choice((1, 1, 3))):
            with building(world) as build:
                change(build, chance, unproven)
        yield


def answers(world: World) -> Iterator[Any]:
    """What the brand is told, page by page, filter by filter."""
    brand = world.members["brand"]
    for question in QUESTIONS:
        yield question, brand.get(f"/v1/suppliers?limit=3&{question}").json
    yield (
        "statuses",
        [brand.get(f"/v1/suppliers/{one['id']}/status").json for one in brand.get("/v1/suppliers").json["items"]],
    )
    for one in brand.get("/v1/requirements").json["items"]:
        yield one["id"], brand.get(f"/v1/requirements/{one['id']}/obligations").json
    for supposed in SUPPOSED:
        answer = brand.post("/v1/what-if", {"changes": [supposed]})
        yield supposed, {name: value for name, value in answer.json.items() if name != "instance"}


@pytest.mark.parametrize("seed", range(2))
def test_what_is_carried_over_revisions_is_what_is_made_from_nothing(world: World, seed: int) -> None:
    chance = random.Random(seed)
    for _ in lives(world, chance, "brand > mill > spin", 15):
        if chance.random() < 0.1:
            world.clock.advance(1)
        carried = list(answers(world))
        network = world.runtime.component(Engine).state.network
        memory, network.memory = network.memory, Memory()
        assert carried == list(answers(world))
        network.memory = memory


def moments(world: World) -> tuple[str, ...]:
    """Now, another day, another knowledge; where both are told, the day by what is known now."""
    today = world.do(lambda work: work.today)
    before, after = today - timedelta(days=1), today + timedelta(days=300)
    return "", f"on={before}", f"on={before}&known={today}", f"known={before}", f"on={after}"


def answers_of(world: World, moment: str) -> Iterator[Any]:
    """What the brand is told of another day."""
    paths = [f"suppliers?{question}" for question in ("", "limit=2", "status=overdue", "tier=2")]
    paths += [f"network/{way}?" for way in ("chokepoints", "exposure", "shared-suppliers")]
    for path in (*paths, "network?format=node-link", "requirements/req_brand/obligations?"):
        answer = world.members["brand"].get(f"/v1/{path}&{moment}")
        assert answer.status_code == 200
        yield path, answer.json


@pytest.mark.parametrize("seed", range(2))
def test_what_is_told_of_another_day_is_what_is_told_with_nothing_remembered(world: World, seed: int) -> None:
    chance = random.Random(seed)
    for _ in lives(world, chance, "brand > mill > spin > farm", 10):
        if chance.random() < 0.1:
            with building(world) as build:
                build.own("brand", chance.choice(SELLERS))
        if chance.random() < 0.3:
            world.clock.advance(1)
        asked = moments(world)
        carried = [list(answers_of(world, moment)) for moment in asked]
        network = world.runtime.component(Engine).state.network
        memory, past = network.memory, world.runtime.components.pop(Past)
        for moment, told in zip(asked, carried, strict=True):
            network.memory = Memory()
            assert told == list(answers_of(world, moment)), moment
        network.memory, world.runtime.components[Past] = memory, past


def test_what_came_since_undone_is_what_the_logs_fold_to(world: World) -> None:
    chance, heads, plants = random.Random(5), set[tuple[int, int]](), [*SELLERS]

    def present(body: Callable[[Work], Any]) -> Any:
        work = Work(world.runtime, writes=False)
        try:
            return body(work)
        finally:
            work.close()

    for _ in lives(world, chance, "brand > mill > spin", 12):
        if plants and chance.random() < 0.5:
            with building(world) as build:
                build.own("brand", plants.pop())
        world.clock.advance(chance.choice((0, 0, 1)))
        heads.add(present(lambda work: engine.present(work).heads))

    def compared(work: Work) -> None:
        now = engine.present(work)
        with work.deriving():
            for earlier in (*heads, (0, 0)):
                found, expected = engine.undo(work, now, earlier), engine.fold(work, State(), earlier)
                assert found.heads == expected.heads
                assert dict(found.standings) == dict(expected.standings)
                same_facts(found.network, expected.network)

    present(compared)


def test_a_later_day_hears_what_is_proven_for_it_alone(world: World) -> None:
    with building(world) as build:
        build.member("brand", "brand")
        build.chain("brand > mill", "85")
        build.require("brand", (1, 1))
        build.prove("mill", 1, valid_until=build.work.today + timedelta(days=100))
    later = "/v1/suppliers?status=met&" + moments(world)[-1]

    def met() -> list[str]:
        return [one["id"] for one in world.members["brand"].get(later).json["items"]]

    assert met() == []
    with building(world) as build:
        build.link("mill", "dye", "85")  # so that what was told before is carried
    assert met() == []
    with building(world) as build:
        build.prove("mill", 2)
    assert met() == ["org_mill"]


def test_of_whom_nothing_is_known_is_told_what_the_rules_say_of_each(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, unproven = random.Random(3), [*SELLERS[1:3]]
    with building(world) as build:
        build.member("brand", "brand")
        build.chain("brand > mill > spin > farm", "85")
        build.require("brand", (2, 1))
        build.prove("mill")
        build.own("spin", "gin")
    world.clock.advance(1)
    for _ in range(4):
        with building(world) as build:
            change(build, chance, unproven)
        moment = moments(world)[2]
        network = world.runtime.component(Engine).state.network
        together = list(answers_of(world, moment))
        network.memory = Memory()
        with monkeypatch.context() as apart:
            apart.setattr(levels, "_is_blank", lambda *_: False)
            assert together == list(answers_of(world, moment))


def judged(world: World, moment: Moment) -> tuple[supplied.Supplied, supplied.Supplied]:
    """What the brand's suppliers owe: judged all together, and each by itself."""
    work, brand = Work(world.runtime, writes=False), world.members["brand"].number
    try:
        work.moment = moment
        together = supplied.suppliers(work, brand, moment.on)
        each = (supplied.about(work, brand, moment.on, {seen.organization}) for seen, _ in together.values())
        return together, {name: told for one in each for name, told in one.items()}
    finally:
        work.close()


def test_all_suppliers_together_are_judged_as_each_by_itself(world: World) -> None:
    chance = random.Random(4)
    for _ in lives(world, chance, "brand > mill > spin > farm", 12):
        today = world.do(lambda work: work.today)
        past, year = today - timedelta(days=1), today + timedelta(days=365)
        for on, known in ((today, None), (past, today), (past, past), (today, past), (year, None)):
            world.runtime.component(Engine).state.network.memory = Memory()
            together, each = judged(world, Moment(on, today, known))
            assert together == each


@given(st.lists(st.lists(st.builds(Organization, st.integers(1, 5), country=COUNTRIES, sector=COUNTRIES)), max_size=6))
def test_crowds_are_counted_on_as_they_are_counted_anew(steps: list[list[Organization]]) -> None:
    network = Network.empty()
    for revision, step in enumerate(steps, start=1):
        network = network.apply(step, revision)
        carried = visibility._crowds(network)
        network.memory, memory = Memory(), network.memory
        assert +carried == visibility._crowds(network)
        network.memory = memory
