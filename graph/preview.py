"""What changes would change: the same computation on a network that is kept nowhere."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from graph.facts import Change, Organization, Record
from graph.network import Network
from graph.obligations import Obligation, days_of, effective, lineage, obligation
from graph.reach import Lens, Reach, reach


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

    @property
    def suppliers(self) -> frozenset[int]:
        """Whose obligations differ."""
        return frozenset(difference.supplier for difference in self.obligations)


def preview(network: Network, changes: Iterable[Change], lens: Lens = Lens.OWED) -> Differences:
    """What the changes would change, each side on its own day; the network stays as it is.

    Domain rules: cascade, rule 8 - equal to comparing two computations from nothing. `levels` are over what is
    owed, whatever the lens.
    """
    changes = tuple(changes)
    for one in network.requirements():
        _basis(network, one.number, lens)  # before the other side is made, which is mended from it
    after = network.apply(changes, network.revision)
    renamed = {change.number for change in changes if isinstance(change, Organization)}
    renamed |= {change.organization for change in changes if isinstance(change, Record)}
    numbers = {requirement.number for side in (network, after) for requirement in side.requirements()}
    found = tuple(
        difference
        for number in sorted(numbers)
        for difference in _obligation_differences(network, after, number, renamed, lens)
    )
    suppliers = sorted({difference.supplier for difference in found})
    levels = (level for supplier in suppliers for level in _level_differences(network, after, supplier))
    return Differences(found, tuple(levels))


def _obligation_differences(
    before: Network, after: Network, number: int, renamed: AbstractSet[int], lens: Lens
) -> Iterator[Difference]:
    for supplier in sorted(_candidates(before, after, number, renamed, lens)):
        was = _owed(before, number, supplier, lens)
        will = _owed(after, number, supplier, lens)
        if was != will:
            yield Difference(number, supplier, was, will)


def _owed(network: Network, number: int, supplier: int, lens: Lens) -> Obligation | None:
    requirement = network.requirement(number)
    if requirement is None:
        return None
    return obligation(network, requirement, supplier, network.day, lens)


@dataclass(frozen=True, slots=True)
class _Basis:
    """All that the obligations of one requirement follow from, attributes of suppliers apart."""

    terms: tuple[object, ...]
    reaches: tuple[Reach, ...]


def _basis(network: Network, number: int, lens: Lens) -> _Basis | None:
    requirement = network.requirement(number)
    if requirement is None or not requirement.live_on(network.day):
        return None
    line = lineage(network, requirement)
    days = days_of(line, network.day)
    reaches = tuple(reach(network, one, on, lens) for one, on in zip(line, days, strict=True))
    return _Basis((line, requirement.announced_on(network.day)), reaches)


def _candidates(before: Network, after: Network, number: int, renamed: AbstractSet[int], lens: Lens) -> set[int]:
    """Whoever could owe differently: few, when the requirement and most of its way stayed."""
    was, will = _basis(before, number, lens), _basis(after, number, lens)
    if was is None or will is None or was.terms != will.terms:
        both = (side.reaches[-1].tier for side in (was, will) if side is not None)
        return {supplier for tiers in both for supplier in tiers}
    moved = {
        supplier
        for one, other in zip(was.reaches, will.reaches, strict=True)
        for supplier in _moved(one, other)
        if _place(one, supplier) != _place(other, supplier)
    }
    return moved | renamed


def _moved(was: Reach, will: Reach) -> AbstractSet[Any]:
    """Whoever could be at another place: few, where the one walk was made from the other."""
    known = will.version.since(was.version)
    return was.tier.keys() | will.tier.keys() if known is None else known


def _place(reached: Reach, supplier: int) -> tuple[object, ...]:
    return reached.tier.get(supplier), reached.via.get(supplier), reached.since.get(supplier)


def _level_differences(before: Network, after: Network, supplier: int) -> Iterator[LevelDifference]:
    was = effective(before, supplier, before.day)
    will = effective(after, supplier, after.day)
    for framework, pillar in sorted(was.keys() | will.keys()):
        key = (framework, pillar)
        if was.get(key) != will.get(key):
            yield LevelDifference(supplier, framework, pillar, was.get(key), will.get(key))
