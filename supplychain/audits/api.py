"""Routes of findings and decisions."""

from typing import Any

from flask import Response, url_for

from schemas.base import page_of
from schemas.finding import (
    DECISION_EXAMPLE,
    FINDING_EXAMPLE,
    DecisionQuery,
    DecisionRequestSchema,
    DecisionSchema,
    FindingQuery,
    FindingRequestSchema,
    FindingSchema,
    StatementSchema,
    VerificationSchema,
)
from supplychain.accounts.permissions import Permission
from supplychain.audits import operations, queries
from supplychain.audits.models import Decision, Finding
from supplychain.audits.queries import of_decision, of_finding
from supplychain.audits.terms import Severity
from supplychain.http import Blueprint, answer, current, page_of_select

blp = Blueprint("audits", __name__, url_prefix="/v1", description="What reviewers found, and what they decided")
BLUEPRINTS = (blp,)


@blp.route("/findings", methods=["POST"], permission=Permission.FINDINGS_WRITE)
@blp.arguments(FindingRequestSchema, example=FINDING_EXAMPLE)
@blp.response(201, FindingSchema)
def open_finding(args: dict[str, Any]) -> Response:
    """Record a finding at an organization assigned to you."""
    row = operations.open_finding(current(), **{**args, "severity": Severity(args["severity"])})
    where = url_for("audits.get_finding", finding_id=row.id)
    return answer(of_finding(*queries.shown(current(), row)), 201, Location=where)


@blp.route("/findings", permission=Permission.FINDINGS_READ)
@blp.arguments(FindingQuery, location="query")
@blp.response(200, page_of(FindingSchema))
def list_findings(args: dict[str, Any]) -> Response:
    """List the findings about you and those you recorded."""
    cursor, limit = args.pop("cursor", None), args.pop("limit")
    query = queries.listed(current(), Finding, **args)
    return page_of_select(query, [Finding.number], lambda rows: [of_finding(*row) for row in rows], cursor, limit)


@blp.route("/findings/<finding_id>", permission=Permission.FINDINGS_READ)
@blp.response(200, FindingSchema)
def get_finding(finding_id: str) -> Response:
    """Show one finding."""
    return _told(queries.finding(current(), finding_id))


@blp.route("/findings/<finding_id>/explain", methods=["POST"], permission=Permission.EVIDENCE_SUBMIT)
@blp.arguments(StatementSchema, example={"note": "Pallets of a late delivery; the exits are open again"})
@blp.response(200, FindingSchema)
def explain_finding(args: dict[str, Any], finding_id: str) -> Response:
    """Explain a finding about you."""
    return _told(operations.explain(current(), finding_id, args["note"]))


@blp.route("/findings/<finding_id>/rectify", methods=["POST"], permission=Permission.EVIDENCE_SUBMIT)
@blp.arguments(StatementSchema, example={"note": "Floor marked, daily round by the shift leader"})
@blp.response(200, FindingSchema)
def rectify_finding(args: dict[str, Any], finding_id: str) -> Response:
    """Say what you did about a finding."""
    return _told(operations.rectify(current(), finding_id, args["note"]))


@blp.route("/findings/<finding_id>/verify", methods=["POST"], permission=Permission.FINDINGS_WRITE)
@blp.arguments(VerificationSchema, example={"decision": "accept"})
@blp.response(200, FindingSchema)
def verify_finding(args: dict[str, Any], finding_id: str) -> Response:
    """Say whether a finding of yours is rectified; only then does evidence count again."""
    return _told(operations.verify(current(), finding_id, accepted=args["decision"] == "accept"))


@blp.route("/decisions", methods=["POST"], permission=Permission.FINDINGS_WRITE)
@blp.arguments(DecisionRequestSchema, example=DECISION_EXAMPLE)
@blp.response(201, DecisionSchema)
def decide(args: dict[str, Any]) -> Response:
    """Decide that an indicator does not apply to an organization assigned to you, and until when."""
    row = operations.decide_not_applicable(current(), **args)
    return answer(of_decision(*queries.shown(current(), row)), 201)


@blp.route("/decisions", permission=Permission.FINDINGS_READ)
@blp.arguments(DecisionQuery, location="query")
@blp.response(200, page_of(DecisionSchema))
def list_decisions(args: dict[str, Any]) -> Response:
    """List the decisions about you and those you made."""
    cursor, limit = args.pop("cursor", None), args.pop("limit")
    query = queries.listed(current(), Decision, **args)
    return page_of_select(query, [Decision.number], lambda rows: [of_decision(*row) for row in rows], cursor, limit)


def _told(row: Finding) -> Response:
    return answer(of_finding(*queries.shown(current(), row)))
