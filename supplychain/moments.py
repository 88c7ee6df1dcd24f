"""The two axes of time on which an answer lies (domain rules: two axes of time)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from supplychain.errors import Fault, Invalid

EARLIEST: Final = date(1950, 1, 1)
LATEST: Final = date(2150, 12, 31)
"""Days outside are slips of the pen, and leave no room for the months that rules add to them."""


@dataclass(frozen=True, slots=True)
class Moment:
    """For which day an answer is, and by what was known until when.

    on: the day in the world. known: the last day of the knowledge, by its end; None = all that is known now.
    """

    on: date
    today: date
    known: date | None = None

    @property
    def is_present(self) -> bool:
        """Whether it is the plain answer: of today, by all that is known."""
        return self.on == self.today and self.known is None

    @property
    def known_on(self) -> date:
        """The last day of the knowledge."""
        return self.known or self.today

    @property
    def looks_back(self) -> bool:
        """Whether more was known than on the day itself, so that what was derived on it is not the answer."""
        return self.on < self.known_on

    def cutoff(self, zone: str) -> datetime | None:
        """The moment before which a fact must have been recorded; None = whenever."""
        if self.known is None:
            return None
        return datetime.combine(self.known + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def moment(today: date, on: date | None, known: date | None) -> Moment:
    """The moment that is asked for: today unless another day is named, by what was known on a past one.

    Raises Invalid for knowledge of the future, and for days that no rule can reckon with.
    """
    faults = [
        Fault(f"?{name}", "day-out-of-range", {"first": EARLIEST, "last": LATEST})
        for name, day in (("on", on), ("known", known))
        if day is not None and not EARLIEST <= day <= LATEST
    ]
    if known is not None and known > today:
        faults.append(Fault("?known", "not-known-yet", {"today": today}))
    if faults:
        raise Invalid("invalid-payload", faults=faults)
    day = on or today
    until = known or min(day, today)
    return Moment(day, today, None if until == today else until)
