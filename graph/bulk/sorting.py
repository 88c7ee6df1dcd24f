"""Sorting by counting: keys are small whole numbers, and what is equal keeps its order."""

import numpy as np

from graph.bulk.arrays import Ints, Longs, compiled


@compiled
def starts_of(keys: Ints, size: int) -> Longs:
    """For each key below `size`, where its part begins once sorted; one entry more for the end."""
    starts = np.zeros(size + 1, np.int64)
    for key in keys:
        starts[key + 1] += 1
    for at in range(size):
        starts[at + 1] += starts[at]
    return starts


@compiled
def sorted_by(keys: Ints, starts: Longs, order: Ints) -> Ints:
    """The positions in `order`, sorted by their keys."""
    free = starts.copy()
    found = np.empty(len(order), np.int32)
    for at in order:
        key = keys[at]
        found[free[key]] = at
        free[key] += 1
    return found
