"""Size classes: rules over the figures of one year, never typed in.

A rule compares each figure with its bounds and joins the classes of single figures by the least or the greatest of
them. A figure that is not known may be anything, so a rule answers which classes are still possible.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

YEARS_KEPT = 2
"""How many years after its own a figure still counts: accounts are closed late (ours)."""
Figures = Mapping[str, Mapping[int, int]]
"""{figure: {calendar year: value}}."""


@dataclass(frozen=True, slots=True)
class SizeRule:
    """A dated rule. classes: from the smallest. by: a figure, or {least|greatest: [of such]}.

    next_at_bound: whether a value equal to a bound is in the larger class, by figure. tag: how well it is known.
    """

    id: str
    names: Mapping[str, str]
    source: Mapping[str, str]
    tag: str
    in_force_from: date | None
    in_force_to: date | None
    classes: tuple[str, ...]
    bounds: Mapping[str, tuple[int, ...]]
    next_at_bound: Mapping[str, bool]
    by: Any


@dataclass(frozen=True, slots=True)
class Sizing:
    """What a rule makes of figures. possible: the classes, from the smallest; several where a figure is missing.

    year: whose figures were used; None = none count on the day. missing: what would decide between several.
    """

    rule: SizeRule
    possible: tuple[str, ...]
    year: int | None
    used: Mapping[str, int]
    missing: tuple[str, ...]

    @property
    def decided(self) -> str | None:
        """The class, where the figures leave only one."""
        return self.possible[0] if len(self.possible) == 1 else None


@cache
def rules() -> Mapping[str, SizeRule]:
    """Every size rule, by id."""
    read = yaml.safe_load((files("supplychain.facts") / "sizes.yaml").read_text("utf-8"))
    return {one["id"]: _rule(one) for one in read["rules"]}


def size(rule: SizeRule, figures: Figures, day: date) -> Sizing:
    """Apply a rule on a day to the figures of the latest year that has any; figures of two years are never mixed."""
    years = {year for name in rule.bounds for year in figures.get(name, ()) if counts(year, day)}
    year = max(years, default=None)
    used = {name: figures[name][year] for name in rule.bounds if year in figures.get(name, ())} if year else {}
    least, greatest = _between(rule, rule.by, used)
    possible = rule.classes[least : greatest + 1]
    missing = tuple(sorted(set(rule.bounds) - set(used))) if len(possible) > 1 else ()
    return Sizing(rule, possible, year, used, missing)


def counts(year: int, day: date) -> bool:
    """Whether figures of a calendar year count on a day."""
    return year <= day.year <= year + YEARS_KEPT


def last_day(year: int) -> date:
    """The last day on which figures of a calendar year count."""
    return date(year + YEARS_KEPT, 12, 31)


def _between(rule: SizeRule, by: Any, used: Mapping[str, int]) -> tuple[int, int]:
    """The least and the greatest class, by rank, that the known figures leave possible."""
    if isinstance(by, str):
        if by not in used:
            return 0, len(rule.classes) - 1
        rank = sum(_past(used[by], bound, rule.next_at_bound[by]) for bound in rule.bounds[by])
        return rank, rank
    ((word, parts),) = by.items()
    join = {"least": min, "greatest": max}[word]
    ranges = [_between(rule, part, used) for part in parts]
    return join(least for least, _ in ranges), join(greatest for _, greatest in ranges)


def _past(value: int, bound: int, next_at_bound: bool) -> bool:  # noqa: FBT001 - how the rule reads its bounds
    return value >= bound if next_at_bound else value > bound


def _rule(one: Mapping[str, Any]) -> SizeRule:
    reached = one["reached"]
    by_figure = {name: reached if isinstance(reached, str) else reached[name] for name in one["bounds"]}
    return SizeRule(
        id=one["id"],
        names=one["names"],
        source=one["source"],
        tag=one["tag"],
        in_force_from=one["in_force"]["from"],
        in_force_to=one["in_force"]["to"],
        classes=tuple(one["classes"]),
        bounds={name: tuple(bounds) for name, bounds in one["bounds"].items()},
        next_at_bound={name: word == "next" for name, word in by_figure.items()},
        by=one["by"],
    )
