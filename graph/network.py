"""The supply network as an immutable value: a fold of facts, and the lookups the rules need.

`apply` gives the network of the next revision and shares with this one whatever did not change.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import chain
from operator import attrgetter

from graph.arrays.columns import LinkColumns
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
from graph.folding import both, moved, news
from graph.held import Held
from graph.memory import Memory
from graph.payload import from_payload, to_payload
from graph.periods import join_periods, normalise_periods, run_start, set_state, state_on
from graph.terms import OrganizationKind
from graph.turns import last_turn, next_turn, ownership_turns
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

_NUMBER = attrgetter("number")


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

    __slots__ = ("_columns", "_held", "day", "described", "linked", "memory", "owned", "revision")

    revision: int
    day: date
    memory: Memory
    linked: Version
    owned: Version
    described: Version

    def __init__(self, held: Held | None = None, revision: int = 0, day: date = date.min) -> None:
        self.revision = revision
        self.day = day
        self.memory = Memory()
        self.linked, self.owned, self.described = Version(), Version(), Version()
        self._held = held or Held()
        self._columns: LinkColumns | None = None

    @classmethod
    def empty(cls) -> "Network":
        """The network before the first fact."""
        return cls()

    @property
    def held(self) -> Held:
        """The facts themselves, by key and by who they are about."""
        return self._held

    def apply(self, changes: Iterable[Change], revision: int) -> "Network":
        """The network after the changes, in their order; this one stays as it is."""
        held = self._held
        new = news(changes, held.links, held.ownerships)
        after = Network(held.after(new), revision, max((self.day, *new.days)))
        after.linked = moved(
            self.linked, {(one.number, one.buyer, one.supplier) for one in both(held.links, new.links)}
        )
        ends = {end for own in both(held.ownerships, new.ownerships) for end in (own.child, own.parent)}
        after.owned = moved(self.owned, ends)
        about = {organization for _, organization in new.records} | new.organizations.keys()
        after.described = moved(self.described, about | {one.supplier for one in both(held.waivers, new.waivers)})
        after.memory = self.memory.after() if new else self.memory.copy()
        after._columns = None if new.links else self._columns
        return after

    def columns(self) -> LinkColumns:
        """All links as arrays, those of the floor as they lie there."""
        if self._columns is None:
            self._columns = self._held.link_columns()
        return self._columns

    def organization(self, number: int) -> Organization | None:
        """The organization's own facts, None for one that only links name."""
        return self._held.organizations.get(number)

    def organizations(self) -> Iterator[Organization]:
        return self._held.organizations.each()

    def record(self, owner: int, organization: int) -> Record | None:
        """What the owner itself wrote down about the organization."""
        return self._held.records.get((owner, organization))

    def link(self, number: int) -> Link | None:
        return self._held.links.get(number)

    def links(self) -> Iterator[Link]:
        return self._held.links.each()

    @property
    def size(self) -> int:
        """How many links there are at most, on whatever day."""
        return len(self._held.links.floor) + len(self._held.links.top)

    def links_from(self, buyer: int) -> tuple[Link, ...]:
        """The buyer's links on whatever day, by number."""
        return self._held.links_from.get(buyer)

    def links_to(self, supplier: int) -> tuple[Link, ...]:
        """The supplier's links on whatever day, by number."""
        return self._held.links_to.get(supplier)

    def ownerships(self) -> Iterator[Ownership]:
        return self._held.ownerships.each()

    def ownership(self, number: int) -> Ownership | None:
        return self._held.ownerships.get(number)

    def requirement(self, number: int) -> Requirement | None:
        return self._held.requirements.get(number)

    def requirements(self) -> tuple[Requirement, ...]:
        """All that were ever published, by number."""
        return self.memory.recall("requirements", lambda: tuple(sorted(self._held.requirements.each(), key=_NUMBER)))

    def waivers_of(self, supplier: int) -> tuple[Waiver, ...]:
        """All that were ever granted to the supplier, whoever granted them and whatever became of them, by number."""
        return self._held.waivers_of.get(supplier)

    def stands_alone(self, organization: int) -> bool:
        """Whether it never owned anything, and nobody it."""
        return organization not in self._held.owned and organization not in self._held.owners

    def owned_by(self, organization: int, day: date) -> frozenset[int]:
        """Everything below the organization that day, at any depth, without itself."""
        if organization not in self._held.owned:  # most own nothing
            return frozenset()
        below = self._closure(lambda n: (o.child for o in self._owned_on(n, day)), organization)
        return frozenset(below) - {organization}

    def owners_of(self, organization: int, day: date) -> frozenset[int]:
        """Everything above the organization that day, at any height, without itself."""
        if organization not in self._held.owners:
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
        if self.stands_alone(organization):
            return None
        group = self.group(organization, day)
        above = (self._held.owners.get(one) for one in self._closure(self._owners_upon(day), *group))
        below = (self._held.owned.get(one) for one in group)
        dated = {own.number: own for some in chain(above, below) for own in some if own.confirmed}
        return min((turn - timedelta(days=1) for turn in ownership_turns(dated) if turn > day), default=None)

    def kin(self, owning: Ownership) -> frozenset[int]:
        """Whose `family_through` an ownership may decide, on whatever day: owners of its parent and of all below."""
        below = self._closure(lambda n: (o.child for o in self._held.owned.get(n)), owning.child)
        owners = self._closure(lambda n: (o.parent for o in self._held.owners.get(n)), owning.parent, *below)
        return frozenset(owners)

    def epoch(self, day: date) -> date:
        """The first day since which, until the asked one, no link and no ownership came, changed or went."""
        return last_turn(self._held.turns, day)

    def span(self, day: date) -> tuple[date, date]:
        """The epoch, and the first day after it; the calendar's last day where there is none to come."""
        return last_turn(self._held.turns, day), next_turn(self._held.turns, day)

    def term(self, day: date) -> date:
        """The first day since which, until the asked one, no requirement began or ended."""
        return last_turn(self._held.terms, day)

    def _is_active_plant(self, number: int) -> bool:
        found = self.organization(number)
        return found is not None and found.active and found.kind is OrganizationKind.PLANT

    def _owned_on(self, parent: int, day: date) -> Iterator[Ownership]:
        return (own for own in self._held.owned.get(parent) if own.holds_on(day))

    def _owners_upon(self, day: date) -> Callable[[int], Iterable[int]]:
        return lambda child: (own.parent for own in self._held.owners.get(child) if own.holds_on(day))

    def _closure(self, step: Callable[[int], Iterable[int]], *starts: int) -> dict[int, None]:
        """`starts` and all that steps lead to, nearest first, then by number."""
        seen = dict.fromkeys(starts)
        frontier = list(starts)
        while frontier:
            reached = {number for near in frontier for number in step(near)}
            frontier = sorted(reached - seen.keys())
            seen.update(dict.fromkeys(frontier))
        return seen
