"""The contract of `supplychain cascade` read twice from the domain rules: once with networkx, once in SQL.

Neither shares anything with what it checks. Rows are the dictionaries that the files hold.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb
import networkx as nx
from dateutil.relativedelta import relativedelta

Row = dict[str, Any]
Owed = tuple[str, str, int, int, date | None, int]
"""requirement, supplier, tier, level, due, via."""


def by_networkx(
    links: Sequence[Row], requirements: Sequence[Row], organizations: Sequence[Row], on: date
) -> list[Owed]:
    """Every rule as a sentence of its own, one requirement after the other."""
    found: list[Owed] = []
    for requirement in requirements:
        group = _group(requirement["issuer"], organizations)
        carrying = [link for link in links if _carries(link, on) and _in_scope(link, requirement, group)]
        tiers = _tiers(carrying, group)
        since: dict[str, date | None] = dict.fromkeys(group)
        for supplier in sorted(tiers.keys() - group, key=lambda one: tiers[one]):
            above = [x for x in carrying if x["supplier"] == supplier and tiers.get(x["buyer"]) == tiers[supplier] - 1]
            via = min(above, key=lambda link: int(link["id"]))
            before = None if via["buyer"] in group else since[via["buyer"]]
            since[supplier] = max((day for day in (before, via["valid_from"]) if day), default=None)
            level = _level(requirement, tiers[supplier])
            if level and _binds(requirement, supplier, organizations):
                due = _due(requirement, tiers[supplier], since[supplier])
                found.append((requirement["id"], supplier, tiers[supplier], level, due, via["id"]))
    return sorted(found)


def _group(issuer: str, organizations: Sequence[Row]) -> set[str]:
    owning: nx.DiGraph[str] = nx.DiGraph((one["parent"], one["ref"]) for one in organizations if one["parent"])
    owning.add_node(issuer)
    return {issuer, *nx.descendants(owning, issuer)}


def _carries(link: Row, on: date) -> bool:
    begun = link["valid_from"] is None or link["valid_from"] <= on
    lasts = link["valid_to"] is None or on <= link["valid_to"]
    return link["flow_down"] != "no" and begun and lasts


def _in_scope(link: Row, requirement: Row, group: set[str]) -> bool:
    if requirement["scope_applies"] == "first" and link["buyer"] not in group:
        return True
    code = link["hs"] or ""
    return not requirement["hs"] or any(code[: len(prefix)] == prefix for prefix in requirement["hs"])


def _tiers(carrying: Sequence[Row], group: set[str]) -> dict[str, int]:
    graph: nx.DiGraph[Any] = nx.DiGraph((link["buyer"], link["supplier"]) for link in carrying)
    graph.add_edges_from((0, member) for member in group)
    distances = nx.single_source_shortest_path_length(graph, 0)
    return {one: length - 1 for one, length in distances.items() if one != 0 and length - 1 <= 15}


def _level(requirement: Row, tier: int) -> int | None:
    schedule = requirement["schedule"]
    if tier <= len(schedule):
        return int(schedule[tier - 1])
    return int(schedule[-1]) if requirement["beyond"] == "hold" else None


def _binds(requirement: Row, supplier: str, organizations: Sequence[Row]) -> bool:
    known = next((one for one in organizations if one["ref"] == supplier), {})
    pairs = (("countries", "country"), ("sectors", "sector"))
    return all(not requirement[scope] or known.get(name) in requirement[scope] for scope, name in pairs)


def _due(requirement: Row, tier: int, since: date | None) -> date | None:
    days = [day for day in (requirement["effective_from"], since) if day]
    months = [*requirement["grace_months"], *requirement["grace_months"][-1:] * 15] or [0] * 15
    return max(days) + relativedelta(months=months[tier - 1]) if days else None


_SQL = """
WITH RECURSIVE owned(root, member) AS (
    SELECT DISTINCT issuer, issuer FROM demand
    UNION
    SELECT owned.root, organization.ref FROM owned JOIN organization ON organization.parent = owned.member
),
reached(demand, member, tier, via, since) USING KEY (demand, member) AS (
    SELECT demand.id, owned.member, 0, NULL::BIGINT, NULL::DATE FROM demand JOIN owned ON owned.root = demand.issuer
    UNION
    SELECT
        demand.id, link.supplier, any_value(here.tier) + 1, min(link.id),
        arg_min({'day': greatest(here.since, link.valid_from)}, link.id).day
    FROM reached AS here
    JOIN demand ON demand.id = here.demand
    JOIN link ON link.buyer = here.member
    LEFT JOIN recurring.reached AS already ON already.demand = here.demand AND already.member = link.supplier
    WHERE already.member IS NULL AND here.tier < 15
    AND coalesce(link.flow_down, 'yes') <> 'no'
    AND coalesce(link.valid_from, DATE '0001-01-01') <= $day AND coalesce(link.valid_to, DATE '9999-12-31') >= $day
    AND (
        len(demand.hs) = 0 OR (demand.scope_applies = 'first' AND here.tier > 0)
        OR len(list_filter(demand.hs, lambda prefix: starts_with(coalesce(link.hs, ''), prefix))) > 0
    )
    GROUP BY demand.id, link.supplier
),
asked AS (
    SELECT
        reached.*, demand.*,
        CASE WHEN tier <= len(schedule) THEN schedule[tier] WHEN beyond = 'hold' THEN schedule[-1] END AS level,
        coalesce(grace_months[least(tier, len(grace_months))], 0) AS months
    FROM reached JOIN demand ON demand.id = reached.demand
    WHERE tier > 0
)
SELECT
    asked.id, member, tier, level,
    (greatest(effective_from, since) + to_months(months))::DATE,
    via
FROM asked LEFT JOIN organization ON organization.ref = member
WHERE level IS NOT NULL
AND (len(countries) = 0 OR coalesce(list_contains(countries, country), false))
AND (len(sectors) = 0 OR coalesce(list_contains(sectors, sector), false))
ORDER BY asked.id, member
"""

_TABLES = {
    "link": "id BIGINT, buyer VARCHAR, supplier VARCHAR, hs VARCHAR, flow_down VARCHAR, valid_from DATE, valid_to DATE",
    "organization": "ref VARCHAR, country VARCHAR, sector VARCHAR, parent VARCHAR",
    "demand": "id VARCHAR, issuer VARCHAR, pillar VARCHAR, schedule INTEGER[], beyond VARCHAR, hs VARCHAR[], "
    "scope_applies VARCHAR, countries VARCHAR[], sectors VARCHAR[], effective_from DATE, grace_months INTEGER[]",
}


def by_duckdb(links: Sequence[Row], requirements: Sequence[Row], organizations: Sequence[Row], on: date) -> list[Owed]:
    """All requirements in one recursive statement that keeps one row a requirement and organization."""
    with duckdb.connect(config={"threads": 1}) as database:
        rows = {"link": links, "organization": organizations, "demand": requirements}
        for name, columns in _TABLES.items():
            database.execute(f"CREATE TABLE {name} ({columns})")
            names = [column.split()[0] for column in columns.split(", ")]
            marks = ", ".join("?" * len(names))
            if rows[name]:
                values = [[row[column] for column in names] for row in rows[name]]
                database.executemany(f"INSERT INTO {name} VALUES ({marks})", values)
        return database.execute(_SQL, {"day": on}).fetchall()
