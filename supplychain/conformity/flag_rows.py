"""Flags as they stood at the moment that is asked about, by what was recorded until then (rules: two axes of time).

Hindsight opens no flag: that one opened is a thing that happened. What an open one says is computed when it is read.
"""

from sqlalchemy import ColumnElement, and_, true

from supplychain.conformity.models import Flag
from supplychain.work import Work


def opened(work: Work) -> ColumnElement[bool]:
    """Whether a flag was ever opened by then."""
    cutoff = work.moment.cutoff(work.runtime.settings.time_zone)
    return and_(Flag.opened_on <= work.moment.on, true() if cutoff is None else Flag.opened_at < cutoff)


def closed(work: Work) -> ColumnElement[bool]:
    """Whether it was closed by then."""
    cutoff = work.moment.cutoff(work.runtime.settings.time_zone)
    ended = and_(Flag.closed_on.is_not(None), Flag.closed_on <= work.moment.on)
    return ended if cutoff is None else and_(ended, Flag.closed_at < cutoff)
