"""The index of a region: how many hold which class, what is most often wanting, and how far a goal is.

As the cleaner production index of a city states progress, finds weak links and sets goals (domain rules: three ways
to classify). Every number is a protected aggregate: counted once a month, in cells that no single company can be read
from; regions too small for that are counted together.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from graph.network import Network
from graph.terms import OrganizationKind
from supplychain.conformity.cells import STEP, cell, month_of, root_of
from supplychain.conformity.models import Conformity, RegionalIndex
from supplychain.conformity.rules import Outcome
from supplychain.db import table_of
from supplychain.dialects import upsert
from supplychain.errors import Invalid
from supplychain.frameworks import operations, registry
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.terms import Method
from supplychain.work import Work

Item = dict[str, Any]
OTHER = ""
"""Regions that may not be shown alone, and organizations whose region nobody knows."""
WEAKEST = 10
_PAGE = 1000
_HELD = {Outcome.MET, Outcome.NOT_APPLICABLE}


@dataclass(frozen=True, slots=True)
class Counted:
    """One organization as it is counted. held: its class. wanting: by class, the indicators it does not meet."""

    region: str
    root: int
    held: int
    wanting: Mapping[int, frozenset[str]]


def compute(work: Work, network: Network, day: date) -> None:
    """Count every index for the month of a day, from what is derived as of that day."""
    frameworks = [one for one in registry(work) if one.method is Method.WEIGHTED]
    counted: dict[str, list[Counted]] = defaultdict(list)
    for organization, assessments in _derived(work, day):
        found = network.organization(organization)
        if found is None or not found.active or _counts_with_its_company(network, organization, day):
            continue
        place = found.region or OTHER, root_of(network, organization, day)
        for framework in frameworks:
            one = _counted(framework, assessments.get(framework.key), *place)
            if one is not None:
                counted[framework.key].append(one)
    rows = [
        {"framework": one.key, "month": month_of(day), "cells": cells(one, counted[one.key])}
        for one in frameworks
        if counted[one.key]
    ]
    upsert(work.connection, RegionalIndex, rows, ["framework", "month"])


def cells(framework: Framework, counted: Sequence[Counted]) -> dict[str, Item]:
    """By region: ``classes`` (organizations by class held) and ``weak`` (by class, organizations by indicator).

    Regions that may not be shown are counted as ``OTHER``, and that is left out where it may not be shown either.
    """
    regions: dict[str, list[Counted]] = defaultdict(list)
    for one in counted:
        regions[one.region].append(one)
    shown = {
        region: held for region, some in regions.items() if region != OTHER and (held := _classes(some)) is not None
    }
    rest = [one for one in counted if one.region not in shown]
    if rest and (held := _classes(rest)) is not None:
        shown[OTHER] = held
    members = {region: regions[region] if region != OTHER else rest for region in shown}
    return {
        region: {"classes": held, "weak": _weak(framework, members[region])} for region, held in sorted(shown.items())
    }


def listed(work: Work, asked: Mapping[str, Any]) -> list[Item]:
    """The index of every region, month by month, and how far the goal is.

    asked: framework, level (the class aimed at, default the lowest), goal (percent of organizations that are to
    hold it), region, months back. Raises NotFound, Invalid for a framework that is no index or lacks the class.
    """
    framework = operations.find(work, asked["framework"])
    if framework.method is not Method.WEIGHTED:
        raise Invalid.at("?framework", "not-an-index")
    level = asked.get("level") or 1
    if level > framework.top_level:
        raise Invalid.at("?level", "level-unknown", top=framework.top_level)
    query = select(RegionalIndex).where(RegionalIndex.framework == framework.key).order_by(RegionalIndex.month)
    months = list(work.session.scalars(query))[-asked["months"] :]
    first: dict[str, int] = {}
    items = []
    for row in months:
        for region, counts in row.cells.items():
            if asked.get("region") in (None, region):
                item = _item(framework, row.month, region, counts, level, asked.get("goal"))
                item["change"] = item["percent"] - first.setdefault(region, item["percent"])
                items.append(item)
    return items


def _derived(work: Work, day: date) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """What is not right for the day is not counted before it is derived anew."""
    columns = table_of(Conformity).c
    right = or_(columns.good_through.is_(None), columns.good_through >= day)
    query = select(columns.organization, columns.assessments).where(right).order_by(columns.organization)
    for row in work.connection.execute(query.execution_options(yield_per=_PAGE)):
        yield row.organization, row.assessments


def _counts_with_its_company(network: Network, organization: int, day: date) -> bool:
    found = network.organization(organization)
    return found is not None and found.kind is OrganizationKind.PLANT and bool(network.company_of(organization, day))


def _counted(framework: Framework, stored: Mapping[str, Any] | None, region: str, root: int) -> Counted | None:
    (pillar,) = framework.pillars
    held = stored["pillars"][pillar.id]["level"] if stored else None
    if stored is None or held is None:
        return None
    wanting: dict[int, set[str]] = defaultdict(set)
    for indicator, results in stored["results"].items():
        for level, outcome, *_ in results:
            if Outcome(outcome) not in _HELD:
                wanting[level].add(indicator)
    return Counted(region, root, held, {level: frozenset(some) for level, some in wanting.items()})


def _classes(some: Sequence[Counted]) -> dict[str, int] | None:
    return cell([str(one.held) for one in some], len({one.root for one in some}))


def _weak(framework: Framework, some: Sequence[Counted]) -> dict[str, dict[str, int]]:
    """By class, how many do not meet an indicator, where that may be told."""
    roots = len({one.root for one in some})
    told: dict[str, dict[str, int]] = {}
    for level in framework.levels:
        by_indicator = {}
        for indicator in framework.indicators:
            said = ["wanting" if indicator.id in one.wanting.get(level.rank, ()) else "held" for one in some]
            count = (cell(said, roots) or {}).get("wanting", 0)
            if count:
                by_indicator[indicator.id] = count
        told[str(level.rank)] = by_indicator
    return told


def _item(
    framework: Framework, month: date, region: str, counts: Mapping[str, Any], level: int, goal: int | None
) -> Item:
    classes = {int(held): count for held, count in counts["classes"].items()}
    whole = sum(classes.values())
    holding = sum(count for held, count in classes.items() if held >= level)
    weak = sorted(counts["weak"][str(level)].items(), key=lambda one: (-one[1], one[0]))[:WEAKEST]
    return {
        "month": month,
        "region": region or None,
        "classes": [{"level": held, "organizations": classes.get(held, 0)} for held in range(framework.top_level + 1)],
        "level": level,
        "percent": round(100 * holding / whole) if whole else 0,
        "distance": None if goal is None else _distance(whole, holding, goal),
        "weak_links": [
            {"indicator": name, "names": framework.indicator(name).names.as_dict(), "organizations": count}  # type: ignore[union-attr] # it was counted by its name
            for name, count in weak
        ],
    }


def _distance(whole: int, holding: int, goal: int) -> int:
    """So many organizations more would reach the goal, rounded up as what is counted is."""
    lacking = max(0, -(-whole * goal // 100) - holding)
    return STEP * -(-lacking // STEP)
