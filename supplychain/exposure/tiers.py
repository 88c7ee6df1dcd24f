"""Conformity by tier: how many stand how, and how far it is known; nothing unknown is counted as anything else."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from supplychain.conformity import protected
from supplychain.conformity.judged import Judged
from supplychain.conformity.wording import SEVERITY
from supplychain.exposure.coverage import COVERAGE, coverage
from supplychain.exposure.demands import Demand, Item, demands
from supplychain.work import Work


def conformity(work: Work, wanted: Mapping[str, Any]) -> tuple[list[Item], Item]:
    """Each demand by pillar and tier, and what of it may only be counted."""
    found = demands(work, wanted)
    items = [row for one in found for row in _tiers(one) if wanted.get("tier") in {None, row["tier"]}]
    day = min(work.moment.on, work.moment.known_on)
    counted = [
        {"requirement": one.requirement.id, **protected.shown(work, one.requirement.number, day)} for one in found
    ]
    return items, {"protected": counted}


def position(item: Mapping[str, Any]) -> list[Any]:
    """Where a tier stands in the list."""
    return [item["requirement"], item["pillar"], item["tier"]]


def _tiers(demand: Demand) -> Iterable[Item]:
    by_tier: dict[tuple[str, int], list[Judged]] = {}
    for row in demand.rows:
        by_tier.setdefault((row.pillar, row.owed.tier), []).append(row)
    for pillar, tier in sorted(by_tier):
        yield {**demand.told(), "pillar": pillar, "tier": tier, **_counts(by_tier[pillar, tier])}


def _counts(rows: Sequence[Judged]) -> Item:
    statuses, known = Counter(row.status for row in rows), Counter(map(coverage, rows))
    levels = [row.stood.standing.level or 0 for row in rows if row.stood]
    return {
        "suppliers": len(rows),
        "lowest": min(levels, default=None),
        "statuses": {status: statuses[status] for status in SEVERITY},
        "coverage": {word: known[word] for word in COVERAGE},
    }
