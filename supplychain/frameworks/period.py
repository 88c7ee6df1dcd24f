"""Over how many months a quantity is measured, and whether a reading covers them."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from dateutil.relativedelta import relativedelta

from supplychain.frameworks.terms import Tag

LONGEST = 36
"""The most months that a pack may ask for."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """The calendar months that a reading must cover.

    ours: no document says how many. tag: how well it is known that one does. Exactly one of them is set.
    """

    months: int
    ours: bool = False
    tag: Tag | None = None

    def begins(self, last: date) -> date:
        """The first day of the months that end with `last`; both days belong to them."""
        return last + _DAY - relativedelta(months=self.months)

    def covered(self, first: date | None, last: date | None) -> bool:
        """Whether days observed from `first` to `last`, both included, hold so many whole calendar months.

        They need not be those of a calendar year, and may be more. One day may be wanting, because a meter read on
        2 January and on 31 December was read for a year. What has no first or no last day covers nothing.
        """
        return first is not None and last is not None and _covered(first, last, self.months)


@lru_cache(maxsize=16384)
def _covered(first: date, last: date, months: int) -> bool:
    """Answered once for a piece of evidence, which may hold the readings of many indicators."""
    return first <= Period(months).begins(last) + _DAY
