"""Part of a network as a network of its own: no fact is copied that need not be, and links stay columns."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from graph.arrays.columns import LinkColumns
from graph.arrays.floor import Floored
from graph.facts import Change
from graph.network import Network

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Part(Mapping[Key, Value]):
    """What a mapping holds of the keys that a test lets through."""

    __slots__ = ("_held", "_within")

    def __init__(self, held: Mapping[Key, Value], within: Callable[[Key], bool]) -> None:
        self._held, self._within = held, within

    def get(self, key: Any, default: Any = None) -> Any:
        return self._held.get(key, default) if self._within(key) else default

    def __getitem__(self, key: Key) -> Value:
        if not self._within(key):
            raise KeyError(key)
        return self._held[key]

    def __contains__(self, key: object) -> bool:
        return key in self._held and self._within(key)  # type: ignore[arg-type] # what is held is a key

    def __iter__(self) -> Iterator[Key]:
        return filter(self._within, self._held)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def part(
    network: Network,
    facts: Iterable[Change],
    links: LinkColumns,
    organizations: Callable[[int], bool],
    records: Callable[[tuple[int, int]], bool],
) -> Network:
    """A network of these links and facts, of organizations and records as the network knows them.

    facts: any others. organizations, records: which of them, by key; what they say must never change. It may remember
    as much as the network.
    """
    held = Network.empty().apply(facts, network.revision)
    shown = replace(
        held.held.laid(links),
        organizations=Floored(Part(network.held.organizations, organizations)),
        records=Floored(Part(network.held.records, records)),
    )
    found = Network(shown, held.revision, held.day)
    found.memory.room = network.memory.room
    return found


def among(numbers: NDArray[np.int64], some: Collection[int]) -> NDArray[np.bool_]:
    """Of each number whether it is one of some."""
    return np.isin(numbers, np.fromiter(some, np.int64, len(some)))
