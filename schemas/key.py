"""API keys on the wire."""

from schemas.account import PersonSchema
from schemas.base import BaseSchema, Int, Many, Moment, Nested, Str

MAX_DAYS = 730
KEY_EXAMPLE = {"name": "ERP", "scopes": ["evidence.submit", "me.read"], "expires_in_days": 365}


class KeyEntrySchema(BaseSchema):
    """A key to make. Without roles it speaks for those of the calling key; scopes narrow it."""

    name = Str(max=200, load_default="")
    roles = Many(Str(max=20), min=1, max=6)
    scopes = Many(Str(max=40), max=50, metadata={"description": "Permissions it is narrowed to; none = all its roles'"})
    expires_in_days = Int(min=1, max=MAX_DAYS, load_default=365)


class KeySchema(BaseSchema):
    """A key of the organization; its text is not stored."""

    id = Str(required=True)
    name = Str(required=True)
    prefix = Str(required=True, metadata={"description": "The part of the text after «sck_»"})
    person = Nested(PersonSchema, required=True)
    roles = Many(Str(), required=True)
    scopes = Many(Str(), required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True, allow_none=True)
    revoked_at = Moment(required=True, allow_none=True)


class KeyIssuedSchema(KeySchema):
    """A new key; its text is shown this once."""

    key = Str(required=True)
