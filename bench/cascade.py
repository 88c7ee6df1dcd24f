"""One size of the made-up industry, as the engine and its rivals take it, and what it costs the engine alone."""

import os
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import numpy as np

from bench.industry import Industry, industry, number_of
from bench.timing import by_the_clock, compared, timed
from graph.bulk.arrays import NO_DAY
from graph.bulk.cascade import Demand, day_number, obligations
from graph.bulk.cascade import Industry as Compiled
from graph.bulk.demand import width_for
from graph.bulk.effective import effective_levels
from graph.bulk.network import Links, network_of
from graph.bulk.scopes import CodeClasses
from graph.bulk.wave import PLANES

RIVALS: Final = {"S": 50, "M": 200, "L": 20}
"""How many of the requirements the rivals compute."""
ROUNDS: Final = {"S": 5, "M": 3, "L": 2}
WORKING: Final = 3
"""Bits a cell has besides its tier while a walk lasts: seen, arrived, coming."""
Figures = Mapping[str, Mapping[str, Any]]
"""By row: its `value`, which is what has a goal, and what it came from."""


class Unmeasured(Exception):
    """Why a row cannot be measured here."""


@dataclass(frozen=True)
class Case:
    """What the rows of a size share."""

    size: str

    @cached_property
    def made(self) -> Industry:
        return industry(self.size)

    @cached_property
    def built(self) -> Compiled:
        """Without dates."""
        return compiled(self.made, dated=False)

    @property
    def rounds(self) -> int:
        return ROUNDS[self.size]

    def chosen(self, count: int | None = None) -> Sequence[dict[str, Any]]:
        """So many requirements, evenly taken; as many as the rivals compute."""
        every = self.made.requirements
        return every[:: max(1, len(every) // (count or RIVALS[self.size]))]


def compiled(made: Industry, *, dated: bool) -> Compiled:
    """The industry as the command reads it, names apart: ranks are the numbers of organizations."""
    classes = CodeClasses(made.codes, {prefix for one in made.requirements for prefix in one["hs"]})
    links = Links(
        buyer=made.buyer,
        supplier=made.supplier,
        number=np.arange(1, len(made.buyer) + 1),
        code=made.code,
        valid_from=made.valid_from if dated else np.full(len(made.buyer), NO_DAY, np.int32),
    )
    sources = np.array([number_of(one["issuer"]) for one in made.requirements], np.int32)
    network = network_of(links, made.organizations, classes.of_code, sources)
    return Compiled(network, classes, np.zeros(made.organizations, np.int32), (("", ""),))


def demands(requirements: Sequence[dict[str, Any]]) -> list[Demand]:
    """Requirements as the command reads them."""
    return [
        Demand(
            group=(number_of(one["issuer"]),),
            schedule=tuple(one["schedule"]),
            pillar=one["pillar"],
            hs=tuple(one["hs"]),
            effective_from=day_number(date.fromisoformat(one["effective_from"])),
            grace=tuple(one["grace_months"]),
        )
        for one in requirements
    ]


def alone(case: Case) -> Figures:
    """What the network weighs, and how long all requirements take."""
    made, built, wanted = case.made, case.built, demands(case.made.requirements)
    dated = compiled(made, dated=True)
    return {
        "shape": {
            "organizations": made.organizations,
            "links": len(made.buyer),
            "requirements": len(wanted),
            "obligations": _count(built, wanted),
            "words in a walk": width_for(wanted, made.organizations),
        },
        "arrays": {"value": _seconds(lambda: compiled(made, dated=False))},
        "rows": {"value": _seconds(lambda: _count(built, wanted))},
        "due": {"value": _seconds(lambda: _count(dated, wanted))},
        "levels": {"value": _seconds(lambda: effective_levels(built, wanted))},
        "link": {"value": built.network.bytes_per_link},
        "cell": {"value": PLANES / 8, "while walking": (PLANES + WORKING) / 8},
    }


def on_every_core(case: Case) -> Figures:
    """All rows with via, with one thread and with one a core, in turn, by the clock."""
    wanted, cores = demands(case.made.requirements), os.cpu_count() or 1
    if cores == 1:
        raise Unmeasured("there is one core")
    sides: dict[int, list[float]] = {1: [], cores: []}
    for _ in range(1 + case.rounds):
        for threads, took in sides.items():
            took.append(by_the_clock(lambda threads=threads: _count(case.built, wanted, threads))[0])
    return {"threads": {**compared(sides[cores][1:], sides[1][1:]), "cores": cores}}


def _count(industry: Compiled, wanted: Sequence[Demand], threads: int = 1) -> int:
    return sum(len(owed.supplier) for owed in obligations(industry, wanted, threads=threads))


def _seconds(work: Callable[[], Any]) -> float:
    """The median of three, the first and compiling one apart."""
    work()
    return statistics.median(timed(work)[0] for _ in range(3))
