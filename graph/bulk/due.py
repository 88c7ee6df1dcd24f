"""From rows to obligations: level, supplier scope and due date, rules 3, 4 and 7 of the cascade."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from graph.bulk.arrays import NO_DAY, Bytes, Ints, Longs, Shorts, U, Words, compiled
from graph.bulk.demand import Demand
from graph.bulk.rows import LOW, RANK, TIER
from graph.bulk.scopes import bound
from graph.terms import MAX_TIER

FIRST = np.uint64(1)
FIFTEEN = np.uint64(15)
_EPOCH = date(1970, 1, 1).toordinal()
_TIERS = MAX_TIER + 1
_ROOM: Final = 2**22
"""Rows for which there is room at first."""
BEFORE_1970 = _EPOCH - 1
MONTHS, DAYS = 4_800, 146_097
"""Of 400 years, after which the calendar repeats itself: where to begin to look for a day's month."""


class Calendar(NamedTuple):
    """Months of the whole calendar: each one's first day and how many it has; month 0 is January of year 1."""

    first: Ints
    length: Ints


@cache
def calendar() -> Calendar:
    """Every month a date can be in."""
    first = np.arange("0001-01", "10000-02", dtype="datetime64[M]").astype("datetime64[D]").astype(np.int32)
    return Calendar(first[:-1], np.diff(first))


def day_number(day: date | None) -> int:
    """Days since 1970-01-01, `NO_DAY` for none."""
    return NO_DAY if day is None else day.toordinal() - _EPOCH


class Terms(NamedTuple):
    """What a requirement says by tier, and whom it binds.

    level, grace: for each tier from 0 to 15; level 0 asks nothing. kind: for each rank its kind of organization.
    owes: for each kind whether it is bound. effective_from: a day or `NO_DAY`.
    """

    level: Shorts
    grace: Ints
    kind: Ints
    owes: Bytes
    effective_from: int


def terms_of(demand: Demand, kind: Ints, kinds: Sequence[tuple[str, str]]) -> Terms:
    """What a requirement says. kind, kinds: as an `Industry` has them."""
    levels, months = np.array(demand.levels(), np.int16), np.array(demand.months(), np.int32)
    return Terms(levels, months, kind, bound(kinds, demand.walk), demand.effective_from)


@compiled
def latest_valid_from(rows: Words, days: Words, place: Ints, latest: Ints) -> Ints:
    """For each row the latest valid-from on its via path, `NO_DAY` where none is known.

    latest: room for a day at each place; what it holds before and after does not matter.
    """
    counts = np.zeros(_TIERS + 1, np.int64)
    for row in rows:
        counts[(row >> TIER & FIFTEEN) + FIRST] += 1
    for tier in range(_TIERS):
        counts[tier + 1] += counts[tier]
    order = np.empty(len(rows), np.int64)
    for at in range(len(rows)):
        tier = rows[at] >> TIER & FIFTEEN
        order[U(counts[tier])] = at
        counts[tier] += 1
    since = np.empty(len(rows), np.int32)
    for at in order:
        row, entry = rows[U(at)], days[U(at)]
        day = np.int32(entry & LOW)
        if row >> TIER & FIFTEEN != FIRST:
            day = max(day, latest[entry >> TIER])
        since[U(at)] = day
        latest[U(place[row >> RANK])] = day
    return since


class Owed(NamedTuple):
    """Obligations as columns: rank of the supplier, tier, level, link, and day or `NO_DAY`."""

    supplier: Ints
    tier: Bytes
    level: Shorts
    via: Longs
    due: Ints


class Room:
    """Columns for the obligations of one requirement after the other.

    Large arrays of numpy's own lie in large pages, so that writing to them for the first time costs little.
    """

    def __init__(self, expected: int) -> None:
        self._size = min(expected, _ROOM)
        self._start = 0
        self._columns = self._fresh(self._size)

    def add(self, rows: Words, since: Ints, terms: Terms) -> Owed:
        """The obligations among the rows; see `owed`."""
        if self._start + len(rows) > len(self._columns.supplier):
            self._columns, self._start = self._fresh(max(self._size, len(rows))), 0
        first = self._start
        self._start += owed(rows, since, terms, calendar(), self._columns, first)
        part, columns = slice(first, self._start), self._columns
        return Owed(
            columns.supplier[part], columns.tier[part], columns.level[part], columns.via[part], columns.due[part]
        )

    @staticmethod
    def _fresh(size: int) -> Owed:
        return Owed(
            supplier=np.empty(size, np.int32),
            tier=np.empty(size, np.uint8),
            level=np.empty(size, np.int16),
            via=np.empty(size, np.int64),
            due=np.empty(size, np.int32),
        )


@compiled
def owed(rows: Words, since: Ints, terms: Terms, months: Calendar, into: Owed, start: int) -> int:
    """Write the obligations among the rows into columns from a position on, in their order; how many they are.

    since: for each row, or empty.
    """
    undated = np.empty(_TIERS, np.int32)
    for tier in range(_TIERS):
        undated[tier] = _later(months, terms.effective_from, terms.grace[tier])
    count = 0
    for at in range(len(rows)):
        rank = rows[at] >> RANK
        tier = rows[at] >> TIER & FIFTEEN
        level = terms.level[tier]
        if level == 0 or terms.owes[U(terms.kind[rank])] == 0:
            continue
        to = U(start + count)
        into.supplier[to] = rank
        into.tier[to] = tier
        into.level[to] = level
        into.via[to] = np.int64(rows[at] & LOW)
        into.due[to] = undated[tier]
        if len(since) and since[at] > terms.effective_from:
            into.due[to] = _later(months, since[at], terms.grace[tier])
        count += 1
    return count


@compiled
def _later(months: Calendar, day: int, grace: int) -> int:
    """Calendar months later, clipped to the month's end; where the calendar itself ends, its last day."""
    if day == NO_DAY:
        return day
    last = len(months.first) - 1
    month = min(max((day + BEFORE_1970) * MONTHS // DAYS, 0), last)
    while months.first[U(month)] > day:
        month -= 1
    while month < last and months.first[U(month + 1)] <= day:
        month += 1
    if month + grace > last:
        return np.int64(months.first[last] + months.length[last] - 1)
    within = min(day - months.first[U(month)], months.length[U(month + grace)] - 1)
    return np.int64(months.first[U(month + grace)] + within)
