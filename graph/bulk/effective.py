"""The highest level each organization owes in each pillar, without a row in between: rule 6 of the cascade."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from graph.bulk.arrays import Shorts, Words, rows_of
from graph.bulk.cascade import Industry, Walker
from graph.bulk.demand import Batch, Demand, Walk, batches, width_for
from graph.bulk.scopes import bound
from graph.bulk.wave import Levels
from graph.terms import MAX_TIER


def effective_levels(industry: Industry, demands: Sequence[Demand]) -> tuple[Shorts, tuple[str, ...]]:
    """For each rank and pillar the effective level, 0 where nothing is owed; and the pillars in their order.

    All requirements count, also those not yet effective.
    """
    pillars = tuple(sorted({demand.pillar for demand in demands}))
    values = np.array(sorted({0, *(level for demand in demands for level in demand.schedule)}), np.int16)
    # Requirements of one issuer and one scope side by side share most of their links.
    together = sorted(demands, key=lambda demand: (demand.walk, demand.depth))
    network = industry.network
    walker = Walker(industry, width_for(demands, network.size), planes=False)
    highest = np.zeros((network.size, len(pillars)), np.int16)
    kind = industry.kind[network.rank]
    for batch in batches(together, walker.width):
        asked, most = _asked(batch, together, pillars, values, walker.width)
        walker.walk(batch, Levels(highest, asked, most, kind, _owes(industry, batch, walker.width)))
    return values.take(highest).take(network.place, axis=0), pillars


def _asked(
    batch: Batch, demands: Sequence[Demand], pillars: Sequence[str], values: Shorts, width: int
) -> tuple[Words, Shorts]:
    """Which bits ask for at least which level, and the highest that any asks for; see `Levels`."""
    ranks = np.arange(1, len(values))
    asked = np.zeros((MAX_TIER + 1, len(pillars), len(values), width), np.uint64)
    most = np.zeros((MAX_TIER + 1, len(pillars)), np.int16)
    alike: defaultdict[tuple[str, tuple[int, ...]], int] = defaultdict(int)
    for number, walk in batch.members:
        alike[demands[number].pillar, tuple(demands[number].levels())] |= 1 << walk
    for (name, levels), row in zip(alike, rows_of(alike.values(), width), strict=True):
        pillar, highest = pillars.index(name), np.searchsorted(values, np.array(levels, np.int16))
        asked[:, pillar, 1:][ranks <= highest[:, None]] |= row
        most[:, pillar] = np.maximum(most[:, pillar], highest)
    return asked, most


def _owes(industry: Industry, batch: Batch, width: int) -> Words:
    owes = np.zeros((len(industry.kinds), width), np.uint64)
    alike: defaultdict[Walk, int] = defaultdict(int)
    for number, walk in enumerate(batch.walks):
        alike[walk._replace(group=(), hs=())] |= 1 << number
    for scope, row in zip(alike, rows_of(alike.values(), width), strict=True):
        owes[bound(industry.kinds, scope) == 1] |= row
    return owes.reshape(-1)
