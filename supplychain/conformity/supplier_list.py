"""A buyer's list of suppliers, its filters and the single supplier: displayed values only.

The list is places in order; what stands at them is made for the page that is shown.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from graph.memory import Line
from graph.sight import RowKind, passes_on
from supplychain.conformity import wording
from supplychain.conformity.brand import obligation_item, shown_as
from supplychain.conformity.judged import Judged, gap_shown, needs_training
from supplychain.conformity.lacking import lacking
from supplychain.conformity.rules import UnmetOf
from supplychain.conformity.supplied import about, suppliers
from supplychain.frameworks import registry
from supplychain.network.visibility import Seen, country_of, directory, find, names_of, network_for, visible_to
from supplychain.work import Work

Item = dict[str, Any]


Place = tuple[int, str]
"""Where a supplier stands in the list: nearest tier first, then by displayed id."""


@dataclass(frozen=True, slots=True)
class _Order:
    """All places in order, and the directory they are of."""

    places: list[Place]
    listed: Mapping[str, Seen]

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        return len(self.places)


def places(work: Work, reader: int, day: date) -> Sequence[Place]:
    """Everybody the reader may list, in order."""
    network, found = network_for(work, reader), directory(work, reader, day)
    return network.memory.repaired(
        Line(("order", reader, work.runtime.settings.secret), *network.span(day)),
        lambda: (found.version,),
        lambda: _Order(sorted((seen.tier, name) for name, seen in found.listed.items()), found.listed),
        lambda earlier, moves: _reordered(work, reader, found.listed, earlier, *moves),
    ).places


def _reordered(work: Work, reader: int, listed: Mapping[str, Seen], earlier: _Order, moved: AbstractSet[int]) -> _Order:
    if not moved:
        return earlier
    names = {name for one in moved for name in names_of(work, reader, one)}
    found = list(earlier.places)
    for name in names:
        if name in earlier.listed:
            del found[bisect_left(found, (earlier.listed[name].tier, name))]
        if name in listed:
            insort(found, (listed[name].tier, name))
    return _Order(found, listed)


def matching(work: Work, reader: int, day: date, wanted: Mapping[str, Any]) -> Sequence[Place]:
    """The places of those who fit the filters; what a filter asks of obligations, one must fit as a whole."""
    found = places(work, reader, day)
    asked = {name: value for name, value in wanted.items() if value is not None}
    tier, kind, flag = (asked.get(name) for name in ("tier", "kind", "flag"))
    if tier is not None:
        found = [place for place in found if place[0] == tier]
    if kind is not None:
        listed = visible_to(work, reader, day)
        found = [place for place in found if listed[place[1]].kind == kind]
    of_obligation = {name: asked[name] for name in asked.keys() & {"status", "pillar", "framework", "requirement"}}
    least = asked.get("min_gap")
    if not (of_obligation or flag or least):
        return found
    told = suppliers(work, reader, day)
    fits = _fitting(work, reader, of_obligation, least)
    if flag is not None:
        found = [place for place in found if flag in _flags(told[place[1]][1])]
    if not (of_obligation or least):
        return found
    return [place for place in found if any(map(fits, told[place[1]][1]))]


def shown(work: Work, reader: int, day: date, page: Sequence[Place]) -> list[Item]:
    """The items of some places, in their order."""
    listed = visible_to(work, reader, day)
    found = about(work, reader, day, {listed[name].organization for _, name in page})
    return [_item(work, reader, day, *found[name]) for _, name in page]


def supplier_items(work: Work, reader: int, day: date) -> Sequence[Item]:
    """Everybody the reader may list, with what they owe."""
    told = suppliers(work, reader, day)
    return [_item(work, reader, day, *told[name]) for _, name in places(work, reader, day)]


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
    seen = find(work, reader, displayed, day)
    return about(work, reader, day, {seen.organization})[displayed]


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
        "flags": _flags(rows),
        "obligations": [obligation_item(work, reader, one) for one in rows],
    }


def _flags(rows: Sequence[Judged]) -> list[str]:
    return ["training"] if needs_training(rows) else []


def _fitting(work: Work, reader: int, wanted: Mapping[str, Any], least: int | None) -> Callable[[Judged], bool]:
    """Whether an obligation is, as it is displayed, what the filters ask for; asked once of what many share."""
    known: dict[int, bool] = {}

    def look(one: Judged) -> bool:
        if least is not None and (gap_shown(one) or 0) < least:
            return False
        return all(_DISPLAYED[name](work, reader, one) == value for name, value in wanted.items())

    def fits(one: Judged) -> bool:
        same = id(one.ruling)
        if same not in known:
            known[same] = look(one)
        return known[same]

    return fits


_DISPLAYED: Final[Mapping[str, Callable[[Work, int, Judged], str]]] = {
    "status": lambda _work, _reader, one: one.status,
    "pillar": lambda _work, _reader, one: one.pillar,
    "framework": lambda _work, _reader, one: one.requirement.framework,
    "requirement": shown_as,
}
