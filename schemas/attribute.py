"""Attributes of organizations that reviewers confirm, on the wire."""

from marshmallow import validate

from graph.terms import PROVABLE
from schemas.base import BaseSchema, Choice, Many, Nested, PageQuery, Str
from schemas.country import Country
from schemas.organization import NamedSchema, ProvenSchema


class PrintedAttributesSchema(BaseSchema):
    """Attributes with the values that a document bears; what it does not bear is left out."""

    country = Country()
    region = Str(min=1, max=80, metadata={"example": "Guangdong"})
    sector = Str(min=1, max=20, metadata={"example": "PCB"})
    size = Str(min=1, max=10, metadata={"example": "sme"})


class StatedSchema(BaseSchema):
    """What is stated of an organization; null where nothing is."""

    country = Str(required=True, allow_none=True)
    region = Str(required=True, allow_none=True)
    sector = Str(required=True, allow_none=True)
    size = Str(required=True, allow_none=True)


class ReviewedAttributesSchema(BaseSchema):
    """What an organization states of itself and what of it is proven, for its reviewer."""

    organization = Nested(NamedSchema, required=True)
    attributes = Nested(StatedSchema, required=True)
    proven = Nested(ProvenSchema, required=True)


class ReviewedQuerySchema(PageQuery):
    """Organizations assigned to the caller, or one of them."""

    organization = Str(max=40)


class ConfirmationSchema(BaseSchema):
    """The values as the document bears them, and what the document is."""

    attributes = Nested(
        PrintedAttributesSchema,
        required=True,
        validate=validate.Length(min=1, max=len(PROVABLE), error="items {min} {max}"),
    )
    note = Str(required=True, min=3, max=2000, metadata={"example": "Pollutant discharge permit of 2025, page 3"})


class WithdrawalSchema(BaseSchema):
    """Which attributes are no longer held to be proven, and why."""

    attributes = Many(Choice(PROVABLE), required=True, min=1, max=len(PROVABLE))
    note = Str(required=True, min=3, max=2000)
