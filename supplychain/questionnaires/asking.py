"""The questionnaire of one organization: what a framework asks of it today, with what is known filled in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from graph.network import Organization
from supplychain.conformity import own_obligations
from supplychain.conformity.levels import appraise
from supplychain.conformity.loading import facts_about, family_of
from supplychain.conformity.rules import Family
from supplychain.errors import Invalid, NotFound
from supplychain.evidence.models import Evidence
from supplychain.facts import queries as facts
from supplychain.frameworks import operations
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.terms import Scope
from supplychain.network import engine, own
from supplychain.questionnaires.deciding import AskedFact, Stated, asked_facts
from supplychain.questionnaires.rules import Sheet, ask
from supplychain.work import Work

ALL, MISSING = "all", "missing"


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A sheet with whom it is about and what is on record.

    levels: up to which level each pillar is asked. elsewhere: the organizations that answer what this one does not.
    evidence: by number, as far as it is the reader's own. facts: those that may still leave questions out.
    stated: every fact of it that stands, as far as it is the reader's own.
    """

    framework: Framework
    organization: Organization
    levels: Mapping[str, int]
    sheet: Sheet
    elsewhere: tuple[tuple[Organization, Scope], ...]
    evidence: Mapping[int, Evidence]
    facts: tuple[AskedFact, ...]
    stated: tuple[Stated, ...]


def questionnaire(work: Work, query: Mapping[str, Any]) -> Questionnaire:
    """What is asked of the caller, or of a plant of its own.

    query: ``framework``; ``organization``, ``pillar``, ``level``, ``requirement`` narrow it. Without a level each
    pillar is asked up to its next one. Raises NotFound, Invalid.
    """
    framework = operations.find(work, query["framework"])
    organization = own.member(work, query.get("organization"), work.today)
    network = engine.network(work)
    family = family_of(network, organization, work.today)
    known = facts_about(network, organization, work.today).verified
    appraisal = appraise(work, [organization], work.today, frozenset({framework.key}))[organization]
    assessment = appraisal.assessments[framework.key]
    reached = {name: standing.level or 0 for name, standing in assessment.pillars.items()}
    levels = _levels(work, framework, organization, reached, query)
    sheet = ask(framework, assessment, levels, _scopes(organization, family), known)
    about = network.organization(organization)
    assert about is not None  # it is the caller, or a plant of its own
    stated = _stated(work, organization)
    others = [(_others(organization, family, scope), scope) for scope in sorted(sheet.elsewhere)]
    return Questionnaire(
        framework=framework,
        organization=about,
        levels=levels,
        sheet=sheet,
        elsewhere=tuple(
            (found, scope) for some, scope in others for one in some if (found := network.organization(one)) is not None
        ),
        evidence=_on_record(work, {source.evidence for one in sheet.questions for source in one.sources}),
        facts=asked_facts(sheet, stated, work.today),
        stated=stated,
    )


def _stated(work: Work, organization: int) -> tuple[Stated, ...]:
    return tuple(
        Stated(one.fact, one.value, one.year, one.valid_from, one.valid_to, one.standing)
        for one in facts.own_standing(work, organization)
    )


def _scopes(organization: int, family: Family) -> frozenset[Scope]:
    """Whose answers count for the organization itself: a plant's are about the site, its company's about the rest."""
    company = family.company in (None, organization)
    return frozenset(({Scope.ORGANIZATION} if company else set()) | ({Scope.SITE} if not family.plants else set()))


def _others(organization: int, family: Family, scope: Scope) -> Collection[int]:
    if scope is Scope.SITE:
        return sorted(family.plants)
    return () if family.company in (None, organization) else (family.company,)


def _levels(
    work: Work, framework: Framework, organization: int, reached: Mapping[str, int], query: Mapping[str, Any]
) -> Mapping[str, int]:
    pillar, level = query.get("pillar"), query.get("level")
    if pillar is not None and not framework.has_pillar(pillar):
        raise Invalid.at("?pillar", "not-one-of", allowed=", ".join(one.id for one in framework.pillars))
    if level is not None and level > framework.top_level:
        raise Invalid.at("?level", "level-unknown", top=framework.top_level)
    if "requirement" in query:
        asked = _owed(work, framework, organization, query["requirement"])
    else:
        asked = {name: min(one + 1, framework.top_level) for name, one in reached.items()}
    return {name: level or one for name, one in asked.items() if pillar in (None, name)}


def _owed(work: Work, framework: Framework, organization: int, reference: str) -> dict[str, int]:
    """The level of each pillar that a requirement asks of the organization. Raises NotFound."""
    owed = own_obligations.obligations(work, organization, work.today)
    found = {
        one["pillar"]: one["level"]
        for one in owed
        if one["requirement"] == reference and one["framework"] == framework.key
    }
    if not found:
        raise NotFound
    return found


def _on_record(work: Work, numbers: Collection[int]) -> Mapping[int, Evidence]:
    if not numbers:
        return {}
    me = work.actor.organization
    mine = or_(Evidence.organization == me, Evidence.holder == me)
    return {row.number: row for row in work.session.scalars(select(Evidence).where(Evidence.number.in_(numbers), mine))}
