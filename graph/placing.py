"""Where demands meet those whom the asker of a what-if knows by a pseudonym, and whom a supplier scope binds for it."""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from graph.facts import Attributes, Requirement, SupplierScope
from graph.obligations import Obligation
from graph.schedule import level_at
from graph.staging import Stage
from graph.walks.reach import Lens, reach

EVERYBODY: Final = SupplierScope()
Met = TypeVar("Met")
Stated = Callable[[int], Attributes]
"""The attributes of an organization as they are displayed to the asker."""
Binds = Callable[[int], bool | None]
"""Whether a supplier scope binds somebody; None where no value that decides it is displayed."""


class Veiled(Mapping[int, Obligation]):
    """What pseudonyms owe of one demand, where it meets them: without way, and without a due date (the last day)."""

    def __init__(self, requirement: Requirement, tiers: Mapping[int, int], day: date) -> None:
        self._requirement, self._tiers, self._announced = requirement, tiers, requirement.announced_on(day)

    def __getitem__(self, pseudonym: int) -> Obligation:
        tier = self._tiers[pseudonym]
        level = level_at(self._requirement, tier)
        assert level is not None, "a tier that the demand asks for something"
        return Obligation(self._requirement.number, pseudonym, tier, level, date.max, 0, self._announced)

    def __iter__(self) -> Iterator[int]:
        return iter(self._tiers)

    def __len__(self) -> int:
        return len(self._tiers)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a demand meets pseudonyms. met: whom it binds; unplaced, unstated: as in `Owing`; binds: its scope."""

    met: Veiled
    unplaced: frozenset[int]
    unstated: frozenset[int]
    binds: Binds


class Placing:
    """Where demands meet pseudonyms on a day: once for both sides, for no change moves a pseudonym."""

    def __init__(self, stage: Stage, day: date, stated: Stated) -> None:
        self.stage, self.day, self.stated = stage, day, stated
        self._placed: dict[Requirement, Placed] = {}

    def of(self, requirement: Requirement) -> Placed:
        """The pseudonyms that a demand meets, and those of which nobody may say."""
        if requirement not in self._placed:
            self._placed[requirement] = self._place(requirement)
        return self._placed[requirement]

    def _place(self, requirement: Requirement) -> Placed:
        tiers, unplaced = _veiled(self.stage, requirement, self.stated)
        binds = _binding(self.stage, requirement.supplier_scope, self.stated)
        owed, unstated = bound_by(tiers, binds)
        return Placed(Veiled(requirement, owed, self.day), unplaced, unstated, binds)


def bound_by(met: Mapping[int, Met], binds: Binds) -> tuple[Mapping[int, Met], frozenset[int]]:
    """Whom of those that a demand meets it binds, and of whom nobody may say."""
    if binds is _anybody:
        return met, frozenset()
    said = {one: binds(one) for one in met}
    return {one: where for one, where in met.items() if said[one]}, frozenset(one for one in met if said[one] is None)


def _veiled(stage: Stage, requirement: Requirement, stated: Stated) -> tuple[dict[int, int], frozenset[int]]:
    """The pseudonyms that the demand meets at a tier that it asks for something, and those of which nobody may say."""
    shown: dict[int, int] = {}
    alike = [one for one in stage.live() if _way(one) == _way(requirement)]
    for one in alike:
        shown = {**stage.shown_veiled(one), **shown}
    met: dict[int, int] = {}
    unplaced: set[int] = set()
    for pseudonym, sighted in stage.veiled.items():
        tier = shown.get(pseudonym)
        if tier is None and requirement.link_scope:
            unplaced.add(pseudonym)
        elif tier is None and not any(_would_show(one, pseudonym, sighted, stated) for one in alike):
            tier = sighted
        if tier and level_at(requirement, tier) is not None:
            met[pseudonym] = tier
    return met, frozenset(unplaced)


def _would_show(requirement: Requirement, pseudonym: int, tier: int, stated: Stated) -> bool:
    """Whether a list without the pseudonym says that the demand does not come to it."""
    scope = requirement.supplier_scope
    return level_at(requirement, tier) is not None and bool(_within(scope, stated(pseudonym)))


def _way(requirement: Requirement) -> tuple[object, ...]:
    """What decides over which links a demand goes."""
    return requirement.link_scope, requirement.scope_applies if requirement.link_scope else None


def _binding(stage: Stage, scope: SupplierScope, stated: Stated) -> Binds:
    """Whether a supplier scope binds somebody; None where no value that decides it is displayed."""
    if scope == EVERYBODY:
        return _anybody
    known: dict[int, bool] = {}
    for told in stage.live():
        if told.supplier_scope == scope:
            known |= dict.fromkeys(_asked(stage, told) - known.keys(), False)
            known |= dict.fromkeys(stage.shown(told), True)
    return lambda one: known[one] if one in known else _within(scope, stated(one))


def _anybody(_one: int) -> bool:
    return True


def _asked(stage: Stage, requirement: Requirement) -> AbstractSet[int]:
    """Who is met by name today at a tier that is asked for something: missing in the list, the scope leaves it out."""
    tiers = reach(stage.network, requirement, stage.today, Lens.SEEN_IDENTITY).tier
    return {one for one, tier in tiers.items() if one in stage.named and level_at(requirement, tier) is not None}


def _within(scope: SupplierScope, values: Attributes) -> bool | None:
    tests = (
        (scope.countries, values.country),
        (scope.regions, values.region),
        (scope.sectors, values.sector),
        (scope.sizes, values.size),
    )
    asked = [(allowed, value) for allowed, value in tests if allowed]
    if any(value is not None and value not in allowed for allowed, value in asked):
        return False
    return None if any(value is None for _, value in asked) else True
