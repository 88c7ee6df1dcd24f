"""Levels over time on the wire."""

from schemas.base import BaseSchema, Day, Int, Moment, Str
from schemas.supplier import MePageQuery


class LevelStepQuery(MePageQuery):
    """Which levels; all unless filtered."""

    framework = Str(max=80)
    pillar = Str(max=40)


class LevelStepSchema(BaseSchema):
    """A change of a level: data for a plot of steps, `since` by `level`."""

    framework = Str(required=True)
    pillar = Str(required=True)
    step = Int(required=True, metadata={"description": "1 = the first that was recorded of the pillar"})
    level = Int(required=True, allow_none=True, metadata={"description": "null: not assessed"})
    since = Day(required=True, metadata={"description": "The day the level became what it is"})
    recorded_at = Moment(required=True, metadata={"description": "When that was known here"})
