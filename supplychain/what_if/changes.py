"""From what an asker supposes to facts of the engine: nothing of it is recorded (domain rules: what-if).

What the asker may not see, it cannot suppose anything about: it is refused like what does not exist.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from graph.facts import Change, Link, Period, Requirement, Waiver
from graph.sight import RowKind
from graph.terms import Disclosure, FlowDown, LinkState
from graph.whatif import Pair, Stage, link_of
from supplychain.errors import Conflict, Invalid, NotFound
from supplychain.frameworks import registry
from supplychain.network import aliases
from supplychain.network.link_rules import ended
from supplychain.network.visibility import find
from supplychain.requirements import demands, queries
from supplychain.requirements.models import Requirement as Row
from supplychain.waivers import operations as waivers
from supplychain.waivers.facts import fact_of
from supplychain.work import Work

LevelKey = tuple[int, str, str]
"""Organization, framework version, pillar."""
_AFTER_ALL: Final = 2**62
"""Numbers of supposed links: after all that are recorded, as a new link's would be."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """A demand of the asker's, or none; how it would then end, or stay; and what takes its place, if anything."""

    before: Requirement | None
    ended: Requirement | None
    successor: Requirement | None

    def on(self, day: date) -> Iterator[Pair]:
        """What is to be compared on a day: until a successor takes effect, both are there."""
        if self.successor is None or self.ended is None or self.successor.announced_on(day):
            yield from (Pair(*pair) for pair in ((self.before, self.ended), (None, self.successor)) if any(pair))
        else:
            yield Pair(self.before, self.successor)


@dataclass(slots=True)
class Supposed:
    """What is supposed.

    amendments: demands that themselves change. links: links that come, or end, as they would be then. levels: what
    suppliers would have. waivers: those that would be granted, or revoked. days: the first day of each change. names:
    what stands for a demand, by its number.
    """

    amendments: list[Amendment] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    levels: dict[LevelKey, int | None] = field(default_factory=dict)
    waivers: list[Waiver] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)

    @property
    def facts(self) -> Sequence[Change]:
        """The changes as the engine folds them."""
        demanded = (one for amendment in self.amendments for one in (amendment.ended, amendment.successor))
        return [*(one for one in demanded if one is not None), *self.links]

    @property
    def about(self) -> frozenset[int]:
        """Of whom something is supposed that alters no obligation, but how it stands with it."""
        return frozenset({supplier for supplier, _, _ in self.levels} | {one.supplier for one in self.waivers})

    @property
    def amended(self) -> frozenset[int]:
        """Numbers of the recorded demands that change."""
        return frozenset(one.before.number for one in self.amendments if one.before is not None)


def read(work: Work, stage: Stage, changes: Sequence[Mapping[str, Any]]) -> Supposed:
    """Read the changes of a question, all of them on the network as it is. Raises Invalid, Conflict."""
    supposed = Supposed()
    for index, change in enumerate(changes):
        ((kind, values),) = change.items()
        pointer = f"/changes/{index}"
        with _at(f"{pointer}/{kind}"):
            _READERS[kind](work, stage, supposed, pointer, values)
    return supposed


def day_of(supposed: Supposed, today: date) -> date:
    """The first day on which all changes hold."""
    return max((today, *supposed.days))


def _publish(work: Work, _stage: Stage, supposed: Supposed, pointer: str, values: Mapping[str, Any]) -> None:
    row = demands.new(work, {**demands.OPTIONAL, **values})
    row.effective_from = row.effective_from or work.today
    demand = _fact(work, supposed, row, pointer)
    supposed.amendments.append(Amendment(None, None, demand))
    supposed.days.append(demand.effective_from)


def _publish_draft(work: Work, _stage: Stage, supposed: Supposed, pointer: str, values: Mapping[str, Any]) -> None:
    row = _own(work, supposed, values["requirement"])
    if row.state != demands.DRAFT:
        raise Conflict("requirement-not-draft")
    # A row of its own: nothing that is supposed may be written to the draft.
    said = {name: getattr(row, name) for name in demands.DEMANDED}
    supposed_row = demands.new(work, said)
    supposed_row.effective_from = values.get("effective_from") or row.effective_from or work.today
    demand = _fact(work, supposed, supposed_row, pointer)
    supposed.names[demand.number] = row.id
    supposed.amendments.append(Amendment(None, None, demand))
    supposed.days.append(demand.effective_from)


def _amend(work: Work, _stage: Stage, supposed: Supposed, pointer: str, values: Mapping[str, Any]) -> None:
    row = _own(work, supposed, values["requirement"])
    with _at("/to"):
        successor = demands.successor_of(work, row, values["to"])
        demand = _fact(work, supposed, successor, pointer)
    supposed.names[demand.number] = row.id
    before = demands.recorded(work, row)
    last = demand.effective_from - timedelta(days=1)
    supposed.amendments.append(Amendment(before, replace(before, effective_to=last), demand))
    supposed.days.append(demand.effective_from)


def _end(work: Work, _stage: Stage, supposed: Supposed, _pointer: str, values: Mapping[str, Any]) -> None:
    row = _own(work, supposed, values["requirement"])
    last = values.get("effective_to") or work.today
    over = demands.ended(work, row, last)
    supposed.amendments.append(Amendment(demands.recorded(work, row), over, None))
    supposed.days.append(last + timedelta(days=1))


def _open(work: Work, stage: Stage, supposed: Supposed, pointer: str, values: Mapping[str, Any]) -> None:
    buyer = _known(work, stage, values["buyer"], "/buyer") if "buyer" in values else stage.asker
    supplier = _known(work, stage, values["supplier"], "/supplier")
    if buyer == supplier:
        raise Invalid.at("/supplier", "own-supplier")
    first, last = values.get("valid_from") or work.today, values.get("valid_to")
    if last is not None and last < first:
        raise Invalid.at("/valid_to", "ends-before-it-begins")
    link = Link(
        number=_AFTER_ALL + len(supposed.links),
        buyer=buyer,
        supplier=supplier,
        periods=(Period(first, last, LinkState.CONFIRMED),),
        category=values.get("category"),
        flow_down=FlowDown(values.get("flow_down", FlowDown.UNDECLARED)),
        disclosure=Disclosure.IDENTITY,
        id=pointer,
    )
    supposed.links.append(link)
    supposed.days.append(first)


def _close(work: Work, stage: Stage, supposed: Supposed, _pointer: str, values: Mapping[str, Any]) -> None:
    link = link_of(stage, values["link"])
    if link is None:
        raise Invalid.at("/link", "link-not-in-sight")
    first = values.get("on") or work.today
    if first < work.today:
        raise Invalid.at("/on", "before-today", today=work.today.isoformat())
    supposed.links.append(replace(link, periods=ended(link.periods, first)))
    supposed.days.append(first)


def _level(work: Work, stage: Stage, supposed: Supposed, _pointer: str, values: Mapping[str, Any]) -> None:
    framework = registry(work).get(values["framework"])
    if framework is None:
        raise Invalid.at("/framework", "framework-unknown")
    if not framework.has_pillar(values["pillar"]):
        allowed = ", ".join(pillar.id for pillar in framework.pillars)
        raise Invalid.at("/pillar", "not-one-of", allowed=allowed)
    if (values["level"] or 0) > len(framework.levels):
        raise Invalid.at("/level", "level-unknown", top=len(framework.levels))
    supplier = _supplier(work, stage, values["supplier"])
    supposed.levels[supplier, framework.key, values["pillar"]] = values["level"]


def _waive(work: Work, _stage: Stage, supposed: Supposed, pointer: str, values: Mapping[str, Any]) -> None:
    row, said = waivers.asked(work, {"reason": "", "note": "", **values})
    number = _AFTER_ALL + len(supposed.waivers)
    veiled = row.kind is RowKind.PSEUDONYM
    leave = (work.today, said.until, said.due, said.level)
    supposed.waivers.append(Waiver(number, row.owed.requirement, row.organization, *leave, veiled=veiled, id=pointer))
    supposed.days.append(work.today)


def _revoke(work: Work, _stage: Stage, supposed: Supposed, _pointer: str, values: Mapping[str, Any]) -> None:
    try:
        row = waivers.in_force(work, values["waiver"])
    except NotFound as unseen:
        raise Invalid.at("/waiver", "unknown-waiver") from unseen
    supposed.waivers.append(replace(fact_of(row), revoked_on=work.today))
    supposed.days.append(work.today)


_READERS: Final = {
    "publish": _publish,
    "publish_draft": _publish_draft,
    "amend": _amend,
    "end": _end,
    "open": _open,
    "close": _close,
    "level": _level,
    "waive": _waive,
    "revoke": _revoke,
}


def _fact(work: Work, supposed: Supposed, row: Row, pointer: str) -> Requirement:
    """A demand as it would be published today, under a number that no row has."""
    pillars = demands.checked(work, row)
    row.number, row.id = -1 - len(supposed.amendments), pointer
    supposed.names[row.number] = pointer
    return demands.fact(work, row, pillars)


def _own(work: Work, supposed: Supposed, requirement_id: str) -> Row:
    try:
        row = queries.own(work, requirement_id)
    except NotFound as unseen:
        raise Invalid.at("/requirement", "unknown-requirement") from unseen
    if row.number in supposed.amended or row.id in supposed.names.values():
        raise Invalid.at("/requirement", "supposed-twice")
    return row


def _known(work: Work, stage: Stage, organization_id: str, pointer: str) -> int:
    """An organization that the asker sees by name, itself and what it owns included."""
    number = aliases.number_of(work, organization_id)
    if number is None or stage.network.organization(number) is None:
        raise Invalid.at(pointer, "not-in-sight")
    return number


def _supplier(work: Work, stage: Stage, displayed: str) -> int:
    try:
        seen = find(work, stage.asker, displayed, stage.today)
    except NotFound:
        return _known(work, stage, displayed, "/supplier")
    if not seen.opens_conformity:
        raise Invalid.at("/supplier", "not-in-sight")
    return seen.organization


@contextmanager
def _at(pointer: str) -> Iterator[None]:
    """Faults told where they are in the question."""
    try:
        yield
    except Invalid as refused:
        faults = [replace(one, pointer=pointer + one.pointer) for one in refused.faults]
        raise Invalid(refused.code, faults=faults) from refused
