"""A piece of evidence as one indicator hears it, and which of several decides (domain rules: Evidence)."""

from datetime import date, datetime
from typing import NamedTuple

from supplychain.conformity.rules.plan import Verdict
from supplychain.conformity.rules.results import Source, SourceState
from supplychain.frameworks.terms import Relation, Trust

EVERY_LEVEL = 99
"""The limit of evidence that was reviewed: none."""
TOO_SHORT = "period-too-short"


class Candidate(NamedTuple):
    """A piece of evidence as one indicator hears it.

    verdicts: per target; None where it says nothing. accepted_up_to: the level up to which it needs no review.
    short: it covers fewer months than the indicator is measured over.
    """

    evidence: int
    relation: Relation
    state: SourceState
    trust: Trust
    seen_on: date
    received_at: datetime
    through: date | None
    verdicts: tuple[Verdict | None, ...]
    accepted_up_to: int
    problem: str | None = None
    path: tuple[str, ...] = ()
    short: bool = False

    def source(self, holder: int) -> Source:
        """As an answer shows it."""
        return Source(
            self.evidence,
            holder,
            self.relation,
            self.state,
            self.trust,
            self.seen_on,
            self.through,
            TOO_SHORT if self.short else self.problem,
            self.path,
        )


def rank(one: Candidate) -> tuple[bool, date, Trust, datetime, int]:
    """Greatest first decides: what judges the indicator itself before what proves it in part; then the latest
    observation, higher trust, later received, smaller number.
    """
    return (one.relation is not Relation.PARTIAL, one.seen_on, one.trust, one.received_at, -one.evidence)
