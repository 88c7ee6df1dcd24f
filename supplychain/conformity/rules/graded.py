"""The `graded` method: a category is graded like its worst indicator (domain rules: classification).

A grade is a level, the best grade the highest one. Where nothing of a category applies, it has no grade.
"""

from collections.abc import Iterator
from itertools import takewhile

from supplychain.conformity.rules.plan import Gate, Plan
from supplychain.conformity.rules.results import Grid, LevelCheck, Mark, Outcome, PillarResult, Unmet


def pillar_result(plan: Plan, pillar: str, grid: Grid, *, assessed: bool) -> PillarResult:
    """A category with every grade held against its indicators."""
    checks = tuple(_checks(plan, pillar, grid))
    return PillarResult(pillar, _grade(iter(checks)) if assessed else None, checks)


def pillar_level(plan: Plan, pillar: str, grid: Grid, *, assessed: bool) -> int | None:
    """The grade that `pillar_result` gives, without looking at grades above the first that is missed."""
    return _grade(_checks(plan, pillar, grid)) if assessed else None


def _grade(checks: Iterator[LevelCheck]) -> int:
    return sum(1 for _ in takewhile(lambda check: check.passed, checks))


def _checks(plan: Plan, pillar: str, grid: Grid) -> Iterator[LevelCheck]:
    return (_check(gate, grid) for gate in plan.gates[pillar])


def _check(gate: Gate, grid: Grid) -> LevelCheck:
    results = [(asked.silent.indicator, grid[asked.slot][asked.place]) for asked in gate.mandatory]
    applicable = [one for one in results if one[1].outcome is not Outcome.NOT_APPLICABLE]
    unmet = tuple(
        Unmet(indicator, gate.level, result.outcome, result.why)
        for indicator, result in applicable
        if result.outcome is not Outcome.MET
    )
    mark = None if applicable else Mark.NO_MANDATORY
    return LevelCheck(gate.level, not unmet and mark is None, unmet, mark=mark)
