"""The engine beside networkx, DuckDB and PostgreSQL: in turn, in one run, every row and every level compared."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bench import duck, plain, postgres
from bench.cascade import Case, Figures, Unmeasured, demands
from bench.timing import by_the_clock, compared, timed
from graph.bulk.cascade import obligations
from graph.bulk.effective import effective_levels

SQL = {"S": 50, "M": 20}
"""How many requirements PostgreSQL gets: 200 of M take it minutes, and one of L too."""


def networkx(case: Case) -> Figures:
    """Rows one requirement after the other, and the highest level of each supplier in each pillar."""
    graph, chosen = plain.graph_of(case.made), case.chosen()
    return {"table": _table(case, graph, chosen), "effective": _effective(case, graph, chosen)}


def _table(case: Case, graph: Any, chosen: Sequence[dict[str, Any]]) -> dict[str, Any]:
    wanted = demands(chosen)
    list(obligations(case.built, wanted))
    ours, theirs = [], []
    for _ in range(case.rounds):
        mine, found = timed(lambda: list(obligations(case.built, wanted)))
        ours.append(mine)
        theirs.append(0.0)
        for requirement, owed in zip(chosen, found, strict=True):
            cost, rows = timed(lambda requirement=requirement: plain.table(graph, requirement))
            theirs[-1] += cost
            same = np.stack([owed.supplier, owed.tier, owed.level, owed.via], axis=1)
            assert np.array_equal(same, np.array(sorted(rows), np.int64).reshape(-1, 4)), requirement
        del found, owed, rows, same  # else the next round has to find room beside this one's
    return compared(ours, theirs, requirements=len(chosen))


def _effective(case: Case, graph: Any, chosen: Sequence[dict[str, Any]]) -> dict[str, Any]:
    wanted = demands(chosen)
    effective_levels(case.built, wanted)
    ours, theirs = [], []
    for _ in range(case.rounds):
        mine, (levels, pillars) = timed(lambda: effective_levels(case.built, wanted))
        ours.append(mine)
        cost, expected = timed(lambda: plain.effective(graph, chosen))
        theirs.append(cost)
        assert int((levels > 0).sum()) == len(expected)
        assert all(levels[supplier, pillars.index(pillar)] == level for (supplier, pillar), level in expected.items())
    return compared(ours, theirs, requirements=len(chosen))


def duckdb(case: Case) -> Figures:
    """All requirements in one statement on one thread."""
    chosen = case.chosen()
    wanted, database = demands(chosen), duck.database_of(case.made)
    list(obligations(case.built, wanted))
    ours, theirs = [], []
    for _ in range(case.rounds):
        mine, found = timed(lambda: list(obligations(case.built, wanted)))
        ours.append(mine)
        cost, rows = timed(lambda: duck.table(database, case.made, chosen))
        theirs.append(cost)
        _same(found, [column.to_numpy().astype(np.int64) for column in rows.columns])
    return {"duckdb": compared(ours, theirs, requirements=len(chosen))}


def postgresql(case: Case) -> Figures:
    """The same by the clock, since the work is the server's; its processor seconds beside it."""
    if case.size not in SQL:
        raise Unmeasured("the server would take an hour")
    chosen = case.chosen(SQL[case.size])
    wanted = demands(chosen)
    with postgres.database() as url, postgres.cascading(url, case.made) as connection:
        list(obligations(case.built, wanted))
        ours, theirs, server = [], [], []
        for _ in range(min(case.rounds, 2)):
            mine, found = by_the_clock(lambda: list(obligations(case.built, wanted)))
            ours.append(mine)
            before = postgres.worked(connection)
            cost, rows = by_the_clock(lambda: postgres.table(connection, case.made, chosen))
            theirs.append(cost)
            server.append(postgres.worked(connection) - before)
            _same(found, list(np.array(rows, np.int64).reshape(-1, 5).T))
    return {"postgres": compared(ours, theirs, requirements=len(chosen), server=server)}


def _same(found: Sequence[Any], columns: Sequence[Any]) -> None:
    order = np.lexsort((columns[1], columns[0]))
    starts = np.searchsorted(columns[0][order], np.arange(len(found) + 1))
    for at, owed in enumerate(found):
        part = order[starts[at] : starts[at + 1]]
        for mine, theirs in zip((owed.supplier, owed.tier, owed.level, owed.via), columns[1:], strict=True):
            assert np.array_equal(mine, theirs[part]), at
