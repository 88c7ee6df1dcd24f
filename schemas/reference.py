"""The reference library on the wire."""

from schemas.base import BaseSchema, Bilingual, Bool, Choice, Day, Many, Nested, PageQuery, Str
from schemas.framework import MARKS

REGIONS = ("china", "eu", "international")


class ReferenceFilter(PageQuery):
    """Which sources; all of them unless filtered."""

    q = Str(min=1, max=100, metadata={"description": "Words of the title or of what cites it, in either language"})
    region = Choice(REGIONS)
    on = Day(metadata={"description": "Only what was in force on this day"})
    framework = Str(max=80, metadata={"description": "Only what this version cites"})


class CitationSchema(BaseSchema):
    """An indicator that rests on a source."""

    framework = Str(required=True)
    indicator = Str(required=True)
    topic = Nested(Bilingual, required=True)
    clause = Str(allow_none=True, metadata={"description": "Null where only law and topic are known"})
    checked = Bool(required=True, metadata={"description": "Whether the text of the clause was read"})
    mark = Choice(MARKS, required=True)


class SourceSchema(BaseSchema):
    """A law, regulation or standard, and who cites it."""

    title = Nested(Bilingual, required=True)
    region = Choice(REGIONS, allow_none=True)
    in_force_from = Day(allow_none=True)
    in_force_to = Day(allow_none=True)
    replaced_by = Nested(Bilingual, allow_none=True)
    citations = Many(Nested(CitationSchema), required=True)
