"""The cascade that stands: whatever comes, goes and changes, it is what is computed from nothing."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.bulk.answers import Answering, differences
from graph.bulk.arrays import NO_DAY
from graph.bulk.cascade import Industry, obligations
from graph.bulk.demand import Demand
from graph.bulk.fresh import standing
from graph.bulk.kept import about, arrays_of, standing_of
from graph.bulk.network import Links, network_of
from graph.bulk.scopes import CodeClasses
from graph.bulk.standing import Change, Standing
from graph.terms import Beyond, ScopeApplies

CODES = ("", "8", "85", "8504", "850440", "8517", "39", "3901")
KINDS = (("", ""), ("CN", "PCB"), ("VN", ""))
DAYS = (NO_DAY, 18_000, 19_000, 20_000)
SEEDS = st.integers(0, 2**32)
Rows = list[tuple[int, int, int, int, int, int]]
"""requirement, supplier, tier, level, due, via."""


class Life:
    """A random network with cycles, self-loops, several links between two and a hub, and what happens to it."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.size = self.draw.choice([3, 12, 25])
        self.dated = self.draw.random() < 0.7
        self.links = {one.number: one for one in (self.link(self.draw.randrange(10**6)) for _ in range(self.size * 3))}
        self.demands = [self.demand() for _ in range(self.draw.choice([1, 5, 70]))]
        self.standing = standing(*self.parts())

    def link(self, number: int) -> Change:
        draw = self.draw
        buyer = 0 if draw.random() < 0.1 else draw.randrange(self.size)
        supplier = draw.choice([draw.randrange(self.size), min(buyer + 1, self.size - 1)])
        return Change(number, buyer, supplier, draw.randrange(len(CODES)), draw.choice(DAYS) if self.dated else NO_DAY)

    def demand(self) -> Demand:
        draw = self.draw
        hs = tuple(draw.sample(["8", "85", "8504", "39", "390", "851"], draw.choice([0, 0, 1, 2])))
        return Demand(
            group=tuple(sorted(draw.sample(range(min(self.size, 6)), draw.choice([1, 1, 2])))),
            schedule=tuple(sorted((draw.randint(1, 4) for _ in range(draw.randint(1, 4))), reverse=True)),
            beyond=draw.choice([Beyond.STOP, Beyond.HOLD]),
            hs=hs,
            scope_applies=draw.choice([ScopeApplies.EVERY, ScopeApplies.FIRST]),
            countries=draw.choice([(), (), ("CN",)]),
            effective_from=draw.choice([NO_DAY, 18_500]),
            grace=draw.choice([(), (6, 12)]),
        )

    def ask(self) -> None:
        """Requirements end, one is new and one is amended."""
        self.demands = [one for one in self.demands if self.draw.random() < 0.8] + [self.demand()]
        at = self.draw.randrange(len(self.demands))
        self.demands[at] = replace(self.demands[at], schedule=(4, 3, 3, 2, 2, 1), grace=(3,))
        self.standing.ask(self.demands)

    def step(self) -> int:
        """Something happens to a link, whose number this is; its ends may be new."""
        draw, links = self.draw, self.links
        what = draw.choice(["come", "come", "go", "go", "go", "change", "change", "grow"])
        if what == "grow":
            assert self.standing.organization() == self.size
            self.size += 1
        number = draw.choice([*links, -1]) if what in ("go", "change") else draw.randrange(10**6)
        if what == "go":
            links.pop(number, None)
            self.standing.change(Change(number))
            return number
        change = self.link(number)
        if what == "change" and number in links and draw.random() < 0.7:
            change = replace(change, buyer=links[number].buyer, supplier=links[number].supplier)
        links[number] = change
        self.standing.change(replace(change, code=self.standing.coded([CODES[change.code]])[0]))
        return number

    def parts(self) -> tuple[Links, int, Sequence[str], list[Demand]]:
        rows = list(self.links.values())
        links = Links(
            np.array([one.buyer for one in rows], np.int32),
            np.array([one.supplier for one in rows], np.int32),
            np.array([one.number for one in rows], np.int64),
            np.array([one.code for one in rows], np.int32),
            np.array([one.valid_from for one in rows], np.int32),
        )
        return links, self.size, CODES, self.demands

    def kind(self) -> Any:
        return np.arange(self.size, dtype=np.int32) % len(KINDS)

    def expected(self) -> Rows:
        """What the bulk cascade computes from nothing, itself held against two plain readings of the rules."""
        links, size, codes, demands = self.parts()
        classes = CodeClasses(codes, {prefix for one in demands for prefix in one.hs})
        sources = np.array(sorted({member for one in demands for member in one.group}), np.int32)
        network = network_of(links, size, classes.of_code, sources)
        return _rows(obligations(Industry(network, classes, self.kind(), KINDS), demands))

    def found(self) -> Rows:
        return _rows(map(Answering(self.standing, self.kind(), KINDS).obligations, self.demands))

    def copy(self) -> Standing:
        """The cascade as it is now, as from a file."""
        said = json.loads(json.dumps(about(self.standing)))
        return standing_of({name: array.copy() for name, array in arrays_of(self.standing).items()}, said)


def _rows(found: Any) -> Rows:
    return [
        (number, supplier, tier, level, due, via)
        for number, owed in enumerate(found)
        for supplier, tier, level, via, due in zip(*(column.tolist() for column in owed), strict=True)
    ]


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_whatever_happens_all_rows_are_those_computed_from_nothing(seed: int) -> None:
    life = Life(seed)
    assert life.found() == life.expected()
    for _ in range(25):
        if life.draw.random() < 0.1:
            life.ask()
        else:
            life.step()
        assert life.found() == life.expected()


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(0, 12), st.booleans())
def test_what_differs_is_what_two_computations_from_nothing_differ_in(seed: int, steps: int, asked: bool) -> None:
    life = Life(seed)
    before, old = life.copy(), {row[:2]: row for row in life.expected()}
    demands = list(life.demands)
    if asked:
        life.ask()
    life.standing.moved[:] = 0
    kind = life.kind()
    numbers = [life.step() for _ in range(steps)]
    sides = before, life.standing
    ends = [here.ends(here.slot(one)) for here in sides for one in numbers if here.slot(one) >= 0]
    new = {row[:2]: row for row in life.expected()}
    expected = [
        (*key, old.get(key, (0, 0, 0, 0, NO_DAY, 0))[2:], new.get(key, (0, 0, 0, 0, NO_DAY, 0))[2:])
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    ]
    answering = Answering(before, kind, KINDS), Answering(life.standing, life.kind(), KINDS)
    found = differences(*answering, ends, zip_longest(demands, life.demands))
    told = [
        (number, supplier, one, other)
        for number, some in enumerate(found)
        for supplier, one, other in zip(
            some.supplier.tolist(),
            *(list(zip(*(column.tolist() for column in side), strict=True)) for side in (some.before, some.after)),
            strict=True,
        )
    ]
    assert told == expected
