"""How organizations appear to a reader: over confirmed links, along a path as its most closed link shows."""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

import numpy as np

from graph.arrays.columns import DISCLOSURES
from graph.arrays.packed import Packed, changed_in, weight_together
from graph.facts import Link
from graph.memory import Line, weight_of
from graph.network import Network
from graph.periods import state_on
from graph.terms import Disclosure, LinkState
from graph.versions import Version
from graph.walks import sweep
from graph.walks.ground import Kind, ground, kinds
from graph.walks.repair import moved_tiers


@dataclass(frozen=True, slots=True)
class Sight:
    """What one reader may see of the network, whatever is required of it.

    Attributes:
        reader: whose eyes.
        openness: organization to how it appears; who is in it not at all is unseen.
        tier: organization to its tier over links at least that open, 0 for the reader's group.
        group: the reader and everything it owns.
        version: who moved since earlier revisions.
    """

    reader: int
    openness: Mapping[int, Disclosure]
    tier: Mapping[int, int]
    group: AbstractSet[int]
    version: Version = field(default_factory=Version, compare=False, repr=False)

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        if isinstance(self.openness, Packed) and isinstance(self.tier, Packed):
            return weight_together(self.openness, self.tier)
        return len(self.openness) + len(self.tier)

    def knows(self, organization: int) -> bool:
        """Whether the reader knows the organization by name."""
        return self.openness.get(organization) is Disclosure.IDENTITY

    def veils(self, organization: int) -> bool:
        """Whether the reader sees the organization by pseudonym."""
        return self.openness.get(organization) is Disclosure.PSEUDONYM

    def known(self) -> dict[int, None]:
        """Everybody the reader knows by name, in the order of `openness`: to ask about very many."""
        return {one: None for one, openness in self.openness.items() if openness is Disclosure.IDENTITY}

    def veiled(self) -> frozenset[int]:
        """Everybody the reader sees by pseudonym: to ask about very many."""
        return frozenset(one for one, openness in self.openness.items() if openness is Disclosure.PSEUDONYM)


def sight(network: Network, reader: int, day: date) -> Sight:
    """How each organization appears to the reader over confirmed links valid on the day."""
    known, veiled = (_opened(network, reader, day, floor) for floor in (Disclosure.IDENTITY, Disclosure.PSEUDONYM))
    return network.memory.repaired(
        Line(("sight", reader), *network.span(day)),
        lambda: (known.version, veiled.version),
        lambda: _sight(reader, known, veiled),
        lambda earlier, moves: _resighted(earlier, known, veiled, frozenset().union(*moves)),
    )


@dataclass(frozen=True, slots=True)
class _Opened:
    """Everybody reached over confirmed links at least as open as a floor, with tiers."""

    tier: Mapping[int, int]
    group: AbstractSet[int]
    version: Version = field(default_factory=Version, compare=False)

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        return weight_of(self.tier)


def _opened(network: Network, reader: int, day: date, floor: Disclosure) -> _Opened:
    def walk() -> _Opened:
        group = network.group(reader, day)
        tiers = _closure if network.size < sweep.SMALL else _swept
        return _Opened(tiers(network, group, day, floor), group)

    return network.memory.repaired(
        Line(("opened", reader, floor), *network.span(day)),
        lambda: (network.linked, network.owned),
        walk,
        lambda earlier, moves: _reopened(network, reader, day, floor, earlier, *moves),
    )


def _reopened(
    network: Network,
    reader: int,
    day: date,
    floor: Disclosure,
    earlier: _Opened,
    links: AbstractSet[tuple[int, int, int]],
    owned: AbstractSet[int],
) -> _Opened | None:
    if not links and not owned:
        return earlier
    if owned and network.group(reader, day) != earlier.group:
        return None
    shown = _shown(floor)

    def opens(link: Link) -> bool:
        is_open = link.buyer in earlier.group or link.disclosure in shown
        return is_open and state_on(link.periods, day) is LinkState.CONFIRMED

    moved = moved_tiers(
        earlier.tier.get,
        {supplier for _, _, supplier in links},
        lambda one: (link.buyer for link in network.links_to(one) if opens(link)),
        lambda one: (link.supplier for link in network.links_from(one) if opens(link)),
    )
    if not moved:
        return None if moved is None else earlier
    return _Opened(changed_in(earlier.tier, moved), earlier.group, earlier.version.after(moved.keys()))


def _sight(reader: int, known: _Opened, veiled: _Opened) -> Sight:
    if isinstance(known.tier, Packed) and isinstance(veiled.tier, Packed):
        return _sight_of_arrays(reader, known.group, known.tier, veiled.tier)
    openness = dict.fromkeys(veiled.tier, Disclosure.PSEUDONYM)
    openness.update(dict.fromkeys(known.tier, Disclosure.IDENTITY))
    return Sight(reader, openness, {**veiled.tier, **known.tier}, known.group)


def _sight_of_arrays(reader: int, group: AbstractSet[int], known: Packed[int], veiled: Packed[int]) -> Sight:
    """Whom a path shows by identity it also shows by pseudonym, so that the one's places are places of the other."""
    named, near = known.flat().codes()
    everybody, tier = veiled.flat().codes()
    at = np.searchsorted(everybody, named)
    openness = np.full(len(everybody), DISCLOSURES.index(Disclosure.PSEUDONYM), np.uint8)
    openness[at] = DISCLOSURES.index(Disclosure.IDENTITY)
    tiers = tier.astype(np.promote_types(tier.dtype, near.dtype))
    tiers[at] = near
    return Sight(reader, Packed(everybody, openness, DISCLOSURES), Packed(everybody, tiers), group)


def _resighted(earlier: Sight, known: _Opened, veiled: _Opened, moved: AbstractSet[int]) -> Sight:
    if not moved:
        return earlier
    openness: dict[int, Disclosure | None] = {}
    tier: dict[int, int | None] = {}
    for one in moved:
        named = one in known.tier
        openness[one] = Disclosure.IDENTITY if named else Disclosure.PSEUDONYM if one in veiled.tier else None
        tier[one] = (known if named else veiled).tier.get(one)
    return replace(
        earlier,
        openness=changed_in(earlier.openness, openness),
        tier=changed_in(earlier.tier, tier),
        version=earlier.version.after(moved),
    )


def _shown(floor: Disclosure) -> tuple[Disclosure, ...]:
    return tuple(one for one in Disclosure if one.openness >= floor.openness)


def _swept(network: Network, group: AbstractSet[int], day: date, floor: Disclosure) -> Mapping[int, int]:
    """The closure over arrays."""
    over, shown = ground(network), _shown(floor)

    def allows(kind: Kind, disclosures: Collection[Disclosure]) -> int:
        return sweep.YES if kind.state is LinkState.CONFIRMED and kind.disclosure in disclosures else sweep.NO

    own, below = (sweep.table(partial(allows, disclosures=some)) for some in (DISCLOSURES, shown))
    return sweep.tiers_of(over, sweep.waves(over, kinds(network, over, day), sweep.Follows(own, below), group), group)


def _closure(network: Network, group: AbstractSet[int], day: date, floor: Disclosure) -> dict[int, int]:
    """Everybody reached over confirmed links at least as open as the floor, with tiers."""
    shown = _shown(floor)
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
