"""Routes of statements: a supplier's own, a brand's of its chain, and what anybody who holds one is told."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, request, url_for

from schemas.base import MomentQuery, page_of
from schemas.statement import (
    ChainStatementRequestSchema,
    IssuedStatementSchema,
    OwnStatementRequestSchema,
    StatementDocumentQuery,
    StatementQuery,
    StatementVerificationSchema,
    StatementWithdrawalSchema,
    VerificationQuery,
)
from schemas.supplier import MeQuery
from supplychain.accounts.permissions import Permission
from supplychain.http import PUBLIC, Blueprint, answer, current, language, page, page_of_select
from supplychain.statements import operations, queries
from supplychain.statements.canonical import read
from supplychain.statements.models import Statement
from supplychain.statements.paper import html, naming
from supplychain.statements.paper.drawing import drawn
from supplychain.statements.verification import verification

blp = Blueprint("statements", __name__, url_prefix="/v1", description="A day on paper, for whoever asks")
BLUEPRINTS = (blp,)
Arguments = dict[str, Any]
MEDIA_TYPES: Mapping[str, str] = {"json": "application/json", "html": "text/html", "pdf": "application/pdf"}
_TEXT = {"type": "string"}
_BINARY = {"type": "string", "format": "binary"}


@blp.route("/me/statements", methods=["POST"], permission=Permission.CONFORMITY_STATE)
@blp.arguments(OwnStatementRequestSchema, example={"framework": "eseec-electronics@1"})
@blp.arguments(MeQuery, location="query")
@blp.response(201, IssuedStatementSchema)
def state_conformity(asked: Arguments, query: Arguments) -> Response:
    """Have your own conformity, or that of a plant of yours, on a day put on paper, to hand to whom you like."""
    return _issued(operations.state_conformity(current(), query, asked))


@blp.route("/statements", methods=["POST"], permission=Permission.STATEMENTS_ISSUE)
@blp.arguments(ChainStatementRequestSchema, example={"rows": False})
@blp.arguments(MomentQuery, location="query")
@blp.response(201, IssuedStatementSchema)
def state_chain(asked: Arguments, query: Arguments) -> Response:
    """Have where your chain stands on a day put on paper: your requirements, and your suppliers as you see them."""
    return _issued(operations.state_chain(current(), query, asked))


@blp.route("/statements", permission=Permission.STATEMENTS_READ)
@blp.arguments(StatementQuery, location="query")
@blp.response(200, page_of(IssuedStatementSchema))
def list_statements(query: Arguments) -> Response:
    """List the statements that you had issued."""
    listed = queries.listed(current(), query.get("kind"))
    return page_of_select(listed, [Statement.number], _items, query.get("cursor"), query["limit"])


@blp.route("/statements/<statement_id>", permission=Permission.STATEMENTS_READ)
@blp.response(200, IssuedStatementSchema)
def get_statement(statement_id: str) -> Response:
    """Show what became of one of your statements."""
    work = current()
    return answer(queries.items(work, [queries.own(work, statement_id)])[0])


@blp.route("/statements/<statement_id>/document", permission=Permission.STATEMENTS_READ)
@blp.arguments(StatementDocumentQuery, location="query")
@blp.response(200, {"type": "object"}, description="The statement; `sha256` is the hash of these bytes")
@blp.alt_response(200, schema=_TEXT, content_type="text/html", success=True)
@blp.alt_response(200, schema=_BINARY, content_type="application/pdf", success=True)
def get_document(query: Arguments, statement_id: str) -> Response:
    """Write one of your statements down: its JSON, a page that needs nothing else, or a PDF with the JSON attached."""
    work = current()
    row = queries.own(work, statement_id)
    form, spoken = _format(query, ("json", "html", "pdf")), query.get("language") or language()
    response = Response(_written(form, row, spoken, queries.link(work, row)), mimetype=MEDIA_TYPES[form])
    name = naming.file_name(row.kind, row.told["subject"], row.looked_at, form, spoken)
    plain = f"statement-{row.looked_at}.{form}"
    disposition = "inline" if form == "html" else "attachment"
    response.headers.set("Content-Disposition", disposition, filename=plain, **{"filename*": f"UTF-8''{quote(name)}"})
    response.headers["Content-Language"] = spoken
    response.headers["Vary"] = "Accept, Accept-Language"
    if form == "html":
        response.headers["Content-Security-Policy"] = html.policy()
    return response


@blp.route("/statements/<statement_id>/withdraw", methods=["POST"], permission=Permission.STATEMENTS_ISSUE)
@blp.arguments(StatementWithdrawalSchema, example={"reason": "Sent to the wrong customer"})
@blp.response(200, IssuedStatementSchema)
def withdraw_statement(values: Arguments, statement_id: str) -> Response:
    """Take a statement back; whoever asks about its paper is told that you did."""
    work = current()
    return answer(queries.items(work, [operations.withdraw(work, statement_id, values["reason"])])[0])


@blp.route("/statements/verify/<token>", permission=PUBLIC)
@blp.arguments(VerificationQuery, location="query")
@blp.response(200, StatementVerificationSchema)
@blp.alt_response(200, schema=_TEXT, content_type="text/html", success=True)
def verify_statement(query: Arguments, token: str) -> Response:
    """Say, to whoever holds a paper, what it must say to be true, and whether it was taken back."""
    told = verification(current(), token)
    if _format(query, ("json", "html")) == "json":
        response = answer(told)
    else:
        spoken = query.get("language") or language()
        text = html.verification(told, spoken, current().today, token=token, url_for=url_for)
        response = page(text, spoken)
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def _issued(row: Statement) -> Response:
    place = url_for("statements.get_statement", statement_id=row.id)
    return answer(queries.items(current(), [row])[0], 201, Location=place)


def _items(rows: Sequence[tuple[Statement]]) -> Sequence[dict[str, Any]]:
    return queries.items(current(), [row for (row,) in rows])


def _format(query: Arguments, offered: Sequence[str]) -> str:
    """The format that is asked for; JSON where the request does not mind."""
    if query.get("format"):
        return str(query["format"])
    best = request.accept_mimetypes.best_match([MEDIA_TYPES[one] for one in offered], MEDIA_TYPES["json"])
    return next(one for one in offered if MEDIA_TYPES[one] == best)


def _written(form: str, row: Statement, spoken: str, link: str) -> bytes | str:
    if form == "json":
        return row.content
    paper = drawn(read(row.content), spoken, link, row.sha256)
    if form == "html":
        return html.written(paper)
    from supplychain.statements.paper import pdf  # noqa: PLC0415 - 20 MB, spared to a process that writes none

    return pdf.written(paper, row.content)
