"""The days on which dated facts start and end; between two of them nothing turns."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import chain

from graph.facts import Link, Ownership, Requirement


def last_turn(turns: tuple[date, ...], day: date) -> date:
    """The latest turn until a day; the calendar's first day before any."""
    at = bisect_right(turns, day)
    return turns[at - 1] if at else date.min


def merged(turns: tuple[date, ...], new: Iterable[date]) -> tuple[date, ...]:
    """Turns of facts that were replaced stay: one too many costs a little memory, never an answer."""
    added = set(new).difference(turns)
    return tuple(sorted((*turns, *added))) if added else turns


def link_turns(links: Iterable[Link]) -> Iterator[date]:
    """The days on which links come, change or go."""
    return chain.from_iterable(edges(p.valid_from, p.valid_to) for link in links for p in link.periods)


def ownership_turns(ownerships: Iterable[Ownership]) -> Iterator[date]:
    """The days on which ownership begins or is over."""
    return chain.from_iterable(edges(own.valid_from, own.valid_to) for own in ownerships)


def requirement_turns(requirements: Iterable[Requirement]) -> Iterator[date]:
    """The days on which requirements are published, begin or are over."""
    for demand in requirements:
        yield demand.published_on
        yield from edges(demand.effective_from, demand.effective_to)


def edges(first: date | None, last: date | None) -> Iterator[date]:
    """The first day of a period, and the first one after it."""
    if first is not None:
        yield first
    if last is not None and last < date.max:
        yield last + timedelta(days=1)
