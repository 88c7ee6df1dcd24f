"""The state of a cascade in a folder, from which changes of links go on.

A state is a whole snapshot (`graph.snapshot`): who dies while writing leaves the last one.
"""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph import snapshot
from graph.bulk.arrays import Ints, Longs
from graph.bulk.demand import Demand
from graph.bulk.kept import about, arrays_of, standing_of
from graph.bulk.repair import columns
from graph.bulk.standing import Standing, depths_of
from graph.terms import Beyond, ScopeApplies
from supplychain.errors import Invalid

VERSION: Final = 2
"""Of what is kept; a state of another version is refused and made anew."""
MOST_CELLS: Final = 2**33
"""So many tiers, a byte each, may be kept."""
_LOCK: Final = ".lock"


@dataclass(frozen=True, slots=True)
class Kept:
    """A standing cascade and what its numbers stand for.

    names: of organizations. idle: sorted numbers of links that do not carry on the day. kind, kinds: as an `Industry`
    has them. ids, demands: of the requirements, in their order. on: the day whose links count.
    """

    standing: Standing
    names: Any
    idle: Longs
    kind: Ints
    kinds: tuple[tuple[str, str], ...]
    ids: Sequence[str]
    demands: Sequence[Demand]
    on: date


def check_room(organizations: int, demands: Sequence[Demand]) -> None:
    """Raises Invalid where the tiers of all walks would be too many to keep."""
    if organizations * columns(len(depths_of(demands))) > MOST_CELLS:
        raise Invalid("cascade-too-large-to-keep", cells=MOST_CELLS)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One at a time goes on from a folder's state. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def keep(folder: Path, kept: Kept) -> None:
    """Write the first state of a folder, or another one instead of what is there."""
    with locked(folder):
        keep_locked(folder, kept)


def keep_locked(folder: Path, kept: Kept) -> None:
    """The same for who holds the lock."""
    snapshot.sweep(folder)
    before = snapshot.names(folder)
    number = 1 + max((int(name) for name in before if name.isdigit()), default=0)
    names = pc.cast(kept.names, pa.large_string())
    offsets, texts = (np.frombuffer(buffer or b"", np.uint8) for buffer in names.buffers()[1:])
    arrays = {
        **arrays_of(kept.standing),
        "offsets": offsets.view(np.int64)[names.offset : names.offset + len(names) + 1],
        "texts": texts,
        "idle": kept.idle,
        "kind": kept.kind,
    }
    said = {
        "version": VERSION,
        "on": kept.on.isoformat(),
        "standing": about(kept.standing),
        "kinds": kept.kinds,
        "ids": list(kept.ids),
        "demands": [asdict(demand) for demand in kept.demands],
    }
    try:
        snapshot.write(folder, f"{number:010}", arrays, said)
    except OSError as error:  # numpy says how much found room, and not where
        raise OSError(error.errno, error.strerror or f"not all could be written, {error}", str(folder)) from error
    for name in before:
        snapshot.remove(folder / name)


def verified(folder: Path) -> Path:
    """The newest state of a folder, every byte of it as it was written. Raises Invalid."""
    found = snapshot.names(folder) if folder.is_dir() else []
    if not found:
        raise Invalid("cascade-not-kept", folder=str(folder))
    try:
        snapshot.verify(folder / found[0])
    except snapshot.Damaged as error:
        raise Invalid("cascade-kept-damaged", reason=str(error)) from error
    return folder / found[0]


def opened(path: Path) -> Kept:
    """A verified state, mapped: changes to it are the reader's own. Raises Invalid where it is of another version."""
    found = snapshot.opened(path)
    said, arrays = found.about, found.arrays
    if said.get("version") != VERSION:
        raise Invalid("cascade-kept-version", found=str(said.get("version")), needed=VERSION)
    return Kept(
        standing=standing_of(arrays, said["standing"]),
        names=_names(arrays["offsets"], arrays["texts"]),
        idle=arrays["idle"],
        kind=arrays["kind"],
        kinds=tuple((country, sector) for country, sector in said["kinds"]),
        ids=said["ids"],
        demands=[_demand(**one) for one in said["demands"]],
        on=date.fromisoformat(said["on"]),
    )


def _names(offsets: Longs, texts: Any) -> Any:
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(texts)]
    return pa.LargeStringArray.from_buffers(len(offsets) - 1, buffers[1], buffers[2])


def _demand(beyond: str, scope_applies: str, effective_from: int, pillar: str, **lists: list[Any]) -> Demand:
    tuples: dict[str, Any] = {name: tuple(values) for name, values in lists.items()}
    return Demand(
        beyond=Beyond(beyond),
        scope_applies=ScopeApplies(scope_applies),
        effective_from=effective_from,
        pillar=pillar,
        **tuples,
    )
