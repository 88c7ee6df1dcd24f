"""Who owes which level by when: rules 3, 4, 6 and 7 of the cascade, and amendments."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from graph.amendments import day_before, lineage
from graph.facts import Requirement, SupplierScope
from graph.network import Network
from graph.schedule import due_of, level_at
from graph.scope import owes
from graph.walks.positions import Position, position_in, position_of
from graph.walks.reach import Lens, Reach, reach


class Obligation(NamedTuple):
    """A requirement that has reached one supplier; the same for every pillar of the requirement.

    Attributes:
        requirement: number of the requirement.
        supplier: number of the organization that owes.
        tier: 1 to 15.
        level: rank of the level owed.
        due: the last day to reach it; the earliest, should an amendment have set the pillars apart.
        via: number of the link by which the shortest path enters the supplier.
        announced: published, not yet effective.
        dues: due by pillar, only where the pillars' dues differ.
    """

    requirement: int
    supplier: int
    tier: int
    level: int
    due: date
    via: int
    announced: bool = False
    dues: tuple[tuple[str, date], ...] = ()

    def due_for(self, pillar: str) -> date:
        """The due date of one pillar."""
        return dict(self.dues).get(pillar, self.due) if self.dues else self.due


def obligation(
    network: Network,
    requirement: Requirement,
    supplier: int,
    day: date,
    lens: Lens = Lens.OWED,
) -> Obligation | None:
    """What the supplier owes under the requirement on the day, as seen through the lens; None if nothing."""
    return obligation_at(network, requirement, supplier, day, _locate(network, supplier, lens))


def _everybody(_supplier: int) -> bool:
    return True


def obligations(
    network: Network,
    requirement: Requirement,
    day: date,
    lens: Lens = Lens.OWED,
    wanted: Callable[[int], bool] = _everybody,
    *,
    among: Iterable[int] | None = None,
) -> dict[int, Obligation]:
    """The obligations of the requirement on the day, by supplier, of those that are wanted.

    among: nobody else is looked at.
    """
    if not requirement.live_on(day):
        return {}
    some = None if among is None else list(filter(wanted, among))
    if some == []:  # whoever asks about nobody waits for no walk
        return {}
    reached = reach(network, requirement, day, lens)
    if some is None:
        places = _everywhere(reached, wanted)
    else:
        places = ((one, position) for one in some if (position := position_in(reached, one)))
    bound = _binding(network, requirement, day)
    found = {supplier: owed for supplier, position in places if (owed := bound(supplier, position)) is not None}
    if requirement.predecessor is None:
        return found
    return {one: _amended(network, requirement, owed, day, _locate(network, one, lens)) for one, owed in found.items()}


def obligations_of(network: Network, supplier: int, day: date) -> tuple[Obligation, ...]:
    """All the supplier owes, announced obligations included, by number of the requirement."""
    key = ("obligations", supplier, network.epoch(day), network.term(day))
    return network.memory.recall(key, lambda: tuple(_all_owed(network, supplier, day)))


def effective(network: Network, supplier: int, day: date) -> Mapping[tuple[str, str], int]:
    """The supplier's effective level per (framework version, pillar) (domain rules: cascade, rule 6).

    Over the requirements effective on the day; for the supplier's own eyes only.
    """
    key = ("effective", supplier, network.epoch(day), network.term(day))
    return network.memory.recall(key, lambda: _effective(network, supplier, day))


def unclassified_links(network: Network, requirement: Requirement, day: date, lens: Lens) -> frozenset[int]:
    """Links that would have to name a finer code to say whether they carry the requirement.

    Only those whose far end could owe: below the last tier of a schedule that stops, no code matters.
    """
    found = reach(network, requirement, day, lens).unclassified
    return frozenset(link for link, tier in found.items() if level_at(requirement, tier + 1) is not None)


Locate = Callable[[Requirement, date], Position | None]


def obligation_at(
    network: Network, requirement: Requirement, supplier: int, day: date, locate: Locate
) -> Obligation | None:
    """The obligation of a supplier that `locate` finds somewhere on the requirement's way, if it owes."""
    if not requirement.live_on(day):
        return None
    owed = _bound(network, requirement, supplier, day, locate(requirement, day))
    return None if owed is None else _amended(network, requirement, owed, day, locate)


def _bound(
    network: Network, requirement: Requirement, supplier: int, day: date, position: Position | None
) -> Obligation | None:
    return None if position is None else _binding(network, requirement, day)(supplier, position)


def _binding(network: Network, requirement: Requirement, day: date) -> Callable[[int, Position], Obligation | None]:
    """The obligation of a supplier in a position, as if nothing had been amended; what is equal is found once."""
    announced, number = requirement.announced_on(day), requirement.number
    binds_all = requirement.supplier_scope == SupplierScope()
    alike: dict[tuple[int, date | None], tuple[int | None, date]] = {}

    def bound(supplier: int, position: Position) -> Obligation | None:
        tier, via, since = position
        if (tier, since) not in alike:
            alike[tier, since] = level_at(requirement, tier), due_of(requirement, tier, since)
        level, due = alike[tier, since]
        if level is None or not (binds_all or owes(network, requirement, supplier)):
            return None
        return Obligation(number, supplier, tier, level, due, via, announced)

    return bound


def _amended(network: Network, requirement: Requirement, owed: Obligation, day: date, locate: Locate) -> Obligation:
    if requirement.predecessor is None:
        return owed
    dues = {pillar: due for pillar, (_, due) in _dues(network, requirement, owed.supplier, day, locate).items()}
    first = min(dues.values())
    return owed._replace(due=first, dues=() if set(dues.values()) == {first} else tuple(dues.items()))


def _locate(network: Network, supplier: int, lens: Lens) -> Locate:
    return lambda requirement, day: position_of(network, requirement, supplier, day, lens)


def _everywhere(reached: Reach, wanted: Callable[[int], bool]) -> Iterator[tuple[int, Position]]:
    """The positions of all that are wanted; of many, without looking up each."""
    entered = [(one, via) for one, via in reached.via.items() if wanted(one)]
    tier, since = reached.tier, reached.since
    if 8 * len(entered) > len(tier):
        tier, since = dict(tier.items()), dict(since.items())
    return ((one, Position(tier[one], via, since[one])) for one, via in entered)


def _asked(network: Network, requirement: Requirement, supplier: int, position: Position | None) -> int | None:
    """The level asked of the supplier where it is, None if nothing is."""
    if position is None or not owes(network, requirement, supplier):
        return None
    return level_at(requirement, position.tier)


def _dues(
    network: Network, requirement: Requirement, supplier: int, day: date, locate: Locate
) -> dict[str, tuple[int, date]]:
    """Level and due by pillar, followed from the first requirement through its amendments.

    An obligation at the same or a lower level keeps the due date it had on the day before the amendment took
    effect (domain rules: requirement). It restarts where the level was raised, and where the way to the
    supplier is younger than the amendment: what was owed over another way had ended, and a link that starts
    today is never born overdue.
    """
    held: dict[str, tuple[int, date]] = {}
    line = lineage(network, requirement)
    for current, successor in zip(line, (*line[1:], None), strict=True):
        on = day if successor is None else day_before(successor.effective_from)
        position = locate(current, on) if successor is None or _lasts(current, on) else None
        level = _asked(network, current, supplier, position)
        if position is None or level is None:
            held = {}
            continue
        fresh = due_of(current, position.tier, position.since)
        continued = position.since is None or position.since < current.effective_from
        carried = held if continued else {}
        held = {pillar: (level, _kept(carried.get(pillar), level, fresh)) for pillar in current.pillars}
        if successor is not None and _framework(successor) != _framework(current):
            held = {}
    return held


def _kept(before: tuple[int, date] | None, level: int, fresh: date) -> date:
    return before[1] if before is not None and level <= before[0] else fresh


def _lasts(requirement: Requirement, day: date) -> bool:
    return requirement.effective_to is None or day <= requirement.effective_to


def _framework(requirement: Requirement) -> str:
    """Without the version: ranks of two versions of one framework are comparable here and nowhere else."""
    return requirement.framework.partition("@")[0]


def _all_owed(network: Network, supplier: int, day: date) -> Iterator[Obligation]:
    for requirement in network.requirements():
        owed = obligation(network, requirement, supplier, day)
        if owed is not None:
            yield owed


def _effective(network: Network, supplier: int, day: date) -> Mapping[tuple[str, str], int]:
    levels: dict[tuple[str, str], int] = {}
    for requirement in network.requirements():
        if not requirement.effective_on(day):
            continue
        level = _asked(network, requirement, supplier, position_of(network, requirement, supplier, day, Lens.OWED))
        for pillar in requirement.pillars if level is not None else ():
            key = (requirement.framework, pillar)
            levels[key] = max(levels.get(key, 0), level or 0)
    return MappingProxyType(levels)
