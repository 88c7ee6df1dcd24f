"""The index form of a weighted framework: progress over time, weak links, and the way to a class.

As the cleaner production index of a city or an enterprise states it (domain rules: three ways to classify).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Any

from dateutil.relativedelta import relativedelta

from supplychain.conformity import loading
from supplychain.conformity.appraisal import members, readers
from supplychain.conformity.rules import Assessment, assess
from supplychain.conformity.rules.weighted import Row, rows, shown
from supplychain.errors import Invalid
from supplychain.frameworks import operations
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.terms import Method
from supplychain.network import engine
from supplychain.work import Work

Item = dict[str, Any]
_FULL = Decimal(100)
_STEP = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which index over which periods. level: the class aimed at, None = the next better one; by: until when."""

    framework: str
    level: int | None = None
    months: int = 12
    periods: int = 4
    by: date | None = None


def of_own(work: Work, organization: int, asked: Asked) -> Item:
    """The index of an organization whose evidence the caller may see, up to the day of the unit's moment.

    Raises NotFound for an unknown framework, Invalid for one that is no index, a class it has not, a day gone by.
    """
    framework = operations.find(work, asked.framework)
    if framework.method is not Method.WEIGHTED:
        raise Invalid.at("?framework", "not-an-index")
    if asked.level is not None and asked.level > framework.top_level:
        raise Invalid.at("?level", "level-unknown", top=framework.top_level)
    last = work.moment.on
    if asked.by is not None and asked.by < last:
        raise Invalid.at("?by", "day-gone-by", today=last)
    found = _assessed(work, framework, organization, list(_ends(last, asked.months, asked.periods)))
    now = found[-1]
    (pillar,) = framework.pillars
    held = now.pillars[pillar.id].level
    level = asked.level or min((held or 0) + 1, framework.top_level)
    today = rows(framework, now.results, level)
    reached = held is not None and held >= level
    return {
        "framework": framework.key,
        "periods": _periods(framework, found, level),
        "weak_links": [_weak(row) for row in weakest(today or ())],
        "goal": {"by": asked.by, "reached": reached, **goal(framework, level, today, reached=reached)},
    }


def _ends(today: date, months: int, periods: int) -> Iterator[date]:
    """The same day of the month, period by period back; a shorter month ends on its last day."""
    return (today - relativedelta(months=months * back) for back in range(periods - 1, -1, -1))


def _assessed(work: Work, framework: Framework, organization: int, days: Sequence[date]) -> list[Assessment]:
    network = engine.network(work)
    families = [loading.family_of(network, organization, day) for day in days]
    read = {
        one for family, day in zip(families, days, strict=True) for one in readers(network, organization, family, day)
    }
    with work.deriving():
        facts = loading.load(work, read)
    results = []
    for family, day in zip(families, days, strict=True):
        taken = sorted(members(organization, family))
        heard = [
            one for reader in readers(network, organization, family, day) for one in facts.evidence.get(reader, ())
        ]
        found = [one for member in taken for one in facts.findings.get(member, ())]
        decided = [one for member in taken for one in facts.decisions.get(member, ())]
        about = [loading.facts_about(network, member, day) for member in taken]
        results.append(assess(framework, organization, family, heard, found, decided, about, day))
    return results


def _periods(framework: Framework, found: Sequence[Assessment], level: int) -> list[Item]:
    (pillar,) = framework.pillars
    told: list[Item] = []
    base: Decimal | None = None
    for one in found:
        held = one.pillars[pillar.id].level
        sheet = None if held is None else rows(framework, one.results, level)
        reading = None if sheet is None else shown(sum((row.points for row in sheet if row.met), Fraction(0)))
        base = reading if base is None else base
        change = None if reading is None or base is None else reading - base
        groups = [] if sheet is None else [_group(framework, group.id, sheet) for group in framework.groups]
        figures = {"score": _number(reading), "change": _number(change)}
        told.append({"day": one.day, "held": held, **figures, "groups": groups})
    return told


def _group(framework: Framework, group: str, sheet: Sequence[Row]) -> Item:
    mine = [row for row in sheet if row.indicator.group == group]
    points, earned = (
        shown(sum((row.points for row in some), Fraction(0))) for some in (mine, [row for row in mine if row.met])
    )
    names = next(one.names.as_dict() for one in framework.groups if one.id == group)
    return {
        "group": group,
        "names": names,
        "points": float(points),
        "earned": float(earned),
        "lost": float(points - earned),
    }


def weakest(sheet: Sequence[Row]) -> list[Row]:
    """The rows that are not met, by the points they lose; of equal ones the limiting first."""
    return sorted((row for row in sheet if not row.met), key=lambda row: (-row.points, not row.indicator.limiting))


def goal(framework: Framework, level: int, sheet: Sequence[Row] | None, *, reached: bool) -> Item:
    """The distance to a class and the fewest rows that reach it: what limits, then the weightiest of the rest."""
    aimed = framework.levels[level - 1]
    needed = aimed.score or _FULL
    told = {
        "level": level,
        "score_needed": float(needed),
        "score_ours": aimed.score_ours,
        "distance": None,
        "rows": None,
    }
    if sheet is None:
        return told
    earned = sum((row.points for row in sheet if row.met), Fraction(0))
    lacking = max(Fraction(0), Fraction(needed) - earned)
    told["distance"] = float((Decimal(lacking.numerator) / lacking.denominator).quantize(_STEP, ROUND_CEILING))
    if reached:
        return {**told, "rows": []}
    wanting = sorted(weakest(sheet), key=lambda row: not row.indicator.limiting)
    limiting = sum(row.indicator.limiting for row in wanting)
    sums = list(accumulate((row.points for row in wanting), initial=Fraction(0)))
    enough = next((count for count in range(limiting, len(sums)) if sums[count] >= lacking), None)
    return told if enough is None else {**told, "rows": [row.indicator.id for row in wanting[:enough]]}


def _weak(row: Row) -> Item:
    return {
        "indicator": row.indicator.id,
        "names": row.indicator.names.as_dict(),
        "group": row.indicator.group,
        "points": float(shown(row.points)),
        "limiting": row.indicator.limiting,
        "ours": row.indicator.ours,
        "result": str(row.result.outcome),
    }


def _number(exact: Decimal | None) -> float | None:
    return None if exact is None else float(exact)
