"""Why a supplier owes what it owes, told to somebody who may know it: path, rules and the facts they used."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from graph.cascade import alternatives, explain
from graph.network import Link, Network, Requirement
from graph.sight import Row, RowKind, view
from graph.terms import Reason
from graph.ways import ways
from supplychain.conformity import wording
from supplychain.errors import NotFound
from supplychain.network.visibility import display_id, find, network_for
from supplychain.work import Work

_VEILED = frozenset({"tier_is_shortest", "schedule_entry", "held_beyond_schedule", "announced"})
"""The rules that tell no more of a pseudonym than its row does: no way, no code, no date."""


def explanations(
    work: Work, reader: int, displayed: str, day: date, requirement_id: str | None, most: int = 0
) -> list[dict[str, Any]]:
    """Why a supplier owes each of the reader's own requirements, or one of them. Raises NotFound.

    most: so many other ways are told as well.
    """
    find(work, reader, displayed, day)
    network = network_for(work, reader)
    own = [one for one in network.requirements() if one.issuer == reader and one.live_on(day)]
    if requirement_id is not None:
        own = [one for one in own if one.id == requirement_id]
        if not own:
            raise NotFound
    found = ((one, _row(work, reader, network, one, displayed, day)) for one in own)
    return [_explanation(network, one, row, day, most) for one, row in found if row is not None]


def _row(work: Work, reader: int, network: Network, requirement: Requirement, displayed: str, day: date) -> Row | None:
    rows = view(network, requirement, day).rows
    return next((row for row in rows if display_id(work, reader, row.organization, row.kind) == displayed), None)


def _explanation(network: Network, requirement: Requirement, row: Row, day: date, most: int) -> dict[str, Any]:
    veiled = row.kind is RowKind.PSEUDONYM
    told = explain(network, requirement, row.organization, day, row.lens)
    shown = [one for one in told.reasons if not veiled or str(one.code) in _VEILED]
    return {
        "requirement": requirement.id,
        "title": requirement.title,
        "framework": requirement.framework,
        "pillars": list(requirement.pillars),
        "kind": str(row.kind),
        "tier": row.tier,
        "level": row.owed.level,
        "due": None if veiled or row.due is None else row.due.isoformat(),
        "path": [] if veiled else hops(network, told.path),
        "alternatives": [] if veiled else hops(network, _others(network, requirement, row, day)),
        "rules": [wording.reason(str(one.code), named(network, one)) for one in shown],
        "ways": None if veiled or not most else _ways(network, requirement, row, day, most),
    }


def _ways(network: Network, requirement: Requirement, row: Row, day: date, most: int) -> dict[str, Any]:
    """Other ways as if each were the only one, and whether these are all."""
    found = ways(network, requirement, row.organization, day, row.lens, most)
    return {
        "limit": most,
        "more": found.more,
        "complete": found.complete,
        "items": [
            {
                "tier": len(one.links),
                "level": one.level,
                "due": wording.plain(one.due),
                "path": hops(network, one.links),
                "rules": [wording.reason(str(reason.code), named(network, reason)) for reason in one.reasons],
            }
            for one in found.found
        ],
    }


def _others(network: Network, requirement: Requirement, row: Row, day: date) -> Sequence[Link]:
    return alternatives(network, requirement, row.organization, day, row.lens)


def hops(network: Network, links: Sequence[Link]) -> list[dict[str, Any]]:
    """A way through the network whose every end the reader may know."""
    return [
        {
            "link": link.id,
            "buyer": _shown(network, link.buyer),
            "supplier": _shown(network, link.supplier),
            "category": link.category,
        }
        for link in links
    ]


def named(network: Network, reason: Reason) -> Mapping[str, Any]:
    """A reason's values with ids in the place of numbers."""
    shown = dict(reason.params)
    if "link" in shown:
        shown["link"] = _link_id(network, shown["link"])
    if "among" in shown:
        among = shown["among"]
        assert isinstance(among, tuple)
        shown["among"] = tuple(_link_id(network, number) for number in among)
    if "issuer" in shown:
        shown["issuer"] = _shown(network, int(str(shown["issuer"])))["id"]
    if "predecessor" in shown:
        before = network.requirement(int(str(shown["predecessor"])))
        shown["predecessor"] = before.id if before else None
    return shown


def _link_id(network: Network, number: Any) -> str:
    link = network.link(number)
    return link.id if link else ""


def _shown(network: Network, number: int) -> dict[str, Any]:
    found = network.organization(number)
    return {
        "id": found.id if found else "",
        "name": found.name if found else "",
        "name_zh": found.name_zh if found else None,
    }
