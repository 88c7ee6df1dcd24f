"""Graded and weighted frameworks for tests, and evidence that just reaches what is wanted of each row."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from supplychain.conformity import specimens
from supplychain.conformity.rules import EvidenceFact
from supplychain.conformity.specimens import Sent
from supplychain.frameworks.framework import Framework, Level
from supplychain.frameworks.terms import Method
from supplychain.frameworks.weighing import Group, Share
from tests.conformity_cases import TODAY, WORDS, framework, indicator

Row = tuple[str, str, Decimal | None, bool]
"""(indicator, group, weight or None = of the share, limiting)."""


def graded(rows: Mapping[str, str], levels: int = 3) -> Framework:
    """A graded framework: {indicator: category}; target of level k is 10·k."""
    asked = {level: 10 * level for level in range(1, levels + 1)}
    made = framework(*(indicator(name, targets=asked, pillar=category) for name, category in rows.items()))
    return replace(made, method=Method.GRADED)


def weighted(groups: Mapping[str, str], rows: list[Row], scores: tuple[int, ...] = (100, 85, 85)) -> Framework:
    """A weighted framework of one pillar; the share of a group takes what its rows leave; targets as in `graded`."""
    asked = {level: 10 * level for level in range(1, len(scores) + 1)}
    indicators = [
        replace(
            indicator(name, targets=asked, pillar="index"),
            group=group,
            weight=weight,
            shared="share" if weight is None else None,
            limiting=limiting,
        )
        for name, group, weight, limiting in rows
    ]
    return replace(
        framework(*indicators),
        method=Method.WEIGHTED,
        levels=tuple(Level(rank, WORDS, score=Decimal(score)) for rank, score in enumerate(scores, start=1)),
        groups=tuple(Group(name, WORDS, Decimal(weight), _shares(name, rows)) for name, weight in groups.items()),
    )


def _shares(group: str, rows: list[Row]) -> tuple[Share, ...]:
    mine = [weight for _, name, weight, _ in rows if name == group]
    if None not in mine:
        return ()
    return (Share("share", 1 - sum((one for one in mine if one is not None), Decimal(0))),)


def just_meeting(pack: Framework, level: int, but: Mapping[str, int] | None = None) -> Iterator[EvidenceFact]:
    """Audited evidence of last month that just meets the target of a level in every row; `but`: another level, by
    row, 0 = misses the lowest one, -1 = nothing.
    """
    return specimens.just_meeting(pack, level, Sent(TODAY), but)
