"""What a sender's decisions teach about its own lists: from which score on a pair is worth its time. Pure."""

from collections.abc import Iterable
from typing import Final

DEFAULT: Final = 0.82
LOWEST, HIGHEST = 0.72, 0.95
ENOUGH: Final = 10
"""Decisions before anything is learned."""


def threshold(decided: Iterable[tuple[float, bool]]) -> float:
    """The score from which pairs are proposed, by the scores of decided pairs and whether each was the same.

    The default until ``ENOUGH`` are decided. Then that hundredth between ``LOWEST`` and ``HIGHEST`` at which the
    fewest of them stand on the wrong side; of equally good ones the nearest to the default, then the lower.
    """
    known = list(decided)
    if len(known) < ENOUGH:
        return DEFAULT
    candidates = [hundredth / 100 for hundredth in range(round(LOWEST * 100), round(HIGHEST * 100) + 1)]

    def cost(at: float) -> tuple[int, float, float]:
        wrong = sum((score >= at) is not same for score, same in known)
        return wrong, round(abs(at - DEFAULT), 2), at

    return min(candidates, key=cost)
