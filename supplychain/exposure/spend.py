"""Exposure by depth, one supplier's own, and the weakest link (domain rules: looking up instead of down)."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from graph.cascade import Lens, path
from graph.exposure import DEEPEST, NOT_OWING, Depth, Flow
from graph.sight import RowKind
from supplychain.conformity.explaining import hops
from supplychain.conformity.judged import Judged
from supplychain.exposure.coverage import COVERAGE
from supplychain.exposure.demands import Demand, Item, by_depth, demands, part, spend, warnings
from supplychain.network.visibility import find, network_for
from supplychain.work import Work

_LENS: Final = {RowKind.IDENTITY: Lens.SEEN_IDENTITY, RowKind.PSEUDONYM: Lens.SEEN_PSEUDONYM}


def exposures(work: Work, wanted: Mapping[str, Any]) -> tuple[list[Item], Item]:
    """The exposure of each demand at each depth, and what to know of the shares."""
    found = [(one, spend(work, one)) for one in demands(work, wanted)]
    items = [{**one.told(), **_depth(row)} for one, _ in found for row in by_depth(work, one)]
    return items, {"warnings": warnings(work, [money for _, money in found])}


def depth_position(item: Mapping[str, Any]) -> list[Any]:
    """Where a depth stands in the list."""
    return [item["requirement"], item["depth"]]


def of_supplier(work: Work, displayed: str, wanted: Mapping[str, Any]) -> Item:
    """How much of the reader's spend stands at a supplier, and what the supplier itself is exposed to.

    Of a pseudonym neither: how much is bought of it is not told. Raises NotFound.
    """
    seen = find(work, work.actor.organization, displayed, work.moment.on)
    asked = demands(work, wanted)
    if seen.kind is RowKind.PSEUDONYM:
        return {"items": [{**one.told(), "weights": None, "below": []} for one in asked], "warnings": []}
    found = [(one, spend(work, one)) for one in asked]
    items = [
        {
            **one.told(),
            "weights": _weights(whole, seen.organization),
            "below": [_depth(row) for row in by_depth(work, one, seen.organization)],
        }
        for one, whole in found
    ]
    told = warnings(work, [whole for _, whole in found])
    return {"items": items, "warnings": told}


def weakest(work: Work, wanted: Mapping[str, Any]) -> list[Item]:
    """The weakest link of each demand and pillar: the lowest level among those owing.

    Of equal ones where most of the spend stands at its tier, then the smallest displayed id.
    """
    items = []
    for one in demands(work, wanted):
        money = spend(work, one)
        for pillar in one.requirement.pillars:
            rows = [row for row in one.rows if row.pillar == pillar and _within(row, wanted)]
            if rows:
                row = min(rows, key=partial(_weakness, money=money))
                items.append(_link(work, one, row, money))
    return items


def weakest_position(item: Mapping[str, Any]) -> list[Any]:
    """Where a weakest link stands in the list."""
    return [item["requirement"], item["pillar"]]


def _within(row: Judged, wanted: Mapping[str, Any]) -> bool:
    return row.stood is not None and wanted.get("tier") in {None, row.owed.tier}


def _weakness(row: Judged, money: Flow) -> tuple[int, float, str]:
    assert row.stood is not None
    return row.stood.standing.level or 0, -_weight(row, money), row.supplier


def _weight(row: Judged, money: Flow) -> float:
    return money.at(row.owed.supplier, row.owed.tier) if row.kind is RowKind.IDENTITY else 0.0


def _link(work: Work, demand: Demand, row: Judged, money: Flow) -> Item:
    network = network_for(work, work.actor.organization)
    veiled = row.kind is RowKind.PSEUDONYM
    organization = None if veiled else network.organization(row.owed.supplier)
    way = () if veiled else path(network, demand.requirement, row.owed.supplier, work.moment.on, _LENS[row.kind])
    return {
        **demand.told(),
        "pillar": row.pillar,
        "supplier": row.supplier,
        "kind": str(row.kind),
        "name": organization.name if organization else None,
        "name_zh": organization.name_zh if organization else None,
        "tier": row.owed.tier,
        "level": row.owed.level,
        "achieved": row.stood.standing.level if row.stood else None,
        "gap": row.judged.gap if row.judged else None,
        "status": row.status,
        "weight": None if veiled else part(_weight(row, money)),
        "path": hops(network, way),
    }


def _weights(money: Flow, supplier: int) -> list[float]:
    return [part(money.at(supplier, depth)) for depth in range(1, DEEPEST + 1)]


def _depth(one: Depth) -> Item:
    exposure = one.exposure("met")
    return {
        "depth": one.depth,
        "suppliers": one.suppliers,
        "weight": part(one.weight),
        "exposure": None if exposure is None else part(exposure),
        "parts": {name: part(one.parts.get(name, 0.0)) for name in (*COVERAGE, NOT_OWING)},
        "undisclosed": part(one.undisclosed),
        "uncarried": part(one.uncarried),
    }
