"""What one certificate covers of a framework."""

from schemas.base import BaseSchema, Bilingual, Choice, Day, Int, Many, MomentQuery, Nested, Str
from schemas.framework import MARKS, TRUST


class CoverageQuery(BaseSchema):
    """The certificate that is asked about."""

    standard = Str(required=True, max=80)
    version = Str(max=40, metadata={"description": "Needed where the standard has editions or grades"})


class OwnCoverageQuery(MomentQuery):
    """What an own certificate is held against."""

    framework = Str(max=80, metadata={"description": "A version; default: every one that recognises the standard"})


class CoverageLevelSchema(BaseSchema):
    """What a certificate covers of a level's mandatory indicators, those that do not apply left out.

    percent: covered in full, percent_partly: covered in part only, both rounded down; null where nothing is
    mandatory. text: all of it as a sentence.
    """

    level = Int(required=True)
    mandatory = Int(required=True)
    percent = Int(allow_none=True)
    percent_partly = Int(allow_none=True)
    covered = Many(Str(), required=True)
    partly = Many(Str(), required=True, metadata={"description": "A partial never meets a gate"})
    missing = Many(Str(), required=True)
    text = Nested(Bilingual, required=True)


class CoveragePillarSchema(BaseSchema):
    """A pillar level by level."""

    pillar = Str(required=True)
    levels = Many(Nested(CoverageLevelSchema), required=True)


class CoverageWaySchema(BaseSchema):
    """The standards from a certificate to what it proves over others, and the mark of the hop known least."""

    path = Many(Str(), required=True)
    mark = Choice(MARKS, required=True)
    until = Day(allow_none=True, metadata={"description": "The last day on which the edition on the way counts"})


class CoverageSystemSchema(BaseSchema):
    """What a certificate proves of a management system that no indicator asks by itself; it meets no target."""

    topic = Str(required=True)
    names = Nested(Bilingual, required=True)
    clauses = Str(required=True, metadata={"description": "Of the standard, the last of the path where there is one"})
    relation = Choice(("full", "partial"), required=True)
    mark = Choice(MARKS, required=True)
    path = Many(Str(), required=True, metadata={"description": "The standards on the way, where another proves it"})


class CoverageSchema(BaseSchema):
    """How far one certificate goes in a framework, and over which standards."""

    framework = Str(required=True)
    standard = Str(required=True)
    version = Str(allow_none=True)
    trust = Choice(TRUST, required=True, metadata={"description": "What such a certificate counts with"})
    through = Day(allow_none=True, metadata={"description": "The last day it is in force"})
    paths = Many(
        Many(Str()), required=True, metadata={"description": "The standards on the way, where it carries others"}
    )
    ways = Many(Nested(CoverageWaySchema), required=True, metadata={"description": "The same, with how well known"})
    ours = Many(Str(), required=True, metadata={"description": "Indicators that it touches by our own mapping only"})
    systems = Many(Nested(CoverageSystemSchema), required=True)
    pillars = Many(Nested(CoveragePillarSchema), required=True)


class CoveragesSchema(BaseSchema):
    """How far one certificate goes in each framework version that recognises its standard."""

    items = Many(Nested(CoverageSchema), required=True)
