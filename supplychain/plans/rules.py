"""What a plan may say, how far it is, and whom it concerns."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from supplychain.errors import Fault
from supplychain.frameworks.framework import Framework


class PlanState(StrEnum):
    """How far a plan is."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    VERIFIED = "verified"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone: the last day for it, and when it was done."""

    due: date
    done_on: date | None = None

    def late_on(self, day: date) -> bool:
        """Not done, and its last day is over."""
        return self.done_on is None and self.due < day


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody said of a plan, and when."""

    accepted: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known of a plan. started: work has begun. reported_at: when something was last said to be done."""

    level: int
    steps: Sequence[Step]
    started: bool = False
    reported_at: datetime | None = None
    withdrawn: bool = False


def state_of(plan: Progress, achieved: int | None, verdicts: Sequence[Verdict]) -> PlanState:
    """How far a plan is in the eyes of somebody who knows of some verdicts, in the order in which they were given.

    The gap that is closed verifies it, whoever looked. What was sent back is in progress until more is reported.
    """
    if plan.withdrawn:
        return PlanState.WITHDRAWN
    last = verdicts[-1] if verdicts else None
    if (achieved or 0) >= plan.level or (last is not None and last.accepted):
        return PlanState.VERIFIED
    if all(step.done_on is not None for step in plan.steps):
        sent_back = last is not None and (plan.reported_at is None or last.at >= plan.reported_at)
        return PlanState.IN_PROGRESS if sent_back else PlanState.DONE
    begun = plan.started or any(step.done_on is not None for step in plan.steps)
    return PlanState.IN_PROGRESS if begun else PlanState.PLANNED


def late(plan: Progress, state: PlanState, day: date) -> int:
    """How many steps are late; of a plan that is verified or given up none."""
    if state in {PlanState.VERIFIED, PlanState.WITHDRAWN}:
        return 0
    return sum(step.late_on(day) for step in plan.steps)


def serves(level: int, owed: Collection[int]) -> bool:
    """Whether a plan is about what a customer itself asks: to a higher level than that it tells of others' demands."""
    return any(level <= one for one in owed)


def faults(
    framework: Framework | None, pillar: str, level: int, achieved: int | None, dues: Sequence[date], today: date
) -> Iterator[Fault]:
    """What keeps a plan from being made today."""
    if framework is None:
        yield Fault("/framework", "framework-unknown")
        return
    if not framework.has_pillar(pillar):
        yield Fault("/pillar", "not-one-of", {"allowed": ", ".join(one.id for one in framework.pillars)})
    elif level > framework.top_level:
        yield Fault("/level", "level-unknown", {"top": framework.top_level})
    elif level <= (achieved or 0):
        yield Fault("/level", "no-gap-here", {"achieved": achieved})
    for at, due in enumerate(dues):
        if due < today:
            yield Fault(f"/milestones/{at}/due", "before-today", {"today": today.isoformat()})
        elif at and due < dues[at - 1]:
            yield Fault(f"/milestones/{at}/due", "milestones-out-of-order")
