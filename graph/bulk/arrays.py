"""Names of the arrays, and the numba that compiles for them."""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Shorts = NDArray[np.int16]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint64]
Classes = NDArray[np.uint16] | NDArray[np.uint32]

NO_DAY: Final = -(2**31)
"""The day that is not known, in an array of days counted from 1970-01-01: before every other."""

_LINE: Final = 8
"""Words of a cache line."""

U: Final = np.uint64
"""An index as numba likes it: without a sign it need not look whether to count from the end."""

Function = TypeVar("Function", bound=Callable[..., Any])


def rows_of_zeros(count: int) -> Words:
    """Words that begin with a cache line, so that a row of a power of two words lies in as few lines as it can."""
    room = np.zeros(count + _LINE, np.uint64)
    first = -(room.ctypes.data // room.itemsize) % _LINE
    return room[first : first + count]


def rows_of(bits: Iterable[int], width: int) -> Words:
    """Sets of bits, each a number as large as it needs to be, as rows of so many words."""
    return np.frombuffer(b"".join(one.to_bytes(8 * width, "little") for one in bits), "<u8").reshape(-1, width).copy()


def compiled(function: Function) -> Function:
    """The function as machine code, kept on disk for the next start; it lets other threads run meanwhile."""
    try:
        code = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder in which it may be kept: every process compiles anew
        code = numba.njit(nogil=True)(function)
    return cast("Function", code)
