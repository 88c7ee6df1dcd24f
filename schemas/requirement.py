"""Requirements on the wire: what an issuer demands of its network."""

from functools import cache
from typing import Any

import pycountry
from marshmallow import ValidationError, validate

from graph.terms import MAX_TIER, Beyond, ScopeApplies
from schemas.base import BaseSchema, Bool, Choice, Day, Int, Many, Moment, Nested, PageQuery, Str

STATES = ("draft", "published", "ended")
MAX_GRACE = 240
_TOP = 20
_HS_PREFIX = validate.Regexp(r"^[0-9]{2,10}$", error="not-an-hs-prefix")
_WORD = validate.Regexp(r"\S", error="blank")

DRAFT_EXAMPLE = {
    "title": "Health and safety, electronics",
    "framework": "eseec-electronics@1",
    "pillar": "ohs",
    "purpose": "Contract annex 4",
    "schedule": [3, 2, 1],
    "beyond": "hold",
    "grace": [12, 18, 24],
    "link_scope": ["85"],
    "supplier_scope": {"countries": ["CN", "VN"]},
    "effective_from": "2027-01-01",
}


@cache
def _countries() -> frozenset[str]:
    return frozenset(country.alpha_2 for country in pycountry.countries)


def _is_country(code: str) -> None:
    if code not in _countries():
        raise ValidationError("unknown-country")


class SupplierScopeSchema(BaseSchema):
    """Whom a requirement binds; an empty or absent list binds all. It never blocks the way further down."""

    countries = Many(
        Str(max=2, validate=_is_country), max=250, metadata={"description": "ISO 3166 alpha-2", "example": ["CN"]}
    )
    regions = Many(Str(min=1, max=80, validate=_WORD), metadata={"example": ["Guangdong"]})
    sectors = Many(Str(min=1, max=20, validate=_WORD), metadata={"example": ["PCB"]})
    sizes = Many(Str(min=1, max=10, validate=_WORD), max=20, metadata={"example": ["sme"]})


class RequirementDraftSchema(BaseSchema):
    """What an issuer demands (domain rules: cascade)."""

    title = Str(required=True, min=1, max=300, validate=_WORD)
    framework = Str(
        required=True, max=80, metadata={"description": "A framework version", "example": "eseec-electronics@1"}
    )
    pillar = Str(
        max=40, load_default="all", metadata={"description": "A pillar of the framework, or `all`", "example": "ohs"}
    )
    purpose = Str(max=300, load_default="")
    schedule = Many(
        Int(min=1, max=_TOP),
        required=True,
        min=1,
        max=MAX_TIER,
        metadata={"description": "The level of tier 1, 2, …; never increasing", "example": [3, 2, 1]},
    )
    beyond = Choice(
        Beyond,
        load_default=Beyond.STOP.value,
        metadata={"description": f"Below the last tier named: nothing (stop), or its level to tier {MAX_TIER} (hold)"},
    )
    grace = Many(
        Int(min=0, max=MAX_GRACE),
        max=MAX_TIER,
        load_default=list,
        metadata={"description": "Months by tier, the last value holds; none = due at once", "example": [12, 18, 24]},
    )
    link_scope = Many(
        Str(max=10, validate=_HS_PREFIX),
        load_default=list,
        metadata={"description": "HS code prefixes, digits only; none = every link", "example": ["8517"]},
    )
    scope_applies = Choice(
        ScopeApplies,
        load_default=ScopeApplies.EVERY.value,
        metadata={"description": "Whether the link scope tests every link, or the issuer's own links only"},
    )
    supplier_scope = Nested(SupplierScopeSchema, load_default=dict)
    effective_from = Day(
        allow_none=True, load_default=None, metadata={"description": "None = the day of publication; never before it"}
    )
    effective_to = Day(allow_none=True, load_default=None, metadata={"description": "The last day, if it is known"})
    named = Bool(load_default=False, metadata={"description": "Whether the issuer is named to suppliers beyond tier 1"})


class RequirementChangeSchema(RequirementDraftSchema):
    """What is to differ: nothing is required and nothing filled in."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"partial": True, **options})


class RequirementSchema(RequirementDraftSchema):
    """A requirement as its issuer sees it."""

    id = Str(required=True)
    state = Choice(STATES, required=True)
    predecessor = Str(allow_none=True, metadata={"description": "The requirement that this one amends"})
    successor = Str(allow_none=True, metadata={"description": "The requirement that amends this one"})
    published_at = Moment(allow_none=True)
    created_at = Moment(required=True)


class RequirementQuery(PageQuery):
    """Which of one's own requirements."""

    state = Choice(STATES)


class PublishSchema(BaseSchema):
    """From when a draft holds, if not as the draft says."""

    effective_from = Day(metadata={"description": "Default: the draft's, else today"})


class EndSchema(BaseSchema):
    """The last day of a requirement."""

    effective_to = Day(metadata={"description": "Inclusive; default: today"})
