"""The supply links whose both ends a reader may name: what it looks at when it looks up the chain.

A pseudonym stands in none of them. Which way it is reached is what the pseudonym hides, so that nothing computed on
these links - a weight, a chokepoint, a way - can tell of it (domain rules: what may be seen by whom).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from graph.codes import ScopeMatch
from graph.facts import Link, Requirement
from graph.memory import Line, Moves
from graph.network import Network
from graph.packed import changed_in
from graph.periods import state_on
from graph.scope import scope_match
from graph.sight import Sight, is_disclosed, sight
from graph.terms import CARRYING, FlowDown
from graph.versions import Version


@dataclass(frozen=True, slots=True)
class Shown:
    """Links by buyer, in the order of their numbers.

    Attributes:
        reader: whose eyes.
        group: the reader and everything it owns: one buyer, the reader.
        links: the group's own, claimed or confirmed, and below it those confirmed and told by identity. What is bought
            within the group is left out.
        version: whose links moved since earlier revisions.
    """

    reader: int
    group: frozenset[int]
    links: Mapping[int, tuple[Link, ...]]
    version: Version = field(default_factory=Version, compare=False, repr=False)

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
    """What the reader may look at on the day."""
    seen = sight(network, reader, day)
    return network.memory.repaired(
        Line(("shown", reader), *network.span(day)),
        lambda: (seen.version, network.linked),
        lambda: _shown(network, seen, day),
        lambda earlier, moves: _reshown(network, seen, day, earlier, moves),
    )


def _shown(network: Network, seen: Sight, day: date) -> Shown:
    links = _links(network, seen, day, seen.openness)
    return Shown(seen.reader, frozenset(seen.group), {buyer: some for buyer, some in links.items() if some})


def _reshown(network: Network, seen: Sight, day: date, earlier: Shown, moves: Moves) -> Shown:
    sighted, linked = moves
    buyers = sighted | {buyer for _, buyer, _ in linked}
    buyers |= {link.buyer for one in sighted for link in network.links_to(one)}
    if not buyers:
        return earlier
    links = _links(network, seen, day, buyers)
    told = {buyer: some or None for buyer, some in links.items()}
    return replace(earlier, links=changed_in(earlier.links, told), version=earlier.version.after(links.keys()))


def _links(network: Network, seen: Sight, day: date, buyers: Collection[int]) -> dict[int, tuple[Link, ...]]:
    """The links of some buyers; of the group, if anybody of it is among them, as the reader's."""
    found = {one: _below(network, seen, day, one) for one in buyers if one not in seen.group}
    if any(one in buyers for one in seen.group):
        found[seen.reader] = _own(network, seen, day)
    return found


def _below(network: Network, seen: Sight, day: date, buyer: int) -> tuple[Link, ...]:
    if not seen.knows(buyer):
        return ()
    return tuple(link for link in network.links_from(buyer) if is_disclosed(seen, link, day))


def _own(network: Network, seen: Sight, day: date) -> tuple[Link, ...]:
    links = (link for one in seen.group for link in network.links_from(one) if link.supplier not in seen.group)
    told = (link for link in links if link.owner is None and state_on(link.periods, day) in CARRYING)
    return tuple(sorted(told, key=lambda link: link.number))
