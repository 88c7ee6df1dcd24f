"""What may happen to a supply link, as pure functions on its days (domain rules: supply link)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from graph.network import Link, Period, normalise_periods, set_state, state_on
from graph.periods import touching
from graph.terms import Disclosure, LinkState, most_closed

Periods = tuple[Period, ...]


class Side(StrEnum):
    """Who somebody is to a link."""

    BUYER = "buyer"
    SUPPLIER = "supplier"
    OWNER = "owner"
    """Of private knowledge about two others."""
    REVIEWER = "reviewer"


class Settlement(StrEnum):
    """What a reviewer makes of a dispute."""

    CONFIRM = "confirm"
    END = "end"


SAID_BY = {Side.BUYER: LinkState.CLAIMED, Side.SUPPLIER: LinkState.OFFERED, Side.OWNER: LinkState.PRIVATE}
"""The state of days that only one side has spoken of."""
_SAID_BY_THE_OTHER = {
    Side.BUYER: frozenset({LinkState.OFFERED}),
    Side.SUPPLIER: frozenset({LinkState.CLAIMED}),
    Side.OWNER: frozenset[LinkState](),
    Side.REVIEWER: frozenset({LinkState.CLAIMED, LinkState.OFFERED}),
}
SAID_BY_ME = {side: frozenset({state, LinkState.CONFIRMED}) for side, state in SAID_BY.items()}
"""States of days that one side spoke of, whatever the other said."""
_SETTLED_AS = {Settlement.CONFIRM: LinkState.CONFIRMED, Settlement.END: LinkState.ENDED}
HOLDING = frozenset({LinkState.CLAIMED, LinkState.OFFERED, LinkState.CONFIRMED, LinkState.PRIVATE})
"""States in which somebody says that there is a link, and nobody that there is none."""
UNDECIDED = frozenset({LinkState.CLAIMED, LinkState.OFFERED, LinkState.DISPUTED})
"""States in which somebody's word still stands alone."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a statement about some days goes among links of one key that do not touch each other.

    at: index of the link that now holds ``periods``; None if it needs one of its own.
    emptied: indexes of the links that gave their days to it.
    """

    at: int | None
    periods: Periods
    emptied: tuple[int, ...]


def place(held: Sequence[Periods], first: date | None, last: date | None, side: Side) -> Placed:
    """What a side's statement that the link exists on some days makes of the links held, in order of recording.

    Days that hold a state keep it, except that days only the other side spoke of are confirmed by it.
    """
    links = [Link(number=at, buyer=0, supplier=0, periods=periods) for at, periods in enumerate(held)]
    joined = normalise_periods(links, Period(first, last, SAID_BY[side]))
    periods = set_state(joined.periods, first, _SAID_BY_THE_OTHER[side], LinkState.CONFIRMED, last)
    return Placed(joined.number, periods, joined.emptied)


def continued(periods: Periods, first: date | None, last: date | None, side: Side) -> Periods | None:
    """What ``place`` makes of the only link of a key, where that is seen at a glance; else None.

    The days are within a period that the statement does not change, or they begin the day after the last one: what
    yearly lists say.
    """
    for period in periods:
        begins = period.valid_from is None or (first is not None and period.valid_from <= first)
        if begins and (period.valid_to is None or (last is not None and last <= period.valid_to)):
            return None if period.state in _SAID_BY_THE_OTHER[side] else periods
    latest = periods[-1]
    if first is None or first == date.min or latest.valid_to != first - timedelta(days=1):
        return None
    if latest.state is SAID_BY[side]:
        return (*periods[:-1], Period(latest.valid_from, last, latest.state))
    return (*periods, Period(first, last, SAID_BY[side]))


def ceased(periods: Periods, day: date, side: Side) -> Periods:
    """Days from one on that a side spoke of, alone or with the other, ended: its newest list does not know them.

    What only the other side said, what is disputed and what was ended already stay as they are. A link that is not
    in force on the day is not what the list is about.
    """
    if state_on(periods, day) not in SAID_BY_ME[side]:
        return periods
    return set_state(periods, day, SAID_BY_ME[side], LinkState.ENDED)


def resumed(periods: Periods, first: date | None, last: date | None, side: Side, today: date) -> Periods:
    """Ended days of which a side says, from today or a later day on, that the link exists again.

    The past stays ended, and so does what a statement without a beginning, such as an old list, would revive.
    """
    if first is None or first < today:
        return periods
    return set_state(periods, first, {LinkState.ENDED}, SAID_BY[side], last)


def confirmed(periods: Periods, side: Side, *, withdraws_dispute: bool = False) -> Periods:
    """All days that the other side spoke of, confirmed; and those disputed, by the party that disputed them."""
    affected = _SAID_BY_THE_OTHER[side] | ({LinkState.DISPUTED} if withdraws_dispute else frozenset())
    return set_state(periods, None, affected, LinkState.CONFIRMED)


def disputed(periods: Periods, side: Side) -> Periods:
    """All days that only the other side spoke of, disputed; confirmed ones stay."""
    return set_state(periods, None, _SAID_BY_THE_OTHER[side], LinkState.DISPUTED)


def settled(periods: Periods, settlement: Settlement) -> Periods:
    """All disputed days, confirmed or ended by a reviewer."""
    return set_state(periods, None, {LinkState.DISPUTED}, _SETTLED_AS[settlement])


def ended(periods: Periods, today: date) -> Periods:
    """Every day from today on, ended; what was before stays as it was."""
    return set_state(periods, today, frozenset(LinkState) - {LinkState.ENDED}, LinkState.ENDED)


def undecided(periods: Periods) -> bool:
    """Whether a reviewer may have anything to do."""
    return any(period.state in UNDECIDED for period in periods)


def any_disputed(periods: Periods) -> bool:
    """Whether a dispute is open."""
    return any(period.state is LinkState.DISPUTED for period in periods)


def state_today(periods: Periods, today: date) -> LinkState | None:
    """The state on the day; None when the link is over, or not yet there."""
    return state_on(periods, today)


def newly_confirmed(before: Periods, after: Periods) -> bool:
    """Whether a statement confirmed days that were not confirmed before."""
    held = [period for period in before if period.state is LinkState.CONFIRMED]
    return any(period.state is LinkState.CONFIRMED and period not in held for period in after)


def more_closed(one: str, other: str) -> str:
    """Of a side's wishes about two links that became one, the more closed."""
    return str(most_closed(Disclosure(one), Disclosure(other)))


def touch(one: Periods, other: Periods) -> bool:
    """Whether two links share a day, or a day of one is followed by a day of the other."""
    return any(touching(one, period) for period in other)
