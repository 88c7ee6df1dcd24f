"""What one array has otherwise than another of its shape: blocks of bytes, and where they lie."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 512
_WORD: Final = 8
_STEP: Final = 2**15 * BLOCK
_BLOCKS: Final = np.dtype([("at", "<i8"), ("bytes", "u1", BLOCK)])


def patch_of(old: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
    """The blocks of a contiguous array that are not those of an old one of the same type and shape."""
    one, other = (array.reshape(-1).view(np.uint8) for array in (old, new))
    whole = len(other) // BLOCK * BLOCK
    found = []
    for start in range(0, whole, _STEP):
        words = (array[start : min(start + _STEP, whole)].view(np.uint64) for array in (one, other))
        differs = np.not_equal(*words).reshape(-1, BLOCK // _WORD).any(axis=1)
        found.append(start // BLOCK + np.flatnonzero(differs))
    at = np.concatenate([np.zeros(0, np.int64), *found])
    rest = int(not np.array_equal(one[whole:], other[whole:]))
    patch = np.zeros(len(at) + rest, _BLOCKS)
    patch["at"][: len(at)], patch["bytes"][: len(at)] = at, other[:whole].reshape(-1, BLOCK)[at]
    if rest:
        patch["at"][-1], patch["bytes"][-1, : len(other) - whole] = whole // BLOCK, other[whole:]
    return patch


def patched(old: NDArray[Any], patch: NDArray[Any]) -> None:
    """Make of an old array, in place, the one that the patch is of."""
    blocks, target = patch.view(_BLOCKS).reshape(-1), old.reshape(-1).view(np.uint8)
    whole = len(target) // BLOCK
    inside = blocks["at"] < whole
    target[: whole * BLOCK].reshape(-1, BLOCK)[blocks["at"][inside]] = blocks["bytes"][inside]
    for rest in blocks["bytes"][~inside]:
        target[whole * BLOCK :] = rest[: len(target) - whole * BLOCK]
