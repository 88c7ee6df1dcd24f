"""What was computed from one revision of the network, kept until a change could matter to it, then repaired.

Nothing here decides an answer: with the memory switched off every answer is the same, only later.
"""

from collections.abc import Callable, Collection, Hashable, Sequence
from collections.abc import Set as AbstractSet
from threading import Lock
from typing import Any, Final, NamedTuple, Protocol, TypeVar, cast, runtime_checkable

from graph.versions import Version

UNIT: Final = 100
"""Bytes that weights are counted in: about what a mapping takes for an entry."""
_ROOM: Final = 3_000_000
_RESULT: Final = 3
"""What a result takes beside its own weight: its key, and its places here."""
_BASES: Final = 4
"""Values of one line kept to repair from: one network is asked about several days."""


@runtime_checkable
class Weighty(Protocol):
    """A result that says itself how much room it takes."""

    @property
    def weight(self) -> int:
        """Room, in units of so many bytes."""


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

    room: units that all results may take together; beyond it the oldest are forgotten. A result counts once, however
    often it is kept. May be set at any time.
    """

    __slots__ = ("_bases", "_counted", "_entries", "_lock", "_taken", "room")

    def __init__(self, room: int = _ROOM) -> None:
        self.room = room
        self._entries: dict[Hashable, object] = {}
        self._bases: dict[Hashable, dict[Line, _Base]] = {}
        self._counted: dict[int, tuple[int, int]] = {}  # how often each result is kept, and its weight
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
        kept = Memory(self.room)
        with self._lock:
            kept._bases = {what: dict(bases) for what, bases in self._bases.items()}
            for base in (base for bases in kept._bases.values() for base in bases.values()):
                kept._take(base.value, self._counted[id(base.value)][1])
        return kept

    def copy(self) -> "Memory":
        """The memory of the next revision, in which nothing that was remembered changed."""
        kept = Memory(self.room)
        with self._lock:
            kept._bases = {what: dict(bases) for what, bases in self._bases.items()}
            kept._entries, kept._counted = dict(self._entries), dict(self._counted)
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
            if key in self._entries:  # another thread was quicker
                self._drop(self._entries.pop(key))
            self._entries[key] = entry
            self._take(entry)
            self._forget()

    def _remember_base(self, line: Line, base: _Base) -> None:
        with self._lock:
            bases = dict(self._bases.pop(line.what, {}))  # whoever reads goes on reading the other
            superseded = [known for known in bases if line.serves(known)]
            others = [known for known in bases if not line.serves(known)]
            self._take(base.value)
            for known in (*superseded, *others[: 1 - _BASES]):
                self._drop(bases.pop(known).value)
            bases[line] = base
            self._bases[line.what] = bases
            self._forget()

    def _take(self, result: object, weight: int | None = None) -> None:
        held, known = self._counted.get(id(result), (0, 0))
        if not held:
            known = _RESULT + weight_of(result) if weight is None else weight
            self._taken += known
        self._counted[id(result)] = held + 1, known

    def _drop(self, result: object) -> None:
        held, weight = self._counted.pop(id(result))
        if held > 1:
            self._counted[id(result)] = held - 1, weight
        else:
            self._taken -= weight

    def _forget(self) -> None:
        """What was remembered longest ago goes first, results before what they could be repaired from."""
        while self._taken > self.room and len(self._entries) > 1:
            self._drop(self._entries.pop(next(iter(self._entries))))
        while self._taken > self.room and len(self._bases) > 1:
            for base in self._bases.pop(next(iter(self._bases))).values():
                self._drop(base.value)


def _moves(current: Sequence[Version], earlier: Sequence[Version]) -> Moves | None:
    if len(current) != len(earlier):
        return None
    found = [now.since(then) for now, then in zip(current, earlier, strict=True)]
    known = [moved for moved in found if moved is not None]
    return known if len(known) == len(found) else None


def weight_of(entry: object) -> int:
    """Room that a result takes, in units."""
    if isinstance(entry, frozenset):  # most are, and to ask what a thing can do takes long
        return len(entry)
    if isinstance(entry, Weighty):
        return entry.weight
    return len(entry) if isinstance(entry, Collection) else 1
