"""How near the walk comes to what memory allows: `SIZE=S|M|L`, L by default.

The bound: for every link that the walk looks at, in its own order and with its own hint to fetch ahead, one line of W
words of the array `coming` is read, changed and written, and nothing else is done. What the walk costs above it are
masks, who is entered for the first time, planes and levels. Processor time of one thread, in turn, medians.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from bench.cascade import Case, Figures, demands
from graph.bulk.arrays import Ints, Words, rows_of_zeros
from graph.bulk.arrays import compiled as by_numba
from graph.bulk.cascade import Industry, Walker
from graph.bulk.demand import Batch, batches, width_for
from graph.bulk.effective import effective_levels
from graph.bulk.network import AHEAD
from graph.bulk.wave import PLANES
from graph.bulk.words import soon, spread
from graph.terms import MAX_TIER

ROUNDS: Final = 3
BOUND: Final = "bound: one line a link"
LEVELS: Final = "effective levels"


def main() -> int:
    """Measure one size and print each cost a link."""
    size = os.environ.get("SIZE", "L")
    found = measured(Case(size))["bound"]
    print(f"{size}: {found['links looked at']:,} links looked at, W = {found['words']}")
    for name, seconds in found["seconds"].items():
        a_link, above = seconds / found["links looked at"] * 1e9, seconds / found["seconds"][BOUND]
        print(f"{name:24} {seconds:8.4f} s  {a_link:6.2f} ns a link  {above:5.2f} of the bound")
    return 0


def measured(case: Case) -> Figures:
    """Effective levels of all requirements against the bound, and the walks alone beside them."""
    built, wanted = case.built, demands(case.made.requirements)
    together = sorted(wanted, key=lambda demand: (demand.walk, demand.depth))
    width = width_for(wanted, case.made.organizations)
    parts = list(batches(together, width))
    walker, bare = Walker(built, width), Walker(built, width, planes=False)
    fronts = [front for batch in parts for front in _fronts(walker, batch)]
    degree = np.diff(built.network.down)
    links = sum(int(degree[front].sum()) for front in fronts)
    lines = rows_of_zeros(built.network.size * width)
    seconds = _in_turn(
        {
            BOUND: lambda: _touch(built, fronts, walker.words, lines),
            "walk": lambda: [bare.walk(batch) for batch in parts],
            "walk, tiers kept": lambda: [walker.walk(batch) for batch in parts],
            LEVELS: lambda: effective_levels(built, wanted),
        }
    )
    value = seconds[LEVELS] / seconds[BOUND]
    return {"bound": {"value": value, "links looked at": links, "words": width, "seconds": seconds}}


def _in_turn(work: dict[str, Callable[[], Any]]) -> dict[str, float]:
    for once in work.values():
        once()
    costs: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, once in work.items():
            begun = time.process_time()
            once()
            costs[name].append(time.process_time() - begun)
    return {name: statistics.median(some) for name, some in costs.items()}


def _fronts(walker: Walker, batch: Batch) -> list[Ints]:
    """Whose links the walk looks at, tier by tier, from where it arrived."""
    found, width = walker.walk(batch), walker.width
    planes = found.planes.reshape(-1, PLANES, width)
    deeper = walker._masks(batch).deeper.reshape(-1, width)
    sending = [found.group.reshape(-1, width)]
    for tier in range(1, MAX_TIER):
        here = np.broadcast_to(deeper[tier + 1], planes[:, 0].shape)
        for plane in range(PLANES):
            here = here & (planes[:, plane] if tier >> plane & 1 else ~planes[:, plane])
        sending.append(here)
    return [np.flatnonzero(rows.any(axis=1)).astype(np.int32) for rows in sending]


def _touch(industry: Industry, fronts: Sequence[Ints], words: tuple[int, ...], lines: Words) -> None:
    ones = np.full(len(words), 1, np.uint64)
    for front in fronts:
        _touch_links(industry.network.down, industry.network.supplier, front, lines, ones, words)


@by_numba
def _touch_links(down: Any, supplier: Ints, front: Ints, lines: Words, ones: Words, words: tuple[int, ...]) -> None:
    width = len(words)
    for at in range(len(front)):
        for link in range(down[front[at]], down[front[at] + 1]):
            soon(lines, np.int64(supplier[np.uint64(link + AHEAD)]) * width)
            spread(lines, np.int64(supplier[np.uint64(link)]) * width, ones, 0, ones, 0, words)


if __name__ == "__main__":
    sys.exit(main())
