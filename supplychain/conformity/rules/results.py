"""What the rules answer: frozen values, reasons as codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from supplychain.frameworks.terms import Relation, Trust


class Outcome(StrEnum):
    """The result of an indicator at a level; never merged with one another."""

    MET = "met"
    PARTLY_MET = "partly_met"
    UNMET = "unmet"
    EXPIRED = "expired"
    NOT_ASSESSED = "not_assessed"
    NOT_APPLICABLE = "not_applicable"


WORST_FIRST = (Outcome.UNMET, Outcome.EXPIRED, Outcome.NOT_ASSESSED, Outcome.PARTLY_MET, Outcome.MET)
"""The order in which a company takes the worst of its plants."""


class Why(StrEnum):
    """Why an outcome is what it is."""

    TARGET = "target"
    """The deciding evidence was held against the target."""
    ALSO = "also"
    """The value meets the target, a further question of it is not answered yes."""
    PARTIAL = "partial"
    """Only a certificate that proves it in part."""
    FINDING = "finding"
    """An open finding overrides all evidence."""
    LAPSED = "lapsed"
    """All evidence that would count has lapsed."""
    TRUST = "trust"
    """There is evidence, but of less trust than the level asks for."""
    PERIOD = "period"
    """There is a reading, but it covers fewer months than the indicator is measured over."""
    REVIEW = "review"
    """There is evidence that would count, but it waits for a review."""
    STANDARD = "standard"
    """There is a certificate, but of a standard or edition that does not reach this level."""
    NONE = "none"
    """There is no evidence."""
    RULE = "rule"
    """A rule of the pack over verified facts: it does not apply."""
    DECISION = "decision"
    """A reviewer decided that it does not apply."""


class SourceState(StrEnum):
    """What a source is worth on the day."""

    IN_FORCE = "in_force"
    UNDER_REVIEW = "under_review"
    LAPSED = "lapsed"
    NOT_YET = "not_yet"
    UNUSABLE = "unusable"


class Mark(StrEnum):
    """Why a level cannot hold whatever the evidence says."""

    NO_MANDATORY = "no_mandatory"
    NOT_APPLICABLE_SHARE = "not_applicable_share"


MOST_DECIDED_AWAY = Fraction(3, 10)
"""Of what the pack's own rules leave, the part that reviewers may decide away before nothing holds on the rest."""


class Source(NamedTuple):
    """One piece of evidence that speaks to an indicator, whether it decides or not.

    trust: what it counts with; a certificate counts with what the crosswalk confers.
    through: the last day it is in force, None = open. problem: why it is unusable, or decides no number.
    path: the standards over which a certificate proves it, where it is not the indicator's own.
    """

    evidence: int
    holder: int
    relation: Relation
    state: SourceState
    trust: Trust
    seen_on: date
    through: date | None
    problem: str | None = None
    path: tuple[str, ...] = ()


class LevelResult(NamedTuple):
    """An indicator at one level it has a target for.

    holder: whose result it is: the plant, or the company. evidence, finding: what decided, if anything did.
    """

    level: int
    outcome: Outcome
    why: Why
    holder: int
    evidence: int | None = None
    finding: int | None = None


class IndicatorResult(NamedTuple):
    """An indicator at every level it has a target for, with all its sources."""

    indicator: str
    levels: tuple[LevelResult, ...]
    sources: tuple[Source, ...] = ()

    def at(self, level: int) -> LevelResult | None:
        """The result at a level; None where there is no target."""
        return next((one for one in self.levels if one.level == level), None)


class Unmet(NamedTuple):
    """An indicator that keeps a level from holding. optional: one of several of which enough would do.

    points: of a weighted framework, what it would add to the score of the level.
    """

    indicator: str
    level: int
    outcome: Outcome
    why: Why
    optional: bool = False
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LevelCheck:
    """Whether a level's own gate is passed; the level holds if all gates up to it are.

    score, score_needed: of a weighted framework, from 0 to 100; the score is rounded down.
    """

    level: int
    passed: bool
    unmet: tuple[Unmet, ...] = ()
    optional_met: int = 0
    optional_needed: int = 0
    mark: Mark | None = None
    score: Decimal | None = None
    score_needed: Decimal | None = None


Grid = Sequence[Sequence[LevelResult]]
"""The results by slot of the plan, then by target."""


@lru_cache(maxsize=1024)
def alike(levels: tuple[int, ...], outcome: Outcome, why: Why, holder: int) -> Sequence[LevelResult]:
    """The same at every level: most indicators of most suppliers, and many have the same levels."""
    return tuple(LevelResult(level, outcome, why, holder) for level in levels)


@dataclass(frozen=True, slots=True)
class PillarResult:
    """The level of a pillar, null if it was not assessed; `checks` by rising level.

    zero_tolerance: indicators that put the pillar at level 0 and shut the `matchmaking` flag.
    """

    pillar: str
    level: int | None
    checks: tuple[LevelCheck, ...]
    zero_tolerance: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a framework version makes of an organization's evidence on a day.

    good_through: the last day on which, without new facts, the answer is the same; None = for ever.
    """

    framework: str
    subject: int
    day: date
    rules_version: str
    overall: int | None
    pillars: Mapping[str, PillarResult] = field(hash=False)
    results: Mapping[str, IndicatorResult] = field(hash=False)
    good_through: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an organization stands in a pillar, and where it would stand.

    level: null = not assessed. lapsed_level: if lapsed evidence still counted. provisional_level: if what
    is submitted were accepted. certified_level: on evidence of trust `certified` or more alone.
    good_through: the last day on which, without new facts, all of it is the same; None = for ever.
    """

    pillar: str
    level: int | None
    lapsed_level: int | None = None
    provisional_level: int | None = None
    certified_level: int | None = None
    good_through: date | None = None
    zero_tolerance: tuple[str, ...] = ()


def lowest(levels: Mapping[str, int | None]) -> int | None:
    """The overall level: the lowest pillar, null if any pillar is null (domain rules: Assessment)."""
    known = [level for level in levels.values() if level is not None]
    return min(known) if known and len(known) == len(levels) else None
