"""Links of an entry that is merged: they become the other's, and those of the same two and category join."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph.network import Period
from graph.periods import unite
from graph.terms import LinkState
from supplychain.db import table_of
from supplychain.network import facts, link_rules, links
from supplychain.network.merges import journal
from supplychain.network.merges.journal import Journal
from supplychain.network.models import SupplyLink
from supplychain.work import Work

LINKS = table_of(SupplyLink)
Row = Mapping[str, Any]
_Key = tuple[int, int, str, int]
_NEVER_THERE = (Period(None, None, LinkState.ENDED),)


def move(work: Work, kept: Journal, rows: Iterable[Row], source: int, target: int) -> None:
    """Let links end at another organization; one that would then lead to its own buyer is ended on every day."""
    by_key: defaultdict[_Key, list[Row]] = defaultdict(list)
    for row in rows:
        by_key[_key(row, source, target)].append(row)
    for key, moving in by_key.items():
        _join(kept, key, moving, _present(work, key, moving), (source, target))


def _key(row: Row, source: int, target: int) -> _Key:
    buyer, supplier, owner = (target if row[name] == source else row[name] for name in ("buyer", "supplier", "owner"))
    return buyer, supplier, row["category"], owner


def _present(work: Work, key: _Key, moving: Sequence[Row]) -> list[Row]:
    """The links that are there already under a key."""
    buyer, supplier, category, owner = key
    columns = LINKS.c
    there = journal.rows(
        work,
        LINKS,
        columns.buyer == buyer,
        columns.supplier == supplier,
        columns.category == category,
        columns.owner == owner,
    )
    known = {row["number"] for row in moving}
    return [row for row in there if row["number"] not in known]


def _join(kept: Journal, key: _Key, moving: Sequence[Row], there: Sequence[Row], moved: tuple[int, int]) -> None:
    before = {row["number"]: row for row in (*there, *moving)}
    after = {number: SupplyLink(**row) for number, row in sorted(before.items())}
    free = 1 + max((row["run"] for row in there), default=-1)
    for run, row in enumerate(sorted(moving, key=lambda row: row["number"]), start=free):
        link = after[row["number"]]
        link.buyer, link.supplier, _, link.owner = key
        link.run = run
        if link.dispute and link.dispute["by"] == moved[0]:
            link.dispute = {**link.dispute, "by": moved[1]}
        if link.buyer == link.supplier and link.periods:
            link.periods, link.dispute = facts.stored_periods(_NEVER_THERE), None
    for cluster in _clusters([link for link in after.values() if link.periods]):
        _unite(cluster)
    for number, link in after.items():
        columns = {name: getattr(link, name) for name in before[number] if name not in {"number", "id", "version"}}
        kept.put(LINKS, before[number], **columns)


def _clusters(live: Sequence[SupplyLink]) -> list[list[SupplyLink]]:
    """Links that touch each other, directly or by way of others; each in order of recording."""
    clusters: list[list[SupplyLink]] = []
    for link in live:
        days = facts.periods_of(link.periods)
        near = [one for one in clusters if any(link_rules.touch(facts.periods_of(held.periods), days) for held in one)]
        clusters = [one for one in clusters if one not in near]
        clusters.append(sorted((link, *(held for one in near for held in one)), key=lambda one: one.number))
    return [one for one in clusters if len(one) > 1]


def _unite(cluster: Sequence[SupplyLink]) -> None:
    first, *others = cluster
    days = facts.periods_of(first.periods)
    for other in others:
        days = unite(days, facts.periods_of(other.periods))
    links.absorb(first, others)
    first.periods = facts.stored_periods(days)
    if not link_rules.any_disputed(days):
        first.dispute = None
