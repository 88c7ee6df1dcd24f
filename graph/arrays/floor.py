"""Mappings on a floor: what changed since, shared from revision to revision, on arrays that never change.

The floor makes an object of a row when somebody asks, and keeps those asked for lately.
"""

from abc import abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, Final, Generic, TypeVar, overload

import numpy as np
from immutables import Map
from numpy.typing import NDArray

from graph.arrays.columns import DISCLOSURES, FLOWS, NOBODY, LinkColumns, period_of
from graph.arrays.steps import Steps
from graph.arrays.tiertable import TierTable
from graph.facts import Link

Arrays = Mapping[str, NDArray[Any]]
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Other = TypeVar("Other")
_LATELY: Final = 65_536
"""Objects made of rows that are kept, at most twice as many."""


class Floored(Mapping[Key, Value]):
    """A mapping from which nothing is taken, only replaced.

    floor: what lies below, never changed. top: what changed since.
    """

    __slots__ = ("floor", "top")

    def __init__(self, floor: Mapping[Key, Value] | None = None, top: Map[Key, Value] | None = None) -> None:
        self.floor: Mapping[Key, Value] = {} if floor is None else floor
        self.top: Map[Key, Value] = Map() if top is None else top

    def update(self, new: Mapping[Key, Value]) -> "Floored[Key, Value]":
        """The mapping with these in addition, or in the place of what had their keys."""
        return Floored(self.floor, self.top.update(new)) if new else self

    @overload
    def get(self, key: Key, /) -> Value | None: ...

    @overload
    def get(self, key: Key, /, default: Value | Other) -> Value | Other: ...

    def get(self, key: Key, /, default: Any = None) -> Any:
        """What has the key; this is what walks ask for."""
        found = self.top.get(key)
        return self.floor.get(key, default) if found is None else found

    def __getitem__(self, key: Key) -> Value:
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __contains__(self, key: object) -> bool:
        return key in self.top or key in self.floor

    def __iter__(self) -> Iterator[Key]:
        yield from (key for key in self.floor if key not in self.top)
        yield from self.top

    def __len__(self) -> int:
        return len(self.floor) + sum(key not in self.floor for key in self.top)

    def each(self) -> Iterator[Value]:
        """All values, of which none that was not asked for before is kept."""
        pairs = self.floor.pairs() if isinstance(self.floor, Table) else self.floor.items()
        yield from (value for key, value in pairs if key not in self.top)
        yield from self.top.values()


def scalars(array: NDArray[Any]) -> "memoryview[int]":
    """The same memory; a number out of it costs a tenth of one out of an array."""
    return memoryview(array)  # type: ignore[arg-type] # an array is a buffer


class Lately(Generic[Key, Value]):
    """What was made lately: two generations, of which the older goes when the younger is full."""

    __slots__ = ("_old", "_room", "_taken", "_young")

    def __init__(self, room: int = _LATELY) -> None:
        self._room, self._taken = room, 0
        self._young: dict[Key, Value] = {}
        self._old: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self.keep(key, found)
        return found

    def keep(self, key: Key, value: Value, weight: int = 1) -> None:
        """Keep what took the room of so many."""
        if self._taken >= self._room:
            self._old, self._young, self._taken = self._young, {}, 0
        self._young[key] = value
        self._taken += weight


class Table(Mapping[Key, Value]):
    """Rows in the order of their keys.

    keys: int64[n] ascending, or int64[2, n] for keys of two parts.
    """

    def __init__(self, keys: NDArray[np.int64]) -> None:
        self._keys = keys
        self._parts = tuple(map(scalars, np.atleast_2d(keys)))
        self._lately: Lately[int, Value] = Lately()

    @abstractmethod
    def made(self, at: int) -> Value:
        """The object of the row at a place."""

    def at(self, place: int) -> Value:
        """The object of the row at a place, perhaps one that was made before."""
        found = self._lately.get(place)
        if found is None:
            found = self.made(place)
            self._lately.keep(place, found)
        return found

    def place(self, key: object) -> int | None:
        """Where the key's row is."""
        low, high = 0, len(self)
        for part, wanted in zip(self._parts, key if isinstance(key, tuple) else (key,), strict=True):
            low = bisect_left(part, wanted, low, high)
            high = bisect_right(part, wanted, low, high)
        return low if low < high else None

    def get(self, key: object, default: Any = None) -> Any:
        place = self.place(key)
        return default if place is None else self.at(place)

    def pairs(self) -> Iterator[tuple[Key, Value]]:
        """Each key with an object of its own."""
        return zip(self, map(self.made, range(len(self))), strict=True)

    def __getitem__(self, key: Key) -> Value:
        place = self.place(key)
        if place is None:
            raise KeyError(key)
        return self.at(place)

    def __contains__(self, key: object) -> bool:
        return self.place(key) is not None

    def __iter__(self) -> Iterator[Any]:
        if self._keys.ndim == 1:
            return iter(self._keys.tolist())
        return zip(*self._keys.tolist(), strict=True)

    def __len__(self) -> int:
        return int(self._keys.shape[-1])


class Shelf(Table[Key, Value]):
    """Values as bytes, one behind the other. starts: int64[n + 1], where each begins. content: uint8[b]."""

    def __init__(
        self,
        keys: NDArray[np.int64],
        starts: NDArray[np.int64],
        content: NDArray[np.uint8],
        read: Callable[[bytes], Value],
    ) -> None:
        super().__init__(keys)
        self._starts, self._content, self._read = scalars(starts), scalars(content), read

    def made(self, at: int) -> Value:
        return self._read(self.raw(at))

    def raw(self, at: int) -> bytes:
        """The bytes of the value at a place."""
        return bytes(self._content[self._starts[at] : self._starts[at + 1]])


def shelved(held: Floored[Any, Value], write: Callable[[Value], bytes], parts: int = 1) -> dict[str, NDArray[Any]]:
    """A mapping as arrays of a shelf: keys, starts, content. parts: of a key. What was shelved before is copied."""
    written: dict[Any, bytes] = {}
    if isinstance(held.floor, Shelf):
        written.update((key, held.floor.raw(at)) for at, key in enumerate(held.floor))
    else:
        written.update((key, write(value)) for key, value in held.floor.items())
    written.update((key, write(value)) for key, value in held.top.items())
    keys = sorted(written)
    values = [written[key] for key in keys]
    return {
        "keys": np.array(keys, np.int64) if parts == 1 else np.array(keys, np.int64).reshape(-1, parts).T.copy(),
        "starts": starts_of(map(len, values), len(values)),
        "content": np.frombuffer(b"".join(values), np.uint8),
    }


def starts_of(lengths: Iterable[int], count: int) -> NDArray[np.int64]:
    """int64[count + 1]: where each of so many begins when they stand one behind the other."""
    starts = np.zeros(count + 1, np.int64)
    np.cumsum(np.fromiter(lengths, np.int64, count), out=starts[1:])
    return starts


class LinkTable(Table[int, Link]):
    """Links as columns. steps: their index for walks. tiers: of all walks over them, where somebody wrote them down."""

    def __init__(self, columns: LinkColumns, steps: Steps, tiers: TierTable | None = None) -> None:
        super().__init__(columns.number)
        self.columns, self.steps, self.tiers = columns, steps, tiers
        self._numbers = [scalars(one) for one in (columns.number, columns.buyer, columns.supplier)]
        self._codes = [
            scalars(one)
            for one in (columns.category, columns.share, columns.flow_down, columns.disclosure, columns.owner)
        ]
        self._periods = scalars(columns.periods)
        self._days = [scalars(one) for one in (columns.first, columns.last, columns.state)]

    def made(self, at: int) -> Link:
        """`LinkColumns.link`, three times as quick: walks ask for a hundred thousand."""
        number, buyer, supplier = (column[at] for column in self._numbers)
        category, share, flow_down, disclosure, owner = (column[at] for column in self._codes)
        days = range(self._periods[at], self._periods[at + 1])
        first, last, state = self._days
        return Link(
            number,
            buyer,
            supplier,
            tuple(period_of(first[one], last[one], state[one]) for one in days),
            None if category == NOBODY else self.columns.categories[category],
            None if share != share else share,  # noqa: PLR0124 - not a number is not itself
            FLOWS[flow_down],
            DISCLOSURES[disclosure],
            None if owner == NOBODY else owner,
            self.columns.id.item(at).decode(),
        )
