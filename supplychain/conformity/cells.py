"""Cells that no single company can be read from (domain rules: protected aggregates).

A cell is shown when empty, or when it holds at least five organizations of at least three ownership roots, not all
of one status; counts are rounded to multiples of five.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from graph.network import Network

LEAST_ORGANIZATIONS = 5
LEAST_ROOTS = 3
STEP = 5


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def cell(statuses: Sequence[str], roots: int) -> dict[str, int] | None:
    """Counts by status, rounded to multiples of five; None where the cell may not be shown."""
    if not statuses:
        return {}
    counts = Counter(statuses)
    if len(statuses) < LEAST_ORGANIZATIONS or roots < LEAST_ROOTS or len(counts) == 1:
        return None
    return {status: STEP * ((count * 2 + STEP) // (2 * STEP)) for status, count in sorted(counts.items())}


def root_of(network: Network, organization: int, day: date) -> int:
    """The topmost owner of an organization: the one with the fewest owners above it."""
    owners = network.owners_of(organization, day)
    return min(owners, default=organization, key=lambda one: (len(network.owners_of(one, day)), one))
