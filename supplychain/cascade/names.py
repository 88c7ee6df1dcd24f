"""The names of organizations in all files together, and their order."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.bulk.arrays import Ints


class Names:
    """Gathers columns of names as they are read; who comes where in the alphabet is known at the end."""

    def __init__(self) -> None:
        self._columns: list[Any] = []

    def add(self, column: Any) -> int:
        """Take in a dictionary array; its number, by which `ranked` gives it back."""
        self._columns.append(column)
        return len(self._columns) - 1

    def add_texts(self, texts: Sequence[str]) -> int:
        """Take in single names."""
        return self.add(pa.array(texts, pa.string()).dictionary_encode())

    def ranked(self) -> tuple[Any, list[Ints]]:
        """All names in order (by code point), and each column as ranks among them; -1 where there is no name."""
        empty = pa.array([], pa.string()).dictionary_encode()
        chunks = pa.chunked_array([empty, *self._columns]).unify_dictionaries().chunks
        names = chunks[0].dictionary
        order = pc.sort_indices(names)
        rank = pc.sort_indices(order).cast(pa.int32())
        columns = [pc.fill_null(rank.take(one.indices), -1) for one in chunks[1:]]
        return names.take(order), [one.to_numpy(zero_copy_only=False) for one in columns]


def joined(columns: Sequence[Ints], numbers: Sequence[int]) -> Ints:
    """Some of the ranked columns, one behind the other."""
    return np.concatenate([np.zeros(0, np.int32), *(columns[number] for number in numbers)])
