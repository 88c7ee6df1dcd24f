"""Which evidence counts in a look at a dossier: as it is, or as it would be."""

from dataclasses import dataclass

from supplychain.conformity.rules.candidate import EVERY_LEVEL, Candidate
from supplychain.conformity.rules.plan import Slot
from supplychain.conformity.rules.results import SourceState
from supplychain.frameworks.terms import Trust


@dataclass(frozen=True, slots=True)
class Lens:
    """Which candidates count: the least trust at every level, and whether lapsed and submitted ones do."""

    floor: Trust = Trust.SELF_DECLARED
    lapsed: bool = False
    submitted: bool = False

    def counts(self, candidate: Candidate, level: int) -> bool:
        """Whether a candidate counts at a level, its trust aside."""
        if candidate.state is SourceState.IN_FORCE:
            return level <= candidate.accepted_up_to or self.submitted
        if candidate.state is SourceState.LAPSED:
            return self.lapsed and level <= candidate.accepted_up_to
        return self.submitted and candidate.state is SourceState.UNDER_REVIEW

    def settles(self, first: Candidate, slot: Slot) -> bool:
        """Whether the first candidate decides at every level, whatever comes after it."""
        return (
            first.state is SourceState.IN_FORCE
            and first.accepted_up_to == EVERY_LEVEL
            and first.trust >= max(slot.trust[-1], self.floor)  # no level asks less than the one below
            and None not in first.verdicts
        )

    def differs(self, candidate: Candidate) -> bool:
        """Whether a candidate may count otherwise than in the plain look."""
        if candidate.state is SourceState.IN_FORCE:
            return candidate.trust < self.floor or (self.submitted and candidate.accepted_up_to < EVERY_LEVEL)
        return (self.lapsed and candidate.state is SourceState.LAPSED) or (
            self.submitted and candidate.state is SourceState.UNDER_REVIEW
        )


PLAIN = Lens()
LAPSED = Lens(lapsed=True)
PROVISIONAL = Lens(submitted=True)
CERTIFIED = Lens(floor=Trust.CERTIFIED)
