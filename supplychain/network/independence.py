"""Who may judge whom (domain rules: a reviewer is never of the organization's group, nor of a customer's)."""

from datetime import date
from typing import Final

from graph.network import Network, state_on
from graph.terms import LinkState

_KNOWN_CUSTOMER: Final = frozenset({LinkState.CLAIMED, LinkState.OFFERED, LinkState.CONFIRMED, LinkState.DISPUTED})
"""Whatever either end says of a link counts against independence; a third party's private word does not."""


def family(network: Network, organization: int, day: date) -> frozenset[int]:
    """An organization, everything above it, and everything below those."""
    above = network.owners_of(organization, day) | {organization}
    return above.union(*(network.owned_by(owner, day) for owner in above))


def may_review(network: Network, reviewer: int, organization: int, day: date) -> bool:
    """Whether a reviewer is independent of an organization on a day.

    Neither of its group, by ownership in whatever direction, nor of the group of a customer of it, of
    its owners or of its plants.
    """
    own = family(network, reviewer, day)
    if organization in own:
        return False
    line = {organization} | network.owners_of(organization, day) | network.owned_by(organization, day)
    buyers = (
        link.buyer
        for supplier in line
        for link in network.links_to(supplier)
        if state_on(link.periods, day) in _KNOWN_CUSTOMER
    )
    return own.isdisjoint(buyers)


def barred(network: Network, reviewer: int, day: date) -> frozenset[int]:
    """Whom a reviewer does not judge although it is chosen: its own group's, and its suppliers'.

    Only its family and whoever sells to it can be barred, so only they are asked about.
    """
    own = family(network, reviewer, day)
    sellers = {link.supplier for buyer in own for link in network.links_from(buyer)}
    lines = (network.owned_by(one, day) | network.owners_of(one, day) for one in sellers)
    near = own | sellers.union(*lines)
    return frozenset(one for one in near if not may_review(network, reviewer, one, day))
