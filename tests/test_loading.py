"""Links loaded in bulk from the table are the links that the log folds to, on both databases."""

from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest

from graph.arrays.columns import LinkColumns, columns_of
from graph.base import arrays_of
from graph.facts import Period
from graph.terms import Disclosure, FlowDown, LinkState
from supplychain.network import engine, facts, keeping, loading
from supplychain.network.models import SupplyLink
from supplychain.work import Actor, Work, run
from tests.factories import building
from tests.world import START, Member, World

CATEGORIES = ("", "85", "8534", "853400", "39")


def loaded(world: World, chunk: int = loading.CHUNK, actor: Actor | None = None) -> tuple[LinkColumns, LinkColumns]:
    """What is loaded and what is folded, in one read."""
    work = Work(world.runtime, *([actor] if actor else []), writes=False)
    try:
        return loading.links(work, chunk), columns_of(engine.network(work).links())
    finally:
        work.close()


def same(found: LinkColumns, expected: LinkColumns) -> None:
    for name, column in expected.arrays().items():
        mine = found.arrays()[name]
        assert mine.dtype == column.dtype, name
        assert np.array_equal(mine, column, equal_nan=name == "share"), name
    assert [found.link(at) for at in range(len(found))] == [expected.link(at) for at in range(len(expected))]


def periods(draw: Random) -> list[Any]:
    """Up to three periods in order, the first perhaps without beginning, the last perhaps without end."""
    day, found = date(2024, 1, 1), []
    for _ in range(draw.choice((0, 1, 1, 1, 2, 3))):
        begin = day + timedelta(draw.randrange(1, 40))
        day = begin + timedelta(draw.randrange(40))
        found.append(Period(begin, day, draw.choice(list(LinkState))))
    if found and draw.random() < 0.3:
        found[0] = Period(None, found[0].valid_to, found[0].state)
    if found and draw.random() < 0.5:
        found[-1] = Period(found[-1].valid_from, None, found[-1].state)
    return facts.stored_periods(tuple(found))


def some_links(work: Work, draw: Random, numbers: list[int]) -> None:
    wishes = [str(one) for one in Disclosure]
    rows = []
    for run_ in range(60):
        buyer, supplier = draw.sample(numbers, 2)
        rows.append(
            SupplyLink(
                **({"id": f"lnk_{run_}"} if draw.random() < 0.5 else {}),
                buyer=buyer,
                supplier=supplier,
                category=draw.choice(CATEGORIES),
                owner=draw.choice((0, 0, buyer)),
                run=run_,
                share=draw.choice((None, 0.0, 0.25, draw.random())),
                flow_down=str(draw.choice(list(FlowDown))),
                disclosure_buyer=draw.choice(wishes),
                disclosure_supplier=draw.choice(wishes),
                periods=periods(draw),
                created_at=work.now,
            )
        )
    work.session.add_all(rows)
    work.session.flush()
    work.change(*map(facts.of_link, rows))


@pytest.mark.parametrize("seed", range(3))
def test_whatever_links_say_is_loaded_as_it_is_folded(world: World, seed: int) -> None:
    numbers = [world.join(f"Company {n}", "brand").number for n in range(5)]
    world.do(lambda work: some_links(work, Random(seed), numbers))
    found, expected = loaded(world)
    assert len(found) == 60
    same(found, expected)
    for chunk in (7, 30, 60):  # a last chunk of some, and of none
        same(loaded(world, chunk)[0], expected)


def test_links_that_were_joined_ended_veiled_and_private_are_loaded_as_they_became(world: World) -> None:
    brand, mill = world.join("Brand", "brand"), world.join("Mill", "supplier")
    ends = {"buyer": brand.id, "supplier": mill.id}

    def say(by: Member, **said: Any) -> dict[str, Any]:
        answer = by.post("/v1/links", {**ends, **said})
        assert answer.status_code in {200, 201}, answer.json
        body: dict[str, Any] = answer.json
        return body

    day = [(START + timedelta(n)).isoformat() for n in range(12)]
    say(brand, category="85", valid_from=day[0], valid_to=day[2])
    say(brand, category="85", valid_from=day[6], valid_to=day[8])
    whole = say(brand, category="85", valid_from=day[3], valid_to=day[5])
    other = say(brand, category="39", share=0.5)
    for by, verb in ((mill, "confirm"), (brand, "end")):
        assert by.post(f"/v1/links/{other['id']}/{verb}", {}).status_code == 200
    found, expected = loaded(world)
    same(found, expected)
    assert min(np.diff(found.periods).tolist()) == 0, "the one that was joined holds no day any more"
    assert whole["id"].encode() in found.id.tolist()


def test_a_network_without_links_is_loaded_as_nothing(world: World) -> None:
    same(*loaded(world))
    assert len(loaded(world)[0]) == 0


def test_who_reads_for_one_company_loads_what_others_keep_private(world: World) -> None:
    """The engine folds everybody's facts, whoever asks; what each may see is decided on them."""
    owner, asking = world.join("Owner", "brand"), world.join("Asking", "brand")
    world.do(lambda work: some_links(work, Random(9), [owner.number, asking.number]))
    found, expected = loaded(world, actor=Actor(organization=asking.number, person=None, roles=frozenset({"brand"})))
    assert owner.number in found.owner.tolist()
    same(found, expected)


def test_what_is_gathered_from_the_tables_is_what_the_logs_fold_to(world: World) -> None:
    with building(world) as build:
        build.chain("brand > mill > spin", "85")
        build.require("brand", (2, 1))
        build.prove("mill")
    numbers = [world.join(f"Company {n}", "brand").number for n in range(4)]
    world.do(lambda work: some_links(work, Random(4), numbers))
    work = Work(world.runtime, writes=False)
    try:
        found, folded = keeping.gathered(work), engine.present(work)
        assert found.heads == folded.heads
        assert dict(found.standings.items()) == dict(folded.standings.items())
        mine, its = arrays_of(found.network), arrays_of(folded.network)
    finally:
        work.close()
    # Days of facts that were replaced since are turns of a fold only: one too many costs memory, never an answer.
    assert set(mine.pop("turns").tolist()) <= set(its.pop("turns").tolist())
    assert mine.keys() == its.keys()
    for name, column in its.items():
        assert np.array_equal(mine[name], column, equal_nan=name == "links.share"), name


def test_a_unit_that_writes_cannot_load(world: World) -> None:
    """Each of its statements may see another revision."""
    with pytest.raises(ValueError, match="only a read"):
        run(world.runtime, loading.links)
