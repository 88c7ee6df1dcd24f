"""Who owes a requirement, in its issuer's eyes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from graph.network import Requirement
from graph.sight import RowKind, view
from supplychain.answers.rules import AnswerKind
from supplychain.conformity import protected
from supplychain.conformity.brand import Judged, judged_rows, obligation_item, remembered
from supplychain.errors import NotFound
from supplychain.network import engine
from supplychain.network.visibility import network_for
from supplychain.work import Work

Item = dict[str, Any]


def obligations(work: Work, requirement_id: str, day: date) -> tuple[list[Item], Item]:
    """The rows of a requirement of the caller's, and what may only be counted. Raises NotFound."""
    requirement = network_for(work, work.actor.organization).requirement(_own(work, requirement_id).number)
    items = _items(work, requirement, day) if requirement else []
    return items, {**beside(work, requirement_id, day), "answers": _answers(items)}


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


def _answers(items: Sequence[Item]) -> dict[str, int]:
    """How many suppliers said what, silence included: of those that the issuer lists and may hear."""
    said = {(item["supplier"], item["kind"]): item["answer"]["kind"] for item in items if item["answer"]}
    counted = Counter(said.values())
    return {str(kind): counted[str(kind)] for kind in AnswerKind}


def _items(work: Work, requirement: Requirement, day: date) -> list[Item]:
    """All rows in order, computed once for a revision: whoever walks the pages asks for the same."""

    def compute() -> list[Item]:
        rows = judged_rows(work, work.actor.organization, day, [requirement])
        return sorted((_item(work, one) for one in rows), key=position)

    return remembered(work, work.actor.organization, ("obligation-items", requirement.number, day), compute)


def position(item: Mapping[str, Any]) -> list[Any]:
    """Where an obligation stands: nearest tier first, then by displayed id, kind and pillar."""
    return [item["tier"], item["supplier"], item["kind"], item["pillar"]]


def matching(items: Sequence[Item], wanted: Mapping[str, Any]) -> list[Item]:
    """The rows that fit the filters, by displayed values only."""
    return [item for item in items if _fits(item, wanted)]


def _fits(item: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    if any(item[name] != wanted[name] for name in ("status", "pillar", "tier") if wanted.get(name) is not None):
        return False
    if wanted.get("answer") is not None and (item["answer"] or {}).get("kind") != wanted["answer"]:
        return False
    if wanted.get("min_gap") is not None and (item["gap"] or 0) < wanted["min_gap"]:
        return False
    until = wanted.get("due_until")
    return until is None or (item["due"] is not None and item["due"] <= until.isoformat())


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
