"""Routes of evidence, its files and grants."""

from typing import Any
from urllib.parse import quote

import marshmallow as ma
from flask import Response, request, url_for
from werkzeug.datastructures import FileStorage

from schemas.base import PageQuery, page_of
from schemas.evidence import (
    ANSWER_EXAMPLE,
    CERTIFICATE_EXAMPLE,
    QUANTITY_EXAMPLE,
    QUOTIENT_EXAMPLE,
    EvidenceQuery,
    EvidenceSchema,
    EvidenceSubmissionSchema,
    GrantRequestSchema,
    GrantSchema,
    OpeningSchema,
    ReviewSchema,
)
from schemas.invitation import ClaimRejectionSchema, ClaimSchema
from supplychain.accounts.permissions import Permission
from supplychain.audit import AuditEntry
from supplychain.errors import Fault, Invalid, Malformed, Unsupported
from supplychain.evidence import claimants, grants, operations, queries, values
from supplychain.evidence.api.sending import MAX_FILES, upload_of
from supplychain.evidence.files import Upload, take_in
from supplychain.evidence.models import Evidence, Grant
from supplychain.evidence.representation import of_grant, of_many, of_one
from supplychain.evidence.rules import Claim
from supplychain.evidence.terms import Decided, RejectedFor
from supplychain.faults import faults_of
from supplychain.frameworks.terms import EvidenceKind, Trust
from supplychain.http import Blueprint, answer, current, page_of_select, parse_json
from supplychain.network import claims
from supplychain.network.api.claims import answered

blp = Blueprint("evidence", __name__, url_prefix="/v1", description="What suppliers claim, and what it is worth")
BLUEPRINTS = (blp,)
_SUBMISSION = EvidenceSubmissionSchema()
_EXAMPLES = {
    "answer": {"summary": "A checklist answer", "value": ANSWER_EXAMPLE},
    "quantity": {"summary": "A quantity with unit and period", "value": QUANTITY_EXAMPLE},
    "quotient": {"summary": "The same as the two amounts it is the quotient of", "value": QUOTIENT_EXAMPLE},
    "certificate": {"summary": "A certificate without its file", "value": CERTIFICATE_EXAMPLE},
}
_PARTS = {
    "type": "object",
    "required": ["evidence"],
    "properties": {
        "evidence": EvidenceSubmissionSchema,
        "file": {"type": "array", "maxItems": MAX_FILES, "items": {"type": "string", "format": "binary"}},
    },
}
_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": EvidenceSubmissionSchema, "examples": _EXAMPLES},
        "multipart/form-data": {
            "schema": _PARTS,
            "example": {"evidence": CERTIFICATE_EXAMPLE},
            "encoding": {"evidence": {"contentType": "application/json"}},
        },
    },
}


@blp.route("/evidence", methods=["POST"], permission=Permission.EVIDENCE_SUBMIT)
@blp.doc(requestBody=_BODY)
@blp.response(201, EvidenceSchema)
def submit_evidence() -> Response:
    """Submit answers, a quantity or a certificate, as JSON, or with files as parts «evidence» and «file»."""
    work = current()
    claim, uploads = _submission()
    operations.check(work, claim, has_files=bool(uploads))
    seen = operations.submit(work, claim, take_in(work.runtime, uploads))
    where = url_for("evidence.get_evidence", evidence_id=seen.row.id)
    return answer(of_one(work, seen), 201, Location=where)


@blp.route("/evidence", permission=Permission.EVIDENCE_READ)
@blp.arguments(EvidenceQuery, location="query")
@blp.response(200, page_of(EvidenceSchema))
def list_evidence(args: dict[str, Any]) -> Response:
    """List your evidence, what is assigned to you for review, and what suppliers granted to you."""
    work, cursor, limit = current(), args.pop("cursor", None), args.pop("limit")
    query = queries.listed(work, **args)
    return page_of_select(
        query, [Evidence.number], lambda rows: of_many(work, queries.seen_in(work, rows)), cursor, limit
    )


@blp.route("/evidence/<evidence_id>", permission=Permission.EVIDENCE_READ)
@blp.response(200, EvidenceSchema)
def get_evidence(evidence_id: str) -> Response:
    """Show one piece of evidence."""
    return answer(of_one(current(), queries.find(current(), evidence_id)))


@blp.route("/evidence/<evidence_id>/withdraw", methods=["POST"], permission=Permission.EVIDENCE_SUBMIT)
@blp.response(200, EvidenceSchema)
def withdraw_evidence(evidence_id: str) -> Response:
    """Take back what you submitted; it stays on record and counts for nothing."""
    return answer(of_one(current(), operations.withdraw(current(), evidence_id)))


@blp.route("/evidence/<evidence_id>/review", methods=["POST"], permission=Permission.EVIDENCE_REVIEW)
@blp.arguments(ReviewSchema, example={"decision": "reject", "code": "scope", "note": "Names another plant"})
@blp.response(200, EvidenceSchema)
def review_evidence(args: dict[str, Any], evidence_id: str) -> Response:
    """Accept or reject what is assigned to you."""
    code, trust = args.get("code"), args.get("trust")
    seen = operations.review(
        current(),
        evidence_id,
        Decided(args["decision"]),
        code=RejectedFor(code) if code else None,
        note=args.get("note"),
        trust=Trust.of(trust) if trust else None,
    )
    return answer(of_one(current(), seen))


@blp.route("/claims/<organization_id>/reject", methods=["POST"], permission=Permission.CLAIMS_VERIFY)
@blp.arguments(ClaimRejectionSchema, example={"code": "document-unreadable", "note": "The stamp cannot be read"})
@blp.response(200, ClaimSchema)
@blp.doc(tags=["claims"])
def reject_claim(sent: dict[str, Any], organization_id: str) -> Response:
    """Reject a claim: the entry is unclaimed again, the claimant's seats, keys and unreviewed evidence are gone."""
    work = current()
    return answered(claimants.reject_claim(work, claims.reviewing(work, organization_id), **sent))


@blp.route("/evidence/<evidence_id>/files/<file_id>", permission=Permission.EVIDENCE_READ, writes=True)
@blp.response(200, {"type": "string", "format": "binary"}, content_type="*/*")
def open_file(evidence_id: str, file_id: str) -> Response:
    """Open a file; its holder is told who did and when."""
    row, content = operations.open_file(current(), evidence_id, file_id)
    response = Response(content, mimetype=row.media_type)
    # RFC 6266: the name itself in UTF-8, and what is ASCII of it for clients that read no other.
    names = {"filename": row.name.encode("ascii", "ignore").decode(), "filename*": f"UTF-8''{quote(row.name)}"}
    response.headers.set("Content-Disposition", "attachment", **names)
    response.headers["Content-Length"] = str(row.size)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blp.route("/grants", methods=["POST"], permission=Permission.EVIDENCE_SUBMIT)
@blp.arguments(GrantRequestSchema, example={"brand": "org_0f3c…"})
@blp.response(201, GrantSchema)
@blp.alt_response(200, schema=GrantSchema)
def give_grant(args: dict[str, Any]) -> Response:
    """Let a brand see your accepted evidence and open its files."""
    row, new = grants.grant(current(), args["brand"])
    return answer(_shown(row), 201 if new else 200)


@blp.route("/grants", permission=Permission.EVIDENCE_READ)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(GrantSchema))
def list_grants(args: dict[str, Any]) -> Response:
    """List the grants you gave and those you were given, also the revoked ones."""
    query = queries.grants(current().actor.organization)
    return page_of_select(
        query, [Grant.number], lambda rows: [of_grant(*row) for row in rows], args.get("cursor"), args["limit"]
    )


@blp.route("/grants/<grant_id>", methods=["DELETE"], permission=Permission.EVIDENCE_SUBMIT)
@blp.response(200, GrantSchema)
def revoke_grant(grant_id: str) -> Response:
    """End a grant from now on."""
    return answer(_shown(grants.revoke(current(), grant_id)))


@blp.route("/me/openings", permission=Permission.ME_READ)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(OpeningSchema))
def list_openings(args: dict[str, Any]) -> Response:
    """List who opened which of your files, and when."""
    query = queries.openings(current().actor.organization)
    return page_of_select(
        query, [AuditEntry.number], lambda rows: [_opening(*row) for row in rows], args.get("cursor"), args["limit"]
    )


def _shown(row: Grant) -> dict[str, Any]:
    return of_grant(*queries.grant(current(), row.number))


def _opening(entry: AuditEntry, organization: str, name: str) -> dict[str, Any]:
    return {
        "at": entry.at,
        "file": entry.subject,
        "evidence": entry.data["evidence"],
        "organization": organization,
        "organization_name": name,
    }


# From the request to a claim ----------------------------------------------------------------


def sent(part: str) -> tuple[Any, list[Upload]]:
    """What a request says, and its files: a body of JSON, or a form whose part of that name is JSON.

    Raises Malformed, Invalid, Unsupported.
    """
    return _parts(part) if request.mimetype == "multipart/form-data" else (_json(), [])


def read_as(schema: ma.Schema, said: Any) -> dict[str, Any]:
    """What a body says, by its schema. Raises Invalid."""
    try:
        body: dict[str, Any] = schema.load(said)
    except ma.ValidationError as error:
        raise Invalid("invalid-payload", faults=faults_of({"json": error.messages})) from error
    return body


def _submission() -> tuple[Claim, list[Upload]]:
    said, uploads = sent("evidence")
    return _claim(read_as(_SUBMISSION, said)), uploads


def _json() -> Any:
    if not request.is_json:
        raise Unsupported("media-type", expected="application/json, multipart/form-data")
    return parse_json(request.get_data(cache=True))


def _parts(part: str) -> tuple[Any, list[Upload]]:
    texts = [*request.form.getlist(part), *map(_text_of, request.files.getlist(part))]
    uploads = [upload_of(one) for one in request.files.getlist("file")]
    faults = [Fault(f"form:{name}", "unknown-field") for name in _unknown_parts(part)]
    if len(texts) != 1:
        faults.append(Fault(f"form:{part}", "sent-twice" if texts else "required"))
    if len(uploads) > MAX_FILES:
        faults.append(Fault("form:file", "items", {"min": 0, "max": MAX_FILES}))
    if faults:
        raise Invalid("invalid-payload", faults=faults)
    if "\ufffd" in texts[0]:
        # Forms are decoded leniently; what was not UTF-8 shows as replacement characters.
        raise Malformed("json-unreadable", reason="not UTF-8")
    return parse_json(texts[0].encode()), uploads


def _unknown_parts(part: str) -> list[str]:
    return sorted((set(request.form) - {part}) | (set(request.files) - {part, "file"}))


def _text_of(part: FileStorage) -> str:
    return part.stream.read().decode("utf-8", "replace")


def _claim(body: dict[str, Any]) -> Claim:
    return Claim(
        **{
            **body,
            "kind": EvidenceKind(body["kind"]),
            "sites": tuple(body["sites"]),
            "values": tuple(map(values.read, body["values"])),
            "trust": Trust.of(body["trust"]) if "trust" in body else None,
        }
    )
