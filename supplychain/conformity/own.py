"""A supplier's own view: its levels, what it owes over all carrying links, what is unmet, whose move it is."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from graph.cascade import Lens, Obligation, effective, explain, obligations_of, ways_in
from graph.network import Network, Requirement
from graph.terms import Reason
from supplychain.audits.models import Finding
from supplychain.conformity import wording
from supplychain.conformity.appraisal import Appraisal
from supplychain.conformity.brand import requirement_ref
from supplychain.conformity.lacking import computed
from supplychain.conformity.levels import appraise
from supplychain.conformity.models import Conformity
from supplychain.conformity.rules import Assessment, Owed, Standing, TrainingNeed, judge, training_needs, unmet_for
from supplychain.errors import NotFound
from supplychain.evidence.models import Evidence
from supplychain.frameworks import registry
from supplychain.frameworks.represent import cited
from supplychain.network import engine
from supplychain.work import Work

Item = dict[str, Any]
Ids = dict[tuple[type[Evidence | Finding], int | None], str]
"""Public ids by kind and number."""
_OWN_RULES = frozenset(
    {
        "announced",
        "tier_is_shortest",
        "schedule_entry",
        "held_beyond_schedule",
        "supplier_scope_open",
        "due_rule",
        "amendment_kept_due",
    }
)
"""The rules a supplier is told: nothing of the hops between its customer and the issuer."""


def member(work: Work, organization_id: str | None, day: date) -> int:
    """The organization a supplier asks about: itself, or a plant it owns. Raises NotFound.

    A company it owns is a supplier of its own, and nobody else sees its customers and what they ask.
    """
    mine = work.actor.organization
    if organization_id is None:
        return mine
    network = engine.network(work)
    for number in {mine, *network.plants_of(mine, day)}:
        found = network.organization(number)
        if found is not None and found.id == organization_id:
            return number
    raise NotFound


def own_status(work: Work, organization: int, day: date) -> Item:
    """Level per pillar in every framework that concerns the organization, and what the next level lacks."""
    network = engine.network(work)
    appraisal = appraise(work, [organization], day)[organization]
    row = work.session.get(Conformity, organization)
    owed = effective(network, organization, day)
    found = network.organization(organization)
    ids = _ids(work, appraisal.assessments.values())
    return {
        "organization": {"id": found.id, "name": found.name} if found else None,
        "day": day.isoformat(),
        "frameworks": [
            _framework(work, network, assessment, appraisal, owed, ids) for assessment in appraisal.assessments.values()
        ],
        "flags": sorted(row.open_flags) if row else [],
    }


def own_obligations(work: Work, organization: int, day: date) -> list[Item]:
    """Everything the organization owes, one item a pillar, the earliest due first."""
    network = engine.network(work)
    appraisal = appraise(work, [organization], day)[organization]
    row = work.session.get(Conformity, organization)
    stored = row.assessments if row else {}
    items = []
    for one in obligations_of(network, organization, day):
        requirement = network.requirement(one.requirement)
        assert requirement is not None  # it has an obligation
        for pillar in requirement.pillars:
            since = _since(stored, requirement.framework, pillar)
            items.append(_obligation(work, network, requirement, one, pillar, appraisal, since, day))
    return sorted(items, key=position)


def own_needs(work: Work, organization: int, day: date) -> tuple[TrainingNeed, ...]:
    """What an open ``training`` flag says to the organization itself, over everything it owes."""
    network = engine.network(work)
    appraisal = appraise(work, [organization], day)[organization]
    owed = [
        Owed(requirement.framework, pillar, one.level, one.due_for(pillar), standing.level, one.announced)
        for one in obligations_of(network, organization, day)
        if (requirement := network.requirement(one.requirement))
        for pillar in requirement.pillars
        for standing in [appraisal.standings.get((requirement.framework, pillar), Standing(pillar, None))]
    ]
    return training_needs(owed, computed(appraisal.assessments), day)


def position(item: Mapping[str, Any]) -> list[Any]:
    """Where an obligation stands in the supplier's list."""
    return [item["due"], item["requirement"], item["pillar"]]


def own_explanation(work: Work, organization: int, reference: str, day: date) -> Item:
    """Why the organization owes a requirement, without the hops between. Raises NotFound."""
    network = engine.network(work)
    for one in obligations_of(network, organization, day):
        requirement = network.requirement(one.requirement)
        if requirement is None or _reference(work, requirement, one, organization) != reference:
            continue
        told = explain(network, requirement, organization, day, Lens.OWED)
        rules = [_without_hops(reason) for reason in told.reasons if str(reason.code) in _OWN_RULES]
        return {
            **_demand(work, network, requirement, one, day),
            "pillars": list(requirement.pillars),
            "rules": wording.reasons(rules),
        }
    raise NotFound


def _without_hops(reason: Reason) -> Reason:
    """A rule without the dates of links that are not the supplier's own."""
    kept = {name: value for name, value in reason.params.items() if name not in {"since", "start", "predecessor"}}
    return Reason(reason.code, kept)


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
            **wording.score(assessment.pillars[standing.pillar].checks[upcoming - 1]),
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
            query = select(model.number, model.id).where(model.number.in_(numbers), mine)
            told.update({(model, number): public for number, public in work.session.execute(query)})
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
                "evidence": ids.get((Evidence, one.evidence)),
                "finding": ids.get((Finding, one.finding)),
            }
            for one in result.levels
        ],
        "sources": [
            {
                "evidence": ids.get((Evidence, source.evidence)),
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


def _obligation(
    work: Work,
    network: Network,
    requirement: Requirement,
    owed: Obligation,
    pillar: str,
    appraisal: Appraisal,
    since: date | None,
    day: date,
) -> Item:
    standing = appraisal.standings.get((requirement.framework, pillar), Standing(pillar, None))
    status = judge(owed.level, owed.due_for(pillar), owed.announced, standing, day, since=since)
    assessment = appraisal.assessments.get(requirement.framework)
    lacking: Iterable[Any] = unmet_for(assessment, pillar, owed.level) if assessment and status.gap else ()
    return {
        **_demand(work, network, requirement, owed, day),
        "pillar": pillar,
        "achieved": standing.level,
        "gap": status.gap,
        "status": str(status.code),
        "move": str(status.move),
        "since": wording.plain(status.since),
        "due": owed.due_for(pillar).isoformat(),
        "unmet": wording.unmet(registry(work).get(requirement.framework), lacking),
    }


def _demand(work: Work, network: Network, requirement: Requirement, owed: Obligation, day: date) -> Item:
    """Who asks for what, as the supplier may know it: its direct customers, the issuer only where shown."""
    shown = _issuer_shown(requirement, owed)
    ways = ways_in(network, requirement, owed.supplier, day, Lens.OWED)
    customers = {link.buyer: network.organization(link.buyer) for link in ways}
    issuer = network.organization(requirement.issuer)
    return {
        "requirement": _reference(work, requirement, owed, owed.supplier),
        "title": requirement.title if shown else None,
        "purpose": requirement.purpose,
        "issuer": {"id": issuer.id, "name": issuer.name} if shown and issuer else None,
        "asked_by": "customer" if owed.tier == 1 else "customer_of_customer",
        "customers": sorted(({"id": one.id, "name": one.name} for one in customers.values() if one), key=_by_name),
        "framework": requirement.framework,
        "tier": owed.tier,
        "level": owed.level,
        "announced": owed.announced,
    }


def _issuer_shown(requirement: Requirement, owed: Obligation) -> bool:
    return owed.tier == 1 or requirement.named


def _reference(work: Work, requirement: Requirement, owed: Obligation, reader: int) -> str:
    return requirement_ref(work, reader, requirement, issuer_shown=_issuer_shown(requirement, owed))


def _by_name(one: Mapping[str, str]) -> tuple[str, str]:
    return one["name"], one["id"]


def _id(network: Network, number: int) -> str:
    found = network.organization(number)
    return found.id if found else ""


def _since(stored: Mapping[str, Any], framework: str, pillar: str) -> date | None:
    standing = stored.get(framework, {}).get("standings", {}).get(pillar)
    return date.fromisoformat(standing["since"]) if standing else None
