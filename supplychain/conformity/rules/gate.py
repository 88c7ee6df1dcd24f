"""The `gated` method: from the results of indicators to the level of a pillar (domain rules: classification)."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from supplychain.conformity.rules.plan import Gate, Plan, needed
from supplychain.conformity.rules.results import (
    MOST_DECIDED_AWAY,
    Grid,
    LevelCheck,
    Mark,
    Outcome,
    PillarResult,
    Unmet,
    Why,
)


def pillar_result(plan: Plan, pillar: str, grid: Grid, *, assessed: bool) -> PillarResult:
    """A pillar with all its gates.

    assessed: whether any accepted evidence is in force; if not, the level is null – but for zero tolerance.
    """
    checks = tuple(_checks(plan, pillar, grid))
    shut = _zero_tolerance(plan, pillar, grid)
    return PillarResult(pillar, _level(checks, assessed=assessed, shut=bool(shut)), checks, shut)


def pillar_level(plan: Plan, pillar: str, grid: Grid, *, assessed: bool) -> int | None:
    """The level that `pillar_result` gives, without looking at gates above the first that is shut."""
    shut = bool(_zero_tolerance(plan, pillar, grid))
    return _level(_checks(plan, pillar, grid), assessed=assessed, shut=shut)


def _level(checks: Iterable[LevelCheck], *, assessed: bool, shut: bool) -> int | None:
    """The highest level of which the gate, and every gate below it, is passed."""
    if shut:
        return 0
    if not assessed:
        return None
    return sum(1 for _ in takewhile(lambda check: check.passed, checks))


def _checks(plan: Plan, pillar: str, grid: Grid) -> Iterator[LevelCheck]:
    return (_check(plan, gate, grid) for gate in plan.gates[pillar])


def _check(plan: Plan, gate: Gate, grid: Grid) -> LevelCheck:
    unmet, away = _wanting(gate.level, gate.mandatory, grid, optional=False)
    mark = _mark(len(gate.mandatory), away)
    others, out = _wanting(gate.level, gate.optional, grid, optional=True)
    asked = len(gate.optional) - len(out)
    met = asked - len(others)
    wanted = needed(plan.framework.optional_share, asked)
    if met < wanted:
        unmet += others
    return LevelCheck(gate.level, not unmet and mark is None, tuple(unmet), met, wanted, mark)


def _wanting(
    level: int, asked: Iterable[tuple[str, int, int]], grid: Grid, *, optional: bool
) -> tuple[list[Unmet], list[Why]]:
    """What of the indicators asked for is not met, and why the others do not apply that do not."""
    unmet, away = [], []
    for indicator, index, place in asked:
        result = grid[index][place]
        if result.outcome is Outcome.NOT_APPLICABLE:
            away.append(result.why)
        elif result.outcome is not Outcome.MET:
            unmet.append(Unmet(indicator, level, result.outcome, result.why, optional))
    return unmet, away


def _mark(mandatory: int, away: Sequence[Why]) -> Mark | None:
    """Why a level cannot hold at all. What the pack's own rules leave out is not counted at all."""
    by_decision = away.count(Why.DECISION)
    asked = mandatory - away.count(Why.RULE)
    if asked == by_decision:
        return Mark.NO_MANDATORY
    return Mark.NOT_APPLICABLE_SHARE if by_decision > MOST_DECIDED_AWAY * asked else None


def _zero_tolerance(plan: Plan, pillar: str, grid: Grid) -> tuple[str, ...]:
    return tuple(
        plan.slots[index].indicator.id
        for index in plan.pillar_slots[pillar]
        if plan.slots[index].indicator.zero_tolerance and grid[index][0].outcome is Outcome.UNMET
    )
