"""The network as one reader may be told of it on another day than today (domain rules: two axes of time).

A past day changes what is computed, never what may be seen: the answer is computed on a network that holds the facts
of then, but only about organizations that today's confirmed links show the reader by identity, and only over links
that today show both their ends. Whatever else there was is absent, so that nothing can rest on it. Who is known by a
pseudonym is left out: whether it appears on a day, or is late on it, would tell dates that a pseudonym hides.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date

from graph.facts import Change, DayAdvanced, Link
from graph.network import Network
from graph.sight import sight
from graph.terms import Disclosure


@dataclass(frozen=True, slots=True)
class Told:
    """A network for one reader. open: whom today shows it by identity, its own group among them."""

    network: Network
    open: AbstractSet[int]

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory: an organization with its links as a few of a walk."""
        return 4 * len(self.open)


def told(then: Network, now: Network, reader: int, today: date) -> Told:
    """What there was, `then`, of all that a reader may see by identity today."""
    seen = sight(now, reader, today)
    shown = frozenset(one for one, openness in seen.openness.items() if openness is Disclosure.IDENTITY)
    changes = _facts(then, now, reader, shown, seen.group)
    return Told(Network.empty().apply(changes, then.revision), shown)


def _facts(
    then: Network, now: Network, reader: int, shown: AbstractSet[int], group: AbstractSet[int]
) -> Iterator[Change]:
    for number in shown:
        for fact in (then.organization(number), then.record(reader, number)):
            if fact is not None:
                yield fact
        for link in then.links_from(number):
            if link.supplier in shown and link.owner in {None, reader} and _is_open(now, link, group):
                yield replace(link, disclosure=Disclosure.IDENTITY)
    yield from (one for one in then.ownerships() if one.child in group and one.parent in group)
    yield from (one for one in then.requirements() if one.issuer == reader)
    yield DayAdvanced(then.day)


def _is_open(now: Network, link: Link, group: AbstractSet[int]) -> bool:
    """Whether today shows both ends of a link: the reader's own do; else as it is disclosed now.

    A link that gave its days to others shows as little as the most closed of those between the same two.
    """
    if link.buyer in group or link.owner is not None:
        return True
    current = now.link(link.number)
    standing = [current] if current is not None and current.periods else _between(now, link)
    return bool(standing) and all(one.disclosure is Disclosure.IDENTITY for one in standing)


def _between(now: Network, link: Link) -> list[Link]:
    return [one for one in now.links_from(link.buyer) if one.supplier == link.supplier and one.periods]
