"""Graded and weighted frameworks for tests, and evidence that just reaches what is wanted of each row."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

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


def index_sheet(
    groups: Mapping[str, str], rows: Sequence[Row], values: Mapping[str, int], away: AbstractSet[str]
) -> tuple[int | None, list[Fraction] | None]:
    """The oracle of `weighted`: a spreadsheet with a row an indicator and a column a class, no code of the rules.

    Class and the score of each class from {row: reading}; thresholds 10, 20, 30, scores 100, 85, 85. away: what
    reviewers decided not to apply; over 30 % of the limiting rows or of the weight, and there is no class.
    """
    stars = [name for name, _, _, limiting in rows if limiting]
    if _emptied(groups, rows, away) or 10 * len([one for one in stars if one in away]) > 3 * len(stars):
        return (0 if values else None), None
    full = _cells(groups, rows, frozenset())
    if sum(full[name] for name in away) > Fraction(3, 10):
        return (0 if values else None), None
    cells = _cells(groups, rows, away)
    columns, held = [], 0
    for level, needed in ((1, 100), (2, 85), (3, 85)):
        total = 100 * sum((cell for name, cell in cells.items() if values.get(name, 0) >= 10 * level), Fraction(0))
        columns.append(total)
        if total >= needed and all(values.get(name, 0) >= 10 * level for name in stars if name not in away):
            held = level
    return (held if values else None), columns


def _emptied(groups: Mapping[str, str], rows: Sequence[Row], away: AbstractSet[str]) -> bool:
    return any(all(name in away for name, mine, _, _ in rows if mine == group) for group in groups)


def _cells(groups: Mapping[str, str], rows: Sequence[Row], away: AbstractSet[str]) -> dict[str, Fraction]:
    """What each row that is left weighs in the whole."""
    cells: dict[str, Fraction] = {}
    for group, weight in groups.items():
        mine = [row for row in rows if row[1] == group]
        left = [row for row in mine if row[0] not in away]
        rest = 1 - sum((Fraction(str(own)) for _, _, own, _ in mine if own is not None), Fraction(0))
        sharing = [row for row in left if row[2] is None]
        own = {name: rest / len(sharing) if part is None else Fraction(str(part)) for name, _, part, _ in left}
        cells |= {name: Fraction(weight) * part / sum(own.values()) for name, part in own.items()}
    return cells


def just_meeting(pack: Framework, level: int, but: Mapping[str, int] | None = None) -> Iterator[EvidenceFact]:
    """Audited evidence of last month that just meets the target of a level in every row; `but`: another level, by
    row, 0 = misses the lowest one, -1 = nothing.
    """
    return specimens.just_meeting(pack, level, Sent(TODAY), but)
