"""The trees of the trail are those of RFC 9162, as a second implementation reads it."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from supplychain.trail import rules
from tests.rfc9162 import consistent, included, naive_root

SIZES = st.integers(1, 130)


def leaves(count: int) -> list[bytes]:
    return [f"entry {one}".encode() for one in range(count)]


def grown(steps: list[int]) -> dict[rules.Node, bytes]:
    """The nodes of a tree that grew in steps."""
    known: dict[rules.Node, bytes] = {}
    size = 0
    for step in steps:
        hashes = [rules.leaf_hash(one) for one in leaves(size + step)[size:]]
        edge = {node: known[node] for node in rules.perfect(0, size)}
        known |= rules.appended(size, hashes, edge)
        size += step
    return known


def hashes(known: dict[rules.Node, bytes], ranges: list[rules.Range]) -> list[bytes]:
    return [rules.root([known[node] for node in rules.perfect(*one)]) for one in ranges]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_a_tree_has_the_root_of_the_text_in_however_many_steps_it_grew(steps: list[int]) -> None:
    size = sum(steps)
    known = grown(steps)
    assert hashes(known, [(0, size)]) == [naive_root(leaves(size))]
    assert known.keys() == {(height, one) for height in range(size.bit_length()) for one in range(size >> height)}


def test_a_tree_without_leaves_has_the_hash_of_nothing() -> None:
    assert rules.root([]) == hashlib.sha256().digest()


@given(SIZES, st.data())
def test_a_leaf_is_proved_to_be_where_it_is_and_nowhere_else(size: int, data: st.DataObject) -> None:
    known, root = grown([size]), naive_root(leaves(size))
    index, other = (data.draw(st.integers(0, size - 1)) for _ in range(2))
    path = hashes(known, rules.inclusion(index, size))
    leaf = rules.leaf_hash(leaves(size)[index])
    assert included(leaf, index, size, path, root)
    assert included(leaf, other, size, path, root) == (other == index)
    assert not included(rules.leaf_hash(b"another"), index, size, path, root)


@given(SIZES, st.data())
def test_a_tree_is_proved_to_be_the_beginning_of_a_later_one(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second))
    path = hashes(grown([second]), rules.consistency(first, second))
    before, after = naive_root(leaves(first)), naive_root(leaves(second))
    assert consistent(first, before, second, after, path)
    forged = naive_root([*leaves(first)[:-1], b"another"])
    assert not consistent(first, forged, second, after, path)
