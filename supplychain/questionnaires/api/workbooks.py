"""Routes of questionnaires as workbooks: made, sent filled in, or kept as drafts."""

from collections.abc import Iterable
from typing import Any

from flask import Response
from marshmallow import ValidationError

from schemas.questionnaire import QuestionnaireQuery
from schemas.questionnaire_answers import AnsweredSchema, AnswersQuery, AnswersSchema
from schemas.questionnaire_draft import DraftDetailSchema, DraftFormQuery
from supplychain.accounts.permissions import Permission
from supplychain.errors import Fault, Invalid
from supplychain.evidence.api.sending import MAX_FILES, sent_files, sent_part
from supplychain.faults import faults_of, unescaped
from supplychain.http import Blueprint, current, language, require
from supplychain.questionnaires import drafts, form, resuming, workbook, workbook_reading
from supplychain.questionnaires.api.answers import answered
from supplychain.questionnaires.api.drafts import shown
from supplychain.questionnaires.asking import Questionnaire, questionnaire
from supplychain.questionnaires.operations import everything
from supplychain.questionnaires.workbook_reading import Filled
from supplychain.work import Work

blp = Blueprint("questionnaire-workbooks", __name__, url_prefix="/v1/me", description="Questionnaires as workbooks")
Arguments = dict[str, Any]
_ANSWERS = AnswersSchema()
_BINARY = {"type": "string", "format": "binary"}
_WORKBOOK = {"workbook": _BINARY}
_FILES = {"file": {"type": "array", "maxItems": MAX_FILES, "items": _BINARY}}


def _body(**parts: Any) -> Arguments:
    schema = {"type": "object", "required": ["workbook"], "properties": parts}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


@blp.route("/questionnaire/workbook", permission=Permission.ME_READ)
@blp.arguments(QuestionnaireQuery, location="query")
@blp.response(200, _BINARY, content_type=workbook.XLSX)
def get_workbook(query: Arguments) -> Response:
    """Get a questionnaire as a workbook: one row a question, with drop-downs, help, and what is known filled in."""
    work, words = current(), query.get("language") or language()
    found = questionnaire(work, query)
    return _file(work, found, words, query["mode"], form.form(found, words, query["mode"])["data"])


@blp.route("/questionnaire/drafts/<draft_id>/workbook", permission=Permission.ME_READ)
@blp.arguments(DraftFormQuery, location="query")
@blp.response(200, _BINARY, content_type=workbook.XLSX)
def get_draft_workbook(query: Arguments, draft_id: str) -> Response:
    """Go on with a draft as a workbook, in any language."""
    work, words = current(), query.get("language") or language()
    row = drafts.find(work, draft_id)
    found = questionnaire(work, resuming.query_of(work, row, query))
    return _file(work, found, words, query["mode"], resuming.form_of(work, row, found, words, query["mode"])["data"])


@blp.route("/questionnaire/workbook", methods=["POST"], permission=Permission.EVIDENCE_SUBMIT)
@blp.arguments(AnswersQuery, location="query")
@blp.doc(requestBody=_body(**_WORKBOOK, **_FILES))
@blp.response(201, AnsweredSchema)
@blp.alt_response(200, schema=AnsweredSchema)
def send_workbook(query: Arguments) -> Response:
    """Send a workbook filled in, with the files it names as parts «file»: all of it, or each fault by its cell."""
    sheets, uploads = workbook_reading.opened(sent_part("workbook")), sent_files("workbook")
    work = current()
    require(work, Permission.ME_READ)
    found = everything(work, query["framework"], query.get("organization"))
    filled = workbook_reading.read(sheets, found.framework, found.organization.id)
    body, wrong = _shaped(filled)
    if wrong:
        raise Invalid("invalid-payload", faults=filled.told(wrong))
    try:
        return answered(work, query["framework"], query.get("organization"), body, uploads)
    except Invalid as refused:
        raise Invalid(refused.code, faults=filled.told(refused.faults), **refused.params) from refused


@blp.route("/questionnaire/workbook/draft", methods=["POST"], permission=Permission.EVIDENCE_SUBMIT)
@blp.arguments(AnswersQuery, location="query")
@blp.doc(requestBody=_body(**_WORKBOOK))
@blp.response(201, DraftDetailSchema)
def keep_workbook(query: Arguments) -> Response:
    """Keep a workbook as a draft: what can be read is kept, and each obstacle is told by its cell."""
    upload = sent_part("workbook")
    sent_files("workbook", at_most=0)
    sheets = workbook_reading.opened(upload)
    work = current()
    require(work, Permission.ME_READ)
    found = everything(work, query["framework"], query.get("organization"))
    filled = workbook_reading.read(sheets, found.framework, found.organization.id)
    body, wrong = _shaped(filled)
    try:
        row = drafts.save(work, framework=found.framework.key, organization=query.get("organization"), content=body)
    except Invalid as refused:
        raise Invalid(refused.code, faults=filled.told(refused.faults), **refused.params) from refused
    return shown(row, 201, unread=filled.told(wrong), told=filled.told, Location=drafts.path_of(row))


def _shaped(filled: Filled) -> tuple[Arguments, list[Fault]]:
    """What a workbook says in the shape of a form, without what has none, and what is wrong with that."""
    faults: list[Fault] = []
    while True:  # what was left out may be what the rest needs
        try:
            body: Arguments = _ANSWERS.load(filled.body)
            return body, filled.faults + faults
        except ValidationError as error:
            wrong = faults_of({"json": error.messages})
            faults = faults or wrong
            if not _leave_out(filled.body, [one.pointer for one in wrong]):
                raise


def _leave_out(body: dict[str, Any], pointers: Iterable[str]) -> int:
    """Leave out what stands at some places, or, where nothing stands, what lacks it; how much that was."""
    places = [place for pointer in pointers for place in _along(body, pointer)[-1:]]
    for inner, step in places:
        inner.pop(step, None)
    return len(places)


def _along(inner: Any, pointer: str) -> list[tuple[dict[str, Any], str]]:
    """As far as there is something on the way to a place: what holds it, and under which name."""
    found: list[tuple[dict[str, Any], str]] = []
    for step in map(unescaped, pointer.split("/")[1:]):
        if not isinstance(inner, dict) or step not in inner:
            break
        found.append((inner, step))
        inner = inner[step]
    return found


def _file(work: Work, found: Questionnaire, words: str, mode: str, data: Arguments) -> Response:
    response = Response(workbook.written(found, words, mode, data, work.today), mimetype=workbook.XLSX)
    name = found.framework.key.replace("@", "-")
    response.headers["Content-Disposition"] = f"attachment; filename={name}.xlsx"
    response.headers["Content-Language"] = words
    return response
