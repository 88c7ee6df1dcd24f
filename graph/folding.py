"""How the fold puts new facts into the network's indexes, sharing whatever did not change."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from collections.abc import Set as AbstractSet
from operator import attrgetter
from typing import TypeVar

from immutables import Map

from graph.facts import Change, DayAdvanced, Link, Organization, Ownership, Record, Requirement, Waiver
from graph.versions import Version

_NUMBER = attrgetter("number")
Edge = TypeVar("Edge", bound=Link | Ownership)
Fact = TypeVar("Fact", Organization, Record, Ownership, Link, Requirement, Waiver, DayAdvanced)


def only(kind: type[Fact], by_kind: dict[type[Change], list[Change]]) -> Iterator[Fact]:
    return (change for change in by_kind.get(kind, ()) if isinstance(change, kind))


def changed(held: Map[int, Edge], new: Iterator[Edge]) -> dict[int, Edge]:
    """The last image of each, without those that say what is known already: they must cost no memory."""
    last = {edge.number: edge for edge in new}
    return {number: edge for number, edge in last.items() if held.get(number) != edge}


def by_number(held: dict[int, Requirement], new: dict[int, Requirement]) -> dict[int, Requirement]:
    return dict(sorted({**held, **new}.items())) if new else held


def granted(held: Map[int, tuple[Waiver, ...]], new: dict[int, Waiver]) -> Map[int, tuple[Waiver, ...]]:
    """Waivers by supplier; one whose supplier became another by a merge is looked for among all, for it is rare."""
    rebuilt = {}
    for supplier in holders(held, new):
        kept = [one for one in held.get(supplier, ()) if one.number not in new]
        coming = [one for one in new.values() if one.supplier == supplier]
        rebuilt[supplier] = tuple(sorted((*kept, *coming), key=_NUMBER))
    return held.update(rebuilt)


def holders(held: Map[int, tuple[Waiver, ...]], new: dict[int, Waiver]) -> set[int]:
    """Suppliers to whom these waivers are, or were, granted."""
    if not new:
        return set()
    before = {supplier for supplier, known in held.items() if any(one.number in new for one in known)}
    return before | {one.supplier for one in new.values()}


def moved(version: Version, what: AbstractSet[Hashable]) -> Version:
    return version.after(what) if what else version


def before_and_after(held: Map[int, Edge], new: dict[int, Edge]) -> Iterator[Edge]:
    return (edge for number, after in new.items() for edge in (held.get(number), after) if edge is not None)


def reindexed(
    index: Map[int, tuple[Edge, ...]],
    held: Map[int, Edge],
    new: dict[int, Edge],
    key: Callable[[Edge], int],
) -> Map[int, tuple[Edge, ...]]:
    """The index with the new edges in the place of the old: each tuple touched is rebuilt once."""
    changed = {key(before) for number in new if (before := held.get(number)) is not None}
    arriving: dict[int, list[Edge]] = defaultdict(list)
    for edge in new.values():
        arriving[key(edge)].append(edge)
    rebuilt = {}
    for end in changed | arriving.keys():
        known, coming = index.get(end, ()), sorted(arriving[end], key=_NUMBER)
        if end in changed:
            known = tuple(edge for edge in known if edge.number not in new)
        # What is only added must not cost what is there already.
        added = not known or not coming or known[-1].number < coming[0].number
        rebuilt[end] = (*known, *coming) if added else tuple(sorted((*known, *coming), key=_NUMBER))
    return index.update(rebuilt)
