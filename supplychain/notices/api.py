"""Routes of notices, of the caller's wish for digests, and of the reminders of a requirement."""

from typing import Any

from flask import Response

from schemas.base import page_of
from schemas.notice import NoticePreferenceSchema, NoticeQuery, NoticeSchema, ReminderScheduleSchema
from supplychain.accounts.permissions import Permission
from supplychain.http import Blueprint, answer, current, page_of_select
from supplychain.notices import operations, queries
from supplychain.notices.rules import Frequency
from supplychain.work import Work

blp = Blueprint("notices", __name__, url_prefix="/v1", description="What an organization's people should know")
BLUEPRINTS = (blp,)
PREFERENCE_EXAMPLE = {"frequency": "weekly", "without": ["flag_closed"]}


@blp.route("/notices", permission=Permission.NOTICES_READ)
@blp.arguments(NoticeQuery, location="query")
@blp.response(200, page_of(NoticeSchema))
def list_notices(query: dict[str, Any]) -> Response:
    """List what your organization should know, the newest first, and whose move it is."""
    found = queries.listed(current(), query.get("kind"), query.get("since"))
    return page_of_select(
        found,
        keys=[queries.NEWEST_FIRST],
        represent=lambda rows: queries.represent(row for (row,) in rows),
        cursor=query.get("cursor"),
        limit=query["limit"],
    )


@blp.route("/notices/preference", permission=Permission.NOTICES_READ)
@blp.response(200, NoticePreferenceSchema)
def get_notice_preference() -> Response:
    """Show how often you are sent a digest about this organization, and of what not."""
    return answer(_preference(current()))


@blp.route("/notices/preference", methods=["PUT"], permission=Permission.NOTICES_READ)
@blp.arguments(NoticePreferenceSchema, example=PREFERENCE_EXAMPLE)
@blp.response(200, NoticePreferenceSchema)
def set_notice_preference(sent: dict[str, Any]) -> Response:
    """Say how often you want a digest about this organization, and of what not."""
    work = current()
    assert work.actor.person is not None  # every key is a person's
    frequency = Frequency(sent["frequency"])
    operations.prefer(work, work.actor.person, work.actor.organization, frequency, sent["without"])
    return answer(_preference(work))


@blp.route("/requirements/<requirement_id>/reminders", permission=Permission.REQUIREMENTS_READ)
@blp.response(200, ReminderScheduleSchema)
def get_reminders(requirement_id: str) -> Response:
    """Show around which days the suppliers of one of your requirements are reminded."""
    return answer({"days": operations.reminders(current(), requirement_id)})


@blp.route("/requirements/<requirement_id>/reminders", methods=["PUT"], permission=Permission.REQUIREMENTS_WRITE)
@blp.arguments(ReminderScheduleSchema, example={"days": [-60, -14, 1]})
@blp.response(200, ReminderScheduleSchema)
def set_reminders(sent: dict[str, Any], requirement_id: str) -> Response:
    """Say around which days the suppliers of one of your requirements are reminded."""
    return answer({"days": operations.remind(current(), requirement_id, sent["days"])})


def _preference(work: Work) -> dict[str, Any]:
    assert work.actor.person is not None  # every key is a person's
    frequency, without = queries.preference(work, work.actor.person, work.actor.organization)
    return {"frequency": frequency.value, "without": sorted(without)}
