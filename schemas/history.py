"""Who did what when, on the wire."""

from schemas.account import PersonSchema
from schemas.base import BaseSchema, Bilingual, Choice, Day, Moment, Nested, PageQuery, Str
from schemas.organization import NamedSchema

PARTIES = (
    *("you", "system", "buyer", "supplier", "customer", "reviewer", "checker"),
    *("operator", "organiser", "owner", "invited", "opener"),
)


class HistoryQuery(PageQuery):
    """Which part of the caller's history."""

    subject = Str(max=80, metadata={"description": "Id of what was done something to"})
    verb = Str(max=60, metadata={"description": "noun.past, such as evidence.accepted"})
    since = Day(metadata={"description": "Done on this day or later"})


class DoerSchema(BaseSchema):
    """Who did it, as far as the reader may know: people of its own organization, organizations that it deals with."""

    party = Choice(PARTIES, required=True, metadata={"description": "checker: a customer or the reviewer"})
    organization = Nested(NamedSchema, required=True, allow_none=True)
    person = Nested(PersonSchema, required=True, allow_none=True)


class HistorySchema(BaseSchema):
    """One thing that was done or that followed, the newest first."""

    at = Moment(required=True)
    verb = Str(required=True, metadata={"description": "noun.past"})
    subject = Str(required=True, metadata={"description": "Id of what it was done to"})
    by = Nested(DoerSchema, required=True)
    text = Nested(Bilingual, required=True)
    entry = Str(
        required=True,
        allow_none=True,
        metadata={"description": "Id of the audit entry that proves it; null where that is in another's log"},
    )
