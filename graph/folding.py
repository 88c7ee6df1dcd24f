"""How the fold puts new facts into the network's indexes, sharing whatever did not change."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from graph.arrays.index import Edge
from graph.facts import Change, DayAdvanced, Link, Organization, Ownership, Record, Requirement, Waiver
from graph.versions import Version

Fact = TypeVar("Fact", Organization, Record, Ownership, Link, Requirement, Waiver, DayAdvanced)


@dataclass(frozen=True, slots=True)
class News:
    """Facts of one revision by their keys, the last image of each; links and ownership only where they say anything
    new.
    """

    organizations: dict[int, Organization]
    records: dict[tuple[int, int], Record]
    links: dict[int, Link]
    ownerships: dict[int, Ownership]
    requirements: dict[int, Requirement]
    waivers: dict[int, Waiver]
    days: tuple[date, ...]

    def __bool__(self) -> bool:
        facts = (self.organizations, self.records, self.links, self.ownerships, self.requirements, self.waivers)
        return any(facts)


def news(changes: Iterable[Change], links: Mapping[int, Link], ownerships: Mapping[int, Ownership]) -> News:
    """The changes sorted out, beside the links and ownership held before them."""
    by_kind: dict[type[Change], list[Change]] = defaultdict(list)
    for change in changes:
        by_kind[type(change)].append(change)
    return News(
        {one.number: one for one in _only(Organization, by_kind)},
        {(one.owner, one.organization): one for one in _only(Record, by_kind)},
        changed(links, _only(Link, by_kind)),
        changed(ownerships, _only(Ownership, by_kind)),
        {one.number: one for one in _only(Requirement, by_kind)},
        {one.number: one for one in _only(Waiver, by_kind)},
        tuple(one.day for one in _only(DayAdvanced, by_kind)),
    )


def _only(kind: type[Fact], by_kind: Mapping[type[Change], list[Change]]) -> Iterator[Fact]:
    return (change for change in by_kind.get(kind, ()) if isinstance(change, kind))


def changed(held: Mapping[int, Edge], new: Iterator[Edge]) -> dict[int, Edge]:
    """The last image of each, without those that say what is known already: they must cost no memory."""
    last = {edge.number: edge for edge in new}
    return {number: edge for number, edge in last.items() if held.get(number) != edge}


def moved(version: Version, what: AbstractSet[Hashable]) -> Version:
    return version.after(what) if what else version


def both(held: Mapping[int, Edge], new: dict[int, Edge]) -> Iterator[Edge]:
    """What changed as it was and as it is."""
    return (edge for number, after in new.items() for edge in (held.get(number), after) if edge is not None)
