"""Why a supplier owes what it owes, as its buyer may see it, on the wire."""

from typing import Final

from marshmallow import fields

from schemas.base import BaseSchema, Bool, Choice, Day, Int, Many, MomentQuery, Nested, QueryInt, Reason, Str
from schemas.link import PartySchema
from schemas.supplier import KINDS

MOST_WAYS: Final = 50


class HopSchema(BaseSchema):
    """One link of a path."""

    link = Str(required=True)
    buyer = Nested(PartySchema, required=True)
    supplier = Nested(PartySchema, required=True)
    category = Str(allow_none=True)


class WaySchema(BaseSchema):
    """Another way on which the requirement would arrive, as if it were the only one.

    tier: its length. level, due: what it alone would ask, amendments apart; null where the schedule asks nothing there.
    """

    tier = Int(required=True)
    level = Int(required=True, allow_none=True)
    due = Day(required=True, allow_none=True)
    path = Many(Nested(HopSchema), required=True)
    rules = Many(Nested(Reason), required=True)


class WaysSchema(BaseSchema):
    """Other ways that you may see, the shortest first, at most `limit`.

    more: there is at least one further, or may be. complete: false where the search was broken off after 20,000
    beginnings of ways, so that a shorter one than those told there is none, but longer ones may be missing.
    """

    limit = Int(required=True)
    more = Bool(required=True)
    complete = Bool(required=True)
    items = Many(Nested(WaySchema), required=True)


class ExplanationSchema(BaseSchema):
    """Why a supplier owes a level: the path, every rule applied, the facts it used.

    alternatives: the last links of the other ways. ways: these as a whole, where so many were asked for.
    """

    requirement = Str(required=True)
    title = Str(allow_none=True)
    framework = Str(required=True)
    pillars = Many(Str(), required=True)
    kind = Choice(KINDS, required=True)
    tier = Int(required=True)
    level = Int(required=True)
    due = Day(allow_none=True)
    path = Many(Nested(HopSchema), required=True)
    alternatives = Many(Nested(HopSchema), required=True)
    rules = Many(Nested(Reason), required=True)
    ways = Nested(WaysSchema, required=True, allow_none=True)


class ExplanationsSchema(BaseSchema):
    """One explanation for each of the reader's requirements."""

    items = fields.List(fields.Nested(ExplanationSchema), required=True)


class ExplanationQuery(MomentQuery):
    """Which requirement; all of them when absent. And how many other ways to tell."""

    requirement = Str(max=40)
    alternatives = QueryInt(
        min=0, max=MOST_WAYS, load_default=0, metadata={"description": "So many other ways, the shortest first"}
    )
