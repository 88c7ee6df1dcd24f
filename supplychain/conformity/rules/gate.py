"""The `gated` method: from the results of indicators to the level of a pillar (domain rules: classification)."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from supplychain.conformity.rules.plan import Gate, Plan, needed
from supplychain.conformity.rules.results import (
    MOST_DECIDED_AWAY,
    Grid,
    LevelCheck,
    LevelResult,
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
    mandatory = [(plan.slots[index].indicator.id, grid[index][place]) for index, place in gate.mandatory]
    optional = [(plan.slots[index].indicator.id, grid[index][place]) for index, place in gate.optional]
    optional = [one for one in optional if one[1].outcome is not Outcome.NOT_APPLICABLE]
    mark = _mark([result for _, result in mandatory])
    unmet = [
        Unmet(indicator, gate.level, result.outcome, result.why)
        for indicator, result in mandatory
        if result.outcome not in {Outcome.MET, Outcome.NOT_APPLICABLE}
    ]
    met = sum(result.outcome is Outcome.MET for _, result in optional)
    wanted = needed(plan.framework.optional_share, len(optional))
    if met < wanted:
        unmet += [
            Unmet(indicator, gate.level, result.outcome, result.why, optional=True)
            for indicator, result in optional
            if result.outcome is not Outcome.MET
        ]
    return LevelCheck(gate.level, not unmet and mark is None, tuple(unmet), met, wanted, mark)


def _mark(mandatory: Sequence[LevelResult]) -> Mark | None:
    """Why a level cannot hold at all. What the pack's own rules leave out is not counted at all."""
    by_rule = sum(one.why is Why.RULE for one in mandatory)
    by_decision = sum(one.why is Why.DECISION for one in mandatory)
    asked = len(mandatory) - by_rule
    if asked == by_decision:
        return Mark.NO_MANDATORY
    return Mark.NOT_APPLICABLE_SHARE if by_decision > MOST_DECIDED_AWAY * asked else None


def _zero_tolerance(plan: Plan, pillar: str, grid: Grid) -> tuple[str, ...]:
    return tuple(
        plan.slots[index].indicator.id
        for index in plan.pillar_slots[pillar]
        if plan.slots[index].indicator.zero_tolerance and grid[index][0].outcome is Outcome.UNMET
    )
