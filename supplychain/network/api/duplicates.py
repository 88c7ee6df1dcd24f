"""Routes of likely duplicates."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from schemas.base import page_of
from schemas.duplicate import (
    DuplicateDecisionSchema,
    DuplicateDecisionsSchema,
    DuplicateQuerySchema,
    DuplicateRulesSchema,
    DuplicateSchema,
    DuplicatesDecidedSchema,
)
from schemas.job import JobSchema
from supplychain.accounts.permissions import Permission
from supplychain.http import Blueprint, answer, check_if_match, current, etag, page_of_select
from supplychain.i18n import both
from supplychain.network import directory
from supplychain.network.duplicates import decisions, finding, searching
from supplychain.network.duplicates.models import Duplicate
from supplychain.work import Work

blp = Blueprint("duplicates", __name__, url_prefix="/v1", description="Records of yours that may be about one company")
DECISIONS = {
    "decisions": [{"duplicate": "dup_0f3a…", "decision": "same"}, {"duplicate": "dup_9c1b…", "decision": "different"}]
}


@blp.route("/duplicates", permission=Permission.DUPLICATES_READ)
@blp.arguments(DuplicateQuerySchema, location="query")
@blp.response(200, page_of(DuplicateSchema))
def list_duplicates(query: dict[str, Any]) -> Response:
    """List pairs of your records that may be about one company, the likeliest first."""
    found = decisions.listed(current(), query.get("state"), query.get("min_score"))
    keys = [Duplicate.distance, Duplicate.id]
    return page_of_select(found, keys, _listed, query.get("cursor"), query["limit"])


@blp.route("/duplicates/rules", permission=Permission.DUPLICATES_READ)
@blp.response(200, DuplicateRulesSchema)
def get_duplicate_rules() -> Response:
    """Show how pairs are found for you, and the score your decisions taught."""
    work = current()
    taught = {"threshold": decisions.threshold(work), "decisions": decisions.count(work)}
    return answer({**finding.statement(), **taught})


@blp.route("/duplicates/searches", methods=["POST"], permission=Permission.DUPLICATES_DECIDE)
@blp.response(202, JobSchema)
def search_duplicates() -> Response:
    """Search your records for pairs; what was compared before and says the same is not compared again."""
    job = searching.enqueue(current())
    shown = {"id": job.id, "kind": job.kind, "state": job.state, "done": 0, "total": 1, "result": None}
    return answer(shown, 202, Location=f"/v1/jobs/{job.id}")


@blp.route("/duplicates/decisions", methods=["POST"], permission=Permission.DUPLICATES_DECIDE)
@blp.arguments(DuplicateDecisionsSchema, example=DECISIONS)
@blp.response(200, DuplicatesDecidedSchema)
def decide_duplicates(body: dict[str, Any]) -> Response:
    """Say of several pairs what they are, in this order, all or none."""
    return answer({"items": represent(current(), decisions.decide_many(current(), body["decisions"]))})


@blp.route("/duplicates/<duplicate_id>", permission=Permission.DUPLICATES_READ)
@blp.response(200, DuplicateSchema)
def get_duplicate(duplicate_id: str) -> Response:
    """Show a pair of yours."""
    return _answered(decisions.find(current(), duplicate_id))


@blp.route("/duplicates/<duplicate_id>", methods=["PATCH"], permission=Permission.DUPLICATES_DECIDE)
@blp.arguments(DuplicateDecisionSchema, example={"decision": "same"})
@blp.response(200, DuplicateSchema)
def decide_duplicate(body: dict[str, Any], duplicate_id: str) -> Response:
    """Say what a pair is: the same company (your rows become one's), different, or unsure."""
    work = current()
    row = decisions.find(work, duplicate_id)
    check_if_match(row.version)
    return _answered(decisions.decide(work, row, **body))


def represent(work: Work, rows: Sequence[Duplicate]) -> list[dict[str, Any]]:
    """Pairs as their owner reads them."""
    records = decisions.records_of(work, rows)
    about = directory.by_number(work, {record.organization for record in records.values()})
    merges = decisions.merge_ids(work, rows)

    def written(number: int | None) -> Iterable[dict[str, Any]]:
        record = records.get(number or 0)
        if record is not None:
            names = ("id", "code", "name", "country", "address")
            yield {**{name: getattr(record, name) for name in names}, "organization": about[record.organization].id}

    return [
        {
            **{name: getattr(row, name) for name in ("id", "state", "score", "blocks", "found_at", "decided_at")},
            "parts": [{"code": part, "points": points, "text": both(f"why.{part}")} for part, points in row.parts],
            "records": [one for number in (row.first, row.second) for one in written(number)],
            "merge": merges.get(row.merge or 0),
        }
        for row in rows
    ]


def _listed(rows: Sequence[tuple[Duplicate]]) -> Iterable[dict[str, Any]]:
    return represent(current(), [row for (row,) in rows])


def _answered(row: Duplicate) -> Response:
    (shown,) = represent(current(), [row])
    return answer(shown, ETag=etag(row.version))
