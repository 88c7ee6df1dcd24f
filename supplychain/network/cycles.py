"""Ownership without circles: a pure rule over dated edges."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Edge(NamedTuple):
    """A child under a parent on some days; no first or last day is None."""

    child: int
    parent: int
    valid_from: date | None
    valid_to: date | None


def closes_a_circle(edges: Iterable[Edge], new: Edge) -> bool:
    """Whether on some day of the new edge its child already stands above its parent."""
    held = list(edges)
    # Whatever holds together begins to do so on the first day of one of its parts.
    days = {new.valid_from or date.min} | {edge.valid_from for edge in held if edge.valid_from is not None}
    return any(_holds(new, day) and _stands_above(held, new.child, new.parent, day) for day in days)


def _stands_above(edges: list[Edge], owner: int, organization: int, day: date) -> bool:
    below: defaultdict[int, list[int]] = defaultdict(list)
    for edge in edges:
        if _holds(edge, day):
            below[edge.parent].append(edge.child)
    seen, waiting = {owner}, [owner]
    while waiting:
        reached = [child for child in below[waiting.pop()] if child not in seen]
        seen.update(reached)
        waiting += reached
    return organization in seen


def _holds(edge: Edge, day: date) -> bool:
    return (edge.valid_from or date.min) <= day <= (edge.valid_to or date.max)
