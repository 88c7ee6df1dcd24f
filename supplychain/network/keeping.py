"""Who writes snapshots: the worker process, when the logs moved on enough, and whoever is asked to by the command."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

from graph import base, snapshot
from graph.base import underlaid
from graph.network import Network
from graph.snapshot import Damaged
from supplychain.network import engine, loading, log, snapshots
from supplychain.network.engine import Engine, State
from supplychain.network.snapshots import Folded
from supplychain.work import Runtime, Work

T = TypeVar("T")
_KEPT: Final = 2
_DAY: Final = timedelta(days=1)
_NEW: Final = 8
_LOCK: Final = ".lock"


def keep(runtime: Runtime, *, asked: bool = False) -> Path | None:
    """Write a snapshot where one is due, and take away what nobody needs any more; the snapshot, if one was written.

    asked: whether it is due or not. Nothing is written where there are to be none, or while another process writes.
    Raises: OSError, where the folder cannot be written to.
    """
    folder = runtime.settings.snapshot_folder
    if folder is None or not (asked or _begun(runtime, lambda work: _due(work, folder))):
        return None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder) as alone:
        # Read once more under the lock: what another process wrote meanwhile is neither due nor ahead of us.
        return _begun(runtime, lambda work: _written(work, folder, asked=asked)) if alone else None


def _begun(runtime: Runtime, body: Callable[[Work], T]) -> T:
    work = Work(runtime, writes=False)
    try:
        _ = work.connection  # the heads of its snapshot of the database are known from here on
        return body(work)
    finally:
        work.close()


def _due(work: Work, folder: Path) -> bool:
    """After so many rows, or some requirements; after a tenth of them where there is none, or none of this day."""
    last = next(snapshots.kept(work.connection, folder, work.heads), None)
    begin = last.heads if last else (0, 0)
    if last and log.requirements_between(work.connection, begin[0], work.heads[0]) > _NEW:
        return True  # their tiers are in no snapshot, so that each process would walk for them
    since = log.count_between(work.connection, begin, work.heads)
    rows = work.runtime.settings.snapshot_rows
    old = last is None or work.now - last.written_at >= _DAY
    return since >= (max(1, rows // 10) if old else rows)


def _written(work: Work, folder: Path, *, asked: bool) -> Path | None:
    if not (asked or _due(work, folder)):
        return None
    state = _state(work, folder)
    snapshot.sweep(folder)
    path = snapshots.write(
        work.connection, folder, Folded(state.network, state.level_revision, state.standings), work.now
    )
    wanted = [one.path for one in snapshots.kept(work.connection, folder, state.heads)][:_KEPT]
    for name in snapshot.names(folder):
        if folder / name not in wanted and not _of_a_neighbour(work, folder / name):
            snapshot.remove(folder / name)
    return path


def _state(work: Work, folder: Path) -> State:
    """Where nothing was folded yet, and nothing is kept, links come from their table: a log of millions is long."""
    begins = work.runtime.component(Engine).state.heads == (0, 0)
    kept = snapshots.kept(work.connection, folder, work.heads)
    return gathered(work) if begins and next(kept, None) is None else engine.present(work)


def gathered(work: Work) -> State:
    """The state at the heads of a read: what folding both logs gives, without an object a link.

    Raises: ValueError for a unit that writes.
    """
    with work.deriving():
        rest = Network.empty().apply(log.since(work.session, 0, work.heads[0], links=False), work.heads[0])
        return engine.fold(work, State(underlaid(rest, loading.links(work))), work.heads)


def _of_a_neighbour(work: Work, path: Path) -> bool:
    """Whether processes of another release, which a new one replaces just now, may want it."""
    try:
        about = snapshot.about(path)
    except Damaged:
        return False
    return about.get("layout") != base.layout() and work.now - snapshots.moment(about) < _DAY


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether no other process writes; none does until the end. A process that dies lets go."""
    handle = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
