"""What differs between two frameworks or two versions of one, indicator by indicator."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from supplychain.frameworks.framework import Framework, Indicator, Target


class Change(StrEnum):
    """How an indicator differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing of an indicator that differs: `mandatory_from`, `unit`, `target 2`, … and both values as text."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator in both, or in one. shared: what kind of evidence would serve both."""

    indicator: str
    change: Change
    before: Indicator | None
    after: Indicator | None
    differences: tuple[Difference, ...] = ()

    @property
    def shared(self) -> tuple[str, ...]:
        """The kinds of evidence that one submission could serve both with."""
        if self.before is None or self.after is None or self.before.unit != self.after.unit:
            return ()
        return tuple(sorted(self.before.evidence & self.after.evidence))


def compare(before: Framework, after: Framework) -> tuple[Line, ...]:
    """Every indicator of either, in the order of the later one, what was removed last."""
    lines = [_line(before.indicator(one.id), one) for one in after.indicators]
    gone = [one for one in before.indicators if after.indicator(one.id) is None]
    return (*lines, *(Line(one.id, Change.REMOVED, one, None) for one in gone))


def _line(before: Indicator | None, after: Indicator) -> Line:
    if before is None:
        return Line(after.id, Change.ADDED, None, after)
    found = tuple(_differences(before, after))
    return Line(after.id, Change.CHANGED if found else Change.SAME, before, after, found)


def _differences(before: Indicator, after: Indicator) -> Iterator[Difference]:
    plain = ("pillar", "kind", "scope", "mandatory_from", "unit", "validity_months", "zero_tolerance", "weight")
    for name in (*plain, "better", "group", "shared", "limiting"):
        yield from _unless_same(name, getattr(before, name), getattr(after, name))
    yield from _unless_same("period_months", _months(before), _months(after))
    yield from _unless_same("evidence", sorted(before.evidence), sorted(after.evidence))
    yield from _unless_same("min_trust", _trusts(before), _trusts(after))
    yield from _unless_same("applies", before.applies, after.applies)
    yield from _unless_same("choices", [one.id for one in before.choices], [one.id for one in after.choices])
    for level in sorted({target.level for one in (before, after) for target in one.targets}):
        yield from _unless_same(f"target {level}", _target(before.target(level)), _target(after.target(level)))


def _unless_same(what: str, before: Any, after: Any) -> Iterator[Difference]:
    if before != after:
        yield Difference(what, _told(before), _told(after))


def _told(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_told, value)) or "–"
    return "–" if value is None else str(value)


def _months(indicator: Indicator) -> int | None:
    return indicator.period.months if indicator.period else None


def _trusts(indicator: Indicator) -> list[str]:
    return [trust.word for trust in indicator.min_trust]


def _target(target: Target | None) -> str | None:
    if target is None:
        return None
    value: Any = target.value
    if isinstance(value, tuple):
        value = " or ".join(f"{one.standard}:{one.version}" if one.version else one.standard for one in value)
    elif isinstance(value, Decimal):
        value = f"{value.normalize():f}" + (f" {target.per_parameter:+f}·n" if target.per_parameter else "")
    elif value is None:
        value = "any"
    return " + ".join([str(value), *target.also])
