"""The vocabulary of the network engine: states, wishes and reasons as codes, never as sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

MAX_TIER: Final = 15
"""No requirement binds anybody further down than this (domain rules: cascade, rule 2)."""


PROVABLE: Final = ("country", "region", "sector", "size")
"""Attributes of organizations that scopes test, and that a reviewer may confirm on a document."""


class OrganizationKind(StrEnum):
    COMPANY = "company"
    PLANT = "plant"


class LinkState(StrEnum):
    """What is known of a supply link on one day (domain rules: supply link)."""

    CLAIMED = "claimed"
    """Said by the buyer: carries requirements, opens no sight."""
    OFFERED = "offered"
    """Said by the supplier: carries nothing yet."""
    CONFIRMED = "confirmed"
    """Said by both, or documented: carries and opens sight."""
    DISPUTED = "disputed"
    ENDED = "ended"
    PRIVATE = "private"
    """A third party's knowledge: followed only in its owner's eyes."""


CARRYING: Final = frozenset({LinkState.CLAIMED, LinkState.CONFIRMED})
"""The states in which a link carries its buyer's obligations on to the supplier."""


class Disclosure(StrEnum):
    """How much of a link a reader further up may see."""

    IDENTITY = "identity"
    PSEUDONYM = "pseudonym"
    NONE = "none"

    @property
    def openness(self) -> int:
        """2 for the most open, 0 for the most closed."""
        return _OPENNESS[self]


_OPENNESS: Final = {Disclosure.NONE: 0, Disclosure.PSEUDONYM: 1, Disclosure.IDENTITY: 2}


def most_closed(one: Disclosure, other: Disclosure) -> Disclosure:
    """Of two wishes about one link, or of two links of one path, the one that hides more."""
    return one if one.openness <= other.openness else other


class FlowDown(StrEnum):
    """Whether the buyer of a link passes on what is asked of it; undeclared counts as yes."""

    YES = "yes"
    NO = "no"
    UNDECLARED = "undeclared"


class Beyond(StrEnum):
    """What holds below the last tier that a schedule names."""

    STOP = "stop"
    HOLD = "hold"


class ScopeApplies(StrEnum):
    """Which links of a path a requirement's link scope tests."""

    EVERY = "every"
    FIRST = "first"


Scalar = str | int | float | bool | date | None
Param = Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule decided as it did: a code and its parameters; sentences are made at the edge.

    Organizations, links and requirements appear in `params` by their numbers.
    """

    code: str
    params: Mapping[str, Param] = field(default_factory=dict, hash=False)


class Why(StrEnum):
    """The rules of the cascade as an explanation names them."""

    NOT_LIVE = "not_live"
    ANNOUNCED = "announced"
    NOT_REACHED = "not_reached"
    BEYOND_HORIZON = "beyond_horizon"
    IN_ISSUER_GROUP = "in_issuer_group"
    LINK_CARRIES = "link_carries"
    SCOPE_OPEN = "scope_open"
    SCOPE_MATCHED = "scope_matched"
    SCOPE_FIRST_ONLY = "scope_first_only"
    TIER_IS_SHORTEST = "tier_is_shortest"
    VIA_TIE_BREAK = "via_tie_break"
    SCHEDULE_ENTRY = "schedule_entry"
    HELD_BEYOND_SCHEDULE = "held_beyond_schedule"
    BELOW_SCHEDULE = "below_schedule"
    SUPPLIER_SCOPE_OPEN = "supplier_scope_open"
    SUPPLIER_SCOPE_BY = "supplier_scope_by"
    SUPPLIER_SCOPE_EXCLUDES = "supplier_scope_excludes"
    DUE_RULE = "due_rule"
    AMENDMENT_KEPT_DUE = "amendment_kept_due"
