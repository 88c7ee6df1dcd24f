"""The `weighted` method: limiting indicators all met, and a weighted score (domain rules: classification).

As the evaluation index systems for cleaner production do it (GB/T 43329 and its forerunners): an indicator that meets
the benchmark of class k scores 100 for k, else 0; Y_k is the sum over groups of group weight times indicator weight
times score. Class k is held where every limiting indicator meets k and Y_k reaches the score of the class. The class
is the best one held, and holds those below it: an index may reach class II while one row misses class III.

A row that does not apply gives its weight to the rest of its group. So that this is no way around the limits, no class
holds, and no score is told, where a group is left with nothing that applies, where none of the limiting rows applies,
or where reviewers decided away over 30 % of the limiting rows or of the weight that the pack's own rules leave.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from functools import lru_cache

from supplychain.conformity.rules.plan import Plan, plan_of
from supplychain.conformity.rules.results import (
    MOST_DECIDED_AWAY,
    Grid,
    IndicatorResult,
    LevelCheck,
    LevelResult,
    Mark,
    Outcome,
    PillarResult,
    Unmet,
    Why,
)
from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.weighing import Group

_FULL = 100
_SHOWN = Decimal("0.01")
Weights = dict[int, Fraction]
"""The part of the whole that each applicable indicator has, by slot; all together are 1."""


def pillar_result(plan: Plan, pillar: str, grid: Grid, *, assessed: bool) -> PillarResult:
    """The index with the score of every class."""
    checks = tuple(_checks(plan, grid))
    return PillarResult(pillar, _class(checks) if assessed else None, checks)


def pillar_level(plan: Plan, pillar: str, grid: Grid, *, assessed: bool) -> int | None:  # noqa: ARG001 - it has one
    """The class that `pillar_result` gives."""
    return _class(_checks(plan, grid)) if assessed else None


def weighed(plan: Plan, grid: Grid) -> tuple[Weights | None, Mark | None]:
    """What each applicable row weighs; or no weights, and why no class can hold.

    Within a group the weights of what applies are scaled to 1; a share is divided equally among its members first.
    """
    asked = _scaled(plan, {slot.index for slot in plan.slots if grid[slot.index][0].why is not Why.RULE})
    if asked is None:
        return None, Mark.NO_MANDATORY
    decided = {index for index in asked if grid[index][0].why is Why.DECISION}
    parts = _scaled(plan, asked.keys() - decided) if decided else asked
    limiting = {index for index in asked if plan.slots[index].indicator.limiting}
    if parts is None or (limiting <= decided and _limits(plan.framework)):
        return None, Mark.NO_MANDATORY
    weight = sum((asked[index] for index in decided), Fraction(0))
    if weight > MOST_DECIDED_AWAY or len(limiting & decided) > MOST_DECIDED_AWAY * len(limiting):
        return None, Mark.NOT_APPLICABLE_SHARE
    return parts, None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an index as one class sees it: the points, from 0 to 100, that it adds to the score when met."""

    indicator: Indicator
    points: Fraction
    result: LevelResult

    @property
    def met(self) -> bool:
        """Whether it earns its points."""
        return _met(self.result)


def rows(framework: Framework, results: Mapping[str, IndicatorResult], level: int) -> tuple[Row, ...] | None:
    """Every applicable row of a weighted framework; None where no class can hold whatever is met."""
    grid = [results[one.id].levels for one in framework.indicators]
    parts, _ = weighed(plan_of(framework), grid)
    if parts is None:
        return None
    return tuple(Row(framework.indicators[at], _FULL * part, grid[at][level - 1]) for at, part in sorted(parts.items()))


def score(parts: Weights, grid: Grid, level: int) -> Fraction:
    """Y of a level, from 0 to 100."""
    return _FULL * sum((part for index, part in parts.items() if _met(grid[index][level - 1])), Fraction(0))


def _class(checks: Sequence[LevelCheck] | Iterator[LevelCheck]) -> int:
    return max((check.level for check in checks if check.passed), default=0)


def _checks(plan: Plan, grid: Grid) -> Iterator[LevelCheck]:
    parts, mark = weighed(plan, grid)
    if parts is None:
        levels = plan.framework.levels
        yield from (LevelCheck(one.rank, passed=False, mark=mark, score_needed=one.score) for one in levels)
        return
    checks = [_check(plan, level.rank, level.score or Decimal(_FULL), parts, grid) for level in plan.framework.levels]
    best = _class(checks)
    for check in checks:
        held = check.level <= best
        unmet = () if held else check.unmet
        yield LevelCheck(check.level, held, unmet, score=check.score, score_needed=check.score_needed)


def _check(plan: Plan, level: int, needed: Decimal, parts: Weights, grid: Grid) -> LevelCheck:
    reached = score(parts, grid, level)
    wanting = [index for index in sorted(parts) if not _met(grid[index][level - 1])]
    limiting = [index for index in wanting if plan.slots[index].indicator.limiting]
    enough = reached >= needed
    # of what does not limit, enough would do
    told = limiting if enough else wanting
    unmet = tuple(_unmet(plan, index, grid[index][level - 1], parts[index]) for index in told)
    return LevelCheck(level, enough and not limiting, unmet, score=shown(reached), score_needed=needed)


def _unmet(plan: Plan, index: int, result: LevelResult, part: Fraction) -> Unmet:
    indicator = plan.slots[index].indicator
    points = shown(_FULL * part)
    return Unmet(indicator.id, result.level, result.outcome, result.why, not indicator.limiting, points)


def shown(exact: Fraction) -> Decimal:
    """Two digits, rounded down: a score that is not enough never looks like one that is."""
    return (Decimal(exact.numerator) / exact.denominator).quantize(_SHOWN, ROUND_FLOOR)


def _met(result: LevelResult) -> bool:
    return result.outcome is Outcome.MET


def _scaled(plan: Plan, counted: Container[int]) -> Weights | None:
    """The part of the whole of each row that is counted; None where a group has none: nobody can earn its weight."""
    found: Weights = {}
    for group, members in _groups(plan.framework):
        mine = [index for index in members if index in counted]
        if not mine:
            return None
        nominal = _nominal(plan, group, mine)
        whole = sum(nominal.values(), Fraction(0))
        found.update({index: Fraction(group.weight) * part / whole for index, part in nominal.items()})
    return found


def _limits(framework: Framework) -> bool:
    return any(one.limiting for one in framework.indicators)


def _nominal(plan: Plan, group: Group, applicable: Sequence[int]) -> Weights:
    shared = [plan.slots[index].indicator.shared for index in applicable]
    parts: Weights = {}
    for index in applicable:
        indicator = plan.slots[index].indicator
        if indicator.shared is None:
            parts[index] = Fraction(indicator.weight or 0)
        else:
            parts[index] = Fraction(group.share(indicator.shared).weight) / shared.count(indicator.shared)
    return parts


@lru_cache(maxsize=64)
def _groups(framework: Framework) -> tuple[tuple[Group, tuple[int, ...]], ...]:
    return tuple(
        (group, tuple(index for index, one in enumerate(framework.indicators) if one.group == group.id))
        for group in framework.groups
    )
