"""What suppliers answer to what is asked of them, and what is answered back, on the wire."""

from marshmallow import fields

from schemas.base import BaseSchema, Bilingual, Bool, Choice, Day, Int, Many, Moment, Nested, PageQuery, QueryBool, Str
from schemas.framework import MARKS
from schemas.waiver import REASONS

ANSWERS = ("accept", "question", "dispute", "decline")
HEARD = ("silent", *ANSWERS)
ANSWER_STATES = ("open", "replied", "given", "replaced")
REPLIES = ("explain", "keep", "waive")
ANSWER_EXAMPLE = {"kind": "question", "text": "Does level 2 of safety include our warehouse in Kunshan?"}
REPLY_EXAMPLE = {"kind": "explain", "text": "It does, from the day on which you handle our goods there"}


class AnswerRequestSchema(BaseSchema):
    """What a supplier says to what is asked of it: a question needs words, a dispute or a refusal a coded reason.

    The words are passed on as they are, also to an issuer that may not know your name.
    """

    kind = Choice(ANSWERS, required=True)
    reason = Str(max=40, allow_none=True, load_default=None, metadata={"description": "See /v1/answer-reasons"})
    text = Str(load_default="")


class LeaveSchema(BaseSchema):
    """The waiver that a reply grants, as in ``POST /v1/waivers``; its note is the reply's text."""

    reason = Choice(REASONS, required=True)
    until = Day(required=True)
    due = Day(allow_none=True, load_default=None)
    level = Int(min=0, allow_none=True, load_default=None)


class ReplyRequestSchema(BaseSchema):
    """What an issuer answers back: it explains, keeps what it asked, or waives it for a time."""

    kind = Choice(REPLIES, required=True)
    text = Str(load_default="")
    waiver = Nested(LeaveSchema, allow_none=True, load_default=None)


class ReplySchema(BaseSchema):
    """What was answered back. waiver: the one that was granted with it."""

    kind = Choice(REPLIES, required=True)
    text = Str(required=True)
    waiver = Str(required=True, allow_none=True)
    replied_on = Day(required=True)


class AnswerSchema(BaseSchema):
    """An answer as the issuer sees it. state: ``given`` needs no reply, ``replaced`` was followed by another answer."""

    id = Str(required=True)
    requirement = Str(required=True)
    supplier = Str(required=True)
    kind = Choice(ANSWERS, required=True)
    reason = Str(required=True, allow_none=True)
    text = Str(required=True)
    state = Choice(ANSWER_STATES, required=True)
    answered_on = Day(required=True)
    answered_at = Moment(required=True)
    replies = Many(Nested(ReplySchema), required=True)


class OwnAnswerSchema(BaseSchema):
    """An answer as its supplier sees it, with what was answered back."""

    id = Str(required=True)
    requirement = Str(required=True, metadata={"description": "Your own name of it, where the issuer is not shown"})
    kind = Choice(ANSWERS, required=True)
    reason = Str(required=True, allow_none=True)
    text = Str(required=True)
    state = Choice(ANSWER_STATES, required=True)
    answered_on = Day(required=True)
    answered_at = Moment(required=True)
    replies = Many(Nested(ReplySchema), required=True)


class AnswerQuery(PageQuery):
    """Which of the answers to your requirements. open: those that wait for you, or those that do not."""

    open = QueryBool()
    kind = Choice(ANSWERS)
    requirement = Str(max=40)
    supplier = Str(max=40)


class OwnAnswerQuery(PageQuery):
    """Which of the answers that you gave, or gave for a plant of yours."""

    open = QueryBool()
    organization = Str(max=40)


class AnswerReasonSchema(BaseSchema):
    """A reason to dispute or decline. Where it is a law's, source, days and mark say which and how sure we are."""

    id = Str(required=True)
    kinds = Many(Choice(ANSWERS), required=True)
    names = Nested(Bilingual, required=True)
    source = Nested(Bilingual, required=True, allow_none=True)
    conditions = Nested(Bilingual, required=True, allow_none=True)
    notice = Nested(Bilingual, required=True, allow_none=True)
    in_force_from = Day(required=True, allow_none=True)
    in_force_to = Day(required=True, allow_none=True)
    checked_on = Day(required=True, allow_none=True)
    mark = Choice(MARKS, required=True, allow_none=True)


class AnswerReasonsSchema(BaseSchema):
    """The reasons that hold today."""

    items = fields.List(fields.Nested(AnswerReasonSchema), required=True)


class LastAnswerSchema(BaseSchema):
    """What the supplier last answered; open: it waits for a reply of the issuer."""

    id = Str(required=True, allow_none=True)
    kind = Choice(HEARD, required=True)
    open = Bool(required=True)
