"""The result of every indicator at every level, seen through a lens that says which candidates count."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from supplychain.conformity.rules.candidate import Candidate
from supplychain.conformity.rules.classify import pillar_level
from supplychain.conformity.rules.dossier import Dossier
from supplychain.conformity.rules.lens import Lens
from supplychain.conformity.rules.plan import Slot
from supplychain.conformity.rules.results import WORST_FIRST, Grid, LevelResult, Outcome, SourceState, Why
from supplychain.frameworks.terms import Trust

_BADNESS = {outcome: place for place, outcome in enumerate(WORST_FIRST)}
_WAITING = frozenset((SourceState.UNDER_REVIEW, SourceState.IN_FORCE))  # in force, but only up to a lower level


def levels_in(dossier: Dossier, lens: Lens, grid: Grid) -> dict[str, int | None]:
    """The level of each pillar."""
    return {
        name: pillar_level(dossier.plan, name, grid, assessed=assessed(dossier, lens, slots))
        for name, slots in dossier.plan.pillar_slots.items()
    }


def assessed(dossier: Dossier, lens: Lens, slots: Sequence[int]) -> bool:
    """Whether any evidence counts in a pillar, be it of too little trust for its level."""
    return any(
        candidate.trust >= lens.floor and lens.counts(candidate, 1)
        for index in slots
        for holder in dossier.holders(dossier.plan.slots[index])
        for candidate in dossier.candidates.get((holder, index), ())
    )


def grid_of(dossier: Dossier, lens: Lens) -> Grid:
    """Every slot of the plan."""
    return [slot_results(dossier, lens, slot) for slot in dossier.plan.slots]


def slot_results(dossier: Dossier, lens: Lens, slot: Slot) -> Sequence[LevelResult]:
    """What the subject takes for an indicator: its own, its company's, or the worst of its plants."""
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
        return _alike(slot.levels, Outcome.NOT_APPLICABLE, why, holder)
    candidates = dossier.candidates.get(key)
    if not candidates:
        return _alike(slot.levels, Outcome.NOT_ASSESSED, Why.NONE, holder)
    first = candidates[0]
    if lens.settles(first, slot):
        told = zip(slot.levels, first.verdicts, strict=True)
        return [LevelResult(level, outcome, why, holder, first.evidence) for level, (outcome, why) in told]  # type: ignore[misc] # it settles: none is None
    return [
        _decide(candidates, lens, level, place, max(slot.trust[place], lens.floor), holder)
        for place, level in enumerate(slot.levels)
    ]


@lru_cache(maxsize=1024)
def _alike(levels: tuple[int, ...], outcome: Outcome, why: Why, holder: int) -> Sequence[LevelResult]:
    """The same at every level: most indicators of most suppliers, and many have the same levels."""
    return tuple(LevelResult(level, outcome, why, holder) for level in levels)


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
