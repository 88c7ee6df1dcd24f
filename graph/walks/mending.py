"""A walk of an earlier revision, mended where links changed: what a walk from nothing would find, without walking.

Tiers first (`graph.walks.repair`). Then, nearest first, everybody to whom a link changed, who moved, or whose buyer
moved or is now reached since another day, is entered anew: by the smallest number of those from the tier above
(rule 5).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast

from graph.arrays.packed import Packed, changed_in, replaced, weight_together
from graph.codes import ScopeMatch
from graph.facts import Link
from graph.network import Network
from graph.schedule import latest
from graph.terms import MAX_TIER
from graph.versions import Version
from graph.walks.repair import moved_tiers


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a requirement arrives on a day.

    Attributes:
        tier: organization to tier, 0 for the issuer's group, at most 15.
        via: organization to the number of the link by which the shortest path enters it.
        since: organization to the latest valid-from on its via path, None where none is known.
        unclassified: links that carry all but for their code, each with the tier of its buyer.
        deeper: organization to tier, of those that a path reaches only at tier 16 or later.
        group: tier 0.
        version: who moved since earlier revisions of the same walk.
    """

    tier: Mapping[int, int]
    via: Mapping[int, int] = field(default_factory=dict)
    since: Mapping[int, date | None] = field(default_factory=dict)
    unclassified: Mapping[int, int] = field(default_factory=dict)
    deeper: Mapping[int, int] = field(default_factory=dict)
    group: AbstractSet[int] = frozenset()
    version: Version = field(default_factory=Version, compare=False, repr=False)

    @property
    def beyond_horizon(self) -> AbstractSet[int]:
        """Organizations that a path reaches only at tier 16 or later."""
        return self.deeper.keys()

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        if isinstance(self.tier, Packed):
            packed = (self.tier, self.via, self.since, self.unclassified, self.deeper)
            return weight_together(*cast("tuple[Packed[Any], ...]", packed))
        return 3 * len(self.tier) + len(self.unclassified) + len(self.deeper)


class Mending:
    """A walk on its way from an earlier revision of the network to this one.

    match: what walk and link scope say of a link, OUTSIDE where the walk does not follow it at all. begun: since when
    a link has been one to follow.
    """

    def __init__(
        self,
        network: Network,
        earlier: Reach,
        match: Callable[[Link], ScopeMatch],
        begun: Callable[[Link], date | None],
    ) -> None:
        self._network, self._earlier, self._match, self._begun = network, earlier, match, begun
        self._tiers: dict[int, int | None] = {}
        self._entered: dict[int, tuple[int, date | None] | None] = {}

    def after(self, links: Iterable[int], dirty: AbstractSet[int]) -> Reach | None:
        """The walk after these links changed, which lead or led to the dirty; None: walk from nothing."""
        found = moved_tiers(self._before, dirty, self._buyers, self._suppliers)
        if found is None:
            return None
        self._tiers = found
        self._enter({*dirty, *found, *(supplier for one in found for supplier in self._suppliers(one))})
        codes = self._codes({*links, *(link.number for one in found for link in self._network.links_from(one))})
        moved = {*found, *self._entered, *(link.buyer for link in codes)}
        return self._joined(codes, moved) if moved else self._earlier

    def _before(self, one: int) -> int | None:
        found = self._earlier.tier.get(one)
        return self._earlier.deeper.get(one) if found is None else found

    def _now(self, one: int) -> int | None:
        return self._tiers[one] if one in self._tiers else self._before(one)

    def _ways_in(self, one: int) -> Iterator[Link]:
        return (link for link in self._network.links_to(one) if self._match(link) is ScopeMatch.INSIDE)

    def _buyers(self, one: int) -> Iterator[int]:
        return (link.buyer for link in self._ways_in(one))

    def _suppliers(self, one: int) -> Iterator[int]:
        links = self._network.links_from(one)
        return (link.supplier for link in links if self._match(link) is ScopeMatch.INSIDE)

    def _enter(self, suspects: Iterable[int]) -> None:
        """By which link and since when each is entered, nearest first, for the day is handed down."""
        waiting: dict[int, set[int]] = defaultdict(set)
        for one in suspects:
            waiting[self._now(one) or 0].add(one)
        for tier in (0, *(tier for tier in waiting if tier > MAX_TIER)):
            gone = (one for one in waiting.pop(tier, ()) if one in self._earlier.via)
            self._entered.update(dict.fromkeys(gone))
        while waiting:
            tier = min(waiting)
            for one in waiting.pop(tier):
                link = min((link for link in self._ways_in(one) if self._now(link.buyer) == tier - 1), key=_number)
                since, held = latest(self._since(link.buyer), self._begun(link)), self._since(one)
                if link.number != self._earlier.via.get(one) or since != held:
                    self._entered[one] = link.number, since
                if since != held and tier < MAX_TIER:
                    waiting[tier + 1].update(w for w in self._suppliers(one) if self._now(w) == tier + 1)

    def _since(self, one: int) -> date | None:
        if one in self._entered:
            entered = self._entered[one]
            return entered and entered[1]
        return self._earlier.since.get(one)

    def _codes(self, links: Iterable[int]) -> dict[Link, int | None]:
        """Links of which it changed that their code is too coarse, each with the tier of its buyer; None is not."""
        found: dict[Link, int | None] = {}
        for link in filter(None, map(self._network.link, links)):
            tier = self._now(link.buyer)
            counts = tier is not None and tier < MAX_TIER and self._match(link) is ScopeMatch.UNCLASSIFIED
            if self._earlier.unclassified.get(link.number) != (tier if counts else None):
                found[link] = tier if counts else None
        return found

    def _joined(self, codes: Mapping[Link, int | None], moved: AbstractSet[int]) -> Reach:
        was = self._earlier
        near = {one: None if tier is None or tier > MAX_TIER else tier for one, tier in self._tiers.items()}
        deep = {one: tier if near[one] is None else None for one, tier in self._tiers.items()}
        return replace(
            was,
            tier=changed_in(was.tier, near),
            via=changed_in(was.via, {one: entered and entered[0] for one, entered in self._entered.items()}),
            since=self._days(),
            unclassified=changed_in(was.unclassified, {link.number: tier for link, tier in codes.items()}),
            deeper=changed_in(was.deeper, deep),
            version=was.version.after(moved),
        )

    def _days(self) -> Mapping[int, date | None]:
        there = {one: entered[1] for one, entered in self._entered.items() if entered is not None}
        return replaced(self._earlier.since, there, self._entered.keys() - there.keys())


def _number(link: Link) -> int:
    return link.number
