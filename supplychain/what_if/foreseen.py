"""What was foreseen, as it is kept, and beside what is so today; pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """How what was foreseen compares with what is so."""

    AS_FORESEEN = "as_foreseen"
    OWES_OTHERWISE = "owes_otherwise"
    BETTER = "better"
    WORSE = "worse"
    NOT_OWING = "not_owing"
    NOT_FORESEEN = "not_foreseen"


@dataclass(frozen=True, slots=True)
class Key:
    """Whose obligation: demand as the question names it, pillar, supplier as displayed."""

    demand: str
    pillar: str
    supplier: str


@dataclass(frozen=True, slots=True)
class Level:
    """What is owed at which tier. gap: levels missing."""

    tier: int
    level: int
    gap: int


@dataclass(frozen=True, slots=True)
class Compared:
    """One obligation, foreseen and real; None: not owed."""

    key: Key
    foreseen: Level | None
    real: Level | None
    verdict: Verdict


def written(foreseen: Mapping[Key, Level]) -> list[Any]:
    """As JSON knows it, in order."""
    rows = [[one.demand, one.pillar, one.supplier, at.tier, at.level, at.gap] for one, at in foreseen.items()]
    return sorted(rows)


def read(rows: Iterable[list[Any]]) -> dict[Key, Level]:
    """What `written` wrote."""
    return {Key(*row[:3]): Level(*row[3:]) for row in rows}


def compared(foreseen: Mapping[Key, Level], real: Mapping[Key, Level]) -> Iterator[Compared]:
    """Each obligation that was foreseen or is so."""
    for key in foreseen.keys() | real.keys():
        was, now = foreseen.get(key), real.get(key)
        yield Compared(key, was, now, _verdict(was, now))


def _verdict(foreseen: Level | None, real: Level | None) -> Verdict:
    if real is None:
        return Verdict.NOT_OWING
    if foreseen is None:
        return Verdict.NOT_FORESEEN
    if foreseen.level != real.level:
        return Verdict.OWES_OTHERWISE
    if bool(foreseen.gap) == bool(real.gap):
        return Verdict.AS_FORESEEN
    return Verdict.WORSE if real.gap else Verdict.BETTER
