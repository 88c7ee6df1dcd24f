"""A mapping by number held in arrays: some ten bytes an entry, and what changed since beside them.

A walk over a million organizations is kept for every lens, so it must be small, and it is mended for every link, so a
change must not copy it. Read, it is a mapping like any other.
"""

from bisect import bisect_left
from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from graph.memory import UNIT

Value = TypeVar("Value")
Numbers = NDArray[np.signedinteger[Any]]

_GONE: Final = object()
_BESIDE: Final = 1_000
_A_PART: Final = 8
"""So many changes, or that part of all entries, may stand beside the arrays before they are put into new ones."""


class Packed(Mapping[int, Value]):
    """Immutable.

    keys: ascending. values: of each key its value, or its place in the table where there is one. beside: what holds
    instead.
    """

    __slots__ = ("_beside", "_find", "_keys", "_length", "_look", "_table", "_values")

    def __init__(
        self,
        keys: Numbers,
        values: NDArray[Any],
        table: Sequence[Value] | None = None,
        beside: Mapping[int, object] | None = None,
    ) -> None:
        self._keys, self._values, self._table = keys, values, table
        self._find, self._look = keys.data, values.data  # which give numbers sooner than arrays do
        self._beside = dict(beside or {})
        there = sum(one is not _GONE for one in self._beside.values())
        self._length = len(keys) + there - sum(self._stands(one) for one in self._beside)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: int) -> Value:
        found = self.get(number, _GONE)
        if found is _GONE:
            raise KeyError(number)
        return cast("Value", found)

    def get(self, number: int, default: Any = None) -> Any:
        if number in self._beside:
            found = self._beside[number]
            return default if found is _GONE else found
        at = bisect_left(self._find, number)
        if at == len(self._find) or self._find[at] != number:
            return default
        return self._look[at] if self._table is None else self._table[self._look[at]]

    def __contains__(self, number: object) -> bool:
        if number in self._beside:
            return self._beside[number] is not _GONE
        return isinstance(number, int) and self._stands(number)

    def __iter__(self) -> Iterator[int]:
        return (number for number, _ in self.items()) if self._beside else iter(self._keys.tolist())

    def items(self) -> ItemsView[int, Value]:
        return _Items(self)

    def pairs(self) -> Iterator[tuple[int, Value]]:
        """All entries, decoded at once."""
        values = self._values.tolist()
        meant = values if self._table is None else map(self._table.__getitem__, values)
        held = zip(self._keys.tolist(), meant, strict=True)
        if not self._beside:
            return held
        found = dict(held)  # and not one by one past what stands beside: a list asks for everybody
        for number, one in self._beside.items():
            if one is _GONE:
                found.pop(number, None)
            else:
                found[number] = cast("Value", one)
        return iter(found.items())

    def but(self, changes: Mapping[int, Value], gone: Iterable[int] = ()) -> "Packed[Value]":
        """The mapping with the changes and without who is gone."""
        beside = {**self._beside, **changes, **dict.fromkeys(gone, _GONE)}
        changed = Packed(self._keys, self._values, self._table, beside)
        return changed.flat() if len(beside) > _BESIDE + len(self._keys) // _A_PART else changed

    def flat(self) -> "Packed[Value]":
        """The same with nothing beside the arrays."""
        if not self._beside:
            return self
        known = sorted(self._beside)
        stays = ~np.isin(self._keys, np.array(known, np.int64))
        coming = [number for number in known if self._beside[number] is not _GONE]
        table, codes = self._coded([cast("Value", self._beside[number]) for number in coming])
        keys = np.concatenate([self._keys[stays], np.array(coming, np.int64)])
        values = np.concatenate([self._values[stays], codes])
        order = np.argsort(keys, kind="stable")
        return Packed(narrow(keys[order]), narrow(values[order]), table)

    def codes(self) -> tuple[Numbers, NDArray[Any]]:
        """The keys and what stands for their values, where nothing stands beside them."""
        return self._keys, self._values

    @property
    def apart(self) -> int:
        """How many entries stand beside the arrays."""
        return len(self._beside)

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        return weight_together(self)

    def _stands(self, number: int) -> bool:
        at = bisect_left(self._find, number)
        return at < len(self._find) and self._find[at] == number

    def _coded(self, values: Sequence[Value]) -> tuple[Sequence[Value] | None, NDArray[np.int64]]:
        if self._table is None:
            return None, np.array(values, np.int64)
        place = {value: at for at, value in enumerate(self._table)}
        codes = [place.setdefault(value, len(place)) for value in values]
        return tuple(place), np.array(codes, np.int64)


def weight_together(*some: "Packed[Any]") -> int:
    """Room that mappings take together in the engine's memory; keys that they share are there once."""
    arrays = {id(array): array.nbytes for one in some for array in one.codes()}
    return 1 + sum(arrays.values()) // UNIT + sum(one.apart for one in some)


class _Items(ItemsView[int, Value]):
    """All entries, without looking up each."""

    __slots__ = ()

    def __iter__(self) -> Iterator[tuple[int, Value]]:
        return cast("Packed[Value]", self._mapping).pairs()  # type: ignore[attr-defined]


def narrow(array: NDArray[Any]) -> NDArray[Any]:
    """The array in the fewest bytes that hold its numbers."""
    if not len(array) or array.dtype.itemsize == 1:
        return array
    least, most = int(array.min()), int(array.max())
    for kind in (np.uint8, np.int16, np.int32):
        bounds = np.iinfo(kind)
        if bounds.min <= least and most <= bounds.max:
            return array.astype(kind)
    return array


def replaced(held: Mapping[int, Value], changes: Mapping[int, Value], gone: AbstractSet[int]) -> Mapping[int, Value]:
    """The mapping with the changes and without who is gone; the same one where there are none."""
    if not changes and not gone:
        return held
    if isinstance(held, Packed):
        return held.but(changes, gone)
    found = dict(held)
    for one in gone:
        found.pop(one, None)
    found.update(changes)
    return found


def changed_in(held: Mapping[int, Value], changes: Mapping[int, Value | None]) -> Mapping[int, Value]:
    """The mapping with the changes, None taking out."""
    there = {one: value for one, value in changes.items() if value is not None}
    return replaced(held, there, changes.keys() - there.keys())


def keys_of(held: Mapping[int, object]) -> NDArray[Any]:
    """All numbers of a mapping."""
    return held.flat().codes()[0] if isinstance(held, Packed) else np.fromiter(held, np.int64, len(held))
