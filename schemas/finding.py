"""Findings and reviewers' decisions on the wire."""

from schemas.base import BaseSchema, Choice, Day, Moment, PageQuery, Str

SEVERITIES = ("minor", "major", "critical")
STATES = ("open", "explained", "rectified", "verified")
FINDING_EXAMPLE = {
    "organization": "org_0f3c…",
    "framework": "eseec-electronics",
    "indicator": "O07",
    "severity": "major",
    "observed_on": "2026-11-20",
    "note": "Two of six exits of hall B were blocked",
}
DECISION_EXAMPLE = {
    "organization": "org_0f3c…",
    "framework": "eseec-electronics",
    "indicator": "E06",
    "reason": "No hazardous waste arises: dry assembly only, seen on site",
    "expires_on": "2027-11-20",
}


class FindingRequestSchema(BaseSchema):
    """What a reviewer found."""

    organization = Str(required=True, min=1, max=40)
    framework = Str(required=True, min=1, max=80, metadata={"description": "Without version"})
    indicator = Str(required=True, min=1, max=40)
    severity = Choice(SEVERITIES, required=True)
    observed_on = Day(required=True)
    note = Str(required=True, min=1)


class FindingSchema(BaseSchema):
    """A finding; until it is verified it overrides every evidence on its indicator."""

    id = Str(required=True)
    organization = Str(required=True)
    holder = Str(required=True, metadata={"description": "Who answers for it"})
    reviewer = Str(required=True)
    framework = Str(required=True)
    indicator = Str(required=True)
    severity = Choice(SEVERITIES, required=True)
    state = Choice(STATES, required=True)
    observed_on = Day(required=True)
    note = Str(required=True)
    explanation = Str(required=True, allow_none=True)
    rectification = Str(required=True, allow_none=True)
    opened_at = Moment(required=True)
    verified_at = Moment(required=True, allow_none=True)


class FindingQuery(PageQuery):
    """Which findings, of those about you and those you recorded."""

    state = Choice(STATES)
    severity = Choice(SEVERITIES)
    organization = Str(max=40)


class StatementSchema(BaseSchema):
    """What the organization says to a finding."""

    note = Str(required=True, min=1)


class VerificationSchema(BaseSchema):
    """Whether the reviewer saw that a finding is rectified."""

    decision = Choice(("accept", "reject"), required=True)


class DecisionRequestSchema(BaseSchema):
    """That an indicator does not apply to an organization, and until when."""

    organization = Str(required=True, min=1, max=40)
    framework = Str(required=True, min=1, max=80, metadata={"description": "Without version"})
    indicator = Str(required=True, min=1, max=40)
    reason = Str(required=True, min=1)
    expires_on = Day(required=True, metadata={"description": "The last day it holds"})


class DecisionSchema(BaseSchema):
    """A decision that an indicator does not apply."""

    id = Str(required=True)
    organization = Str(required=True)
    holder = Str(required=True)
    reviewer = Str(required=True)
    framework = Str(required=True)
    indicator = Str(required=True)
    reason = Str(required=True)
    decided_on = Day(required=True)
    expires_on = Day(required=True)


class DecisionQuery(PageQuery):
    """Which decisions, of those about you and those you made."""

    organization = Str(max=40)
