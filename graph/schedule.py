"""What a requirement asks of a tier and by when: rules 3 and 7 of the cascade."""

from calendar import monthrange
from datetime import date
from functools import lru_cache

from graph.facts import Requirement
from graph.terms import MAX_TIER, Beyond


def level_at(requirement: Requirement, tier: int) -> int | None:
    """The level asked of a tier, None where nothing is (domain rules: cascade, rule 3)."""
    if not 1 <= tier <= MAX_TIER:
        return None
    if tier <= len(requirement.schedule):
        return requirement.schedule[tier - 1]
    return requirement.schedule[-1] if requirement.beyond is Beyond.HOLD else None


def due_of(requirement: Requirement, tier: int, since: date | None) -> date:
    """The due date by rule 7 of the cascade, amendments apart."""
    start = latest(requirement.effective_from, since) or requirement.effective_from
    return _months_later(start, grace_at(requirement, tier))


def grace_at(requirement: Requirement, tier: int) -> int:
    """Months of grace at the tier; the last value holds, none given is 0."""
    return requirement.grace[min(tier, len(requirement.grace)) - 1] if requirement.grace else 0


def latest(one: date | None, other: date | None) -> date | None:
    """The later of two days of which a missing one is ignored."""
    if one is None or other is None:
        return one or other
    return max(one, other)


@lru_cache(maxsize=4096)  # a network of any size knows few first days
def _months_later(day: date, months: int) -> date:
    """Calendar months, clipped to the month's end; where the calendar itself ends, its last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
