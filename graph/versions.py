"""What moved between two values of which the later was made from the earlier: so that dependants repair only that.

A value that is repaired and not computed from nothing says so by its version. What was computed from an earlier one
asks the later which organizations (or links) moved since, and takes over the rest.
"""

from collections.abc import Hashable
from collections.abc import Set as AbstractSet
from itertools import count
from typing import Final

_STEPS: Final = 64
_MOVED: Final = 4_000
"""Steps and moves that are worth remembering; beyond them everything is computed from nothing."""
_NUMBERS = count()


class Version:
    """A place in a line of values, each made from the one before."""

    __slots__ = ("_steps", "number")

    def __init__(self) -> None:
        self.number = next(_NUMBERS)
        self._steps: tuple[tuple[int, AbstractSet[Hashable]], ...] = ()

    def after(self, moved: AbstractSet[Hashable]) -> "Version":
        """The version of the value in which these moved."""
        following = Version()
        kept, room = [], _MOVED
        for step in ((self.number, moved), *self._steps)[:_STEPS]:
            room -= len(step[1])
            if room < 0:
                break
            kept.append(step)
        following._steps = tuple(kept)
        return following

    def since(self, earlier: "Version") -> AbstractSet[Hashable] | None:
        """What moved since an earlier version, at least; None where nobody knows any more."""
        if earlier is self:
            return frozenset()
        moved: set[Hashable] = set()
        for number, some in self._steps:
            moved |= some
            if number == earlier.number:
                return moved
        return None
