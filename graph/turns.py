"""Turns: the days on which what is asked of the network may change by itself, because something begins or has ended."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import chain

from graph.facts import Link, Ownership, Requirement


def last_turn(turns: tuple[date, ...], day: date) -> date:
    """The last turn until the day; the calendar's first day before any."""
    at = bisect_right(turns, day)
    return turns[at - 1] if at else date.min


def merged(turns: tuple[date, ...], new: Iterable[date]) -> tuple[date, ...]:
    """Turns of facts that were replaced stay: one too many costs a little memory, never an answer."""
    added = set(new).difference(turns)
    return tuple(sorted((*turns, *added))) if added else turns


def link_turns(links: Mapping[int, Link]) -> Iterator[date]:
    """When links come, change their state and go."""
    return chain.from_iterable(_edges(p.valid_from, p.valid_to) for link in links.values() for p in link.periods)


def ownership_turns(ownerships: Mapping[int, Ownership]) -> Iterator[date]:
    """When ownerships come and go."""
    return chain.from_iterable(_edges(own.valid_from, own.valid_to) for own in ownerships.values())


def requirement_turns(requirements: Mapping[int, Requirement]) -> Iterator[date]:
    """When requirements are announced, begin and end."""
    for demand in requirements.values():
        yield demand.published_on
        yield from _edges(demand.effective_from, demand.effective_to)


def _edges(first: date | None, last: date | None) -> Iterator[date]:
    if first is not None:
        yield first
    if last is not None and last < date.max:
        yield last + timedelta(days=1)
