"""Tiers after some links changed, found without walking the network again.

In two phases (Ramalingam and Reps, 1996, for edges of length one):
1. Who is left without any buyer a tier above it is lost, tier by tier: its own suppliers may be lost with it.
2. Everybody lost, and everybody whose links changed, enters anew where it can, the nearest first; who comes nearer
   takes its own suppliers along.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush
from typing import Final

Tier = Callable[[int], int | None]
Ends = Callable[[int], Iterable[int]]

_LOST: Final = 2_000
"""Beyond so many lost, a walk from nothing is no slower."""


def moved_tiers(tier: Tier, dirty: Iterable[int], into: Ends, out_of: Ends) -> dict[int, int | None] | None:
    """Who is at another tier than before, and where; None is nowhere. None instead of all that: walk from nothing.

    tier: of an organization before, 0 where the walk starts. dirty: to whom links came, changed or went. into, out_of:
    the buyers of links that lead to an organization now, and the suppliers of those that lead away.
    """
    suspects = [one for one in dirty if tier(one) != 0]
    lost = _lost(tier, suspects, into, out_of)
    if lost is None:
        return None
    now: dict[int, int | None] = dict.fromkeys(lost)

    def at(one: int) -> int | None:
        return now[one] if one in now else tier(one)

    entering = [(1 + min(near), one) for one in {*lost, *suspects} if (near := _tiers(at, into(one)))]
    heapify(entering)
    while entering:
        depth, one = heappop(entering)
        if (held := at(one)) is not None and held <= depth:
            continue
        now[one] = depth
        for supplier in out_of(one):
            if (held := at(supplier)) is None or held > depth + 1:
                heappush(entering, (depth + 1, supplier))
    return {one: depth for one, depth in now.items() if depth != tier(one)}


def _tiers(at: Tier, buyers: Iterable[int]) -> list[int]:
    return [depth for buyer in buyers if (depth := at(buyer)) is not None]


def _lost(tier: Tier, suspects: Iterable[int], into: Ends, out_of: Ends) -> set[int] | None:
    waiting: dict[int, set[int]] = defaultdict(set)
    for one in suspects:
        if (depth := tier(one)) is not None:
            waiting[depth].add(one)
    lost: set[int] = set()
    while waiting:
        depth = min(waiting)
        for one in waiting.pop(depth):
            if any(tier(buyer) == depth - 1 and buyer not in lost for buyer in into(one)):
                continue
            lost.add(one)
            for supplier in out_of(one):
                if tier(supplier) == depth + 1:
                    waiting[depth + 1].add(supplier)
        if len(lost) > _LOST:
            return None
    return lost
