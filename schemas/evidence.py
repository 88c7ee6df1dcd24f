"""Evidence on the wire: what is submitted, reviewed, granted and opened."""

from typing import Any

from marshmallow import ValidationError, fields

from schemas.base import CODES, BaseSchema, Bool, Choice, Day, Int, Many, Moment, Nested, Number, PageQuery, Str

KINDS = ("answer", "quantity", "certificate", "declaration")
TRUSTS = ("self_declared", "documented", "certified", "audited")
STATES = ("submitted", "accepted", "rejected", "expired", "superseded", "withdrawn")
REJECTIONS = ("scope", "age", "issuer", "unreadable", "value", "identity", "period", "other")
ANSWER_EXAMPLE = {
    "kind": "answer",
    "framework": "eseec-electronics",
    "values": [{"indicator": "C19", "value": "policy"}],
    "source": "Checklist of 2026",
}
QUANTITY_EXAMPLE = {
    "kind": "quantity",
    "framework": "eseec-electronics",
    "values": [{"indicator": "E15", "value": 118.5, "unit": "KWH/MTK"}],
    "observed_from": "2025-01-01",
    "observed_to": "2025-12-31",
    "source": "Electricity meter",
}
QUOTIENT_EXAMPLE = {
    **QUANTITY_EXAMPLE,
    "values": [
        {
            "indicator": "E15",
            "numerator": {"amount": 592500, "unit": "KWH"},
            "denominator": {"amount": 5000, "unit": "MTK"},
        }
    ],
}
CERTIFICATE_EXAMPLE = {
    "kind": "certificate",
    "standard": "iso-45001",
    "certificate": {"number": "CN-45-0815", "issuer": "Example Certification", "version": "2018"},
    "issued_on": "2025-03-01",
    "valid_until": "2028-02-29",
}
_LONGEST_ANSWER = 200
LARGEST_AMOUNT = 10**15


class Answer(fields.Field[Any]):
    """Yes or no, a finite number, or a choice's id."""

    default_error_messages = {**CODES}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return Str(min=1, max=_LONGEST_ANSWER).deserialize(value)
        raise ValidationError("not-a-value")


class Exactly(Number):
    """A number as it was written: a whole one stays whole."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        super()._deserialize(value, attr, data, **kwargs)
        return value


class AmountSchema(BaseSchema):
    """How much was used, made or generated in the time observed."""

    amount = Exactly(required=True, min=-LARGEST_AMOUNT, max=LARGEST_AMOUNT, metadata={"example": 5000})
    unit = Str(required=True, min=1, max=20, metadata={"description": "UNECE Rec 20 code", "example": "MTK"})


class PriceBasisSchema(BaseSchema):
    """At which prices money is told: those of the time observed, or the constant ones of a year."""

    prices = Choice(("current", "constant"), required=True)
    year = Int(min=1949, max=2199, metadata={"description": "Of constant prices", "example": 2020})


class ValueSchema(BaseSchema):
    """What is said of one indicator, or of one of its further questions."""

    indicator = Str(required=True, min=1, max=60, metadata={"example": "E15"})
    value = Answer(
        required=True,
        metadata={"description": "true or false, a number, or a choice's id", "example": 118.5},
    )
    unit = Str(
        min=1,
        max=20,
        metadata={"description": "UNECE Rec 20 code, or a quotient of two", "example": "KWH/MTK"},
    )
    numerator = Nested(AmountSchema, metadata={"description": "What the value is the quotient of, with `denominator`"})
    denominator = Nested(AmountSchema)
    price_basis = Nested(PriceBasisSchema, metadata={"description": "Where the indicator is judged per money"})


class StatedValueSchema(ValueSchema):
    """What is said of one indicator: a value, or the two amounts of the same time whose quotient it is."""

    value = Answer(
        metadata={
            "description": "true or false, a number, or a choice's id. Left out where both amounts are sent; else it"
            " must be their quotient, to one part in a thousand.",
            "example": 118.5,
        },
    )


class CertificateSchema(BaseSchema):
    """What is printed on a certificate."""

    number = Str(required=True, min=1, max=100, metadata={"example": "CN-14-0815"})
    issuer = Str(required=True, min=1, max=200)
    version = Str(min=1, max=40, metadata={"description": "The edition or grade of the standard", "example": "2015"})
    scope = Str(max=500)


class EvidenceSubmissionSchema(BaseSchema):
    """A claim about one organization, and the plants of its own that it lists."""

    kind = Choice(KINDS, required=True)
    organization = Str(
        min=1, max=40, metadata={"description": "Whom it is about; default: yourself. Else a plant of your own."}
    )
    sites = Many(
        Str(min=1, max=40),
        max=200,
        load_default=list,
        metadata={"description": "Your plants it covers; none = the organization itself"},
    )
    framework = Str(min=1, max=80, metadata={"description": "Without version", "example": "eseec-electronics"})
    values = Many(Nested(StatedValueSchema), max=200, load_default=list)
    standard = Str(
        min=1,
        max=80,
        metadata={"description": "A standard that a framework recognises", "example": "iso-14001"},
    )
    certificate = Nested(CertificateSchema)
    observed_from = Day(metadata={"description": "First day of the period it speaks of"})
    observed_to = Day(metadata={"description": "Last day of the period it speaks of"})
    issued_on = Day()
    valid_until = Day(metadata={"description": "Last day on which it is valid"})
    source = Str(max=200, load_default="", metadata={"description": "Where it comes from", "example": "EHS system"})
    trust = Choice(TRUSTS, metadata={"description": "Default: documented with a file, else self_declared"})
    supersedes = Str(min=1, max=40, metadata={"description": "Your evidence that this one renews, once it is accepted"})


class FileSchema(BaseSchema):
    """A file of a piece of evidence; ``sha256`` is of its bytes as they were sent."""

    id = Str(required=True)
    name = Str(required=True)
    media_type = Str(required=True)
    size = Int(required=True)
    sha256 = Str(required=True)


class ReviewedSchema(BaseSchema):
    """What the reviewer decided."""

    by = Str(required=True)
    at = Moment(required=True)
    code = Choice(REJECTIONS, allow_none=True, required=True)
    note = Str(allow_none=True, required=True)


class EvidenceSchema(BaseSchema):
    """A piece of evidence. Who was granted it does not see its review."""

    id = Str(required=True)
    organization = Str(required=True)
    holder = Str(required=True, metadata={"description": "Whose evidence it is, and who grants it"})
    sites = Many(Str(), required=True)
    kind = Choice(KINDS, required=True)
    framework = Str(required=True, allow_none=True)
    values = Many(Nested(ValueSchema), required=True)
    standard = Str(required=True, allow_none=True)
    certificate = Nested(CertificateSchema, required=True, allow_none=True)
    observed_from = Day(required=True, allow_none=True)
    observed_to = Day(required=True, allow_none=True)
    issued_on = Day(required=True, allow_none=True)
    valid_until = Day(required=True, allow_none=True)
    received_at = Moment(required=True)
    source = Str(required=True)
    trust = Choice(TRUSTS, required=True)
    state = Choice(STATES, required=True)
    on_receipt = Bool(required=True, metadata={"description": "Accepted without a review"})
    supersedes = Str(required=True, allow_none=True)
    source_erased = Bool(
        required=True, metadata={"description": "Its files and words were erased; what they showed is on record still"}
    )
    files = Many(Nested(FileSchema), required=True)
    waits_for = Choice(
        ("review", "choice_of_reviewer"),
        allow_none=True,
        metadata={"description": "What it waits for: the reviewer, or its holder to choose one"},
    )
    review = Nested(ReviewedSchema, allow_none=True)
    withdrawn_for = Choice(
        ("claim-rejected",),
        allow_none=True,
        metadata={"description": "Why it was withdrawn, where its submitter did not do so itself"},
    )


class EvidenceQuery(PageQuery):
    """Which evidence: your own, what is assigned to you for review, what was granted to you; or all of it."""

    state = Choice(STATES)
    role = Choice(("holder", "reviewer", "brand"), metadata={"description": "As what you see it"})
    organization = Str(max=40)


class ReviewSchema(BaseSchema):
    """A reviewer's decision."""

    decision = Choice(("accept", "reject"), required=True)
    code = Choice(REJECTIONS, metadata={"description": "Why it is rejected"})
    note = Str(min=1, metadata={"description": "Needed with the code «other»"})
    trust = Choice(TRUSTS, metadata={"description": "What it is worth; default: what was claimed"})


class GrantRequestSchema(BaseSchema):
    """Whom to let see accepted evidence and open its files."""

    brand = Str(required=True, min=1, max=40)


class GrantSchema(BaseSchema):
    """That a brand may see the accepted evidence of an organization and open its files."""

    id = Str(required=True)
    organization = Str(required=True)
    brand = Str(required=True)
    granted_at = Moment(required=True)
    revoked_at = Moment(required=True, allow_none=True)


class OpeningSchema(BaseSchema):
    """That somebody opened a file of yours."""

    at = Moment(required=True)
    file = Str(required=True)
    evidence = Str(required=True)
    organization = Str(required=True)
    organization_name = Str(required=True)
