"""Who may see whom: visibility as a pure function of the network (domain rules: what may be seen by whom).

Confirmed links open sight, claimed ones do not. Sight along a path is that of its most closed link, the
reader's own links being always `identity` to it; over paths the most open wins. The number of an organization
in an answer is for the engine's callers: what a reader is shown instead is theirs to decide by `RowKind`.
"""

from bisect import insort
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from operator import attrgetter
from typing import Final

from graph.amendments import days_of, lineage
from graph.facts import Link, Requirement, SupplierScope
from graph.memory import Line
from graph.network import Network
from graph.obligations import Obligation, obligations, unclassified_links
from graph.openness import Sight, sight
from graph.passing import passing_through
from graph.periods import state_on
from graph.terms import CARRYING, Disclosure, FlowDown, LinkState
from graph.versions import Version
from graph.walks.reach import Lens, reach

__all__ = [
    "Row",
    "RowKind",
    "Sight",
    "View",
    "disclosed",
    "passes_on",
    "passing_through",
    "rows_about",
    "sight",
    "view",
]


class RowKind(StrEnum):
    """As what an organization appears in the issuer's view."""

    IDENTITY = "identity"
    PSEUDONYM = "pseudonym"
    AWAITING = "awaiting"
    """A direct supplier by the issuer's own claim alone; its conformity is closed."""
    PRIVATE = "private"
    """Reached by the issuer's own private links alone; its conformity is closed."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an issuer's view of one requirement.

    Attributes:
        kind: as what the organization appears.
        owed: the obligation that the lens shows; its tier may be deeper than that of what is owed.
    """

    kind: RowKind
    owed: Obligation

    @property
    def organization(self) -> int:
        """Its number; not to be shown, nor sorted by, in a row of kind pseudonym."""
        return self.owed.supplier

    @property
    def tier(self) -> int:
        """Over the links of the lens."""
        return self.owed.tier

    @property
    def due(self) -> date | None:
        """The last day; None in a row of kind private. A pseudonym's status rests on it, its value stays hidden."""
        return None if self.kind is RowKind.PRIVATE else self.owed.due

    @property
    def lens(self) -> Lens:
        """Through which `graph.cascade.explain` gives the same tier, level and path."""
        return _LENS[self.kind]


@dataclass(frozen=True, slots=True)
class View:
    """What the issuer may see of one requirement on one day.

    Attributes:
        rows: by kind, tier and number. An organization has one row, but that what the issuer itself claims or
            privately knows stands beside a pseudonym: whether the two are one is what the pseudonym hides.
        protected: obligations over confirmed links that are in no row the issuer may tie to conformity; to be
            counted in cells, never listed.
        unclassified_links: links too coarsely coded to say whether they carry, among those the issuer may see.
        beyond_horizon: organizations at tier 16 or more, among those the issuer may list.
        version: whose rows moved since earlier revisions.
    """

    rows: tuple[Row, ...]
    protected: tuple[Obligation, ...]
    unclassified_links: frozenset[int]
    beyond_horizon: frozenset[int]
    version: Version = field(default_factory=Version, compare=False, repr=False)

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory: some 250 bytes a row with its obligation, 150 an obligation alone."""
        return (5 * len(self.rows) + 3 * len(self.protected)) // 2


def disclosed(network: Network, reader: int, day: date) -> Iterator[Link]:
    """Confirmed links between organizations that the reader knows by name, told by identity to readers further up."""
    seen = sight(network, reader, day)
    known = seen.known()
    for buyer in known:
        for link in network.links_from(buyer):
            if link.supplier in known and _shows_itself(seen, link, day):
                yield link


def is_disclosed(seen: Sight, link: Link, day: date) -> bool:
    """Whether a link shows itself to a reader who knows both its ends."""
    return _shows_itself(seen, link, day) and seen.knows(link.buyer) and seen.knows(link.supplier)


def _shows_itself(seen: Sight, link: Link, day: date) -> bool:
    told = link.buyer in seen.group or link.disclosure is Disclosure.IDENTITY
    return told and link.owner is None and state_on(link.periods, day) is LinkState.CONFIRMED


def rows_about(network: Network, requirement: Requirement, day: date, among: AbstractSet[int]) -> tuple[Row, ...]:
    """The rows of a view about some organizations, without the others, nor walks that show none of these."""
    veils = sight(network, requirement.issuer, day).veils
    return _rows_of(_listed(_owing(network, requirement, day, among), veils))


_NOTHING: Final = View((), (), frozenset(), frozenset())


def view(network: Network, requirement: Requirement, day: date) -> View:
    """The requirement's obligations in its issuer's eyes; empty when it is not live on the day.

    Each organization is judged over links at least as open as its sight. One that has no such way to this
    requirement is protected: showing it over more closed links would show it twice, as two.
    """
    if not requirement.live_on(day):
        return _NOTHING
    what = ("view", lineage(network, requirement), requirement.announced_on(day))
    line = Line(what, network.epoch(day), network.term(day), dated=False)
    return network.memory.repaired(
        line,
        lambda: tuple(_sources(network, requirement, day)),
        lambda: _view(network, requirement, day),
        lambda earlier, moves: _reviewed(network, requirement, day, earlier, frozenset().union(*moves)),
    )


def passes_on(network: Network, supplier: int, day: date) -> FlowDown:
    """Whether the supplier, as a buyer, passes on what is asked of it.

    `no` as soon as one of its links says no, `yes` only when all say yes, else `undeclared`.
    """
    links = (link for link in network.links_from(supplier) if state_on(link.periods, day) in CARRYING)
    said = {link.flow_down for link in links}
    if FlowDown.NO in said:
        return FlowDown.NO
    return FlowDown.YES if said == {FlowDown.YES} else FlowDown.UNDECLARED


Owed = Mapping[int, Obligation]


def _view(network: Network, requirement: Requirement, day: date, among: AbstractSet[int] | None = None) -> View:
    """The view from nothing. among: with rows of nobody else."""
    owing, seen = _owing(network, requirement, day, among), sight(network, requirement.issuer, day)
    veils = seen.veils if among is not None else seen.veiled().__contains__
    listed = _listed(owing, veils)
    unlisted = owing(Lens.SEEN_ANY, _outside(listed[RowKind.IDENTITY], listed[RowKind.PSEUDONYM]))
    return View(
        _rows_of(listed),
        tuple(unlisted[supplier] for supplier in sorted(unlisted)),
        unclassified_links(network, requirement, day, Lens.KNOWN),
        _beyond(network, requirement, day, seen),
    )


def _owing(
    network: Network, requirement: Requirement, day: date, among: AbstractSet[int] | None
) -> Callable[..., Owed]:
    """The obligations through a lens, of those that are wanted."""
    return lambda lens, *wanted: obligations(network, requirement, day, lens, *wanted, among=among)


def _listed(owing: Callable[..., Owed], veils: Callable[[int], bool]) -> Mapping[RowKind, Owed]:
    """What is listed of each kind; a walk is not made where nobody is left to be shown over it.

    veils: whether the reader sees an organization by pseudonym.
    """
    by_identity = owing(Lens.SEEN_IDENTITY)
    by_claim = owing(Lens.OWN, _outside(by_identity))
    return {
        RowKind.IDENTITY: by_identity,
        RowKind.PSEUDONYM: owing(Lens.SEEN_PSEUDONYM, veils),
        RowKind.AWAITING: by_claim,
        RowKind.PRIVATE: owing(Lens.KNOWN, _outside(by_identity, by_claim)),
    }


def _sources(network: Network, requirement: Requirement, day: date) -> Iterator[Version]:
    """All that a view follows from: sight, walks, and facts that a supplier scope tests."""
    line = lineage(network, requirement)
    yield sight(network, requirement.issuer, day).version
    for one, on in zip(line, days_of(line, day), strict=True):
        for lens in (*_LENS.values(), Lens.SEEN_ANY):
            yield reach(network, one, on, lens).version
    if any(one.supplier_scope != SupplierScope() for one in line):
        yield network.described


def _reviewed(network: Network, requirement: Requirement, day: date, earlier: View, moved: AbstractSet[int]) -> View:
    """The view, made from an earlier one in which only the rows of some are to be replaced."""
    if not moved:
        return earlier
    found = _view(network, requirement, day, moved)
    rows = [row for row in earlier.rows if row.organization not in moved]
    for row in found.rows:
        insort(rows, row, key=_row_order)
    protected = [owed for owed in earlier.protected if owed.supplier not in moved]
    for owed in found.protected:
        insort(protected, owed, key=_supplier)
    return replace(found, rows=tuple(rows), protected=tuple(protected), version=earlier.version.after(moved))


_SHOWN_AS = {kind: place for place, kind in enumerate(RowKind)}


def _row_order(row: Row) -> tuple[int, int, int]:
    return _SHOWN_AS[row.kind], row.tier, row.organization


def _supplier(owed: Obligation) -> int:
    return owed.supplier


def _outside(*found: Owed) -> Callable[[int], bool]:
    """What is shown already must not be made, and told, twice."""
    shown = frozenset().union(*found)
    return lambda supplier: supplier not in shown


_LENS = {
    RowKind.IDENTITY: Lens.SEEN_IDENTITY,
    RowKind.PSEUDONYM: Lens.SEEN_PSEUDONYM,
    RowKind.AWAITING: Lens.OWN,
    RowKind.PRIVATE: Lens.KNOWN,
}


def _rows_of(listed: Mapping[RowKind, Owed]) -> tuple[Row, ...]:
    return tuple(row for kind in RowKind for row in _rows(kind, listed[kind]))


def _rows(kind: RowKind, owed: Owed) -> list[Row]:
    return [Row(kind, one) for one in sorted(owed.values(), key=attrgetter("tier", "supplier"))]


def _beyond(network: Network, requirement: Requirement, day: date, seen: Sight) -> frozenset[int]:
    known = reach(network, requirement, day, Lens.SEEN_IDENTITY).beyond_horizon
    veiled = reach(network, requirement, day, Lens.SEEN_PSEUDONYM).beyond_horizon
    return frozenset(known) | {one for one in veiled if seen.openness.get(one) is Disclosure.PSEUDONYM}
