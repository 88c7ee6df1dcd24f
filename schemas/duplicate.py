"""Likely duplicates on the wire: pairs of one sender's own records, and what it says of them."""

from typing import Final

from marshmallow import fields, validate

from schemas.base import BaseSchema, Bilingual, Choice, Int, Many, Moment, Nested, PageQuery, Str

STATES: Final = ("open", "same", "different", "unsure")
DECISIONS: Final = STATES[1:]
BLOCKS: Final = ("word", "beginning", "code", "identifier")
MAX_DECISIONS: Final = 500


class Share(fields.Float):
    """A number from 0 to 1 in a query string."""

    default_error_messages = {"invalid": "not-a-number", "special": "not-finite", "too_large": "too-large"}


class DuplicateQuerySchema(PageQuery):
    """Your pairs; open ones only from the score on from which they are worth your time, unless you say another."""

    state = Choice(STATES)
    min_score = Share(
        allow_nan=False,
        validate=validate.Range(min=0, max=1, error="range {min} {max}"),
        metadata={"description": "0 to 1; without it, the threshold that your decisions taught"},
    )


class ComparedRecordSchema(BaseSchema):
    """One of the two records, as you wrote it."""

    id = Str(required=True)
    code = Str(required=True)
    name = Str(required=True)
    country = Str(required=True, allow_none=True)
    address = Str(required=True, allow_none=True)
    organization = Str(required=True, metadata={"description": "Whom the record is about now"})


class ScorePartSchema(BaseSchema):
    """What one reason adds to the score or takes from it; all parts together are the score."""

    code = Str(required=True)
    points = fields.Float(required=True)
    text = Nested(Bilingual, required=True)


class DuplicateSchema(BaseSchema):
    """Two of your records that may be about one company, why, and what you said of them."""

    id = Str(required=True)
    state = Choice(STATES, required=True)
    score = fields.Float(required=True)
    parts = Many(Nested(ScorePartSchema), required=True)
    blocks = Many(Choice(BLOCKS), required=True, metadata={"description": "Why the two were compared at all"})
    records = Many(Nested(ComparedRecordSchema), required=True, metadata={"description": "The earlier one first"})
    merge = Str(required=True, allow_none=True, metadata={"description": "The merge by which they became one"})
    found_at = Moment(required=True)
    decided_at = Moment(required=True, allow_none=True)


class DuplicateDecisionSchema(BaseSchema):
    """What you say of a pair."""

    decision = Choice(DECISIONS, required=True)
    keep = Str(
        max=40, metadata={"description": "With «same»: the organization that stays (default: the earlier record's)"}
    )


class DuplicateDecisionsEntrySchema(DuplicateDecisionSchema):
    """What you say of one of several pairs."""

    duplicate = Str(required=True, max=40)


class DuplicateDecisionsSchema(BaseSchema):
    """What you say of several pairs, in this order, all or none."""

    decisions = Many(Nested(DuplicateDecisionsEntrySchema), required=True, min=1, max=MAX_DECISIONS)


class DuplicatesDecidedSchema(BaseSchema):
    """The pairs after your decisions."""

    items = Many(Nested(DuplicateSchema), required=True)


class DuplicateRulesSchema(BaseSchema):
    """How pairs are found for you now: the blocks, the limits, and the score your decisions taught."""

    blocks = Many(Str(), required=True)
    wide_block = Int(required=True, metadata={"description": "Records from which on a block is taken by country"})
    neighbours = Int(required=True, metadata={"description": "On each side, in a block that is still wider"})
    alike_at_all = fields.Float(required=True)
    floor = fields.Float(required=True, metadata={"description": "No pair below this score is kept"})
    threshold = fields.Float(required=True, metadata={"description": "From this score on pairs are listed"})
    decisions = Int(required=True, metadata={"description": "So many of yours were learned from"})
