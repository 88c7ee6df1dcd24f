"""The goals of the cascade at the size of an industry, one list: `SIZE=S|M|L python -m bench.goals`, S by default.

Processor time of one process on one thread, ours and theirs in turn (A B A B), medians; by the clock where a server
takes part. Every result is compared. What was measured is kept in `results/`, one file a size, and drawn by `plots.py`.
ONLY=table,load measures these rows and leaves the others as they are kept.
"""

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench import cascade, loading, probe, rivals
from bench.cascade import Case, Figures, Unmeasured

RESULTS: Final = Path(__file__).parent / "results"
LIBRARIES: Final = "numba", "numpy", "networkx", "duckdb", "pyarrow", "psycopg", "sqlalchemy"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table.

    goal: a bound of `value`, as ">= 250". sizes: where the goal is to be reached. unit: of value; "times" is a ratio.
    """

    key: str
    what: str
    unit: str
    goal: str = ""
    sizes: str = ""

    def reached(self, value: float, size: str) -> bool | None:
        """Whether the goal is; None where there is none for the size."""
        if size not in self.sizes:
            return None
        bound, number = self.goal.split()
        return value >= float(number) if bound == ">=" else value <= float(number)


Measure = Callable[[Case], Figures]


def elsewhere(name: str, measure: Callable[[Any, Case], Figures]) -> Measure:
    """What a module measures that is imported once it is its turn: it may wake the whole application."""

    def measured(case: Case) -> Figures:
        if find_spec(name) is None:
            raise Unmeasured(f"there is no {name}")
        return measure(import_module(name), case)

    return measured


def _changes(incremental: Any, case: Case) -> Figures:
    found = incremental.measured(case.made, cascade.demands(case.made.requirements))
    figures = {}
    for kind in ("insert", "delete"):
        one = found[kind]
        figures[kind] = {"value": one["median"], "most": one["most"], "mean": one["mean"]}
        figures[f"{kind} p99"] = {"value": one["p99"]}
        figures[f"{kind} ratio"] = {"value": one["ratio"]}
    return figures


def _kept(incremental: Any, case: Case) -> Figures:
    return {"kept": incremental.kept(case.made, cascade.demands(case.made.requirements))}


def _snapshot(snapshots: Any, case: Case) -> Figures:
    links, organizations, requirements = snapshots.columns(case.size)
    network = snapshots.built(links, snapshots.organizations(organizations))
    network = network.apply([snapshots.demand(number) for number in range(1, requirements + 1)], 2)
    with TemporaryDirectory() as folder:
        path = snapshots.written(Path(folder), snapshots.whole(network), organizations)
        best = min((snapshots.opened(path) for _ in range(3)), key=lambda one: one["wall"])
    return {
        "open": {"value": best["wall"] * 1e3, "CPU": best["cpu"] * 1e3},
        "dirty": {"value": best["folded"] / 2**20, "after opening": best["opened"] / 2**20},
    }


TABLE: Final[tuple[tuple[Measure, tuple[Row, ...]], ...]] = (
    (
        cascade.alone,
        (
            Row("shape", "the industry", ""),
            Row("arrays", "arrays of the network", "s"),
            Row("rows", "all rows with via", "s"),
            Row("due", "all rows with via and due dates", "s"),
            Row("levels", "all effective levels", "s"),
            Row("link", "a link: number, ends, scope, dates, both directions", "bytes", "<= 24", "SML"),
            Row("cell", "a (supplier, requirement) cell", "bytes", "<= 0.5", "SML"),
        ),
    ),
    (cascade.on_every_core, (Row("threads", "all rows with via, a thread a core / one thread", "times"),)),
    (
        rivals.networkx,
        (
            Row("table", "full table with via / networkx, breadth-first", "times", ">= 250", "M"),
            Row("effective", "level per supplier and pillar / networkx", "times", ">= 600", "M"),
        ),
    ),
    (rivals.duckdb, (Row("duckdb", "full table with via / DuckDB USING KEY, 1 thread", "times", ">= 75", "M"),)),
    (rivals.postgresql, (Row("postgres", "full table with via / PostgreSQL, recursive CTE", "times"),)),
    (probe.measured, (Row("bound", "levels: time / (links looked at x ns a random line)", "times", "<= 2", "L"),)),
    (
        elsewhere("bench.incremental", _changes),
        (
            Row("insert", "a link is new, median", "us", "<= 10", "ML"),
            Row("insert p99", "a link is new, p99", "us", "<= 1000", "ML"),
            Row("insert ratio", "from nothing / a link that is new", "times"),
            Row("delete", "a link ends, median", "us", "<= 10", "ML"),
            Row("delete p99", "a link ends, p99", "us", "<= 1000", "ML"),
            Row("delete ratio", "from nothing / a link that ends", "times"),
        ),
    ),
    (elsewhere("bench.incremental", _kept), (Row("kept", "a kept state of the command opened", "ms"),)),
    (
        elsewhere("bench.snapshots", _snapshot),
        (
            Row("open", "a worker opens a snapshot", "ms", "<= 10", "SML"),
            Row("dirty", "private memory of a worker after 1,000 log rows", "MiB", "<= 40", "SML"),
        ),
    ),
    (
        loading.from_postgres,
        (Row("load", "links from PostgreSQL / rows of SQLAlchemy Core", "times", ">= 15", "ML"),),
    ),
    (loading.from_sqlite, (Row("load SQLite", "links from SQLite / rows of SQLAlchemy Core", "times"),)),
    (
        elsewhere("bench.served", lambda served, case: served.measured(case)),
        (
            Row("http", "HTTP, status of one supplier: demo network / a brand here", "times", ">= 0.8", "L"),
            Row("http obligations", "HTTP, own obligations: demo network / a supplier here", "times"),
            Row("http own", "HTTP, own status: demo network / a supplier here", "times"),
            Row("http buyer", "HTTP, a direct supplier's status: demo / a buyer here", "times"),
            Row("http changed", "HTTP, the slowest first answer once a link is new", "s"),
            Row("http link", "HTTP, the link that is new", "s"),
            Row("http memory", "HTTP, memory of the worker after that (PSS)", "MiB"),
        ),
    ),
)


def main() -> int:
    """Measure one size, print its table and keep the figures."""
    size = os.environ.get("SIZE", "S")
    only = set(filter(None, os.environ.get("ONLY", "").split(",")))
    path = RESULTS / f"{size}.json"
    kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
    results: dict[str, Any] = {"size": size, "machine": machine(), "rows": kept.get("rows", {}) if only else {}}
    print(f"\n{f'the cascade, {size}':58} {'ours':>11} {'theirs':>11} {'value':>10}         goal")
    case = Case(size)
    for measure, rows in TABLE:
        if only and not only & {row.key for row in rows}:
            continue
        for row, found in _measured(case, measure, rows):
            print(_line(row, found, size))
            sys.stdout.flush()
            results["rows"][row.key] = {**found, "load": os.getloadavg()[0]}
    keep(size, results)
    return 0


def keep(name: str, results: Mapping[str, Any]) -> None:
    """Write what was measured into `results/`, for people and for pictures: four digits of each figure."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(_short(results), indent=1, ensure_ascii=False) + "\n", "utf-8")


def _measured(case: Case, measure: Measure, rows: tuple[Row, ...]) -> Iterator[tuple[Row, Mapping[str, Any]]]:
    begun = time.perf_counter()
    try:
        found = measure(case)
    except Unmeasured as why:
        found = {row.key: {"why not": str(why)} for row in rows}
    took = round(time.perf_counter() - begun, 1)
    yield from ((row, {**found[row.key], "took": took}) for row in rows)


def _line(row: Row, found: Mapping[str, Any], size: str) -> str:
    if "value" not in found:
        more = ", ".join(f"{value:,} {name}" for name, value in found.items() if isinstance(value, int))
        return f"{row.what:58} {found.get('why not', more)}"
    sides = [f"{statistics.median(found[side]):9.4f} s" if side in found else " " * 11 for side in ("ours", "theirs")]
    reached = {True: "reached", False: "missed", None: ""}[row.reached(found["value"], size)]
    goal = f"{row.goal} at {row.sizes} {reached}".strip() if row.goal else ""
    return f"{row.what:58} {' '.join(sides)} {found['value']:10.4g} {row.unit:5}   {goal}".rstrip()


def _short(found: Any) -> Any:
    if isinstance(found, Mapping):
        return {name: _short(value) for name, value in found.items()}
    if isinstance(found, list):
        return [_short(value) for value in found]
    return float(f"{found:.4g}") if isinstance(found, float) else found


def machine() -> dict[str, Any]:
    """Where and with what it is measured."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    processor = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "on": time.strftime("%Y-%m-%d"),
        **{name: version(name) for name in LIBRARIES},
    }


if __name__ == "__main__":
    sys.exit(main())
