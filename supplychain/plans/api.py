"""Routes of corrective action plans: a supplier's own, and those that others see."""

from typing import Any

from flask import Response, url_for

from schemas.base import page_of
from schemas.plan import (
    PLAN_EXAMPLE,
    OwnPlanQuery,
    OwnPlanSchema,
    PlanQuery,
    PlanRequestSchema,
    PlanReviewRequestSchema,
    PlanSchema,
    PlanWithdrawalSchema,
    ProgressRequestSchema,
)
from schemas.supplier import MeQuery
from supplychain.accounts.permissions import Permission
from supplychain.http import Blueprint, answer, current, page_of_items
from supplychain.network import own
from supplychain.plans import operations, queries

blp = Blueprint("plans", __name__, url_prefix="/v1", description="By when a supplier will close a gap")
BLUEPRINTS = (blp,)
Arguments = dict[str, Any]


@blp.route("/me/plans", methods=["POST"], permission=Permission.PLANS_WRITE)
@blp.arguments(PlanRequestSchema, example=PLAN_EXAMPLE)
@blp.arguments(MeQuery, location="query")
@blp.response(201, OwnPlanSchema)
def make_plan(values: Arguments, query: Arguments) -> Response:
    """Say how you, or a plant of yours, will close a gap; customers whose own demand it serves see it."""
    work = current()
    row = operations.make(work, own.member(work, query.get("organization"), work.today), values)
    return answer(queries.my_item(work, row), 201, Location=url_for("plans.get_own_plan", plan_id=row.id))


@blp.route("/me/plans", permission=Permission.ME_READ)
@blp.arguments(OwnPlanQuery, location="query")
@blp.response(200, page_of(OwnPlanSchema))
def list_own_plans(query: Arguments) -> Response:
    """List your plans, and how far they are."""
    work = current()
    found = queries.mine(work, own.member(work, query.get("organization"), work.today), query)
    return page_of_items(found, queries.position_mine, list, query.get("cursor"), query["limit"])


@blp.route("/me/plans/<plan_id>", permission=Permission.ME_READ)
@blp.response(200, OwnPlanSchema)
def get_own_plan(plan_id: str) -> Response:
    """Show one of your plans."""
    work = current()
    return answer(queries.my_item(work, queries.my_plan(work, plan_id)))


@blp.route("/me/plans/<plan_id>/progress", methods=["POST"], permission=Permission.PLANS_WRITE)
@blp.arguments(ProgressRequestSchema, example={"milestone": 1, "note": "Ordered on 12 January"})
@blp.response(200, OwnPlanSchema)
def report_progress(values: Arguments, plan_id: str) -> Response:
    """Say that work has begun, or that a step is done; once all are, with evidence, the plan waits to be verified."""
    work = current()
    return answer(queries.my_item(work, operations.report(work, plan_id, values)))


@blp.route("/me/plans/<plan_id>/withdraw", methods=["POST"], permission=Permission.PLANS_WRITE)
@blp.arguments(PlanWithdrawalSchema, example={"reason": "The hall was closed"})
@blp.response(200, OwnPlanSchema)
def withdraw_plan(values: Arguments, plan_id: str) -> Response:
    """Give a plan up; it stays on record."""
    work = current()
    return answer(queries.my_item(work, operations.withdraw(work, plan_id, values["reason"])))


@blp.route("/plans", permission=Permission.PLANS_READ)
@blp.arguments(PlanQuery, location="query")
@blp.response(200, page_of(PlanSchema))
def list_plans(query: Arguments) -> Response:
    """List the plans of your suppliers that serve what you ask yourself, and those of whom you review."""
    found = queries.listed(current(), query)
    return page_of_items(found, queries.position, list, query.get("cursor"), query["limit"])


@blp.route("/plans/<plan_id>", permission=Permission.PLANS_READ)
@blp.response(200, PlanSchema)
def get_plan(plan_id: str) -> Response:
    """Show one of them."""
    work = current()
    return answer(queries.item_of(work, queries.seen(work, plan_id)))


@blp.route("/plans/<plan_id>/review", methods=["POST"], permission=Permission.PLANS_REVIEW)
@blp.arguments(PlanReviewRequestSchema, example={"decision": "accept", "note": "Seen on site"})
@blp.response(200, PlanSchema)
def review_plan(values: Arguments, plan_id: str) -> Response:
    """Say whether a plan was carried out. It changes no level: that follows from evidence alone."""
    work = current()
    shown = operations.review(work, plan_id, accepted=values["decision"] == "accept", note=values["note"])
    return answer(queries.item_of(work, shown))
