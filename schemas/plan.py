"""Corrective action plans on the wire: by when a supplier will close a gap, step by step."""

from schemas.base import BaseSchema, Bool, Choice, Day, Int, Many, Nested, PageQuery, QueryBool, Str

PLAN_STATES = ("planned", "in_progress", "done", "verified", "withdrawn")
PARTIES = ("customer", "reviewer")
PLAN_EXAMPLE = {
    "framework": "eseec-electronics@1",
    "pillar": "ohs",
    "level": 2,
    "title": "Fire safety of hall B",
    "owner": "EHS manager",
    "milestones": [
        {"title": "Sprinklers ordered", "due": "2027-01-31"},
        {"title": "Accepted by the fire brigade", "due": "2027-05-31"},
    ],
}


class MilestoneRequestSchema(BaseSchema):
    """One step, and the last day for it."""

    title = Str(required=True, min=1, max=300)
    due = Day(required=True)


class PlanRequestSchema(BaseSchema):
    """How a gap in one pillar will be closed: up to which level, who answers for it, and the steps in their order."""

    framework = Str(required=True, min=1, max=80)
    pillar = Str(required=True, min=1, max=40)
    level = Int(required=True, min=1)
    title = Str(required=True, min=1, max=300)
    owner = Str(required=True, min=1, max=200, metadata={"description": "Who answers for it; told to no customer"})
    milestones = Many(Nested(MilestoneRequestSchema), required=True, min=1, max=50)


class ProgressRequestSchema(BaseSchema):
    """That a step is done, with the evidence for it; or, without a step, that work has begun."""

    milestone = Int(min=1, allow_none=True, load_default=None, metadata={"description": "Its place, from 1"})
    evidence = Many(Str(max=40), load_default=list, max=50)
    note = Str(load_default="")


class PlanWithdrawalSchema(BaseSchema):
    """Why a plan is given up."""

    reason = Str(required=True, min=1)


class PlanReviewRequestSchema(BaseSchema):
    """Whether you saw that a plan was carried out; if not, it goes back."""

    decision = Choice(("accept", "return"), required=True)
    note = Str(load_default="")


class PlanReviewSchema(BaseSchema):
    """What was said of a plan: by a customer, whichever, or by the reviewer."""

    party = Choice(PARTIES, required=True)
    decision = Choice(("accept", "return"), required=True)
    note = Str(required=True)
    day = Day(required=True)


class OwnMilestoneSchema(BaseSchema):
    """A step as its supplier sees it."""

    title = Str(required=True)
    due = Day(required=True)
    done_on = Day(required=True, allow_none=True)
    late = Bool(required=True)
    note = Str(required=True)
    evidence = Many(Str(), required=True)


class OwnPlanSchema(BaseSchema):
    """A plan of one's own. late: how many steps are not done and past their day."""

    id = Str(required=True)
    organization = Str(required=True)
    framework = Str(required=True)
    pillar = Str(required=True)
    level = Int(required=True)
    achieved = Int(required=True, allow_none=True)
    title = Str(required=True)
    owner = Str(required=True)
    state = Choice(PLAN_STATES, required=True)
    late = Int(required=True)
    made_on = Day(required=True)
    withdrawal = Str(required=True, allow_none=True)
    milestones = Many(Nested(OwnMilestoneSchema), required=True)
    reviews = Many(Nested(PlanReviewSchema), required=True)


class MilestoneSchema(BaseSchema):
    """A step as a customer or the reviewer sees it; files only by grant, so evidence is counted."""

    title = Str(required=True)
    due = Day(required=True)
    done_on = Day(required=True, allow_none=True)
    late = Bool(required=True)
    evidence = Int(required=True)


class PlanSchema(BaseSchema):
    """A plan as a customer whose own demand it serves, or the reviewer, sees it; reviews: one's own alone."""

    id = Str(required=True)
    supplier = Str(required=True)
    framework = Str(required=True)
    pillar = Str(required=True)
    level = Int(required=True)
    achieved = Int(required=True, allow_none=True)
    title = Str(required=True)
    state = Choice(PLAN_STATES, required=True)
    late = Int(required=True)
    milestones = Many(Nested(MilestoneSchema), required=True)
    reviews = Many(Nested(PlanReviewSchema), required=True)


class PlanQuery(PageQuery):
    """Which plans. late: those with a step past its day, or those without."""

    state = Choice(PLAN_STATES)
    late = QueryBool()
    supplier = Str(max=40)
    pillar = Str(max=40)


class OwnPlanQuery(PageQuery):
    """Which of one's own plans, or of a plant's."""

    state = Choice(PLAN_STATES)
    late = QueryBool()
    organization = Str(max=40)
