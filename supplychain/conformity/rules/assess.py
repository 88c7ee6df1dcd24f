"""What a framework version makes of the facts on a day (domain rules: Evidence, Crosswalk, Assessment; `gated`)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from supplychain.conformity.rules.candidate import Candidate
from supplychain.conformity.rules.classify import pillar_level, pillar_result
from supplychain.conformity.rules.dossier import Dossier, open_dossier
from supplychain.conformity.rules.facts import DecisionFact, EvidenceFact, Family, FindingFact, OrganizationFacts
from supplychain.conformity.rules.lens import CERTIFIED, LAPSED, PLAIN, PROVISIONAL, Lens
from supplychain.conformity.rules.plan import Slot, plan_of
from supplychain.conformity.rules.results import (
    WORST_FIRST,
    Assessment,
    Grid,
    IndicatorResult,
    LevelResult,
    Outcome,
    PillarResult,
    Source,
    SourceState,
    Standing,
    Unmet,
    Why,
    alike,
    lowest,
)
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.terms import Trust

RULES_VERSION = "3"
_BADNESS = {outcome: place for place, outcome in enumerate(WORST_FIRST)}


_WAITING = frozenset((SourceState.UNDER_REVIEW, SourceState.IN_FORCE))  # in force, but only up to a lower level


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
    heard = {index for _, index in dossier.candidates}
    results = {
        slot.indicator.id: IndicatorResult(
            slot.indicator.id, tuple(grid[slot.index]), _sources(dossier, slot) if slot.index in heard else ()
        )
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
    grid = [judged(dossier, lens, slot) if slot.index in seen else plain[slot.index] for slot in plan.slots]
    assessed = assessed_pillars(dossier, lens)
    return {
        name: levels[name] if seen.isdisjoint(slots) else pillar_level(plan, name, grid, assessed=name in assessed)
        for name, slots in plan.pillar_slots.items()
    }


def _pillars(dossier: Dossier, lens: Lens, grid: Grid) -> dict[str, PillarResult]:
    plan, assessed = dossier.plan, assessed_pillars(dossier, lens)
    return {name: pillar_result(plan, name, grid, assessed=name in assessed) for name in plan.gates}


def assessed_pillars(dossier: Dossier, lens: Lens) -> set[str]:
    """The pillars in which any evidence counts, be it of too little trust for its level."""
    found: set[str] = set()
    for (_, index), candidates in dossier.candidates.items():
        pillar = dossier.plan.slots[index].indicator.pillar
        if pillar not in found and any(one.trust >= lens.floor and lens.counts(one, 1) for one in candidates):
            found.add(pillar)
    return found


def grid_of(dossier: Dossier, lens: Lens) -> Grid:
    """The result of every indicator at every level."""
    told = dossier.told()
    return [
        judged(dossier, lens, slot)
        if slot.index in told
        else alike(slot.levels, Outcome.NOT_ASSESSED, Why.NONE, dossier.holders(slot)[0])
        for slot in dossier.plan.slots
    ]


def judged(dossier: Dossier, lens: Lens, slot: Slot) -> Sequence[LevelResult]:
    """An indicator at every level, taken from whoever's result it is."""
    # a finding on the subject itself holds even where it takes its results from others
    holders = dossier.holders(slot)
    finding = dossier.findings.get((dossier.subject, slot.index))
    if finding is not None:
        return [_found(level, dossier.subject, finding) for level in slot.levels]
    if len(holders) == 1:
        return holder_results(dossier, lens, slot, holders[0])
    each = [holder_results(dossier, lens, slot, holder) for holder in holders]
    return [_worst(results) for results in zip(*each, strict=True)]


def _worst(results: Sequence[LevelResult]) -> LevelResult:
    """The worst of the plants; those where it does not apply are left out, unless it applies nowhere."""
    applicable = [one for one in results if one.outcome is not Outcome.NOT_APPLICABLE]
    if applicable:
        return min(applicable, key=lambda one: _BADNESS[one.outcome])
    return next((one for one in results if one.why is Why.DECISION), results[0])


def holder_results(dossier: Dossier, lens: Lens, slot: Slot, holder: int) -> Sequence[LevelResult]:
    """An indicator at one organization, by target."""
    key = (holder, slot.index)
    finding = dossier.findings.get(key)
    if finding is not None:
        return [_found(level, holder, finding) for level in slot.levels]
    why = dossier.inapplicable.get(key)
    if why is not None:
        return alike(slot.levels, Outcome.NOT_APPLICABLE, why, holder)
    candidates = dossier.candidates.get(key)
    if not candidates:
        return alike(slot.levels, Outcome.NOT_ASSESSED, Why.NONE, holder)
    first = candidates[0]
    if lens.settles(first, slot):
        told = zip(slot.levels, first.verdicts, strict=True)
        return [LevelResult(level, outcome, why, holder, first.evidence) for level, (outcome, why) in told]  # type: ignore[misc] # it settles: none is None
    return [
        _decide(candidates, lens, level, place, max(slot.trust[place], lens.floor), holder)
        for place, level in enumerate(slot.levels)
    ]


def _found(level: int, holder: int, finding: int) -> LevelResult:
    return LevelResult(level, Outcome.UNMET, Why.FINDING, holder, finding=finding)


def _decide(
    candidates: Iterable[Candidate], lens: Lens, level: int, place: int, trust: Trust, holder: int
) -> LevelResult:
    """The first candidate that may decide does; if none may, why none does (domain rules: which evidence decides)."""
    lapsed = weak = short = other = waits = False
    for candidate in candidates:
        verdict = candidate.verdicts[place]
        if verdict is None:
            short |= candidate.short and lens.counts(candidate, level)
            other |= not candidate.short and lens.counts(candidate, level)
        elif candidate.trust < trust:
            weak |= lens.counts(candidate, level)
        elif lens.counts(candidate, level):
            return LevelResult(level, verdict[0], verdict[1], holder, evidence=candidate.evidence)
        else:
            lapsed |= candidate.state is SourceState.LAPSED
            waits |= candidate.state in _WAITING
    if lapsed:
        return LevelResult(level, Outcome.EXPIRED, Why.LAPSED, holder)
    wanting = ((weak, Why.TRUST), (waits, Why.REVIEW), (short, Why.PERIOD), (other, Why.STANDARD))
    why = next((why for found, why in wanting if found), Why.NONE)
    return LevelResult(level, Outcome.NOT_ASSESSED, why, holder)
