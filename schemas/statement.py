"""Statements on the wire: what a supplier or a brand has stated of a day, and what its paper is worth."""

from typing import Final

from marshmallow import fields

from schemas.audit import ProofSchema
from schemas.base import BaseSchema, Bool, Choice, Day, Int, Many, Moment, Nested, PageQuery, Str

STATEMENT_KINDS: Final = ("conformity", "chain")
VALIDITIES: Final = ("as_issued", "evidence_withdrawn", "withdrawn")
DOCUMENT_FORMATS: Final = ("json", "html", "pdf")
SHOW_PROOF = {
    "description": "Show the proof that it is sealed to whoever holds it; a proof tells how many entries your log had"
}


class OwnStatementRequestSchema(BaseSchema):
    """What is to be stated of one's own conformity; every framework unless one is named."""

    framework = Str(min=1, max=80, allow_none=True, load_default=None)
    obligations = Bool(
        load_default=False,
        metadata={"description": "Also what is asked of you, by whom as far as you know, and whether you meet it"},
    )
    proof = Bool(load_default=False, metadata=SHOW_PROOF)


class ChainStatementRequestSchema(BaseSchema):
    """What is to be stated of one's chain; every requirement in force unless one is named."""

    requirement = Str(min=1, max=40, allow_none=True, load_default=None)
    rows = Bool(load_default=True, metadata={"description": "Supplier by supplier, as you see them; else counts alone"})
    proof = Bool(load_default=False, metadata=SHOW_PROOF)


class StatementWithdrawalSchema(BaseSchema):
    """Why a statement is taken back; told to nobody else."""

    reason = Str(required=True, min=1)


class StatementQuery(PageQuery):
    """Which of one's own statements."""

    kind = Choice(STATEMENT_KINDS)


class StatementDocumentQuery(BaseSchema):
    """How a statement is written down."""

    format = Choice(DOCUMENT_FORMATS, metadata={"description": "Default: what `Accept` asks for, else JSON"})
    language = Choice(("en", "zh"), metadata={"description": "Default: what `Accept-Language` asks for"})


class VerificationQuery(BaseSchema):
    """How it is told what a statement is worth."""

    format = Choice(("json", "html"), metadata={"description": "Default: what `Accept` asks for, else JSON"})
    language = Choice(("en", "zh"), metadata={"description": "Default: what `Accept-Language` asks for"})


class IssuedStatementSchema(BaseSchema):
    """A statement that was issued. sha256: of the bytes of its document as JSON.

    validity: what its paper is worth. `evidence_withdrawn`: some of the evidence that decided there was withdrawn or
    rejected since.
    """

    id = Str(required=True)
    kind = Choice(STATEMENT_KINDS, required=True)
    subject = Str(required=True, metadata={"description": "Whom it is about"})
    name = Str(required=True)
    on = Day(required=True)
    known = Day(required=True)
    issued_at = Moment(required=True)
    sha256 = Str(required=True)
    bytes = Int(required=True, metadata={"description": "Of its document as JSON, in bytes"})
    proof = Bool(required=True, metadata=SHOW_PROOF)
    verify = Str(required=True, metadata={"description": "Where whoever holds the paper asks whether it is true"})
    validity = Choice(VALIDITIES, required=True)
    withdrawn_at = Moment(required=True, allow_none=True)
    withdrawal = Str(required=True, allow_none=True)


class RegisteredAsSchema(BaseSchema):
    """A registered identifier."""

    scheme = Str(required=True)
    value = Str(required=True)


class StatementPartySchema(BaseSchema):
    """Who stated something, or whom it is about, as the directory named it then."""

    id = Str(required=True)
    name = Str(required=True)
    name_zh = Str(required=True, allow_none=True)
    country = Str(required=True, allow_none=True)
    identifiers = Many(Nested(RegisteredAsSchema), required=True)


class StatementProofSchema(ProofSchema):
    """That the statement was sealed, by the first checkpoint that covers it.

    Its ``data`` in the leaf is the SHA-256 of ``salt`` (hex) and ``data`` as JSON with sorted keys and no spaces; both
    are null where the details were erased.
    """

    salt = Str(required=True, allow_none=True)
    data = fields.Dict(required=True, allow_none=True)


class StatementTrailSchema(BaseSchema):
    """Where in the audit trail of its issuer a statement is. proof: null where the issuer did not want it shown."""

    entry = Str(required=True, allow_none=True)
    sealed = Choice(("yes", "not_yet"), required=True)
    proof = Nested(StatementProofSchema, required=True, allow_none=True)


class StatementVerificationSchema(BaseSchema):
    """What a paper must say to be true, and what it is still worth. figures: null once it was taken back."""

    id = Str(required=True)
    kind = Choice(STATEMENT_KINDS, required=True)
    validity = Choice(VALIDITIES, required=True)
    withdrawn_at = Moment(required=True, allow_none=True)
    issuer = Nested(StatementPartySchema, required=True)
    subject = Nested(StatementPartySchema, required=True)
    on = Day(required=True)
    known = Day(required=True)
    issued_at = Moment(required=True)
    sha256 = Str(required=True)
    figures = fields.Dict(required=True, allow_none=True)
    trail = Nested(StatementTrailSchema, required=True)
