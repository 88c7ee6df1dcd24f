"""What a list of links makes of the links there are: a plan on values, nothing is written here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from graph.network import Link, Period
from graph.terms import Disclosure, FlowDown, most_closed
from supplychain.network.imports.rows import Fault, LinkRow, Result, Status, refused
from supplychain.network.link_rules import SAID_BY, Periods, Side, place

Key = tuple[int, int, str, int]
"""Buyer, supplier, category, owner (0: not private)."""
Image = tuple[Periods, float | None, str, str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row whose organizations are known, by number."""

    row: LinkRow
    key: Key
    side: Side


@dataclass(slots=True, eq=False)
class Held:
    """A link while a plan is made. number: 0 until it is recorded. before: how it was found."""

    key: Key
    run: int  # given when it is certain that the link stays one of its own
    periods: Periods
    number: int = 0
    id: str = ""
    share: float | None = None
    flow_down: str = str(FlowDown.UNDECLARED)
    disclosure_buyer: str = str(Disclosure.PSEUDONYM)
    disclosure_supplier: str = str(Disclosure.PSEUDONYM)
    dispute: dict[str, Any] | None = None
    reviewer: int | None = None
    joined: "Held | None" = None
    before: Image | None = None

    def image(self) -> Image:
        """All that a list may change."""
        return (self.periods, self.share, self.flow_down, self.disclosure_buyer, self.disclosure_supplier)

    @property
    def changed(self) -> bool:
        """Whether there is anything to write of a link that was there before."""
        return self.before is not None and self.image() != self.before

    @property
    def survivor(self) -> "Held":
        """The link that has its days now."""
        held = self
        while held.joined is not None:
            held = held.joined
        return held

    def fact(self) -> Link:
        """As the engine folds it."""
        buyer, supplier, category, owner = self.key
        return Link(
            number=self.number,
            id=self.id,
            buyer=buyer,
            supplier=supplier,
            category=category or None,
            share=self.share,
            periods=self.periods,
            flow_down=FlowDown(self.flow_down),
            disclosure=most_closed(Disclosure(self.disclosure_buyer), Disclosure(self.disclosure_supplier)),
            owner=owner or None,
        )


@dataclass(slots=True)
class LinkPlan:
    """What is to be written, and what will have become of every row. targets: by row, the link it speaks of."""

    created: list[Held] = field(default_factory=list)
    updated: list[Held] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    targets: dict[int, Held] = field(default_factory=dict)


def entry_of(row: LinkRow, me: int, found: Mapping[str, frozenset[int]]) -> Entry | Result:
    """A row with its organizations, or why it cannot be taken."""
    ends: dict[str, int] = {}
    faults: list[Fault] = []
    for column, reference in (("buyer", row.buyer), ("supplier", row.supplier)):
        meant = frozenset({me}) if reference is None else found.get(reference, frozenset())
        if len(meant) == 1:
            (ends[column],) = meant
        else:
            faults.append(Fault(column, "ambiguous-organization" if meant else "unknown-organization", reference))
    if faults:
        return refused(row.row, *faults)
    buyer, supplier = ends["buyer"], ends["supplier"]
    side = {buyer: Side.BUYER, supplier: Side.SUPPLIER}.get(me, Side.OWNER)
    faults = list(_faults(row, buyer, supplier, side))
    key = (buyer, supplier, row.category, me if side is Side.OWNER else 0)
    return refused(row.row, *faults) if faults else Entry(row, key, side)


def _faults(row: LinkRow, buyer: int, supplier: int, side: Side) -> Iterable[Fault]:
    if buyer == supplier:
        yield Fault("supplier", "own-supplier", row.supplier)
        return
    if row.private is not (side is Side.OWNER):
        yield Fault("private", "party-not-private" if row.private else "third-party-private", row.private)
    if row.flow_down is not None and side is not Side.BUYER:
        yield Fault("flow_down", "buyer-only", row.flow_down)
    if row.share is not None and side is Side.SUPPLIER:
        yield Fault("share", "buyer-only", row.share)
    if row.disclosure is not None and side is Side.OWNER:
        yield Fault("disclosure", "not-on-private", row.disclosure)


def plan(entries: Sequence[Entry], known: Mapping[Key, Sequence[Held]]) -> LinkPlan:
    """Put every entry's days into the links of its key; all entries of a key must be here together.

    known: all links of the keys in order of recording, those without days included.
    """
    grouped: defaultdict[Key, list[Entry]] = defaultdict(list)
    for entry in entries:
        grouped[entry.key].append(entry)
    made = LinkPlan()
    for key, group in grouped.items():
        _plan_key(made, group, known.get(key, ()))
    made.results.sort(key=lambda result: result.row)
    return made


def _plan_key(made: LinkPlan, group: list[Entry], known: Sequence[Held]) -> None:
    live = [held for held in known if held.periods]
    new: list[Held] = []
    adds: dict[int, bool] = {}
    for entry in group:
        target, adds[entry.row.row] = _put(entry, live)
        if not target.number and target not in new:
            new.append(target)
        made.targets[entry.row.row] = target
    chosen = _attribute([(entry, made.targets[entry.row.row].survivor) for entry in group])
    surviving = [held for held in new if held.joined is None]
    for run, held in enumerate(surviving, start=1 + max((one.run for one in known), default=-1)):
        held.run = run
    made.created += surviving
    made.updated += [held for held in known if held.changed]
    seen: set[int] = set()
    for entry in group:
        row, target = entry.row.row, made.targets[entry.row.row].survivor
        status = Status.UPDATED if adds[row] or (row in chosen and target.changed) else Status.MATCHED
        if not target.number:
            status = Status.CREATED if id(target) not in seen else status
            seen.add(id(target))
        made.results.append(Result(row, status))


def _put(entry: Entry, live: list[Held]) -> tuple[Held, bool]:
    """The link that has the entry's days now, and whether that added or confirmed any."""
    first, last = entry.row.valid_from, entry.row.valid_to
    if live:
        placed = place([held.periods for held in live], first, last, entry.side)
        if placed.at is not None:
            target = live[placed.at]
            adds = placed.periods != target.periods
            target.periods = placed.periods
            for at in reversed(placed.emptied):
                _absorb(target, live.pop(at))
            return target, adds
    target = Held(entry.key, 0, (Period(first, last, SAID_BY[entry.side]),))
    live.append(target)
    return target, True


def _absorb(target: Held, other: Held) -> None:
    """As ``links.absorb`` does with rows."""
    target.disclosure_buyer = _closed(target.disclosure_buyer, other.disclosure_buyer)
    target.disclosure_supplier = _closed(target.disclosure_supplier, other.disclosure_supplier)
    target.share = other.share if target.share is None else target.share
    target.flow_down = other.flow_down if target.flow_down == FlowDown.UNDECLARED else target.flow_down
    target.dispute = target.dispute or other.dispute
    target.reviewer = target.reviewer or other.reviewer
    other.periods = ()
    other.dispute = None
    other.joined = target


def _closed(one: str, other: str) -> str:
    return str(most_closed(Disclosure(one), Disclosure(other)))


def _attribute(group: Sequence[tuple[Entry, Held]]) -> set[int]:
    """Give each link what its rows say of it; of several, the row of the latest days, then the last, holds.

    The rows that held: so the same list again says the same, in whatever order its years come.
    """
    chosen: set[int] = set()
    for name in ("share", "flow_down", "disclosure"):
        best: dict[int, tuple[tuple[date, date, int], Entry, Held]] = {}
        for entry, held in group:
            if getattr(entry.row, name) is None:
                continue
            rank = (entry.row.valid_to or date.max, entry.row.valid_from or date.min, entry.row.row)
            if id(held) not in best or best[id(held)][0] < rank:
                best[id(held)] = (rank, entry, held)
        for _, entry, held in best.values():
            target = f"disclosure_{entry.side}" if name == "disclosure" else name
            if getattr(held, target) != getattr(entry.row, name):
                setattr(held, target, getattr(entry.row, name))
                chosen.add(entry.row.row)
    return chosen
