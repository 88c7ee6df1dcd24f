"""Supply links on the wire."""

from typing import Final

from marshmallow import validate

from graph.terms import Disclosure, FlowDown, LinkState
from schemas.base import BaseSchema, Bool, Choice, Day, Int, Many, Nested, Number, PageQuery, Str

CATEGORY: Final = r"[0-9]{2}(?:[0-9]{2}){0,4}"
"""2 to 10 digits of the Harmonized System, two at a time: chapter, heading, subheading, national."""
ROLES: Final = ("buyer", "supplier", "owner", "reviewer")
REASONS: Final = (
    "not_a_supplier",
    "not_a_customer",
    "wrong_category",
    "wrong_period",
    "wrong_organization",
    "other",
)
SETTLEMENTS: Final = ("confirm", "end")
LINK_CHANGES: Final = ("added", "dropped", "recategorised", "kept")
MAX_CONFIRMED: Final = 1000


def category() -> Str:
    """An HS code that a link names."""
    described = {"description": "HS code: 2, 4, 6, 8 or 10 digits", "example": "8504"}
    return Str(max=10, validate=validate.Regexp(f"^(?:{CATEGORY})$", error="not-an-hs-code"), metadata=described)


class LinkDays(BaseSchema):
    """Days on which a link is in one state; both inclusive, null is open."""

    valid_from = Day(allow_none=True, required=True)
    valid_to = Day(allow_none=True, required=True)
    state = Choice(LinkState, required=True)


class PartySchema(BaseSchema):
    """An end of a link, as the shared directory names it."""

    id = Str(required=True)
    name = Str(required=True)
    name_zh = Str(allow_none=True, required=True)


class DisputeSchema(BaseSchema):
    """Which end says that the link is not one, and why."""

    by = Choice(("buyer", "supplier"), required=True)
    reason = Choice(REASONS, required=True)
    note = Str(allow_none=True, required=True)


class LinkClaimSchema(BaseSchema):
    """What somebody says of a link: one of its ends openly, a third party privately."""

    buyer = Str(required=True, min=1, max=40, metadata={"description": "Organization id"})
    supplier = Str(required=True, min=1, max=40, metadata={"description": "Organization id"})
    category = category()
    share = Number(min=0, max=1, metadata={"description": "Part of the buyer's spend; the buyer's word only"})
    valid_from = Day(metadata={"description": "First day; absent = always"})
    valid_to = Day(metadata={"description": "Last day; absent = until further notice"})
    flow_down = Choice(FlowDown, metadata={"description": "Set by the buyer only; undeclared counts as yes"})
    disclosure = Choice(
        Disclosure,
        metadata={"description": "How much readers further up may see; of both ends' wishes the more closed holds"},
    )
    private = Bool(
        load_default=False, metadata={"description": "A third party's knowledge; tells nobody, opens nothing"}
    )


class LinkChangeSchema(BaseSchema):
    """What an end may change: the buyer share and flow_down, either end its own wish of disclosure."""

    share = Number(min=0, max=1, allow_none=True)
    flow_down = Choice(FlowDown)
    disclosure = Choice(Disclosure)


class LinkConfirmSchema(BaseSchema):
    """A confirmation; a reviewer says which document was seen."""

    note = Str(
        max=2000, min=1, metadata={"description": "A reviewer's: the document seen", "example": "Invoice 2026-118"}
    )


class LinkDisputeSchema(BaseSchema):
    """Why a claimed link is not one."""

    reason = Choice(REASONS, required=True)
    note = Str(max=2000, min=1)


class LinkSettleSchema(BaseSchema):
    """What a reviewer makes of a dispute, and why."""

    decision = Choice(SETTLEMENTS, required=True)
    note = Str(max=2000, min=1, required=True)


class LinkEndSchema(BaseSchema):
    """Why a link ends today."""

    note = Str(max=2000, min=1)


class LinkConfirmationsSchema(BaseSchema):
    """Links that one document proves, such as a list that the buyer published."""

    links = Many(Str(min=1, max=40), required=True, min=1, max=MAX_CONFIRMED)
    note = Str(max=2000, min=1, required=True, metadata={"description": "The document seen"})


class ConfirmationResultSchema(BaseSchema):
    """What became of one link of a list."""

    id = Str(required=True)
    status = Choice(("confirmed", "unchanged"), required=True)


class LinkConfirmedSchema(BaseSchema):
    """What became of every link of a list, in its order."""

    results = Many(Nested(ConfirmationResultSchema), required=True, max=MAX_CONFIRMED)


class LinkQuery(PageQuery):
    """Filters of a list of links, all on what the reader is shown."""

    role = Choice(ROLES, metadata={"description": "Only links to which you are this; reviewer: those to decide"})
    state = Choice(LinkState, metadata={"description": "Only links in this state today"})
    counterpart = Str(max=40, metadata={"description": "Only links with this organization at the other end"})


class LinkChangesQuery(PageQuery):
    """The two days that are compared."""

    from_ = Day(required=True, data_key="from", metadata={"description": "The earlier day"})
    to = Day(required=True, metadata={"description": "The later day"})
    role = Choice(ROLES[:3], metadata={"description": "Only links to which you are this"})
    change = Choice(LINK_CHANGES)


class LinkChangeRowSchema(BaseSchema):
    """What became, between two days, of the links between two organizations, category by category."""

    role = Choice(ROLES[:3], required=True)
    buyer = Nested(PartySchema, required=True)
    supplier = Nested(PartySchema, required=True)
    change = Choice(LINK_CHANGES, required=True)
    before = Many(Str(), required=True, metadata={"description": "Categories on the earlier day; empty text: none"})
    after = Many(Str(), required=True, metadata={"description": "Categories on the later day; empty text: none"})
    links = Many(Str(), required=True, metadata={"description": "Ids of the links concerned"})


class LinkChangeCountsSchema(BaseSchema):
    """Pairs of buyer and supplier by what became of their links."""

    added = Int(required=True)
    dropped = Int(required=True)
    recategorised = Int(required=True)
    kept = Int(required=True)


class LinkChangesPageSchema(BaseSchema):
    """A page of changes; the counts are of all of them, whatever is filtered."""

    items = Many(Nested(LinkChangeRowSchema), required=True)
    counts = Nested(LinkChangeCountsSchema, required=True)


class LinkSchema(BaseSchema):
    """A link as one of its ends, its private owner or its reviewer sees it.

    share and flow_down are the buyer's own and shown to it alone (to the owner of a private link, its share); in the
    exposure of who reads the link by identity further up, the share is a weight. Neither end is shown the other's wish
    of disclosure, only what holds.
    """

    id = Str(required=True)
    role = Choice(ROLES, required=True, metadata={"description": "Who the reader is to the link"})
    buyer = Nested(PartySchema, required=True)
    supplier = Nested(PartySchema, required=True)
    category = Str(allow_none=True, required=True)
    state = Choice(LinkState, allow_none=True, required=True, metadata={"description": "Today; null: no link today"})
    periods = Many(Nested(LinkDays), required=True)
    private = Bool(required=True)
    disclosure = Choice(Disclosure, metadata={"description": "What holds: the more closed of both wishes"})
    own_disclosure = Choice(Disclosure, metadata={"description": "The reader's own wish"})
    share = Number(allow_none=True)
    flow_down = Choice(FlowDown)
    dispute = Nested(DisputeSchema, allow_none=True)
