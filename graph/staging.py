"""What one asker is shown today, as a network of its own to suppose changes on (see `graph.whatif`)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Final

from graph.facts import Change, Link, Organization, Ownership, Record, Requirement
from graph.memory import Line, Moves
from graph.network import Network
from graph.openness import Sight
from graph.sight import RowKind, disclosed, is_disclosed, sight, view
from graph.versions import Version


@dataclass(frozen=True, slots=True)
class Stage:
    """What one asker is shown on a day, as something to compute on.

    Attributes:
        asker: whose eyes.
        today: the day whose sight counts.
        actual: the whole network; only what `graph.sight` shows of it is ever used.
        network: who the asker knows by name, the links disclosed between them, its own requirements.
        named: whom it knows by name, without its own group.
        veiled: whom it knows by pseudonym, each with the tier at which it is shown.
        sighted: version of its sight.
    """

    asker: int
    today: date
    actual: Network
    network: Network
    named: frozenset[int]
    veiled: Mapping[int, int]
    sighted: Version

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory: its own network as much again as a walk."""
        return 4 * (len(self.named) + len(self.veiled))

    def shown(self, requirement: Requirement) -> Mapping[int, int]:
        """Organization to tier, of those that the asker's list of the requirement shows today and opens."""
        seen = view(self.actual, requirement, self.today)
        key = ("shown", requirement, self.actual.epoch(self.today), self.actual.term(self.today))
        return self.actual.memory.recall(
            key, lambda: {row.organization: row.tier for row in seen.rows if row.kind in _OPEN}
        )

    def live(self) -> Iterator[Requirement]:
        """The asker's requirements of which it is shown a list today."""
        return (one for one in self.network.requirements() if one.live_on(self.today))


_OPEN: Final = frozenset({RowKind.IDENTITY, RowKind.PSEUDONYM})


def staged(network: Network, asker: int, today: date) -> Stage:
    """What the asker is shown today; made once a revision."""
    mine = tuple(one for one in network.requirements() if one.issuer == asker)
    return network.memory.repaired(
        Line(("staged", asker, mine), today, network.epoch(today)),
        lambda: (sight(network, asker, today).version, network.described, network.linked, network.owned),
        lambda: _staged(network, asker, today),
        lambda earlier, moves: _restaged(network, earlier, moves),
    )


def links_of(stage: Stage) -> Mapping[str, Link]:
    """The links that the asker may suppose to end, by public id."""
    return {link.id: link for link in stage.network.links()}


def _staged(network: Network, asker: int, today: date) -> Stage:
    seen = sight(network, asker, today)
    known = sorted(seen.known())
    links = {link.number: link for link in (*disclosed(network, asker, today), *_own(network, seen.group, known))}
    owned = (Ownership(one, one, asker, confirmed=True) for one in seen.group if one != asker)
    facts: tuple[Change | None, ...] = (
        *_about(network, asker, known),
        *(one for one in network.requirements() if one.issuer == asker),
        *links.values(),
        *owned,
    )
    shown = Network.empty().apply((one for one in facts if one is not None), network.revision)
    return _stage(network, asker, today, shown)


def _stage(network: Network, asker: int, today: date, shown: Network) -> Stage:
    seen = sight(network, asker, today)
    known = frozenset(seen.known())
    veiled = {one: tier for one, tier in seen.tier.items() if one not in known}
    return Stage(asker, today, network, shown, known - seen.group, veiled, seen.version)


def _about(network: Network, asker: int, known: Iterable[int]) -> Iterator[Organization | Record | None]:
    for one in known:
        yield network.organization(one)
        yield network.record(asker, one)


def _restaged(network: Network, earlier: Stage, moves: Moves) -> Stage | None:
    """The stage, made from an earlier one; None where something is to be taken off it, which no fact can do."""
    sighted, described, links, owned = moves
    if owned:
        return None
    seen = sight(network, earlier.asker, earlier.today)
    ends = {number for number, _, _ in links}
    for one in sighted:
        ends.update(link.number for link in (*network.links_from(one), *network.links_to(one)))
    now = {link.number: link for link in filter(None, map(network.link, ends)) if _on_stage(seen, link, earlier.today)}
    before = {number for number in ends if earlier.network.link(number) is not None}
    if before - now.keys() or any(earlier.network.organization(one) and not seen.knows(one) for one in sighted):
        return None
    about = _about(network, earlier.asker, [one for one in sighted | described if seen.knows(one)])
    facts = (*(one for one in about if one is not None), *now.values())
    shown = earlier.network.apply(facts, network.revision) if facts else earlier.network
    return _stage(network, earlier.asker, earlier.today, shown)


def _on_stage(seen: Sight, link: Link, today: date) -> bool:
    if not (seen.knows(link.buyer) and seen.knows(link.supplier)) or link.owner is not None:
        return False
    return link.buyer in seen.group or is_disclosed(seen, link, today)


def _own(network: Network, group: AbstractSet[int], known: Sequence[int]) -> Iterator[Link]:
    """The asker's own links to whom it knows by name, on whatever day: it reads all their days."""
    ends = frozenset(known)
    for buyer in group:
        for link in network.links_from(buyer):
            if link.owner is None and link.supplier in ends:
                yield link
