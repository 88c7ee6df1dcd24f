"""The reference library on the wire."""

from schemas.base import BaseSchema, Bilingual, Bool, Choice, Day, Many, Nested, PageQuery, Str
from schemas.framework import MARKS, SOURCE_KINDS, FrameworkPartSchema

REGIONS = ("china", "eu", "international")


class TopicSchema(FrameworkPartSchema):
    """What sources and indicators are about."""

    ours = Bool(
        required=True, metadata={"description": "We added it: the crosswalk of the reference list has no such topic"}
    )


class ReferenceFilter(PageQuery):
    """Which sources; all of them unless filtered."""

    q = Str(
        min=1, max=100, metadata={"description": "Words of the title, a topic or what cites it, in either language"}
    )
    region = Choice(REGIONS)
    kind = Choice(SOURCE_KINDS)
    topic = Str(max=80, metadata={"description": "Only what is cited about this topic; `/v1/topics` lists them"})
    on = Day(metadata={"description": "Only what was in force on this day"})
    framework = Str(max=80, metadata={"description": "Only what this version cites"})


class CitationSchema(BaseSchema):
    """An indicator that rests on a source."""

    framework = Str(required=True)
    indicator = Str(required=True)
    name = Nested(Bilingual, required=True)
    clause = Str(allow_none=True, metadata={"description": "Null where only law and topic are known"})
    checked = Bool(required=True, metadata={"description": "Whether the text of the clause was read"})
    mark = Choice(MARKS, required=True)
    checked_on = Day(allow_none=True, metadata={"description": "When it was read"})


class SourceTitleSchema(BaseSchema):
    """A source as another one names it."""

    code = Str(required=True)
    title = Nested(Bilingual, required=True)


class SourceSchema(SourceTitleSchema):
    """A law, regulation or standard, and who cites it."""

    kind = Choice(SOURCE_KINDS, allow_none=True, metadata={"description": "Null where nobody said"})
    region = Choice(REGIONS, allow_none=True)
    topics = Many(Str(), required=True, metadata={"description": "What the indicators that cite it are about"})
    in_force_from = Day(allow_none=True)
    in_force_to = Day(allow_none=True)
    replaced_by = Nested(SourceTitleSchema, allow_none=True)
    replaces = Many(Nested(SourceTitleSchema), required=True)
    mark = Choice(MARKS, required=True, metadata={"description": "Of the best known of its clauses"})
    checked_on = Day(allow_none=True, metadata={"description": "When a clause of it was last read"})
    citations = Many(Nested(CitationSchema), required=True)


class ClausesSchema(BaseSchema):
    """Clauses of one source."""

    code = Str(required=True)
    clauses = Many(Str(), required=True)


class SuccessionSchema(BaseSchema):
    """That some clauses took the place of others: the row as a whole, not which of several answers which."""

    topic = Nested(Bilingual, required=True)
    before = Many(Nested(ClausesSchema), required=True, metadata={"description": "Empty: nothing said so before"})
    after = Many(Nested(ClausesSchema), required=True)
    mark = Choice(MARKS, required=True)
    checked_on = Day(required=True)


class WholeSourceSchema(SourceSchema):
    """A source with the clauses that took the place of others, on either side of it."""

    successions = Many(Nested(SuccessionSchema), required=True)
