"""Snapshots of what the logs fold to: a process opens the newest one and folds only what came since.

A snapshot is of one log, up to one revision of each part of it. It bears witness of rows of that log, and is used only
where the database has the same rows still; whatever it cannot vouch for is ignored, and the log is folded instead.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import Connection

from graph import base, snapshot
from graph.arrays.floor import Arrays, Floored, shelved
from graph.network import Network
from graph.snapshot import Damaged
from graph.walks.alltiers import ways
from supplychain.network import log
from supplychain.telemetry import log as told

StandingKey = tuple[str, str]
Standings = Mapping[StandingKey, Mapping[str, Any]]
"""Of one organization: (framework, pillar) to the payload its level log row holds."""
Heads = tuple[int, int]
_STANDINGS: Final = "standings"
_FEW: Final = 8
_ORGANIZATIONS: Final = 1_000_000
"""Up to so many walks, or organizations in all of them, a process walks and remembers."""


@dataclass(frozen=True, slots=True)
class Folded:
    """What both logs fold to, up to a revision of each."""

    network: Network
    level_revision: int
    standings: Floored[int, Standings]

    @property
    def heads(self) -> Heads:
        """Network and level revision."""
        return self.network.revision, self.level_revision


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot on the disk that is one of this database's logs, and readable by this code."""

    path: Path
    heads: Heads
    written_at: datetime


def kept(connection: Connection, folder: Path, until: Heads) -> Iterator[Kept]:
    """The snapshots at or below some heads that can be used, the newest first. Damaged ones are removed."""
    for name in snapshot.names(folder):
        path = folder / name
        try:
            about = snapshot.about(path)
            if about.get("layout") != base.layout():
                continue
            heads = (about["heads"][0], about["heads"][1])
            if heads[0] > until[0] or heads[1] > until[1]:
                continue
            if about["witness"] != witness(connection, heads):
                told.warning("snapshot of another log", snapshot=str(path))
                continue
            snapshot.verify_once(path)
        except Damaged as error:
            _discard(path, error)
        else:
            yield Kept(path, heads, moment(about))


def newest(connection: Connection, folder: Path, until: Heads) -> Folded | None:
    """What the newest snapshot at or below some heads holds, mapped; None where none can be used."""
    for one in kept(connection, folder, until):
        try:
            arrays = snapshot.opened(one.path).arrays
        except Damaged as error:
            _discard(one.path, error)
        else:
            return Folded(base.network_of(arrays), one.heads[1], Floored(base.shelf_of(arrays, _STANDINGS, _read)))
    return None


def moment(about: Mapping[str, Any]) -> datetime:
    """When a snapshot was written, by what it says."""
    return datetime.fromisoformat(about["written_at"])


def write(connection: Connection, folder: Path, folded: Folded, now: datetime) -> Path:
    """Keep a snapshot of what the logs fold to; one of the same that is there already stays. Raises: OSError."""
    vouched = witness(connection, folded.heads)
    arrays = base.arrays_of(folded.network)
    arrays |= _tiers(folded.network, arrays)
    arrays |= {f"{_STANDINGS}.{part}": one for part, one in shelved(folded.standings, _written).items()}
    about = {
        "layout": base.layout(),
        "heads": folded.heads,
        "witness": vouched,
        "written_at": now.astimezone(UTC).isoformat(),
    }
    network, level = folded.heads
    return snapshot.write(folder, f"{network:012}-{level:012}-{vouched[:12]}", arrays, about)


def _tiers(network: Network, arrays: Arrays) -> Arrays:
    """The tiers of all walks, where these are more than a process can remember."""
    wanted = len(ways(network))
    if wanted <= _FEW or wanted * len(arrays["steps.places"]) < _ORGANIZATIONS:
        return {}
    from graph.bulk.table import tabled  # noqa: PLC0415 - half a second and 70 MB of compiler that only a writer needs

    return tabled(network, arrays)


def witness(connection: Connection, heads: Heads) -> str:
    """What tells a log from every other up to some heads: rows of it, more of them the later.

    A log that was restored and went on otherwise differs in all rows from there on, at least in when they were
    recorded.
    """
    rows = log.rows_at(connection, _places(heads[0]), _places(heads[1]))
    return hashlib.sha256(json.dumps([heads, rows], sort_keys=True).encode()).hexdigest()


def _places(head: int) -> list[int]:
    """The head, the revision before it, those 3, 7, 15, … before it, and the first."""
    back = (head - (1 << step) + 1 for step in range(head.bit_length()))
    return sorted({1, *(one for one in back if one > 0)}) if head else []


def _discard(path: Path, error: Damaged) -> None:
    if path.exists():  # else another process took it away while we looked
        told.error("snapshot damaged", snapshot=str(path), exc_info=error)
        snapshot.remove(path)


def _written(standings: Standings) -> bytes:
    return orjson.dumps([[*key, standing] for key, standing in standings.items()])


def _read(content: bytes) -> Standings:
    return {(framework, pillar): standing for framework, pillar, standing in orjson.loads(content)}
