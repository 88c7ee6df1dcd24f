"""The cascade that stands: who is in which tier of every walk, kept right while links and requirements come and go.

What decides a walk is its group and its link scope; levels, grace, dates, pillars and supplier scopes are looked at
when rows are asked for, so that their change costs nothing here. A walk is carried as deep as anybody ever
asked; who asks deeper lets it go on from where it ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from graph.bulk.arrays import NO_DAY, Bytes, Classes, Ints
from graph.bulk.demand import Demand, Walk
from graph.bulk.repair import BEYOND, Held, Passing, Tiers, blocked, carry_on, changed
from graph.bulk.scopes import CodeClasses
from graph.bulk.slots import Slots, base_of, columns_of, directions, listed, longer, narrow, no_more
from graph.bulk.words import BLOCK

_SPARE: Final = 16
"""One place and one walk in so many are added for what will come; at that share new links are sorted in."""
_LEAST: Final = 64


def way_of(walk: Walk) -> Walk:
    """What of a walk decides where it arrives: the supplier scope does not."""
    return walk._replace(countries=(), sectors=())


def _columns(ways: Sequence[Walk | None]) -> dict[Walk, int]:
    return {way: at for at, way in enumerate(ways) if way is not None}


@dataclass(frozen=True, slots=True)
class Change:
    """A link as it is from now on, its ends and its code by number; without ends it is gone."""

    number: int
    buyer: int = -1
    supplier: int = -1
    code: int = 0
    valid_from: int = NO_DAY


@dataclass(frozen=True, slots=True)
class About:
    """What of a standing cascade is no array.

    size: how many organizations. links: how many links are in the lists. prefixes: sorted; of the link scopes of all
    walks, also of former ones. ways, depths: for each column of the matrix the walk, None where it is free, and the
    last tier to which it is carried.
    """

    size: int
    links: int
    codes: Sequence[str]
    prefixes: Sequence[str]
    ways: Sequence[Walk | None]
    depths: Sequence[int]


def depths_of(demands: Sequence[Demand]) -> dict[Walk, int]:
    """The ways of some requirements in their order, and the last tier that anybody asks of each."""
    found: dict[Walk, int] = {}
    for demand in demands:
        way = way_of(demand.walk)
        found[way] = max(demand.depth, found.get(way, 0))
    return {way: found[way] for way in sorted(found)}


class Standing:
    """Tiers of all walks over links that change. Organizations are known by number, 0 to `size` − 1."""

    def __init__(self, slots: Slots, place: Ints, tiers: Bytes, about: About) -> None:
        self.slots, self.place, self.tiers = slots, place, tiers
        self.size, self.links = about.size, about.links
        self.codes, self.prefixes = list(about.codes), list(about.prefixes)
        self.ways: list[Walk | None] = list(about.ways)
        self.depths = list(about.depths)
        self._column = _columns(self.ways)
        self.moved = np.zeros(len(tiers), np.uint8)
        self._late = {int(number): at for at, number in enumerate(slots.more.number[: self.links])}
        self._code_number = {code: at for at, code in enumerate(self.codes)}
        self._classify()

    # What stands --------------------------------------------------------------------------------

    @property
    def dated(self) -> bool:
        """Whether any link says since when it is valid."""
        more = self.slots.more.valid_from[: self.links]
        return bool((self.slots.base.valid_from != NO_DAY).any() or (more != NO_DAY).any())

    def column(self, demand: Demand) -> int:
        """In which column of `tiers` a requirement travels."""
        return self._column[way_of(demand.walk)]

    def slot(self, number: int) -> int:
        """Where a link is that is there; −1 where none is."""
        base = self.slots.base
        if number in self._late:
            at = self._late[number]
            return len(base.number) + at if self.slots.more.kind[at] != self.gone else -1
        at = int(base.numbers.searchsorted(number))
        if at == len(base.numbers) or base.numbers[at] != number:
            return -1
        slot = int(base.slot[at])
        return slot if base.up_class[slot] != self.gone else -1

    # What changes -------------------------------------------------------------------------------

    def coded(self, texts: Sequence[str]) -> list[int]:
        """The numbers of some codes, which may be new."""
        new = [text for text in dict.fromkeys(texts) if text not in self._code_number]
        if new:
            self._code_number.update((text, at) for at, text in enumerate(new, len(self.codes)))
            self.codes += new
            self._classify()
        return [self._code_number[text] for text in texts]

    def organization(self) -> int:
        """The number of a new organization."""
        if self.size == len(self.tiers):
            self._widen(places=self.size + max(_LEAST, self.size // _SPARE), walks=self.tiers.shape[1])
        self.size += 1
        return self.size - 1

    def change(self, change: Change) -> None:
        """Let a link come, go or be another one."""
        slot = self.slot(change.number)
        if change.buyer < 0:
            if slot >= 0:
                self._turn(slot, self.gone)
            return
        if slot >= 0 and self.ends(slot) != (self.place[change.buyer], self.place[change.supplier]):
            self._turn(slot, self.gone)
            slot = -1
        if slot < 0:
            slot = self._new(change)
        base, more = self.slots
        at = slot - len(base.number)
        since, code = (base.valid_from, base.code) if at < 0 else (more.valid_from, more.code)
        where = slot if at < 0 else at
        since[where], code[where] = change.valid_from, change.code
        self._turn(slot, int(self.class_of[change.code]))

    def ask(self, demands: Sequence[Demand]) -> None:
        """Let these be the requirements: a walk for each new way, and none for those that nobody asks any more."""
        wanted = depths_of(demands)
        edges = []
        for at, way in enumerate(self.ways):
            if way is None or way not in wanted:
                self.ways[at] = None
                self.tiers[:, at] = BEYOND
            elif wanted[way] > self.depths[at]:
                edges.append((np.flatnonzero(self.tiers[:, at] == self.depths[at]), at))
                self.depths[at] = wanted[way]
        self._classify()
        for edge, at in edges:
            self._carry_on(edge, at)
        new = [way for way in wanted if way not in self._column or self.ways[self._column[way]] is None]
        free = [at for at, way in enumerate(self.ways) if way is None]
        free += range(len(self.ways), len(self.ways) + len(new) - len(free))
        if not new:
            return
        for at, way in zip(free, new, strict=False):
            self._put(at, way, wanted[way])
        self._column = _columns(self.ways)
        self._prefix({prefix for way in new for prefix in way.hs}.difference(self.prefixes))
        for at, way in zip(free, new, strict=False):
            cells = np.unique(self.place[list(way.group)])
            self.tiers[cells, at] = 0
            self._carry_on(cells, at)

    def _put(self, at: int, way: Walk, depth: int) -> None:
        if at == len(self.ways):
            self.ways.append(None)
            self.depths.append(0)
        if at == self.tiers.shape[1]:
            self._widen(len(self.tiers), at + max(_LEAST, at // _SPARE))
        self.ways[at], self.depths[at] = way, depth

    def _carry_on(self, places: Any, at: int) -> None:
        cells = np.empty((len(places), 2), np.int64)
        cells[:, 0] = places.astype(np.int64) * self.tiers.shape[1] + at // BLOCK * BLOCK
        cells[:, 1] = np.uint64(1 << at % BLOCK).astype(np.int64)
        self.moved[places] = 1
        carry_on(directions(self.slots)[0], self.passing, self.state, cells, len(cells))

    def sort(self) -> None:
        """Sort in what is new and drop what is gone; done by itself when there is much of it."""
        links = columns_of(self.slots, self.links, self.gone)
        base = base_of(links, self.size)
        self.slots = Slots(base, no_more(len(self.tiers), base.up_class))
        self.links, self._late = 0, {}

    @property
    def state(self) -> Tiers:
        return Tiers(self.tiers, self.moved)

    @property
    def held(self) -> Held:
        """All of it as compiled functions take it."""
        return Held(self.slots, *directions(self.slots), self.passing, self.state)

    def _turn(self, slot: int, kind: int) -> None:
        changed(self.held, slot, kind)

    def ends(self, slot: int) -> tuple[int, int]:
        """The places of the buyer and the supplier of a link."""
        base, more = self.slots
        at = slot - len(base.number)
        if at < 0:
            return int(base.buyer[slot]), int(base.supplier[base.across[slot]])
        return int(more.buyer[at]), int(more.supplier[at])

    def _new(self, change: Change) -> int:
        """A slot for a link that nothing passes through yet."""
        if self.links >= max(_LEAST, len(self.slots.base.number) // _SPARE):
            self.sort()
        if self.links == len(self.slots.more.number):
            self.slots = self.slots._replace(more=longer(self.slots.more, 2 * self.links, len(self.tiers)))
        more, at = self.slots.more, self.links
        more.buyer[at], more.supplier[at] = self.place[change.buyer], self.place[change.supplier]
        more.number[at], more.kind[at] = change.number, self.gone
        listed(more, at)
        self.links += 1
        self._late[change.number] = at
        return len(self.slots.base.number) + at

    def _widen(self, places: int, walks: int) -> None:
        old = self.tiers
        self.tiers = blocked(places, walks)
        self.tiers[: len(old), : old.shape[1]] = old
        more = places - len(old)
        self.moved = np.concatenate([self.moved, np.zeros(more, np.uint8)])
        self.place = np.concatenate([self.place, np.arange(len(old), places, dtype=np.int32)])
        self.slots = self.slots._replace(more=longer(self.slots.more, len(self.slots.more.number), places))

    def _prefix(self, more: set[str]) -> None:
        """Give links the classes that more prefixes make."""
        before = self.gone
        self.prefixes = sorted(more.union(self.prefixes))
        self._classify()
        if more:
            base, late = self.slots
            up = self._class_again(base.up_class, base.code, before)
            down = np.empty(len(up), up.dtype)
            down[base.across] = up
            kind = self._class_again(late.kind, late.code, before)
            self.slots = Slots(base._replace(up_class=up, down_class=down), late._replace(kind=kind))

    def _class_again(self, kind: Classes, code: Ints, before: int) -> Classes:
        return np.where(kind == before, self.class_of.dtype.type(self.gone), self.class_of[code])

    def _classify(self) -> None:
        """Say which class each code has and which walks pass through each."""
        classes = CodeClasses([*self.prefixes, *self.codes], self.prefixes)
        self.gone = len(classes)
        self.class_of = narrow(classes.of_code[len(self.prefixes) :], self.gone + 1)
        walks = self.tiers.shape[1]
        own, below = (np.zeros((self.gone + 1, walks), np.uint8) for _ in range(2))
        last = np.zeros(walks, np.uint8)
        last[: len(self.depths)] = self.depths
        for at, way in enumerate(self.ways):
            if way is not None:
                inside = [classes.beginning_with(prefix) for prefix in way.hs] or [slice(self.gone)]
                for part in inside:
                    own[part, at] = 1
                for part in [slice(self.gone)] if way.first_only else inside:
                    below[part, at] = 1
        begin = 1 - own
        self.passing = Passing(begin, np.where(below, last - begin, own), last)
