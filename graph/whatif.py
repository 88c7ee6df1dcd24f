"""What changes would change for one asker: the cascade on what it is shown, before and after them.

A hypothetical changes what is computed, never what may be seen (domain rules: what-if). So everything here follows
from what the asker is shown today:

1. Organizations that it knows by name, and the links disclosed between them, are a network of their own, on which
   demands travel as they do everywhere.
2. To a pseudonym no link leads. It stays at the tier at which it is shown, under demands that go the same ways as one
   that shows it, and under those that go every way; where a demand of other codes would meet it is not told.
3. A supplier scope tests what today's rows tell of it, else values that are displayed.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date

from graph.amendments import days_of, lineage
from graph.facts import Change, Requirement
from graph.memory import Line, Moves
from graph.network import Network
from graph.obligations import Obligation, obligations
from graph.placing import EVERYBODY, Placing, Stated, bound_by
from graph.staging import Stage, link_of, staged
from graph.walks.reach import Lens, reach

__all__ = ["Altered", "Outcome", "Owing", "Pair", "Stage", "Stated", "link_of", "outcome", "staged"]


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
        named, veiled: obligations by supplier, of whom the asker knows by name and of pseudonyms.
        unstated: whom the demand meets, but whose attributes that the supplier scope tests are not displayed.
        unplaced: pseudonyms of which the asker is not shown where a demand of these codes would meet them.
    """

    named: Mapping[int, Obligation] = field(default_factory=dict)
    veiled: Mapping[int, Obligation] = field(default_factory=dict)
    unstated: frozenset[int] = frozenset()
    unplaced: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that differs, by pair; and who could not be decided about.

    network: the asker's own, with the changes. owed: by pair, all that is owed after them.
    """

    network: Network
    altered: tuple[Altered, ...]
    owed: tuple[Owing, ...]
    unstated: frozenset[int]
    unplaced: frozenset[int]


def outcome(
    stage: Stage, pairs: Sequence[Pair], changes: Sequence[Change], day: date, stated: Stated, also: AbstractSet[int]
) -> Outcome:
    """What the changes alter of the demands on the day.

    pairs: the demands to look at; whatever `changes` say of requirements stands in them as well, for what an
    amendment carries over. also: suppliers that are told even if they owe the same.
    """
    placing = Placing(stage, day, stated)
    before = [_owing(placing, stage.network, pair.before) for pair in pairs]
    after_changes = stage.network.apply(changes, stage.network.revision)  # which carries what was found before them
    altered: list[Altered] = []
    owed: list[Owing] = []
    unstated: set[int] = set()
    unplaced: set[int] = set()
    for index, (pair, was) in enumerate(zip(pairs, before, strict=True)):
        will = _owing(placing, after_changes, pair.after)
        altered += _altered(index, was.named, will.named, also)
        altered += _altered(index, was.veiled, will.veiled, also)
        owed.append(will)
        unstated |= will.unstated
        unplaced |= will.unplaced
    return Outcome(after_changes, tuple(altered), tuple(owed), frozenset(unstated), frozenset(unplaced))


def _altered(
    index: int, was: Mapping[int, Obligation], will: Mapping[int, Obligation], also: AbstractSet[int]
) -> Iterator[Altered]:
    for supplier in _looked_at(was, will, also):
        before, after = was.get(supplier), will.get(supplier)
        if supplier in also or before is None or after is None or _unlike(before, after):
            yield Altered(index, supplier, before, after)


def _looked_at(
    was: Mapping[int, Obligation], will: Mapping[int, Obligation], also: AbstractSet[int]
) -> AbstractSet[int]:
    """Who may differ: what was carried from before the changes is the same thing."""
    if was is will:
        return also & was.keys()
    others = {supplier for supplier, before in was.items() if will.get(supplier) is not before}
    return others | (will.keys() - was.keys()) | (also & was.keys())


def _unlike(before: Obligation, after: Obligation) -> bool:
    """Whether they differ in more than the demand that they are of."""
    return before is not after and before != after._replace(requirement=before.requirement)


def _owing(placing: Placing, network: Network, requirement: Requirement | None) -> Owing:
    if requirement is None or not requirement.live_on(placing.day):
        return Owing()
    placed = placing.of(requirement)
    named, unstated = bound_by(_named(placing.stage, network, requirement, placing.day), placed.binds)
    return Owing(named, placed.met, unstated | placed.unstated, placed.unplaced)


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
    unscoped, line = replace(requirement, supplier_scope=EVERYBODY), lineage(network, requirement)

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
