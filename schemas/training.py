"""Flags on the wire: one form for every reader, each of whom gets the fields that are its to see."""

from typing import Final

from marshmallow import fields

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
    Reason,
    Str,
)
from schemas.forecast import LossSchema
from schemas.framework import MARKS

KINDS: Final = ("training", "matchmaking", "evidence_expiring", "audit_due")
VIEWS: Final = ("supplier", "brand", "trainer", "organiser")
PRIORITIES: Final = ("high", "medium", "low")


class FlagQuery(PageQuery, MomentQuery):
    """Which flags; all filters are over what is shown."""

    kind = Choice(KINDS)
    view = Choice(VIEWS, metadata={"description": "As whom, where a key has several roles; default: as all of them"})
    region = Str(min=1, max=80, metadata={"description": "Only suppliers shown to be in this region"})


class WantingSchema(BaseSchema):
    """An indicator that keeps what is owed from being reached; how far from it only the supplier is told."""

    indicator = Str(required=True)
    name = Nested(Bilingual, allow_none=True, required=True)
    level = Int()
    result = Str()
    reason = Str()
    optional = Bool()
    ours = Bool(metadata={"description": "The threshold is the framework's own"})
    mark = Choice(MARKS, allow_none=True, metadata={"description": "How well a document's threshold is known"})
    points = Number(allow_none=True)


class FlagPillarSchema(BaseSchema):
    """What is missing in a pillar of a framework."""

    framework = Str(required=True)
    pillar = Str(required=True)
    gap = Int()
    due = Day(metadata={"description": "The earliest of what is not reached here"})
    priority = Choice(PRIORITIES)
    unmet = Many(Nested(WantingSchema))


class FallSchema(BaseSchema):
    """A pillar whose level falls within the window if nothing is renewed.

    day: the first day of a lower level, to a brand of one below what it demands. lost: told to the supplier itself.
    """

    framework = Str(required=True)
    pillar = Str(required=True)
    day = Day(required=True)
    level = Int(allow_none=True, required=True)
    before = Int(allow_none=True)
    lost = Many(Nested(LossSchema))


class AuditWordSchema(BaseSchema):
    """Whose word puts an organization into a class. source: a stated fact, or an indicator as framework/indicator."""

    source = Str(required=True)
    day = Day(required=True)
    authority = Bool(required=True, metadata={"description": "A regulator's, reviewer's or auditor's word"})


class AuditNeedSchema(BaseSchema):
    """Why a cleaner production audit is due.

    rules, class: the rule set and its class; null where the last audit is only older than the framework allows.
    until: the last day for which the last audit was young enough, where that is asked.
    """

    organization = Str(required=True, metadata={"description": "Yourself, or a plant of yours"})
    rules = Str(allow_none=True, required=True)
    law = Nested(Bilingual, allow_none=True, required=True)
    clause = Str(allow_none=True, required=True)
    mark = Choice(MARKS, allow_none=True, required=True, metadata={"description": "How well the clause is known"})
    case = Str(allow_none=True, required=True, metadata={"description": "The class of the rule set"})
    name = Nested(Bilingual, allow_none=True, required=True)
    framework = Str(allow_none=True, required=True)
    words = Many(Nested(AuditWordSchema), required=True)
    last = Day(allow_none=True, required=True, metadata={"description": "The day of the last audit on record"})
    until = Day(allow_none=True, required=True)


class TrainingModuleSchema(BaseSchema):
    """A training module, and which of the unmet indicators it covers."""

    id = Str(required=True)
    name = Nested(Bilingual, required=True)
    covers = Many(Str(), required=True)


class FlagSchema(BaseSchema):
    """A flag as one reader may see it (domain rules: Flags).

    A supplier sees its own flags whole. A brand sees what its own obligations alone would open, without days of
    opening. A trainer sees region, unmet indicators, modules and the month of the earliest deadline of suppliers
    that consented. An organiser sees the certified levels of suppliers that consented to be listed.
    """

    kind = Choice(KINDS, required=True)
    view = Choice(VIEWS, required=True)
    supplier = Str(required=True, metadata={"description": "Its id or, to a brand that may not know it, a pseudonym"})
    name = Str()
    name_zh = Str(allow_none=True)
    id = Str()
    opened_on = Day()
    closed_on = Day(allow_none=True)
    reasons = Many(Nested(Reason))
    closing_reasons = Many(Nested(Reason))
    country = Str(allow_none=True)
    region = Str(allow_none=True)
    sector = Str(allow_none=True)
    languages = Many(Str())
    framework = Str(metadata={"description": "The one that decides the flag `matchmaking`"})
    levels = fields.Dict(keys=Str(), values=Int(allow_none=True), metadata={"description": "Certified level by pillar"})
    pillars = Many(Nested(FlagPillarSchema))
    falls = Many(Nested(FallSchema))
    audits = Many(Nested(AuditNeedSchema), metadata={"description": "Why an audit is due; told to the supplier itself"})
    due = Day(allow_none=True, metadata={"description": "The earliest among the reader's own obligations"})
    priority = Choice(
        PRIORITIES, allow_none=True, metadata={"description": "Due within 90 days (high), within a year, or later"}
    )
    deadline_month = Str(metadata={"description": "YYYY-MM", "example": "2027-11"})
    modules = Many(Nested(TrainingModuleSchema))
