"""Waivers on the wire: what an issuer grants, and what the supplier is told of it."""

from marshmallow import fields

from schemas.base import BaseSchema, Choice, Day, Int, Moment, PageQuery, Str

REASONS = (
    "plan_agreed",
    "newly_approached",
    "no_capacity",
    "supply_continuity",
    "force_majeure",
    "not_in_scope",
    "value_chain_cap",
    "other",
)
WAIVER_STATES = ("in_force", "ended", "revoked", "replaced")
WAIVER_EXAMPLE = {
    "requirement": "req_0f3c…",
    "supplier": "org_71b2…",
    "reason": "plan_agreed",
    "note": "Sprinklers of hall B are ordered; delivery in March",
    "until": "2027-06-30",
    "due": "2027-06-30",
}


class WaiverRequestSchema(BaseSchema):
    """Leave for one supplier under one requirement, until a day.

    level: what is asked meanwhile, 0 for nothing; due: the last day meanwhile, at most ``until``. With neither, ``due``
    is ``until``: the supplier gets until then.
    """

    requirement = Str(required=True, min=1, max=40)
    supplier = Str(required=True, min=1, max=40, metadata={"description": "As your list of suppliers shows it"})
    reason = Choice(REASONS, required=True)
    note = Str(load_default="", metadata={"description": "Told to the supplier"})
    until = Day(required=True, metadata={"description": "The last day it holds"})
    due = Day(allow_none=True, load_default=None)
    level = Int(min=0, allow_none=True, load_default=None)


class RevocationSchema(BaseSchema):
    """Why a waiver ends before its day."""

    note = Str(load_default="", metadata={"description": "Told to the supplier"})


class WaiverQuery(PageQuery):
    """Which of your waivers."""

    state = Choice(WAIVER_STATES)
    requirement = Str(max=40)
    supplier = Str(max=40)


class OwnWaiverQuery(PageQuery):
    """Which of the waivers granted to you, or to a plant of yours."""

    state = Choice(WAIVER_STATES)
    organization = Str(max=40)


class WaiverSchema(BaseSchema):
    """A waiver as its issuer sees it; the supplier by the name under which it was granted.

    state: ``ended`` when its last day is over, ``replaced`` when a later one was granted.
    """

    id = Str(required=True)
    requirement = Str(required=True)
    supplier = Str(required=True)
    reason = Choice(REASONS, required=True)
    note = Str(required=True)
    until = Day(required=True)
    due = Day(required=True, allow_none=True)
    level = Int(required=True, allow_none=True)
    state = Choice(WAIVER_STATES, required=True)
    approver = Str(required=True, allow_none=True, metadata={"description": "The person who granted it"})
    granted_on = Day(required=True)
    granted_at = Moment(required=True)
    revoked_on = Day(required=True, allow_none=True)
    revocation = Str(required=True, allow_none=True)


class OwnWaiverSchema(BaseSchema):
    """A waiver as the supplier sees it: of the issuer only what its obligation tells."""

    id = Str(required=True)
    requirement = Str(required=True, metadata={"description": "Your own name of it, where the issuer is not shown"})
    issuer = fields.Dict(required=True, allow_none=True)
    reason = Choice(REASONS, required=True)
    note = Str(required=True)
    until = Day(required=True)
    due = Day(required=True, allow_none=True)
    level = Int(required=True, allow_none=True)
    state = Choice(WAIVER_STATES, required=True)
    granted_on = Day(required=True)
    revoked_on = Day(required=True, allow_none=True)
    revocation = Str(required=True, allow_none=True)


class WaivedSchema(BaseSchema):
    """The waiver that an obligation stands under: until when, and what is asked meanwhile (null: as before)."""

    id = Str(required=True)
    until = Day(required=True)
    due = Day(required=True, allow_none=True)
    level = Int(required=True, allow_none=True)
