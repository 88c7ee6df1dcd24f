"""Where levels go if nothing is renewed: a walk through the days on which something changes.

No new fact is thought of: evidence, decisions and verified facts run out or begin on the days they bear already, and
ownership that is dated starts and ends. Between two such days nothing changes, so a look at each of them is enough.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from graph.waivers import Demanded
from supplychain.conformity.rules.assess import assessed_pillars, grid_of, holder_results, unmet_in
from supplychain.conformity.rules.classify import pillar_level, pillar_result
from supplychain.conformity.rules.dossier import Dossier, open_dossier
from supplychain.conformity.rules.facts import Situation
from supplychain.conformity.rules.lens import PLAIN
from supplychain.conformity.rules.plan import Slot, plan_of
from supplychain.conformity.rules.results import Grid, LevelResult, Outcome, PillarResult, SourceState, Why
from supplychain.frameworks.framework import Framework

_DAY = timedelta(days=1)
_GOOD = frozenset((Outcome.MET, Outcome.NOT_APPLICABLE))


SituationOn = Callable[[date], Situation]
"""What is recorded already, as it speaks on a day."""


@dataclass(frozen=True, slots=True)
class Look:
    """An assessment on a day on which something changes. through: the last day on which it is the same."""

    day: date
    through: date | None
    levels: Mapping[str, int | None]
    dossier: Dossier
    grid: Grid


@dataclass(frozen=True, slots=True)
class Loss:
    """An indicator that held a level until a day.

    level: the highest of the lost levels at which it is wanting. holder: whose result it was. evidence: what decided it
    and has lapsed; None where something else changed. outcome, why: its result from the day on.
    """

    indicator: str
    level: int
    holder: int
    evidence: int | None
    outcome: Outcome
    why: Why


@dataclass(frozen=True, slots=True)
class Step:
    """A day from which a pillar's level is another one. lost: of a fall, what brought it about."""

    day: date
    level: int | None
    before: int | None
    lost: tuple[Loss, ...] = ()

    @property
    def falls(self) -> bool:
        """Whether the level is lower; not assessed counts as 0."""
        return (self.level or 0) < (self.before or 0)


@dataclass(frozen=True, slots=True)
class Outlook:
    """The levels of a framework's pillars from `day` until `until` (inclusive), if nothing is renewed.

    through: the last day on which the levels are still those of `until`; None = for ever.
    """

    day: date
    until: date
    through: date | None
    now: Mapping[str, int | None]
    steps: Mapping[str, tuple[Step, ...]]

    def level(self, pillar: str, day: date) -> int | None:
        """The level on a day of the outlook."""
        passed = [step.level for step in self.steps[pillar] if step.day <= day]
        return passed[-1] if passed else self.now[pillar]

    def breaks(self, pillar: str, level: int) -> Step | None:
        """The first step to below a level that holds today; None if it holds throughout, or does not hold today."""
        if (self.now[pillar] or 0) < level:
            return None
        return next((step for step in self.steps[pillar] if (step.level or 0) < level), None)

    def missed(self, pillar: str, asked: Demanded) -> date | None:
        """The first day of the outlook on which a demand that is kept today is in force and not kept, because the level
        falls or a waiver ends; None if there is none, or it is not kept today.
        """

        def kept(day: date) -> bool:
            return asked.keeps(self.level(pillar, day), day)

        turns = {turn for turn in asked.turns if self.day < turn <= self.until}
        days = sorted(turns | {step.day for step in self.steps[pillar]}) if kept(self.day) else []
        return next((day for day in days if asked.requirement.effective_on(day) and not kept(day)), None)

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory, as so many organizations of a walk."""
        return 8 + 4 * sum(map(len, self.steps.values()))

    def first_fall(self, pillar: str) -> Step | None:
        """The first step to below today's level; None if there is none."""
        return self.breaks(pillar, self.now[pillar] or 0)


def looks(
    framework: Framework, subject: int, situation_on: SituationOn, start: date, until: date = date.max
) -> Iterator[Look]:
    """A look at `start`, and one on each day until `until` on which something changes."""
    day: date | None = start
    while day is not None and day <= until:
        look = _look(framework, subject, situation_on(day), day)
        yield look
        day = None if look.through is None else look.through + _DAY


def outlook(framework: Framework, subject: int, situation_on: SituationOn, today: date, until: date) -> Outlook:
    """Where the levels of `subject` go from today on."""
    walk = looks(framework, subject, situation_on, today, until)
    before = next(walk)
    now = before.levels
    steps: dict[str, list[Step]] = {name: [] for name in now}
    for look in walk:
        for name, level in look.levels.items():
            if level != before.levels[name]:
                steps[name].append(_step(before, look, name))
        before = look
    return Outlook(today, until, before.through, now, {name: tuple(found) for name, found in steps.items()})


def month_ends(today: date, months: int) -> tuple[date, ...]:
    """The last days of this month and of those after it, `months` of them."""
    first = today.replace(day=1)
    return tuple(first + relativedelta(months=number) - _DAY for number in range(1, months + 1))


def _look(framework: Framework, subject: int, given: Situation, day: date) -> Look:
    dossier = open_dossier(plan_of(framework), subject, *given, day)
    grid = grid_of(dossier, PLAIN)
    return Look(day, dossier.good_through, _levels(dossier, grid), dossier, grid)


def _levels(dossier: Dossier, grid: Grid) -> dict[str, int | None]:
    plan, found = dossier.plan, assessed_pillars(dossier, PLAIN)
    return {name: pillar_level(plan, name, grid, assessed=name in found) for name in plan.gates}


def _step(before: Look, after: Look, pillar: str) -> Step:
    step = Step(after.day, after.levels[pillar], before.levels[pillar])
    return Step(step.day, step.level, step.before, tuple(_losses(before, after, pillar))) if step.falls else step


def _losses(before: Look, after: Look, pillar: str) -> Iterator[Loss]:
    plan = after.dossier.plan
    result = pillar_result(plan, pillar, after.grid, assessed=pillar in assessed_pillars(after.dossier, PLAIN))
    for name, level in _wanting(result, before.levels[pillar] or 0):
        slot = plan.by_indicator[name]
        place = slot.levels.index(level) if level in slot.levels else 0
        for holder in after.dossier.holders(slot):
            was = _held(before, slot, holder, place)
            now = holder_results(after.dossier, PLAIN, slot, holder)[place]
            if now.outcome not in _GOOD and (was is None or was.outcome in _GOOD):
                lapsed = _lapsed(after.dossier, holder, slot, was)
                yield Loss(name, now.level, holder, lapsed, now.outcome, now.why)


def _wanting(result: PillarResult, level: int) -> Iterator[tuple[str, int]]:
    yield from ((one.indicator, one.level) for one in unmet_in(result, level))
    named = {one.indicator for one in unmet_in(result, level)}
    yield from ((name, 0) for name in result.zero_tolerance if name not in named)


def _held(before: Look, slot: Slot, holder: int, place: int) -> LevelResult | None:
    """What an organization's result was; None where its result was not taken yet."""
    taken = holder in before.dossier.holders(slot)
    return holder_results(before.dossier, PLAIN, slot, holder)[place] if taken else None


def _lapsed(after: Dossier, holder: int, slot: Slot, was: LevelResult | None) -> int | None:
    if was is None or was.evidence is None:
        return None
    heard = after.candidates.get((holder, slot.index), ())
    gone = (one.evidence == was.evidence and one.state is SourceState.LAPSED for one in heard)
    return was.evidence if any(gone) else None
