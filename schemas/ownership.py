"""Ownership on the wire: which organization stands below which."""

from schemas.base import BaseSchema, Bool, Choice, Day, Moment, Nested, Str
from schemas.organization import NamedSchema

STATES = ("claimed", "confirmed", "ended")
OWNERSHIP_EXAMPLE = {"child": "org_1b7c…", "parent": "org_6f0d…", "valid_from": "2024-01-01"}


class OwnershipEntrySchema(BaseSchema):
    """A claim that one organization is below another; it counts once both ends or a reviewer confirmed it."""

    child = Str(required=True, max=40, metadata={"description": "Id of the plant or subsidiary"})
    parent = Str(required=True, max=40, metadata={"description": "Id of its owner"})
    valid_from = Day(allow_none=True, metadata={"description": "First day; null = always"})
    valid_to = Day(allow_none=True, metadata={"description": "Last day; null = until ended"})


class OwnershipEndSchema(BaseSchema):
    """The last day on which it holds: yesterday at the earliest, today by default."""

    valid_to = Day()


class DocumentSeenSchema(BaseSchema):
    """What a reviewer saw."""

    reason = Str(required=True, min=3, max=2000, metadata={"example": "Register extract of 2026-11-03, page 2"})


class OwnershipSchema(BaseSchema):
    """An ownership as one of its ends, its claimant or its reviewer reads it."""

    id = Str(required=True)
    child = Nested(NamedSchema, required=True)
    parent = Nested(NamedSchema, required=True)
    valid_from = Day(required=True, allow_none=True)
    valid_to = Day(required=True, allow_none=True)
    state = Choice(STATES, required=True)
    confirmed_by_child = Bool(required=True)
    confirmed_by_parent = Bool(required=True)
    confirmed_by_reviewer = Bool(required=True)
    recorded_at = Moment(required=True)
