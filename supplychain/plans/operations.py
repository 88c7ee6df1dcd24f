"""Verbs of plans: make, report, withdraw; and accept or return, as a customer or the reviewer."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select

from supplychain.conformity.levels import levels
from supplychain.errors import Conflict, Forbidden, Invalid
from supplychain.evidence.models import Evidence
from supplychain.frameworks import registry
from supplychain.plans import queries, rules
from supplychain.plans.models import Plan, PlanReview
from supplychain.plans.queries import Shown
from supplychain.plans.rules import PlanState
from supplychain.work import Work

SETTLED = frozenset({PlanState.VERIFIED, PlanState.WITHDRAWN})


def make(work: Work, organization: int, values: Mapping[str, Any]) -> Plan:
    """Say how an organization, the caller or a plant of its own, will close a gap. Raises Invalid."""
    framework = registry(work).get(values["framework"])
    key = (organization, values["framework"], values["pillar"])
    known = framework is not None and framework.has_pillar(values["pillar"])
    held = levels(work, [key], work.today)[key].standing.level if known else None
    dues = [one["due"] for one in values["milestones"]]
    found = list(rules.faults(framework, values["pillar"], values["level"], held, dues, work.today))
    if found:
        raise Invalid("invalid-payload", faults=found)
    steps = [
        {"title": one["title"], "due": one["due"].isoformat(), "done_on": None, "note": "", "evidence": []}
        for one in values["milestones"]
    ]
    row = Plan(
        organization=organization,
        holder=work.actor.organization,
        **{name: values[name] for name in ("framework", "pillar", "level", "title", "owner")},
        milestones=steps,
        made_on=work.today,
        made_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    _tell(work, "plan.made", row)
    return row


def report(work: Work, plan_id: str, values: Mapping[str, Any]) -> Plan:
    """Say that work has begun, or that a step is done, with evidence of the plan's own organization or holder.

    Raises NotFound, Forbidden, Conflict for a plan that is over, Invalid.
    """
    row = _running(work, plan_id)
    milestone = values["milestone"]
    evidence = _evidence(work, row, values["evidence"])
    if milestone is None:
        if evidence:
            raise Invalid.at("/evidence", "evidence-of-a-milestone")
        row.started_on = row.started_on or work.today
        _tell(work, "plan.started", row)
        return row
    if milestone > len(row.milestones):
        raise Invalid.at("/milestone", "milestone-unknown", count=len(row.milestones))
    steps = [dict(one) for one in row.milestones]
    step = steps[milestone - 1]
    kept = dict.fromkeys([*step["evidence"], *evidence])
    step |= {"done_on": step["done_on"] or work.today.isoformat(), "evidence": list(kept)}
    step |= {"note": values["note"] or step["note"]}
    if all(one["done_on"] for one in steps) and not any(one["evidence"] for one in steps):
        raise Invalid.at("/evidence", "plan-needs-evidence")
    row.milestones, row.reported_at, row.started_on = steps, work.now, row.started_on or work.today
    _tell(work, "plan.reported", row, milestone=milestone)
    return row


def withdraw(work: Work, plan_id: str, reason: str) -> Plan:
    """Give a plan up. Raises NotFound, Forbidden, Conflict for a plan that is over."""
    row = _running(work, plan_id)
    row.withdrawn_on, row.withdrawal = work.today, reason
    _tell(work, "plan.withdrawn", row)
    return row


def review(work: Work, plan_id: str, *, accepted: bool, note: str) -> Shown:
    """Say, as a customer or the reviewer, whether a plan was carried out. Raises NotFound, Conflict."""
    shown = queries.seen(work, plan_id)
    if shown.state is not PlanState.DONE:
        raise Conflict("plan-not-done", state=str(shown.state))
    row = PlanReview(
        plan=shown.plan.number,
        holder=shown.plan.holder,
        reviewer=work.actor.organization,
        person=work.actor.person,
        party=shown.party,
        decision="accept" if accepted else "return",
        note=note,
        day=work.today,
        at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    # In the log of whoever says it alone: an entry names who acted, and customers know nothing of each other.
    action = "plan.verified" if accepted else "plan.returned"
    work.record(action, shown.plan.id, work.actor.organization)
    work.emit(action, shown.plan.id, shown.plan.organization)
    return queries.seen(work, plan_id)


def _running(work: Work, plan_id: str) -> Plan:
    row = queries.my_plan(work, plan_id)
    if work.actor.organization not in {row.holder, row.organization}:
        raise Forbidden("plan-not-yours")
    state = queries.my_item(work, row)["state"]
    if state in SETTLED:
        raise Conflict("plan-over", state=state)
    return row


def _evidence(work: Work, row: Plan, ids: list[str]) -> list[int]:
    """The numbers of some evidence of one's own, of any state but rejected or withdrawn. Raises Invalid."""
    own = or_(Evidence.holder == work.actor.organization, Evidence.organization == row.organization)
    gone = Evidence.state.in_(("rejected", "withdrawn"))
    query = select(Evidence.number, Evidence.id).where(Evidence.id.in_(ids), own, ~gone)
    found = {one.id: one.number for one in work.session.execute(query)}
    for at, public in enumerate(ids):
        if public not in found:
            raise Invalid.at(f"/evidence/{at}", "unknown-evidence")
    return [found[public] for public in ids]


def _tell(work: Work, what: str, row: Plan, **data: Any) -> None:
    work.session.flush()
    work.record(what, row.id, row.holder, **data)
    work.emit(what, row.id, row.organization)
