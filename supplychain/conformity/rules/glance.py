"""The levels alone, for a look at very many organizations: equal to what `assess` gives, for a part of the work.

A level that asks for an indicator which nothing can meet or leave out does not hold, whatever else was sent. What is
asked below the first such level is judged in full, by the same rules; the rest only whether it counts at all.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import takewhile

from supplychain.conformity.rules.assess import assessed_pillars, judged
from supplychain.conformity.rules.classify import pillar_level
from supplychain.conformity.rules.dossier import open_dossier, slot_of
from supplychain.conformity.rules.facts import (
    DecisionFact,
    EvidenceFact,
    EvidenceState,
    Family,
    FindingFact,
    OrganizationFacts,
)
from supplychain.conformity.rules.hearing import covering, hear, heard
from supplychain.conformity.rules.lens import PLAIN
from supplychain.conformity.rules.plan import Asked, Plan, plan_of
from supplychain.conformity.rules.results import LevelResult
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.terms import EvidenceKind, Method, Relation

_Slots = frozenset[int]
_Told = tuple[EvidenceFact, frozenset[int], frozenset[int]]


def levels(
    framework: Framework,
    subject: int,
    family: Family,
    evidence: Collection[EvidenceFact],
    findings: Collection[FindingFact],
    decisions: Collection[DecisionFact],
    facts: Collection[OrganizationFacts],
    day: date,
    *,
    pillars: Iterable[str] | None = None,
) -> dict[str, int | None]:
    """The levels that `assess` gives, by pillar, or by those of some pillars."""
    plan, sketch = plan_of(framework), _sketch(framework)
    asked = list(plan.gates if pillars is None else pillars)
    company = subject if family.company is None else family.company
    told = list(covering(family.plants or (subject,), company, evidence))
    speaking, meeting = _heard_by(sketch, (fact for fact, _, _ in told))
    excused = _excused(plan, decisions, facts)
    shut = {slot.index for one in findings if (slot := slot_of(plan, one.framework, one.indicator)) is not None}
    judging = {
        pillar: (sketch.forbidden[pillar] & (speaking | shut)) | _worth_judging(sketch, pillar, meeting | excused)
        for pillar in asked
    }
    wanted = frozenset().union(*judging.values())
    grid: list[Sequence[LevelResult]] = []
    assessed: set[str] = set()
    if wanted:
        dossier = open_dossier(plan, subject, family, evidence, findings, decisions, facts, day, only=wanted)
        grid += plan.silent
        for index in dossier.told() & wanted:
            grid[index] = judged(dossier, PLAIN, plan.slots[index])
        assessed = assessed_pillars(dossier, PLAIN)
    open_pillars = {one: rest for one in asked if one not in assessed and (rest := sketch.slots[one] & speaking)}
    assessed |= _assessed(plan, told, day, open_pillars)
    return {
        pillar: pillar_level(plan, pillar, grid, assessed=pillar in assessed)
        if judging[pillar]
        else (0 if pillar in assessed else None)  # its first level cannot hold
        for pillar in asked
    }


@dataclass(frozen=True, slots=True)
class _Sketch:
    """A plan as sets of slots.

    gates: by pillar and rising level, what must be met and what is asked at all; empty where levels are no gates.
    named: by indicator and kind of evidence. standards: what a certificate speaks to, and what it may meet.
    """

    slots: Mapping[str, _Slots]
    gates: Mapping[str, tuple[tuple[_Slots, _Slots], ...]]
    forbidden: Mapping[str, _Slots]
    named: Mapping[tuple[str, EvidenceKind], int]
    standards: Mapping[str, tuple[_Slots, _Slots]]
    framework: str


@lru_cache(maxsize=64)
def _sketch(framework: Framework) -> _Sketch:
    plan = plan_of(framework)
    gated = framework.method is not Method.WEIGHTED
    return _Sketch(
        slots={pillar: frozenset(slots) for pillar, slots in plan.pillar_slots.items()},
        gates={
            pillar: tuple((_indices(one.mandatory), _indices(one.mandatory + one.optional)) for one in gates)
            if gated
            else ()
            for pillar, gates in plan.gates.items()
        },
        forbidden={pillar: frozenset(index for _, index in named) for pillar, named in plan.forbidden.items()},
        named={(slot.indicator.id, kind): slot.index for slot in plan.slots for kind in slot.indicator.evidence},
        standards={name: _proven(plan, name) for name in plan.standards},
        framework=framework.id,
    )


def _indices(asked: Iterable[Asked]) -> _Slots:
    return frozenset(one.slot for one in asked)


def _proven(plan: Plan, standard: str) -> tuple[_Slots, _Slots]:
    """What a certificate speaks to, itself or over others, in any edition; and what of it it proves in full."""
    ways = [plan.standards[standard], *(plan.standards[one.standard.id] for one in plan.standards[standard].routes)]
    full = {one.slot.index for way in ways for one in way.proofs if one.relation is not Relation.PARTIAL}
    named = {slot.index for way in ways for slot in way.named_by}
    return frozenset(named | {one.slot.index for way in ways for one in way.proofs}), frozenset(named | full)


def _heard_by(sketch: _Sketch, evidence: Iterable[EvidenceFact]) -> tuple[AbstractSet[int], AbstractSet[int]]:
    """The slots that may hear some evidence, and those that it may meet."""
    speaking: set[int] = set()
    meeting: set[int] = set()
    for fact in evidence:
        if fact.framework == sketch.framework:
            answered = ((name, fact.kind) for name in fact.values)
            meeting.update(sketch.named[one] for one in answered if one in sketch.named)
        standard = fact.standard if fact.kind is EvidenceKind.CERTIFICATE else None
        if standard is not None and standard in sketch.standards:
            proven, in_full = sketch.standards[standard]
            speaking |= proven
            meeting |= in_full
    return speaking | meeting, meeting


def _excused(plan: Plan, decisions: Iterable[DecisionFact], facts: Iterable[OrganizationFacts]) -> AbstractSet[int]:
    """The slots that may not apply: to somebody, on some day."""
    decided = (slot_of(plan, one.framework, one.indicator) for one in decisions)
    found = {slot.index for slot in decided if slot is not None}
    if any(one.verified for one in facts):
        found.update(slot.index for slot, _ in plan.conditional)
    return found


def _worth_judging(sketch: _Sketch, pillar: str, open_to: AbstractSet[int]) -> _Slots:
    """What is asked below the first level that cannot hold."""
    if not sketch.gates[pillar]:
        return sketch.slots[pillar]
    hopeful = takewhile(lambda gate: gate[0] <= open_to, sketch.gates[pillar])
    return frozenset().union(*(asked for _, asked in hopeful))


def _assessed(
    plan: Plan, told: Iterable[_Told], day: date, speaking: Mapping[str, AbstractSet[int]]
) -> AbstractSet[str]:
    """The pillars in which any evidence counts. speaking: what may be heard, by pillar."""
    found: set[str] = set()
    open_slots: set[int] = set().union(*speaking.values())
    for fact, on_sites, on_company in told:
        if not open_slots:
            break
        if fact.state is EvidenceState.SUBMITTED:
            continue
        for slot, candidate in heard(plan, hear(plan, fact, day), open_slots):
            pillar = slot.indicator.pillar
            if pillar not in found and (on_sites if slot.site else on_company) and PLAIN.counts(candidate, 1):
                found.add(pillar)
                open_slots -= speaking[pillar]
    return found
