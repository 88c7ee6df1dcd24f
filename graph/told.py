"""The network as one reader may be told of it on another day than today (domain rules: two axes of time).

A past day changes what is computed, never what may be seen: the answer is computed on a network that holds the facts
of then, but only about organizations that today's confirmed links show the reader by identity, and only over links
that today show both their ends. Whatever else there was is absent, so that nothing can rest on it. Who is known by a
pseudonym is left out: whether it appears on a day, or is late on it, would tell dates that a pseudonym hides.

It is carried over revisions of both networks: where something moved in one of them, facts are looked at again.
"""

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from graph.arrays.columns import DISCLOSURES, NOBODY, LinkColumns, taken
from graph.facts import Change, DayAdvanced, Link, Requirement
from graph.memory import Moves
from graph.network import Network
from graph.parts import among, part
from graph.sight import Sight, sight
from graph.terms import Disclosure


@dataclass(frozen=True, slots=True)
class _Told:
    """A network for one reader, and whom it rests on.

    weight: room it takes in the engine's memory: an organization with its links as a few of a walk.
    """

    network: Network
    group: AbstractSet[int]
    weight: int


def told(then: Network, now: Network, reader: int, today: date) -> Network:
    """What there was, `then`, of all that a reader may see by identity today."""

    def follow() -> _Told:
        seen = sight(now, reader, today)
        telling = _Telling(then, now, reader, seen)
        return then.memory.followed(
            ("told", reader),
            (telling.seen.version, then.described, now.linked, then.linked, then.owned),
            lambda: _told(telling),
            lambda earlier, moves: _retold(telling, earlier, moves),
        )

    return now.memory.recall(("told", reader, today, then.revision), follow).network


@dataclass(frozen=True, slots=True)
class _Telling:
    """What a reader is told of `then`, by what it sees `now`."""

    then: Network
    now: Network
    reader: int
    seen: Sight

    def about(self, organizations: Iterable[int]) -> Iterator[Change]:
        """Facts of those of them that are shown."""
        for number in filter(self.seen.knows, organizations):
            for fact in (self.then.organization(number), self.then.record(self.reader, number)):
                if fact is not None:
                    yield fact

    def link(self, link: Link) -> Link | None:
        """The link as it is told, None where it is not."""
        ends = self.seen.knows(link.buyer) and self.seen.knows(link.supplier)
        if ends and link.owner in {None, self.reader} and _is_open(self.now, link, self.seen.group):
            is_told = link.disclosure is Disclosure.IDENTITY
            return link if is_told else replace(link, disclosure=Disclosure.IDENTITY)
        return None

    def requirements(self) -> Iterator[Requirement]:
        """The reader's own."""
        return (one for one in self.then.requirements() if one.issuer == self.reader)


def _told(telling: _Telling) -> _Told:
    then, seen, reader = telling.then, telling.seen, telling.reader
    known = seen.known()
    owned = (one for one in then.ownerships() if one.child in seen.group and one.parent in seen.group)
    network = part(
        then,
        (*owned, *telling.requirements(), DayAdvanced(then.day)),
        _links(telling, known),
        seen.knows,
        lambda key: key[0] == reader and seen.knows(key[1]),
    )
    return _Told(network, seen.group, 4 * len(known))


def _links(telling: _Telling, known: Collection[int]) -> LinkColumns:
    """All that there were, as `_Telling.link` tells each."""
    columns, reader = telling.then.columns(), telling.reader
    ends = among(columns.buyer, known) & among(columns.supplier, known)
    links = taken(columns, np.flatnonzero(ends & np.isin(columns.owner, (NOBODY, reader))))
    own = among(links.buyer, telling.seen.group) | (links.owner == reader)
    shown = taken(links, np.flatnonzero(own | _are_open(telling.now, links)))
    return replace(shown, disclosure=np.full(len(shown), DISCLOSURES.index(Disclosure.IDENTITY), np.uint8))


def _retold(telling: _Telling, earlier: _Told, moves: Moves) -> _Told | None:
    """The same, made from an earlier one. A link that is told no more has no days, so that nothing reaches its ends."""
    sighted, described, shown_now, shown_then, owned = moves
    then, group, held = telling.then, telling.seen.group, earlier.network
    if group != earlier.group or owned & group:
        return None
    facts: list[Change] = [*telling.about(sighted | described)]
    facts += (one for one in telling.requirements() if held.requirement(one.number) != one)
    for link in _concerned(then, sighted, shown_now | shown_then):
        now = telling.link(link)
        if now is not None or held.link(link.number) is not None:
            facts.append(now or replace(link, periods=()))
    if not facts and held.day == then.day:
        return earlier
    return replace(earlier, network=held.apply([*facts, DayAdvanced(then.day)], then.revision))


def _concerned(then: Network, organizations: Iterable[int], moved: Iterable[tuple[int, int, int]]) -> set[Link]:
    """The links of some organizations, and all between the same two as links that moved."""
    found = {link for one in organizations for some in (then.links_from(one), then.links_to(one)) for link in some}
    for number, buyer, supplier in moved:
        found.update(link for link in then.links_from(buyer) if link.supplier == supplier)
        found.update(filter(None, [then.link(number)]))
    return found


def _is_open(now: Network, link: Link, group: AbstractSet[int]) -> bool:
    """Whether today shows both ends of a link: the reader's own do; else as it is disclosed now.

    A link that gave its days to others shows as little as the most closed of those between the same two.
    """
    if link.buyer in group or link.owner is not None:
        return True
    current = now.link(link.number)
    return _all_open([current] if current is not None and current.periods else _between(now, link))


def _are_open(now: Network, links: LinkColumns) -> NDArray[np.bool_]:
    """Of each link that is not the reader's own whether `_is_open` finds it so."""
    current = now.columns()
    standing = np.isin(links.number, current.number[np.diff(current.periods) > 0])
    rows = np.searchsorted(current.number, links.number[standing])
    found = standing.copy()
    found[standing] = current.disclosure[rows] == DISCLOSURES.index(Disclosure.IDENTITY)
    for row in np.flatnonzero(~standing).tolist():
        found[row] = _all_open(_between(now, links.link(row)))
    return found


def _all_open(standing: Collection[Link]) -> bool:
    return bool(standing) and all(one.disclosure is Disclosure.IDENTITY for one in standing)


def _between(now: Network, link: Link) -> list[Link]:
    return [one for one in now.links_from(link.buyer) if one.supplier == link.supplier and one.periods]
