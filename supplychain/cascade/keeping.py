"""The state of a cascade in a folder, from which changes go on.

A state is a whole snapshot (`graph.snapshot`): who dies while writing leaves the last one.
"""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph import snapshot
from graph.bulk.answers import Answering
from graph.bulk.arrays import Ints, Longs
from graph.bulk.demand import Demand
from graph.bulk.kept import about, arrays_of, standing_of
from graph.bulk.network import MOST_LINKS, MOST_ORGANIZATIONS
from graph.bulk.repair import width_of
from graph.bulk.standing import Standing, depths_of
from graph.terms import Beyond, ScopeApplies
from supplychain.cascade.organizations import NOBODY
from supplychain.errors import Invalid

VERSION: Final = 2
"""Of what is kept; a state of another version is refused and made anew."""
MOST_CELLS: Final = 2**33
"""So many tiers, a byte each, may be kept."""
_LOCK: Final = ".lock"
_NO_KIND: Final = ("", "")


@dataclass(frozen=True, slots=True)
class Kept:
    """A standing cascade and what its numbers stand for.

    names: of organizations. idle: sorted numbers of links that do not carry on the day. kind, kinds: as an `Industry`
    has them. parent: as `parents_of` has it. ids, issuers, demands: of the requirements, in their order. on: the day
    whose links count.
    """

    standing: Standing
    names: Any
    idle: Longs
    kind: Ints
    kinds: tuple[tuple[str, str], ...]
    parent: Ints
    ids: Sequence[str]
    issuers: Sequence[int]
    demands: Sequence[Demand]
    on: date

    @property
    def answering(self) -> Answering:
        return Answering(self.standing, self.kind, self.kinds)

    def naming(self, texts: Any) -> tuple["Kept", Ints]:
        """The number of each of some names. Who is new has neither country, sector nor parent. Raises Invalid."""
        texts = texts.cast(pa.large_string())
        numbers = pc.index_in(texts, self.names)
        new = pc.unique(texts.filter(pc.is_null(numbers)))
        if not len(new):
            return self, numbers.to_numpy()
        if len(self.names) + len(new) > MOST_ORGANIZATIONS:
            raise Invalid("cascade-too-large", organizations=MOST_ORGANIZATIONS, links=MOST_LINKS)
        check_room(len(self.names) + len(new), self.demands)
        for _ in range(len(new)):
            self.standing.organization()
        kinds = self.kinds if _NO_KIND in self.kinds else (*self.kinds, _NO_KIND)
        found = replace(
            self,
            names=pa.concat_arrays([self.names, new]),
            kinds=kinds,
            kind=np.append(self.kind, np.full(len(new), kinds.index(_NO_KIND), np.int32)),
            parent=np.append(self.parent, np.full(len(new), NOBODY, np.int32)),
        )
        return found, pc.index_in(texts, found.names).to_numpy()


def check_room(organizations: int, demands: Sequence[Demand]) -> None:
    """Raises Invalid where the tiers of all walks would be too many to keep."""
    if organizations * width_of(len(depths_of(demands))) > MOST_CELLS:
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


def keep_locked(folder: Path, kept: Kept, over: Path | None = None) -> None:
    """The same for who holds the lock. over: the verified state that it came from, to write only what changed."""
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
        "parent": kept.parent,
    }
    said = {
        "version": VERSION,
        "on": kept.on.isoformat(),
        "standing": about(kept.standing),
        "kinds": kept.kinds,
        "ids": list(kept.ids),
        "issuers": list(kept.issuers),
        "demands": [asdict(demand) for demand in kept.demands],
    }
    try:
        snapshot.write(folder, f"{number:010}", arrays, said, over)
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
        parent=arrays["parent"],
        ids=said["ids"],
        issuers=said["issuers"],
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
