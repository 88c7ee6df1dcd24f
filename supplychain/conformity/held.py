"""What an organization holds under one framework version, and how far that goes in another."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import or_, select

from supplychain.conformity.levels import appraise
from supplychain.conformity.rules import Assessment, IndicatorResult, LevelResult, Outcome, Source, SourceState
from supplychain.dialects import among
from supplychain.errors import Invalid, NotFound
from supplychain.evidence.models import Evidence
from supplychain.frameworks import registry
from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.gaps import Sureness, same_reading
from supplychain.frameworks.terms import Relation
from supplychain.work import Work

Item = dict[str, Any]


class Serving(StrEnum):
    """How far what is held answers an indicator of the other framework version."""

    BOTH = "both"
    """It is met there, by evidence that counts here too."""
    OTHER = "other"
    """It is met there, by evidence that speaks to nothing here."""
    AGAIN = "again"
    """Not met there; a reading held here answers the same question, and may be sent again for it."""
    MISSING = "missing"
    """Not met there, and nothing held here answers it."""


@dataclass(frozen=True, slots=True)
class Mine:
    """A piece of evidence of the reader's: its public id, and the days observed."""

    id: str
    observed_from: date | None
    observed_to: date | None


Own = Mapping[int, Mine]
"""The reader's evidence by number: another owner's, which counts for a plant as well, is not told."""


def own_gaps(work: Work, organization: int, key: str, other: str, level: int | None) -> tuple[list[Item], Item]:
    """What an indicator of ``other`` may rest on of all that is held, one item an indicator that applies.

    level: of ``other``; each indicator is told at the highest of its targets up to it. None = the level after the one
    held. With the items come the level and how many indicators are served how. Raises NotFound for an unknown
    framework, Invalid for a level that it has not.
    """
    here, there = _published(work, key), _published(work, other)
    appraisal = appraise(work, [organization], work.moment.on, frozenset({key, other}))[organization]
    held, wanted = appraisal.assessments[key], appraisal.assessments[other]
    rank = _rank(there, wanted, level)
    counting = {one.evidence for result in held.results.values() for one in _in_force(result)}
    own = _own(work, counting | {one.evidence for result in wanted.results.values() for one in _in_force(result)})
    items = []
    for indicator in there.indicators:
        result = _at(wanted, indicator, rank)
        if result is not None and result.outcome is not Outcome.NOT_APPLICABLE:
            readings = list(_readings(here, held, there, indicator, own))
            sources = list(_in_force(wanted.results[indicator.id]))
            serving = _serving(result, sources, counting, readings)
            items.append(_told(indicator, rank, result, serving, sources, readings, own))
    tally = Counter(one["serving"] for one in items)
    return items, {"level": rank, "counts": {one.value: tally[one.value] for one in Serving}}


def _published(work: Work, key: str) -> Framework:
    """A framework version that was published at the moment that is asked about: nobody is held against another."""
    found = registry(work).get(key)
    if found is None:
        raise NotFound
    return found


def position(item: Mapping[str, Any]) -> list[Any]:
    """Where an indicator stands in the list."""
    return [item["id"]]


def _rank(framework: Framework, assessment: Assessment, level: int | None) -> int:
    if level is None:
        return min((assessment.overall or 0) + 1, framework.top_level)
    if level > framework.top_level:
        raise Invalid.at("?level", "level-unknown", top=framework.top_level)
    return level


def _at(assessment: Assessment, indicator: Indicator, level: int) -> LevelResult | None:
    """The result at the strictest target up to a level; None where it asks for nothing by then."""
    upto = [one for one in assessment.results[indicator.id].levels if one.level <= level]
    return max(upto, key=lambda one: one.level, default=None)


def _in_force(result: IndicatorResult) -> Iterator[Source]:
    return (one for one in result.sources if one.state is SourceState.IN_FORCE)


def _own(work: Work, numbers: Iterable[int]) -> Own:
    me = work.actor.organization
    mine = or_(Evidence.organization == me, Evidence.holder == me)
    columns = (Evidence.number, Evidence.id, Evidence.observed_from, Evidence.observed_to)
    rows = work.session.execute(select(*columns).where(among(Evidence.number, numbers), mine))
    return {number: Mine(public, first, last) for number, public, first, last in rows}


def _readings(
    here: Framework, held: Assessment, there: Framework, wanted: Indicator, own: Own
) -> Iterator[tuple[Indicator, Source, Sureness]]:
    """What may be sent again, where it is over the months that are wanted there. A certificate counts wherever it is
    recognised, and what was sent for one version is heard by all of them.
    """
    if here.id == there.id:
        return
    for one in here.indicators:
        same = one.id == wanted.id or (one.measure is not None and one.measure == wanted.measure)
        sure = same_reading(one, wanted) if same else None
        if sure is not None:
            for source in _in_force(held.results[one.id]):
                mine = own.get(source.evidence)
                if mine is not None and source.relation is Relation.DIRECT and _long_enough(mine, wanted):
                    yield one, source, sure


def _long_enough(mine: Mine, wanted: Indicator) -> bool:
    return wanted.period is None or wanted.period.covered(mine.observed_from, mine.observed_to)


def _serving(result: LevelResult, sources: Iterable[Source], counting: set[int], readings: Iterable[object]) -> Serving:
    if result.outcome is Outcome.MET:
        return Serving.BOTH if any(one.evidence in counting for one in sources) else Serving.OTHER
    return Serving.AGAIN if any(True for _ in readings) else Serving.MISSING


def _told(
    indicator: Indicator,
    rank: int,
    result: LevelResult,
    serving: Serving,
    sources: Iterable[Source],
    readings: Iterable[tuple[Indicator, Source, Sureness]],
    own: Own,
) -> Item:
    return {
        "id": indicator.id,
        "names": indicator.names.as_dict(),
        "pillar": indicator.pillar,
        "mandatory": indicator.mandatory_from is not None and indicator.mandatory_from <= rank,
        "target_level": result.level,
        "result": str(result.outcome),
        "reason": str(result.why),
        "serving": serving.value,
        "evidence": [
            {"id": own[one.evidence].id, "relation": one.relation.value, "path": list(one.path)}
            for one in sources
            if one.evidence in own
        ],
        "again": [
            {"id": own[source.evidence].id, "indicator": one.id, "sure": sure.value} for one, source, sure in readings
        ]
        if serving is Serving.AGAIN
        else [],
    }
