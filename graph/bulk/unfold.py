"""From planes to bytes: the tiers of a batch of walks as columns of a matrix."""

import numpy as np

from graph.bulk.arrays import Bytes, Words, compiled
from graph.bulk.wave import PLANES

_ONE = np.uint64(1)


@compiled
def unfolded(planes: Words, walks: int, tiers: Bytes, start: int, absent: int) -> None:
    """Write the tiers of so many walks from a column on; `absent` where a walk did not arrive."""
    width = len(planes) // (PLANES * len(tiers))
    for place in range(len(tiers)):
        base = place * PLANES * width
        for walk in range(walks):
            word, bit = base + (walk >> 6), np.uint64(walk & 63)
            tier = np.uint64(0)
            for plane in range(PLANES):
                tier |= (planes[word + plane * width] >> bit & _ONE) << np.uint64(plane)
            tiers[place, start + walk] = absent if tier == 0 else tier
