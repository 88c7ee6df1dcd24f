"""The facts the engine folds. Each is an after-image: it replaces what had the same key.

Numbers are the internal keys of organizations, links and requirements; days are inclusive.
"""

from dataclasses import dataclass
from datetime import date

from graph.terms import (
    Beyond,
    Disclosure,
    FlowDown,
    LinkState,
    OrganizationKind,
    ScopeApplies,
)


@dataclass(frozen=True, slots=True)
class Attributes:
    """Attributes of an organization; None is not known."""

    country: str | None = None
    region: str | None = None
    sector: str | None = None
    size: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A verified fact of an organization. values: ``("true",)``, ``("false",)``, codes, or the digits of a number.

    year: the calendar year that a yearly fact is of. Days are inclusive; None is open.
    """

    fact: str
    values: tuple[str, ...]
    year: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Organization:
    """A company or a plant, with the attributes that scopes test. Key: number.

    `claimed`: somebody acts for it, verified or not. `id` and names are carried for whoever shows it. `proven`:
    what a reviewer confirmed on a document, which is all that may leave an indicator out (domain rules: Indicator);
    `known`: the verified facts beside the attributes.
    """

    number: int
    kind: OrganizationKind = OrganizationKind.COMPANY
    active: bool = True
    country: str | None = None
    region: str | None = None
    sector: str | None = None
    size: str | None = None
    verified: bool = False
    claimed: bool = False
    id: str = ""
    name: str = ""
    name_zh: str | None = None
    proven: Attributes = Attributes()
    known: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What one buyer wrote down about one organization, for its own eyes. Key: owner, organization."""

    owner: int
    organization: int
    country: str | None = None
    region: str | None = None
    sector: str | None = None
    size: str | None = None


@dataclass(frozen=True, slots=True)
class Ownership:
    """`child` is below `parent`; counts only once confirmed. Key: number."""

    number: int
    child: int
    parent: int
    valid_from: date | None = None
    valid_to: date | None = None
    confirmed: bool = False

    def holds_on(self, day: date) -> bool:
        """Whether the ownership counts on the day (domain rules: organization, parent)."""
        return self.confirmed and spans(self.valid_from, self.valid_to, day)


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which a link is in one state; no beginning or no end is None."""

    valid_from: date | None
    valid_to: date | None
    state: LinkState

    def __post_init__(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"a period ends {self.valid_to} before it begins {self.valid_from}")


@dataclass(frozen=True, slots=True)
class Link:
    """A buyer's purchase of one product category from one supplier. Key: number.

    `periods` are sorted and do not overlap; a day in none of them is a day without the link, and a link
    without periods is no link. `category` is an HS code, digits only. `share` is the part of the buyer's
    spend, 0 to 1. `disclosure` is the more closed of the buyer's and the supplier's wish. `owner` is the
    organization whose private knowledge the link is, else None.
    """

    number: int
    buyer: int
    supplier: int
    periods: tuple[Period, ...]
    category: str | None = None
    share: float | None = None
    flow_down: FlowDown = FlowDown.UNDECLARED
    disclosure: Disclosure = Disclosure.PSEUDONYM
    owner: int | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class SupplierScope:
    """Whom a requirement binds; an empty set binds all."""

    countries: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    sizes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Requirement:
    """A published demand of an issuer on its network (domain rules: cascade). Key: number.

    `framework` names a version ("eseec-electronics@1"); `pillars` are listed one by one, also for all.
    `schedule` holds the level of tier 1, 2, …, never increasing; `grace` the months of tier 1, 2, …, of
    which the last holds. `link_scope` are HS prefixes, none for every link. `predecessor` is the
    requirement that this one amends. Numbers of the schedule are checked by who publishes.
    """

    number: int
    issuer: int
    framework: str
    pillars: tuple[str, ...]
    schedule: tuple[int, ...]
    effective_from: date
    published_on: date
    beyond: Beyond = Beyond.STOP
    grace: tuple[int, ...] = ()
    link_scope: tuple[str, ...] = ()
    scope_applies: ScopeApplies = ScopeApplies.EVERY
    supplier_scope: SupplierScope = SupplierScope()
    effective_to: date | None = None
    purpose: str = ""
    named: bool = False
    predecessor: int | None = None
    id: str = ""
    title: str = ""

    def effective_on(self, day: date) -> bool:
        return spans(self.effective_from, self.effective_to, day)

    def announced_on(self, day: date) -> bool:
        """Published, not yet effective, and not ended before it could become so."""
        if self.effective_to is not None and self.effective_to < self.effective_from:
            return False
        return self.published_on <= day < self.effective_from

    def live_on(self, day: date) -> bool:
        """Whether there are obligations of it on the day, announced ones included."""
        return self.effective_on(day) or self.announced_on(day)


@dataclass(frozen=True, slots=True)
class Waiver:
    """Leave that an issuer gave one supplier under one requirement for a time (domain rules: Waiver). Key: number.

    From the day it was granted until `until`, unless revoked before: `level` is asked instead, `due` is the last day
    instead; None leaves the obligation's own. `veiled`: granted to a pseudonym, so that it may be shown under no
    other name.
    """

    number: int
    requirement: int
    supplier: int
    granted_on: date
    until: date
    due: date | None = None
    level: int | None = None
    revoked_on: date | None = None
    veiled: bool = False
    id: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether it is in force; on the day it is revoked it is not any more."""
        return spans(self.granted_on, self.until, day) and (self.revoked_on is None or day < self.revoked_on)


@dataclass(frozen=True, slots=True)
class DayAdvanced:
    """The calendar day that the network has reached."""

    day: date


Change = Organization | Record | Ownership | Link | Requirement | Waiver | DayAdvanced


def spans(first: date | None, last: date | None, day: date) -> bool:
    """Whether the day lies between two inclusive days, where None is open."""
    return (first is None or first <= day) and (last is None or day <= last)
