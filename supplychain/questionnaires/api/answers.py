"""Routes of questionnaires: what is asked of the caller, the same as a form, and the answers."""

from collections.abc import Sequence
from typing import Any

from flask import Response

from schemas.questionnaire import QuestionnaireFormSchema, QuestionnaireQuery, QuestionnaireSchema
from schemas.questionnaire_answers import ANSWERS_EXAMPLE, AnsweredSchema, AnswersQuery, AnswersSchema
from supplychain.accounts.permissions import Permission
from supplychain.evidence.api import read_as, sent
from supplychain.evidence.api.sending import MAX_FILES
from supplychain.evidence.files import Upload, take_in
from supplychain.evidence.representation import of_one
from supplychain.facts.queries import shown
from supplychain.http import Blueprint, answer, current, language, require
from supplychain.questionnaires import form, operations, stating, telling
from supplychain.questionnaires.asking import questionnaire
from supplychain.work import Work

blp = Blueprint("questionnaires", __name__, url_prefix="/v1/me", description="What a framework asks, and the answers")
Arguments = dict[str, Any]
_ANSWERS = AnswersSchema()
_PARTS = {
    "type": "object",
    "required": ["answers"],
    "properties": {
        "answers": AnswersSchema,
        "file": {"type": "array", "maxItems": MAX_FILES, "items": {"type": "string", "format": "binary"}},
    },
}
_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": AnswersSchema, "example": ANSWERS_EXAMPLE},
        "multipart/form-data": {
            "schema": _PARTS,
            "example": {"answers": ANSWERS_EXAMPLE},
            "encoding": {"answers": {"contentType": "application/json"}},
        },
    },
}


@blp.route("/questionnaire", permission=Permission.ME_READ)
@blp.arguments(QuestionnaireQuery, location="query")
@blp.response(200, QuestionnaireSchema)
def get_questionnaire(query: Arguments) -> Response:
    """Show what a framework asks of you or a plant of yours: what applies, what is known, what an answer needs."""
    words = query.get("language") or language()
    return answer(telling.told(questionnaire(current(), query), words, query["mode"]), Content_Language=words)


@blp.route("/questionnaire/form", permission=Permission.ME_READ)
@blp.arguments(QuestionnaireQuery, location="query")
@blp.response(200, QuestionnaireFormSchema)
def get_questionnaire_form(query: Arguments) -> Response:
    """Show the same as a form: JSON Schema 2020-12, layouts of two form libraries, and what is known filled in."""
    words = query.get("language") or language()
    return answer(form.form(questionnaire(current(), query), words, query["mode"]), Content_Language=words)


@blp.route("/questionnaire/answers", methods=["POST"], permission=Permission.EVIDENCE_SUBMIT)
@blp.arguments(AnswersQuery, location="query")
@blp.doc(requestBody=_BODY)
@blp.response(201, AnsweredSchema)
@blp.alt_response(200, schema=AnsweredSchema)
def answer_questionnaire(query: Arguments) -> Response:
    """Send a form, whole or in part, as JSON, or with files as parts «answers» and «file»; all of it or nothing."""
    work = current()
    require(work, Permission.ME_READ)  # what is on record shows in what is unchanged
    said, uploads = sent("answers")
    body = read_as(_ANSWERS, said)
    return answered(work, query["framework"], query.get("organization"), body, uploads)


def answered(
    work: Work, framework: str, organization: str | None, body: Arguments, uploads: Sequence[Upload]
) -> Response:
    """Record what a form says, whichever way it came: all of it, or nothing."""
    names = [one.name for one in uploads]
    replies = operations.read(work, framework, organization, body, names)
    if replies.statements.new:
        require(work, Permission.FACTS_STATE)
    taken = dict(zip(names, take_in(work.runtime, uploads), strict=True))
    facts = stating.state(work, replies.statements, organization)
    seen = operations.submit(work, replies, taken)
    found = {
        "evidence": [of_one(work, one) for one in seen],
        "unchanged": list(replies.unchanged),
        "facts": [shown(work, one) for one in facts],
        "unchanged_facts": list(replies.statements.unchanged),
    }
    return answer(found, 201 if seen or facts else 200)
