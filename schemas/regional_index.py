"""A weighted index by region: progress, weak links, goals; every number is a protected aggregate."""

from schemas.base import BaseSchema, Bilingual, Day, Int, Many, Nested, PageQuery, QueryInt, Str

MOST_MONTHS = 60


class RegionalIndexQuery(PageQuery):
    """Which index over how many months, the class aimed at, and the share of organizations that is to hold it."""

    framework = Str(required=True, max=80, metadata={"description": "A weighted framework, with its version"})
    region = Str(max=80, metadata={"description": "One region"})
    level = QueryInt(min=1, metadata={"description": "The class aimed at; default: the lowest"})
    goal = QueryInt(min=1, max=100, metadata={"description": "The goal: percent of organizations that hold the class"})
    months = QueryInt(
        min=1, max=MOST_MONTHS, load_default=12, metadata={"description": "How many months, the last one last"}
    )


class RegionalClassSchema(BaseSchema):
    """How many organizations hold a class and no better one; 0 is none."""

    level = Int(required=True)
    organizations = Int(required=True, metadata={"description": "A multiple of five"})


class RegionalWeakLinkSchema(BaseSchema):
    """An indicator, and how many do not meet it for the class aimed at."""

    indicator = Str(required=True)
    names = Nested(Bilingual, required=True)
    organizations = Int(required=True, metadata={"description": "A multiple of five"})


class RegionalIndexSchema(BaseSchema):
    """The index of a region in a month.

    region: null for those counted together because they are too few, or in no known region. percent: of those that hold
    the class aimed at or a better one. change: in percentage points since the first month shown. distance: so many
    organizations more would reach the goal.
    """

    month = Day(required=True)
    region = Str(required=True, allow_none=True)
    classes = Many(Nested(RegionalClassSchema), required=True)
    level = Int(required=True)
    percent = Int(required=True)
    change = Int(required=True)
    distance = Int(required=True, allow_none=True, metadata={"description": "A multiple of five; null without a goal"})
    weak_links = Many(Nested(RegionalWeakLinkSchema), required=True, metadata={"description": "The ten most frequent"})
