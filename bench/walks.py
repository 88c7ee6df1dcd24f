"""Walks from nothing over a whole industry, and one supplier's rows again and again. `SIZE=S|M|L`, M by default.

The industry of `bench.industry` as the floor of a network, no object a link; the issuer is who buys most. CPU time of
one process. The rows of one supplier are set beside the same on a network of a hundred links, walked link by link.
"""

import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, Final

import numpy as np

from bench.snapshots import TODAY, columns, demand
from graph.base import built
from graph.memory import UNIT, Memory
from graph.network import Link, Network, Period, Requirement
from graph.openness import sight
from graph.sight import rows_about
from graph.terms import Disclosure, LinkState
from graph.walks.ground import ground, kinds
from graph.walks.reach import Lens, reach

ASKED: Final = 500
ROUNDS: Final = 3
_ALWAYS: Final = (Period(None, None, LinkState.CONFIRMED),)


def main() -> None:
    """One line for each question."""
    size = os.environ.get("SIZE", "M")
    links, count, _ = columns(size)
    network = built(links, ())
    issuer = int(np.bincount(links.buyer).argmax())
    requirement = demand(issuer)
    network = network.apply([requirement], 2)
    print(f"{size}: {count:,} organizations, {len(links):,} links; the issuer has {len(network.links_from(issuer)):,}")
    line("the index opened", cost(lambda: ground(network), 1))
    line("the states of all links on a day", cost(lambda: kinds(network, ground(network), TODAY), 1))
    seen = sight(network, issuer, TODAY)
    line(f"sight, of {len(seen.tier):,}", anew(network, lambda: sight(network, issuer, TODAY)))
    found = reach(network, requirement, TODAY, Lens.SEEN_ANY)
    for lens in Lens:
        line(f"walk {lens.value}", anew(network, partial(reach, network, requirement, TODAY, lens)))
    print(f"{'a walk in the memory':44} {found.weight / len(found.tier) * UNIT:9.1f} bytes a supplier")
    line(
        "one supplier's rows, nothing remembered",
        anew(network, lambda: asked(network, requirement, list(found.via)[:1])),
    )
    chance = random.Random(6)
    large = asked_often(network, requirement, chance.sample(sorted(found.via), min(ASKED, len(found.via))))
    small = asked_often(*little())
    line("one supplier's rows, another each time", large)
    line("the same on a network of a hundred links", small)
    print(f"{'throughput beside that':44} {small / large:9.2f}")


def little() -> tuple[Network, Requirement, list[int]]:
    """A network of a hundred links, its requirement, and who owes, each as often as it takes."""
    chance = random.Random(6)
    ends = [(chance.randint(1, max(1, supplier // 3)), supplier) for supplier in range(2, 102)]
    links = [
        Link(number, *pair, _ALWAYS, "8542", disclosure=Disclosure.IDENTITY)
        for number, pair in enumerate(ends, start=1)
    ]
    requirement = demand(1)
    network = Network.empty().apply([*links, requirement], 1)
    return network, requirement, [supplier for _, supplier in ends] * (ASKED // len(ends))


def asked(network: Network, requirement: Requirement, suppliers: list[int], day: date = TODAY) -> None:
    """What a status rests on, of each."""
    for supplier in suppliers:
        assert rows_about(network, requirement, day, {supplier})


def asked_often(network: Network, requirement: Requirement, suppliers: list[int]) -> float:
    """CPU seconds of one, of many asked one after the other; walks are known."""
    asked(network, requirement, suppliers[:1])
    return cost(lambda: asked(network, requirement, suppliers), ROUNDS) / len(suppliers)


def anew(network: Network, question: Callable[[], Any]) -> float:
    """CPU seconds with nothing remembered but the links themselves and their states on the day."""

    def forget() -> None:
        network.memory = Memory()
        kinds(network, ground(network), TODAY)

    return cost(question, ROUNDS, forget)


def cost(question: Callable[[], Any], rounds: int, before: Callable[[], Any] = lambda: None) -> float:
    """CPU seconds, the median of some rounds."""
    found = []
    for _ in range(rounds):
        before()
        start = time.process_time()
        question()
        found.append(time.process_time() - start)
    return statistics.median(found)


def line(what: str, seconds: float) -> None:
    """One line of the table."""
    print(f"{what:44} {seconds * 1e3:12.3f} ms", flush=True)


if __name__ == "__main__":
    main()
