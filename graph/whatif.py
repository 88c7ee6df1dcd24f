"""What changes would change for one asker: the cascade on what it is shown, before and after them.

A hypothetical changes what is computed, never what may be seen (domain rules: what-if). So everything here follows
from what the asker is shown today:

1. Organizations that it knows by name, and the links disclosed between them, are a network of their own, on which
   demands travel as they do everywhere.
2. To a pseudonym no link leads. It stays at the tier at which it is shown, under demands that go the same ways as one
   that shows it, and under those that go every way; where a demand of other codes would meet it is not told.
3. A supplier scope tests what today's rows tell of it, else values that are displayed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from graph.amendments import days_of, lineage
from graph.facts import Attributes, Change, Requirement, SupplierScope
from graph.memory import Line, Moves
from graph.network import Network
from graph.obligations import Obligation, obligations
from graph.schedule import level_at
from graph.staging import Stage, links_of, staged
from graph.walks.reach import Lens, reach

__all__ = ["Altered", "Outcome", "Owing", "Pair", "Stage", "Stated", "links_of", "outcome", "staged"]
_EVERYBODY: Final = SupplierScope()
Stated = Callable[[int], Attributes]
"""The attributes of an organization as they are displayed to the asker."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A demand before and after the changes; None is not asked."""

    before: Requirement | None
    after: Requirement | None


@dataclass(frozen=True, slots=True)
class Altered:
    """What one supplier owes under one demand, before and after; None is nothing. pair: its index."""

    pair: int
    supplier: int
    before: Obligation | None
    after: Obligation | None


@dataclass(frozen=True, slots=True)
class Owing:
    """Who owes, as far as the asker may know.

    Attributes:
        owed: obligations by supplier; of a pseudonym without way and without a due date (the calendar's last day).
        unstated: whom the demand meets, but whose attributes that the supplier scope tests are not displayed.
        unplaced: pseudonyms of which the asker is not shown where a demand of these codes would meet them.
    """

    owed: Mapping[int, Obligation] = field(default_factory=dict)
    unstated: frozenset[int] = frozenset()
    unplaced: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that differs, by pair; and who could not be decided about.

    network: the asker's own, with the changes. owed: by pair, all that is owed after them.
    """

    network: Network
    altered: tuple[Altered, ...]
    owed: tuple[Mapping[int, Obligation], ...]
    unstated: frozenset[int]
    unplaced: frozenset[int]


def outcome(
    stage: Stage, pairs: Sequence[Pair], changes: Sequence[Change], day: date, stated: Stated, also: AbstractSet[int]
) -> Outcome:
    """What the changes alter of the demands on the day.

    pairs: the demands to look at; whatever `changes` say of requirements stands in them as well, for what an
    amendment carries over. also: suppliers that are told even if they owe the same.
    """
    placing = _Placing(stage, day, stated)
    before = [_owing(placing, stage.network, pair.before) for pair in pairs]
    after_changes = stage.network.apply(changes, stage.network.revision)  # which carries what was found before them
    altered: list[Altered] = []
    owed: list[Mapping[int, Obligation]] = []
    unstated: set[int] = set()
    unplaced: set[int] = set()
    for index, (pair, was) in enumerate(zip(pairs, before, strict=True)):
        will = _owing(placing, after_changes, pair.after)
        altered += _altered(index, was.owed, will.owed, also)
        owed.append(will.owed)
        unstated |= will.unstated
        unplaced |= will.unplaced
    return Outcome(after_changes, tuple(altered), tuple(owed), frozenset(unstated), frozenset(unplaced))


def _altered(
    index: int, was: Mapping[int, Obligation], will: Mapping[int, Obligation], also: AbstractSet[int]
) -> Iterator[Altered]:
    for supplier in was.keys() | will.keys():
        before, after = was.get(supplier), will.get(supplier)
        if supplier in also or before is None or after is None or _unlike(before, after):
            yield Altered(index, supplier, before, after)


def _unlike(before: Obligation, after: Obligation) -> bool:
    """Whether they differ in more than the demand that they are of."""
    return before is not after and before != after._replace(requirement=before.requirement)


class _Placing:
    """Where demands meet pseudonyms on a day: once for both sides, for no change moves a pseudonym."""

    def __init__(self, stage: Stage, day: date, stated: Stated) -> None:
        self.stage, self.day, self.stated = stage, day, stated
        self._met: dict[Requirement, tuple[dict[int, Obligation], frozenset[int]]] = {}

    def of(self, requirement: Requirement) -> tuple[dict[int, Obligation], frozenset[int]]:
        """The pseudonyms that a demand meets, and those of which nobody may say."""
        if requirement not in self._met:
            self._met[requirement] = _veiled(self.stage, requirement, self.day, self.stated)
        return self._met[requirement]


def _owing(placing: _Placing, network: Network, requirement: Requirement | None) -> Owing:
    if requirement is None or not requirement.live_on(placing.day):
        return Owing()
    placed, unplaced = placing.of(requirement)
    met = _named(placing.stage, network, requirement, placing.day) | placed
    if requirement.supplier_scope == _EVERYBODY:
        return Owing(met, frozenset(), unplaced)
    binds = _binding(placing.stage, requirement.supplier_scope, placing.stated)
    owed = {one: owed for one, owed in met.items() if binds(one)}
    unstated = frozenset(one for one in met if binds(one) is None)
    return Owing(owed, unstated, unplaced)


@dataclass(frozen=True, slots=True)
class _Met:
    """Whom a demand meets by name."""

    owed: dict[int, Obligation]

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        return 2 * len(self.owed)


def _named(stage: Stage, network: Network, requirement: Requirement, day: date) -> dict[int, Obligation]:
    """Whom the demand meets by name, as if it bound everybody."""
    unscoped, line = replace(requirement, supplier_scope=_EVERYBODY), lineage(network, requirement)

    def met(*, among: AbstractSet[int] | None = None) -> dict[int, Obligation]:
        return obligations(network, unscoped, day, Lens.SEEN_IDENTITY, lambda one: one in stage.named, among=among)

    def repaired(earlier: _Met, moves: Moves) -> _Met:
        moved: AbstractSet[int] = frozenset().union(*moves)
        if not moved:
            return earlier
        return _Met({one: owed for one, owed in earlier.owed.items() if one not in moved} | met(among=moved))

    return network.memory.repaired(
        Line(("met", requirement, line, day), network.epoch(day), network.term(day), dated=False),
        lambda: (
            *(
                reach(network, one, on, Lens.SEEN_IDENTITY).version
                for one, on in zip(line, days_of(line, day), strict=True)
            ),
            stage.sighted,
            network.described,
        ),
        lambda: _Met(met()),
        repaired,
    ).owed


def _veiled(
    stage: Stage, requirement: Requirement, day: date, stated: Stated
) -> tuple[dict[int, Obligation], frozenset[int]]:
    """The pseudonyms that the demand meets, and those of which nobody may say."""
    met: dict[int, Obligation] = {}
    unplaced: set[int] = set()
    alike = [(one, stage.shown(one)) for one in stage.live() if _way(one) == _way(requirement)]
    for pseudonym, sighted in stage.veiled.items():
        tier = next((shown[pseudonym] for _, shown in alike if pseudonym in shown), None)
        if tier is None and requirement.link_scope:
            unplaced.add(pseudonym)
        elif tier is None and not any(_would_show(one, pseudonym, sighted, stated) for one, _ in alike):
            tier = sighted
        level = level_at(requirement, tier) if tier else None
        if tier and level is not None:
            met[pseudonym] = Obligation(
                requirement.number, pseudonym, tier, level, date.max, 0, requirement.announced_on(day)
            )
    return met, frozenset(unplaced)


def _would_show(requirement: Requirement, pseudonym: int, tier: int, stated: Stated) -> bool:
    """Whether a list without the pseudonym says that the demand does not come to it."""
    scope = requirement.supplier_scope
    return level_at(requirement, tier) is not None and bool(_within(scope, stated(pseudonym)))


def _way(requirement: Requirement) -> tuple[object, ...]:
    """What decides over which links a demand goes."""
    return requirement.link_scope, requirement.scope_applies if requirement.link_scope else None


def _binding(stage: Stage, scope: SupplierScope, stated: Stated) -> Callable[[int], bool | None]:
    """Whether a supplier scope binds somebody; None where no value that decides it is displayed."""
    if scope == _EVERYBODY:
        return lambda _one: True
    known: dict[int, bool] = {}
    for told in stage.live():
        if told.supplier_scope == scope:
            known |= dict.fromkeys(_asked(stage, told) - known.keys(), False)
            known |= dict.fromkeys(stage.shown(told), True)
    return lambda one: known[one] if one in known else _within(scope, stated(one))


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
