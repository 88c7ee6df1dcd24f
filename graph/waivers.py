"""What waivers make of an obligation: the last word under each name, and what is asked while it holds.

Domain rules: Waiver. A waiver eases, it never proves: what is waived is counted apart and never as met.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from graph.amendments import lineage
from graph.facts import Requirement, Waiver
from graph.network import Network

__all__ = ["Demanded", "Terms", "demanded", "excused", "in_force", "of_one_demand", "terms", "waivers_for"]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked of a supplier in one pillar: a level, and the last day to reach it."""

    level: int
    due: date


@dataclass(frozen=True, slots=True)
class Demanded:
    """What a requirement asks of a supplier in a pillar on the days to come, under the waivers granted until now."""

    requirement: Requirement
    level: int
    due: date
    granted: tuple[Waiver, ...] = ()

    @property
    def turns(self) -> frozenset[date]:
        """The days from which it may ask something else, whatever is achieved."""
        lasts = (last for one in self.granted for last in (one.until, self.due, one.due) if last is not None)
        return frozenset({self.requirement.effective_from, *(last + _DAY for last in lasts if last < date.max)})

    def excuses(self, achieved: int | None, day: date) -> bool:
        """Whether a waiver stands between a level achieved and what is said of it."""
        return excused(self.level, self.due, achieved, in_force(self.granted, day), day)

    def keeps(self, achieved: int | None, day: date) -> bool:
        """Whether a level is enough on a day, or is excused."""
        return (achieved or 0) >= self.level or self.excuses(achieved, day)


def demanded(
    network: Network, requirement: Requirement, supplier: int, asked: Terms, *, veiled: bool | None = None
) -> Demanded:
    """What is asked on the days to come. asked: without waivers. veiled: as for `waivers_for`."""
    granted = of_one_demand(network, requirement, network.waivers_of(supplier))
    told = tuple(one for one in granted if veiled in (None, one.veiled))
    return Demanded(requirement, asked.level, asked.due, told)


def waivers_for(
    network: Network, requirement: Requirement, supplier: int, day: date, *, veiled: bool | None = None
) -> tuple[Waiver, ...]:
    """The waivers in force for a supplier on a day; of those under one name only, if it is said which.

    A waiver is of a demand, whichever of the requirements that amend each other it was granted for.
    """
    granted = of_one_demand(network, requirement, network.waivers_of(supplier))
    return in_force([one for one in granted if veiled in (None, one.veiled)], day) if granted else ()


def of_one_demand(network: Network, requirement: Requirement, granted: Sequence[Waiver]) -> tuple[Waiver, ...]:
    """Of some waivers those of a requirement, of those it amends and of those that amend it."""
    if not granted:
        return ()
    first = lineage(network, requirement)[0].number
    return tuple(one for one in granted if _first(network, one.requirement) == first)


def in_force(granted: Iterable[Waiver], day: date) -> tuple[Waiver, ...]:
    """Of the waivers of one obligation those in force: under each name the last one granted, if it still holds.

    A later one replaces those before it for good: when it ends or is revoked, none of them comes back. Names are
    kept apart, because the issuer may not learn that a pseudonym and a name are one.
    """
    last: dict[bool, Waiver] = {}
    for one in sorted(granted, key=lambda one: one.number):
        if one.granted_on <= day:
            last[one.veiled] = one
    return tuple(sorted((one for one in last.values() if one.holds_on(day)), key=lambda one: one.number))


def terms(level: int, due: date, waivers: Sequence[Waiver]) -> Terms:
    """What is asked while the waivers hold: the lowest level and the latest day of all, never more than was owed."""
    if not waivers:
        return Terms(level, due)
    levels = [one.level for one in waivers if one.level is not None]
    dues = [one.due for one in waivers if one.due is not None]
    return Terms(min((level, *levels)), max((due, *dues)))


def _first(network: Network, number: int) -> int | None:
    found = network.requirement(number)
    return lineage(network, found)[0].number if found else None


def excused(level: int, due: date, achieved: int | None, waivers: Sequence[Waiver], day: date) -> bool:
    """Whether a waiver stands between the supplier and what is said of whoever does not reach its level.

    It does as long as its own terms are kept: its level is reached, or its day is not over.
    """
    return any(
        (achieved or 0) >= asked.level or day <= asked.due for asked in (terms(level, due, [one]) for one in waivers)
    )
