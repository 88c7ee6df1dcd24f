"""The ways on which a requirement could also arrive, the shortest first: what holds if one of them ends.

A search from the supplier upwards. What is known of a way so far, and the tier of whom it has come to, is the least
length that it can have; the way with the smallest is gone on with, so that whole ways come out in order. A way visits
nobody twice, is no longer than the horizon, and of equally long ones the smaller link ids come first, read from the
supplier upwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from heapq import heappop, heappush
from typing import Final

from graph.explain import due_reason, level_reason, on_the_way, path
from graph.facts import Link, Requirement
from graph.network import Network
from graph.schedule import due_of, latest, level_at
from graph.terms import MAX_TIER, Reason
from graph.walks.reach import Lens, carries, reach, valid_from

LOOKED_AT: Final = 20_000
"""So many beginnings of ways are gone on with at most."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way, as if it were the only one.

    Attributes:
        links: from the issuer's group down to the supplier.
        level: rank asked at its length; None where the schedule asks nothing that far down.
        due: the last day, amendments apart; None without a level.
        reasons: the rules on it, with the facts they used.
    """

    links: tuple[Link, ...]
    level: int | None
    due: date | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """Some ways. more: there is at least one further. complete: whether the search was not broken off before."""

    found: tuple[Way, ...]
    more: bool
    complete: bool


def ways(
    network: Network,
    requirement: Requirement,
    supplier: int,
    day: date,
    lens: Lens,
    most: int,
    looked_at: int = LOOKED_AT,
) -> Ways:
    """The ways to the supplier beside the via path, the shortest first, at most so many."""
    first = path(network, requirement, supplier, day, lens)
    search = _Search(network, requirement, supplier, day, lens, looked_at)
    found: list[Way] = []
    for links in search.run():
        if links == first:
            continue
        if len(found) == most:
            return Ways(tuple(found), more=True, complete=True)
        found.append(_way(network, requirement, links, day, lens))
    return Ways(tuple(found), more=search.broken_off, complete=not search.broken_off)


class _Search:
    """One search; broken_off: it looked at as much as it may, and was not through."""

    def __init__(
        self, network: Network, requirement: Requirement, supplier: int, day: date, lens: Lens, looked_at: int
    ) -> None:
        self._network, self._requirement, self._day, self._lens = network, requirement, day, lens
        self._supplier, self._left = supplier, looked_at
        self.broken_off = False

    def run(self) -> Iterator[tuple[Link, ...]]:
        """Whole ways, from the group down."""
        tiers = reach(self._network, self._requirement, self._day, self._lens).tier
        if not tiers.get(self._supplier):
            return
        queue: list[tuple[int, tuple[str, ...], tuple[int, ...], tuple[Link, ...]]] = []
        heappush(queue, (tiers[self._supplier], (), (), ()))
        while queue:
            _, ids, numbers, upwards = heappop(queue)
            at = upwards[-1].buyer if upwards else self._supplier
            if tiers[at] == 0:
                yield tuple(reversed(upwards))
                continue
            if self._left == 0:
                self.broken_off = True
                return
            self._left -= 1
            been = {self._supplier, *(link.buyer for link in upwards)}
            for link in self._network.links_to(at):
                least = len(upwards) + 1 + tiers.get(link.buyer, MAX_TIER)
                if least > MAX_TIER or link.buyer in been or not self._carries(link):
                    continue
                heappush(queue, (least, (*ids, link.id), (*numbers, link.number), (*upwards, link)))

    def _carries(self, link: Link) -> bool:
        return carries(self._network, self._requirement, link, self._day, self._lens)


def _way(network: Network, requirement: Requirement, links: tuple[Link, ...], day: date, lens: Lens) -> Way:
    tier = len(links)
    level = level_at(requirement, tier)
    since: date | None = None
    for link in links:
        since = latest(since, valid_from(link, day, lens))
    reasons = [*on_the_way(network, requirement, links, day, lens), level_reason(requirement, tier)]
    if level is None:
        return Way(links, None, None, tuple(reasons))
    reasons.append(due_reason(requirement, tier, since))
    return Way(links, level, due_of(requirement, tier, since), tuple(reasons))
