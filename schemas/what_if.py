"""What-if on the wire: changes that nobody made, and what they would change."""

from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from graph.terms import FlowDown
from schemas.base import BaseSchema, Choice, Day, Int, Many, Nested, PageQuery, Str
from schemas.explanation import HopSchema
from schemas.link import category
from schemas.requirement import DRAFT_EXAMPLE, RequirementChangeSchema, RequirementDraftSchema
from schemas.supplier import STATUSES

MAX_CHANGES: Final = 50
MAX_ITEMS: Final = 10_000
EFFECTS: Final = (
    *("newly_owes", "freed", "owes_more", "owes_less", "moved"),
    *("falls_short", "still_short", "newly_met", "newly_waived", "waived_no_more"),
)
_TOP: Final = 20

WHAT_IF_EXAMPLE = {"changes": [{"publish": DRAFT_EXAMPLE}]}


class SupposedPublicationSchema(BaseSchema):
    """A draft of one's own, and from when on it would hold."""

    requirement = Str(required=True, min=1, max=40)
    effective_from = Day(metadata={"description": "Today or later; default: what the draft says, else today"})


class SupposedAmendmentSchema(BaseSchema):
    """A requirement of one's own, and what is to differ."""

    requirement = Str(required=True, min=1, max=40)
    to = Nested(RequirementChangeSchema, required=True)


class SupposedEndSchema(BaseSchema):
    """A requirement of one's own, and its last day."""

    requirement = Str(required=True, min=1, max=40)
    effective_to = Day(metadata={"description": "Inclusive; default: today"})


class SupposedLinkSchema(BaseSchema):
    """A link between two organizations that you see by name, confirmed by both."""

    buyer = Str(max=40, min=1, metadata={"description": "Default: yourself"})
    supplier = Str(required=True, max=40, min=1)
    category = category()
    valid_from = Day(metadata={"description": "Today or later; default: today"})
    valid_to = Day(metadata={"description": "The last day; absent = until further notice"})
    flow_down = Choice(FlowDown)


class SupposedClosingSchema(BaseSchema):
    """A link that you see, and the first day without it."""

    link = Str(required=True, min=1, max=40)
    on = Day(metadata={"description": "Today or later; default: today"})


class SupposedLevelSchema(BaseSchema):
    """A level that a supplier would have: higher after a measure, lower when a certificate lapses."""

    supplier = Str(required=True, min=1, max=60, metadata={"description": "As your list shows it, pseudonyms included"})
    framework = Str(required=True, min=1, max=80)
    pillar = Str(required=True, min=1, max=40)
    level = Int(required=True, min=0, max=_TOP, allow_none=True, metadata={"description": "null = not assessed"})


class SupposedWaiverSchema(BaseSchema):
    """Leave for a supplier that owes a requirement of yours today, under the rules of a real waiver."""

    requirement = Str(required=True, min=1, max=40)
    supplier = Str(required=True, min=1, max=60, metadata={"description": "As your list shows it, pseudonyms included"})
    until = Day(required=True, metadata={"description": "The last day it would hold"})
    due = Day(allow_none=True)
    level = Int(min=0, allow_none=True, metadata={"description": "Asked meanwhile; with neither, `due` is `until`"})


class SupposedRevocationSchema(BaseSchema):
    """A waiver of yours that is in force; it would end today."""

    waiver = Str(required=True, min=1, max=40)


class SupposedChangeSchema(BaseSchema):
    """One change: exactly one of these."""

    publish = Nested(RequirementDraftSchema)
    publish_draft = Nested(SupposedPublicationSchema)
    amend = Nested(SupposedAmendmentSchema)
    end = Nested(SupposedEndSchema)
    open = Nested(SupposedLinkSchema)
    close = Nested(SupposedClosingSchema)
    level = Nested(SupposedLevelSchema)
    waive = Nested(SupposedWaiverSchema)
    revoke = Nested(SupposedRevocationSchema)

    @validates_schema
    def _one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError("one-change-each")


class WhatIfQuestionSchema(BaseSchema):
    """What is to be supposed, all at once."""

    changes = Many(Nested(SupposedChangeSchema), required=True, min=0, max=MAX_CHANGES)
    on = Day(metadata={"description": "The day looked at, today or later; default: the first on which all hold"})
    limit = Int(
        min=1,
        max=MAX_ITEMS,
        load_default=500,
        metadata={"description": "So many items are told; totals are always over all"},
    )


class SupposedObligationSchema(BaseSchema):
    """What a supplier owes in a pillar on one side of the changes, and where it stands.

    Of a pseudonym no due date is told, so that it is never `overdue` here.
    """

    framework = Str(required=True)
    tier = Int(required=True)
    level = Int(required=True)
    achieved = Int(required=True, allow_none=True)
    gap = Int(required=True)
    due = Day(required=True, allow_none=True)
    status = Choice(STATUSES, required=True)
    path = Many(
        Nested(HopSchema), required=True, metadata={"description": "From you to the supplier; of a pseudonym none"}
    )


class WhatIfItemSchema(BaseSchema):
    """What changes for one supplier under one requirement in one pillar. None before, or none after: nothing owed."""

    supplier = Str(required=True)
    name = Str(required=True, allow_none=True)
    name_zh = Str(required=True, allow_none=True)
    kind = Choice(("identity", "pseudonym"), required=True)
    country = Str(required=True, allow_none=True)
    region = Str(required=True, allow_none=True, metadata={"description": "From your own record"})
    requirement = Str(required=True, metadata={"description": "An id, or a pointer to the change that publishes it"})
    title = Str(required=True)
    pillar = Str(required=True)
    effects = Many(Choice(EFFECTS), required=True)
    before = Nested(SupposedObligationSchema, required=True, allow_none=True)
    after = Nested(SupposedObligationSchema, required=True, allow_none=True)


class EffectCountsSchema(BaseSchema):
    """Suppliers by effect, each counted once a cell; whoever differs in nothing is in none.

    moved: none of the others, and yet another tier, way, due date or level held. still_short: of those that differ.
    """

    newly_owes = fields.Integer(required=True)
    freed = fields.Integer(required=True)
    owes_more = fields.Integer(required=True)
    owes_less = fields.Integer(required=True)
    moved = fields.Integer(required=True)
    falls_short = fields.Integer(required=True)
    still_short = fields.Integer(required=True)
    newly_met = fields.Integer(required=True)
    newly_waived = fields.Integer(required=True)
    waived_no_more = fields.Integer(required=True)


class EffectsByTierSchema(EffectCountsSchema):
    tier = fields.Integer(required=True)


class EffectsByPillarSchema(EffectCountsSchema):
    framework = Str(required=True)
    pillar = Str(required=True)


class EffectsByCountrySchema(EffectCountsSchema):
    country = Str(required=True, allow_none=True)


class EffectsByRegionSchema(EffectCountsSchema):
    country = Str(required=True, allow_none=True)
    region = Str(required=True, allow_none=True)


class NotToldSchema(BaseSchema):
    """Whom the answer says nothing of, counted over what you may list.

    closed: their conformity is not open to you (only your claim, or private knowledge). unstated: met, but no value
    that a supplier scope tests is displayed. veiled: pseudonyms of which you are not shown where the changes meet them.
    """

    closed = fields.Integer(required=True)
    unstated = fields.Integer(required=True)
    veiled = fields.Integer(required=True)


class WhatIfSchema(BaseSchema):
    """The difference that the changes would make on a day, over organizations whose conformity is open to you."""

    on = Day(required=True)
    totals = Nested(EffectCountsSchema, required=True)
    by_tier = Many(Nested(EffectsByTierSchema), required=True)
    by_pillar = Many(Nested(EffectsByPillarSchema), required=True)
    by_country = Many(Nested(EffectsByCountrySchema), required=True)
    by_region = Many(Nested(EffectsByRegionSchema), required=True)
    left_out = Nested(NotToldSchema, required=True)
    total = fields.Integer(required=True, metadata={"description": "Items there are"})
    limit = fields.Integer(required=True, metadata={"description": "Items told at most, the nearest tier first"})
    items = fields.List(fields.Nested(WhatIfItemSchema), required=True)


class WhatIfKeptSchema(WhatIfQuestionSchema):
    """What is to be supposed, and kept under a title to be held against what really happens."""

    title = Str(required=True, min=1, max=300)


class WhatIfEntrySchema(BaseSchema):
    """A kept what-if. totals: as they were on the day it was asked."""

    id = Str(required=True)
    title = Str(required=True)
    asked_on = Day(required=True)
    on = Day(required=True, metadata={"description": "The day that was looked at"})
    totals = Nested(EffectCountsSchema, required=True)


class WhatIfQuery(PageQuery):
    """One's own kept what-ifs, in the order in which they were asked."""


class KeptWhatIfSchema(WhatIfEntrySchema):
    """A kept what-if with what was supposed, and what was answered in total."""

    changes = fields.List(fields.Nested(SupposedChangeSchema), required=True)
    by_tier = Many(Nested(EffectsByTierSchema), required=True)
    by_pillar = Many(Nested(EffectsByPillarSchema), required=True)
    by_country = Many(Nested(EffectsByCountrySchema), required=True)
    by_region = Many(Nested(EffectsByRegionSchema), required=True)
    left_out = Nested(NotToldSchema, required=True)
