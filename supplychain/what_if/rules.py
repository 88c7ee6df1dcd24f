"""What a difference is called, and whom it counts; pure (domain rules: what-if)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple


class Effect(StrEnum):
    """What changes make of one obligation; several may hold."""

    NEWLY_OWES = "newly_owes"
    FREED = "freed"
    OWES_MORE = "owes_more"
    OWES_LESS = "owes_less"
    MOVED = "moved"
    """None of these, and yet another tier, way, due date or level held."""
    FALLS_SHORT = "falls_short"
    """A level is missing that was not owed, or not missing, before."""
    STILL_SHORT = "still_short"
    """Of what differs, a level is missing before and after."""
    NEWLY_MET = "newly_met"
    """Owed before and after, and only after with nothing missing."""
    NEWLY_WAIVED = "newly_waived"
    """Waived after, and not before."""
    WAIVED_NO_MORE = "waived_no_more"
    """Owed before and after, and waived before alone."""


class Side(NamedTuple):
    """An obligation on one side of the changes, and where the supplier stands. gap: levels missing, 0 if none.

    due: None where it is not told. via: number of the link, 0 where it is not told.
    """

    framework: str
    tier: int
    level: int
    achieved: int | None
    gap: int
    due: date | None
    via: int
    status: str


_WAIVED: Final = "waived"


def effects(before: Side | None, after: Side | None) -> tuple[Effect, ...]:
    """What the changes make of an obligation; nothing when both sides are alike in all that is told."""
    if before == after:
        return ()
    found = tuple(_effects(before, after)) or (Effect.MOVED,)
    return (*found, Effect.STILL_SHORT) if before and before.gap and after and after.gap else found


def _effects(before: Side | None, after: Side | None) -> Iterable[Effect]:
    if after is None:
        if before is not None:
            yield Effect.FREED
        return
    if before is None:
        yield Effect.NEWLY_OWES
    elif after.level > before.level:
        yield Effect.OWES_MORE
    elif after.level < before.level:
        yield Effect.OWES_LESS
    if after.gap and not (before and before.gap):
        yield Effect.FALLS_SHORT
    if before and before.gap and not after.gap:
        yield Effect.NEWLY_MET
    waived = before is not None and before.status == _WAIVED
    if after.status == _WAIVED and not waived:
        yield Effect.NEWLY_WAIVED
    if waived and after.status != _WAIVED:
        yield Effect.WAIVED_NO_MORE


class Told(NamedTuple):
    """One difference as it is counted. region: from the asker's own record."""

    supplier: str
    framework: str
    pillar: str
    tier: int
    country: str | None
    region: str | None
    effects: tuple[Effect, ...]


def counted(differences: Iterable[Told]) -> dict[str, int]:
    """Suppliers by effect, each counted once."""
    return _numbers(_cells(differences, ()).get((), {}))


def tallied(differences: Iterable[Told], *dimensions: str) -> list[dict[str, str | int | None]]:
    """Suppliers by effect in each cell that has a difference, cells in order; what is not known comes last."""
    cells = _cells(differences, dimensions)
    ordered = sorted(cells, key=lambda cell: [(part is None, part) for part in cell])
    return [{**dict(zip(dimensions, cell, strict=True)), **_numbers(cells[cell])} for cell in ordered]


Cell = tuple[str | int | None, ...]


def _cells(differences: Iterable[Told], dimensions: Sequence[str]) -> dict[Cell, dict[Effect, set[str]]]:
    cells: dict[Cell, dict[Effect, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in differences:
        cell = cells[tuple([getattr(one, name) for name in dimensions])]
        for effect in one.effects:
            cell[effect].add(one.supplier)
    return cells


def _numbers(suppliers: Mapping[Effect, AbstractSet[str]]) -> dict[str, int]:
    return {str(effect): len(suppliers.get(effect, ())) for effect in Effect}
