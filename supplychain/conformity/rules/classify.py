"""From the results of indicators to the level of a pillar, by the framework's method."""

from supplychain.conformity.rules import gate, graded, weighted
from supplychain.conformity.rules.plan import Plan
from supplychain.conformity.rules.results import Grid, PillarResult
from supplychain.frameworks.terms import Method

_RESULT = {
    Method.GATED: gate.pillar_result,
    Method.GRADED: graded.pillar_result,
    Method.WEIGHTED: weighted.pillar_result,
}
_LEVEL = {
    Method.GATED: gate.pillar_level,
    Method.GRADED: graded.pillar_level,
    Method.WEIGHTED: weighted.pillar_level,
}


def pillar_result(plan: Plan, pillar: str, grid: Grid, *, assessed: bool) -> PillarResult:
    """A pillar with all its checks. assessed: whether any accepted evidence is in force; if not, the level is null."""
    return _RESULT[plan.framework.method](plan, pillar, grid, assessed=assessed)


def pillar_level(plan: Plan, pillar: str, grid: Grid, *, assessed: bool) -> int | None:
    """The level that `pillar_result` gives, for less work."""
    return _LEVEL[plan.framework.method](plan, pillar, grid, assessed=assessed)
