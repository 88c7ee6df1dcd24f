"""What of a need for training a trainer is told (domain rules: Flags)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from supplychain.conformity.rules import Owed, UnmetOf, gap


@dataclass(frozen=True, slots=True)
class Need:
    """What a supplier has to learn, and the month (YYYY-MM) of its earliest deadline.

    wanting: unmet indicators by (framework, pillar), without how far each is from which level. Whose demands
    these are, and how many, changes nothing here but by the highest level and the earliest day.
    """

    wanting: Mapping[tuple[str, str], tuple[str, ...]]
    month: str


def need(owed: Iterable[Owed], unmet_of: UnmetOf) -> Need | None:
    """The need behind an open `training` flag; None where nothing owed is lacking any more."""
    lacking = [one for one in owed if not one.announced and gap(one.level, one.achieved) > 0]
    if not lacking:
        return None
    highest: dict[tuple[str, str], int] = {}
    for one in lacking:
        key = (one.framework, one.pillar)
        highest[key] = max(one.level, highest.get(key, 0))
    wanting = {
        key: tuple(sorted({unmet.indicator for unmet in unmet_of(*key, level)}))
        for key, level in sorted(highest.items())
    }
    return Need(wanting, min(one.due for one in lacking).strftime("%Y-%m"))
