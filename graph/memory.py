"""What was computed from one revision of the network, kept until a change could matter to it, then repaired.

Nothing here decides an answer: with the memory switched off every answer is the same, only later.
"""

from collections.abc import Callable, Collection, Hashable, Sequence
from collections.abc import Set as AbstractSet
from threading import Lock
from typing import Any, Final, NamedTuple, Protocol, TypeVar, cast, runtime_checkable

from graph.versions import Version

_ROOM: Final = 3_000_000
"""Organizations remembered over all entries, at 50 to 150 bytes each; beyond it the oldest are forgotten."""
_BASES: Final = 4
"""Values of one line kept to repair from: one network is asked about several days."""


@runtime_checkable
class Weighty(Protocol):
    """A result that says itself how much room it takes."""

    @property
    def weight(self) -> int:
        """Room, in organizations of a walk."""


class Line(NamedTuple):
    """A result that is carried from revision to revision.

    what: all that it depends on but the facts and the day. first, last: between which days it is the same, the last
    one excluded; for results that say themselves whether they can be repaired, any two values that tell days apart.
    """

    what: Hashable
    first: Any
    last: Any
    dated: bool = True

    def serves(self, other: "Line") -> bool:
        """Whether a result of this line is one to repair the other's from."""
        return not self.dated or (self.first <= other.first and other.last <= self.last)


class _Base(NamedTuple):
    value: object
    sources: Sequence[Version]


Value = TypeVar("Value")
Moves = Sequence[AbstractSet[Any]]
"""What moved in each source since the earlier value was computed."""


class Memory:
    """Results by key; the key says everything but the facts that the result depends on.

    room: organizations remembered over all entries.
    """

    __slots__ = ("_bases", "_entries", "_lock", "_room", "_taken")

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._entries: dict[Hashable, object] = {}
        self._bases: dict[Hashable, dict[Line, _Base]] = {}
        self._taken = 0
        self._lock = Lock()

    def recall(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """The remembered result, else the computed one, which is remembered from then on."""
        found = self._entries.get(key)
        if found is None:
            found = compute()
            self._remember(key, found)
        return cast("Value", found)

    def repaired(
        self,
        line: Line,
        sources: Callable[[], Sequence[Version]],
        compute: Callable[[], Value],
        repair: Callable[[Value, Moves], Value | None],
    ) -> Value:
        """The remembered result, else one made from an earlier revision's, else the computed one.

        sources: versions of all that it is computed from. repair: makes the result from the earlier one and what
        moved in each source since; None where that is not worth it.
        """
        found = self._entries.get(line)
        if found is None:
            current = tuple(sources())
            found = self._from_earlier(line, current, repair)
            if found is None:
                found = compute()
            self._remember_base(line, _Base(found, current))
            self._remember(line, found)
        return cast("Value", found)

    def followed(
        self,
        what: Hashable,
        sources: Sequence[Version],
        compute: Callable[[], Value],
        repair: Callable[[Value, Moves], Value | None],
    ) -> Value:
        """The latest of a line of results alone, made from the one before or computed.

        For what also depends on values that move while this memory's own revision stays.
        """
        line = Line(what, None, None, dated=False)
        held = self._bases.get(what, {}).get(line)
        found = self._from_earlier(line, sources, repair)
        if found is None:
            found = compute()
        if held is None or held.value is not found or held.sources != sources:
            self._remember_base(line, _Base(found, sources))
        return cast("Value", found)

    def after(self) -> "Memory":
        """The memory of the next revision: nothing is known there yet, but what to repair it from."""
        kept = Memory(self._room)
        with self._lock:
            kept._bases = {what: dict(bases) for what, bases in self._bases.items()}
            kept._taken = self._taken - sum(map(weight_of, self._entries.values()))
        return kept

    def copy(self) -> "Memory":
        """The memory of the next revision, in which nothing that was remembered changed."""
        kept = Memory(self._room)
        with self._lock:
            kept._bases = {what: dict(bases) for what, bases in self._bases.items()}
            kept._entries = dict(self._entries)
            kept._taken = self._taken
        return kept

    def _from_earlier(
        self, line: Line, sources: Sequence[Version], repair: Callable[[Value, Moves], Value | None]
    ) -> object | None:
        for known, base in reversed(list(self._bases.get(line.what, {}).items())):
            if known.serves(line) and (moves := _moves(sources, base.sources)) is not None:
                return repair(cast("Value", base.value), moves)
        return None

    def _remember(self, key: Hashable, entry: object) -> None:
        with self._lock:
            self._entries[key] = entry
            self._taken += weight_of(entry)
            self._forget()

    def _remember_base(self, line: Line, base: _Base) -> None:
        with self._lock:
            bases = dict(self._bases.pop(line.what, {}))  # whoever reads goes on reading the other
            superseded = [known for known in bases if line.serves(known)]
            others = [known for known in bases if not line.serves(known)]
            for known in (*superseded, *others[: 1 - _BASES]):
                self._taken -= weight_of(bases.pop(known).value)
            bases[line] = base
            self._bases[line.what] = bases
            self._taken += weight_of(base.value)

    def _forget(self) -> None:
        """What was remembered longest ago goes first, results before what they could be repaired from."""
        while self._taken > self._room and len(self._entries) > 1:
            self._taken -= weight_of(self._entries.pop(next(iter(self._entries))))
        while self._taken > self._room and len(self._bases) > 1:
            gone = self._bases.pop(next(iter(self._bases)))
            self._taken -= sum(weight_of(base.value) for base in gone.values())


def _moves(current: Sequence[Version], earlier: Sequence[Version]) -> Moves | None:
    if len(current) != len(earlier):
        return None
    found = [now.since(then) for now, then in zip(current, earlier, strict=True)]
    known = [moved for moved in found if moved is not None]
    return known if len(known) == len(found) else None


def weight_of(entry: object) -> int:
    """Room that a result takes, in organizations of a walk."""
    if isinstance(entry, frozenset):  # most are, and to ask what a thing can do takes long
        return len(entry)
    if isinstance(entry, Weighty):
        return entry.weight
    return len(entry) if isinstance(entry, Collection) else 1
