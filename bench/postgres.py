"""The cascade as one writes it in PostgreSQL's SQL, and a server of our own to run it on.

A recursive statement there can neither group nor look at what it found earlier: it finds everybody at every tier in
which a way leads there, which the schedule's length bounds; the nearest tier and the smallest link are taken after.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from subprocess import SubprocessError
from typing import Any, Final

import psutil
import psycopg
from sqlalchemy import URL

from bench.cascade import Unmeasured
from bench.industry import Industry, number_of

_SQL: Final = """
WITH RECURSIVE reached(demand, member, tier) AS (
    SELECT id, issuer, 0 FROM demand
    UNION
    SELECT here.demand, link.supplier, here.tier + 1
    FROM reached AS here
    JOIN demand ON demand.id = here.demand
    JOIN link ON link.buyer = here.member
    JOIN inside ON inside.demand = here.demand AND inside.code = link.code
    WHERE here.tier < cardinality(demand.schedule)
), nearest AS MATERIALIZED (
    SELECT demand, member, min(tier) AS tier FROM reached GROUP BY demand, member
), entered AS MATERIALIZED (
    SELECT buyer.demand, link.supplier AS member, buyer.tier + 1 AS tier, min(link.number) AS via
    FROM nearest AS buyer
    JOIN link ON link.buyer = buyer.member
    JOIN inside ON inside.demand = buyer.demand AND inside.code = link.code
    GROUP BY buyer.demand, link.supplier, buyer.tier
)
SELECT entered.demand, member, tier, schedule[tier], via
FROM entered JOIN nearest USING (demand, member, tier) JOIN demand ON demand.id = entered.demand
"""
_TABLES: Final = """
CREATE TEMPORARY TABLE link (number int, buyer int, supplier int, code int);
CREATE TEMPORARY TABLE demand (id int PRIMARY KEY, issuer int, schedule int[]);
CREATE TEMPORARY TABLE inside (demand int, code int, PRIMARY KEY (demand, code));
SET work_mem = '1GB'; SET max_parallel_workers_per_gather = 0; SET jit = off;
SET enable_nestloop = off;
"""


@contextmanager
def database() -> Iterator[URL]:
    """An empty database of the server that the tests use, as its owner. Raises: Unmeasured where there is none."""
    try:
        with warnings.catch_warnings(action="ignore"):  # the wheel asks for a folder that a container has not
            from tests import postgres  # noqa: PLC0415 - not everywhere does the wheel have a server

            url = postgres.create_database()
    except (ImportError, OSError, RuntimeError, SubprocessError) as error:
        raise Unmeasured(f"no PostgreSQL starts here: {error}") from error
    try:
        yield url
    finally:
        postgres.drop_database(url)


def connect(url: URL) -> psycopg.Connection[Any]:
    """The driver's own connection."""
    return psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True)


@contextmanager
def cascading(url: URL, industry: Industry) -> Iterator[psycopg.Connection[Any]]:
    """A connection with the links as a table, by buyer; one process of the server, with room."""
    with connect(url) as connection:
        connection.execute(_TABLES)
        columns = zip(industry.buyer.tolist(), industry.supplier.tolist(), industry.code.tolist(), strict=True)
        with connection.cursor().copy("COPY link FROM STDIN") as copy:
            for number, row in enumerate(columns, 1):
                copy.write_row((number, *row))
        connection.execute("CREATE INDEX ON link (buyer) INCLUDE (supplier, code, number)")
        connection.execute("ANALYZE link")
        yield connection


def table(connection: psycopg.Connection[Any], industry: Industry, requirements: Sequence[dict[str, Any]]) -> Any:
    """Requirement (by its place in the list), supplier, tier, level and via of everybody who owes."""
    connection.execute("TRUNCATE demand, inside")
    cursor = connection.cursor()
    cursor.executemany(
        "INSERT INTO demand VALUES (%s, %s, %s)",
        [(at, number_of(one["issuer"]), one["schedule"]) for at, one in enumerate(requirements)],
    )
    with cursor.copy("COPY inside FROM STDIN") as copy:
        for at, one in enumerate(requirements):
            for code, name in enumerate(industry.codes):
                if name.startswith(tuple(one["hs"]) or ("",)):
                    copy.write_row((at, code))
    connection.execute("ANALYZE demand, inside")
    return connection.cursor(binary=True).execute(_SQL).fetchall()


def worked(connection: psycopg.Connection[Any]) -> float:
    """Processor seconds that the server spent for this connection so far."""
    times = psutil.Process(connection.info.backend_pid).cpu_times()
    return times.user + times.system
