"""The supply links whose both ends a reader may name: what it looks at when it looks up the chain.

A pseudonym stands in none of them. Which way it is reached is what the pseudonym hides, so that nothing computed on
these links - a weight, a chokepoint, a way - can tell of it (domain rules: what may be seen by whom).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from graph.facts import Link
from graph.network import Network
from graph.periods import state_on
from graph.sight import disclosed, sight
from graph.terms import CARRYING


@dataclass(frozen=True, slots=True)
class Shown:
    """Links by buyer, in the order of their numbers.

    Attributes:
        group: the reader and everything it owns, which buys as one.
        links: the group's own, claimed or confirmed, and below it those confirmed and told by identity. What is bought
            within the group is left out.
    """

    group: frozenset[int]
    links: Mapping[int, tuple[Link, ...]]

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        return sum(map(len, self.links.values()))


def shown(network: Network, reader: int, day: date) -> Shown:
    """What the reader may look at on the day; made once a revision."""
    key = ("shown", reader, network.epoch(day))
    return network.memory.recall(key, lambda: _shown(network, reader, day))


def _shown(network: Network, reader: int, day: date) -> Shown:
    group = frozenset(sight(network, reader, day).group)
    found: dict[int, dict[int, Link]] = defaultdict(dict)
    for link in disclosed(network, reader, day):
        found[link.buyer][link.number] = link
    for buyer in group:
        for link in network.links_from(buyer):
            if link.owner is None and state_on(link.periods, day) in CARRYING:
                found[buyer][link.number] = link
    outward = {
        buyer: tuple(links[number] for number in sorted(links) if not {buyer, links[number].supplier} <= group)
        for buyer, links in found.items()
    }
    return Shown(group, {buyer: links for buyer, links in outward.items() if links})
