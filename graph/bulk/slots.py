"""Links that come and go: both directions as sorted arrays, and lists of what is new since these were sorted.

A link has a *slot*: below `len(base.number)` its position in the upward arrays, beyond them its position in the lists.
A link that is gone keeps its slot and gets the class that nothing passes through. Places stay when slots are sorted
anew, so that what is known by place stays right.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from graph.bulk.arrays import Classes, Ints, Longs, compiled
from graph.bulk.sorting import sorted_by, starts_of

NONE: Final = -1
_TWO_BYTES: Final = 2**16
_ROOM: Final = 1024


class Base(NamedTuple):
    """Sorted links.

    down, supplier, down_class: for each place, its links as a buyer. up, buyer, up_class, number, valid_from: for each
    place, the links that lead there, by number. numbers, slot: link numbers in their order, and the slot
    of each. across: for each slot its position in the
    downward arrays. code: for each slot, which of the codes.
    """

    down: Longs
    supplier: Ints
    down_class: Classes
    up: Longs
    buyer: Ints
    up_class: Classes
    number: Longs
    valid_from: Ints
    code: Ints
    numbers: Longs
    slot: Ints
    across: Ints


class More(NamedTuple):
    """Links since then, in the order of their coming; for each place the last one, for each link the one before it."""

    buyer: Ints
    supplier: Ints
    kind: Classes
    number: Longs
    valid_from: Ints
    code: Ints
    before_down: Ints
    before_up: Ints
    last_down: Ints
    last_up: Ints


class Slots(NamedTuple):
    """All links by slot."""

    base: Base
    more: More


class Direction(NamedTuple):
    """The links of each place in order, their other ends and classes, then those of the lists."""

    starts: Longs
    ends: Ints
    kinds: Classes
    new_ends: Ints
    new_kinds: Classes
    before: Ints
    newest: Ints


class Columns(NamedTuple):
    """Links as columns, by place."""

    buyer: Ints
    supplier: Ints
    kind: Classes
    number: Longs
    valid_from: Ints
    code: Ints


def narrow(classes: Classes, count: int) -> Classes:
    """Classes in as few bytes as so many of them need."""
    return classes.astype(np.uint16) if count < _TWO_BYTES else classes.astype(np.uint32)


def base_of(links: Columns, size: int) -> Base:
    """Sort links between so many places."""
    by_number = np.argsort(links.number, kind="stable").astype(np.int32)
    up, down = starts_of(links.supplier, size), starts_of(links.buyer, size)
    upward = sorted_by(links.supplier, up, by_number)
    # In the order of the suppliers, so that a wave moves through memory in one direction.
    order = sorted_by(links.supplier, up, np.arange(len(links.number), dtype=np.int32))
    downward = sorted_by(links.buyer, down, order)
    position, slot = np.empty(len(upward), np.int32), np.empty(len(upward), np.int32)
    position[downward] = np.arange(len(downward), dtype=np.int32)
    slot[upward] = np.arange(len(upward), dtype=np.int32)
    return Base(
        down=down,
        supplier=links.supplier[downward],
        down_class=links.kind[downward],
        up=up,
        buyer=links.buyer[upward],
        up_class=links.kind[upward],
        number=links.number[upward],
        valid_from=links.valid_from[upward],
        code=links.code[upward],
        numbers=links.number[by_number],
        slot=slot[by_number],
        across=position[upward],
    )


def no_more(places: int, kind: Classes, room: int = _ROOM) -> More:
    """Empty lists with room for so many links. kind: of the type that classes have."""

    def column(size: int) -> Ints:
        return np.full(size, NONE, np.int32)

    return More(
        buyer=column(room),
        supplier=column(room),
        kind=np.zeros(room, kind.dtype),
        number=np.zeros(room, np.int64),
        valid_from=column(room),
        code=column(room),
        before_down=column(room),
        before_up=column(room),
        last_down=column(places),
        last_up=column(places),
    )


def longer(more: More, links: int, places: int) -> More:
    """The same lists with room for so many links and places."""
    columns = [_padded(column, links) for column in more[:8]]
    return More._make([*columns, _padded(more.last_down, places), _padded(more.last_up, places)])


def _padded(column: Any, size: int) -> Any:
    more = np.full(max(0, size - len(column)), NONE if column.dtype == np.int32 else 0, column.dtype)
    return np.concatenate([column, more])


def columns_of(slots: Slots, count: int, gone: int) -> Columns:
    """The links that are there. count: how many are in the lists. gone: the class of those that are not."""
    base, more = slots
    size = len(base.up) - 1
    supplier = np.repeat(np.arange(size, dtype=np.int32), np.diff(base.up))
    pairs = (
        (base.buyer, more.buyer),
        (supplier, more.supplier),
        (base.up_class, more.kind),
        (base.number, more.number),
        (base.valid_from, more.valid_from),
        (base.code, more.code),
    )
    columns = [np.concatenate([one, other[:count]]) for one, other in pairs]
    there = columns[2] != gone
    return Columns(*(column[there] for column in columns))


def directions(slots: Slots) -> tuple[Direction, Direction]:
    """Downwards and upwards."""
    base, more = slots
    return (
        Direction(
            base.down, base.supplier, base.down_class, more.supplier, more.kind, more.before_down, more.last_down
        ),
        Direction(base.up, base.buyer, base.up_class, more.buyer, more.kind, more.before_up, more.last_up),
    )


@compiled
def first(starts: Longs, newest: Ints, place: int) -> int:
    """A cursor to a place's first link: a position, or, from -2 down, one in the lists; -1 is the end."""
    if place < len(starts) - 1 and starts[place] < starts[place + 1]:
        return np.int64(starts[place])
    return -2 - np.int64(newest[place])


@compiled
def after(starts: Longs, newest: Ints, before: Ints, place: int, cursor: int) -> int:
    """The cursor to a place's next link."""
    if cursor < 0:
        return -2 - np.int64(before[-2 - cursor])
    if cursor + 1 < starts[place + 1]:
        return cursor + 1
    return -2 - np.int64(newest[place])


@compiled
def ends_of(slots: Slots, slot: int) -> tuple[int, int, int]:
    """Buyer, supplier and class of a link."""
    base, more = slots
    at = slot - len(base.number)
    if at < 0:
        return np.int64(base.buyer[slot]), np.int64(base.supplier[base.across[slot]]), np.int64(base.up_class[slot])
    return np.int64(more.buyer[at]), np.int64(more.supplier[at]), np.int64(more.kind[at])


@compiled
def set_class(slots: Slots, slot: int, kind: int) -> None:
    """Let a link be of another class."""
    base, more = slots
    at = slot - len(base.number)
    if at < 0:
        base.up_class[slot] = kind
        base.down_class[base.across[slot]] = kind
    else:
        more.kind[at] = kind


@compiled
def listed(more: More, at: int) -> None:
    """Hang a link whose ends are written into the lists of both."""
    buyer, supplier = more.buyer[at], more.supplier[at]
    more.before_down[at] = more.last_down[buyer]
    more.last_down[buyer] = at
    more.before_up[at] = more.last_up[supplier]
    more.last_up[supplier] = at
