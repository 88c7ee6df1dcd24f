"""The words of findings (domain rules: bad news has a life too)."""

from enum import StrEnum


class FindingState(StrEnum):
    """The life of a finding; it overrides evidence until it is verified."""

    OPEN = "open"
    EXPLAINED = "explained"
    RECTIFIED = "rectified"
    VERIFIED = "verified"


class Severity(StrEnum):
    """How bad it is; an open critical finding shuts the ``matchmaking`` flag."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"
