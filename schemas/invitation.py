"""Invitations and claims on the wire."""

from marshmallow import validate

from schemas.attribute import PrintedAttributesSchema
from schemas.base import BaseSchema, Choice, Int, Many, Moment, Nested, PageQuery, Str
from schemas.organization import IdentifierSchema, NamedSchema

ROLES = ("brand", "supplier", "reviewer", "organiser", "trainer", "operator")
LANGUAGES = ("en", "zh")
STATES = ("open", "accepted", "expired", "revoked")
REJECTIONS = ("document-missing", "document-unreadable", "identifier-differs", "not-authorised", "impostor")
MAX_DAYS = 90
EMAIL = validate.Regexp(r"^[^@\s\x00-\x20]{1,64}@[^@\s\x00-\x20]+\.[^@\s\x00-\x20.]{2,}$", error="not-an-address")

INVITATION_EXAMPLE = {
    "organization": "org_6f0d…",
    "email": "li.wei@kaifeng.example",
    "role": "supplier",
    "language": "zh",
    "expires_in_days": 30,
}


class InvitationEntrySchema(BaseSchema):
    """Somebody invited to act for an organization."""

    organization = Str(required=True, max=40)
    email = Str(required=True, max=254, validate=EMAIL)
    role = Choice(ROLES, load_default="supplier")
    language = Choice(LANGUAGES, load_default="en")
    expires_in_days = Int(min=1, max=MAX_DAYS, load_default=30)


class InvitationSchema(BaseSchema):
    """An invitation as its sender reads it."""

    id = Str(required=True)
    organization = Nested(NamedSchema, required=True)
    email = Str(required=True)
    role = Str(required=True)
    language = Str(required=True)
    state = Choice(STATES, required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True)


class InvitationSentSchema(InvitationSchema):
    """A new invitation; the token is shown this once."""

    token = Str(required=True)
    link = Str(required=True, metadata={"description": "Path of the invitation, to be put behind this host's name"})


class InvitationPreviewSchema(BaseSchema):
    """What the bearer of a token is told before accepting."""

    inviter = Str(required=True, metadata={"description": "Name of who sent it"})
    organization = Str(required=True, metadata={"description": "Name of the organization it leads to"})
    language = Str(required=True)
    expires_at = Moment(required=True)


class AcceptSchema(BaseSchema):
    """The token, and who accepts; the address is the one that was invited."""

    token = Str(required=True, min=1, max=200)
    name = Str(required=True, min=1, max=200, metadata={"example": "Li Wei"})
    email = Str(max=254, validate=EMAIL)
    language = Choice(LANGUAGES, metadata={"description": "Default: the invitation's"})


class AcceptedSchema(BaseSchema):
    """A seat at the organization, and the first key; its text is shown this once."""

    organization = Nested(NamedSchema, required=True)
    claim = Str(required=True, metadata={"description": "unverified until a reviewer saw a document"})
    roles = Many(Str(), required=True)
    key = Str(required=True, metadata={"description": "Send it as «Authorization: Bearer …»"})
    key_id = Str(required=True)
    key_expires_at = Moment(required=True, allow_none=True)


class ContactSchema(BaseSchema):
    """Somebody who acts for the organization."""

    name = Str(required=True)
    email = Str(required=True)


class ClaimSchema(BaseSchema):
    """A claim that waits for its reviewer. ``contacts`` are told to the reviewer alone."""

    organization = Nested(NamedSchema, required=True)
    identifiers = Many(Nested(IdentifierSchema), required=True)
    claim = Str(required=True)
    reviewer = Nested(NamedSchema, required=True, allow_none=True)
    contacts = Many(Nested(ContactSchema))


class ClaimQuerySchema(PageQuery):
    """Claims that wait: a reviewer's own, for the operator all."""


class ClaimVerificationSchema(IdentifierSchema):
    """The registered identifier as printed on the document, and what the document is."""

    note = Str(required=True, min=3, max=2000, metadata={"example": "Business licence issued 2021-04-09, copy seen"})
    attributes = Nested(
        PrintedAttributesSchema, metadata={"description": "What else the document bears of the organization"}
    )


class ClaimRejectionSchema(BaseSchema):
    """Why a claim is rejected."""

    code = Choice(REJECTIONS, required=True)
    note = Str(required=True, min=3, max=2000)


class ReviewerAssignmentSchema(BaseSchema):
    """Which reviewer is to see an organization's documents."""

    reviewer = Str(required=True, max=40)


class ReviewersSchema(BaseSchema):
    """Reviewers whose word an organization accepts."""

    reviewers = Many(Str(max=40), required=True, max=50)


class ReviewerListSchema(BaseSchema):
    """Reviewers by id and name."""

    items = Many(Nested(NamedSchema), required=True)


class ChosenReviewerSchema(BaseSchema):
    """Who reviews an organization's evidence, and whom it may choose."""

    reviewer = Nested(NamedSchema, required=True, allow_none=True)
    choices = Many(Nested(NamedSchema), required=True)
