"""The fold of the logs in this process: it sees committed facts only, and never goes back.

A writer never changes it. Under the revision lock it catches up, previews, writes the log row
and commits; every worker, its own included, then catches up from the log.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Any, Final, cast

import orjson

from graph import snapshot
from graph.arrays.floor import Floored
from graph.memory import UNIT, Memory
from graph.network import Network
from graph.parts import Part
from graph.undoing import undone
from graph.versions import Version
from supplychain import heads
from supplychain.network import log, snapshots
from supplychain.network.log import Level
from supplychain.network.snapshots import StandingKey, Standings
from supplychain.work import Work

_NEAR: Final = 8
"""Revisions that are folded without looking for a snapshot."""
_WORTH: Final = 1_000
"""Rows of the logs that are folded sooner than a snapshot is opened."""


@dataclass(frozen=True, slots=True)
class State:
    """The network at one revision and the standings at one level revision; a value.

    stood: version of all standings; what moves is an organization.
    """

    network: Network = field(default_factory=Network.empty)
    level_revision: int = 0
    standings: Floored[int, Standings] = field(default_factory=Floored)
    stood: Version = field(default_factory=Version)

    @property
    def heads(self) -> tuple[int, int]:
        """Network and level revision."""
        return self.network.revision, self.level_revision

    def standing(self, organization: int, framework: str, pillar: str) -> Mapping[str, Any] | None:
        """The stored standing of an organization in one pillar, if it was ever derived."""
        return self.standings.get(organization, {}).get((framework, pillar))


class Engine:
    """One per process; hands out immutable states."""

    def __init__(self) -> None:
        self.state = State()
        self._lock = Lock()

    def at(self, work: Work) -> State:
        """The state at exactly the heads of this unit's snapshot.

        A read whose snapshot is older than what this process has folded takes a new snapshot.
        """
        if work.writes:
            return self.up_to(work, heads.read(work.connection))
        _ = work.connection
        if work.pinned is None:
            while (found := self.up_to(work, work.heads)).heads != work.heads:
                work.restart()
            work.pinned = found
        return cast(State, work.pinned)

    def up_to(self, work: Work, target: tuple[int, int]) -> State:
        """The state with everything committed up to some heads folded in.

        A writer that locked a head asks for the one before its own: what is not committed is never folded.
        """
        with self._lock:
            state = self.state
            if not _older(state.heads, target):
                return state
            with work.deriving():
                state = fold(work, _nearer(work, state, target), target)
            state.network.memory.room = work.runtime.settings.memory // UNIT
            self.state = state
            return state


def present(work: Work) -> State:
    """The engine's state for a unit of work: one answer, one revision. Who may see what is decided on it."""
    engine: Engine = work.runtime.component(Engine)
    return engine.at(work)


def state(work: Work) -> State:
    """The state that an answer is computed from: the present one, unless the question is what was known earlier."""
    cutoff = work.moment.cutoff(work.runtime.settings.time_zone)
    if cutoff is None:
        return present(work)
    if work.recalled is not None and work.recalled[0] == cutoff:
        return cast(State, work.recalled[1])
    past: Past = work.runtime.component(Past)
    found = past.at(work, present(work), cutoff)
    if not work.writes:
        work.recalled = cutoff, found
    return found


def network(work: Work) -> Network:
    """The network that an answer is computed from."""
    return state(work).network


_KEPT: Final = 4
"""States of earlier days kept folded; each may remember that part of what the present one may."""
_ALIKE: Final = 20_000
"""How many different standings are kept once."""


class Past:
    """States of earlier revisions, made when somebody asks; one per process."""

    def __init__(self) -> None:
        self._states: dict[tuple[int, int], State] = {}
        self._lock = Lock()

    def at(self, work: Work, now: State, cutoff: datetime) -> State:
        """The state with everything folded in that was recorded before a moment.

        now: the state of the unit's snapshot.
        """
        with work.deriving():
            heads = log.heads_before(work.connection, cutoff)
        if heads == now.heads:
            return now
        with self._lock:
            found = self._states.pop(heads, None)
            if found is None:
                with work.deriving():
                    found = recalled(work, now, heads)
                found.network.memory = Memory(now.network.memory.room // _KEPT)
            self._states[heads] = found
            if len(self._states) > _KEPT:
                del self._states[next(iter(self._states))]
            return found


def _older(mine: tuple[int, int], theirs: tuple[int, int]) -> bool:
    return mine[0] < theirs[0] or mine[1] < theirs[1]


def _nearer(work: Work, state: State, target: tuple[int, int]) -> State:
    """The state, or what a snapshot holds where that leaves much less of the log to be folded."""
    folder = work.runtime.settings.snapshot_folder
    distance = target[0] - state.network.revision + target[1] - state.level_revision
    if folder is None or distance <= _NEAR or not snapshot.names(folder):
        return state
    if log.count_between(work.connection, state.heads, target) <= _WORTH:
        return state
    found = snapshots.newest(work.connection, folder, target)
    if found is None or _older(found.heads, state.heads) or found.heads == state.heads:
        return state
    return State(found.network, found.level_revision, found.standings)


def fold(work: Work, state: State, target: tuple[int, int]) -> State:
    """The state with both logs folded in up to some heads; by whoever may read every tenant's facts."""
    folded = state.network
    if folded.revision < target[0]:
        changes = log.since(work.session, folded.revision, target[0])
        folded = folded.apply(changes, target[0])
    if state.level_revision >= target[1]:
        return replace(state, network=folded)
    changed = _told(state.standings, log.levels_since(work.session, state.level_revision, target[1]))
    return State(folded, target[1], state.standings.update(changed), state.stood.after(changed.keys()))


def recalled(work: Work, now: State, heads: tuple[int, int]) -> State:
    """The state at earlier heads: folded, or that of now with what came since undone, where that is less."""
    since, until = (log.count_between(work.connection, *pair) for pair in ((heads, now.heads), ((0, 0), heads)))
    return undo(work, now, heads) if since < until else fold(work, _nearer(work, State(), heads), heads)


def undo(work: Work, now: State, heads: tuple[int, int]) -> State:
    """What `fold` makes of the logs up to earlier heads, from what it makes of more of them."""
    (network, level), (until, level_until) = heads, now.heads
    changes = log.said_before(work.session, network, until)
    before = undone(now.network, log.touched(work.session, network, until), changes, network)
    moved = log.levels_moved(work.session, level, level_until)
    stayed = Floored(Part(now.standings, lambda organization: organization not in moved))
    levels = log.levels_since(work.session, 0, level, moved=level_until)
    return State(before, level, stayed.update(_told(stayed, levels)))


def _told(standings: Mapping[int, Standings], levels: Iterable[Level]) -> dict[int, Standings]:
    """The standings of everybody of whom something is said, afterwards."""
    changed: dict[int, Standings] = {}
    for organization, framework, pillar, standing in levels:
        before = changed.get(organization) or standings.get(organization) or {}
        changed[organization] = {**before, _key(framework, pillar): _alike(orjson.dumps(standing))}
    return changed


@lru_cache(maxsize=_ALIKE)
def _key(framework: str, pillar: str) -> StandingKey:
    return framework, pillar


@lru_cache(maxsize=_ALIKE)
def _alike(standing: bytes) -> Mapping[str, Any]:
    """A standing, kept once for all who stand alike: else they would be most of what a process weighs."""
    return cast(Mapping[str, Any], orjson.loads(standing))
