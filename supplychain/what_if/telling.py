"""How a difference is told: by what is displayed to the asker, ways as explanations show them."""

from collections.abc import Mapping
from typing import Any

from graph.cascade import Lens, path
from graph.facts import Requirement
from graph.network import Network
from graph.sight import RowKind
from supplychain.conformity.explaining import hops
from supplychain.network.visibility import country_of
from supplychain.what_if.operations import Answer, Difference
from supplychain.what_if.rules import Side, Told, counted, tallied

Item = dict[str, Any]


def represent(answer: Answer, limit: int) -> Item:
    """The whole answer; totals are over all differences, items are the first ones."""
    told = [_told(answer, one) for one in answer.differences]
    return {
        "on": answer.on.isoformat(),
        "totals": counted(told),
        "by_tier": tallied(told, "tier"),
        "by_pillar": tallied(told, "framework", "pillar"),
        "by_country": tallied(told, "country"),
        "by_region": tallied(told, "country", "region"),
        "left_out": {"closed": answer.closed, "unstated": answer.unstated, "veiled": answer.veiled},
        "total": len(told),
        "limit": limit,
        "items": [_item(answer, one, shown) for one, shown in zip(answer.differences[:limit], told, strict=False)],
    }


def _told(answer: Answer, one: Difference) -> Told:
    stage, organization = answer.stage, one.seen.organization
    record = None if _veiled(one) else stage.network.record(stage.asker, organization)
    return Told(
        one.seen.id,
        one.side.framework,
        one.pillar,
        one.side.tier,
        country_of(stage.actual, one.seen, stage.asker),
        record.region if record else None,
        one.effects,
    )


def _item(answer: Answer, one: Difference, told: Told) -> Item:
    named = None if _veiled(one) else answer.stage.actual.organization(one.seen.organization)
    return {
        "supplier": one.seen.id,
        "name": named.name if named else None,
        "name_zh": named.name_zh if named else None,
        "kind": str(one.seen.kind),
        "country": told.country,
        "region": told.region,
        "requirement": answer.supposed.names.get(one.demand.number, one.demand.id),
        "title": one.demand.title,
        "pillar": one.pillar,
        "effects": [str(effect) for effect in one.effects],
        "before": _side(answer, answer.stage.network, one.pair.before, one, one.before),
        "after": _side(answer, answer.found.network, one.pair.after, one, one.after),
    }


def _side(answer: Answer, network: Network, demand: Requirement | None, one: Difference, side: Side | None) -> Any:
    if side is None or demand is None:
        return None
    way = () if _veiled(one) else path(network, demand, one.seen.organization, answer.on, Lens.SEEN_IDENTITY)
    shown: Mapping[str, Any] = {
        "framework": side.framework,
        "tier": side.tier,
        "level": side.level,
        "achieved": side.achieved,
        "gap": side.gap,
        "due": side.due and side.due.isoformat(),
        "status": side.status,
        "path": hops(network, way),
    }
    return shown


def _veiled(one: Difference) -> bool:
    return one.seen.kind is RowKind.PSEUDONYM
