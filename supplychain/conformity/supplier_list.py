"""A buyer's list of suppliers, its filters and the single supplier: displayed values only."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from graph.sight import RowKind, passes_on
from supplychain.conformity import wording
from supplychain.conformity.brand import Judged, needs_training, obligation_item, remembered, suppliers
from supplychain.conformity.lacking import lacking
from supplychain.conformity.rules import UnmetOf
from supplychain.errors import NotFound
from supplychain.frameworks import registry
from supplychain.network.visibility import Seen, country_of, find, network_for
from supplychain.work import Work

Item = dict[str, Any]


def supplier_items(work: Work, reader: int, day: date) -> Sequence[Item]:
    """Everybody the reader may list, nearest tier first, then by displayed id."""

    def compute() -> Sequence[Item]:
        found = suppliers(work, reader, day).values()
        items = [_item(work, reader, day, seen, rows) for seen, rows in found]
        return tuple(sorted(items, key=position))

    return remembered(work, reader, ("supplier-items", day), compute)


def position(item: Mapping[str, Any]) -> list[Any]:
    """Where an item stands in the list."""
    return [item["tier"], item["id"]]


def matching(items: Sequence[Item], wanted: Mapping[str, Any]) -> Sequence[Item]:
    """The items that fit the filters; what a filter asks of obligations, one obligation must fit as a whole."""
    asked = {name: value for name, value in wanted.items() if value is not None}
    of_item = {name: asked[name] for name in asked.keys() & {"tier", "kind"}}
    of_obligation = {name: asked[name] for name in asked.keys() & {"status", "pillar", "framework", "requirement"}}
    flag, least = asked.get("flag"), asked.get("min_gap")
    if not (of_item or of_obligation or flag or least):
        return items
    return [
        item
        for item in items
        if all(item[name] == value for name, value in of_item.items())
        and (flag is None or flag in item["flags"])
        and (not (of_obligation or least) or any(_fits(one, of_obligation, least) for one in item["obligations"]))
    ]


def supplier_item(work: Work, reader: int, displayed: str, day: date) -> Item:
    """One supplier as the list shows it. Raises NotFound."""
    seen, rows = _found(work, reader, displayed, day)
    return _item(work, reader, day, seen, rows)


def supplier_status(work: Work, reader: int, displayed: str, day: date) -> Item:
    """One supplier with what is unmet for each of the reader's obligations. Raises NotFound.

    Of a pseudonym, tier, level and status only.
    """
    seen, rows = _found(work, reader, displayed, day)
    item = _item(work, reader, day, seen, rows)
    if seen.kind is RowKind.IDENTITY:
        unmet_of = lacking(work, [seen.organization], day)[seen.organization]
        for shown, one in zip(item["obligations"], rows, strict=True):
            shown["unmet"] = _unmet(work, unmet_of, one)
    return item


def _found(work: Work, reader: int, displayed: str, day: date) -> tuple[Seen, tuple[Judged, ...]]:
    find(work, reader, displayed, day)
    found = suppliers(work, reader, day).get(displayed)
    if found is None:
        raise NotFound
    return found


def _unmet(work: Work, unmet_of: UnmetOf, one: Judged) -> list[Item]:
    # What is unmet is told of one's own demands; of those that only pass through, the status.
    if one.passing or one.stood is None or one.judged is None or not one.judged.gap:
        return []
    framework = one.requirement.framework
    return wording.unmet(registry(work).get(framework), unmet_of(framework, one.pillar, one.owed.level))


def _item(work: Work, reader: int, day: date, seen: Seen, rows: Sequence[Judged]) -> Item:
    network = network_for(work, reader)
    organization = network.organization(seen.organization)
    named = seen.kind is not RowKind.PSEUDONYM and organization is not None
    # Since when a supplier passes on, or no longer, would tell dates of links that the reader does not see.
    direct = seen.tier == 1 and seen.kind is RowKind.IDENTITY and work.moment.is_present
    return {
        "id": seen.id,
        "kind": str(seen.kind),
        "name": organization.name if named and organization else None,
        "name_zh": organization.name_zh if named and organization else None,
        "country": country_of(network, seen, reader),
        "tier": seen.tier,
        "passes_on": str(passes_on(network, seen.organization, day)) if direct else None,
        "status": wording.worst(one.status for one in rows),
        "flags": ["training"] if needs_training(rows) else [],
        "obligations": [obligation_item(work, reader, one) for one in rows],
    }


def _fits(obligation: Mapping[str, Any], wanted: Mapping[str, Any], least: int | None) -> bool:
    if least is not None and (obligation["gap"] or 0) < least:
        return False
    return all(obligation[name] == value for name, value in wanted.items())
