"""When flags are open, and what `training` says (domain rules: Flags).

A flag stores only that it is open and why; what it says is computed when it is read.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from graph.terms import Reason
from supplychain.conformity.rules.facts import FindingFact
from supplychain.conformity.rules.judge import gap
from supplychain.conformity.rules.results import Standing, Unmet

MATCHMAKING_THRESHOLD = 3
LOOK_AHEAD = timedelta(days=90)
"""How long the level must hold where no event names a day."""

UnmetOf = Callable[[str, str, int], Iterable[Unmet]]
"""(framework, pillar, level) to what keeps that level from holding."""

_SOON = timedelta(days=90)
_LATER = timedelta(days=365)


class FlagKind(StrEnum):
    """The flags these rules decide."""

    TRAINING = "training"
    MATCHMAKING = "matchmaking"
    EVIDENCE_EXPIRING = "evidence_expiring"
    AUDIT_DUE = "audit_due"


class FlagReason(StrEnum):
    """Why a flag is open or shut."""

    GAP = "gap"
    NEVER_ASSESSED = "never_assessed"
    NO_GAP = "no_gap"
    QUALIFIED = "qualified"
    BELOW_THRESHOLD = "below_threshold"
    NOT_CERTIFIED = "not_certified"
    ZERO_TOLERANCE = "zero_tolerance"
    CRITICAL_FINDING = "critical_finding"
    NO_CONSENT = "no_consent"
    WILL_NOT_HOLD = "will_not_hold"
    LEVEL_WILL_FALL = "level_will_fall"
    NOTHING_FALLS = "nothing_falls"
    AUDIT_REQUIRED = "audit_required"
    AUDIT_TOO_OLD = "audit_too_old"
    NO_AUDIT_DUE = "no_audit_due"


@dataclass(frozen=True, slots=True)
class FlagDecision:
    """Whether a flag is open, with the reasons; all of them, so that a supplier sees everything that is missing."""

    kind: FlagKind
    open: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Owed:
    """An obligation as flags see it: what is owed, until when, and the level achieved in that pillar.

    Whoever asks decides whose obligations count: the supplier's own flag takes all, a brand's view its own.
    """

    framework: str
    pillar: str
    level: int
    due: date
    achieved: int | None
    announced: bool = False


def training(owed: Iterable[Owed]) -> FlagDecision:
    """Open iff something owed is not reached. Never having been assessed is one way of not reaching it;
    what is only announced is not owed yet; a waiver moves a date, not a need.
    """
    lacking = {(one.framework, one.pillar, one.achieved is None) for one in owed if _lacks(one)}
    reasons = tuple(
        Reason(
            FlagReason.NEVER_ASSESSED if never else FlagReason.GAP,
            {"framework": framework, "pillar": pillar},
        )
        for framework, pillar, never in sorted(lacking)
    )
    return FlagDecision(FlagKind.TRAINING, bool(reasons), reasons or (Reason(FlagReason.NO_GAP),))


def matchmaking(
    now: Mapping[str, Standing],
    ahead: Mapping[str, Standing],
    findings: Iterable[FindingFact],
    *,
    consent: bool,
    threshold: int = MATCHMAKING_THRESHOLD,
) -> FlagDecision:
    """Open iff every pillar reaches the threshold today and on the day looked ahead to, on evidence of trust
    `certified` or more alone; no critical finding is open; nothing of zero tolerance; and consent was given.

    now, ahead: the standings of one framework, today and on `holds_on`. threshold: a level of that framework.
    """
    shut = [
        *_short(now, threshold),
        *(
            Reason(FlagReason.WILL_NOT_HOLD, {"pillar": name})
            for name, standing in ahead.items()
            if _reaches(now[name], threshold) and not _reaches(standing, threshold)
        ),
        *(Reason(FlagReason.CRITICAL_FINDING, {"indicator": one.indicator}) for one in findings if one.is_critical),
    ]
    if not consent:
        shut.append(Reason(FlagReason.NO_CONSENT))
    opened = bool(now) and not shut
    return FlagDecision(
        FlagKind.MATCHMAKING, opened, tuple(shut) or (Reason(FlagReason.QUALIFIED, {"threshold": threshold}),)
    )


def evidence_expiring(falling: Iterable[tuple[str, str]]) -> FlagDecision:
    """Open iff, with no new facts, a level is lower on some day within the window than today.

    falling: framework and pillar of each; when, to which level and over what is computed when it is read.
    """
    reasons = tuple(
        Reason(FlagReason.LEVEL_WILL_FALL, {"framework": framework, "pillar": pillar})
        for framework, pillar in sorted(falling)
    )
    return FlagDecision(FlagKind.EVIDENCE_EXPIRING, bool(reasons), reasons or (Reason(FlagReason.NOTHING_FALLS),))


def holds_on(today: date, event_day: date | None = None) -> date:
    """The day on which the level must still hold: the event's, else 90 days from today."""
    return today + LOOK_AHEAD if event_day is None else event_day


def flags_good_through(now: Mapping[str, Standing], ahead: Mapping[str, Standing]) -> date | None:
    """The last day on which, without new facts, the flags are the same: what changes 90 days ahead changes now."""
    days = [standing.good_through for standing in now.values() if standing.good_through is not None]
    days += [one.good_through - LOOK_AHEAD for one in ahead.values() if one.good_through is not None]
    return min(days, default=None)


def _short(now: Mapping[str, Standing], threshold: int) -> Iterable[Reason]:
    for name, standing in now.items():
        if standing.zero_tolerance:
            yield Reason(FlagReason.ZERO_TOLERANCE, {"pillar": name, "indicators": standing.zero_tolerance})
        elif (standing.level or 0) < threshold:
            yield Reason(FlagReason.BELOW_THRESHOLD, {"pillar": name, "level": standing.level})
        elif (standing.certified_level or 0) < threshold:
            yield Reason(FlagReason.NOT_CERTIFIED, {"pillar": name, "level": standing.certified_level})


def _reaches(standing: Standing, threshold: int) -> bool:
    certain = min(standing.level or 0, standing.certified_level or 0)
    return certain >= threshold and not standing.zero_tolerance


def _lacks(owed: Owed) -> bool:
    return not owed.announced and gap(owed.level, owed.achieved) > 0


class Priority(StrEnum):
    """How pressing a need for training is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class TrainingNeed:
    """What an open `training` flag says on a day, per framework and pillar.

    gap: the largest; due: the earliest among what is lacking; unmet: what keeps that level from holding.
    """

    framework: str
    pillar: str
    gap: int
    due: date
    unmet: tuple[Unmet, ...]
    priority: Priority


def training_needs(owed: Iterable[Owed], unmet_of: UnmetOf, today: date) -> tuple[TrainingNeed, ...]:
    """What a `training` flag says, most pressing first."""
    lacking: dict[tuple[str, str], list[Owed]] = {}
    for one in owed:
        if _lacks(one):
            lacking.setdefault((one.framework, one.pillar), []).append(one)
    needs = [_need(framework, pillar, some, unmet_of, today) for (framework, pillar), some in lacking.items()]
    return tuple(sorted(needs, key=lambda one: (one.due, -one.gap, one.framework, one.pillar)))


def _need(framework: str, pillar: str, owed: Sequence[Owed], unmet_of: UnmetOf, today: date) -> TrainingNeed:
    level = max(one.level for one in owed)
    due = min(one.due for one in owed)
    return TrainingNeed(
        framework=framework,
        pillar=pillar,
        gap=max(gap(one.level, one.achieved) for one in owed),
        due=due,
        unmet=tuple(unmet_of(framework, pillar, level)),
        priority=_priority(due, today),
    )


def _priority(due: date, today: date) -> Priority:
    if due <= today + _SOON:
        return Priority.HIGH
    return Priority.MEDIUM if due <= today + _LATER else Priority.LOW
