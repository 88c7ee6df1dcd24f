"""The cascade over a whole industry against the plain ways to compute it; `SIZE=S|M|L`, S by default.

CPU time of one process on one thread, ours and theirs in turn (A B A B), medians; every row and every level is
compared. At L the rivals get twenty of the requirements, and so do we where we are compared; ALONE=1 leaves them out.
"""

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench import duck, incremental, plain
from bench.industry import Industry, industry, number_of
from graph.bulk.arrays import NO_DAY
from graph.bulk.cascade import Demand, day_number, obligations
from graph.bulk.cascade import Industry as Compiled
from graph.bulk.demand import width_for
from graph.bulk.effective import effective_levels
from graph.bulk.network import Links, network_of
from graph.bulk.scopes import CodeClasses
from graph.bulk.wave import PLANES

ROUNDS: Final = {"S": 5, "M": 2, "L": 2}
RIVALS: Final = {"S": 50, "M": 200, "L": 20}
"""How many of the requirements the rivals compute."""
GOALS: Final = {"table": 250, "effective": 600, "duckdb": 75}
WORKING: Final = 3
"""Bits a cell has besides its tier while a walk lasts: seen, arrived, coming."""
RESULTS: Final = Path(__file__).parent / "results"


def main() -> int:
    """Measure one size, print the table and keep the figures."""
    size = os.environ.get("SIZE", "S")
    results = measured(size)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"cascade-{size}.json").write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    return 0


def measured(size: str) -> dict[str, Any]:
    """Every figure of a size."""
    made = industry(size)
    # Twenty at L, evenly taken; all of them otherwise.
    chosen = made.requirements[:: len(made.requirements) // RIVALS[size]]
    undated = compiled(made, dated=False)
    results = {"size": size, "machine": _machine(), **_shape(made, undated, compiled(made, dated=True))}
    for key, value in results.items():
        if not isinstance(value, dict):
            print(f"{key:58} {value}")
    results["threads"] = _threads(undated, demands(made.requirements))
    results["link by link"] = incremental.measured(made, demands(made.requirements))
    if os.environ.get("ALONE"):
        return results
    print(f"{f'{len(chosen)} requirements of {size}, CPU s':58} {'ours':>9} {'theirs':>9} {'ratio':>7}   goal")
    graph = plain.graph_of(made)
    results["table"] = _table(size, undated, graph, chosen)
    results["effective"] = _effective(size, undated, graph, chosen)
    del graph
    results["duckdb"] = _duckdb(size, made, undated, chosen)
    return results


def compiled(made: Industry, *, dated: bool) -> Compiled:
    """The industry as the command reads it, names apart: ranks are the numbers of organizations."""
    classes = CodeClasses(made.codes, {prefix for one in made.requirements for prefix in one["hs"]})
    links = Links(
        buyer=made.buyer,
        supplier=made.supplier,
        number=np.arange(1, len(made.buyer) + 1),
        code=made.code,
        valid_from=made.valid_from if dated else np.full(len(made.buyer), NO_DAY, np.int32),
    )
    sources = np.array([number_of(one["issuer"]) for one in made.requirements], np.int32)
    network = network_of(links, made.organizations, classes.of_code, sources)
    return Compiled(network, classes, np.zeros(made.organizations, np.int32), (("", ""),))


def demands(requirements: Sequence[dict[str, Any]]) -> list[Demand]:
    """Requirements as the command reads them."""
    return [
        Demand(
            group=(number_of(one["issuer"]),),
            schedule=tuple(one["schedule"]),
            pillar=one["pillar"],
            hs=tuple(one["hs"]),
            effective_from=day_number(date.fromisoformat(one["effective_from"])),
            grace=tuple(one["grace_months"]),
        )
        for one in requirements
    ]


def _shape(made: Industry, undated: Compiled, dated: Compiled) -> dict[str, Any]:
    """What was built, what it weighs, and how long all requirements take us alone."""
    wanted = demands(made.requirements)
    whole = _seconds(lambda: _count(undated, wanted))
    with_due = _seconds(lambda: _count(dated, wanted))
    return {
        "organizations": made.organizations,
        "links": len(made.buyer),
        "requirements": len(wanted),
        "obligations": _count(undated, wanted),
        "words a walk": width_for(wanted, made.organizations),
        "CPU s to build the arrays": round(_seconds(lambda: compiled(made, dated=False)), 4),
        "CPU s for all rows with via": round(whole, 4),
        "CPU s for all rows with via and due": round(with_due, 4),
        "CPU s for all effective levels": round(_seconds(lambda: effective_levels(undated, wanted)), 4),
        "bytes a link, both directions, all fields": round(undated.network.bytes_per_link, 2),
        "bytes a (supplier, requirement) cell, tiers": PLANES / 8,
        "bytes a (supplier, requirement) cell, while walking": (PLANES + WORKING) / 8,
    }


def _count(industry: Compiled, wanted: Sequence[Demand]) -> int:
    return sum(len(owed.supplier) for owed in obligations(industry, wanted))


def _threads(industry: Compiled, wanted: Sequence[Demand]) -> dict[str, float]:
    """Seconds by the clock on the wall and of processor time, with one thread and with one a core, in turn."""
    cores = os.cpu_count() or 1
    found: dict[str, list[float]] = {}
    for _ in range(4):
        for threads in (1, cores):
            begun = time.perf_counter(), time.process_time()
            for _owed in obligations(industry, wanted, threads=threads):
                pass
            ended = time.perf_counter(), time.process_time()
            for clock, one, other in zip(("wall", "CPU"), begun, ended, strict=True):
                found.setdefault(f"{clock} s, {threads} threads", []).append(other - one)
    results = {name: round(statistics.median(some[1:]), 4) for name, some in found.items()}
    ratio = results["wall s, 1 threads"] / results[f"wall s, {cores} threads"]
    print(f"{f'all rows with via on {cores} threads: times as fast by the wall':58} {ratio:9.2f}")
    return results


def _seconds(work: Callable[[], Any]) -> float:
    """The median of three, the first and compiling one apart."""
    work()
    return statistics.median(_timed(work)[0] for _ in range(3))


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


def _line(what: str, key: str, size: str, ours: list[float], theirs: list[float]) -> dict[str, Any]:
    ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
    goal = f">= {GOALS[key]} at M"
    print(f"{what:58} {statistics.median(ours):9.4f} {statistics.median(theirs):9.3f} {ratio:7.0f}   {goal}")
    sys.stdout.flush()
    return {"ours": ours, "theirs": theirs, "ratio": ratio, "goal at M": GOALS[key], "rounds": ROUNDS[size]}


def _table(size: str, industry: Compiled, graph: Any, chosen: Sequence[dict[str, Any]]) -> dict[str, Any]:
    wanted = demands(chosen)
    list(obligations(industry, wanted))
    ours, theirs = [], []
    for _ in range(ROUNDS[size]):
        mine, found = _timed(lambda: list(obligations(industry, wanted)))
        ours.append(mine)
        theirs.append(0.0)
        for requirement, owed in zip(chosen, found, strict=True):
            cost, rows = _timed(lambda requirement=requirement: plain.table(graph, requirement))
            theirs[-1] += cost
            same = np.stack([owed.supplier, owed.tier, owed.level, owed.via], axis=1)
            assert np.array_equal(same, np.array(sorted(rows), np.int64).reshape(-1, 4)), requirement
    return _line("full table with via / networkx", "table", size, ours, theirs)


def _effective(size: str, industry: Compiled, graph: Any, chosen: Sequence[dict[str, Any]]) -> dict[str, Any]:
    wanted = demands(chosen)
    effective_levels(industry, wanted)
    ours, theirs = [], []
    for _ in range(ROUNDS[size]):
        mine, (levels, pillars) = _timed(lambda: effective_levels(industry, wanted))
        ours.append(mine)
        cost, expected = _timed(lambda: plain.effective(graph, chosen))
        theirs.append(cost)
        assert int((levels > 0).sum()) == len(expected)
        assert all(levels[supplier, pillars.index(pillar)] == level for (supplier, pillar), level in expected.items())
    return _line("effective level per supplier and pillar / networkx", "effective", size, ours, theirs)


def _duckdb(size: str, made: Industry, industry: Compiled, chosen: Sequence[dict[str, Any]]) -> dict[str, Any]:
    wanted = demands(chosen)
    database = duck.database_of(made)
    list(obligations(industry, wanted))
    ours, theirs = [], []
    for _ in range(ROUNDS[size]):
        mine, found = _timed(lambda: list(obligations(industry, wanted)))
        ours.append(mine)
        cost, rows = _timed(lambda: duck.table(database, made, chosen))
        theirs.append(cost)
        _same(found, rows)
    return _line("full table with via / DuckDB USING KEY, 1 thread", "duckdb", size, ours, theirs)


def _same(found: Sequence[Any], rows: Any) -> None:
    columns = [column.to_numpy().astype(np.int64) for column in rows.columns]
    order = np.lexsort((columns[1], columns[0]))
    starts = np.searchsorted(columns[0][order], np.arange(len(found) + 1))
    for at, owed in enumerate(found):
        part = order[starts[at] : starts[at + 1]]
        for mine, theirs in zip((owed.supplier, owed.tier, owed.level, owed.via), columns[1:], strict=True):
            assert np.array_equal(mine, theirs[part]), at


def _machine() -> dict[str, str]:
    names = "numba", "numpy", "networkx", "duckdb", "pyarrow"
    processor = next(
        (x.partition(":")[2] for x in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in x), ""
    )
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return {
        "processor": f"{processor.strip()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "load": load,
        **{name: version(name) for name in names},
    }


if __name__ == "__main__":
    sys.exit(main())
