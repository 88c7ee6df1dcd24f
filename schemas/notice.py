"""Notices on the wire: what an organization should know, how often its people are told, around which days."""

from schemas.base import BaseSchema, Bilingual, Choice, Day, Int, Many, Nested, PageQuery, Str

KINDS = (
    "obligation_due",
    "obligation_overdue",
    "evidence_accepted",
    "evidence_rejected",
    "evidence_waiting",
    "finding_opened",
    "flag_opened",
    "flag_closed",
    "link_claimed",
    *("answer_waiting", "answer_replied", "waiver_granted", "waiver_revoked", "waiver_ending"),
    *("plan_step_due", "plan_step_late", "plan_waiting", "plan_verified", "plan_returned"),
)
FREQUENCIES = ("daily", "weekly", "never")
MOVES = ("yours", "nobodys")
FARTHEST = 365
MANY = 12


class NoticeQuery(PageQuery):
    """Which notices."""

    kind = Choice(KINDS)
    since = Day(metadata={"description": "Noticed on this day or later"})


class NoticeSchema(BaseSchema):
    """Something the caller's organization should know, the newest first."""

    id = Str(required=True)
    kind = Choice(KINDS, required=True)
    day = Day(required=True)
    subject = Str(required=True, metadata={"description": "Id of what it is about, as the organization knows it"})
    move = Choice(MOVES, required=True, metadata={"description": "Whose move it is, seen by the reader"})
    text = Nested(Bilingual, required=True)


class NoticePreferenceSchema(BaseSchema):
    """How often the caller wants a digest by e-mail about this organization. Notices are listed all the same."""

    frequency = Choice(FREQUENCIES, required=True, metadata={"description": "A weekly digest goes out on Mondays"})
    without = Many(Choice(KINDS), required=True, metadata={"description": "Kinds left out of the digest"})


class ReminderScheduleSchema(BaseSchema):
    """Around which days the suppliers of a requirement are reminded while the move is theirs."""

    days = Many(
        Int(min=-FARTHEST, max=FARTHEST),
        required=True,
        max=MANY,
        metadata={"description": "Relative to the due day: -30 is a month before, 1 the day after; empty: never"},
    )
