"""Supplier records on the wire: a buyer's own private rows."""

from marshmallow import fields

from schemas.base import BaseSchema, Int, Moment, Number, PageQuery, Str
from schemas.country import Country

RECORD_EXAMPLE = {
    "organization": "org_6f0d…",
    "code": "V-20417",
    "name": "SHENZHEN KAIFENG PCB CO LTD",
    "country": "CN",
    "region": "Guangdong",
    "sector": "PCB",
    "size": "sme",
    "spend": 1250000,
    "address": "1 Kaifeng Road, Shenzhen",
}


class RecordFieldsSchema(BaseSchema):
    """What a buyer writes down about a supplier, in its own words and for its own eyes."""

    code = Str(min=1, max=80, metadata={"description": "Your own number for it, unique among yours"})
    name = Str(min=1, max=300, metadata={"description": "The name as you write it"})
    country = Country(allow_none=True)
    region = Str(min=1, max=80, allow_none=True, metadata={"example": "Guangdong"})
    sector = Str(min=1, max=20, allow_none=True, metadata={"example": "PCB"})
    size = Str(min=1, max=10, allow_none=True, metadata={"example": "sme"})
    spend = Number(min=0, max=1e15, allow_none=True, metadata={"description": "A year's spend, in your own currency"})
    address = Str(min=1, max=500, allow_none=True, metadata={"description": "As you write it"})
    staff = Number(min=0, max=1e8, allow_none=True, metadata={"description": "People; your word, which no rule reads"})
    revenue_cny = Number(min=0, max=1e15, allow_none=True, metadata={"description": "Yuan a year"})
    assets_cny = Number(min=0, max=1e15, allow_none=True, metadata={"description": "Yuan at the end of the year"})
    figures_year = Int(min=1950, max=2100, allow_none=True, metadata={"description": "Of which calendar year"})
    industry_code = Str(min=1, max=80, allow_none=True, metadata={"description": "Of whichever classification"})


class RecordEntrySchema(RecordFieldsSchema):
    """A new record about an organization of the directory."""

    organization = Str(required=True, max=40, metadata={"description": "Id of the organization it is about"})
    code = Str(required=True, min=1, max=80, metadata={"description": "Your own number for it, unique among yours"})


class RecordSchema(BaseSchema):
    """A record as its owner reads it; nobody else does."""

    id = Str(required=True)
    organization = Str(required=True)
    code = Str(required=True)
    name = Str(required=True)
    country = Str(required=True, allow_none=True)
    region = Str(required=True, allow_none=True)
    sector = Str(required=True, allow_none=True)
    size = Str(required=True, allow_none=True)
    spend = fields.Float(required=True, allow_none=True)
    address = Str(required=True, allow_none=True)
    staff = fields.Float(required=True, allow_none=True)
    revenue_cny = fields.Float(required=True, allow_none=True)
    assets_cny = fields.Float(required=True, allow_none=True)
    figures_year = fields.Integer(required=True, allow_none=True)
    industry_code = Str(required=True, allow_none=True)
    raw = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "By column, what your list wrote where reading made another value of it"},
    )
    recorded_at = Moment(required=True)


class RecordQuerySchema(PageQuery):
    """Your records, or those about one organization."""

    organization = Str(max=40)
