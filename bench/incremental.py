"""A cascade that stands, link by link: a part of `bench.goals`, which prints and keeps what is measured here.

Links are taken out and put in again one after the other by one compiled function, which reads the thread's clock of
processor time around each; that costs the third of a microsecond and is in the figures. Afterwards every tier is
compared with what is computed from nothing, which is also what a link's cost is divided into.
"""

import ctypes
import os
import statistics
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numba
import numpy as np

from bench.industry import Industry
from bench.timing import timed
from graph import snapshot
from graph.bulk.arrays import NO_DAY, Longs
from graph.bulk.demand import Demand
from graph.bulk.fresh import standing
from graph.bulk.kept import about, arrays_of, standing_of
from graph.bulk.network import Links
from graph.bulk.repair import changed
from graph.bulk.standing import Standing

COUNT: Final = 2_000
ENDED: Final = 1_000
_THREAD_CPU: Final = 3
_clock = ctypes.CDLL(None).clock_gettime
_clock.argtypes = [ctypes.c_int, ctypes.c_void_p]
_clock.restype = ctypes.c_int


def measured(made: Industry, wanted: Sequence[Demand]) -> dict[str, Any]:
    """Microseconds a link."""
    everything = np.ones(len(made.buyer), bool)

    def anew(there: Any = everything) -> Standing:
        return standing(_links(made, there), made.organizations, made.codes, wanted)

    here = anew()
    whole = statistics.median(timed(anew)[0] for _ in range(2))
    results: dict[str, Any] = {"CPU s from nothing": round(whole, 4), "walks": len(here.ways)}
    chosen, slots = _chosen(made, here, COUNT)
    before, classes = here.tiers.copy(), here.slots.base.up_class[slots].astype(np.int64)
    nothing = np.full(len(slots), here.gone, np.int64)
    _timed(here, slots, nothing)
    _timed(here, slots, classes)
    results["delete"] = _told(_timed(here, slots, nothing), whole)
    there = everything.copy()
    there[chosen] = False
    other = anew(there)
    assert np.array_equal(other.tiers[other.place], here.tiers[here.place])
    results["insert"] = _told(_timed(here, slots, classes), whole)
    assert np.array_equal(before, here.tiers)
    return results


def kept(made: Industry, wanted: Sequence[Demand]) -> dict[str, Any]:
    """A state as the command keeps it, names apart: milliseconds to open it; and once some links ended."""
    here = standing(_links(made, np.ones(len(made.buyer), bool)), made.organizations, made.codes, wanted)
    with TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        folder = Path(name)
        written, path = timed(lambda: snapshot.write(folder, "1", arrays_of(here), {"standing": about(here)}))
        opened = [timed(lambda: _opened(path))[0] * 1e3 for _ in range(5)]
        verified, _ = timed(lambda: snapshot.verify(path))
        here = _opened(path)
        _, slots = _chosen(made, here, ENDED)
        _timed(here, slots, np.full(len(slots), here.gone, np.int64))
        again, later = timed(lambda: snapshot.write(folder, "2", arrays_of(here), {"standing": about(here)}, over=path))
        return {
            "value": round(statistics.median(opened), 2),
            "MB": _megabytes(path, 2),
            "CPU s to write": round(written, 3),
            "CPU s to verify": round(verified, 3),
            f"MB written when {len(slots)} links ended": _megabytes(later, 1),
            "CPU s to write these": round(again, 3),
        }


def _chosen(made: Industry, here: Standing, count: int) -> tuple[Longs, Longs]:
    """Some links and their slots."""
    chosen = np.random.default_rng(6).choice(len(made.buyer), min(count, len(made.buyer) // 20), replace=False)
    return chosen, np.array([here.slot(int(number) + 1) for number in chosen], np.int64)


def _opened(path: Path) -> Standing:
    found = snapshot.opened(path)
    return standing_of(found.arrays, found.about["standing"])


def _megabytes(path: Path, names: int) -> float:
    """Of the files that have so many names at most: what is shared with another snapshot has two."""
    stats = [file.stat() for file in path.iterdir()]
    return round(sum(one.st_size for one in stats if one.st_nlink <= names) / 1e6, 1)


def _links(made: Industry, there: Any) -> Links:
    count = int(there.sum())
    number = np.arange(1, len(made.buyer) + 1)[there]
    since = np.full(count, NO_DAY, np.int32)
    return Links(made.buyer[there], made.supplier[there], number, made.code[there], since)


@numba.njit(nogil=True)
def _batch(here: Any, slots: Longs, classes: Longs, times: Longs) -> None:
    clock = np.zeros(4, np.int64)
    for at in range(len(slots)):
        _clock(_THREAD_CPU, clock[0:2].ctypes)
        changed(here, slots[at], classes[at])
        _clock(_THREAD_CPU, clock[2:4].ctypes)
        times[at] = (clock[2] - clock[0]) * 1_000_000_000 + clock[3] - clock[1]


def _timed(here: Standing, slots: Longs, classes: Longs) -> Any:
    times = np.zeros(len(slots), np.int64)
    _batch(here.held, slots, classes, times)
    return times / 1e3


def _told(microseconds: Any, whole: float) -> dict[str, float]:
    median, late, most = np.percentile(microseconds, [50, 99, 100])
    mean = float(microseconds.mean())
    figures = {"median": median, "p99": late, "most": most, "mean": mean, "ratio": whole * 1e6 / median}
    return {name: round(float(value), 2) for name, value in figures.items()}
