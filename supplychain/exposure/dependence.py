"""On whom a brand depends: chokepoints, sub-tiers that several direct suppliers share, and whose rise helps most."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from graph.leverage import GUARANTEE, leverage
from graph.network import Requirement
from graph.sight import RowKind
from graph.structure import Chokepoint, Shared, chain_of, chokepoints, shared
from supplychain.conformity import wording
from supplychain.conformity.judged import Judged
from supplychain.conformity.rules import gap
from supplychain.exposure.demands import Item, asked_about, demands, named, part
from supplychain.exposure.rules import Note
from supplychain.network.visibility import Seen, country_of, network_for, visible_to
from supplychain.work import Work

DIRECT_NAMED: Final = 10
"""So many direct suppliers are named of those that share one; beside them stands how many there are."""
_SETTLED: Final = frozenset({"met", "waived"})
Value = TypeVar("Value")


def critical(work: Work, wanted: Mapping[str, Any]) -> tuple[Sequence[Item], Item]:
    """The suppliers through which others are reached alone, the one with the most first. Raises NotFound."""
    asked = _asked(work, wanted)
    looked = _looked(work, asked)

    def order() -> list[Item]:
        seen = named(work)
        items = [
            {**_place(seen[one.supplier]), "only_way_to": one.only_way_to, "separates": one.separates}
            for one in looked.chokepoints
            if one.supplier in seen
        ]
        return sorted(items, key=critical_position)

    return _recalled(work, ("critical", asked), order), _beside(work, looked)


def critical_position(item: Mapping[str, Any]) -> list[Any]:
    """Where a chokepoint stands in the list."""
    return [-item["only_way_to"], -item["separates"], item["tier"], item["supplier"]]


def critical_items(work: Work, items: Sequence[Item]) -> list[Item]:
    """Chokepoints with their names, made for those alone that are shown."""
    seen = named(work)
    figures = ("only_way_to", "separates")
    return [{**_supplier(work, seen[one["number"]]), **{name: one[name] for name in figures}} for one in items]


def several(work: Work, wanted: Mapping[str, Any]) -> tuple[Sequence[Item], Item]:
    """The suppliers that are reached over several direct ones, the one over the most first. Raises NotFound."""
    asked = _asked(work, wanted)
    looked = _looked(work, asked)

    def order() -> list[Item]:
        seen, masks = named(work), looked.shared.masks
        items = [
            {**_place(seen[one]), "direct_suppliers": mask.bit_count()} for one, mask in masks.items() if one in seen
        ]
        return sorted(items, key=several_position)

    return _recalled(work, ("several", asked), order), {**_beside(work, looked), "found": looked.shared}


def several_position(item: Mapping[str, Any]) -> list[Any]:
    """Where a shared supplier stands in the list."""
    return [-item["direct_suppliers"], item["tier"], item["supplier"]]


def several_items(work: Work, found: Shared, items: Sequence[Item]) -> list[Item]:
    """Shared suppliers with the first of the direct ones by id, made for those alone that are shown."""
    seen = named(work)
    told = []
    for item in items:
        one = item["number"]
        through = sorted(seen[direct].id for direct in found.through(one) if direct in seen)
        shown = {"direct_suppliers": item["direct_suppliers"], "through": through[:DIRECT_NAMED]}
        told.append({**_supplier(work, seen[one]), **shown})
    return told


def levers(work: Work, wanted: Mapping[str, Any]) -> Item:
    """The suppliers whose rise by one level in what is asked of them would satisfy most of what is open."""
    open_rows = [row for one in demands(work, wanted) for row in one.rows if _open(row)]
    within_reach: dict[str, dict[tuple[str, str], Judged]] = {}
    for row in open_rows:
        if _missing(row) == 1:
            within_reach.setdefault(row.supplier, {})[row.requirement.id, row.pillar] = row
    sets = {who: frozenset((who, *what) for what in rows) for who, rows in within_reach.items()}
    steps = leverage(sets, wanted["count"], lambda who: (min(r.owed.tier for r in within_reach[who].values()), who))
    listed = visible_to(work, work.actor.organization, work.moment.on)
    satisfied = steps[-1].total if steps else 0
    satisfiable = sum(map(len, sets.values()))
    return {
        "count": wanted["count"],
        "open": len(open_rows),
        "satisfiable": satisfiable,
        "satisfied": satisfied,
        "part_of_open": part(satisfied / len(open_rows)) if open_rows else None,
        "part_of_satisfiable": part(satisfied / satisfiable) if satisfiable else None,
        "guarantee": wording.reason(Note.GREEDY_GUARANTEE, {"per_cent": int(100 * GUARANTEE)}),
        "items": [
            {
                **_supplier(work, listed[step.who]),
                "gain": len(step.gained),
                "satisfied": step.total,
                "obligations": [_obligation(row) for _, row in sorted(within_reach[step.who].items())],
            }
            for step in steps
        ],
    }


@dataclass(frozen=True, slots=True)
class Looked:
    """What the shape of a chain tells. suppliers: how many are in it."""

    suppliers: int
    chokepoints: tuple[Chokepoint, ...]
    shared: Shared

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        return len(self.chokepoints) + self.shared.weight


def _asked(work: Work, wanted: Mapping[str, Any]) -> Requirement | None:
    """The one demand over whose links the chain is looked at; None = over all. Raises NotFound."""
    return asked_about(work, wanted)[0] if wanted.get("requirement") is not None else None


def _looked(work: Work, asked: Requirement | None) -> Looked:
    """The chain as the reader sees it; made once a revision."""
    me, day = work.actor.organization, work.moment.on

    def look() -> Looked:
        chain = chain_of(network_for(work, me), me, day, asked)
        return Looked(len(chain.nodes) - 1, chokepoints(chain), shared(chain))

    return _recalled(work, ("looked", asked), look)


def _recalled(work: Work, what: tuple[Any, ...], make: Callable[[], Value]) -> Value:
    """What follows from the reader's network on a day alone, made once a revision."""
    me = work.actor.organization
    network = network_for(work, me)
    return network.memory.recall((*what, me, network.epoch(work.moment.on)), make)


def _beside(work: Work, looked: Looked) -> Item:
    """How many suppliers were looked at, and how many pseudonyms were not: no way to them is told."""
    listed = visible_to(work, work.actor.organization, work.moment.on)
    veiled = _recalled(work, ("veiled",), lambda: sum(one.kind is RowKind.PSEUDONYM for one in listed.values()))
    return {"looked_at": looked.suppliers, "veiled": veiled}


def _open(row: Judged) -> bool:
    return row.stood is not None and row.status not in _SETTLED and _missing(row) > 0


def _missing(row: Judged) -> int:
    assert row.stood is not None
    return gap(row.terms.level, row.stood.standing.level)


def _obligation(row: Judged) -> Item:
    achieved = row.stood.standing.level if row.stood else None
    return {"requirement": row.requirement.id, "pillar": row.pillar, "level": row.owed.level, "achieved": achieved}


def _place(seen: Seen) -> Item:
    """What a supplier is listed by."""
    return {"number": seen.organization, "supplier": seen.id, "tier": seen.tier}


def _supplier(work: Work, seen: Seen) -> Item:
    network = network_for(work, work.actor.organization)
    organization = None if seen.kind is RowKind.PSEUDONYM else network.organization(seen.organization)
    return {
        "supplier": seen.id,
        "kind": str(seen.kind),
        "name": organization.name if organization else None,
        "name_zh": organization.name_zh if organization else None,
        "country": country_of(network, seen, work.actor.organization),
        "tier": seen.tier,
    }
