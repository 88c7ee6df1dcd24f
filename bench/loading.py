"""Links from the database into columns: in bulk, and by rows of SQLAlchemy Core; the same comes out of both."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pysqlite3
from sqlalchemy import URL, select

from bench import postgres
from bench.cascade import Case, Figures
from bench.industry import Industry
from bench.network import opened
from bench.timing import by_the_clock, compared, timed
from graph.arrays.columns import LinkColumns, columns_of
from supplychain.db import table_of
from supplychain.network import facts, loading
from supplychain.network.models import SupplyLink
from supplychain.work import Runtime, Work

MOST: Final = 1_000_000
"""Links: more as objects would not fit the machine."""
WRITTEN: Final = (
    "number, buyer, supplier, category, periods, id, owner, run, flow_down, disclosure_buyer, disclosure_supplier,"
    " created_at, version"
)
SAME: Final = ("yes", "identity", "pseudonym", "2026-01-01 00:00:00+00:00", 1)
"""What every link of the industry says besides."""


def from_postgres(case: Case) -> Figures:
    """By the clock, since a server takes part; processor seconds of this process beside it."""
    with postgres.database() as url:
        return {"load": _beside(case, url.render_as_string(hide_password=False))}


def from_sqlite(case: Case) -> Figures:
    """The same from a file."""
    with TemporaryDirectory() as folder:
        return {"load SQLite": _beside(case, f"sqlite:///{Path(folder) / 'links.db'}")}


def _beside(case: Case, url: str) -> dict[str, Any]:
    with _runtime(url, case.made) as runtime:
        _in_bulk(runtime)
        costs: dict[str, list[float]] = {
            "ours": [],
            "theirs": [],
            "numbers alone": [],
            "ours, CPU": [],
            "theirs, CPU": [],
        }
        for _ in range(min(case.rounds, 3)):
            seconds, (work, mine) = by_the_clock(lambda: timed(lambda: _in_bulk(runtime)))
            costs["ours"].append(seconds)
            costs["ours, CPU"].append(work)
            seconds, (work, theirs) = by_the_clock(lambda: timed(lambda: _by_rows(runtime)))
            costs["theirs"].append(seconds)
            costs["theirs, CPU"].append(work)
            _same(mine, theirs)
            del theirs
            costs["numbers alone"].append(by_the_clock(lambda: _numbers(runtime))[0])
    return compared(**costs, links=len(mine))


def _in_bulk(runtime: Runtime) -> LinkColumns:
    with closing(Work(runtime, writes=False)) as work:
        return loading.links(work)


def _by_rows(runtime: Runtime) -> LinkColumns:
    with closing(Work(runtime, writes=False)) as work:
        rows = work.connection.execute(select(*table_of(SupplyLink).c)).all()
        return columns_of(facts.of_link(row) for row in rows)  # type: ignore[arg-type] # it has the same names


def _numbers(runtime: Runtime) -> list[Any]:
    """Of the rows nothing but three numbers each: what is left of the cost when nothing is made of them."""
    column = table_of(SupplyLink).c
    with closing(Work(runtime, writes=False)) as work:
        rows = work.connection.execute(select(column.number, column.buyer, column.supplier)).all()
        return [np.array(values) for values in zip(*rows, strict=True)]


def _same(mine: LinkColumns, theirs: LinkColumns) -> None:
    expected = theirs.arrays()
    for name, column in mine.arrays().items():
        assert np.array_equal(column, expected[name], equal_nan=name == "share"), name


@contextmanager
def _runtime(url: str, made: Industry) -> Iterator[Runtime]:
    """The whole schema with the industry's links, as nobody but a bench writes them: straight into their table."""
    runtime = opened(url)
    database = runtime.database
    (_into_postgres if database.is_postgres else _into_sqlite)(database.url, made)
    try:
        yield runtime
    finally:
        database.dispose()


def _into_postgres(url: URL, made: Industry) -> None:
    with postgres.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")  # nobody whom the links name is there
        with connection.cursor().copy(f"COPY supply_link ({WRITTEN}) FROM STDIN") as copy:
            for row in _rows(made):
                copy.write_row(row)
        connection.execute("VACUUM ANALYZE supply_link")


def _into_sqlite(url: URL, made: Industry) -> None:
    places = ", ".join("?" * len(WRITTEN.split(",")))
    with closing(pysqlite3.connect(url.database)) as connection:
        connection.executemany(f"INSERT INTO supply_link ({WRITTEN}) VALUES ({places})", _rows(made))
        connection.commit()


def _rows(made: Industry) -> Iterator[tuple[Any, ...]]:
    begun = np.datetime_as_string(made.valid_from.astype("datetime64[D]")).tolist()
    links = zip(made.buyer.tolist(), made.supplier.tolist(), made.code.tolist(), begun, strict=True)
    for number, (buyer, supplier, code, day) in enumerate(islice(links, MOST), 1):
        periods = f'[["{day}",null,"confirmed"]]'
        yield number, buyer, supplier, made.codes[code], periods, f"lnk_{number:026x}", 0, 0, *SAME
