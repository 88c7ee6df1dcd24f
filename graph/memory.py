"""What was computed from one revision of the network, kept until a change could matter to it.

Nothing here decides an answer: with the memory switched off every answer is the same, only later.
"""

from collections.abc import Callable, Collection, Hashable
from collections.abc import Set as AbstractSet
from threading import Lock
from typing import Final, Protocol, TypeVar, cast, runtime_checkable

_ROOM: Final = 1_000_000
"""Organizations remembered over all entries, at 100 to 200 bytes each; beyond it the oldest are forgotten."""


@runtime_checkable
class Walked(Protocol):
    """A result of a walk over links: untouched as long as nobody it visited buys differently."""

    @property
    def group(self) -> AbstractSet[int]:
        """The organizations the walk started from."""

    @property
    def walked(self) -> Collection[AbstractSet[int]]:
        """Sets that together hold every organization whose links were looked at."""


@runtime_checkable
class Weighty(Protocol):
    """A result that says itself how much room it takes."""

    @property
    def weight(self) -> int:
        """Room, in organizations of a walk."""


Value = TypeVar("Value")


class Memory:
    """Results by key; the key says everything but the facts that the result depends on.

    room: organizations remembered over all entries.
    """

    __slots__ = ("_entries", "_lock", "_room", "_taken")

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._entries: dict[Hashable, object] = {}
        self._taken = 0
        self._lock = Lock()

    def recall(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """The remembered result, else the computed one, which is remembered from then on."""
        found = self._entries.get(key)
        if found is None:
            found = compute()
            self._remember(key, found)
        return cast("Value", found)

    def after(self, buyers: AbstractSet[int], owners: AbstractSet[int]) -> "Memory":
        """The memory of the next revision, after these buyers' links and these owners' property changed."""
        kept = Memory(self._room)
        with self._lock:
            entries = list(self._entries.items())
        for key, entry in entries:
            if isinstance(entry, Walked) and _untouched(entry, buyers, owners):
                kept._remember(key, entry)
        return kept

    def copy(self) -> "Memory":
        """The memory of the next revision, in which nothing that was remembered changed."""
        kept = Memory(self._room)
        with self._lock:
            kept._entries = dict(self._entries)
            kept._taken = self._taken
        return kept

    def _remember(self, key: Hashable, entry: object) -> None:
        with self._lock:
            self._entries[key] = entry
            self._taken += _weight(entry)
            while self._taken > self._room and len(self._entries) > 1:
                oldest = next(iter(self._entries))
                self._taken -= _weight(self._entries.pop(oldest))


def _untouched(entry: Walked, buyers: AbstractSet[int], owners: AbstractSet[int]) -> bool:
    return entry.group.isdisjoint(owners) and all(part.isdisjoint(buyers) for part in entry.walked)


def _weight(entry: object) -> int:
    if isinstance(entry, frozenset):  # most are, and to ask what a thing can do takes long
        return len(entry)
    if isinstance(entry, Walked):
        return sum(len(part) for part in entry.walked)
    if isinstance(entry, Weighty):
        return entry.weight
    return len(entry) if isinstance(entry, Collection) else 1
