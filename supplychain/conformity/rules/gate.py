"""The `gated` method: from the results of indicators to the level of a pillar (domain rules: classification)."""

from collections.abc import Iterable, Sequence
from itertools import takewhile

from supplychain.conformity.rules.plan import Asked, Gate, Plan, needed
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

_OPEN = (Outcome.MET, Outcome.NOT_APPLICABLE)


def pillar_result(plan: Plan, pillar: str, grid: Grid, *, assessed: bool) -> PillarResult:
    """A pillar with all its gates.

    assessed: whether any accepted evidence is in force; if not, the level is null – but for zero tolerance.
    """
    checks = tuple(_check(plan, gate, grid) for gate in plan.gates[pillar])
    shut = _zero_tolerance(plan, pillar, grid)
    return PillarResult(pillar, _level(checks, assessed=assessed, shut=bool(shut)), checks, shut)


def pillar_level(plan: Plan, pillar: str, grid: Grid, *, assessed: bool) -> int | None:
    """The level that `pillar_result` gives, without looking at gates above the first that is shut."""
    shut = bool(_zero_tolerance(plan, pillar, grid))
    hopeful = takewhile(lambda gate: _may_pass(gate, grid), plan.gates[pillar])
    return _level((_check(plan, gate, grid) for gate in hopeful), assessed=assessed, shut=shut)


def _level(checks: Iterable[LevelCheck], *, assessed: bool, shut: bool) -> int | None:
    """The highest level of which the gate, and every gate below it, is passed."""
    if shut:
        return 0
    if not assessed:
        return None
    return sum(1 for _ in takewhile(lambda check: check.passed, checks))


def _may_pass(gate: Gate, grid: Grid) -> bool:
    """Whether no mandatory indicator keeps a gate shut: most gates of most suppliers are seen to be at the first."""
    return all(grid[slot][place].outcome in _OPEN for slot, place, _ in gate.mandatory)


def _check(plan: Plan, gate: Gate, grid: Grid) -> LevelCheck:
    unmet, away = _wanting(gate.mandatory, grid)
    mark = _mark(len(gate.mandatory), away)
    others, out = _wanting(gate.optional, grid)
    asked = len(gate.optional) - len(out)
    met = asked - len(others)
    wanted = needed(plan.framework.optional_share, asked)
    if met < wanted:
        unmet += others
    return LevelCheck(gate.level, not unmet and mark is None, tuple(unmet), met, wanted, mark)


def _wanting(asked: Iterable[Asked], grid: Grid) -> tuple[list[Unmet], list[Why]]:
    """What of the indicators asked for is not met, and why the others do not apply that do not."""
    unmet: list[Unmet] = []
    away: list[Why] = []
    for slot, place, silent in asked:
        result = grid[slot][place]
        if result.why is Why.NONE:
            unmet.append(silent)
        elif result.outcome is Outcome.NOT_APPLICABLE:
            away.append(result.why)
        elif result.outcome is not Outcome.MET:
            unmet.append(Unmet(silent.indicator, silent.level, result.outcome, result.why, silent.optional))
    return unmet, away


def _mark(mandatory: int, away: Sequence[Why]) -> Mark | None:
    """Why a level cannot hold at all. What the pack's own rules leave out is not counted at all."""
    by_decision = away.count(Why.DECISION)
    asked = mandatory - away.count(Why.RULE)
    if asked == by_decision:
        return Mark.NO_MANDATORY
    return Mark.NOT_APPLICABLE_SHARE if by_decision and by_decision > MOST_DECIDED_AWAY * asked else None


def _zero_tolerance(plan: Plan, pillar: str, grid: Grid) -> tuple[str, ...]:
    return tuple(indicator for indicator, index in plan.forbidden[pillar] if grid[index][0].outcome is Outcome.UNMET)
