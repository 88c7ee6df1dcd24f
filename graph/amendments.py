"""Requirements that take the place of others, and the day on which each is last looked at."""

from collections.abc import Sequence
from datetime import date, timedelta

from graph.facts import Requirement
from graph.network import Network


def lineage(network: Network, requirement: Requirement) -> tuple[Requirement, ...]:
    """The requirement and those it amends, the oldest first."""
    line = [requirement]
    seen = {requirement.number}
    while line[-1].predecessor is not None:
        before = network.requirement(line[-1].predecessor)
        if before is None or before.number in seen:
            break
        seen.add(before.number)
        line.append(before)
    return tuple(reversed(line))


def days_of(line: Sequence[Requirement], day: date) -> tuple[date, ...]:
    """The day on which each requirement of a lineage is last looked at."""
    return (*(day_before(one.effective_from) for one in line[1:]), day)


def day_before(day: date) -> date:
    """The day before, but for the calendar's first."""
    return day - timedelta(days=1) if day > date.min else day
