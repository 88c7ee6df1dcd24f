"""Who may see whom: visibility as a pure function of the network (domain rules: what may be seen by whom).

Confirmed links open sight, claimed ones do not. Sight along a path is that of its most closed link, the
reader's own links being always `identity` to it; over paths the most open wins. The number of an organization
in an answer is for the engine's callers: what a reader is shown instead is theirs to decide by `RowKind`.
"""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from graph.facts import Link, Requirement
from graph.network import Network
from graph.obligations import Obligation, obligations, unclassified_links
from graph.passing import passing_through
from graph.periods import state_on
from graph.reach import Lens, reach
from graph.terms import CARRYING, Disclosure, FlowDown, LinkState

__all__ = ["Row", "RowKind", "Sight", "View", "disclosed", "passes_on", "passing_through", "sight", "view"]


@dataclass(frozen=True, slots=True)
class Sight:
    """What one reader may see of the network, whatever is required of it.

    Attributes:
        reader: whose eyes.
        openness: organization to how it appears; who is in it not at all is unseen.
        tier: organization to its tier over links at least that open, 0 for the reader's group.
        group: the reader and everything it owns.
    """

    reader: int
    openness: Mapping[int, Disclosure]
    tier: Mapping[int, int]
    group: AbstractSet[int]

    @property
    def walked(self) -> tuple[AbstractSet[int], ...]:
        """All organizations whose links were looked at."""
        return (self.openness.keys(),)

    def knows(self, organization: int) -> bool:
        """Whether the reader knows the organization by name."""
        return self.openness.get(organization) is Disclosure.IDENTITY


class RowKind(StrEnum):
    """As what an organization appears in the issuer's view."""

    IDENTITY = "identity"
    PSEUDONYM = "pseudonym"
    AWAITING = "awaiting"
    """A direct supplier by the issuer's own claim alone; its conformity is closed."""
    PRIVATE = "private"
    """Reached by the issuer's own private links alone; its conformity is closed."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an issuer's view of one requirement.

    Attributes:
        kind: as what the organization appears.
        organization: its number; not to be shown, nor sorted by, in a row of kind pseudonym.
        tier: over the links of the lens, which may be deeper than what is owed.
        level: rank asked at that tier.
        due: last day; None in a row of kind private. A pseudonym's status rests on it, its value stays hidden.
        via: number of the link by which the path enters.
        lens: through which `graph.cascade.explain` gives the same tier, level and path.
        owed: the obligation that the lens shows.
    """

    kind: RowKind
    organization: int
    tier: int
    level: int
    due: date | None
    via: int
    lens: Lens
    owed: Obligation


@dataclass(frozen=True, slots=True)
class View:
    """What the issuer may see of one requirement on one day.

    Attributes:
        rows: by kind, tier and number. An organization has one row, but that what the issuer itself claims or
            privately knows stands beside a pseudonym: whether the two are one is what the pseudonym hides.
        protected: obligations over confirmed links that are in no row the issuer may tie to conformity; to be
            counted in cells, never listed.
        unclassified_links: links too coarsely coded to say whether they carry, among those the issuer may see.
        beyond_horizon: organizations at tier 16 or more, among those the issuer may list.
    """

    rows: tuple[Row, ...]
    protected: tuple[Obligation, ...]
    unclassified_links: frozenset[int]
    beyond_horizon: frozenset[int]

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory: a row with its obligation as two of a walk."""
        return 2 * (len(self.rows) + len(self.protected))


def sight(network: Network, reader: int, day: date) -> Sight:
    """How each organization appears to the reader over confirmed links valid on the day."""
    key = ("sight", reader, network.epoch(day))
    return network.memory.recall(key, lambda: _sight(network, reader, day))


def disclosed(network: Network, reader: int, day: date) -> Iterator[Link]:
    """Confirmed links between organizations that the reader knows by name, told by identity to readers further up."""
    seen = sight(network, reader, day)
    for buyer in seen.openness:
        for link in network.links_from(buyer):
            told = buyer in seen.group or link.disclosure is Disclosure.IDENTITY
            confirmed = link.owner is None and state_on(link.periods, day) is LinkState.CONFIRMED
            if told and confirmed and seen.knows(buyer) and seen.knows(link.supplier):
                yield link


def view(network: Network, requirement: Requirement, day: date) -> View:
    """The requirement's obligations in its issuer's eyes; empty when it is not live on the day.

    Each organization is judged over links at least as open as its sight. One that has no such way to this
    requirement is protected: showing it over more closed links would show it twice, as two.
    """
    key = ("view", requirement, network.epoch(day), network.term(day))
    return network.memory.recall(key, lambda: _view(network, requirement, day))


def passes_on(network: Network, supplier: int, day: date) -> FlowDown:
    """Whether the supplier, as a buyer, passes on what is asked of it.

    `no` as soon as one of its links says no, `yes` only when all say yes, else `undeclared`.
    """
    links = (link for link in network.links_from(supplier) if state_on(link.periods, day) in CARRYING)
    said = {link.flow_down for link in links}
    if FlowDown.NO in said:
        return FlowDown.NO
    return FlowDown.YES if said == {FlowDown.YES} else FlowDown.UNDECLARED


def _sight(network: Network, reader: int, day: date) -> Sight:
    group = network.group(reader, day)
    tier = _closure(network, group, day, Disclosure.PSEUDONYM)
    openness = dict.fromkeys(tier, Disclosure.PSEUDONYM)
    known = _closure(network, group, day, Disclosure.IDENTITY)
    openness.update(dict.fromkeys(known, Disclosure.IDENTITY))
    tier.update(known)
    return Sight(reader, openness, tier, group)


def _closure(network: Network, group: AbstractSet[int], day: date, floor: Disclosure) -> dict[int, int]:
    """Everybody reached over confirmed links at least as open as the floor, with tiers."""
    shown = tuple(one for one in Disclosure if one.openness >= floor.openness)
    tier = dict.fromkeys(group, 0)
    frontier = list(group)
    while frontier:
        entered: dict[int, int] = {}
        for buyer in frontier:
            for link in network.links_from(buyer):
                is_open = tier[buyer] == 0 or link.disclosure in shown
                if is_open and link.supplier not in tier and state_on(link.periods, day) is LinkState.CONFIRMED:
                    entered[link.supplier] = tier[buyer] + 1
        tier.update(entered)
        frontier = list(entered)
    return tier


def _view(network: Network, requirement: Requirement, day: date) -> View:
    seen = sight(network, requirement.issuer, day)
    by_identity = obligations(network, requirement, day, Lens.SEEN_IDENTITY)
    by_pseudonym = obligations(
        network,
        requirement,
        day,
        Lens.SEEN_PSEUDONYM,
        lambda supplier: seen.openness.get(supplier) is Disclosure.PSEUDONYM,
    )
    by_claim = obligations(network, requirement, day, Lens.OWN, _outside(by_identity))
    by_hearsay = obligations(network, requirement, day, Lens.KNOWN, _outside(by_identity, by_claim))
    unlisted = obligations(network, requirement, day, Lens.SEEN_ANY, _outside(by_identity, by_pseudonym))
    rows = (
        *_rows(RowKind.IDENTITY, by_identity),
        *_rows(RowKind.PSEUDONYM, by_pseudonym),
        *_rows(RowKind.AWAITING, by_claim),
        *_rows(RowKind.PRIVATE, by_hearsay),
    )
    return View(
        rows,
        tuple(unlisted[supplier] for supplier in sorted(unlisted)),
        _unclassified(network, requirement, day),
        _beyond(network, requirement, day, seen),
    )


def _outside(*found: Mapping[int, Obligation]) -> Callable[[int], bool]:
    """What is shown already must not be made, and told, twice."""
    return lambda supplier: not any(supplier in one for one in found)


_LENS = {
    RowKind.IDENTITY: Lens.SEEN_IDENTITY,
    RowKind.PSEUDONYM: Lens.SEEN_PSEUDONYM,
    RowKind.AWAITING: Lens.OWN,
    RowKind.PRIVATE: Lens.KNOWN,
}


def _rows(kind: RowKind, owed: Mapping[int, Obligation]) -> list[Row]:
    lens = _LENS[kind]
    rows = [
        Row(kind, one.supplier, one.tier, one.level, None if kind is RowKind.PRIVATE else one.due, one.via, lens, one)
        for one in owed.values()
    ]
    return sorted(rows, key=lambda row: (row.tier, row.organization))


def _unclassified(network: Network, requirement: Requirement, day: date) -> frozenset[int]:
    """Codes are hidden behind pseudonyms, so only links between known ends are counted."""
    if not requirement.live_on(day):
        return frozenset()
    return unclassified_links(network, requirement, day, Lens.KNOWN)


def _beyond(network: Network, requirement: Requirement, day: date, seen: Sight) -> frozenset[int]:
    if not requirement.live_on(day):
        return frozenset()
    known = reach(network, requirement, day, Lens.SEEN_IDENTITY).beyond_horizon
    veiled = reach(network, requirement, day, Lens.SEEN_PSEUDONYM).beyond_horizon
    return frozenset(known) | {one for one in veiled if seen.openness.get(one) is Disclosure.PSEUDONYM}
