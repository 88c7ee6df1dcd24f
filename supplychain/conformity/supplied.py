"""What everybody that a reader may list owes, carried from revision to revision: only who moved is judged again.

Judged rows are kept by requirement and joined by supplier, so that a requirement that is amended costs its own rows.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import TypeVar

from graph.memory import Line
from graph.network import Requirement
from graph.sight import view
from graph.versions import Version
from supplychain.answers.queries import heard_by
from supplychain.answers.rules import Heard
from supplychain.conformity.brand import Passing, judged_rows, lasts, passing, passing_rows, requirements_of
from supplychain.conformity.judged import Judged
from supplychain.network import engine
from supplychain.network.visibility import Seen, directory, names_of, network_for, visible_among, visible_to
from supplychain.work import Work

Value = TypeVar("Value")
Supplied = Mapping[str, tuple[Seen, tuple[Judged, ...]]]
Rows = Mapping[str, tuple[Judged, ...]]


@dataclass(frozen=True, slots=True)
class Owed:
    """The rows of one requirement by displayed id of the supplier.

    unsure: organizations whose standing was computed when it was read, and is again. version: whose rows moved.
    """

    rows: Rows
    heard: Heard
    unsure: frozenset[int]
    version: Version = field(default_factory=Version)

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory: a row with what it says as several of a walk."""
        return 4 * len(self.rows)


@dataclass(frozen=True, slots=True)
class _Told:
    suppliers: Supplied
    passing: Passing

    @property
    def weight(self) -> int:
        return 2 * len(self.suppliers)


def suppliers(work: Work, reader: int, day: date) -> Supplied:
    """Everybody a reader may list, with the obligations it may see, by displayed id."""
    network, said = network_for(work, reader), heard_by(work, reader).version
    mine = tuple(requirements_of(network, reader))
    if not lasts(work):
        return _all_told(work, reader, day, mine).suppliers

    def sources() -> Iterator[Version]:
        yield directory(work, reader, day).version
        yield engine.state(work).stood
        yield engine.state(work).network.described
        yield from (owed(work, reader, day, one).version for one in mine)

    return network.memory.repaired(
        Line(("suppliers", reader, work.moment, day, mine), engine.state(work).level_revision, said, dated=False),
        lambda: tuple(sources()),
        lambda: _all_told(work, reader, day, mine),
        lambda earlier, moves: _retold(work, reader, day, mine, earlier, frozenset().union(*moves)),
    ).suppliers


def owed(work: Work, reader: int, day: date, requirement: Requirement) -> Owed:
    """The rows of one requirement of the reader's own."""
    network, state, heard = network_for(work, reader), engine.state(work), heard_by(work, reader)
    if not lasts(work):
        return _owed(heard, judged_rows(work, reader, day, [requirement]))
    return network.memory.repaired(
        Line(("owed", reader, work.moment, day, requirement), state.level_revision, heard.version, dated=False),
        lambda: (view(network, requirement, day).version, state.stood, state.network.described),
        lambda: _owed(heard, judged_rows(work, reader, day, [requirement])),
        lambda earlier, moves: _rejudged(work, reader, day, requirement, heard, earlier, frozenset().union(*moves)),
    )


def about(work: Work, reader: int, day: date, organizations: AbstractSet[int]) -> Supplied:
    """Some of `suppliers`, without making the others."""
    mine = requirements_of(network_for(work, reader), reader)
    through = passing(work, reader, day, organizations)
    rows = judged_rows(work, reader, day, mine, organizations) + passing_rows(work, reader, day, through)
    return _joined(visible_among(work, reader, day, organizations), [_by_supplier(rows)])


def _owed(heard: Heard, rows: list[Judged]) -> Owed:
    return Owed(_by_supplier(rows), heard, _unsure(rows))


def _rejudged(
    work: Work,
    reader: int,
    day: date,
    requirement: Requirement,
    heard: Heard,
    earlier: Owed,
    moved: AbstractSet[int],
) -> Owed | None:
    again = moved | earlier.unsure
    again |= {supplier for (_, supplier, _), _ in heard.by_name.items() ^ earlier.heard.by_name.items()}
    if not again:
        return earlier
    if 2 * len(again) > len(earlier.rows):  # by what was known later, when everybody is judged from the facts
        return None
    found = judged_rows(work, reader, day, [requirement], again)
    rows = _without(earlier.rows, work, reader, again) | _by_supplier(found)
    return Owed(rows, heard, _unsure(found), earlier.version.after(again))


def _all_told(work: Work, reader: int, day: date, mine: Iterable[Requirement]) -> _Told:
    through = passing(work, reader, day)
    own = (owed(work, reader, day, one).rows for one in mine)
    rows = [*own, _by_supplier(passing_rows(work, reader, day, through))]
    return _Told(_joined(visible_to(work, reader, day), rows), through)


def _retold(
    work: Work, reader: int, day: date, mine: Iterable[Requirement], earlier: _Told, moved: AbstractSet[int]
) -> _Told:
    through = passing(work, reader, day)
    again = moved | {one.supplier for _, one in set(through) ^ set(earlier.passing)}
    # What passes through is few, and its standings may be unsure.
    again |= {one.supplier for _, one in through}
    if not again:
        return earlier
    own = [owed(work, reader, day, one).rows for one in mine]
    rows = [*own, _by_supplier(passing_rows(work, reader, day, through))]
    told = _without(earlier.suppliers, work, reader, again)
    return _Told(told | _joined(visible_among(work, reader, day, again), rows), through)


def _without(held: Mapping[str, Value], work: Work, reader: int, organizations: AbstractSet[int]) -> dict[str, Value]:
    found = dict(held)
    for name in (name for one in organizations for name in names_of(work, reader, one)):
        found.pop(name, None)
    return found


def _joined(listed: Mapping[str, Seen], rows: Iterable[Rows]) -> dict[str, tuple[Seen, tuple[Judged, ...]]]:
    told = tuple(rows)
    return {
        name: (seen, tuple(chain.from_iterable([one.get(name, ()) for one in told]))) for name, seen in listed.items()
    }


def _by_supplier(rows: Iterable[Judged]) -> dict[str, tuple[Judged, ...]]:
    found: dict[str, tuple[Judged, ...]] = {}
    for row in rows:
        found[row.supplier] = (*found.get(row.supplier, ()), row)
    return found


def _unsure(rows: Iterable[Judged]) -> frozenset[int]:
    return frozenset(
        row.owed.supplier for row in rows if (stood := row.ruling.stood) is not None and stood.since is None
    )
