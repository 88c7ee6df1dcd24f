"""Merkle trees as RFC 9162 (section 2.1) defines them, over nodes of perfect subtrees that are kept.

A node is known by its height and position: it covers the leaves from ``position << height`` on, ``1 << height``
of them. A range is a pair of leaf numbers, the second excluded.
"""

import hashlib
from collections.abc import Mapping, Sequence

Node = tuple[int, int]
Range = tuple[int, int]
EMPTY = hashlib.sha256().digest()
"""The root of the tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry's bytes."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def perfect(lo: int, hi: int) -> list[Node]:
    """The perfect subtrees that make up the subtree over a range, from left to right."""
    nodes = []
    while lo < hi:
        height = (hi - lo).bit_length() - 1
        nodes.append((height, lo >> height))
        lo += 1 << height
    return nodes


def root(hashes: Sequence[bytes]) -> bytes:
    """The hash over what ``perfect`` names."""
    if not hashes:
        return EMPTY
    found = hashes[-1]
    for left in reversed(hashes[:-1]):
        found = node_hash(left, found)
    return found


def appended(size: int, leaves: Sequence[bytes], known: Mapping[Node, bytes]) -> dict[Node, bytes]:
    """The nodes that leaves add to a tree. known: the nodes ``perfect(0, size)``."""
    new: dict[Node, bytes] = {}
    for position, leaf in enumerate(leaves, size):
        height, found = 0, leaf
        new[0, position] = found
        while position >> height & 1:
            left = (height, (position >> height) - 1)
            found = node_hash(new[left] if left in new else known[left], found)
            height += 1
            new[height, position >> height] = found
    return new


def inclusion(index: int, size: int) -> list[Range]:
    """The subtrees whose hashes prove that a leaf is in a tree, from the leaf upwards (2.1.3.1)."""
    beside: list[Range] = []
    lo, hi = 0, size
    while hi - lo > 1:
        middle = lo + _split(hi - lo)
        if index < middle:
            beside.append((middle, hi))
            hi = middle
        else:
            beside.append((lo, middle))
            lo = middle
    return beside[::-1]


def consistency(first: int, second: int) -> list[Range]:
    """The subtrees whose hashes prove that a tree is the beginning of another (2.1.4.1); 0 < first <= second."""
    beside: list[Range] = []
    lo, hi, whole = 0, second, True
    while first != hi:
        middle = lo + _split(hi - lo)
        if first <= middle:
            beside.append((middle, hi))
            hi = middle
        else:
            beside.append((lo, middle))
            lo, whole = middle, False
    return ([] if whole else [(lo, hi)]) + beside[::-1]


def _split(count: int) -> int:
    """The largest power of two smaller than a number of leaves."""
    return 1 << (count - 1).bit_length() - 1
