"""A buyer's suppliers and a supplier's own conformity, on the wire."""

from marshmallow import fields

from schemas.answer import HEARD, LastAnswerSchema
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
    Number,
    PageQuery,
    QueryInt,
    Reason,
    Str,
)
from schemas.framework import MARKS
from schemas.waiver import WaivedSchema

STATUSES = (
    "awaiting_confirmation",
    "announced",
    "met",
    "waived",
    "overdue",
    "expired",
    "not_assessed",
    "gap",
    "private",
)
KINDS = ("identity", "pseudonym", "awaiting", "private")


class SupplierQuery(PageQuery, MomentQuery):
    """Filters of a supplier list; what is asked of obligations, one obligation must fit as a whole."""

    status = Choice(STATUSES)
    pillar = Str(max=40)
    framework = Str(max=80)
    requirement = Str(max=40)
    tier = QueryInt(min=1, max=15)
    flag = Choice(("training",))
    kind = Choice(KINDS)
    min_gap = QueryInt(min=1, max=20)


class ObligationQuery(PageQuery, MomentQuery):
    """Filters of a requirement's obligations. due_until: the latest due date, inclusive."""

    status = Choice(STATUSES)
    pillar = Str(max=40)
    tier = QueryInt(min=1, max=15)
    min_gap = QueryInt(min=1, max=20)
    due_until = Day()
    answer = Choice(HEARD)


class UnmetSchema(BaseSchema):
    """An indicator that keeps a level from holding, and what is wrong with it."""

    indicator = Str(required=True)
    name = Nested(Bilingual, allow_none=True)
    level = Int(required=True)
    result = Str(required=True)
    reason = Str(required=True)
    optional = Bool(required=True)
    points = Number(
        allow_none=True, metadata={"description": "What it would add to an index; told to the supplier itself only"}
    )
    ours = Bool(required=True, metadata={"description": "The threshold is the framework's own"})
    mark = Choice(MARKS, allow_none=True, metadata={"description": "How well a document's threshold is known"})
    months = Int(metadata={"description": "With the reason `period`: how many a reading must cover"})


class ObligationSchema(BaseSchema):
    """What one requirement asks of a supplier in one pillar, as the reader may see it.

    level: rank owed; achieved: rank held, null if not assessed or not visible; gap: levels missing.
    move: whose move it is. passing: somebody else's demand that reaches the supplier through the reader.
    """

    requirement = Str(required=True)
    title = Str(allow_none=True)
    passing = Bool(required=True)
    framework = Str(required=True)
    pillar = Str(required=True)
    tier = Int(required=True)
    level = Int(required=True)
    achieved = Int(allow_none=True)
    gap = Int(allow_none=True)
    status = Choice(STATUSES, required=True)
    move = Str(allow_none=True)
    since = Day(allow_none=True)
    due = Day(allow_none=True)
    waiver = Nested(WaivedSchema, required=True, allow_none=True)
    answer = Nested(LastAnswerSchema, required=True, allow_none=True)
    unmet = Many(Nested(UnmetSchema))


class SupplierSchema(BaseSchema):
    """A supplier as its buyer sees it; ``status`` is the one that needs most attention."""

    id = Str(required=True)
    kind = Choice(KINDS, required=True)
    name = Str(allow_none=True)
    name_zh = Str(allow_none=True)
    country = Str(allow_none=True, metadata={"description": "ISO 3166-1, or a continent for few of a kind"})
    tier = Int(required=True)
    passes_on = Str(allow_none=True, metadata={"description": "yes, no or undeclared; direct suppliers only"})
    status = Str(allow_none=True)
    flags = Many(Str(), required=True)
    obligations = Many(Nested(ObligationSchema), required=True)


class RequirementObligationSchema(ObligationSchema):
    """One obligation with the supplier that owes it."""

    supplier = Str(required=True)
    kind = Choice(KINDS, required=True)
    name = Str(allow_none=True)


class ProtectedCellSchema(BaseSchema):
    """What may only be counted this month: rounded counts by status, null where no count may be shown."""

    month = Day(required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, allow_none=True)


class RequirementObligationPageSchema(BaseSchema):
    """Who owes a requirement, and beside them what the reader cannot list."""

    items = fields.List(fields.Nested(RequirementObligationSchema), required=True)
    protected = Nested(ProtectedCellSchema, required=True)
    unclassified_links = Int(required=True)
    beyond_horizon = Int(required=True)
    answers = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "How many of the suppliers listed said what; silence is counted too"},
    )


class MeQuery(MomentQuery):
    """Which organization: a plant of the caller's; the caller itself when absent."""

    organization = Str(max=40)


class MePageQuery(PageQuery, MomentQuery):
    """Which organization, and where to go on."""

    organization = Str(max=40)


class OwnObligationSchema(BaseSchema):
    """What the caller owes: by whom asked, how much, until when, what is unmet and whose move it is.

    issuer is shown to a direct supplier, or where the requirement is ``named``; customers are the direct ones.
    """

    requirement = Str(required=True)
    title = Str(allow_none=True)
    purpose = Str(required=True)
    issuer = fields.Dict(allow_none=True)
    asked_by = Choice(("customer", "customer_of_customer"), required=True)
    customers = Many(fields.Dict(), required=True)
    framework = Str(required=True)
    pillar = Str(required=True)
    tier = Int(required=True)
    level = Int(required=True)
    announced = Bool(required=True)
    achieved = Int(allow_none=True)
    gap = Int(required=True)
    status = Choice(STATUSES, required=True)
    move = Str(required=True)
    since = Day(allow_none=True)
    due = Day(required=True)
    waiver = Nested(WaivedSchema, required=True, allow_none=True)
    answer = Nested(LastAnswerSchema, required=True)
    unmet = Many(Nested(UnmetSchema), required=True)


class NextLevelSchema(BaseSchema):
    """The next level and what keeps it from holding."""

    level = Int(required=True)
    unmet = Many(Nested(UnmetSchema), required=True)
    score = Number(allow_none=True, metadata={"description": "Of a weighted framework, 0 to 100, rounded down"})
    score_needed = Number(allow_none=True)
    score_ours = Bool(required=True, metadata={"description": "The score needed is set by us; no document has it"})
    cannot_hold = Choice(
        ("no_mandatory", "not_applicable_share"),
        allow_none=True,
        metadata={"description": "Why it cannot hold whatever is met; null = it can. `/v1/vocabulary` explains it"},
    )


class OwnPillarSchema(BaseSchema):
    """Where the caller stands in a pillar.

    provisional: with submitted evidence accepted; certified: on certified evidence alone; effective: the most
    that anybody asks.
    """

    pillar = Str(required=True)
    level = Int(allow_none=True)
    provisional = Int(allow_none=True)
    certified = Int(allow_none=True)
    good_through = Day(allow_none=True)
    zero_tolerance = Many(Str(), required=True)
    effective = Int(allow_none=True)
    next = Nested(NextLevelSchema, required=True)
    unmet_for_effective = Many(Nested(UnmetSchema), required=True)


class OwnFrameworkSchema(BaseSchema):
    """The caller in one framework version: every pillar, and every indicator with its sources."""

    framework = Str(required=True)
    name = Nested(Bilingual, required=True)
    overall = Int(allow_none=True)
    pillars = Many(Nested(OwnPillarSchema), required=True)
    indicators = Many(fields.Dict(), required=True)


class OwnStatusSchema(BaseSchema):
    """The caller's conformity on a day."""

    organization = fields.Dict(required=True)
    day = Day(required=True)
    frameworks = Many(Nested(OwnFrameworkSchema), required=True)
    flags = Many(Str(), required=True)


class OwnExplanationSchema(BaseSchema):
    """Why the caller owes a requirement, without the hops between its customer and the issuer."""

    requirement = Str(required=True)
    title = Str(allow_none=True)
    purpose = Str(required=True)
    issuer = fields.Dict(allow_none=True)
    asked_by = Str(required=True)
    customers = Many(fields.Dict(), required=True)
    framework = Str(required=True)
    tier = Int(required=True)
    level = Int(required=True)
    announced = Bool(required=True)
    pillars = Many(Str(), required=True)
    rules = Many(Nested(Reason), required=True)
