"""Days on which the network may be another than the day before: what is remembered holds from one to the next."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import chain

from graph.facts import Link, Ownership, Requirement


def last_turn(turns: tuple[date, ...], day: date) -> date:
    """The last turn until a day; the calendar's first day before any."""
    at = bisect_right(turns, day)
    return turns[at - 1] if at else date.min


def next_turn(turns: tuple[date, ...], day: date) -> date:
    """The first turn after a day; the calendar's last day after all."""
    at = bisect_right(turns, day)
    return turns[at] if at < len(turns) else date.max


def merged(turns: tuple[date, ...], new: Iterable[date]) -> tuple[date, ...]:
    """Turns of facts that were replaced stay: one too many costs a little memory, never an answer."""
    added = set(new).difference(turns)
    return tuple(sorted((*turns, *added))) if added else turns


def link_turns(links: Mapping[int, Link]) -> Iterator[date]:
    """Days on which a period of a link begins, or is over."""
    return chain.from_iterable(_edges(p.valid_from, p.valid_to) for link in links.values() for p in link.periods)


def ownership_turns(ownerships: Mapping[int, Ownership]) -> Iterator[date]:
    """Days on which an ownership begins, or is over."""
    return chain.from_iterable(_edges(own.valid_from, own.valid_to) for own in ownerships.values())


def requirement_turns(requirements: Mapping[int, Requirement]) -> Iterator[date]:
    """Days on which a requirement is published or begins, or is over."""
    for demand in requirements.values():
        yield demand.published_on
        yield from _edges(demand.effective_from, demand.effective_to)


def _edges(first: date | None, last: date | None) -> Iterator[date]:
    if first is not None:
        yield first
    if last is not None and last < date.max:
        yield last + timedelta(days=1)
