"""Answers to a questionnaire on the wire, and what became of them."""

from typing import Any

from marshmallow import ValidationError, fields

from schemas.base import CODES, BaseSchema, Choice, Day, Int, Many, Nested, Str
from schemas.evidence import LARGEST_AMOUNT, Answer, EvidenceSchema, Exactly, PriceBasisSchema
from schemas.fact import FactSchema, FactValue
from schemas.framework import EVIDENCE_KINDS

ANSWERS_EXAMPLE = {
    "answers": {
        "C19": {"value": "policy"},
        "E15": {"value": 118.5, "unit": "KWH/MTK", "observed_from": "2025-01-01", "observed_to": "2025-12-31"},
    },
    "facts": {"dormitory_or_canteen": {"value": False}, "staff": {"value": 180, "year": 2025}},
    "source": "Filled in by the EHS manager",
}


class Named(fields.Dict):
    """Values by name; what is wrong with a value is told at its name."""

    default_error_messages = {**CODES, "invalid": "not-an-object"}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call] # marshmallow
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            told = {name: wrong.get("key", wrong.get("value")) for name, wrong in error.messages.items()}
            raise ValidationError(told) from error


class AnswersQuery(BaseSchema):
    """Which questionnaire is answered; answers may be of any level."""

    framework = Str(required=True, max=100, metadata={"example": "eseec-electronics@2"})
    organization = Str(max=40, metadata={"description": "A plant of your own; yourself when absent"})


class GivenAmountSchema(BaseSchema):
    """An amount of the time observed; an empty object is none."""

    amount = Exactly(min=-LARGEST_AMOUNT, max=LARGEST_AMOUNT, metadata={"example": 592500})
    unit = Str(min=1, max=20, metadata={"description": "Default: that of the question's own unit", "example": "KWH"})


class GivenSchema(BaseSchema):
    """An answer to one question; an empty object is no answer. Certificates are answered by `standard` and so on."""

    value = Answer(metadata={"description": "true or false, a number, or a choice's id", "example": 118.5})
    unit = Str(min=1, max=20, metadata={"description": "Default: the question's own"})
    numerator = Nested(
        GivenAmountSchema, metadata={"description": "What the value is the quotient of, with `denominator`"}
    )
    denominator = Nested(GivenAmountSchema)
    price_basis = Nested(PriceBasisSchema, metadata={"description": "Where the question is judged per money"})
    further = Named(
        keys=Str(max=64),
        values=Answer(),
        load_default=dict,
        metadata={"description": "Further questions by their key"},
    )
    kind = Choice(EVIDENCE_KINDS, metadata={"description": "Default: the first kind that the question names"})
    standard = Str(min=1, max=80)
    version = Str(min=1, max=40)
    number = Str(min=1, max=100)
    issuer = Str(min=1, max=200)
    issued_on = Day()
    valid_until = Day()
    observed_from = Day(metadata={"description": "Default: the form's"})
    observed_to = Day(metadata={"description": "Default: the form's"})
    files = Many(
        Str(min=1, max=255), max=10, load_default=list, metadata={"description": "Names of files sent with the form"}
    )


class GivenFactSchema(BaseSchema):
    """A fact as the form states it; an empty object states nothing."""

    value = FactValue(metadata={"description": "true or false, a whole number, or a list of codes", "example": 180})
    year = Int(min=1990, max=2200, metadata={"description": "The calendar year of a yearly fact"})
    valid_from = Day()
    valid_to = Day()
    document = Str(
        min=1,
        max=64,
        metadata={"description": "Evidence of your own whose file bears the fact: its id, or the SHA-256 of the file"},
    )


class AnswersSchema(BaseSchema):
    """A form filled in, whole or in part; each answer by its indicator, each fact by its name."""

    answers = Named(
        keys=Str(max=60),
        values=Nested(GivenSchema),
        load_default=dict,
        metadata={"description": "Answers by indicator"},
    )
    facts = Named(
        keys=Str(max=40),
        values=Nested(GivenFactSchema),
        load_default=dict,
        metadata={"description": "Facts of the organization; recorded as declared"},
    )
    observed_from = Day(metadata={"description": "First day of the period answers speak of"})
    observed_to = Day(metadata={"description": "Last day of the period answers speak of"})
    source = Str(max=200, load_default="", metadata={"description": "Where it comes from"})


class AnsweredSchema(BaseSchema):
    """What became of a form: its evidence and facts, and what said nothing new."""

    evidence = fields.List(fields.Nested(EvidenceSchema), required=True)
    unchanged = Many(Str(), required=True, metadata={"description": "Already on record, in force and enough"})
    facts = fields.List(fields.Nested(FactSchema), required=True)
    unchanged_facts = Many(Str(), required=True, metadata={"description": "Facts that stand as the form says"})
