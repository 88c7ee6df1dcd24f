"""What a kept what-if foresaw, held against what really happened, on the wire."""

from typing import Final

from marshmallow import fields

from schemas.base import BaseSchema, Choice, Day, Int, Nested, PageQuery, Str
from schemas.supplier import STATUSES

VERDICTS: Final = ("as_foreseen", "owes_otherwise", "better", "worse", "not_owing", "not_foreseen")


class ForeseenQuery(PageQuery):
    """What was foreseen, and what is so; one verdict only."""

    verdict = Choice(VERDICTS)


class ForeseenObligationSchema(BaseSchema):
    """What was foreseen to be owed, or is. gap: levels missing."""

    tier = Int(required=True)
    level = Int(required=True)
    gap = Int(required=True)


class ForeseenSchema(BaseSchema):
    """One supplier, requirement and pillar, foreseen and real.

    as_foreseen: the same level is owed, and met or missed as foreseen. owes_otherwise: another level. better, worse:
    met or missed against what was foreseen. not_owing: foreseen, and not so. not_foreseen: so, and not foreseen.
    """

    supplier = Str(required=True)
    name = Str(required=True, allow_none=True)
    name_zh = Str(required=True, allow_none=True)
    kind = Choice(("identity", "pseudonym"), required=True)
    requirement = Str(required=True, metadata={"description": "The real one; see `made`"})
    pillar = Str(required=True)
    verdict = Choice(VERDICTS, required=True)
    foreseen = Nested(ForeseenObligationSchema, required=True, allow_none=True)
    real = Nested(ForeseenObligationSchema, required=True, allow_none=True)
    status = Choice(STATUSES, required=True, allow_none=True, metadata={"description": "Today's"})


class MadeSchema(BaseSchema):
    """What became of a requirement of the question. requirement: null, nothing like it was published since."""

    supposed = Str(required=True, metadata={"description": "An id, or a pointer to the change that publishes it"})
    requirement = Str(required=True, allow_none=True)


class VerdictCountsSchema(BaseSchema):
    """Items by verdict."""

    as_foreseen = fields.Integer(required=True)
    owes_otherwise = fields.Integer(required=True)
    better = fields.Integer(required=True)
    worse = fields.Integer(required=True)
    not_owing = fields.Integer(required=True)
    not_foreseen = fields.Integer(required=True)


class ForeseenPageSchema(BaseSchema):
    """What was foreseen beside what is so today. out_of_sight: foreseen of suppliers that you see no longer."""

    items = fields.List(fields.Nested(ForeseenSchema), required=True)
    asked_on = Day(required=True)
    on = Day(required=True, metadata={"description": "The day that was looked at"})
    today = Day(required=True)
    made = fields.List(fields.Nested(MadeSchema), required=True)
    verdicts = Nested(VerdictCountsSchema, required=True)
    out_of_sight = fields.Integer(required=True)
