"""The stored form of assessments and standings, and what is read back from it."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, Final

from supplychain.conformity.rules import Assessment, IndicatorResult, LevelCheck, Outcome, Standing, Unmet, Why

_KEPT: Final = tuple(field.name for field in fields(Standing) if field.name != "pillar")


def standing_payload(standing: Standing, since: date) -> dict[str, Any]:
    """A standing as the level log keeps it; ``since``: the day its level became what it is."""
    through = standing.good_through
    return {
        "level": standing.level,
        "lapsed_level": standing.lapsed_level,
        "provisional_level": standing.provisional_level,
        "certified_level": standing.certified_level,
        "good_through": through.isoformat() if through else None,
        "zero_tolerance": list(standing.zero_tolerance),
        "since": since.isoformat(),
    }


def standing_from(pillar: str, payload: Mapping[str, Any] | None) -> Standing:
    """A standing read back; None is one that was never derived: not assessed."""
    if payload is None:
        return Standing(pillar, None)
    values: dict[str, Any] = {name: payload.get(name) for name in _KEPT}
    through = values["good_through"]
    values["good_through"] = date.fromisoformat(through) if through else None
    values["zero_tolerance"] = tuple(values["zero_tolerance"] or ())
    return Standing(pillar, **values)


def assessment_payload(assessment: Assessment) -> dict[str, Any]:
    """An assessment as its row keeps it: levels, what each level lacks, every result, and over which standards a
    certificate decided one.
    """
    return {
        "overall": assessment.overall,
        "pillars": {
            name: {
                "level": pillar.level,
                "zero_tolerance": list(pillar.zero_tolerance),
                "checks": [
                    {
                        "level": check.level,
                        "passed": check.passed,
                        "mark": check.mark,
                        **_score(check),
                        "unmet": [
                            [one.indicator, one.level, one.outcome, one.why, one.optional] for one in check.unmet
                        ],
                    }
                    for check in pillar.checks
                ],
            }
            for name, pillar in assessment.pillars.items()
        },
        "results": {
            name: [[one.level, one.outcome, one.why, one.holder, one.evidence, one.finding] for one in result.levels]
            for name, result in assessment.results.items()
        },
        "paths": {name: paths for name, result in assessment.results.items() if (paths := _paths(result))},
    }


def _paths(result: IndicatorResult) -> list[list[Any]]:
    """The evidence that decided a level of an indicator over other standards, each with the way."""
    deciding = {one.evidence for one in result.levels}
    return [[one.evidence, *one.path] for one in result.sources if one.path and one.evidence in deciding]


def _score(check: LevelCheck) -> dict[str, str]:
    """The score of a weighted framework; other methods have none and store none."""
    told = {"score": check.score, "score_needed": check.score_needed}
    return {name: str(value) for name, value in told.items() if value is not None}


def unmet_in(payload: Mapping[str, Any] | None, pillar: str, level: int) -> Iterator[Unmet]:
    """What keeps a level of a pillar from holding, each indicator once, at the highest level where it is wanting."""
    found: dict[str, Unmet] = {}
    for check in (payload or {}).get("pillars", {}).get(pillar, {}).get("checks", [])[:level]:
        for indicator, at, outcome, why, optional in check["unmet"]:
            found[indicator] = Unmet(indicator, at, Outcome(outcome), Why(why), optional)
    yield from found.values()
