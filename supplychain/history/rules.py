"""As whom a reader is told somebody acted. Who it was by name is for those alone who may know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from supplychain.verbs import VERBS


class Party(StrEnum):
    """As what somebody acted, seen by the reader."""

    YOU = "you"
    SYSTEM = "system"
    BUYER = "buyer"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    REVIEWER = "reviewer"
    CHECKER = "checker"
    """A customer or the reviewer: a supplier reads no more of who said what of its plan."""
    OPERATOR = "operator"
    ORGANISER = "organiser"
    OWNER = "owner"
    INVITED = "invited"
    OPENER = "opener"


END = "end"
"""In place of a party: whichever end of the link, or the reviewer, as the entry says."""
ACTS = frozenset(verb for verb, party in VERBS.items() if party != Party.SYSTEM)
"""What somebody does. What follows from it is the system's, whose transaction it was in: an unnamed issuer's, say."""
NAMED = frozenset({Party.BUYER, Party.SUPPLIER, Party.OPENER})
"""Parties whose organization is told too: ends of a link know each other, and holders who opened their files."""


@dataclass(frozen=True, slots=True)
class Done:
    """An entry as far as it is judged here. by: number of the organization that did it; None = the system."""

    verb: str
    by: int | None
    data: Mapping[str, Any] = field(default_factory=dict)


def party_of(done: Done, reader: int) -> Party:
    """As whom the reader is told somebody acted."""
    if done.verb not in ACTS:
        return Party.SYSTEM
    stated = VERBS[done.verb]
    if done.by is None:  # by a command, which acts for no organization
        return Party.OPERATOR if stated == Party.OPERATOR else Party.SYSTEM
    if done.by == reader:
        return Party.YOU
    if stated != END:
        return Party(stated)
    said = done.data.get("by")  # gone with the details, where they were erased
    return Party(said) if said in {Party.BUYER, Party.SUPPLIER, Party.REVIEWER} else Party.OWNER


def is_named(done: Done, reader: int) -> bool:
    """Whether the reader may know which organization it was."""
    party = party_of(done, reader)
    return party is Party.YOU or (party in NAMED and VERBS.get(done.verb) in {END, Party.OPENER})
