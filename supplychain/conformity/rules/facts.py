"""The facts that the rules of conformity work on: plain frozen values, organizations by their numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from supplychain.audits.terms import FindingState, Severity
from supplychain.evidence.terms import EvidenceState
from supplychain.frameworks.terms import EvidenceKind, Trust

__all__ = [
    "CRITICAL",
    "Answer",
    "DecisionFact",
    "EvidenceFact",
    "EvidenceState",
    "Family",
    "FindingFact",
    "FindingState",
    "OrganizationFacts",
    "Situation",
    "Verified",
]
CRITICAL = Severity.CRITICAL

Verified = frozenset[str] | int | Decimal | bool
"""A verified fact: a set of codes (sector, processes), a number (employees), or yes or no."""

Answer = tuple[bool | int | float | Decimal | str, str | None]
"""A value and its unit code, None unless it is a quantity."""


@dataclass(frozen=True, slots=True)
class Family:
    """Whose results an organization takes over (domain rules: Organization).

    company: for a plant, its company. plants: for a company, its active plants.
    Ownership counts here only once it is confirmed; the caller leaves the rest out.
    """

    company: int | None = None
    plants: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class EvidenceFact:
    """A piece of evidence (domain rules: Evidence).

    sites: the organizations it covers; empty = `organization` itself, and then nothing else.
    framework: id of the framework, without version, whose indicators `values` names.
    values: {indicator or further question: (value, unit)}.
    standard, version: for a certificate of a recognised standard.
    on_receipt: accepted without a review, so it counts only up to the level the pack says.
    """

    number: int
    organization: int
    kind: EvidenceKind
    trust: Trust
    state: EvidenceState
    received_at: datetime
    sites: frozenset[int] = frozenset()
    framework: str | None = None
    values: Mapping[str, Answer] = field(default_factory=dict, hash=False)
    standard: str | None = None
    version: str | None = None
    observed_from: date | None = None
    observed_to: date | None = None
    issued_on: date | None = None
    valid_until: date | None = None
    on_receipt: bool = False

    @property
    def covers(self) -> frozenset[int]:
        """The organizations it speaks of."""
        return self.sites or frozenset((self.organization,))

    @property
    def seen_on(self) -> date:
        """The last day it speaks of: observed, else issued, else received."""
        return self.observed_to or self.issued_on or self.received_at.date()

    @property
    def begins(self) -> date:
        """The first day it can be in force: nothing is known before it is observed and issued."""
        seen_on = self.seen_on
        return seen_on if self.issued_on is None else max(seen_on, self.issued_on)


@dataclass(frozen=True, slots=True)
class FindingFact:
    """A finding of a reviewer or auditor; without an indicator it overrides none."""

    number: int
    organization: int
    framework: str
    indicator: str | None
    severity: str
    state: FindingState
    observed_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still overrides: until it is verified, not only until it is explained."""
        return self.state is not FindingState.VERIFIED

    @property
    def is_critical(self) -> bool:
        """Whether it is open and shuts the `matchmaking` flag."""
        return self.is_open and self.severity == CRITICAL


@dataclass(frozen=True, slots=True)
class DecisionFact:
    """A reviewer's decision that an indicator does not apply, in force from `decided_on` to `until` (inclusive)."""

    number: int
    organization: int
    framework: str
    indicator: str
    reason: str
    decided_on: date
    until: date

    def in_force(self, day: date) -> bool:
        """Whether it holds that day."""
        return self.decided_on <= day <= self.until


@dataclass(frozen=True, slots=True)
class OrganizationFacts:
    """What is verified about an organization; what is only declared, or not known, is left out.

    good_through: the last day on which, without new facts, it is the same; None = for ever.
    """

    number: int
    verified: Mapping[str, Verified] = field(default_factory=dict, hash=False)
    good_through: date | None = None


class Situation(NamedTuple):
    """All that the rules take of an organization on a day, but for the framework."""

    family: Family
    evidence: Sequence[EvidenceFact]
    findings: Sequence[FindingFact] = ()
    decisions: Sequence[DecisionFact] = ()
    facts: Sequence[OrganizationFacts] = ()
