"""A weighted index over time: progress, weak links, goals."""

from schemas.base import BaseSchema, Bilingual, Bool, Choice, Day, Int, Many, MomentQuery, Nested, Number, QueryInt, Str

LONGEST_PERIOD = 12
MOST_PERIODS = 24
_OUTCOMES = ("met", "partly_met", "unmet", "expired", "not_assessed", "not_applicable")


class IndexQuery(MomentQuery):
    """Which index, at the end of which periods, and the class that is aimed at."""

    framework = Str(required=True, max=80, metadata={"description": "A weighted framework, with its version"})
    organization = Str(max=40, metadata={"description": "One of your plants; default: yourself"})
    level = QueryInt(min=1, metadata={"description": "The class aimed at; default: the next better one"})
    by = Day(metadata={"description": "The day by which it is aimed at"})
    months = QueryInt(min=1, max=LONGEST_PERIOD, load_default=12, metadata={"description": "How long a period is"})
    periods = QueryInt(
        min=1, max=MOST_PERIODS, load_default=4, metadata={"description": "How many of them, that of the day last"}
    )


class IndexGroupSchema(BaseSchema):
    """A group of rows on a day: the points it could earn for the class, earns, and loses."""

    group = Str(required=True)
    names = Nested(Bilingual, required=True)
    points = Number(required=True)
    earned = Number(required=True)
    lost = Number(required=True)


class IndexPeriodSchema(BaseSchema):
    """The index at the end of a period, from the evidence in force on that day.

    held: the class held, 0 = none, null = nothing was assessed. score: for the class aimed at, from 0 to 100,
    rounded down. change: in points since the first period with a score.
    """

    day = Day(required=True)
    held = Int(required=True, allow_none=True)
    score = Number(required=True, allow_none=True)
    change = Number(required=True, allow_none=True)
    groups = Many(Nested(IndexGroupSchema), required=True)


class IndexRowSchema(BaseSchema):
    """A row that is not met for the class aimed at, and the points it would add."""

    indicator = Str(required=True)
    names = Nested(Bilingual, required=True)
    group = Str(required=True)
    points = Number(required=True)
    limiting = Bool(required=True, metadata={"description": "Without it no score is enough"})
    ours = Bool(required=True, metadata={"description": "The row and its weight are set by us; no document has it"})
    result = Choice(_OUTCOMES, required=True)


class IndexGoalSchema(BaseSchema):
    """How far the class is. rows: the fewest rows that reach it, limiting ones first, null where none do."""

    level = Int(required=True)
    by = Day(required=True, allow_none=True)
    reached = Bool(required=True)
    score_needed = Number(required=True)
    score_ours = Bool(required=True, metadata={"description": "The score needed is set by us; no document has it"})
    distance = Number(required=True, allow_none=True, metadata={"description": "Points still to earn, rounded up"})
    rows = Many(Str(), required=True, allow_none=True)


class IndexSchema(BaseSchema):
    """An index over time. Days before today rest on the evidence that is in force then and not replaced since."""

    framework = Str(required=True)
    periods = Many(Nested(IndexPeriodSchema), required=True, metadata={"description": "The oldest first, today last"})
    weak_links = Many(
        Nested(IndexRowSchema), required=True, metadata={"description": "Today's, by points lost, the most first"}
    )
    goal = Nested(IndexGoalSchema, required=True)
