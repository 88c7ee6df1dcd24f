"""Gap comparisons on the wire: two frameworks, two versions or two jurisdictions, topic by topic."""

from schemas.base import (
    BaseSchema,
    Bilingual,
    Bool,
    Choice,
    Day,
    Int,
    Many,
    MomentQuery,
    Nested,
    PageQuery,
    QueryInt,
    Str,
)
from schemas.framework import EVIDENCE_KINDS, MARKS, TRUST, FrameworkPartSchema, TargetSchema
from schemas.reference import REGIONS, SourceTitleSchema

SIDES = ("both", "before", "after")
MEANS = ("indicator", "measure", "certificate", "kind")
SURENESS = ("certain", "partial", "possible")


class GapQuery(PageQuery):
    """Which topics; all that one of the two asks about unless filtered."""

    topic = Str(max=80, metadata={"description": "`/v1/topics` lists them"})
    side = Choice(SIDES, metadata={"description": "Only what both ask about, or only one"})


class DemandedSchema(FrameworkPartSchema):
    """An indicator as a comparison shows it. Levels are its own framework's, and no other's."""

    unit = Str(allow_none=True)
    mandatory_from = Int(allow_none=True)
    min_trust = Choice(TRUST, required=True, metadata={"description": "At its lowest target"})
    targets = Many(Nested(TargetSchema), required=True)


class SharedClauseSchema(BaseSchema):
    """A source that both rest on, with the clauses each cites."""

    title = Nested(Bilingual, required=True)
    before = Many(Str(), required=True)
    after = Many(Str(), required=True)


class SharedEvidenceSchema(BaseSchema):
    """Evidence that would serve both."""

    means = Choice(MEANS, required=True)
    what = Str(required=True, metadata={"description": "The indicator, measure, standard or kind of evidence"})
    names = Nested(Bilingual, required=True)
    sure = Choice(
        SURENESS,
        required=True,
        metadata={"description": "Possible: the same kind about the same topic, nobody compared what the two ask"},
    )
    before = Many(Str(), required=True, metadata={"description": "Indicators of the one it serves"})
    after = Many(Str(), required=True, metadata={"description": "Indicators of the other"})


class GapSchema(BaseSchema):
    """A topic, and what each of two frameworks asks about it."""

    topic = Str(required=True)
    names = Nested(Bilingual, required=True)
    side = Choice(SIDES, required=True, metadata={"description": "Who asks about it"})
    before = Many(Nested(DemandedSchema), required=True)
    after = Many(Nested(DemandedSchema), required=True)
    references = Many(Nested(SharedClauseSchema), required=True)
    shared = Many(Nested(SharedEvidenceSchema), required=True)


class OwnGapQuery(PageQuery, MomentQuery):
    """What is held under one framework version, and towards which other."""

    organization = Str(max=40, metadata={"description": "A plant of the caller's; default: the caller"})
    framework = Str(required=True, max=80, metadata={"description": "The version under which evidence was collected"})
    other = Str(required=True, max=80, metadata={"description": "The version it is held against"})
    level = QueryInt(min=1, metadata={"description": "A level of `other`; default: the one after the level held"})


class CountingEvidenceSchema(BaseSchema):
    """Evidence of the caller's that counts for an indicator."""

    id = Str(required=True)
    relation = Choice(("direct", "full", "partial"), required=True)
    path = Many(Str(), required=True, metadata={"description": "The standards over which a certificate proves it"})


class RepeatableReadingSchema(BaseSchema):
    """A reading for the one framework that may be sent again for the other, as evidence of its own."""

    id = Str(required=True)
    indicator = Str(required=True, metadata={"description": "For which it was sent"})
    sure = Choice(("certain", "partial"), required=True, metadata={"description": "Partial: one asks a bit more"})


class OwnGapSchema(FrameworkPartSchema):
    """An indicator of the other framework, and how far what the caller holds answers it."""

    pillar = Str(required=True)
    mandatory = Bool(required=True, metadata={"description": "At the level asked about"})
    target_level = Int(required=True, metadata={"description": "The highest level up to it with a target"})
    result = Str(required=True)
    reason = Str(required=True)
    serving = Choice(
        ("both", "other", "again", "missing"),
        required=True,
        metadata={
            "description": "both: met, by evidence that counts in both. other: met, by evidence of the other alone. "
            "again: not met, but a reading held may be sent again. missing: nothing held answers it"
        },
    )
    evidence = Many(Nested(CountingEvidenceSchema), required=True)
    again = Many(Nested(RepeatableReadingSchema), required=True)


class ServingCountsSchema(BaseSchema):
    """How many indicators are served how."""

    both = Int(required=True)
    other = Int(required=True)
    again = Int(required=True)
    missing = Int(required=True)


class OwnGapPageSchema(BaseSchema):
    """Every indicator of the other framework that applies and asks for something by the level."""

    items = Many(Nested(OwnGapSchema), required=True)
    level = Int(required=True)
    counts = Nested(ServingCountsSchema, required=True)


class JurisdictionQuery(PageQuery):
    """Which two regions, and when."""

    before = Choice(REGIONS, load_default="china")
    after = Choice(REGIONS, load_default="eu")
    on = Day(metadata={"description": "What is in force on this day; default: today"})
    until = Day(metadata={"description": "What changes until this day; default: the same day, so nothing"})


class CitedClauseSchema(BaseSchema):
    """An indicator that cites a source about the topic."""

    indicator = Str(required=True)
    clause = Str(allow_none=True)
    mark = Choice(MARKS, required=True)


class AskingSourceSchema(SourceTitleSchema):
    """A source in force, and what cites it."""

    dated = Bool(required=True, metadata={"description": "False: no day is recorded, so it counts as in force"})
    citations = Many(Nested(CitedClauseSchema), required=True)


class ServingSchema(FrameworkPartSchema):
    """An indicator that rests on sources of both: what answers it answers both."""

    evidence = Many(Choice(EVIDENCE_KINDS), required=True)


class TurnSchema(SourceTitleSchema):
    """A source that begins or ends between the two days."""

    turn = Choice(("begins", "ends"), required=True)
    on = Day(required=True, metadata={"description": "Its first, or its last, day in force"})
    replaced_by = Nested(SourceTitleSchema, allow_none=True)


class RegionalSchema(BaseSchema):
    """A topic, and what each of two regions asks about it."""

    topic = Str(required=True)
    names = Nested(Bilingual, required=True)
    side = Choice(SIDES, allow_none=True, metadata={"description": "Who asks about it; null: nobody on the day"})
    before = Many(Nested(AskingSourceSchema), required=True)
    after = Many(Nested(AskingSourceSchema), required=True)
    shared = Many(Nested(ServingSchema), required=True)
    changes = Many(Nested(TurnSchema), required=True)
