"""When somebody is reminded, and when a digest goes out."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

DAYS = (-30, -7, 1)
"""Around the due day of a requirement whose issuer said nothing: a month and a week before, and the day after. Ours."""
PLANNED = (-7, 1)
"""Around the last day of a plan's step: a week before, and the day after. Ours."""
LEAVE = (-30, -7)
"""Before the last day of a waiver: a month and a week. Ours."""
LATE = 31
"""So many days after its day a reminder is still told: to who began to owe later, or after the worker was away."""
MONDAY = 0


class Kind(StrEnum):
    """What a notice is about."""

    OBLIGATION_DUE = "obligation_due"
    OBLIGATION_OVERDUE = "obligation_overdue"
    EVIDENCE_ACCEPTED = "evidence_accepted"
    EVIDENCE_REJECTED = "evidence_rejected"
    EVIDENCE_WAITING = "evidence_waiting"
    FINDING_OPENED = "finding_opened"
    FLAG_OPENED = "flag_opened"
    FLAG_CLOSED = "flag_closed"
    LINK_CLAIMED = "link_claimed"
    ANSWER_WAITING = "answer_waiting"
    ANSWER_REPLIED = "answer_replied"
    WAIVER_GRANTED = "waiver_granted"
    WAIVER_REVOKED = "waiver_revoked"
    WAIVER_ENDING = "waiver_ending"
    PLAN_STEP_DUE = "plan_step_due"
    PLAN_STEP_LATE = "plan_step_late"
    PLAN_WAITING = "plan_waiting"
    PLAN_VERIFIED = "plan_verified"
    PLAN_RETURNED = "plan_returned"


class Move(StrEnum):
    """Whose move it is, seen by who reads the notice."""

    YOURS = "yours"
    NOBODYS = "nobodys"


MOVES: Mapping[Kind, Move] = {
    Kind.OBLIGATION_DUE: Move.YOURS,
    Kind.OBLIGATION_OVERDUE: Move.YOURS,
    Kind.EVIDENCE_ACCEPTED: Move.NOBODYS,
    Kind.EVIDENCE_REJECTED: Move.YOURS,
    Kind.EVIDENCE_WAITING: Move.YOURS,
    Kind.FINDING_OPENED: Move.YOURS,
    Kind.FLAG_OPENED: Move.NOBODYS,
    Kind.FLAG_CLOSED: Move.NOBODYS,
    Kind.LINK_CLAIMED: Move.YOURS,
    Kind.ANSWER_WAITING: Move.YOURS,
    Kind.ANSWER_REPLIED: Move.NOBODYS,
    Kind.WAIVER_GRANTED: Move.NOBODYS,
    Kind.WAIVER_REVOKED: Move.YOURS,
    Kind.WAIVER_ENDING: Move.YOURS,
    Kind.PLAN_STEP_DUE: Move.YOURS,
    Kind.PLAN_STEP_LATE: Move.YOURS,
    Kind.PLAN_WAITING: Move.YOURS,
    Kind.PLAN_VERIFIED: Move.NOBODYS,
    Kind.PLAN_RETURNED: Move.YOURS,
}


class Frequency(StrEnum):
    """How often somebody wants a digest; a weekly one goes out on Mondays."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


def reminder(due: date, day: date, days: Iterable[int]) -> int | None:
    """The reminder that holds on a day: the latest whose day has come and is not long over; None = nothing.

    due: the due day. days: relative to it, negative before it. What came later than its day, such as a demand that
    reached somebody a week before it is due, is reminded of at once.
    """
    off = (day - due).days
    return max((one for one in days if off - LATE < one <= off), default=None)


def goes_out(frequency: Frequency, day: date) -> bool:
    """Whether a digest is sent on a day."""
    return frequency is Frequency.DAILY or (frequency is Frequency.WEEKLY and day.weekday() == MONDAY)
