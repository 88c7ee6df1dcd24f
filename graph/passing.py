"""What a direct buyer sees of demands that pass through it to its own direct suppliers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Final

from graph.facts import Link, Requirement
from graph.network import Network
from graph.obligations import Locate, Obligation, obligation_at
from graph.periods import state_on
from graph.schedule import latest
from graph.terms import CARRYING, LinkState
from graph.walks.alltiers import tiers
from graph.walks.positions import Position, position_of
from graph.walks.reach import Lens, carries, valid_from

_ABOVE: Final = 10_000
"""Above so many a few more walks are no slower than to look for all of them."""


def passing_through(
    network: Network, buyer: int, day: date, among: frozenset[int] | None = None
) -> tuple[Obligation, ...]:
    """What the buyer's own confirmed direct suppliers owe by way of the buyer, by requirement and supplier.

    Computed as if the only way led through this buyer, one tier below it: what reaches the supplier over
    somebody else stays unseen (domain rules: what may be seen by whom, upwards). The buyer's own requirements
    are not among them. among: no other supplier is looked at.
    """
    key = ("passing", buyer, among, network.epoch(day), network.term(day))
    return network.memory.recall(key, lambda: tuple(_passing(network, buyer, day, among)))


def _passing(network: Network, buyer: int, day: date, among: frozenset[int] | None) -> Iterator[Obligation]:
    links: dict[int, list[Link]] = defaultdict(list)
    for link in _bought(network, buyer, among):
        links[link.supplier].append(link)
    if not links:
        return
    arriving = network.memory.recall(("arriving", buyer, network.epoch(day)), lambda: _arriving(network, buyer, day))
    for requirement in arriving:
        for supplier in sorted(links):
            locate = _through(network, buyer, supplier, links[supplier])
            owed = obligation_at(network, requirement, supplier, day, locate)
            if owed is not None:
                yield owed


def _bought(network: Network, buyer: int, among: frozenset[int] | None) -> Iterable[Link]:
    """The buyer's links; who buys from very many is not looked through for a few."""
    if among is None:
        return network.links_from(buyer)
    return (link for one in among for link in network.links_to(one) if link.buyer == buyer)


def _arriving(network: Network, buyer: int, day: date) -> tuple[Requirement, ...]:
    """Others' requirements that reach the buyer."""
    others = [requirement for requirement in network.requirements() if requirement.issuer != buyer]
    # Where all tiers are known nothing is walked that would have to be spared.
    above = _above(network, buyer, day) if others and tiers(network, day) is None else None
    if above is not None:
        others = [one for one in others if not above.isdisjoint(network.group(one.issuer, day))]
    return tuple(one for one in others if _standing(network, one, buyer, day) is not None)


def _above(network: Network, buyer: int, day: date) -> AbstractSet[int] | None:
    """The buyer and everybody from whom links lead down to it: others' requirements need not be walked.

    None where these are too many to look for.
    """
    found, waiting = {buyer}, [buyer]
    while waiting:
        if len(found) > _ABOVE:
            return None
        for link in network.links_to(waiting.pop()):
            if link.buyer not in found and state_on(link.periods, day) in CARRYING:
                found.add(link.buyer)
                waiting.append(link.buyer)
    return found


def _standing(network: Network, requirement: Requirement, buyer: int, day: date) -> tuple[int, date | None] | None:
    """The tier of the buyer, 0 in the issuer's group, and since when the requirement has reached it."""
    if buyer in network.group(requirement.issuer, day):
        return 0, None
    found = position_of(network, requirement, buyer, day, Lens.OWED)
    return None if found is None else (found.tier, found.since)


def _through(network: Network, buyer: int, supplier: int, links: Sequence[Link]) -> Locate:
    def locate(requirement: Requirement, day: date) -> Position | None:
        standing = _standing(network, requirement, buyer, day)
        if standing is None or supplier in network.group(requirement.issuer, day):
            return None
        tier, since = standing
        for link in links:
            if _confirmed(link, day) and carries(network, requirement, link, day, Lens.OWED):
                begun = valid_from(link, day, Lens.SEEN_ANY)
                return Position(tier + 1, link.number, latest(since, begun))
        return None

    return locate


def _confirmed(link: Link, day: date) -> bool:
    return state_on(link.periods, day) is LinkState.CONFIRMED
