"""How the fold puts new facts into the network's indexes, sharing whatever did not change."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import TypeVar

from graph.facts import Change, DayAdvanced, Link, Organization, Ownership, Record, Requirement, Waiver
from graph.floor import Floored
from graph.versions import Version

_NUMBER = attrgetter("number")
Edge = TypeVar("Edge", bound=Link | Ownership | Waiver)
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


def reindexed(
    index: Floored[int, tuple[Edge, ...]],
    held: Mapping[int, Edge],
    new: dict[int, Edge],
    key: Callable[[Edge], int],
) -> Floored[int, tuple[Edge, ...]]:
    """The index with the new edges in the place of the old: each tuple touched is rebuilt once."""
    changed = {key(before) for number in new if (before := held.get(number)) is not None}
    arriving: dict[int, list[Edge]] = defaultdict(list)
    for edge in new.values():
        arriving[key(edge)].append(edge)
    rebuilt = {}
    for end in changed | arriving.keys():
        known: tuple[Edge, ...] = index.get(end, ())
        coming: list[Edge] = sorted(arriving[end], key=_NUMBER)
        if end in changed:
            known = tuple(edge for edge in known if edge.number not in new)
        # What is only added must not cost what is there already.
        added = not known or not coming or known[-1].number < coming[0].number
        rebuilt[end] = (*known, *coming) if added else tuple(sorted((*known, *coming), key=_NUMBER))
    return index.update(rebuilt)
