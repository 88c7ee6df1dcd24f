"""Days of a supply link: each day has one state, or the link does not exist on it.

Periods are what is stored, days are what is meant: every function here is a function on days.
"""

import itertools
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce

from graph.facts import Link, Period, spans
from graph.terms import LinkState

# Days as integers, so that "the day after the last day of the calendar" has a name.
_FIRST = date.min.toordinal()
_AFTER = date.max.toordinal() + 1


def state_on(periods: Iterable[Period], day: date) -> LinkState | None:
    """The state on the day, or None when there is no link on it."""
    for period in periods:
        first, last = period.valid_from, period.valid_to
        if (first is None or first <= day) and (last is None or day <= last):
            return period.state
    return None


def run_start(periods: tuple[Period, ...], day: date, states: Collection[LinkState]) -> date | None:
    """The first day of the unbroken run of days in `states` that contains the day; None if it has none.

    Domain rules: cascade, rule 7 - the valid-from of a link; yearly lists do not restart its clock.
    """
    at = next(i for i, period in enumerate(periods) if spans(period.valid_from, period.valid_to, day))
    while at > 0 and periods[at - 1].state in states and _follows(periods[at - 1], periods[at]):
        at -= 1
    return periods[at].valid_from


def join_periods(existing: Iterable[Period], claimed: Period) -> tuple[Period, ...]:
    """The days of both; a day that already holds a state keeps it (domain rules: supply link)."""
    return _combine(existing, claimed, lambda held, new: new if held is None else held)


def unite(one: Iterable[Period], other: Iterable[Period]) -> tuple[Period, ...]:
    """The days of two links that turn out to be between the same two: of a day's two states the stronger.

    Confirmed holds over claimed and offered, these over disputed, all over ended. Claimed by the buyer and offered
    by the supplier is confirmed: each spoke of it.
    """
    days = tuple(one)
    for period in other:
        days = _combine(days, period, lambda held, new: held if new is None else _stronger(held, new))
    return days


_STRENGTH = {
    state: rank for rank, state in enumerate(("ended", "disputed", "offered", "claimed", "private", "confirmed"))
}
_BOTH_SPOKE = frozenset({LinkState.CLAIMED, LinkState.OFFERED})


def _stronger(one: LinkState | None, other: LinkState) -> LinkState:
    if one is None:
        return other
    if {one, other} == _BOTH_SPOKE:
        return LinkState.CONFIRMED
    return max(one, other, key=lambda state: _STRENGTH[state])


def set_state(
    periods: Iterable[Period],
    from_day: date | None,
    affected: Collection[LinkState],
    state: LinkState,
    to_day: date | None = None,
) -> tuple[Period, ...]:
    """Puts every day from `from_day` to `to_day` (None: without end) that is in an affected state into `state`.

    Confirm: `set_state(p, None, {CLAIMED, OFFERED}, CONFIRMED)`. End from today on:
    `set_state(p, today, CARRYING | {OFFERED}, ENDED)`. Days without the link stay without it.
    """
    return _combine(
        periods,
        Period(from_day, to_day, state),
        lambda held, new: new if new is not None and held in affected else held,
    )


def touching(periods: Iterable[Period], other: Period) -> bool:
    """Whether they share a day or a day of one is followed by a day of the other."""
    start, stop = _bounds(other)
    return any(_bounds(period)[0] <= stop and start <= _bounds(period)[1] for period in periods)


@dataclass(frozen=True, slots=True)
class Normalised:
    """What a new period makes of the links of one buyer, supplier and category.

    `number` is the link that now holds `periods`, None if the period touches none and needs a link of its
    own; `emptied` are the links that gave their days to it and are no links any more.
    """

    number: int | None
    periods: tuple[Period, ...]
    emptied: tuple[int, ...]


def normalise_periods(old: Iterable[Link], new: Period) -> Normalised:
    """Touching or overlapping periods are one link with the smallest number (domain rules: supply link).

    `old` are the links of the same buyer, supplier and category; private ones are left out, for they never
    join others.
    """
    joined = [link for link in sorted(old, key=_number) if link.owner is None and touching(link.periods, new)]
    days = (*(period for link in joined for period in link.periods), new)
    nothing: tuple[Period, ...] = ()
    periods = reduce(join_periods, days, nothing)
    if not joined:
        return Normalised(None, periods, ())
    return Normalised(joined[0].number, periods, tuple(link.number for link in joined[1:]))


def _number(link: Link) -> int:
    return link.number


def _bounds(period: Period) -> tuple[int, int]:
    """First day and the day after the last one, as integers."""
    first = _FIRST if period.valid_from is None else period.valid_from.toordinal()
    after = _AFTER if period.valid_to is None else period.valid_to.toordinal() + 1
    return first, after


def _follows(earlier: Period, later: Period) -> bool:
    return _bounds(earlier)[1] == _bounds(later)[0]


def _combine(
    periods: Iterable[Period],
    other: Period,
    decide: Callable[[LinkState | None, LinkState | None], LinkState | None],
) -> tuple[Period, ...]:
    """Cuts the calendar wherever either side changes and lets `decide` choose each piece's state."""
    held = sorted((*_bounds(period), period.state) for period in periods)
    first, after = _bounds(other)
    cuts = sorted({first, after, *(cut for start, stop, _ in held for cut in (start, stop))})
    starts = [start for start, _, _ in held]
    pieces: list[tuple[int, int, LinkState]] = []
    for start, stop in itertools.pairwise(cuts):
        at = bisect_left(starts, start + 1) - 1
        before = held[at][2] if at >= 0 and start < held[at][1] else None
        state = decide(before, other.state if first <= start < after else None)
        if state is None:
            continue
        if pieces and pieces[-1][1:] == (start, state):
            pieces[-1] = (pieces[-1][0], stop, state)
        else:
            pieces.append((start, stop, state))
    return tuple(_period(*piece) for piece in pieces)


def _period(start: int, stop: int, state: LinkState) -> Period:
    return Period(
        None if start == _FIRST else date.fromordinal(start),
        None if stop == _AFTER else date.fromordinal(stop - 1),
        state,
    )
