"""What makes a demand one that can be published; pure (domain rules: requirement, cascade)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from graph.terms import MAX_TIER
from supplychain.errors import Fault
from supplychain.frameworks.framework import Framework

ALL = "all"


@dataclass(frozen=True, slots=True)
class Demand:
    """The parts of a requirement that can contradict each other or its framework.

    schedule: level by tier. grace: months by tier. effective_from: None = the day of publication.
    """

    framework: str
    pillar: str
    schedule: Sequence[int]
    grace: Sequence[int] = ()
    effective_from: date | None = None
    effective_to: date | None = None


def faults(demand: Demand, framework: Framework | None) -> tuple[Fault, ...]:
    """Everything wrong with a demand on a framework version (None: there is no such version)."""
    return (*_schedule(demand, framework), *_of_framework(demand, framework), *_dates(demand))


def faults_at_publication(demand: Demand, today: date) -> tuple[Fault, ...]:
    """What keeps a demand from being published today: it may neither begin nor end in the past."""
    begun = demand.effective_from is not None and demand.effective_from < today
    fault = Fault("/effective_from", "before-today", {"today": today.isoformat()})
    return (*([fault] if begun else []), *faults_of_end(demand.effective_to, today))


def faults_of_end(effective_to: date | None, today: date) -> tuple[Fault, ...]:
    """What keeps a last day from being set today: what was owed until now stays owed."""
    if not has_ended(effective_to, today):
        return ()
    return (Fault("/effective_to", "before-today", {"today": today.isoformat()}),)


def faults_of_amendment(demand: Demand, amended: Demand) -> tuple[Fault, ...]:
    """What keeps a demand from amending another.

    Levels of two frameworks are never compared, so an amendment stays with the framework (another version
    will do); and it takes over on a day on which the amended one still holds.
    """
    found: list[Fault] = []
    family = _family(amended)
    if _family(demand) != family:
        found.append(Fault("/framework", "another-framework", {"framework": family}))
    last, first = amended.effective_to, demand.effective_from
    if last is not None and first is not None and first > last:
        found.append(Fault("/effective_from", "after-the-end", {"last": last.isoformat()}))
    return tuple(found)


def pillars_of(demand: Demand, framework: Framework) -> tuple[str, ...]:
    """The pillars demanded, one by one."""
    return tuple(pillar.id for pillar in framework.pillars) if demand.pillar == ALL else (demand.pillar,)


def last_day_before(effective_from: date) -> date:
    """The last day of the requirement that an amendment replaces."""
    return effective_from - timedelta(days=1)


def has_ended(effective_to: date | None, today: date) -> bool:
    """Whether the last day, which still counts, is over."""
    return effective_to is not None and effective_to < today


def _schedule(demand: Demand, framework: Framework | None) -> Iterator[Fault]:
    for name, entries, least in (("schedule", demand.schedule, 1), ("grace", demand.grace, 0)):
        if not least <= len(entries) <= MAX_TIER:
            yield Fault(f"/{name}", "items", {"min": least, "max": MAX_TIER})
    top = len(framework.levels) if framework else None
    for index, level in enumerate(demand.schedule):
        at = f"/schedule/{index}"
        if index and level > demand.schedule[index - 1]:
            yield Fault(at, "schedule-increases", {"above": demand.schedule[index - 1]})
        if level < 1 or (top is not None and level > top):
            yield Fault(at, "level-unknown", {"top": top})
    for index, months in enumerate(demand.grace):
        if months < 0:
            yield Fault(f"/grace/{index}", "grace-negative")


def _of_framework(demand: Demand, framework: Framework | None) -> Iterator[Fault]:
    if framework is None:
        yield Fault("/framework", "framework-unknown")
    elif demand.pillar != ALL and not framework.has_pillar(demand.pillar):
        allowed = ", ".join([ALL, *(pillar.id for pillar in framework.pillars)])
        yield Fault("/pillar", "not-one-of", {"allowed": allowed})


def _dates(demand: Demand) -> Iterator[Fault]:
    first, last = demand.effective_from, demand.effective_to
    if first is not None and last is not None and last < first:
        yield Fault("/effective_to", "ends-before-it-begins")


def _family(demand: Demand) -> str:
    return demand.framework.partition("@")[0]
