"""Whose rise by one level satisfies most of what is open: a greedy choice.

A set cover of at most `count` sets. Greedy reaches at least 1 − 1/e of the best possible; where no two suppliers
satisfy the same obligation, as an obligation binds one supplier only, it reaches the best possible itself.
"""

from collections.abc import Callable, Hashable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import e
from typing import Any, Final, Generic, TypeVar

GUARANTEE: Final = 1 - 1 / e
"""The part of the best possible that greedy reaches at least, whatever the sets share."""
Who = TypeVar("Who", bound=Hashable)
What = TypeVar("What", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Step(Generic[Who, What]):
    """One choice. gained: what it satisfies that nobody chosen before does. total: satisfied with it."""

    who: Who
    gained: AbstractSet[What]
    total: int


def leverage(
    satisfies: Mapping[Who, AbstractSet[What]], count: int, order: Callable[[Who], Any]
) -> tuple[Step[Who, What], ...]:
    """At most `count` choices, the one that satisfies most first; of equal ones the first in the order.

    It ends early where nobody would satisfy anything more.
    """
    queue = [(-len(some), order(who), who) for who, some in satisfies.items() if some]
    heapify(queue)
    steps: list[Step[Who, What]] = []
    done: set[What] = set()
    while queue and len(steps) < count:
        size, place, who = heappop(queue)
        gained = satisfies[who] - done
        if len(gained) == -size:  # nobody else can gain more, for a gain never grows
            done |= gained
            steps.append(Step(who, gained, len(done)))
        elif gained:
            heappush(queue, (-len(gained), place, who))
    return tuple(steps)
