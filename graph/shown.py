"""The supply links whose both ends a reader may name: what it looks at when it looks up the chain.

A pseudonym stands in none of them. Which way it is reached is what the pseudonym hides, so that nothing computed on
these links - a weight, a chokepoint, a way - can tell of it (domain rules: what may be seen by whom).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from graph.facts import Link, Requirement
from graph.network import Network
from graph.periods import state_on
from graph.scope import ScopeMatch, scope_match
from graph.sight import disclosed, sight
from graph.terms import CARRYING, FlowDown


@dataclass(frozen=True, slots=True)
class Shown:
    """Links by buyer, in the order of their numbers.

    Attributes:
        reader: whose eyes.
        group: the reader and everything it owns: one buyer, the reader.
        links: the group's own, claimed or confirmed, and below it those confirmed and told by identity. What is bought
            within the group is left out.
    """

    reader: int
    group: frozenset[int]
    links: Mapping[int, tuple[Link, ...]]

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        return sum(map(len, self.links.values()))

    def end(self, organization: int) -> int:
        """Whom an end of a link is taken for: of the group the reader."""
        return self.reader if organization in self.group else organization

    def carries(self, requirement: Requirement, link: Link) -> bool:
        """Whether one of the links takes the reader's requirement along (domain rules: cascade, rule 1)."""
        if link.flow_down is FlowDown.NO:
            return False
        return scope_match(requirement, link, own=link.buyer in self.group) is ScopeMatch.INSIDE


def shown(network: Network, reader: int, day: date) -> Shown:
    """What the reader may look at on the day; made once a revision."""
    key = ("shown", reader, network.epoch(day))
    return network.memory.recall(key, lambda: _shown(network, reader, day))


def _shown(network: Network, reader: int, day: date) -> Shown:
    group = frozenset(sight(network, reader, day).group)
    found: dict[int, dict[int, Link]] = defaultdict(dict)
    for link in disclosed(network, reader, day):
        found[reader if link.buyer in group else link.buyer][link.number] = link
    for link in (link for buyer in group for link in network.links_from(buyer)):
        if link.owner is None and state_on(link.periods, day) in CARRYING:
            found[reader][link.number] = link
    found[reader] = {number: link for number, link in found[reader].items() if link.supplier not in group}
    ordered = {buyer: tuple(links[number] for number in sorted(links)) for buyer, links in found.items() if links}
    return Shown(reader, group, ordered)
