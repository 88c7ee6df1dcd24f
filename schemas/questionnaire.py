"""Questionnaires on the wire: what is asked, as data and as a form, and how it is answered."""

from typing import Any

from marshmallow import ValidationError, fields

from schemas.base import CODES, BaseSchema, Bool, Choice, Day, Int, Many, Nested, QueryInt, Str
from schemas.evidence import Answer, EvidenceSchema
from schemas.framework import EVIDENCE_KINDS, KINDS, TRUST, ConditionSchema, PeriodSchema, TargetSchema

ANSWERS_EXAMPLE = {
    "answers": {
        "C19": {"value": "policy"},
        "E15": {"value": 118.5, "unit": "KWH/MTK", "observed_from": "2025-01-01", "observed_to": "2025-12-31"},
    },
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


class QuestionnaireQuery(BaseSchema):
    """Which questions. Without a level or a requirement each pillar is asked up to the next level."""

    framework = Str(required=True, max=100, metadata={"example": "eseec-electronics@2"})
    organization = Str(max=40, metadata={"description": "A plant of your own; yourself when absent"})
    pillar = Str(max=64)
    level = QueryInt(min=1, max=20, metadata={"description": "Up to which level"})
    requirement = Str(max=40, metadata={"description": "One that you owe: its pillars and levels are asked"})
    mode = Choice(
        ("all", "missing"),
        load_default="all",
        metadata={"description": "All of it, or what keeps a level from holding"},
    )
    language = Choice(("en", "zh"), metadata={"description": "Default: by `Accept-Language`"})


class AnswersQuery(BaseSchema):
    """Which questionnaire is answered; answers may be of any level."""

    framework = Str(required=True, max=100, metadata={"example": "eseec-electronics@2"})
    organization = Str(max=40, metadata={"description": "A plant of your own; yourself when absent"})


class AskedPillarSchema(BaseSchema):
    """A pillar, and the level up to which it is asked."""

    pillar = Str(required=True)
    name = Str(required=True)
    level = Int(required=True)
    label = Str(required=True)


class AskedChoiceSchema(BaseSchema):
    """An answer to choose, worst first."""

    id = Str(required=True)
    name = Str(required=True)


class FurtherSchema(BaseSchema):
    """What is told with the value: yes or no, or with a unit the number that the targets follow."""

    id = Str(required=True)
    key = Str(required=True, metadata={"description": "Its name under `further` of an answer"})
    question = Str(required=True)
    unit = Str(required=True, allow_none=True)
    wanted = Bool(required=True, metadata={"description": "Needed at the level asked"})


class ProvingSchema(BaseSchema):
    """A standard of which a certificate meets the target; no versions: any."""

    standard = Str(required=True)
    name = Str(required=True)
    versions = Many(Str(), required=True)


class NeedsSchema(BaseSchema):
    """What an answer needs to count at the level asked."""

    kinds = Many(Choice(EVIDENCE_KINDS), required=True, metadata={"description": "The one meant by default first"})
    trust = Choice(TRUST, required=True)
    file = Bool(required=True, metadata={"description": "Counts only with a document"})
    review = Bool(required=True, metadata={"description": "Counts only once it was reviewed"})
    standards = Many(Nested(ProvingSchema), required=True)


class KnownSchema(BaseSchema):
    """What is on record: as it was stated, and what that is worth today. Without `evidence` it is another's."""

    evidence = Str(required=True, allow_none=True)
    kind = Choice(EVIDENCE_KINDS, required=True, allow_none=True)
    value = fields.Raw(required=True, allow_none=True)
    unit = Str(required=True, allow_none=True)
    further = fields.Dict(keys=Str(), required=True)
    standard = Str(required=True, allow_none=True)
    certificate = fields.Dict(keys=Str(), required=True, allow_none=True)
    state = Str(required=True)
    trust = Choice(TRUST, required=True)
    seen_on = Day(required=True)
    through = Day(required=True, allow_none=True, metadata={"description": "The last day it is in force"})
    relation = Str(required=True)
    path = Many(Str(), required=True, metadata={"description": "The standards over which a certificate proves it"})
    holds = Bool(required=True, metadata={"description": "Enough for the level asked"})


class AskedSchema(BaseSchema):
    """An indicator as it is asked, in one language."""

    indicator = Str(required=True)
    pillar = Str(required=True)
    level = Int(required=True, metadata={"description": "Of the target that counts"})
    from_level = Int(required=True, metadata={"description": "The lowest level at which it counts"})
    mandatory = Bool(required=True)
    missing = Bool(required=True, metadata={"description": "It keeps a level from holding"})
    scope = Str(required=True)
    name = Str(required=True)
    question = Str(required=True)
    help = Str(required=True)
    kind = Choice(KINDS, required=True)
    unit = Str(required=True, allow_none=True, metadata={"description": "UNECE Rec 20 code, or a quotient of two"})
    symbol = Str(required=True, allow_none=True)
    better = Str(required=True, allow_none=True)
    period = Nested(PeriodSchema, required=True, allow_none=True)
    over = Str(
        required=True, allow_none=True, metadata={"description": "The period in words", "example": "over 12 months"}
    )
    choices = Many(Nested(AskedChoiceSchema), required=True)
    further = Many(Nested(FurtherSchema), required=True)
    target = Nested(TargetSchema, required=True)
    needs = Nested(NeedsSchema, required=True)
    may_not_apply = Many(
        Nested(ConditionSchema),
        required=True,
        metadata={"description": "Conditions over facts nobody verified: one that fails, and it is not asked"},
    )
    result = Str(required=True)
    reason = Str(required=True)
    says = Str(required=True, metadata={"description": "The reason as a sentence"})
    known = Nested(KnownSchema, required=True, allow_none=True)


class LeftOutSchema(BaseSchema):
    """An indicator that does not apply, and why."""

    indicator = Str(required=True)
    name = Str(required=True)
    reason = Str(required=True)
    says = Str(required=True)
    conditions = Many(Nested(ConditionSchema), required=True)


class OpenFactSchema(BaseSchema):
    """A fact that would settle whether some questions apply, once it is verified."""

    fact = Str(required=True)
    settles = Many(Str(), required=True)


class AskedOfSchema(BaseSchema):
    """An organization that is asked."""

    id = Str(required=True)
    name = Str(required=True)


class ElsewhereSchema(BaseSchema):
    """Who answers the indicators of a scope instead: the company, or each plant."""

    organization = Nested(AskedOfSchema, required=True)
    scope = Str(required=True)


class HeadingSchema(BaseSchema):
    """Which framework asks whom, and up to which levels."""

    framework = Str(required=True)
    name = Str(required=True)
    language = Str(required=True)
    organization = Nested(AskedOfSchema, required=True)
    pillars = Many(Nested(AskedPillarSchema), required=True)


class QuestionnaireSchema(HeadingSchema):
    """What is asked, by pillar, level and topic, with what is known."""

    method = Str(required=True)
    questions = fields.List(fields.Nested(AskedSchema), required=True)
    left_out = fields.List(fields.Nested(LeftOutSchema), required=True)
    open_facts = fields.List(fields.Nested(OpenFactSchema), required=True)
    elsewhere = fields.List(fields.Nested(ElsewhereSchema), required=True)


class QuestionnaireFormSchema(HeadingSchema):
    """The same as a form: JSON Schema 2020-12, layouts for JSON Forms and react-jsonschema-form, data filled in."""

    json_schema = fields.Dict(keys=Str(), required=True, metadata={"description": "JSON Schema 2020-12"})
    ui_schema = fields.Dict(keys=Str(), required=True, metadata={"description": "For JSON Forms"})
    rjsf_ui_schema = fields.Dict(keys=Str(), required=True, metadata={"description": "For react-jsonschema-form"})
    data = fields.Dict(keys=Str(), required=True, metadata={"description": "What is known, as an answer to the form"})


class GivenSchema(BaseSchema):
    """An answer to one question; an empty object is no answer. Certificates are answered by `standard` and so on."""

    value = Answer(metadata={"description": "true or false, a number, or a choice's id", "example": 118.5})
    unit = Str(min=1, max=20, metadata={"description": "Default: the question's own"})
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


class AnswersSchema(BaseSchema):
    """A form filled in, whole or in part; each answer by its indicator."""

    answers = Named(
        keys=Str(max=60),
        values=Nested(GivenSchema),
        required=True,
        metadata={"description": "Answers by indicator"},
    )
    observed_from = Day(metadata={"description": "First day of the period answers speak of"})
    observed_to = Day(metadata={"description": "Last day of the period answers speak of"})
    source = Str(max=200, load_default="", metadata={"description": "Where it comes from"})


class AnsweredSchema(BaseSchema):
    """What became of a form: its evidence, and the answers that said nothing new."""

    evidence = fields.List(fields.Nested(EvidenceSchema), required=True)
    unchanged = Many(Str(), required=True, metadata={"description": "Already on record, in force and enough"})
