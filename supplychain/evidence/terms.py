"""The words of evidence (domain rules: Evidence)."""

from enum import StrEnum


class EvidenceState(StrEnum):
    """The life of a piece of evidence; ``expired`` is told when read, never stored."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({EvidenceState.SUBMITTED, EvidenceState.ACCEPTED})
"""The states that still count for something, and that can be withdrawn or superseded."""


class Decided(StrEnum):
    """What a reviewer may decide."""

    ACCEPT = "accept"
    REJECT = "reject"


class WithdrawnFor(StrEnum):
    """Why evidence is withdrawn by somebody else than its submitter."""

    CLAIM_REJECTED = "claim-rejected"
    """Whoever submitted it was not the organization."""


class RejectedFor(StrEnum):
    """Why evidence is rejected."""

    SCOPE = "scope"
    """It does not cover the organization or the site."""
    AGE = "age"
    """It is too old, or its dates cannot be right."""
    ISSUER = "issuer"
    """Its issuer is not one that counts, or cannot be found."""
    UNREADABLE = "unreadable"
    VALUE = "value"
    """It does not show the value that was stated."""
    IDENTITY = "identity"
    """It speaks of another organization."""
    PERIOD = "period"
    """It does not cover the period that was stated."""
    OTHER = "other"
    """The note says why."""
