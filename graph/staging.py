"""What one asker is shown today, as a network of its own to suppose changes on (see `graph.whatif`)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

import numpy as np

from graph.arrays.columns import DISCLOSURES, NOBODY, STATES, LinkColumns, taken
from graph.facts import Link, Organization, Ownership, Record, Requirement, SupplierScope
from graph.memory import Line, Moves
from graph.network import Network
from graph.openness import Sight
from graph.parts import among, part
from graph.schedule import level_at
from graph.scope import owes
from graph.sight import is_disclosed, sight
from graph.terms import MAX_TIER, Disclosure, LinkState
from graph.versions import Version
from graph.walks.reach import Lens, reach


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

    def shown(self, requirement: Requirement) -> AbstractSet[int]:
        """Organizations that the asker's list of a live requirement shows today and opens."""
        named = self._met(requirement, Lens.SEEN_IDENTITY, self.named)
        return named.keys() | self.shown_veiled(requirement).keys()

    def shown_veiled(self, requirement: Requirement) -> Mapping[int, int]:
        """Pseudonym to tier, of those that the asker's list of a live requirement shows today."""
        key = ("shown", requirement, self.actual.epoch(self.today), self.actual.term(self.today))
        return self.actual.memory.recall(key, lambda: self._met(requirement, Lens.SEEN_PSEUDONYM, self.veiled))

    def _met(self, requirement: Requirement, lens: Lens, wanted: Collection[int]) -> Mapping[int, int]:
        """Organization to tier as in rows of `graph.sight.view`, without what these say beside it."""
        asked = {tier for tier in range(1, MAX_TIER + 1) if level_at(requirement, tier) is not None}
        tiers = reach(self.actual, requirement, self.today, lens).tier.items()
        met = {one: tier for one, tier in tiers if tier in asked and one in wanted}
        if requirement.supplier_scope == SupplierScope():
            return met
        return {one: tier for one, tier in met.items() if owes(self.actual, requirement, one)}

    def live(self) -> Iterator[Requirement]:
        """The asker's requirements of which it is shown a list today."""
        return (one for one in self.network.requirements() if one.live_on(self.today))


def staged(network: Network, asker: int, today: date) -> Stage:
    """What the asker is shown today; made once a revision."""
    mine = tuple(one for one in network.requirements() if one.issuer == asker)
    return network.memory.repaired(
        Line(("staged", asker, mine), today, network.epoch(today)),
        lambda: (sight(network, asker, today).version, network.described, network.linked, network.owned),
        lambda: _staged(network, asker, today),
        lambda earlier, moves: _restaged(network, earlier, moves),
    )


def link_of(stage: Stage, public: str) -> Link | None:
    """A link that the asker may suppose to end, by its public id."""
    columns = stage.network.columns()
    found = map(columns.link, np.flatnonzero(columns.id == public.encode(errors="replace")).tolist())
    return next((link for link in found if link.id == public), None)


def _staged(network: Network, asker: int, today: date) -> Stage:
    seen = sight(network, asker, today)
    owned = (Ownership(one, one, asker, confirmed=True) for one in seen.group if one != asker)
    mine = (one for one in network.requirements() if one.issuer == asker)
    shown = part(
        network,
        (*mine, *owned),
        _links(network, seen, today),
        seen.knows,
        lambda key: key[0] == asker and seen.knows(key[1]),
    )
    return _stage(network, asker, today, shown)


def _links(network: Network, seen: Sight, today: date) -> LinkColumns:
    """Those that `_on_stage` lets on it."""
    columns, known = network.columns(), seen.known()
    identity = columns.disclosure == DISCLOSURES.index(Disclosure.IDENTITY)
    shown = identity & (columns.state_on(today) == STATES.index(LinkState.CONFIRMED)) | among(columns.buyer, seen.group)
    named = among(columns.buyer, known) & among(columns.supplier, known)
    return taken(columns, np.flatnonzero(shown & named & (columns.owner == NOBODY)))


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
    """Whether a link is between whom the asker knows by name, and its own, on whatever day, or disclosed today."""
    if not (seen.knows(link.buyer) and seen.knows(link.supplier)) or link.owner is not None:
        return False
    return link.buyer in seen.group or is_disclosed(seen, link, today)
