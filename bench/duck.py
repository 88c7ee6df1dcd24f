"""The cascade as one writes it in SQL: DuckDB's recursive statement that keeps one row a requirement and supplier."""

from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from bench.industry import Industry, number_of

_SQL = """
WITH RECURSIVE reached(demand, member, tier, via) USING KEY (demand, member) AS (
    SELECT id, issuer, 0, 0 FROM demand
    UNION
    SELECT here.demand, link.supplier, any_value(here.tier) + 1, min(link.number)
    FROM reached AS here
    JOIN demand ON demand.id = here.demand
    JOIN link ON link.buyer = here.member
    JOIN inside ON inside.demand = here.demand AND inside.code = link.code
    LEFT JOIN recurring.reached AS already ON already.demand = here.demand AND already.member = link.supplier
    WHERE already.member IS NULL AND here.tier < len(demand.schedule)
    GROUP BY here.demand, link.supplier
)
SELECT reached.demand, member, tier, schedule[tier], via
FROM reached JOIN demand ON demand.id = reached.demand
WHERE tier > 0
"""


def database_of(industry: Industry) -> duckdb.DuckDBPyConnection:
    """The links as a table, one thread."""
    database = duckdb.connect(config={"threads": 1})
    link = pa.table(  # noqa: F841 - DuckDB finds it by its name
        {
            "number": pa.array(range(1, len(industry.buyer) + 1), pa.int32()),
            "buyer": industry.buyer,
            "supplier": industry.supplier,
            "code": industry.code,
        }
    )
    database.execute("CREATE TABLE link AS SELECT * FROM link ORDER BY buyer")
    return database


def table(database: duckdb.DuckDBPyConnection, industry: Industry, requirements: Sequence[dict[str, Any]]) -> pa.Table:
    """Requirement (by its place in the list), supplier, tier, level and via of everybody who owes."""
    demand = pa.table(  # noqa: F841
        {
            "id": pa.array(range(len(requirements)), pa.int32()),
            "issuer": pa.array([number_of(one["issuer"]) for one in requirements], pa.int32()),
            "schedule": pa.array([one["schedule"] for one in requirements], pa.list_(pa.int32())),
        }
    )
    pairs = [
        (at, code)
        for at, one in enumerate(requirements)
        for code, name in enumerate(industry.codes)
        if name.startswith(tuple(one["hs"]) or ("",))
    ]
    inside = pa.table(  # noqa: F841
        {"demand": pa.array([at for at, _ in pairs], pa.int32()), "code": pa.array([c for _, c in pairs], pa.int32())}
    )
    return database.sql(_SQL).to_arrow_table()
