"""Organizations on the wire: the shared directory, and what an organization says of itself."""

from marshmallow import validate

from graph.terms import OrganizationKind
from schemas.base import BaseSchema, Bool, Choice, Day, Many, Nested, PageQuery, Str
from schemas.country import Country
from schemas.record import RecordFieldsSchema, RecordSchema

SCHEMES = ("lei", "uscc", "vat", "gln", "duns")
CLAIMS = ("unclaimed", "unverified", "verified")
_LANGUAGE = validate.Regexp(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", error="not-a-language")

ORGANIZATION_EXAMPLE = {
    "name": "Shenzhen Kaifeng Circuits Co., Ltd.",
    "name_zh": "深圳凯峰电路有限公司",
    "kind": "company",
    "country": "CN",
    "region": "Guangdong",
    "sector": "PCB",
    "size": "sme",
    "identifiers": [{"scheme": "uscc", "value": "91110000600037341L"}],
    "record": {"code": "V-20417", "name": "SHENZHEN KAIFENG PCB CO LTD", "spend": 1250000},
}


class IdentifierSchema(BaseSchema):
    """A registered identifier; its checksum is verified and its writing normalised."""

    scheme = Choice(SCHEMES, required=True, metadata={"description": "lei, uscc (统一社会信用代码), vat, gln, duns"})
    value = Str(required=True, min=1, max=40, metadata={"example": "529900T8BM49AURSDO55"})


class AttributesSchema(BaseSchema):
    """What scopes and roll-ups test of an organization."""

    name_zh = Str(min=1, max=300, allow_none=True, metadata={"description": "The name in Chinese"})
    country = Country(allow_none=True)
    region = Str(min=1, max=80, allow_none=True, metadata={"example": "Guangdong"})
    sector = Str(min=1, max=20, allow_none=True, metadata={"example": "PCB"})
    size = Str(min=1, max=10, allow_none=True, metadata={"example": "sme"})
    languages = Many(Str(validate=_LANGUAGE, max=20), max=20, metadata={"example": ["zh", "en"]})
    identifiers = Many(Nested(IdentifierSchema), max=10)


class OrganizationEntrySchema(AttributesSchema):
    """An organization to enter; one that the directory holds under the same identifier is matched."""

    name = Str(required=True, min=1, max=300)
    kind = Choice(OrganizationKind, load_default=OrganizationKind.COMPANY.value)
    record = Nested(
        RecordFieldsSchema, metadata={"description": "Your own private row about it; attributes above fill its gaps"}
    )


class OrganizationChangeSchema(AttributesSchema):
    """What to change of an organization; what is left out stays. Identifiers are added, never taken away."""

    name = Str(min=1, max=300)
    kind = Choice(OrganizationKind)
    active = Bool(metadata={"description": "Inactive plants are left out of roll-ups"})
    listed = Bool(metadata={"description": "Consent to be listed for matchmaking; the organization's own only"})
    training_consent = Bool(metadata={"description": "Consent to be shown to trainers; the organization's own only"})


class ProvenSchema(BaseSchema):
    """The day since which each proven attribute is proven; the others are left out."""

    country = Day()
    region = Day()
    sector = Day()
    size = Day()


class OrganizationSchema(BaseSchema):
    """An entry of the directory; from ``kind`` on only for the organization and, unverified, its first source."""

    id = Str(required=True)
    name = Str(required=True)
    name_zh = Str(required=True, allow_none=True)
    identifiers = Many(Nested(IdentifierSchema), required=True)
    kind = Str()
    active = Bool()
    country = Str(allow_none=True)
    region = Str(allow_none=True)
    sector = Str(allow_none=True)
    size = Str(allow_none=True)
    languages = Many(Str())
    claim = Choice(CLAIMS, metadata={"description": "Told to the organization itself only"})
    listed = Bool()
    training_consent = Bool()
    proven = Nested(
        ProvenSchema,
        metadata={"description": "What a reviewer confirmed, and since when; told to the organization itself only"},
    )


class DirectoryEntrySchema(BaseSchema):
    """What the directory shows everybody."""

    id = Str(required=True)
    name = Str(required=True)
    name_zh = Str(required=True, allow_none=True)
    identifiers = Many(Nested(IdentifierSchema), required=True)


class NamedSchema(BaseSchema):
    """An organization by its id and name."""

    id = Str(required=True)
    name = Str(required=True)


class EnteredSchema(BaseSchema):
    """What came of an entry: 201 a new organization, 200 one that an identifier of yours was matched to.

    ``identifiers`` are those you sent that the directory holds for it; of a match nothing is told that you
    did not send. ``similar``: other organizations of your own records with the same name.
    """

    id = Str(required=True)
    name = Str(required=True, metadata={"description": "As you sent it"})
    identifiers = Many(Nested(IdentifierSchema), required=True)
    record = Nested(RecordSchema, required=True, allow_none=True)
    similar = Many(Nested(NamedSchema), required=True)


class DirectoryQuerySchema(PageQuery):
    """Look up by the beginning of a name in either language, or by a registered identifier."""

    name = Str(min=1, max=300)
    identifier = Str(min=1, max=60, metadata={"description": "In any usual writing; of any scheme"})


class MemberSchema(BaseSchema):
    """Who is calling: the organization, and what the key may do."""

    organization = Nested(OrganizationSchema, required=True)
    roles = Many(Str(), required=True)
    permissions = Many(Str(), required=True)
