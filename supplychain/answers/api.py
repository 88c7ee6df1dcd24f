"""Routes of answers: what suppliers say to what is asked of them, and what is answered back."""

from dataclasses import asdict
from typing import Any

from flask import Response, url_for

from schemas.answer import (
    ANSWER_EXAMPLE,
    REPLY_EXAMPLE,
    AnswerQuery,
    AnswerReasonsSchema,
    AnswerRequestSchema,
    AnswerSchema,
    OwnAnswerQuery,
    OwnAnswerSchema,
    ReplyRequestSchema,
)
from schemas.base import page_of
from schemas.supplier import MeQuery
from supplychain.accounts.permissions import Permission
from supplychain.answers import operations, queries
from supplychain.answers.models import Answer
from supplychain.answers.reasons import reasons
from supplychain.http import Blueprint, answer, current, page_of_items
from supplychain.network import own

blp = Blueprint("answers", __name__, url_prefix="/v1", description="What suppliers answer to what is asked of them")
BLUEPRINTS = (blp,)
Arguments = dict[str, Any]


@blp.route("/answer-reasons", permission=Permission.FRAMEWORKS_READ)
@blp.response(200, AnswerReasonsSchema)
def list_answer_reasons() -> Response:
    """List the reasons to dispute or decline that hold today, each law's with source, days and mark."""
    return answer({"items": [asdict(one) for one in reasons(current().today).values()]})


@blp.route("/me/obligations/<reference>/answers", methods=["POST"], permission=Permission.OBLIGATIONS_ANSWER)
@blp.arguments(AnswerRequestSchema, example=ANSWER_EXAMPLE)
@blp.arguments(MeQuery, location="query")
@blp.response(201, OwnAnswerSchema)
def answer_obligation(values: Arguments, query: Arguments, reference: str) -> Response:
    """Accept what is asked of you, ask, dispute or decline it; your last answer counts.

    It is heard by who asks, under the name by which it sees you, and by nobody between.
    """
    work = current()
    supplier = own.member(work, query.get("organization"), work.today)
    row = operations.answer(work, supplier, reference, values)
    return answer(next(one for one in queries.mine(work, supplier, {}) if one["id"] == row.id), 201)


@blp.route("/me/answers", permission=Permission.ME_READ)
@blp.arguments(OwnAnswerQuery, location="query")
@blp.response(200, page_of(OwnAnswerSchema))
def list_own_answers(query: Arguments) -> Response:
    """List the answers you gave, with what was answered back."""
    work = current()
    found = queries.mine(work, own.member(work, query.get("organization"), work.today), query)
    return page_of_items(found, queries.position, list, query.get("cursor"), query["limit"])


@blp.route("/answers", permission=Permission.ANSWERS_READ)
@blp.arguments(AnswerQuery, location="query")
@blp.response(200, page_of(AnswerSchema))
def list_answers(query: Arguments) -> Response:
    """List what suppliers answered to your requirements; open ones wait for you."""
    found = queries.to_me(current(), query)
    return page_of_items(found, queries.position, list, query.get("cursor"), query["limit"])


@blp.route("/answers/<answer_id>", permission=Permission.ANSWERS_READ)
@blp.response(200, AnswerSchema)
def get_answer(answer_id: str) -> Response:
    """Show one answer to one of your requirements."""
    return _told(queries.own(current(), answer_id))


@blp.route("/answers/<answer_id>/replies", methods=["POST"], permission=Permission.ANSWERS_REPLY)
@blp.arguments(ReplyRequestSchema, example=REPLY_EXAMPLE)
@blp.response(201, AnswerSchema)
def reply_to_answer(values: Arguments, answer_id: str) -> Response:
    """Answer back: explain, keep what you asked, or waive it for a time."""
    row = operations.reply(current(), answer_id, values)
    return _told(row, 201, Location=url_for("answers.get_answer", answer_id=row.id))


def _told(row: Answer, status: int = 200, **headers: str) -> Response:
    (body,) = queries.represent(current(), [row])
    return answer(body, status, **headers)
