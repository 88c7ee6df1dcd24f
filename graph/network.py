"""The supply network as an immutable value: a fold of facts, and the lookups the rules need.

`apply` gives the network of the next revision and shares with this one whatever did not change.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import chain
from operator import attrgetter
from typing import Final, TypeVar

from immutables import Map

from graph.columns import LinkColumns, columns_of
from graph.facts import (
    Change,
    DayAdvanced,
    Link,
    Organization,
    Ownership,
    Period,
    Record,
    Requirement,
    SupplierScope,
    Waiver,
)
from graph.folding import before_and_after, by_number, changed, granted, holders, moved, only, reindexed
from graph.memory import Memory
from graph.payload import from_payload, to_payload
from graph.periods import join_periods, normalise_periods, run_start, set_state, state_on
from graph.terms import OrganizationKind
from graph.turns import last_turn, link_turns, merged, next_turn, ownership_turns, requirement_turns
from graph.versions import Version

__all__ = [
    "Change",
    "DayAdvanced",
    "Link",
    "Network",
    "Organization",
    "Ownership",
    "Period",
    "Record",
    "Requirement",
    "SupplierScope",
    "Waiver",
    "from_payload",
    "join_periods",
    "normalise_periods",
    "run_start",
    "set_state",
    "state_on",
    "to_payload",
]

_NO_LINKS: Final[tuple[Link, ...]] = ()
_NO_OWNERSHIPS: Final[tuple[Ownership, ...]] = ()
_NUMBER = attrgetter("number")
Edge = TypeVar("Edge", bound=Link | Ownership)


class Network:
    """Organizations, links, ownership and requirements at one revision of the log.

    Attributes:
        revision: the last row of the log that is folded in; 0 before the first.
        day: the latest calendar day reached; the calendar's first day before any.
        memory: what was computed from this revision; not part of the value.
        linked: version of all links; what moves is a link: number, buyer, supplier, as it was and as it is.
        owned: version of all ownership; what moves is an organization at either end.
        described: version of organizations, records and waivers; what moves is the organization they are about.
    """

    __slots__ = (
        "_links",
        "_links_from",
        "_links_to",
        "_organizations",
        "_owned",
        "_owners",
        "_ownerships",
        "_records",
        "_requirements",
        "_terms",
        "_turns",
        "_waivers",
        "day",
        "described",
        "linked",
        "memory",
        "owned",
        "revision",
    )

    revision: int
    day: date
    memory: Memory
    linked: Version
    owned: Version
    described: Version

    def __init__(self) -> None:
        self.revision = 0
        self.day = date.min
        self.memory = Memory()
        self.linked, self.owned, self.described = Version(), Version(), Version()
        self._organizations: Map[int, Organization] = Map()
        self._records: Map[tuple[int, int], Record] = Map()
        self._links: Map[int, Link] = Map()
        self._links_from: Map[int, tuple[Link, ...]] = Map()
        self._links_to: Map[int, tuple[Link, ...]] = Map()
        self._ownerships: Map[int, Ownership] = Map()
        self._owned: Map[int, tuple[Ownership, ...]] = Map()
        self._owners: Map[int, tuple[Ownership, ...]] = Map()
        self._requirements: dict[int, Requirement] = {}
        self._waivers: Map[int, tuple[Waiver, ...]] = Map()
        self._turns: tuple[date, ...] = ()
        self._terms: tuple[date, ...] = ()

    @classmethod
    def empty(cls) -> "Network":
        """The network before the first fact."""
        return cls()

    def apply(self, changes: Iterable[Change], revision: int) -> "Network":
        """The network after the changes, in their order; this one stays as it is."""
        by_kind: dict[type[Change], list[Change]] = defaultdict(list)
        for change in changes:
            by_kind[type(change)].append(change)
        after = Network()
        after.revision = revision
        after.day = max((self.day, *(c.day for c in only(DayAdvanced, by_kind))))
        organizations = {c.number: c for c in only(Organization, by_kind)}
        records = {(c.owner, c.organization): c for c in only(Record, by_kind)}
        requirements = {c.number: c for c in only(Requirement, by_kind)}
        waivers = {c.number: c for c in only(Waiver, by_kind)}
        links = changed(self._links, only(Link, by_kind))
        ownerships = changed(self._ownerships, only(Ownership, by_kind))
        after._organizations = self._organizations.update(organizations)
        after._records = self._records.update(records)
        after._requirements = by_number(self._requirements, requirements)
        after._waivers = granted(self._waivers, waivers)
        after._links = self._links.update(links)
        after._links_from = reindexed(self._links_from, self._links, links, lambda link: link.buyer)
        after._links_to = reindexed(self._links_to, self._links, links, lambda link: link.supplier)
        after._ownerships = self._ownerships.update(ownerships)
        after._owned = reindexed(self._owned, self._ownerships, ownerships, lambda o: o.parent)
        after._owners = reindexed(self._owners, self._ownerships, ownerships, lambda o: o.child)
        after._turns = merged(self._turns, chain(link_turns(links), ownership_turns(ownerships)))
        after._terms = merged(self._terms, requirement_turns(requirements))
        edges = before_and_after(self._links, links)
        after.linked = moved(self.linked, {(link.number, link.buyer, link.supplier) for link in edges})
        property_ = before_and_after(self._ownerships, ownerships)
        after.owned = moved(self.owned, {end for own in property_ for end in (own.child, own.parent)})
        about = {organization for _, organization in records} | holders(self._waivers, waivers)
        after.described = moved(self.described, about | organizations.keys())
        stays = not (organizations or records or requirements or waivers or links or ownerships)
        after.memory = self.memory.copy() if stays else self.memory.after()
        return after

    def organization(self, number: int) -> Organization | None:
        """The organization's own facts, None for one that only links name."""
        return self._organizations.get(number)

    def organizations(self) -> Iterator[Organization]:
        return iter(self._organizations.values())

    def record(self, owner: int, organization: int) -> Record | None:
        """What the owner itself wrote down about the organization."""
        return self._records.get((owner, organization))

    def link(self, number: int) -> Link | None:
        return self._links.get(number)

    def links(self) -> Iterator[Link]:
        return iter(self._links.values())

    @property
    def size(self) -> int:
        """How many links there are, on whatever day."""
        return len(self._links)

    def columns(self) -> LinkColumns:
        """All links as arrays."""
        return self.memory.recall("columns", lambda: columns_of(self._links.values()))

    def links_from(self, buyer: int) -> tuple[Link, ...]:
        """The buyer's links on whatever day, by number."""
        return self._links_from.get(buyer, _NO_LINKS)

    def links_to(self, supplier: int) -> tuple[Link, ...]:
        """The supplier's links on whatever day, by number."""
        return self._links_to.get(supplier, _NO_LINKS)

    def ownerships(self) -> Iterator[Ownership]:
        return iter(self._ownerships.values())

    def ownership(self, number: int) -> Ownership | None:
        return self._ownerships.get(number)

    def requirement(self, number: int) -> Requirement | None:
        return self._requirements.get(number)

    def requirements(self) -> tuple[Requirement, ...]:
        """All that were ever published, by number."""
        return tuple(self._requirements.values())

    def waivers_of(self, supplier: int) -> tuple[Waiver, ...]:
        """All that were ever granted to the supplier, whoever granted them and whatever became of them, by number."""
        return self._waivers.get(supplier, ())

    def owned_by(self, organization: int, day: date) -> frozenset[int]:
        """Everything below the organization that day, at any depth, without itself."""
        if organization not in self._owned:  # most own nothing
            return frozenset()
        below = self._closure(lambda n: (o.child for o in self._owned_on(n, day)), organization)
        return frozenset(below) - {organization}

    def owners_of(self, organization: int, day: date) -> frozenset[int]:
        """Everything above the organization that day, at any height, without itself."""
        if organization not in self._owners:
            return frozenset()
        above = self._closure(self._owners_upon(day), organization)
        return frozenset(above) - {organization}

    def group(self, issuer: int, day: date) -> frozenset[int]:
        """The issuer and everything it owns: tier 0 (domain rules: cascade, rule 2)."""
        return self.owned_by(issuer, day) | {issuer}

    def plants_of(self, company: int, day: date) -> tuple[int, ...]:
        """All active plants below the company, by number (domain rules: organization)."""
        return tuple(sorted(filter(self._is_active_plant, self.owned_by(company, day))))

    def company_of(self, plant: int, day: date) -> int | None:
        """The nearest owner that is a company, of equally near ones the smallest number."""
        for number in self._closure(self._owners_upon(day), plant):
            organization = self.organization(number)
            if number != plant and organization and organization.kind is OrganizationKind.COMPANY:
                return number
        return None

    def family_through(self, organization: int, day: date) -> date | None:
        """The last day on which, without new facts, it owns the same and all of that has the same owners; None = for
        ever.
        """
        if organization not in self._owners and organization not in self._owned:
            return None
        group = self.group(organization, day)
        above = (self._owners.get(one, _NO_OWNERSHIPS) for one in self._closure(self._owners_upon(day), *group))
        below = (self._owned.get(one, _NO_OWNERSHIPS) for one in group)
        dated = {own.number: own for some in chain(above, below) for own in some if own.confirmed}
        return min((turn - timedelta(days=1) for turn in ownership_turns(dated) if turn > day), default=None)

    def kin(self, owning: Ownership) -> frozenset[int]:
        """Whose `family_through` an ownership may decide, on whatever day: owners of its parent and of all below."""
        below = self._closure(lambda n: (o.child for o in self._owned.get(n, _NO_OWNERSHIPS)), owning.child)
        owners = self._closure(lambda n: (o.parent for o in self._owners.get(n, _NO_OWNERSHIPS)), owning.parent, *below)
        return frozenset(owners)

    def epoch(self, day: date) -> date:
        """The first day since which, until the asked one, no link and no ownership came, changed or went."""
        return last_turn(self._turns, day)

    def span(self, day: date) -> tuple[date, date]:
        """The epoch, and the first day after it; the calendar's last day where there is none to come."""
        return last_turn(self._turns, day), next_turn(self._turns, day)

    def term(self, day: date) -> date:
        """The first day since which, until the asked one, no requirement began or ended."""
        return last_turn(self._terms, day)

    def _is_active_plant(self, number: int) -> bool:
        found = self.organization(number)
        return found is not None and found.active and found.kind is OrganizationKind.PLANT

    def _owned_on(self, parent: int, day: date) -> Iterator[Ownership]:
        return (own for own in self._owned.get(parent, _NO_OWNERSHIPS) if own.holds_on(day))

    def _owners_upon(self, day: date) -> Callable[[int], Iterable[int]]:
        return lambda child: (own.parent for own in self._owners.get(child, _NO_OWNERSHIPS) if own.holds_on(day))

    def _closure(self, step: Callable[[int], Iterable[int]], *starts: int) -> dict[int, None]:
        """`starts` and all that steps lead to, nearest first, then by number."""
        seen = dict.fromkeys(starts)
        frontier = list(starts)
        while frontier:
            reached = {number for near in frontier for number in step(near)}
            frontier = sorted(reached - seen.keys())
            seen.update(dict.fromkeys(frontier))
        return seen
