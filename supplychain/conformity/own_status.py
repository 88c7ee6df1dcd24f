"""A supplier's own view: its levels, every indicator, and what the next level lacks."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from graph.cascade import effective
from graph.network import Network
from supplychain.audits.models import Finding
from supplychain.conformity import wording
from supplychain.conformity.appraisal import Appraisal
from supplychain.conformity.flag_rows import closed, opened
from supplychain.conformity.levels import appraise
from supplychain.conformity.models import Conformity, Flag
from supplychain.conformity.rules import Assessment, Standing, unmet_for
from supplychain.evidence.models import Evidence
from supplychain.frameworks import registry
from supplychain.frameworks.represent import cited
from supplychain.network import engine
from supplychain.work import Work

Item = dict[str, Any]
Ids = dict[tuple[type[Evidence | Finding], int | None], tuple[str, bool]]
"""Public ids by kind and number, and whether its source was erased."""
NOT_YOURS = None, False
_GONE: Mapping[type[Evidence | Finding], ColumnElement[bool]] = {
    Evidence: Evidence.erased_at.is_not(None),
    Finding: false(),
}


def status(work: Work, organization: int, day: date) -> Item:
    """Level per pillar in every framework that concerns the organization, and what the next level lacks."""
    network = engine.network(work)
    appraisal = appraise(work, [organization], day)[organization]
    owed = effective(network, organization, day)
    found = network.organization(organization) or engine.present(work).network.organization(organization)
    ids = _ids(work, appraisal.assessments.values())
    return {
        "organization": {"id": found.id, "name": found.name} if found else None,
        "day": day.isoformat(),
        "frameworks": [
            _framework(work, network, assessment, appraisal, owed, ids) for assessment in appraisal.assessments.values()
        ],
        "flags": _flags(work, organization),
    }


def _flags(work: Work, organization: int) -> list[str]:
    """The kinds of flags that are open; of another moment than now those that then were."""
    if work.moment.is_present:
        row = work.session.get(Conformity, organization)
        return sorted(row.open_flags) if row else []
    query = select(Flag.kind).where(Flag.organization == organization, opened(work), ~closed(work))
    return sorted(set(work.session.scalars(query)))


def _framework(
    work: Work,
    network: Network,
    assessment: Assessment,
    appraisal: Appraisal,
    owed: Mapping[tuple[str, str], int],
    ids: Ids,
) -> Item:
    framework = registry(work).get(assessment.framework)
    assert framework is not None  # it was assessed
    return {
        "framework": framework.key,
        "name": {"en": framework.names.en, "zh": framework.names.zh},
        "overall": assessment.overall,
        "pillars": [
            _pillar(work, assessment, appraisal.standings[framework.key, name], owed.get((framework.key, name)))
            for name in assessment.pillars
        ],
        "indicators": [_indicator(work, network, assessment, name, ids) for name in assessment.results],
    }


def _pillar(work: Work, assessment: Assessment, standing: Standing, owed: int | None) -> Item:
    framework = registry(work).get(assessment.framework)
    assert framework is not None  # it was assessed
    upcoming = min((standing.level or 0) + 1, framework.top_level)
    following = unmet_for(assessment, standing.pillar, upcoming)
    for_owed = unmet_for(assessment, standing.pillar, owed) if owed else ()
    return {
        "pillar": standing.pillar,
        "level": standing.level,
        "provisional": standing.provisional_level,
        "certified": standing.certified_level,
        "good_through": wording.plain(standing.good_through),
        "zero_tolerance": list(standing.zero_tolerance),
        "effective": owed,
        "next": {
            "level": upcoming,
            "unmet": wording.unmet(framework, following, points=True),
            **wording.score(framework, assessment.pillars[standing.pillar].checks[upcoming - 1]),
        },
        "unmet_for_effective": wording.unmet(framework, for_owed, points=True),
    }


def _ids(work: Work, assessments: Iterable[Assessment]) -> Ids:
    """Public ids of the evidence and the findings that assessments rest on, as far as they are the reader's."""
    results = [result for one in assessments for result in one.results.values()]
    levels = [level for result in results for level in result.levels]
    heard = {source.evidence for result in results for source in result.sources}
    found = {level.finding for level in levels if level.finding is not None}
    me = work.actor.organization
    told: Ids = {}
    for model, numbers in ((Evidence, heard), (Finding, found)):
        if numbers:
            mine = or_(model.organization == me, model.holder == me)
            query = select(model.number, model.id, _GONE[model].label("gone")).where(model.number.in_(numbers), mine)
            told.update({(model, row.number): (row.id, row.gone) for row in work.session.execute(query)})
    return told


def _indicator(work: Work, network: Network, assessment: Assessment, name: str, ids: Ids) -> Item:
    framework = registry(work).get(assessment.framework)
    indicator = framework.indicator(name) if framework else None
    result = assessment.results[name]
    return {
        "indicator": name,
        "name": {"en": indicator.names.en, "zh": indicator.names.zh} if indicator else None,
        "pillar": indicator.pillar if indicator else None,
        "references": cited(indicator, assessment.day) if indicator else [],
        "levels": [
            {
                "level": one.level,
                "result": str(one.outcome),
                "reason": str(one.why),
                "holder": _id(network, one.holder),
                "evidence": ids.get((Evidence, one.evidence), NOT_YOURS)[0],
                "finding": ids.get((Finding, one.finding), NOT_YOURS)[0],
            }
            for one in result.levels
        ],
        "sources": [
            {
                "evidence": ids.get((Evidence, source.evidence), NOT_YOURS)[0],
                "source_erased": ids.get((Evidence, source.evidence), NOT_YOURS)[1],
                "holder": _id(network, source.holder),
                "relation": str(source.relation),
                "state": str(source.state),
                "trust": source.trust.name.lower(),
                "seen_on": source.seen_on.isoformat(),
                "through": wording.plain(source.through),
                "problem": source.problem,
                "path": list(source.path),
            }
            for source in result.sources
        ],
    }


def _id(network: Network, number: int) -> str:
    found = network.organization(number)
    return found.id if found else ""
