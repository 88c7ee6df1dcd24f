"""Questionnaires on the wire: what is asked, as data and as a form."""

from marshmallow import fields

from schemas.base import BaseSchema, Bool, Choice, Day, Int, Many, Nested, QueryInt, Str
from schemas.fact import KINDS as FACT_KINDS
from schemas.fact import STANDINGS, FactValue
from schemas.framework import EVIDENCE_KINDS, KINDS, TRUST, AppliesSchema, PeriodSchema, TargetSchema

FACT_STATES = ("missing", "out_of_date", "declared", "documented", "of_another_year")


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
    may_not_apply = Nested(
        AppliesSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Where it applies, while facts that nobody verified could still say that it does not"},
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
    applies = Nested(AppliesSchema, required=True, allow_none=True)


class OpenFactSchema(BaseSchema):
    """A fact that would settle whether some questions apply, once it is verified."""

    fact = Str(required=True)
    settles = Many(Str(), required=True)


class FactOptionSchema(BaseSchema):
    """A code of a fact that is a set."""

    id = Str(required=True)
    name = Str(required=True)


class StatedFactSchema(BaseSchema):
    """A fact as it stands on record, and until when it counts."""

    value = FactValue(required=True)
    year = Int(required=True, allow_none=True)
    valid_from = Day(required=True, allow_none=True)
    valid_to = Day(required=True, allow_none=True)
    standing = Choice(STANDINGS, required=True)
    through = Day(required=True, allow_none=True, metadata={"description": "The last day on which it counts"})


class DecidedSchema(BaseSchema):
    """A question that a fact may leave out, and the rule that reads it."""

    indicator = Str(required=True)
    name = Str(required=True)
    applies = Nested(AppliesSchema, required=True)


class AskedFactSchema(BaseSchema):
    """A fact of the organization on which it depends whether questions are asked; told in one language."""

    fact = Str(required=True)
    name = Str(required=True)
    question = Str(required=True)
    kind = Choice(FACT_KINDS, required=True)
    unit = Str(required=True, allow_none=True)
    year = Int(required=True, allow_none=True, metadata={"description": "Of a yearly fact, the year asked for"})
    codes = Many(Nested(FactOptionSchema), required=True)
    feeds = Str(required=True, allow_none=True, metadata={"description": "What rules read instead of it"})
    state = Choice(FACT_STATES, required=True)
    says = Str(required=True, metadata={"description": "The state as a sentence"})
    missing = Bool(required=True, metadata={"description": "A question it decides keeps a level from holding"})
    decides = Many(Nested(DecidedSchema), required=True)
    known = Nested(StatedFactSchema, required=True, allow_none=True)


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
    facts = fields.List(
        fields.Nested(AskedFactSchema),
        required=True,
        metadata={"description": "Facts that you can state here, and that may leave questions out once confirmed"},
    )
    open_facts = fields.List(fields.Nested(OpenFactSchema), required=True)
    elsewhere = fields.List(fields.Nested(ElsewhereSchema), required=True)


class QuestionnaireFormSchema(HeadingSchema):
    """The same as a form: JSON Schema 2020-12, layouts for JSON Forms and react-jsonschema-form, data filled in."""

    json_schema = fields.Dict(keys=Str(), required=True, metadata={"description": "JSON Schema 2020-12"})
    ui_schema = fields.Dict(keys=Str(), required=True, metadata={"description": "For JSON Forms"})
    rjsf_ui_schema = fields.Dict(keys=Str(), required=True, metadata={"description": "For react-jsonschema-form"})
    data = fields.Dict(keys=Str(), required=True, metadata={"description": "What is known, as an answer to the form"})
