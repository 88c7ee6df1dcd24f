"""The supply links whose both ends a reader may name: what it looks at when it looks up the chain.

A pseudonym stands in none of them. Which way it is reached is what the pseudonym hides, so that nothing computed on
these links - a weight, a chokepoint, a way - can tell of it (domain rules: what may be seen by whom).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from graph.codes import ScopeMatch, code_match
from graph.facts import Requirement
from graph.memory import UNIT
from graph.network import Network
from graph.sight import Sight, sight
from graph.terms import CARRYING, Disclosure, LinkState, ScopeApplies
from graph.walks.ground import KINDS, Ground, ground, kinds
from graph.walks.sweep import flags

_OWN: Final = np.array([kind.state in CARRYING and not kind.owned for kind in KINDS])
_BELOW: Final = np.array(
    [kind.state is LinkState.CONFIRMED and kind.disclosure is Disclosure.IDENTITY and not kind.owned for kind in KINDS]
)
"""Which kinds of links are shown: the group's own, and those below it whose ends the reader knows."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Links by buyer: the group's own, claimed or confirmed, and below it those confirmed and told by identity.

    What is bought within the group is left out. There are places for everybody whom any link names, then one more for
    the reader and everything it owns: as one buyer, the reader.

    Attributes:
        names: int64[n], who stands at each place.
        buyer, supplier: int[e], places.
        share: float64[e], NaN where it is not known.
    """

    names: NDArray[np.int64]
    buyer: NDArray[np.intp]
    supplier: NDArray[np.intp]
    share: NDArray[np.float64]
    _flows: NDArray[np.bool_]
    _category: NDArray[np.int32]
    _over: Ground

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        arrays: tuple[NDArray[Any], ...] = (self.names, self.buyer, self.supplier, self.share, self._category)
        return 1 + sum(one.nbytes for one in arrays) // UNIT

    def place(self, organization: int) -> int | None:
        """Where somebody stands; None of whom no link names."""
        if organization == self.names[-1]:
            return len(self.names) - 1
        place = int(self._over.at(np.array([organization]))[0])
        return None if place < 0 else place

    def ends(self, requirement: Requirement | None = None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Buyers and suppliers by number: of all links, or of those that take a requirement along."""
        which = slice(None) if requirement is None else self.carries(requirement)
        return self.names[self.buyer[which]], self.names[self.supplier[which]]

    def carries(self, requirement: Requirement) -> NDArray[np.bool_]:
        """Bool[e]: whether a link takes the reader's requirement along (domain rules: cascade, rule 1)."""
        prefixes = requirement.link_scope
        if not prefixes:
            return self._flows
        codes = (*self._over.categories, "")
        named = np.array([code_match(prefixes, code) is ScopeMatch.INSIDE for code in codes])
        inside: NDArray[np.bool_] = named[self._category] & self._flows
        if requirement.scope_applies is ScopeApplies.FIRST:
            inside |= self._flows & (self.buyer < len(self.names) - 1)
        return inside


def shown(network: Network, reader: int, day: date) -> Shown:
    """What the reader may look at on the day."""
    key = ("shown", reader, network.epoch(day))
    return network.memory.recall(key, lambda: _shown(network, sight(network, reader, day), day))


def _shown(network: Network, seen: Sight, day: date) -> Shown:
    over = ground(network)
    named = [one for one, how in seen.openness.items() if how is Disclosure.IDENTITY]
    known, group = (flags(over, np.array(sorted(some), np.int64)) for some in (named, seen.group))
    step, buyer = over.leaving(np.flatnonzero(known | group))
    kind, supplier = kinds(network, over, day).take(step), over.supplier.take(step)
    told = np.where(group[buyer], _OWN[kind] & ~group[supplier], _BELOW[kind] & known[supplier])
    whose, whom = (np.where(group[end], len(over), end)[told] for end in (buyer, supplier))
    order = np.argsort(whose, kind="stable")
    row = over.row.take(step[told][order])
    return Shown(
        np.append(over.places.take(np.arange(len(over))), seen.reader),
        whose[order],
        whom[order],
        over.share.take(row),
        np.array([not one.stops for one in KINDS])[kind[told][order]],
        over.category.take(row),
        over,
    )
