"""Frameworks on the wire: the whole pack, in both languages."""

from marshmallow import fields

from schemas.base import BaseSchema, Bilingual, Bool, Choice, Day, Int, Many, Nested, Number, QueryInt, Str

TRUST = ("self_declared", "documented", "certified", "audited")
MARKS = ("read", "known", "remembered")
KINDS = ("boolean", "quantity", "choice", "certificate")
SOURCE_KINDS = ("law", "regulation", "convention", "standard", "guideline", "code_of_conduct")
EVIDENCE_KINDS = ("answer", "quantity", "certificate", "declaration")


def _ours(what: str) -> Bool:
    return Bool(required=True, metadata={"description": f"{what} is set by us; no law or standard gives it"})


class FrameworkPartSchema(BaseSchema):
    """A part of a framework: an id and a name."""

    id = Str(required=True)
    names = Nested(Bilingual, required=True)


class FrameworkLevelSchema(BaseSchema):
    """A level, from 1, the lowest."""

    rank = Int(required=True)
    label = Nested(Bilingual, required=True)
    ours = _ours("The label")
    score = Number(allow_none=True, metadata={"description": "Of a weighted framework: what the index must reach"})
    score_ours = _ours("The score")


class FrameworkSummarySchema(BaseSchema):
    """A framework version: what it classifies, and into which levels."""

    key = Str(required=True, metadata={"example": "eseec-electronics@1"})
    id = Str(required=True)
    version = Str(required=True)
    method = Str(required=True)
    names = Nested(Bilingual, required=True)
    levels = Many(Nested(FrameworkLevelSchema), required=True)
    pillars = Many(Nested(FrameworkPartSchema), required=True)


class TargetSchema(BaseSchema):
    """What one level asks of an indicator."""

    level = Int(required=True)
    value = fields.Raw(
        required=True,
        allow_none=True,
        metadata={
            "description": "By the indicator's kind: true; a number in its unit; the id of a choice; or a list of"
            " `{standard, version}` of which one will do. That, or better. Null: any number, only `also` counts.",
            "example": 50,
        },
    )
    per_parameter = Number(allow_none=True, metadata={"description": "Added for each unit of the parameter"})
    also = Many(Str(), required=True, metadata={"description": "Further questions that must be answered yes"})
    ours = _ours("The threshold")
    mark = Choice(MARKS, allow_none=True, metadata={"description": "How well the threshold of a document is known"})


class QuestionSchema(BaseSchema):
    """A further yes-or-no question, answered in the same evidence."""

    id = Str(required=True)
    question = Nested(Bilingual, required=True)


class AppliesSchema(BaseSchema):
    """Where an indicator applies, by verified facts; what is not known to be inapplicable applies."""

    expression = Str(
        required=True,
        metadata={
            "description": "In the Common Expression Language, as the pack has it",
            "example": 'sector in ["PCB", "PLT"] && high_toxic_goods',
        },
    )
    facts = Many(Str(), required=True, metadata={"description": "The facts that it reads"})
    says = Nested(Bilingual, required=True)


class ReferenceSchema(BaseSchema):
    """A law, regulation or standard behind an indicator."""

    source = Str(required=True, metadata={"description": "Its code in the pack"})
    title = Nested(Bilingual, required=True)
    kind = Choice(SOURCE_KINDS, allow_none=True, metadata={"description": "Null where nobody said"})
    clause = Str(allow_none=True, metadata={"description": "Null where only law and topic are known"})
    in_force_from = Day(allow_none=True)
    in_force_to = Day(allow_none=True)
    checked = Bool(required=True, metadata={"description": "Whether the text of the clause was read"})
    mark = Choice(MARKS, required=True, metadata={"description": "Read; known, but not read; only remembered"})
    checked_on = Day(allow_none=True, metadata={"description": "When the text of the clause was read"})
    note = Nested(Bilingual, allow_none=True)


class ParameterSchema(BaseSchema):
    """A number that a quantity is told with, in the same evidence, and its targets follow."""

    id = Str(required=True)
    question = Nested(Bilingual, required=True)
    unit = Str(required=True)


class PeriodSchema(BaseSchema):
    """The whole calendar months a reading must cover; one over fewer decides nothing."""

    months = Int(required=True)
    ours = _ours("The number of months")
    mark = Choice(MARKS, allow_none=True, metadata={"description": "How well the months of a document are known"})


class ShareSchema(BaseSchema):
    """A part of a group's weight that the applicable ones of some indicators divide equally."""

    id = Str(required=True)
    weight = Number(required=True)


class GroupSchema(FrameworkPartSchema):
    """A group of a weighted index; the weights of all groups add up to 1."""

    weight = Number(required=True)
    shares = Many(Nested(ShareSchema), required=True)
    quantitative = Bool(allow_none=True)
    ours = _ours("The weight")


class MinTrustSchema(BaseSchema):
    """The least trust that counts at a level."""

    level = Int(required=True)
    trust = Choice(TRUST, required=True)


class IndicatorSchema(FrameworkPartSchema):
    """One thing to measure or check."""

    pillar = Str(required=True)
    kind = Choice(KINDS, required=True)
    scope = Choice(("organization", "site"), required=True)
    question = Nested(Bilingual, required=True)
    help = Nested(Bilingual, required=True)
    unit = Str(allow_none=True, metadata={"description": "UNECE Rec 20, or a quotient of two", "example": "KWH/MTK"})
    unit_label = Nested(Bilingual, allow_none=True)
    better = Choice(("lower", "higher"), allow_none=True)
    choices = Many(Nested(FrameworkPartSchema), required=True, metadata={"description": "From worst to best"})
    also = Many(Nested(QuestionSchema), required=True)
    targets = Many(Nested(TargetSchema), required=True)
    mandatory_from = Int(allow_none=True, metadata={"description": "The level from which it is mandatory, if any"})
    evidence = Many(Choice(EVIDENCE_KINDS), required=True, metadata={"description": "Kinds that can prove it"})
    min_trust = Many(Nested(MinTrustSchema), required=True)
    validity_months = Int(required=True)
    zero_tolerance = Bool(required=True)
    applies = Nested(AppliesSchema, required=True, allow_none=True, metadata={"description": "Null: everywhere"})
    references = Many(Nested(ReferenceSchema), required=True)
    parameter = Nested(ParameterSchema, allow_none=True)
    period = Nested(PeriodSchema, allow_none=True, metadata={"description": "Null: a state, or nobody says"})
    group = Str(allow_none=True, metadata={"description": "Of a weighted framework, as the three that follow"})
    weight = Number(allow_none=True, metadata={"description": "In its group; null where it takes part in a share"})
    shared = Str(allow_none=True)
    limiting = Bool(required=True, metadata={"description": "Every level needs it met, whatever the score"})
    ours = _ours("The row itself, with its weight in an index,")
    topics = Many(Str(), required=True, metadata={"description": "What it is about: `/v1/topics` names them"})
    measure = Str(allow_none=True, metadata={"description": "What one reading tells, whoever asks for it"})


class SatisfiesSchema(BaseSchema):
    """That a certificate proves an indicator."""

    indicator = Str(required=True)
    relation = Choice(("full", "partial"), required=True)
    up_to = Int(allow_none=True, metadata={"description": "Null = wherever the indicator has a target"})
    version = Str(allow_none=True)
    mark = Choice(MARKS, allow_none=True, metadata={"description": "How well the clauses behind it are known"})
    ours = _ours("The mapping")


class CarriesSchema(BaseSchema):
    """That a certificate says what one of another standard would."""

    standard = Str(required=True)
    as_version = Str(allow_none=True)
    version = Str(allow_none=True, metadata={"description": "Of the carrying standard; null = every one"})
    relation = Choice(("full", "partial"), required=True)
    mark = Choice(MARKS, required=True)


class EditionEndSchema(BaseSchema):
    """The last day on which certificates of a replaced edition count."""

    version = Str(required=True)
    day = Day(required=True)


class StandardSchema(FrameworkPartSchema):
    """A recognised standard in the crosswalk."""

    versions = Many(Str(), required=True)
    until = Many(Nested(EditionEndSchema), required=True)
    authority = Nested(Bilingual, required=True)
    trust = Choice(TRUST, required=True)
    satisfies = Many(Nested(SatisfiesSchema), required=True)
    carries = Many(Nested(CarriesSchema), required=True)
    note = Nested(Bilingual, allow_none=True)


class OnReceiptSchema(BaseSchema):
    """Evidence that counts without a review, up to a level."""

    kind = Choice(EVIDENCE_KINDS, required=True)
    trust = Choice(TRUST, required=True)
    up_to = Int(required=True)


class FrameworkSchema(FrameworkSummarySchema):
    """A framework version as a whole."""

    optional_share = Number(required=True, metadata={"description": "Of the optional indicators with a target"})
    notes = Many(Nested(Bilingual), required=True)
    sectors = Many(Nested(FrameworkPartSchema), required=True)
    groups = Many(Nested(GroupSchema), required=True)
    on_receipt = Many(Nested(OnReceiptSchema), required=True)
    indicators = Many(Nested(IndicatorSchema), required=True)
    crosswalk = Many(Nested(StandardSchema), required=True)


class DifferenceSchema(BaseSchema):
    """One thing of an indicator that differs, both values as text."""

    what = Str(required=True, metadata={"example": "target 2"})
    before = Str(required=True)
    after = Str(required=True)


class ComparisonLineSchema(BaseSchema):
    """An indicator in both versions, or in one."""

    indicator = Str(required=True)
    names = Nested(Bilingual, required=True)
    change = Choice(("added", "removed", "changed", "same"), required=True)
    differences = Many(Nested(DifferenceSchema), required=True)
    shared_evidence = Many(
        Choice(EVIDENCE_KINDS), required=True, metadata={"description": "Kinds of which one piece serves both versions"}
    )


class ComparisonSchema(BaseSchema):
    """What differs between two versions of a framework."""

    before = Str(required=True)
    after = Str(required=True)
    items = Many(Nested(ComparisonLineSchema), required=True)


class IndicatorFilter(BaseSchema):
    """Which indicators of a framework; all of them unless filtered."""

    pillar = Str(max=40)
    level = QueryInt(min=1, max=20, metadata={"description": "Only those with a target at this level"})
    kind = Choice(KINDS)
    evidence = Choice(EVIDENCE_KINDS, metadata={"description": "Only those that this kind can prove"})
    on = Day(metadata={"description": "Only references that were in force on this day"})
