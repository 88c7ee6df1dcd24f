"""Requirements in numbers, and which of them can share a walk."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from graph.bulk.arrays import NO_DAY
from graph.terms import MAX_TIER, Beyond, ScopeApplies

WIDTHS: Final = (1, 4, 8)
"""How many words of 64 requirements a walk may carry: each width is compiled when it is first used."""
_MANY: Final = 200_000


class Walk(NamedTuple):
    """What decides how a requirement travels and whom it binds: requirements that share it differ in levels alone."""

    group: tuple[int, ...]
    hs: tuple[str, ...]
    first_only: bool
    countries: tuple[str, ...]
    sectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """A requirement (domain rules: cascade), its organizations by rank and its days since 1970-01-01.

    Attributes:
        group: the issuer and everything it owns, sorted: tier 0.
        schedule: the level of tier 1, 2, …, never increasing, at most 15.
        hs: prefixes of the link scope, none for every link.
        countries, sectors: the supplier scope, none for everybody.
        grace: months of tier 1, 2, …; the last holds, none given is 0.
    """

    group: tuple[int, ...]
    schedule: tuple[int, ...]
    pillar: str = ""
    beyond: Beyond = Beyond.STOP
    hs: tuple[str, ...] = ()
    scope_applies: ScopeApplies = ScopeApplies.EVERY
    countries: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    effective_from: int = NO_DAY
    grace: tuple[int, ...] = field(default=())

    @property
    def depth(self) -> int:
        """The last tier that owes."""
        return MAX_TIER if self.beyond is Beyond.HOLD else len(self.schedule)

    @property
    def walk(self) -> Walk:
        hs = tuple(sorted(set(self.hs)))
        first_only = bool(hs) and self.scope_applies is ScopeApplies.FIRST
        return Walk(self.group, hs, first_only, tuple(sorted(set(self.countries))), tuple(sorted(set(self.sectors))))

    def levels(self) -> list[int]:
        """The level of each tier from 0 to 15; 0 where nothing is owed."""
        below = self.schedule[-1] if self.beyond is Beyond.HOLD else 0
        return [0, *self.schedule, *[below] * (MAX_TIER - len(self.schedule))]

    def months(self) -> list[int]:
        """The months of grace of each tier from 0 to 15."""
        stated = self.grace or (0,)
        return [0, *(stated[min(tier, len(stated)) - 1] for tier in range(1, MAX_TIER + 1))]


@dataclass(frozen=True, slots=True)
class Batch:
    """Requirements that travel together.

    walks: each different walk of theirs with the last tier that anybody of it asks. members: for each requirement
    its number in the whole and the number of its walk.
    """

    walks: dict[Walk, int]
    members: list[tuple[int, int]]


def batches(demands: Sequence[Demand], width: int) -> Iterator[Batch]:
    """The requirements in their order, as many at a time as fit into so many words."""
    walks: dict[Walk, int] = {}
    numbers: dict[Walk, int] = {}
    members: list[tuple[int, int]] = []
    for number, demand in enumerate(demands):
        walk = demand.walk
        if walk not in walks and len(walks) == 64 * width:
            yield Batch(walks, members)
            walks, numbers, members = {}, {}, []
        walks[walk] = max(walks.get(walk, 0), demand.depth)
        members.append((number, numbers.setdefault(walk, len(numbers))))
    if members:
        yield Batch(walks, members)


def least_width(walks: int) -> int:
    """The fewest words in which so many walks travel together, the most there are where no width is enough."""
    return next((width for width in WIDTHS if walks <= 64 * width), WIDTHS[-1])


def width_for(demands: Sequence[Demand], organizations: int) -> int:
    """How many words to walk with: no more than there are requirements, and wide where memory is the limit."""
    if len(demands) <= 64:  # noqa: PLR2004 - the bits of a word
        return WIDTHS[0]
    return WIDTHS[2] if organizations > _MANY and len(demands) > 64 * WIDTHS[1] else WIDTHS[1]
