"""Where levels go if nothing is renewed, on the wire."""

from typing import Final

from marshmallow import fields

from schemas.base import BaseSchema, Bilingual, Choice, Day, Int, Many, MomentQuery, Nested, PageQuery, QueryInt, Str
from schemas.supplier import KINDS

LONGEST_FORECAST: Final = 24
_MONTHS = {"description": "How many months' ends, this month's first", "example": 24}


class ForecastQuery(MomentQuery):
    """How far ahead."""

    months = QueryInt(min=1, max=LONGEST_FORECAST, load_default=LONGEST_FORECAST, metadata=_MONTHS)


class OwnForecastQuery(ForecastQuery):
    """How far ahead, and of which organization: a plant of the caller's; the caller itself when absent."""

    organization = Str(max=40)


class ForecastPageQuery(PageQuery, MomentQuery):
    """How far ahead, and filters over what is shown."""

    months = QueryInt(min=1, max=LONGEST_FORECAST, load_default=LONGEST_FORECAST, metadata=_MONTHS)
    framework = Str(max=80)
    pillar = Str(max=40)
    tier = QueryInt(min=1, max=15)


class SeriesSchema(BaseSchema):
    """Points of a plot. x: days. y: the level on each; null where nothing is assessed."""

    x = Many(Day(), required=True)
    y = Many(Int(allow_none=True), required=True)


class LossSchema(BaseSchema):
    """An indicator that held a level until a day.

    holder: whose result it was: the organization, or a plant. evidence: what decided it and has lapsed, where it is the
    caller's own; null as well where something else changed, such as the end of a decision.
    """

    indicator = Str(required=True)
    name = Nested(Bilingual, allow_none=True, required=True)
    level = Int(required=True, metadata={"description": "The highest of the lost levels at which it is wanting"})
    holder = Str(allow_none=True, required=True)
    evidence = Str(allow_none=True, required=True)
    result = Str(required=True)
    reason = Str(required=True)


class StepSchema(BaseSchema):
    """A day from which a level is another one."""

    day = Day(required=True)
    level = Int(allow_none=True, required=True)


class OwnStepSchema(StepSchema):
    """A day from which a level is another one, with what was lost."""

    before = Int(allow_none=True, required=True)
    lost = Many(Nested(LossSchema), required=True)


class ForecastPillarSchema(BaseSchema):
    """A pillar: its level today, the most that anybody asks, its levels at months' ends, and each day it changes."""

    pillar = Str(required=True)
    level = Int(allow_none=True, required=True)
    effective = Int(allow_none=True, required=True)
    series = Nested(SeriesSchema, required=True)
    steps = Many(Nested(OwnStepSchema), required=True)


class ForecastFrameworkSchema(BaseSchema):
    """A framework version that concerns the caller."""

    framework = Str(required=True)
    pillars = Many(Nested(ForecastPillarSchema), required=True)


class OwnBreakSchema(BaseSchema):
    """What is owed today. breaks_on: the first day on which it is neither met nor waived any more; null where there is
    none, or it is neither today. becomes: the level then.
    """

    requirement = Str(required=True)
    framework = Str(required=True)
    pillar = Str(required=True)
    level = Int(required=True)
    due = Day(required=True)
    achieved = Int(allow_none=True, required=True)
    breaks_on = Day(allow_none=True, required=True)
    becomes = Int(allow_none=True, required=True)


class OwnForecastSchema(BaseSchema):
    """The caller's levels until a day, if nothing is renewed and no new fact comes."""

    organization = fields.Dict(required=True)
    day = Day(required=True)
    until = Day(required=True)
    frameworks = Many(Nested(ForecastFrameworkSchema), required=True)
    obligations = Many(Nested(OwnBreakSchema), required=True)


class BreakSchema(BaseSchema):
    """A demand of the reader's own that a supplier meets today, or is waived, and will be neither.

    breaks_on: the first such day: the level falls, or a waiver ends. becomes: the level then.
    """

    supplier = Str(required=True)
    name = Str(allow_none=True, required=True)
    requirement = Str(required=True)
    title = Str(allow_none=True, required=True)
    framework = Str(required=True)
    pillar = Str(required=True)
    tier = Int(required=True)
    level = Int(required=True)
    due = Day(allow_none=True, required=True)
    breaks_on = Day(required=True)
    becomes = Int(allow_none=True, required=True)


class ForecastObligationSchema(BaseSchema):
    """A demand of the reader's own with the levels to come: days and levels, and nothing of what they rest on."""

    requirement = Str(required=True)
    title = Str(allow_none=True, required=True)
    framework = Str(required=True)
    pillar = Str(required=True)
    tier = Int(required=True)
    level = Int(required=True)
    due = Day(allow_none=True, required=True)
    achieved = Int(allow_none=True, required=True)
    series = Nested(SeriesSchema, required=True)
    steps = Many(Nested(StepSchema), required=True)
    breaks_on = Day(allow_none=True, required=True)
    becomes = Int(allow_none=True, required=True)


class SupplierForecastSchema(BaseSchema):
    """A supplier's forecast in its buyer's eyes; no obligations where its conformity is not open by identity."""

    supplier = Str(required=True)
    kind = Choice(KINDS, required=True)
    day = Day(required=True)
    until = Day(required=True)
    obligations = Many(Nested(ForecastObligationSchema), required=True)


class ForecastSchema(BaseSchema):
    """How many suppliers known by identity meet the reader's own demands at a month's end."""

    month = Str(required=True, metadata={"description": "YYYY-MM", "example": "2027-11"})
    day = Day(required=True)
    framework = Str(required=True)
    pillar = Str(required=True)
    tier = Int(required=True)
    meeting = Int(required=True)
    waived = Int(required=True, metadata={"description": "Not meeting all, and waived where they do not"})
    falling_short = Int(required=True)
