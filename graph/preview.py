"""What changes would change: the same computation on a network that is kept nowhere."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from graph.amendments import days_of, lineage
from graph.arrays.tiertable import way_of
from graph.facts import Change, Organization, Record, Requirement
from graph.network import Network
from graph.obligations import Obligation, effective, obligation_at
from graph.walks.alltiers import tiers
from graph.walks.positions import Displaced, Position, displaced, position_in, position_of
from graph.walks.reach import Lens, Reach, reach


@dataclass(frozen=True, slots=True)
class Difference:
    """One supplier's obligation under one requirement, before and after; None is none."""

    requirement: int
    supplier: int
    before: Obligation | None
    after: Obligation | None


@dataclass(frozen=True, slots=True)
class LevelDifference:
    """One supplier's effective level before and after; None is none. For the supplier's own eyes."""

    supplier: int
    framework: str
    pillar: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Differences:
    """All that differs, ordered by requirement and supplier, and by supplier, framework and pillar."""

    obligations: tuple[Difference, ...] = ()
    levels: tuple[LevelDifference, ...] = ()


def preview(network: Network, changes: Iterable[Change], lens: Lens = Lens.OWED) -> Differences:
    """What the changes would change, each side on its own day; the network stays as it is.

    Domain rules: cascade, rule 8 - equal to comparing two computations from nothing. `levels` are over what is
    owed, whatever the lens.
    """
    sides = _Sides(network, tuple(changes), lens)
    found = tuple(sides.differences())
    suppliers = sorted({difference.supplier for difference in found})
    levels = (level for supplier in suppliers for level in _level_differences(sides.before, sides.after, supplier))
    return Differences(found, tuple(levels))


def touched(network: Network, changes: Iterable[Change]) -> frozenset[int]:
    """Whose obligations the changes would change."""
    return frozenset(one.supplier for one in _Sides(network, tuple(changes), Lens.OWED).differences())


class _Sides:
    """The network before and after some changes, through a lens."""

    def __init__(self, before: Network, changes: Sequence[Change], lens: Lens) -> None:
        self.before, self.lens = before, lens
        known = tiers(before, before.day) if lens is Lens.OWED else None
        for one in before.requirements():  # before the other side is made, which is mended from it
            if known is None or way_of(one) not in known.ways:
                _reaches(before, one, lens)
        self.after = before.apply(changes, before.revision)
        renamed = {change.number for change in changes if isinstance(change, Organization)}
        self._renamed = renamed | {change.organization for change in changes if isinstance(change, Record)}
        self._known: dict[tuple[date, date], Displaced] = {}

    def differences(self) -> Iterator[Difference]:
        """By requirement and supplier."""
        numbers = {requirement.number for side in (self.before, self.after) for requirement in side.requirements()}
        for number in sorted(numbers):
            for supplier in sorted(self._candidates(number)):
                was = self._owed(self.before, number, supplier, 0)
                will = self._owed(self.after, number, supplier, 1)
                if was != will:
                    yield Difference(number, supplier, was, will)

    def _owed(self, side: Network, number: int, supplier: int, which: int) -> Obligation | None:
        requirement = side.requirement(number)
        if requirement is None:
            return None

        def locate(one: Requirement, day: date) -> Position | None:
            moved = self._moved(one).get(supplier) if (one, day) == (requirement, side.day) else None
            return moved[which] if moved else position_of(side, one, supplier, day, self.lens)

        return obligation_at(side, requirement, supplier, side.day, locate)

    def _moved(self, one: Requirement) -> Mapping[int, tuple[Position | None, Position | None]]:
        """Who is at another place today, as far as tiers of all walks tell."""
        return self._displaced(self.before.day, self.after.day).of(way_of(one)) or {}

    def _displaced(self, was: date, will: date) -> Displaced:
        if self.lens is not Lens.OWED:
            return Displaced({}, {})
        if (was, will) not in self._known:
            self._known[was, will] = displaced((self.before, was), (self.after, will))
        return self._known[was, will]

    def _candidates(self, number: int) -> AbstractSet[int]:
        """Whoever could owe differently: few, when the requirement and most of its way stayed."""
        was, will = (_line(side, number) for side in (self.before, self.after))
        if was is None or will is None or was.terms != will.terms:
            sides = ((self.before, was), (self.after, will))
            walks = (reach(side, line.terms[0][-1], side.day, self.lens) for side, line in sides if line is not None)
            return {supplier for walk in walks for supplier in walk.tier}
        found = set(self._renamed)
        for one, then, now in zip(was.terms[0], was.days, will.days, strict=True):
            moved = self._displaced(then, now).of(way_of(one))
            found |= self._walked(one, then, now) if moved is None else moved.keys()
        return found

    def _walked(self, one: Requirement, then: date, now: date) -> set[int]:
        was, will = reach(self.before, one, then, self.lens), reach(self.after, one, now, self.lens)
        return {supplier for supplier in _moved(was, will) if position_in(was, supplier) != position_in(will, supplier)}


class _Line(NamedTuple):
    """What of a requirement its obligations follow from, and the days on which its lineage is looked at."""

    terms: tuple[tuple[Requirement, ...], bool]
    days: tuple[date, ...]


def _line(network: Network, number: int) -> _Line | None:
    requirement = network.requirement(number)
    if requirement is None or not requirement.live_on(network.day):
        return None
    line = lineage(network, requirement)
    return _Line((line, requirement.announced_on(network.day)), days_of(line, network.day))


def _reaches(network: Network, requirement: Requirement, lens: Lens) -> tuple[Reach, ...]:
    """The walks of a requirement that is live, and of those it amends."""
    found = _line(network, requirement.number)
    if found is None:
        return ()
    return tuple(reach(network, one, on, lens) for one, on in zip(found.terms[0], found.days, strict=True))


def _moved(was: Reach, will: Reach) -> AbstractSet[Any]:
    """Whoever could be at another place: few, where the one walk was made from the other."""
    known = will.version.since(was.version)
    return was.tier.keys() | will.tier.keys() if known is None else known


def _level_differences(before: Network, after: Network, supplier: int) -> Iterator[LevelDifference]:
    was = effective(before, supplier, before.day)
    will = effective(after, supplier, after.day)
    for framework, pillar in sorted(was.keys() | will.keys()):
        key = (framework, pillar)
        if was.get(key) != will.get(key):
            yield LevelDifference(supplier, framework, pillar, was.get(key), will.get(key))
