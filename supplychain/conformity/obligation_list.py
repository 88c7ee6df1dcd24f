"""Who owes a requirement, in its issuer's eyes."""

from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from graph.memory import Line
from graph.network import Requirement
from graph.sight import RowKind, view
from supplychain.answers.rules import AnswerKind
from supplychain.conformity import protected
from supplychain.conformity.brand import lasts, obligation_item
from supplychain.conformity.judged import Judged, due_shown, gap_shown
from supplychain.conformity.supplied import Owed, owed
from supplychain.errors import NotFound
from supplychain.network import engine
from supplychain.network.visibility import names_of, network_for
from supplychain.work import Work

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of a requirement in order, and how many suppliers said what, silence included."""

    rows: Sequence[Judged] = ()
    said: Mapping[str, int] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory: rows are the requirement's own."""
        return 1 + len(self.rows) // 10


def obligations(work: Work, requirement_id: str, day: date) -> tuple[Sequence[Judged], Item]:
    """The rows of a requirement of the caller's in order, and what may only be counted. Raises NotFound."""
    requirement = network_for(work, work.actor.organization).requirement(_own(work, requirement_id).number)
    found = _listing(work, requirement, day) if requirement else _counted(())
    return found.rows, {**beside(work, requirement_id, day), "answers": found.said}


def beside(work: Work, requirement_id: str, day: date) -> Item:
    """What may only be counted of a requirement of the caller's. Raises NotFound."""
    number = _own(work, requirement_id).number
    network = network_for(work, work.actor.organization)
    requirement = network.requirement(number)
    seen = view(network, requirement, day) if requirement else None
    return {
        "protected": protected.shown(work, number, min(day, work.moment.known_on)),
        "unclassified_links": len(seen.unclassified_links) if seen else 0,
        "beyond_horizon": len(seen.beyond_horizon) if seen else 0,
    }


def _listing(work: Work, requirement: Requirement, day: date) -> Listing:
    """All rows in order, sorted once for a revision: whoever walks the pages asks for the same."""
    me = work.actor.organization
    found = owed(work, me, day, requirement)
    if not lasts(work):
        return _listed(row for rows in found.rows.values() for row in rows)
    return network_for(work, me).memory.repaired(
        Line(("obligations", me, work.moment, day, requirement), found.version, found.heard.version, dated=False),
        lambda: (found.version,),
        lambda: _listed(row for rows in found.rows.values() for row in rows),
        lambda earlier, moves: _relisted(work, found, earlier, *moves),
    )


def _listed(rows: Iterable[Judged]) -> Listing:
    return _counted(sorted(rows, key=position))


def _relisted(work: Work, found: Owed, earlier: Listing, moved: AbstractSet[int]) -> Listing:
    if not moved:
        return earlier
    rows = [row for row in earlier.rows if row.owed.supplier not in moved]
    for name in (name for one in moved for name in names_of(work, work.actor.organization, one)):
        for row in found.rows.get(name, ()):
            insort(rows, row, key=position)
    return _counted(rows)


def _counted(rows: Sequence[Judged]) -> Listing:
    """Of those that the issuer lists and may hear."""
    said = {(row.supplier, row.kind): row.said.kind if row.said else AnswerKind.SILENT for row in rows if row.judged}
    counted = Counter(said.values())
    return Listing(rows, {str(kind): counted[kind] for kind in AnswerKind})


def position(one: Judged) -> list[Any]:
    """Where an obligation stands: nearest tier first, then by displayed id, kind and pillar."""
    return [one.owed.tier, one.supplier, str(one.kind), one.pillar]


def matching(rows: Sequence[Judged], wanted: Mapping[str, Any]) -> Sequence[Judged]:
    """The rows that fit the filters, by displayed values only."""
    asked = {name: value for name, value in wanted.items() if value is not None and name in _FILTERS}
    return [row for row in rows if all(_FILTERS[name](row, value) for name, value in asked.items())] if asked else rows


def shown(work: Work, rows: Iterable[Judged]) -> list[Item]:
    """The items of some rows, in their order."""
    return [_item(work, one) for one in rows]


_FILTERS: Final[Mapping[str, Callable[[Judged, Any], bool]]] = {
    "status": lambda one, value: one.status == value,
    "pillar": lambda one, value: one.pillar == value,
    "tier": lambda one, value: one.owed.tier == value,
    "answer": lambda one, value: bool(one.judged) and str(one.said.kind if one.said else AnswerKind.SILENT) == value,
    "min_gap": lambda one, value: (gap_shown(one) or 0) >= value,
    "due_until": lambda one, value: (due := due_shown(one)) is not None and due <= value,
}


def _own(work: Work, requirement_id: str) -> Requirement:
    """A requirement of the caller's, whatever the moment that is asked about."""
    for one in engine.present(work).network.requirements():
        if one.id == requirement_id and one.issuer == work.actor.organization:
            return one
    raise NotFound


def _item(work: Work, one: Judged) -> Item:
    organization = engine.network(work).organization(one.owed.supplier)
    named = one.kind is not RowKind.PSEUDONYM and organization is not None
    return {
        "supplier": one.supplier,
        "kind": str(one.kind),
        "name": organization.name if named and organization else None,
        **obligation_item(work, work.actor.organization, one),
    }
