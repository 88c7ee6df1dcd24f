"""How far down the tiers a requirement travels: rules 1, 2 and 5 of the cascade.

The walk, tier by tier:
1. Tier 0 is the issuer's group on the day.
2. From each tier, follow the links that the lens follows and the link scope lets through.
3. Who is entered for the first time is in the next tier; of the links that lead there from the tier
   before, the smallest number is `via`.
4. What is entered at tier 16 or later is beyond the horizon: counted, never bound.

The walk asks nothing of the schedule: tiers are facts of the network, and a schedule that stops at tier 3
decides who owes, not who is where. So requirements of one issuer with one link scope share one walk, and an
amended schedule needs none.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graph.arrays.packed import keys_of
from graph.codes import ScopeMatch
from graph.facts import Link, Requirement
from graph.memory import Line, Moves
from graph.network import Network
from graph.periods import run_start, state_on
from graph.schedule import latest
from graph.scope import scope_match
from graph.terms import MAX_TIER, Disclosure, FlowDown, LinkState, ScopeApplies
from graph.versions import Version
from graph.walks import sweep
from graph.walks.ground import Kind, ground, kinds
from graph.walks.mending import Mending, Reach

__all__ = ["Lens", "Reach", "carries", "reach", "reach_without", "valid_from"]


class Lens(Enum):
    """Which links a computation follows: what is owed, or what the issuer may see of it.

    Links whose buyer is in the issuer's own group are the issuer's own and always `identity` to it.
    """

    OWED = "owed"
    """Claimed and confirmed links, however closed: what the supplier itself owes and sees."""
    SEEN_IDENTITY = "seen-identity"
    """Confirmed links that show who is at their ends."""
    SEEN_PSEUDONYM = "seen-pseudonym"
    """Confirmed links that show at least that somebody is there."""
    SEEN_ANY = "seen-any"
    """Confirmed links, however closed: what protected aggregates count."""
    OWN = "own"
    """The group's own links, claimed or confirmed, and nothing below them."""
    KNOWN = "known"
    """What the issuer can put together: SEEN_IDENTITY, its own claims, and its private links from there on.

    Private links are never followed from an organization known only by a pseudonym: that would unmask it.
    """


@dataclass(frozen=True, slots=True)
class _Follows:
    """The states in which a lens follows the group's own links and those below, and how open these must be."""

    own: tuple[LinkState, ...]
    below: tuple[LinkState, ...]
    shown: tuple[Disclosure, ...]


# Tuples, for the walk asks a hundred thousand times and an enum's hash is a call.
_CONFIRMED: Final = (LinkState.CONFIRMED,)
_CARRYING: Final = (LinkState.CONFIRMED, LinkState.CLAIMED)
_KNOWN: Final = (LinkState.CONFIRMED, LinkState.PRIVATE)
_ANY: Final = (Disclosure.IDENTITY, Disclosure.PSEUDONYM, Disclosure.NONE)
_FOLLOWS: Final = {
    Lens.OWED: _Follows(_CARRYING, _CARRYING, _ANY),
    Lens.SEEN_IDENTITY: _Follows(_CONFIRMED, _CONFIRMED, _ANY[:1]),
    Lens.SEEN_PSEUDONYM: _Follows(_CONFIRMED, _CONFIRMED, _ANY[:2]),
    Lens.SEEN_ANY: _Follows(_CONFIRMED, _CONFIRMED, _ANY),
    Lens.OWN: _Follows(_CARRYING, (), ()),
    Lens.KNOWN: _Follows((*_CARRYING, LinkState.PRIVATE), _KNOWN, _ANY[:1]),
}


def reach(network: Network, requirement: Requirement, day: date, lens: Lens) -> Reach:
    """Where the requirement arrives on the day over the links of the lens.

    A function of issuer, link scope and network alone: whether the requirement is effective, and whom it
    binds at which level, is decided by `graph.obligations`.
    """
    what = (requirement.issuer, requirement.link_scope, requirement.scope_applies, lens)

    def sources() -> Sequence[Version]:
        if lens is not Lens.KNOWN:
            return network.linked, network.owned
        return network.linked, network.owned, reach(network, requirement, day, Lens.SEEN_IDENTITY).version

    return network.memory.repaired(
        Line(what, *network.span(day)),
        sources,
        lambda: _walked(network, requirement, day, lens, frozenset()),
        lambda earlier, moves: _repaired(network, requirement, day, lens, earlier, moves),
    )


def reach_without(network: Network, requirement: Requirement, day: date, lens: Lens, closed: AbstractSet[int]) -> Reach:
    """The reach, were no way to lead through the closed organizations; not remembered."""
    return _walked(network, requirement, day, lens, closed)


def carries(network: Network, requirement: Requirement, link: Link, day: date, lens: Lens) -> bool:
    """Whether the link takes the requirement along from its buyer, should it arrive there (rule 1)."""
    own = link.buyer in network.group(requirement.issuer, day)
    follow = _following(network, requirement, day, lens)
    return follow(link, own) and scope_match(requirement, link, own=own) is ScopeMatch.INSIDE


def valid_from(link: Link, day: date, lens: Lens) -> date | None:
    """Since when, without a break until the day, the link has been one that the lens follows."""
    return run_start(link.periods, day, _FOLLOWS[lens].own)


def _walked(network: Network, requirement: Requirement, day: date, lens: Lens, closed: AbstractSet[int]) -> Reach:
    walk = _reach if network.size < sweep.SMALL else _swept
    return walk(network, requirement, day, lens, closed)


def _swept(network: Network, requirement: Requirement, day: date, lens: Lens, closed: AbstractSet[int]) -> Reach:
    """The walk over arrays."""
    over, group = ground(network), network.group(requirement.issuer, day)
    own, below = _tables(_FOLLOWS[lens])
    sighted = None
    if lens is Lens.KNOWN:
        sighted = sweep.flags(over, keys_of(reach(network, requirement, day, Lens.SEEN_IDENTITY).tier))
    follows = sweep.Follows(
        own,
        below,
        requirement.issuer,
        sighted,
        sweep.verdicts(over, requirement.link_scope),
        first=requirement.scope_applies is ScopeApplies.FIRST,
    )
    tiers = sweep.waves(over, kinds(network, over, day), follows, group, closed)
    return sweep.arrived(over, tiers, group, lambda rows: over.begun(rows, day, _FOLLOWS[lens].own))


@cache
def _tables(follows: _Follows) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """What `_following` says of each kind of link, of the group's own and of those below."""

    def allows(kind: Kind, states: Collection[LinkState], shown: Collection[Disclosure]) -> int:
        if kind.stops or kind.state not in states or kind.disclosure not in shown:
            return sweep.NO
        return sweep.MINE if kind.state is LinkState.PRIVATE else sweep.YES

    def below(kind: Kind) -> int:
        # Of private knowledge it is not asked how open it is: it has an owner, and shows itself to nobody else.
        return allows(kind, follows.below, _ANY if kind.state is LinkState.PRIVATE else follows.shown)

    return sweep.table(lambda kind: allows(kind, follows.own, _ANY)), sweep.table(below)


def _reach(network: Network, requirement: Requirement, day: date, lens: Lens, closed: AbstractSet[int]) -> Reach:
    follow = _following(network, requirement, day, lens)
    group = network.group(requirement.issuer, day)
    seen = {**dict.fromkeys(closed, 0), **dict.fromkeys(group, 0)}
    tier = dict.fromkeys(group, 0)
    via: dict[int, int] = {}
    since: dict[int, date | None] = {}
    unclassified: dict[int, int] = {}
    frontier: Collection[int] = group
    for depth in range(1, MAX_TIER + 1):
        entered = _enter(network, requirement, frontier, seen, unclassified, follow)
        for supplier, link in entered.items():
            tier[supplier] = seen[supplier] = depth
            via[supplier] = link.number
            since[supplier] = latest(since.get(link.buyer), valid_from(link, day, lens))
        frontier = entered.keys()
    deeper: dict[int, int] = {}
    while frontier:
        depth += 1
        entered = _enter(network, requirement, frontier, seen, {}, follow)
        seen.update(dict.fromkeys(entered, MAX_TIER + 1))
        deeper.update(dict.fromkeys(entered, depth))
        frontier = entered.keys()
    return Reach(tier, via, since, unclassified, deeper, group)


def _following(network: Network, requirement: Requirement, day: date, lens: Lens) -> Callable[[Link, bool], bool]:
    issuer = requirement.issuer
    own_states, states, shown = _FOLLOWS[lens].own, _FOLLOWS[lens].below, _FOLLOWS[lens].shown

    def follow(link: Link, own: bool) -> bool:  # noqa: FBT001 - the signature of every `follow`
        if link.flow_down is FlowDown.NO:
            return False
        state = state_on(link.periods, day)
        if state not in (own_states if own else states):
            return False
        if state is LinkState.PRIVATE:
            return link.owner == issuer
        return own or link.disclosure in shown

    if lens is not Lens.KNOWN:
        return follow
    sighted = reach(network, requirement, day, Lens.SEEN_IDENTITY).tier
    # A claim opens nothing below it, so that only private knowledge leads on from unsighted buyers.
    return lambda link, own: (link.buyer in sighted or link.owner is not None) and follow(link, own)


def _enter(
    network: Network,
    requirement: Requirement,
    frontier: Collection[int],
    seen: Mapping[int, int],
    unclassified: dict[int, int],
    follow: Callable[[Link, bool], bool],
) -> dict[int, Link]:
    """Who is entered from the frontier for the first time, and by which link."""
    entered: dict[int, Link] = {}
    scoped = bool(requirement.link_scope)
    for buyer in frontier:
        depth = seen[buyer]
        own = depth == 0
        for link in network.links_from(buyer):
            known = link.supplier in seen
            if (known and not scoped) or not follow(link, own):
                continue
            match = scope_match(requirement, link, own=own) if scoped else ScopeMatch.INSIDE
            if match is ScopeMatch.UNCLASSIFIED:
                unclassified[link.number] = depth
            if known or match is not ScopeMatch.INSIDE:
                continue
            best = entered.get(link.supplier)
            if best is None or link.number < best.number:
                entered[link.supplier] = link
    return entered


def _repaired(
    network: Network, requirement: Requirement, day: date, lens: Lens, earlier: Reach, moves: Moves
) -> Reach | None:
    """The walk, made from an earlier one; None where walking from nothing is no slower."""
    if not any(moves):
        return earlier
    linked, owned, *sighted = moves
    if owned and network.group(requirement.issuer, day) != earlier.group:
        return None
    links = {number for number, _, _ in linked}
    dirty = {supplier for _, _, supplier in linked}
    for buyer in (one for some in sighted for one in some):
        links.update(link.number for link in network.links_from(buyer))
        dirty.update(link.supplier for link in network.links_from(buyer))
    follow = _following(network, requirement, day, lens)
    scoped = bool(requirement.link_scope)

    def match(link: Link) -> ScopeMatch:
        own = link.buyer in earlier.group
        if not follow(link, own):
            return ScopeMatch.OUTSIDE
        return scope_match(requirement, link, own=own) if scoped else ScopeMatch.INSIDE

    return Mending(network, earlier, match, lambda link: valid_from(link, day, lens)).after(links, dirty)
