"""The compiled cascade: whatever the width, the batches and the room for rows, the answer is the plain reading's."""

import random
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.bulk.arrays import NO_DAY
from graph.bulk.cascade import Demand, Industry, day_number, obligations
from graph.bulk.demand import WIDTHS, batches, width_for
from graph.bulk.effective import effective_levels
from graph.bulk.network import Links, network_of
from graph.bulk.scopes import CodeClasses
from graph.terms import Beyond, ScopeApplies
from tests.cascade_oracles import Owed, Row, by_networkx
from tests.cascade_worlds import CODES, ON

SEEDS = st.integers(0, 2**32)
KINDS = (("", ""), ("CN", "PCB"), ("VN", ""))
PILLARS = ("csr", "eco", "ohs")


class World:
    """Thirty organizations, a hundred and twenty links, and as many requirements as asked for."""

    def __init__(self, seed: int, demands: int) -> None:
        draw = random.Random(seed)
        self.names = [f"o{number:02}" for number in range(30)]
        numbers = draw.sample(range(1, 1000), 120)
        self.links: list[Row] = [
            {
                "id": number if seed % 2 else number + 2**40,
                "buyer": draw.choice(self.names[:20]),
                "supplier": draw.choice(self.names),
                "hs": draw.choice(CODES),
                "flow_down": None,
                "valid_from": draw.choice([None, date(2024, 2, 29), date(2025, 8, 31), ON]) if seed % 3 else None,
                "valid_to": None,
            }
            for number in numbers
        ]
        self.kind = [draw.randrange(len(KINDS)) for _ in self.names]
        self.requirements = [self._requirement(draw, f"R{number:03}") for number in range(demands)]

    def _requirement(self, draw: random.Random, name: str) -> Row:
        return {
            "id": name,
            "issuer": draw.choice(self.names[:6]),
            "pillar": draw.choice(PILLARS),
            "schedule": sorted((draw.randint(1, 4) for _ in range(draw.randint(1, 4))), reverse=True),
            "beyond": draw.choice(["stop", "hold"]),
            "hs": draw.sample(["8", "85", "8504", "39"], draw.randint(0, 2)),
            "scope_applies": draw.choice(["every", "first"]),
            "countries": draw.choice([[], [], ["CN"]]),
            "sectors": draw.choice([[], [], ["PCB"]]),
            "effective_from": draw.choice([None, date(2025, 3, 31)]),
            "grace_months": draw.choice([[], [6, 12, 18]]),
        }

    def expected(self) -> list[Owed]:
        kinds = [KINDS[kind] for kind in self.kind]
        pairs = zip(self.names, kinds, strict=True)
        organizations = [
            {"ref": name, "country": c or None, "sector": s or None, "parent": None} for name, (c, s) in pairs
        ]
        return by_networkx(self.links, self.requirements, organizations, ON)

    def industry(self) -> Industry:
        def column(name: str, value: Any, kind: Any) -> Any:
            return np.array([value(link[name]) for link in self.links], kind)

        codes = tuple(code or "" for code in CODES)
        classes = CodeClasses(codes, {prefix for one in self.requirements for prefix in one["hs"]})
        links = Links(
            buyer=column("buyer", self.names.index, np.int32),
            supplier=column("supplier", self.names.index, np.int32),
            number=column("id", int, np.int64),
            code=column("hs", CODES.index, np.int32),
            valid_from=column("valid_from", day_number, np.int32),
        )
        sources = np.array(sorted({self.names.index(one["issuer"]) for one in self.requirements}), np.int32)
        network = network_of(links, len(self.names), classes.of_code, sources)
        return Industry(network, classes, np.array(self.kind, np.int32), KINDS)

    def demands(self) -> list[Demand]:
        return [
            Demand(
                group=(self.names.index(one["issuer"]),),
                schedule=tuple(one["schedule"]),
                pillar=one["pillar"],
                beyond=Beyond(one["beyond"]),
                hs=tuple(one["hs"]),
                scope_applies=ScopeApplies(one["scope_applies"]),
                countries=tuple(one["countries"]),
                sectors=tuple(one["sectors"]),
                effective_from=day_number(one["effective_from"]),
                grace=tuple(one["grace_months"]),
            )
            for one in self.requirements
        ]

    def told(self, found: Sequence[Any]) -> list[Owed]:
        """Columns as rows, with the names."""
        return [
            (requirement["id"], self.names[supplier], tier, level, None if due == NO_DAY else _day(due), via)
            for requirement, owed in zip(self.requirements, found, strict=True)
            for supplier, tier, level, via, due in zip(*(column.tolist() for column in owed), strict=True)
        ]


def _day(number: int) -> date:
    return date.fromordinal(number + date(1970, 1, 1).toordinal())


@pytest.mark.parametrize("width", WIDTHS)
@settings(max_examples=12, deadline=None)
@given(SEEDS, st.sampled_from([1, 63, 64, 65, 150, 300]), st.sampled_from([1, 50, 10**6]))
def test_the_answer_does_not_depend_on_how_much_is_done_at_once(
    width: int, seed: int, demands: int, rows_at_once: int
) -> None:
    world = World(seed, demands)
    found = list(obligations(world.industry(), world.demands(), width=width, rows_at_once=rows_at_once))
    assert world.told(found) == world.expected()


@pytest.mark.parametrize("threads", [2, 5])
@pytest.mark.parametrize("demands", [0, 1, 3, 150, 400])
def test_the_answer_does_not_depend_on_how_many_threads_compute_it(threads: int, demands: int) -> None:
    world = World(demands, demands)
    assert world.told(list(obligations(world.industry(), world.demands(), threads=threads))) == world.expected()


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.sampled_from([1, 30, 200, 300]))
def test_the_effective_level_is_the_highest_of_all_obligations(seed: int, demands: int) -> None:
    world = World(seed, demands)
    highest: dict[tuple[str, str], int] = {}
    pillar_of = {one["id"]: one["pillar"] for one in world.requirements}
    for requirement, supplier, _, level, _, _ in world.expected():
        key = supplier, pillar_of[requirement]
        highest[key] = max(level, highest.get(key, 0))
    levels, pillars = effective_levels(world.industry(), world.demands())
    assert {
        (world.names[rank], pillars[pillar]): int(levels[rank, pillar]) for rank, pillar in np.argwhere(levels > 0)
    } == highest


def test_requirements_that_differ_in_levels_alone_share_a_walk() -> None:
    demands = [Demand((1,), (level,), hs=hs) for level in (1, 2, 3) for hs in (("85", "39"), ("39", "85", "85"))]
    (batch,) = batches(demands, 1)
    assert len(batch.walks) == 1
    assert batch.members == [(number, 0) for number in range(6)]


def test_a_walk_goes_as_deep_as_the_deepest_requirement_that_shares_it() -> None:
    (batch,) = batches([Demand((1,), (2, 1)), Demand((1,), (1,), beyond=Beyond.HOLD), Demand((1,), (1,))], 1)
    assert list(batch.walks.values()) == [15]


def test_no_more_walks_than_bits_travel_together_and_none_is_lost() -> None:
    found = list(batches([Demand((number,), (1,)) for number in range(130)], 1))
    assert [len(batch.walks) for batch in found] == [64, 64, 2]
    assert [number for batch in found for number, _ in batch.members] == list(range(130))


@pytest.mark.parametrize("count", [0, 1, 64, 65, 100_000])
def test_every_number_of_requirements_has_a_width_that_is_compiled(count: int) -> None:
    assert width_for([Demand((0,), (1,))] * count, 10**6) in WIDTHS


def test_codes_that_no_scope_tells_apart_are_one_class() -> None:
    classes = CodeClasses(["", "8504", "8517", "850440", "39", "8"], {"85", "8504"})
    assert classes.names == ["", "85", "8504"]
    assert classes.of_code.tolist() == [0, 2, 1, 2, 0, 0]
    assert [classes.names[classes.beginning_with(prefix)] for prefix in ("85", "8504", "39")] == [
        ["85", "8504"],
        ["8504"],
        [],
    ]


def test_more_classes_than_two_bytes_can_number_are_told_apart() -> None:
    codes = [f"{number:06}" for number in range(2**16 + 1)]
    classes = CodeClasses(codes, set(codes))
    assert len(classes) == 2**16 + 2
    assert classes.of_code[-1] != classes.of_code[0]
    at = classes.beginning_with(codes[-1])
    assert (at.stop - at.start, at.start) == (1, int(classes.of_code[-1]))
