"""What two regions ask about each topic of a framework on a day, and what changes until another."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.gaps import Side, side_of
from supplychain.frameworks.references import Citation, Source
from supplychain.frameworks.terms import Region
from supplychain.frameworks.topics import topics


class Turn(StrEnum):
    """What happens to a source between two days."""

    BEGINS = "begins"
    ENDS = "ends"


@dataclass(frozen=True, slots=True)
class Cites:
    """A source in force, with what cites it about one topic."""

    source: Source
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Turning:
    """A source that begins or ends. on: its first, or its last day in force."""

    source: Source
    turn: Turn
    on: date


@dataclass(frozen=True, slots=True)
class Regional:
    """A topic, and what each of two regions asks about it. serving: indicators whose evidence answers both."""

    topic: str
    side: Side | None
    before: tuple[Cites, ...]
    after: tuple[Cites, ...]
    serving: tuple[Indicator, ...]
    changes: tuple[Turning, ...]


def jurisdictions(
    framework: Framework, sources: tuple[Source, ...], regions: tuple[Region, Region], day: date, until: date
) -> tuple[Regional, ...]:
    """Every topic about which a source of one of the regions is in force on the day, or turns until the other.

    sources: of the library, with the framework's own citations alone. A source of which no day is known counts as in
    force. Topics in the order of the list; side is None where all that was asked has ended, or nothing has begun.
    """
    found = []
    for topic in topics():
        cited = [Cites(one, about) for one in sources if (about := _about(one, topic))]
        before, after = (
            tuple(it for it in cited if it.source.region is region and it.source.in_force(day)) for region in regions
        )
        changes = tuple(
            turning for it in cited if it.source.region in regions for turning in _turns(it.source, day, until)
        )
        if before or after or changes:
            serving = _serving(framework, before, after)
            found.append(Regional(topic, side_of(before, after), before, after, serving, changes))
    return tuple(found)


def _about(source: Source, topic: str) -> tuple[Citation, ...]:
    return tuple(one for one in source.citations if topic in one.topics)


def _serving(framework: Framework, before: tuple[Cites, ...], after: tuple[Cites, ...]) -> tuple[Indicator, ...]:
    one, other = ({cited.indicator for it in some for cited in it.citations} for some in (before, after))
    return tuple(it for it in framework.indicators if it.id in one & other)


def _turns(source: Source, day: date, until: date) -> Iterator[Turning]:
    """What is in force on one of the two days and not on the other, or comes and goes between them."""
    if source.in_force_to and day <= source.in_force_to < until:
        yield Turning(source, Turn.ENDS, source.in_force_to)
    if source.in_force_from and day < source.in_force_from <= until:
        yield Turning(source, Turn.BEGINS, source.in_force_from)
