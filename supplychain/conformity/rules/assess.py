"""What a framework version makes of the facts on a day (domain rules: Evidence, Crosswalk, Assessment; `gated`)."""

from collections.abc import Iterable, Mapping
from datetime import date

from supplychain.conformity.rules.classify import pillar_level, pillar_result
from supplychain.conformity.rules.dossier import Dossier, open_dossier
from supplychain.conformity.rules.facts import DecisionFact, EvidenceFact, Family, FindingFact, OrganizationFacts
from supplychain.conformity.rules.grid import assessed, grid_of, levels_in, slot_results
from supplychain.conformity.rules.lens import CERTIFIED, LAPSED, PLAIN, PROVISIONAL, Lens
from supplychain.conformity.rules.plan import Slot, plan_of
from supplychain.conformity.rules.results import (
    Assessment,
    Grid,
    IndicatorResult,
    PillarResult,
    Source,
    Standing,
    Unmet,
    lowest,
)
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.terms import Trust

RULES_VERSION = "3"


def assess(
    framework: Framework,
    subject: int,
    family: Family,
    evidence: Iterable[EvidenceFact],
    findings: Iterable[FindingFact],
    decisions: Iterable[DecisionFact],
    facts: Iterable[OrganizationFacts],
    day: date,
    *,
    trust_floor: Trust | None = None,
    include_lapsed: bool = False,
    include_submitted: bool = False,
) -> Assessment:
    """The assessment of `subject` on `day`.

    Evidence, findings, decisions and facts may be those of the whole family; what does not concern the subject
    is left out. trust_floor: count nothing of less trust. include_lapsed, include_submitted: as if lapsed
    evidence still counted, as if submitted evidence were accepted.
    """
    dossier = open_dossier(plan_of(framework), subject, family, evidence, findings, decisions, facts, day)
    lens = Lens(trust_floor or Trust.SELF_DECLARED, include_lapsed, include_submitted)
    return _assessment(dossier, lens, grid_of(dossier, lens))


def standings(
    framework: Framework,
    subject: int,
    family: Family,
    evidence: Iterable[EvidenceFact],
    findings: Iterable[FindingFact],
    decisions: Iterable[DecisionFact],
    facts: Iterable[OrganizationFacts],
    day: date,
) -> dict[str, Standing]:
    """Where `subject` stands on `day`, by pillar: its level, and the levels it would have."""
    dossier = open_dossier(plan_of(framework), subject, family, evidence, findings, decisions, facts, day)
    grid = grid_of(dossier, PLAIN)
    return _standings(dossier, grid, _pillars(dossier, PLAIN, grid))


def appraise(
    framework: Framework,
    subject: int,
    family: Family,
    evidence: Iterable[EvidenceFact],
    findings: Iterable[FindingFact],
    decisions: Iterable[DecisionFact],
    facts: Iterable[OrganizationFacts],
    day: date,
) -> tuple[Assessment, dict[str, Standing]]:
    """`assess` and `standings` of the same facts, for the work of little more than one."""
    dossier = open_dossier(plan_of(framework), subject, family, evidence, findings, decisions, facts, day)
    grid = grid_of(dossier, PLAIN)
    assessment = _assessment(dossier, PLAIN, grid)
    return assessment, _standings(dossier, grid, assessment.pillars)


def levels(
    framework: Framework,
    subject: int,
    family: Family,
    evidence: Iterable[EvidenceFact],
    findings: Iterable[FindingFact],
    decisions: Iterable[DecisionFact],
    facts: Iterable[OrganizationFacts],
    day: date,
) -> dict[str, int | None]:
    """The levels that `assess` gives, by pillar, for less work: for a look at very many."""
    dossier = open_dossier(plan_of(framework), subject, family, evidence, findings, decisions, facts, day)
    return levels_in(dossier, PLAIN, grid_of(dossier, PLAIN))


def unmet_for(assessment: Assessment, pillar: str, level: int) -> tuple[Unmet, ...]:
    """What keeps `level` of a pillar from holding: each indicator once, at the highest level where it is wanting."""
    return unmet_in(assessment.pillars[pillar], level)


def unmet_in(pillar: PillarResult, level: int) -> tuple[Unmet, ...]:
    """The same of a pillar's own result."""
    found: dict[str, Unmet] = {}
    for check in pillar.checks[:level]:
        found.update({unmet.indicator: unmet for unmet in check.unmet})
    return tuple(found.values())


def _assessment(dossier: Dossier, lens: Lens, grid: Grid) -> Assessment:
    pillars = _pillars(dossier, lens, grid)
    results = {
        slot.indicator.id: IndicatorResult(slot.indicator.id, tuple(grid[slot.index]), _sources(dossier, slot))
        for slot in dossier.plan.slots
    }
    return Assessment(
        framework=dossier.plan.framework.key,
        subject=dossier.subject,
        day=dossier.day,
        rules_version=RULES_VERSION,
        overall=lowest({name: pillar.level for name, pillar in pillars.items()}),
        pillars=pillars,
        results=results,
        good_through=dossier.good_through,
    )


def _sources(dossier: Dossier, slot: Slot) -> tuple[Source, ...]:
    return tuple(
        candidate.source(holder)
        for holder in dossier.holders(slot)
        for candidate in dossier.candidates.get((holder, slot.index), ())
    )


def _standings(dossier: Dossier, grid: Grid, pillars: Mapping[str, PillarResult]) -> dict[str, Standing]:
    levels = {name: pillar.level for name, pillar in pillars.items()}
    with_lapsed = _levels(dossier, LAPSED, grid, levels)
    provisional = _levels(dossier, PROVISIONAL, grid, levels)
    certified = _levels(dossier, CERTIFIED, grid, levels)
    return {
        name: Standing(
            pillar=name,
            level=pillar.level,
            lapsed_level=with_lapsed[name],
            provisional_level=provisional[name],
            certified_level=certified[name],
            good_through=dossier.good_through,
            zero_tolerance=pillar.zero_tolerance,
        )
        for name, pillar in pillars.items()
    }


def _levels(dossier: Dossier, lens: Lens, plain: Grid, levels: Mapping[str, int | None]) -> Mapping[str, int | None]:
    """The levels through another lens: but for what may count otherwise, it sees what the plain one saw."""
    plan = dossier.plan
    seen = {index for (_, index), candidates in dossier.candidates.items() if any(map(lens.differs, candidates))}
    if not seen:
        return levels
    grid = [slot_results(dossier, lens, slot) if slot.index in seen else plain[slot.index] for slot in plan.slots]
    return {
        name: levels[name]
        if seen.isdisjoint(slots)
        else pillar_level(plan, name, grid, assessed=assessed(dossier, lens, slots))
        for name, slots in plan.pillar_slots.items()
    }


def _pillars(dossier: Dossier, lens: Lens, grid: Grid) -> dict[str, PillarResult]:
    plan = dossier.plan
    return {
        name: pillar_result(plan, name, grid, assessed=assessed(dossier, lens, slots))
        for name, slots in plan.pillar_slots.items()
    }
