"""The cascade on Apache Spark: the same rules over tables that no single machine holds.

All requirements travel together, a tier a round: a join of who was reached last with the links, the smallest link
number of each group, and an anti-join with who was reached before. What is kept of a round is cut off from how it
was computed (a checkpoint), so that the plan of the fifteenth round is no longer than that of the first.

Nothing else imports this module; pyspark is an optional dependency.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - its customary name

from graph.bulk.arrays import NO_DAY
from graph.bulk.demand import Demand
from graph.terms import MAX_TIER

_LAST_DAY: Final = date(9999, 12, 31)
"""The calendar's end, of which a due date is never later."""
_WALKS: Final = "walk INT, issuer STRING, hs ARRAY<STRING>, first_only BOOLEAN, depth INT"
_TERMS: Final = (
    "requirement STRING, walk INT, levels ARRAY<INT>, months ARRAY<INT>, countries ARRAY<STRING>, "
    "sectors ARRAY<STRING>, effective_from INT"
)
Keep = Callable[[DataFrame], DataFrame]
"""Computes a table and cuts it off from its plan."""
Tell = Callable[[int], None]
"""Told of every tier that is done."""


class Asked(NamedTuple):
    """A requirement with the names that its file has: the demand's own group is not looked at."""

    id: str
    issuer: str
    demand: Demand


@dataclass(frozen=True, slots=True)
class Tables:
    """What the cascade is computed from.

    links: id BIGINT, buyer STRING, supplier STRING, hs STRING, since DATE: those that carry on the day; an empty code
    is none, a missing day is not known. organizations: ref STRING, country STRING, sector STRING, parent STRING.
    """

    links: DataFrame
    organizations: DataFrame


def obligations(spark: SparkSession, tables: Tables, asked: Sequence[Asked], keep: Keep, tell: Tell) -> DataFrame:
    """What each requirement asks of whom, in no order.

    Columns: requirement STRING, supplier STRING, tier INT, level INT, due DATE, via BIGINT.
    """
    numbers: dict[tuple[str, tuple[str, ...], bool], int] = {}
    depths: dict[int, int] = {}
    terms = []
    for name, issuer, demand in asked:
        walk = numbers.setdefault((issuer, demand.walk.hs, demand.walk.first_only), len(numbers))
        depths[walk] = max(depths.get(walk, 0), demand.depth)
        begins = None if demand.effective_from == NO_DAY else demand.effective_from
        scope = list(demand.countries), list(demand.sectors)
        terms.append((name, walk, demand.levels(), demand.months(), *scope, begins))
    walks = [(at, issuer, list(hs), first, depths[at]) for (issuer, hs, first), at in numbers.items()]
    reached = _reached(tables, F.broadcast(spark.createDataFrame(walks, _WALKS)), keep, tell)
    return _owed(reached, tables.organizations, F.broadcast(spark.createDataFrame(terms, _TERMS)))


def _reached(tables: Tables, walks: DataFrame, keep: Keep, tell: Tell) -> DataFrame:
    """Whom each walk reaches at which tier by which link: rules 1, 2 and 5.

    Columns: walk, member, tier, via, since: the latest known day on the way.
    """
    group = _groups(tables.organizations, walks.select(F.col("issuer").alias("root")).distinct(), keep)
    start = walks.join(group, F.col("issuer") == F.col("root")).select(
        "walk",
        "member",
        F.lit(0).alias("tier"),
        F.lit(None).cast("bigint").alias("via"),
        F.lit(None).cast("date").alias("since"),
    )
    here = reached = keep(start)
    for tier in range(1, MAX_TIER + 1):
        here = keep(_next(here, reached, tables.links, walks, tier))
        tell(tier)
        if here.isEmpty():
            break
        reached = reached.unionByName(here)
    return reached


def _groups(organizations: DataFrame, roots: DataFrame, keep: Keep) -> DataFrame:
    """Each root and everything it owns, at any depth: tier 0."""
    owned = organizations.where("parent IS NOT NULL").select("parent", F.col("ref").alias("child"))
    here = found = keep(roots.select("root", F.col("root").alias("member")))
    while True:
        below = here.join(owned, F.col("member") == F.col("parent")).select("root", F.col("child").alias("member"))
        here = keep(below.distinct().join(found, ["root", "member"], "left_anti"))
        if here.isEmpty():
            return found
        found = found.unionByName(here)


def _next(here: DataFrame, reached: DataFrame, links: DataFrame, walks: DataFrame, tier: int) -> DataFrame:
    """Who is entered from the tier above for the first time, and by the smallest of the links that lead there."""
    begins = F.exists("hs_scope", lambda prefix: F.startswith(F.col("hs"), prefix))
    inside = (F.size("hs_scope") == 0) | begins
    if tier > 1:
        inside = inside | F.col("first_only")
    travels = walks.where(F.col("depth") >= tier).select("walk", F.col("hs").alias("hs_scope"), "first_only")
    entered = (
        here.select("walk", "member", F.col("since").alias("before"))
        .join(travels, "walk")
        .join(links, F.col("member") == F.col("buyer"))
        .where(inside)
        .groupBy("walk", F.col("supplier").alias("member"))
        .agg(F.min(F.struct("id", F.greatest("before", "since").alias("since"))).alias("way"))
    )
    fresh = entered.join(reached.select("walk", "member"), ["walk", "member"], "left_anti")
    return fresh.select("walk", "member", F.lit(tier).alias("tier"), F.col("way.id").alias("via"), "way.since")


def _owed(reached: DataFrame, organizations: DataFrame, terms: DataFrame) -> DataFrame:
    """Level, supplier scope and due date: rules 3, 4 and 7."""
    known = organizations.select(F.col("ref").alias("member"), "country", "sector")
    binds = [
        (F.size(scope) == 0) | F.coalesce(F.array_contains(F.col(scope), F.col(own)), F.lit(False))
        for scope, own in (("countries", "country"), ("sectors", "sector"))
    ]
    begins = F.greatest(F.date_from_unix_date("effective_from"), "since")
    due = F.least(F.add_months(begins, F.get("months", F.col("tier"))), F.lit(_LAST_DAY))
    level = F.get("levels", F.col("tier"))
    return (
        reached.where("tier > 0")
        .join(terms, "walk")
        .where(level > 0)
        .join(known, "member", "left")
        .where(binds[0] & binds[1])
        .select(
            "requirement",
            F.col("member").alias("supplier"),
            "tier",
            level.alias("level"),
            F.when(begins.isNotNull(), due).alias("due"),
            "via",
        )
    )
