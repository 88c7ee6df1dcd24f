"""Requirements as the offline command reads them from a file."""

from typing import Any

from marshmallow import validate

from graph.terms import MAX_TIER, Beyond, ScopeApplies
from schemas.base import BaseSchema, Choice, Day, Int, Many, Str

MAX_LEVEL = 1_000
MAX_MONTHS = 12_000
_ANY = 10_000
_HS = validate.Regexp(r"^[0-9]{1,10}$", error="not-hs-digits")
_WORD = validate.Regexp(r"\S", error="blank")


class Ref(Str):
    """A name of the file's own: text, or a whole number that stands for its digits."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        return super()._deserialize(text, attr, data, **kwargs)


class CascadeRequirementSchema(BaseSchema):
    """One requirement (domain rules: cascade)."""

    id = Ref(required=True, validate=_WORD)
    issuer = Ref(required=True, validate=_WORD)
    pillar = Str(required=True, validate=_WORD)
    schedule = Many(Int(min=1, max=MAX_LEVEL), required=True, min=1, max=MAX_TIER)
    beyond = Choice(Beyond, load_default=Beyond.STOP.value)
    hs = Many(Str(validate=_HS), max=_ANY, load_default=list)
    scope_applies = Choice(ScopeApplies, load_default=ScopeApplies.EVERY.value)
    countries = Many(Str(validate=_WORD), max=_ANY, load_default=list)
    sectors = Many(Str(validate=_WORD), max=_ANY, load_default=list)
    effective_from = Day(allow_none=True, load_default=None)
    grace_months = Many(Int(min=0, max=MAX_MONTHS), max=MAX_TIER, load_default=list)
