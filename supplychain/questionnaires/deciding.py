"""Facts of the organization that decide what a framework asks, and how each of them stands on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from graph.facts import spans
from supplychain.facts.models import FactStanding
from supplychain.facts.rules import PACK_RULE
from supplychain.facts.sizing import counts, last_day, rules
from supplychain.frameworks.catalogue import FactType, catalogue
from supplychain.frameworks.framework import Indicator
from supplychain.questionnaires.rules import Question, Sheet


class FactState(StrEnum):
    """How a fact that is asked stands on a day; one that is confirmed and settles the matter is not asked."""

    MISSING = "missing"
    OUT_OF_DATE = "out_of_date"
    DECLARED = "declared"
    DOCUMENTED = "documented"
    OF_ANOTHER_YEAR = "of_another_year"
    """Confirmed, but of an earlier year than another figure, with which it is never mixed."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact as it stands on record."""

    fact: str
    value: bool | int | list[str]
    year: int | None
    valid_from: date | None
    valid_to: date | None
    standing: FactStanding

    def in_force(self, day: date) -> bool:
        """Whether rules may read it on a day."""
        if self.year is not None:
            return counts(self.year, day)
        return spans(self.valid_from, self.valid_to, day)

    @property
    def through(self) -> date | None:
        """The last day on which it counts; None = until another value is stated."""
        return self.valid_to if self.year is None else last_day(self.year)


@dataclass(frozen=True, slots=True)
class AskedFact:
    """A fact that may still leave questions out, once a reviewer confirms it.

    known: what is in force, else what was last. year: that of a yearly fact which is asked for.
    decides: the questions whose rule reads it. missing: one of them keeps a level from holding.
    """

    type: FactType
    state: FactState
    known: Stated | None
    year: int | None
    decides: tuple[Indicator, ...]
    missing: bool


def asked_facts(sheet: Sheet, stated: Iterable[Stated], day: date) -> tuple[AskedFact, ...]:
    """The facts that may still leave out questions of a sheet, in the order of the catalogue.

    stated: what stands of the organization.
    """
    decides: dict[str, list[Question]] = {}
    for one in sheet.questions:
        for name in {fact.id for read in one.open_facts for fact in stating(read)}:
            decides.setdefault(name, []).append(one)
    on_record = list(stated)
    year = _year(on_record, day)
    found = []
    for fact in catalogue().values():
        if fact.id in decides:
            known = _known(fact, on_record, day)
            state = _state(known, year, day)
            if state is not None:
                found.append(
                    AskedFact(
                        type=fact,
                        state=state,
                        known=known,
                        year=year if fact.yearly else None,
                        decides=tuple(one.indicator for one in decides[fact.id]),
                        missing=any(one.missing for one in decides[fact.id]),
                    )
                )
    return tuple(found)


def readable(sheet: Sheet) -> frozenset[str]:
    """The facts that decide whether indicators of a sheet apply, whatever is known of them."""
    indicators = [one.indicator for one in sheet.questions] + [indicator for indicator, _ in sheet.left_out]
    read = {name for one in indicators if one.applies for name in one.applies.facts}
    return frozenset(fact.id for name in read for fact in stating(name))


def stating(name: str) -> tuple[FactType, ...]:
    """The facts by whose statement rules learn what they read under a name; none for what only an entry says."""
    figures = rules()[PACK_RULE].bounds
    return tuple(
        one
        for one in catalogue().values()
        if one.id == name or (one.feeds == name and (not one.yearly or one.id in figures))
    )


def _year(stated: Iterable[Stated], day: date) -> int:
    """Whose figures are asked for: the latest year that has one and counts, else the last one that is over."""
    return max((one.year for one in stated if one.year is not None and one.in_force(day)), default=day.year - 1)


def _known(fact: FactType, stated: Iterable[Stated], day: date) -> Stated | None:
    mine = [one for one in stated if one.fact == fact.id]
    return max(mine, key=lambda one: (one.in_force(day), one.year or 0), default=None)


def _state(known: Stated | None, year: int, day: date) -> FactState | None:
    """None = confirmed, so that there is nothing to ask."""
    if known is None:
        return FactState.MISSING
    if not known.in_force(day):
        return FactState.OUT_OF_DATE
    if known.standing is FactStanding.VERIFIED:
        return None if known.year in (None, year) else FactState.OF_ANOTHER_YEAR
    return FactState(known.standing.value)
