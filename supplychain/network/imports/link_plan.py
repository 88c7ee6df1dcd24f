"""What a list of links makes of the links there are: a plan on values, nothing is written here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from graph.network import Link, Period, state_on
from graph.terms import Disclosure, FlowDown, LinkState, most_closed
from supplychain.network.imports.rows import Fault, LinkRow, Result, Status, refused
from supplychain.network.link_rules import SAID_BY, Periods, Side, continued, place

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


def plan(entries: Iterable[Entry], known: Mapping[Key, Sequence[Held]], today: date) -> LinkPlan:
    """Put every entry's days into the links of its key; all entries of a key must be here together.

    known: all links of the keys in order of recording, those without days included. today: of which, or of the
    nearest of a row's days, the states before and after are told.
    """
    grouped: defaultdict[Key, list[Entry]] = defaultdict(list)
    for entry in entries:
        grouped[entry.key].append(entry)
    made = LinkPlan()
    for key, group in grouped.items():
        _plan_key(made, group, known.get(key, ()), today)
    made.results.sort(key=lambda result: result.row)
    return made


def _plan_key(made: LinkPlan, group: list[Entry], known: Sequence[Held], today: date) -> None:
    before = [held.periods for held in known if held.periods]
    live = [held for held in known if held.periods]
    new: list[Held] = []
    adds: dict[int, bool] = {}
    said, last_said, repeats = _without_repeats(group)
    for entry in sorted(said, key=_begins) if len(said) > 1 else said:
        target, adds[entry.row.row] = _put(entry, live)
        if not target.number and target not in new:
            new.append(target)
        made.targets[entry.row.row] = target
    chosen = _attribute([(entry, made.targets[entry.row.row].survivor) for entry in said], last_said)
    surviving = [held for held in new if held.joined is None]
    for run, held in enumerate(surviving, start=len(known)):
        held.run = run
    made.created += surviving
    made.updated += [held for held in known if held.changed]
    seen: set[int] = set()
    for entry in said:
        row, target = entry.row.row, made.targets[entry.row.row].survivor
        status = Status.UPDATED if adds[row] or (row in chosen and target.changed) else Status.MATCHED
        if not target.number:
            status = Status.CREATED if id(target) not in seen else status
            seen.add(id(target))
        day = _nearest(today, entry.row)
        made.results.append(Result(row, status, before=_state(before, day), after=_state([target.periods], day)))
    for row, of in repeats.items():
        made.targets[row] = made.targets[of]
        made.results.append(Result(row, Status.DUPLICATE, of=of))


def _without_repeats(group: list[Entry]) -> tuple[list[Entry], dict[int, int], dict[int, int]]:
    """What is said, once each; by the row that says it first, the row that says it last; by other row, the first."""
    if len(group) == 1:
        return group, {}, {}
    first: dict[object, Entry] = {}
    last: dict[int, int] = {}
    repeats: dict[int, int] = {}
    for entry in group:
        row = entry.row
        says = (row.valid_from, row.valid_to, row.share, row.flow_down, row.disclosure, entry.side)
        earlier = first.setdefault(says, entry)
        last[earlier.row.row] = row.row
        if earlier is not entry:
            repeats[row.row] = earlier.row.row
    return list(first.values()), last, repeats


def _begins(entry: Entry) -> date:
    """The links that come of it are the same in whatever order, but years one after the other are joined at once."""
    return entry.row.valid_from or date.min


def _nearest(today: date, row: LinkRow) -> date:
    """Today, or the day of the row that is nearest to it."""
    if row.valid_from is not None and today < row.valid_from:
        return row.valid_from
    return row.valid_to if row.valid_to is not None and row.valid_to < today else today


def _state(links: Iterable[Periods], day: date) -> LinkState | None:
    return next((state for periods in links if (state := state_on(periods, day))), None)


def _put(entry: Entry, live: list[Held]) -> tuple[Held, bool]:
    """The link that has the entry's days now, and whether that added or confirmed any."""
    first, last = entry.row.valid_from, entry.row.valid_to
    if len(live) == 1:
        periods = continued(live[0].periods, first, last, entry.side)
        if periods is not None:
            adds = periods is not live[0].periods
            live[0].periods = periods
            return live[0], adds
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


def _attribute(group: Sequence[tuple[Entry, Held]], last_said: Mapping[int, int]) -> set[int]:
    """Give each link what its rows say of it; of several, the row of the latest days, then the last, holds.

    The rows that held: so the same list again says the same, in whatever order its years come.
    """
    chosen: set[int] = set()
    if len(group) > 1:
        group = sorted(group, key=lambda pair: _rank(pair[0].row, last_said))
    for name in ("share", "flow_down", "disclosure"):
        best: dict[int, tuple[Entry, Held]] = {}
        for entry, held in group:
            if getattr(entry.row, name) is not None:
                best[id(held)] = (entry, held)
        for entry, held in best.values():
            target = f"disclosure_{entry.side}" if name == "disclosure" else name
            if getattr(held, target) != getattr(entry.row, name):
                setattr(held, target, getattr(entry.row, name))
                chosen.add(entry.row.row)
    return chosen


def _rank(row: LinkRow, last_said: Mapping[int, int]) -> tuple[date, date, int]:
    return (row.valid_to or date.max, row.valid_from or date.min, last_said.get(row.row, row.row))
