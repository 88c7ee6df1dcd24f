"""Routes of drafts: a form is saved half filled in, gone on with in any language, and sent."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response

from schemas.base import page_of
from schemas.questionnaire_answers import AnsweredSchema, AnswersSchema
from schemas.questionnaire_draft import (
    DRAFT_EXAMPLE,
    DraftChangesSchema,
    DraftDetailSchema,
    DraftEntrySchema,
    DraftFormQuery,
    DraftFormSchema,
    DraftQuery,
    DraftSchema,
)
from supplychain.accounts.permissions import Permission
from supplychain.errors import Fault
from supplychain.evidence.api.sending import MAX_FILES, sent_files
from supplychain.http import Blueprint, answer, check_if_match, current, etag, language, page_of_select, require
from supplychain.i18n import sentence
from supplychain.questionnaires import drafts, resuming
from supplychain.questionnaires.api.answers import answered
from supplychain.questionnaires.asking import questionnaire
from supplychain.questionnaires.models import QuestionnaireDraft

blp = Blueprint("questionnaire-drafts", __name__, url_prefix="/v1/me", description="Forms that are not sent yet")
Arguments = dict[str, Any]
Telling = Callable[[Sequence[Fault]], Sequence[Fault]]
_ANSWERS = AnswersSchema()
_FILES = {"type": "array", "maxItems": MAX_FILES, "items": {"type": "string", "format": "binary"}}
_SENDING = {
    "required": False,
    "content": {"multipart/form-data": {"schema": {"type": "object", "properties": {"file": _FILES}}}},
}
_ONE = "/questionnaire/drafts/<draft_id>"


@blp.route("/questionnaire/drafts", methods=["POST"], permission=Permission.EVIDENCE_SUBMIT)
@blp.arguments(DraftEntrySchema, example=DRAFT_EXAMPLE)
@blp.response(201, DraftDetailSchema)
def save_draft(sent: Arguments) -> Response:
    """Save a form half filled in; it may be wrong and wanting, counts for nothing, and nobody else sees it."""
    work = current()
    require(work, Permission.ME_READ)
    entry = {name: sent.pop(name) for name in ("framework", "organization", "title") if name in sent}
    row = drafts.save(work, content=sent, **entry)
    return shown(row, 201, Location=drafts.path_of(row))


@blp.route("/questionnaire/drafts", permission=Permission.ME_READ)
@blp.arguments(DraftQuery, location="query")
@blp.response(200, page_of(DraftSchema))
def list_drafts(query: Arguments) -> Response:
    """List your forms that are not sent yet; one of a framework version that was replaced says so."""
    own = drafts.own(current(), query.get("framework"))
    return page_of_select(own, [QuestionnaireDraft.number], _listed, query.get("cursor"), query["limit"])


@blp.route(_ONE, permission=Permission.ME_READ)
@blp.response(200, DraftDetailSchema)
def get_draft(draft_id: str) -> Response:
    """Show a draft, and what would keep it from being sent today."""
    return shown(drafts.find(current(), draft_id))


@blp.route(_ONE, methods=["PATCH"], permission=Permission.EVIDENCE_SUBMIT)
@blp.arguments(DraftChangesSchema, example={"answers": {"C19": {"value": "audited"}, "O07": {}}})
@blp.response(200, DraftDetailSchema)
def change_draft(sent: Arguments, draft_id: str) -> Response:
    """Go on with a draft: each answer sent takes the place of the one kept, an empty one drops it."""
    work = current()
    require(work, Permission.ME_READ)
    row = drafts.find(work, draft_id)
    check_if_match(row.version)
    return shown(drafts.change(work, row, sent))


@blp.route(_ONE, methods=["DELETE"], permission=Permission.EVIDENCE_SUBMIT)
@blp.response(200, DraftSchema)
def remove_draft(draft_id: str) -> Response:
    """Drop a draft; the answer shows it a last time."""
    work = current()
    require(work, Permission.ME_READ)
    row = drafts.find(work, draft_id)
    check_if_match(row.version)
    [last] = drafts.represent(work, [row])
    drafts.remove(work, row)
    return answer(last)


@blp.route(f"{_ONE}/form", permission=Permission.ME_READ)
@blp.arguments(DraftFormQuery, location="query")
@blp.response(200, DraftFormSchema)
def get_draft_form(query: Arguments, draft_id: str) -> Response:
    """Go on with a draft as a form, in any language: what it says is filled in over what is known."""
    work, words = current(), query.get("language") or language()
    row = drafts.find(work, draft_id)
    found = questionnaire(work, resuming.query_of(work, row, query))
    return answer(resuming.form_of(work, row, found, words, query["mode"]), Content_Language=words)


@blp.route(f"{_ONE}/send", methods=["POST"], permission=Permission.EVIDENCE_SUBMIT)
@blp.doc(requestBody=_SENDING)
@blp.response(201, AnsweredSchema)
@blp.alt_response(200, schema=AnsweredSchema)
def send_draft(draft_id: str) -> Response:
    """Send a draft as it stands, with the files it names as parts «file»: all of it is recorded, or nothing."""
    work = current()
    require(work, Permission.ME_READ)
    row = drafts.find(work, draft_id)
    check_if_match(row.version)
    uploads = sent_files()
    about = drafts.subject(work, row).id
    told = answered(work, row.framework, about, _ANSWERS.load(row.content), uploads)
    drafts.sent(work, row)
    return told


def shown(
    row: QuestionnaireDraft, status: int = 200, *, unread: Sequence[Fault] = (), told: Telling = list, **headers: str
) -> Response:
    """A draft as its holder reads it.

    unread: what of the file it came from could not be kept. told: says where obstacles stand in that file.
    """
    work, words = current(), language()
    [one] = drafts.represent(work, [row])
    found = [
        {"pointer": fault.pointer, "code": fault.code, "detail": sentence(f"fault.{fault.code}", words, fault.params)}
        for fault in (*unread, *told(drafts.obstacles(work, row, _ANSWERS.load(row.content))))
    ]
    return answer({**one, "content": row.content, "obstacles": found}, status, ETag=etag(row.version), **headers)


def _listed(rows: Sequence[tuple[QuestionnaireDraft]]) -> list[dict[str, Any]]:
    return drafts.represent(current(), [row for (row,) in rows])
