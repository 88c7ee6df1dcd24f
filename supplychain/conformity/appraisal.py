"""What the rules make of one organization's facts in every framework that concerns it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial

from graph.cascade import obligations_of
from graph.network import Network
from graph.terms import OrganizationKind
from graph.waivers import Terms, terms, waivers_for
from supplychain.audits.compulsory import audits
from supplychain.conformity.loading import Facts, facts_about, family_of
from supplychain.conformity.rules import (
    Assessment,
    AuditCase,
    EvidenceFact,
    Family,
    FlagDecision,
    OrganizationFacts,
    Owed,
    Situation,
    SituationOn,
    Standing,
    appraise,
    audit_due,
    audits_good_through,
    evidence_expiring,
    flags_good_through,
    holds_on,
    matchmaking,
    outlook,
    standings,
    training,
)
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.loader import Registry

EXPIRING_WINDOW = timedelta(days=90)
PillarKey = tuple[str, str]
"""(framework key, pillar)."""


@dataclass(frozen=True, slots=True)
class Appraisal:
    """All that is derived of one organization on one day.

    good_through: the last day on which, without new facts, all of it is the same; None = for ever.
    """

    organization: int
    assessments: Mapping[str, Assessment]
    standings: Mapping[PillarKey, Standing]
    flags: tuple[FlagDecision, ...]
    good_through: date | None


@dataclass(frozen=True, slots=True)
class Bench:
    """What an appraisal needs besides the organization: the network, the packs, the recorded facts, the day.

    listing: the framework by which the ``matchmaking`` flag is decided. consents: who may be listed.
    also: framework versions to hold everybody against, whether anybody asks for them or not.
    window: how far ahead the ``evidence_expiring`` flag looks.
    """

    network: Network
    registry: Registry
    facts: Facts
    day: date
    listing: str
    consents: frozenset[int] = frozenset()
    also: frozenset[str] = frozenset()
    window: timedelta = EXPIRING_WINDOW


def appraisal_of(bench: Bench, organization: int) -> Appraisal:
    """Appraise one organization; its family's facts must have been loaded."""
    situation_on = cache(partial(situation, bench, organization))
    given = situation_on(bench.day)
    found: dict[str, Assessment] = {}
    reached: dict[PillarKey, Standing] = {}
    for framework in frameworks_for(bench, organization, given.family):
        assessment, by_pillar = appraise(framework, organization, *given, bench.day)
        found[framework.key] = assessment
        reached.update({(framework.key, pillar): standing for pillar, standing in by_pillar.items()})
    flags, flags_through = _flags(bench, organization, situation_on, reached)
    lasts = [one.good_through for one in found.values()]
    lasts += [flags_through, _waived_through(bench.network, organization, bench.day)]
    return Appraisal(organization, found, reached, flags, min((one for one in lasts if one), default=None))


def members(organization: int, family: Family) -> frozenset[int]:
    """The organizations whose results an appraisal takes."""
    company = () if family.company is None else (family.company,)
    return frozenset({organization, *company}) | family.plants


def readers(network: Network, organization: int, family: Family, day: date) -> frozenset[int]:
    """The organizations whose facts an appraisal reads: any owner of a plant may have listed it as a site."""
    taken = members(organization, family)
    found = map(network.organization, taken)
    plants = [one.number for one in found if one is not None and one.kind is OrganizationKind.PLANT]
    return taken.union(*(network.owners_of(plant, day) for plant in plants))


def readers_from(network: Network, organization: int, day: date) -> frozenset[int]:
    """The organizations whose facts appraisals read on a day and on any day after it, if no new fact comes."""
    if network.stands_alone(organization):
        return frozenset({organization})
    found: set[int] = set()
    on: date | None = day
    while on is not None:
        found |= readers(network, organization, family_of(network, organization, on), on)
        through = network.family_through(organization, on)
        on = None if through is None else through + timedelta(days=1)
    return frozenset(found)


def frameworks_for(bench: Bench, organization: int, family: Family) -> list[Framework]:
    """Those somebody asks for, and those its evidence speaks to: of a framework in several versions the one of the
    listing, else the newest, so that a new version costs nobody anything before it is asked for.
    """
    owed = _asked(bench.network, organization, bench.day) | bench.also
    taken = members(organization, family)
    read = readers(bench.network, organization, family, bench.day)
    heard = [one for reader in read for one in bench.facts.evidence.get(reader, ()) if one.covers & taken]
    spoken = [one for one in bench.registry if any(speaks_to(fact, one) for fact in heard)]
    named = owed | {one.key for one in spoken if one.key == bench.listing}
    settled = {one.id for one in spoken if one.key in named}
    # the registry has the versions of a framework in their order, so the last one stays
    newest = {one.id: one.key for one in spoken if one.id not in settled}
    return [one for one in bench.registry if one.key in named or one.key in newest.values()]


def _asked(network: Network, organization: int, day: date) -> frozenset[str]:
    """The framework versions that somebody asks of an organization, announced demands included."""

    def look() -> frozenset[str]:
        asked = (network.requirement(one.requirement) for one in obligations_of(network, organization, day))
        return frozenset(one.framework for one in asked if one is not None)

    return network.memory.recall(("asked", organization, network.epoch(day), network.term(day)), look)


def speaks_to(fact: EvidenceFact, framework: Framework) -> bool:
    """Whether a piece of evidence may count in a framework version."""
    by_standard = fact.standard is not None and framework.standard(fact.standard) is not None
    return fact.framework == framework.id or by_standard


def situation(bench: Bench, organization: int, day: date) -> Situation:
    """What the rules take of an organization on a day that is the bench's or later."""
    family = family_of(bench.network, organization, day)
    taken = sorted(members(organization, family))
    read = sorted(readers(bench.network, organization, family, day))
    facts = bench.facts
    kept = OrganizationFacts(organization, good_through=bench.network.family_through(organization, day))
    return Situation(
        family,
        [one for reader in read for one in facts.evidence.get(reader, ())],
        [one for member in taken for one in facts.findings.get(member, ())],
        [one for member in taken for one in facts.decisions.get(member, ())],
        [*(facts_about(bench.network, member, day) for member in taken), kept],
    )


def _flags(
    bench: Bench, organization: int, situation_on: SituationOn, reached: Mapping[PillarKey, Standing]
) -> tuple[tuple[FlagDecision, ...], date | None]:
    levels = {key: standing.level for key, standing in reached.items()}
    now = {pillar: standing for (framework, pillar), standing in reached.items() if framework == bench.listing}
    ahead = _ahead(bench, organization, situation_on, now)
    listed = organization in bench.consents
    # Whose results are taken, whose findings count: a group is not listed over what was found at its plant.
    findings = situation_on(bench.day).findings
    falling, falling_through = _falling(bench, organization, situation_on, reached)
    cases = audit_cases(bench, organization, frozenset(framework for framework, _ in reached))
    decided = (
        training(owed_by(bench.network, organization, bench.day, levels)),
        matchmaking(now, ahead, findings, consent=listed),
        evidence_expiring(falling),
        audit_due(cases, bench.day),
    )
    lasts = (flags_good_through(now, ahead), falling_through, audits_good_through(cases, bench.day))
    return decided, min((one for one in lasts if one), default=None)


def asked_of(network: Network, organization: int, day: date) -> Iterator[tuple[str, str, Terms, bool]]:
    """Framework, pillar, what waivers leave of the demand, and whether it is only announced: of all it owes."""
    for one in obligations_of(network, organization, day):
        requirement = network.requirement(one.requirement)
        assert requirement is not None  # it has an obligation
        waivers = waivers_for(network, requirement, organization, day)
        for pillar in requirement.pillars:
            asked = terms(one.level, one.due_for(pillar), waivers)
            yield requirement.framework, pillar, asked, one.announced


def owed_by(network: Network, organization: int, day: date, levels: Mapping[PillarKey, int | None]) -> Iterable[Owed]:
    """What is asked of each pillar beside the level achieved."""
    return [
        Owed(framework, pillar, asked.level, asked.due, levels.get((framework, pillar)), announced)
        for framework, pillar, asked, announced in asked_of(network, organization, day)
    ]


def _waived_through(network: Network, organization: int, day: date) -> date | None:
    """The last day on which every waiver in force that lowers a level still does: the day after, more is asked."""
    held = network.waivers_of(organization)
    return min((one.until for one in held if one.level is not None and one.holds_on(day)), default=None)


def audit_cases(bench: Bench, organization: int, frameworks: frozenset[str]) -> list[AuditCase]:
    """What speaks of compulsory audits at an organization and, of a company, at each of its plants.

    frameworks: the framework versions that concern it.
    """
    family = family_of(bench.network, organization, bench.day)
    known = [one for one in map(bench.registry.get, sorted(frameworks)) if one is not None]
    ages = {
        framework.key: indicator.validity_months
        for framework in known
        for said in audits()
        if said.ages and said.framework == framework.id
        for indicator in [framework.indicator(said.indicator)]
        if indicator is not None
    }
    read = readers(bench.network, organization, family, bench.day)
    heard = [fact for reader in sorted(read) for fact in bench.facts.evidence.get(reader, ())]
    return [_audit_case(bench, one, heard, ages) for one in sorted({organization} | family.plants)]


def _audit_case(bench: Bench, organization: int, heard: Iterable[EvidenceFact], ages: Mapping[str, int]) -> AuditCase:
    found, company = bench.network.organization(organization), bench.network.company_of(organization, bench.day)
    owner = None if company is None else bench.network.organization(company)
    told = bench.facts
    return AuditCase(
        organization,
        next((one.country for one in (found, owner) if one is not None and one.country), None),
        stated=told.stated.get(organization, ()),
        evidence=[fact for fact in heard if organization in fact.covers],
        findings=told.findings.get(organization, ()),
        audited=[fact for fact in heard if fact.covers & {organization, company}],
        ages=ages,
    )


def _ahead(
    bench: Bench, organization: int, situation_on: SituationOn, now: Mapping[str, Standing]
) -> Mapping[str, Standing]:
    """The standings on the day looked ahead to; today's where nothing lapses before."""
    later = holds_on(bench.day)
    if all(one.good_through is None or one.good_through >= later for one in now.values()):
        return now
    framework = bench.registry.get(bench.listing)
    assert framework is not None  # it has standings
    return standings(framework, organization, *situation_on(later), later)


def _falling(
    bench: Bench, organization: int, situation_on: SituationOn, reached: Mapping[PillarKey, Standing]
) -> tuple[list[PillarKey], date | None]:
    """The pillars whose level falls within the window, and the last day before the window reaches a further change."""
    falling: list[PillarKey] = []
    lasts: list[date] = []
    until = bench.day + bench.window
    for key, through in {framework: one.good_through for (framework, _), one in reached.items()}.items():
        framework = bench.registry.get(key)
        assert framework is not None  # it has standings
        last = through
        if through is not None and through < until:
            found = outlook(framework, organization, situation_on, bench.day, until)
            falling += [(key, pillar) for pillar in found.now if found.first_fall(pillar)]
            last = found.through
        lasts += [] if last is None else [last - bench.window]
    return falling, min(lasts, default=None)
