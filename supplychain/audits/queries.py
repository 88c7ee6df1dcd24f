"""Who sees which finding and decision: the organization, who answers for it, and the reviewer who made it."""

from typing import Any, TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from supplychain.audits.models import Decision, Finding
from supplychain.errors import NotFound
from supplychain.network.models import Organization
from supplychain.work import Work

Row = TypeVar("Row", Finding, Decision)
_Subject, _Holder, _Reviewer = aliased(Organization), aliased(Organization), aliased(Organization)


def listed(
    work: Work, model: type[Row], *, organization: str | None = None, **equal: Any
) -> Select[Row, str, str, str]:
    """Findings or decisions the actor sees, each with the public ids of subject, holder and reviewer."""
    me = work.actor.organization
    query = (
        select(model, _Subject.id, _Holder.id, _Reviewer.id)
        .join(_Subject, _Subject.number == model.organization)
        .join(_Holder, _Holder.number == model.holder)
        .join(_Reviewer, _Reviewer.number == model.reviewer)
        .where(or_(model.organization == me, model.holder == me, model.reviewer == me))
    )
    if organization is not None:
        query = query.where(_Subject.id == organization)
    return query.where(*(getattr(model, name) == value for name, value in equal.items()))


def shown(work: Work, row: Row) -> tuple[Row, str, str, str]:
    """One row of the actor's with the public ids it is told with."""
    model = type(row)
    found = work.session.execute(listed(work, model).where(model.number == row.number)).one()
    return found[0], found[1], found[2], found[3]


def finding(work: Work, finding_id: str) -> Finding:
    """The finding with a public id, if the actor sees it. Raises NotFound."""
    found = work.session.execute(listed(work, Finding).where(Finding.id == finding_id)).one_or_none()
    if found is None:
        raise NotFound
    return found[0]


def of_finding(row: Finding, organization: str, holder: str, reviewer: str) -> dict[str, Any]:
    """A finding as it goes over the wire."""
    return {
        "id": row.id,
        "organization": organization,
        "holder": holder,
        "reviewer": reviewer,
        "framework": row.framework,
        "indicator": row.indicator,
        "severity": row.severity,
        "state": row.state,
        "observed_on": row.observed_on,
        "note": row.note,
        "explanation": row.explanation,
        "rectification": row.rectification,
        "opened_at": row.opened_at,
        "verified_at": row.verified_at,
    }


def of_decision(row: Decision, organization: str, holder: str, reviewer: str) -> dict[str, Any]:
    """A decision as it goes over the wire."""
    return {
        "id": row.id,
        "organization": organization,
        "holder": holder,
        "reviewer": reviewer,
        "framework": row.framework,
        "indicator": row.indicator,
        "reason": row.reason,
        "decided_on": row.decided_on,
        "expires_on": row.expires_on,
    }
