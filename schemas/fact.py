"""Facts of an organization on the wire: what it states, what is confirmed, and what follows of its size."""

from typing import Any

from marshmallow import ValidationError, fields

from schemas.base import CODES, BaseSchema, Bilingual, Bool, Choice, Day, Int, Many, Moment, Nested, PageQuery, Str

STANDINGS = ("declared", "documented", "verified")
KINDS = ("boolean", "codes", "number")
FACT_EXAMPLE = {"fact": "dormitory_or_canteen", "value": False, "document": "evd_0f3c…"}
_CODES = 50


class FactValue(fields.Field[Any]):
    """Yes or no, a whole number, or a list of codes, as the fact's kind says."""

    default_error_messages = {**CODES}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool | int):
            return value
        if isinstance(value, list):
            return Many(Str(min=1, max=60), min=1, max=_CODES).deserialize(value)
        raise ValidationError("not-a-value")


_VALUE = {"description": "true or false, a whole number, or a list of codes", "example": False}


class FactStatementSchema(BaseSchema):
    """A fact as its organization states it; another value than before ends what stood."""

    fact = Str(required=True, min=1, max=40, metadata={"example": "dormitory_or_canteen"})
    value = FactValue(required=True, metadata=_VALUE)
    year = Int(min=1990, max=2200, metadata={"description": "The calendar year of a yearly fact"})
    organization = Str(min=1, max=40, metadata={"description": "A plant of your own; default: yourself"})
    document = Str(
        min=1,
        max=64,
        metadata={"description": "Evidence of your own whose file bears the fact: its id, or the SHA-256 of the file"},
    )
    valid_from = Day()
    valid_to = Day()


class FactSchema(BaseSchema):
    """A fact and what it rests on; only a verified one lets an indicator not apply."""

    id = Str(required=True)
    organization = Str(required=True)
    fact = Str(required=True)
    year = Int(required=True, allow_none=True)
    value = FactValue(required=True, metadata=_VALUE)
    valid_from = Day(required=True, allow_none=True)
    valid_to = Day(required=True, allow_none=True)
    standing = Choice(STANDINGS, required=True)
    document = Str(required=True, allow_none=True)
    stated_at = Moment(required=True)
    verified_on = Day(required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True)


class ReviewedFactQuery(PageQuery):
    """Which facts, of the organizations assigned to you."""

    organization = Str(max=40)
    fact = Str(max=40)
    standing = Choice(STANDINGS, metadata={"description": "`documented` waits for you"})


class MyFactQuery(ReviewedFactQuery):
    """Which of your own facts, or of a plant of yours."""

    history = Choice(("with", "without"), metadata={"description": "`with` what another value ended"})


class FactConfirmationSchema(BaseSchema):
    """The value as the document bears it, and what the document is."""

    value = FactValue(required=True, metadata=_VALUE)
    note = Str(required=True, min=3, max=2000, metadata={"example": "Business licence and site visit of March"})


class FactWithdrawalSchema(BaseSchema):
    """Why the fact is no longer held to be confirmed."""

    note = Str(required=True, min=3, max=2000)


class FactCodeSchema(BaseSchema):
    """A code of a set. sectors: the packs' sectors that it may mean; null where it says nothing of them."""

    id = Str(required=True)
    names = Nested(Bilingual, required=True)
    sectors = Many(Str(), required=True, allow_none=True)


class FactTypeSchema(BaseSchema):
    """A fact that may be stated, as an organization is asked for it, and what reads it."""

    id = Str(required=True)
    kind = Choice(KINDS, required=True)
    names = Nested(Bilingual, required=True)
    question = Nested(Bilingual, required=True)
    unit = Str(required=True, allow_none=True)
    yearly = Bool(required=True)
    codes = Many(Nested(FactCodeSchema), required=True)
    read_by = Many(Str(), required=True)


class FigureSchema(BaseSchema):
    """A figure that a size rule used."""

    fact = Str(required=True)
    value = Int(required=True)


class SizeClassQuery(PageQuery):
    """On which day: figures of the last years before it count."""

    on = Day(metadata={"description": "The day; absent = today. By the figures that stand now"})


class SizeClassSchema(BaseSchema):
    """What a size rule makes of your figures of one year.

    size_class: null while several are possible; missing says what would decide. standing: the weakest of the
    figures used.
    """

    rule = Str(required=True)
    names = Nested(Bilingual, required=True)
    source = Nested(Bilingual, required=True)
    tag = Str(required=True, metadata={"description": "V: its text was read; K: known, its text was not read"})
    in_force_from = Day(required=True, allow_none=True)
    in_force_to = Day(required=True, allow_none=True)
    size_class = Str(required=True, allow_none=True)
    possible = Many(Str(), required=True)
    year = Int(required=True, allow_none=True)
    used = Many(Nested(FigureSchema), required=True)
    missing = Many(Str(), required=True)
    standing = Choice(STANDINGS, required=True, allow_none=True)
