"""What the rules make of one organization's facts in every framework that concerns it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.cascade import obligations_of
from graph.network import Network
from graph.terms import OrganizationKind
from graph.waivers import Terms, terms, waivers_for
from supplychain.conformity.loading import Facts, facts_about, family_of
from supplychain.conformity.rules import (
    Assessment,
    EvidenceFact,
    Family,
    FlagDecision,
    Owed,
    Standing,
    appraise,
    flags_good_through,
    holds_on,
    matchmaking,
    standings,
    training,
)
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.loader import Registry

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
    """

    network: Network
    registry: Registry
    facts: Facts
    day: date
    listing: str
    consents: frozenset[int] = frozenset()
    also: frozenset[str] = frozenset()


def appraisal_of(bench: Bench, organization: int) -> Appraisal:
    """Appraise one organization; its family's facts must have been loaded."""
    family = family_of(bench.network, organization, bench.day)
    found: dict[str, Assessment] = {}
    reached: dict[PillarKey, Standing] = {}
    for framework in frameworks_for(bench, organization, family):
        assessment, by_pillar = appraise(framework, *input_of(bench, organization, family, bench.day), bench.day)
        found[framework.key] = assessment
        reached.update({(framework.key, pillar): standing for pillar, standing in by_pillar.items()})
    flags, flags_through = _flags(bench, organization, family, reached)
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


def input_of(bench: Bench, organization: int, family: Family, day: date) -> tuple[int, Family, Any, Any, Any, Any]:
    """What the rules take of an organization, but for the framework."""
    taken = sorted(members(organization, family))
    read = sorted(readers(bench.network, organization, family, bench.day))
    facts = bench.facts
    return (
        organization,
        family,
        [one for reader in read for one in facts.evidence.get(reader, ())],
        [one for member in taken for one in facts.findings.get(member, ())],
        [one for member in taken for one in facts.decisions.get(member, ())],
        [facts_about(bench.network, member, day) for member in taken],
    )


def _flags(
    bench: Bench, organization: int, family: Family, reached: Mapping[PillarKey, Standing]
) -> tuple[tuple[FlagDecision, ...], date | None]:
    levels = {key: standing.level for key, standing in reached.items()}
    now = {pillar: standing for (framework, pillar), standing in reached.items() if framework == bench.listing}
    ahead = _ahead(bench, organization, family, now)
    listed = organization in bench.consents
    # Whose results are taken, whose findings count: a group is not listed over what was found at its plant.
    findings = [one for member in members(organization, family) for one in bench.facts.findings.get(member, ())]
    decided = (
        training(owed_by(bench.network, organization, bench.day, levels)),
        matchmaking(now, ahead, findings, consent=listed),
    )
    return decided, flags_good_through(now, ahead)


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


def _ahead(bench: Bench, organization: int, family: Family, now: Mapping[str, Standing]) -> Mapping[str, Standing]:
    """The standings on the day looked ahead to; today's where nothing lapses before."""
    later = holds_on(bench.day)
    if all(one.good_through is None or one.good_through >= later for one in now.values()):
        return now
    framework = bench.registry.get(bench.listing)
    assert framework is not None  # it has standings
    return standings(framework, *input_of(bench, organization, family, later), later)
