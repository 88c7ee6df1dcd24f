"""A walk tier by tier over arrays: what `graph.walks.reach` says in words, for networks too large to walk link by link.

All links that leave a tier are looked at together. Each organization is entered once, so that what is written down of
it is written in tables by place, of which only what is reached is ever touched.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from graph.arrays.packed import Packed, narrow
from graph.arrays.steps import Places
from graph.codes import ScopeMatch, code_match
from graph.terms import MAX_TIER
from graph.walks.ground import KINDS, OWNED, Ground, Kind, Long
from graph.walks.mending import Reach

SMALL: Final = 4_000
"""A network of fewer links is walked link by link sooner than its arrays are made."""
NO, YES, MINE = range(3)
_VERDICTS: Final = (ScopeMatch.INSIDE, ScopeMatch.OUTSIDE, ScopeMatch.UNCLASSIFIED)
_INSIDE, _, _UNCLASSIFIED = range(len(_VERDICTS))


def table(allows: Callable[[Kind], int]) -> NDArray[np.uint8]:
    """Of each kind of link whether it is followed: NO, YES, or only if it is the walker's own knowledge, MINE."""
    return np.array([NO if kind.state is None else allows(kind) for kind in KINDS], np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Follows:
    """Which links a walk follows.

    Attributes:
        own, below: by kind, of links that leave tier 0 and of all others.
        walker: whose private links are MINE.
        sighted: bool by place, None for all: only private links lead on from others.
        verdicts: by category, the last for none, what the link scope says; None lets everything through.
        first: the link scope tests what leaves tier 0 only.
    """

    own: NDArray[np.uint8]
    below: NDArray[np.uint8]
    walker: int = 0
    sighted: NDArray[np.bool_] | None = None
    verdicts: NDArray[np.uint8] | None = None
    first: bool = False


class Wave(NamedTuple):
    """One tier. places: who is entered, ascending; row: by which link; whence: from which place.

    unclassified: rows of links from the tier before that would be followed, were their code finer.
    """

    tier: int
    places: Places
    row: Places
    whence: Places
    unclassified: Places


def waves(
    ground: Ground, kinds: Long[np.uint8], follows: Follows, start: Iterable[int], closed: Iterable[int] = ()
) -> Iterator[Wave]:
    """Tiers from the first on. start: tier 0. closed: who is never entered."""
    seen = np.zeros(len(ground), bool)
    best = np.empty(len(ground), np.int64)
    frontier = _known(ground, start)
    seen[frontier] = seen[_known(ground, closed)] = True
    tier = 0
    while len(frontier) and (tier == 0 or follows.below.any()):
        some = [_leading(ground, kinds, follows, seen, tier, places) for places in ground.portions(frontier)]
        supplier, whence, row, unclassified = map(np.concatenate, zip(*some, strict=True))
        number = ground.in_order(row)
        best[supplier] = np.iinfo(np.int64).max
        np.minimum.at(best, supplier, number)
        entering = np.flatnonzero(best[supplier] == number)
        best[supplier[entering]] = entering
        frontier = np.sort(supplier[entering]).astype(np.intp)
        entering = best[frontier]
        seen[frontier] = True
        tier += 1
        yield Wave(tier, frontier, row[entering], whence[entering], unclassified)


def _leading(
    ground: Ground, kinds: Long[np.uint8], follows: Follows, seen: NDArray[np.bool_], tier: int, places: Places
) -> tuple[NDArray[np.int32], Places, Places, Places]:
    """Of steps from places of a tier to somebody new the suppliers, from where and rows; rows of unclassified ones."""

    def fresh(step: Places) -> Places:
        return np.flatnonzero(~seen[ground.supplier.take(step)])

    step, whence = ground.leaving(places)
    scoped = follows.verdicts is not None and not (follows.first and tier)
    if not scoped:  # of most links no more need be known than that they lead to nobody new
        step, whence = _at(fresh(step), step, whence)
    step, whence = _at(_followed(ground, kinds, follows, step, whence, own=tier == 0), step, whence)
    row = ground.row.take(step)
    unclassified = row[:0]
    if scoped:
        verdict = cast("NDArray[np.uint8]", follows.verdicts)[ground.category.take(row)]
        unclassified = row[verdict == _UNCLASSIFIED]
        step, whence, row = _at(np.flatnonzero(verdict == _INSIDE), step, whence, row)
        step, whence, row = _at(fresh(step), step, whence, row)
    return ground.supplier.take(step), whence, row, unclassified


def _at(which: Places, *arrays: Places) -> list[Places]:
    return [one[which] for one in arrays]


def _followed(
    ground: Ground, kinds: Long[np.uint8], follows: Follows, step: Places, whence: Places, *, own: bool
) -> Places:
    kind = kinds.take(step)
    allowed = (follows.own if own else follows.below)[kind]
    found: NDArray[Any] = allowed == YES
    mine = np.flatnonzero(allowed == MINE)
    if len(mine):
        found[mine] = ground.owner.take(ground.row.take(step[mine])) == follows.walker
    if follows.sighted is not None:
        found &= follows.sighted[whence] | OWNED[kind]
    return np.flatnonzero(found)


def _known(ground: Ground, numbers: Iterable[int]) -> Places:
    places = ground.at(np.array(sorted(numbers), np.int64))
    return places[places >= 0]


def verdicts(ground: Ground, prefixes: tuple[str, ...]) -> NDArray[np.uint8] | None:
    """What a link scope says of every category, the last for links without one."""
    if not prefixes:
        return None
    return np.array([_VERDICTS.index(code_match(prefixes, code)) for code in (*ground.categories, "")], np.uint8)


def flags(ground: Ground, numbers: NDArray[Any]) -> NDArray[np.bool_]:
    """Bool by place: whether an organization is among some."""
    found = np.zeros(len(ground), bool)
    places = ground.at(numbers)
    found[places[places >= 0]] = True
    return found


def arrived(
    ground: Ground, tiers: Iterable[Wave], group: AbstractSet[int], begun: Callable[[Places], NDArray[np.int32]]
) -> Reach:
    """Where the waves of a requirement arrive. begun: the valid-from of links by their rows; 0 is none."""
    tier, since = np.zeros(len(ground), np.uint8), np.zeros(len(ground), np.int32)
    via = np.empty(len(ground), np.int64)
    deeper: list[tuple[NDArray[np.int64], int]] = []
    unclassified: list[tuple[NDArray[np.int64], int]] = []
    for wave in tiers:
        if wave.tier > MAX_TIER:
            deeper.append((ground.places.take(wave.places), wave.tier))
            continue
        tier[wave.places] = wave.tier
        via[wave.places] = ground.number.take(wave.row)
        since[wave.places] = np.maximum(since[wave.whence], begun(wave.row))
        unclassified.append((ground.number.take(wave.unclassified), wave.tier - 1))
    keys, places = _keys(ground, np.flatnonzero(tier))
    days, day = _days(since[places])
    told = tuple(date.fromordinal(one) if one else None for one in days.tolist())
    return Reach(
        tier=Packed(keys, tier[places], beside=dict.fromkeys(group, 0)),
        via=Packed(keys, narrow(via[places])),
        since=Packed(keys, narrow(day), told),
        unclassified=_by_number(unclassified),
        deeper=_by_number(deeper),
        group=group,
    )


def _days(since: NDArray[np.int32]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The different days, ascending, and which of them each is: days are few, so that nothing need be sorted."""
    held = np.zeros(int(since.max(initial=0)) + 1, bool)
    held[since] = True
    return np.flatnonzero(held), (np.cumsum(held, dtype=np.int32) - 1)[since]


def tiers_of(ground: Ground, tiers: Iterable[Wave], group: AbstractSet[int]) -> Packed[int]:
    """Who is in which tier, however deep; 0 for the group."""
    tier = np.full(len(ground), -1, np.int32)
    tier[_known(ground, group)] = 0
    for wave in tiers:
        tier[wave.places] = wave.tier
    keys, places = _keys(ground, np.flatnonzero(tier >= 0))
    found = Packed[int](keys, narrow(tier[places]))
    return found.but({one: 0 for one in group if one not in found}).flat()


def _keys(ground: Ground, places: Places) -> tuple[NDArray[Any], Places]:
    """Who stands at places, and these, by number."""
    numbers = ground.places.take(places)
    if len(ground.places.more):
        order = np.argsort(numbers)
        numbers, places = numbers[order], places[order]
    return narrow(numbers), places


def _by_number(some: Sequence[tuple[NDArray[np.int64], int]]) -> Packed[int]:
    """Numbers to what stands beside each lot of them."""
    numbers = np.concatenate([np.zeros(0, np.int64), *(lot for lot, _ in some)])
    values = np.concatenate([np.zeros(0, np.int64), *(np.full(len(lot), value) for lot, value in some)])
    order = np.argsort(numbers)
    return Packed(narrow(numbers[order]), narrow(values[order]))
