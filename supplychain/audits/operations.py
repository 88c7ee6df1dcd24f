"""Verbs of findings and decisions: a finding is recorded, explained, rectified, verified; it never vanishes."""

from datetime import date
from typing import Any

from supplychain.audits import queries
from supplychain.audits.models import Decision, Finding
from supplychain.audits.terms import FindingState, Severity
from supplychain.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from supplychain.frameworks import registry
from supplychain.network import directory, engine, proofs
from supplychain.network.models import Organization
from supplychain.work import Work


def open_finding(
    work: Work,
    organization: str,
    *,
    framework: str,
    indicator: str,
    severity: Severity,
    observed_on: date,
    note: str,
) -> Finding:
    """Record what the actor found at an organization assigned to it. Raises Invalid."""
    faults = _unknown(work, framework, indicator)
    if observed_on > work.today:
        faults.append(Fault("/observed_on", "in-the-future", {"today": work.today}))
    _refuse(faults)
    subject = _assigned(work, organization)
    row = Finding(
        organization=subject.number,
        holder=_holder(work, subject),
        reviewer=work.actor.organization,
        framework=framework,
        indicator=indicator,
        severity=severity.value,
        state=FindingState.OPEN.value,
        observed_on=observed_on,
        note=note,
        opened_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    _tell(work, "finding.opened", row, severity=row.severity)
    return row


def explain(work: Work, finding_id: str, note: str) -> Finding:
    """Say, as who answers for it, why it came to a finding; it stays one. Raises NotFound, Conflict, Forbidden."""
    row = _own(work, finding_id)
    if row.state not in (FindingState.OPEN, FindingState.EXPLAINED):
        raise Conflict(_why_not[FindingState(row.state)], state=row.state)
    row.explanation = note
    row.state = FindingState.EXPLAINED.value
    _tell(work, "finding.explained", row)
    return row


def rectify(work: Work, finding_id: str, note: str) -> Finding:
    """Say, as who answers for it, what was done about it. Raises NotFound, Conflict, Forbidden."""
    row = _own(work, finding_id)
    if row.state != FindingState.EXPLAINED:
        raise Conflict(_why_not[FindingState(row.state)], state=row.state)
    row.rectification = note
    row.state = FindingState.RECTIFIED.value
    _tell(work, "finding.rectified", row)
    return row


def verify(work: Work, finding_id: str, *, accepted: bool) -> Finding:
    """Decide, as the reviewer who recorded it, whether it is rectified; if not it is to be rectified again.

    Raises NotFound, Conflict.
    """
    row = queries.finding(work, finding_id)
    if row.reviewer != work.actor.organization:
        raise NotFound
    if row.state == FindingState.VERIFIED:
        raise Conflict("finding-verified", state=row.state)
    if row.state != FindingState.RECTIFIED:
        raise Conflict("finding-not-rectified", state=row.state)
    row.state = (FindingState.VERIFIED if accepted else FindingState.EXPLAINED).value
    row.verified_at = work.now if accepted else None
    _tell(work, "finding.verified" if accepted else "finding.returned", row)
    return row


def decide_not_applicable(
    work: Work, organization: str, *, framework: str, indicator: str, reason: str, expires_on: date
) -> Decision:
    """Decide, as the reviewer it is assigned to, that an indicator does not apply. Raises Invalid."""
    faults = _unknown(work, framework, indicator)
    if expires_on < work.today:
        faults.append(Fault("/expires_on", "before-today", {"today": work.today}))
    _refuse(faults)
    subject = _assigned(work, organization)
    row = Decision(
        organization=subject.number,
        holder=_holder(work, subject),
        reviewer=work.actor.organization,
        framework=framework,
        indicator=indicator,
        reason=reason,
        decided_on=work.today,
        expires_on=expires_on,
        decided_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    _tell(work, "decision.made", row, indicator=indicator)
    return row


_why_not = {
    FindingState.OPEN: "finding-not-explained",
    FindingState.RECTIFIED: "finding-rectified",
    FindingState.VERIFIED: "finding-verified",
}


def _own(work: Work, finding_id: str) -> Finding:
    if not work.actor.verified:
        # Whoever accepted an invitation may be anybody; findings are none of its business yet.
        raise Forbidden("claim-unverified")
    row = queries.finding(work, finding_id)
    if work.actor.organization not in {row.organization, row.holder}:
        raise NotFound
    return row


def _unknown(work: Work, framework: str, indicator: str) -> list[Fault]:
    versions = [one for one in registry(work) if one.id == framework]
    if not versions:
        known = ", ".join(sorted({one.id for one in registry(work)}))
        return [Fault("/framework", "unknown-framework", {"known": known})]
    if all(one.indicator(indicator) is None for one in versions):
        return [Fault("/indicator", "unknown-indicator", {"framework": framework})]
    return []


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Invalid("invalid-payload", faults=faults)


def _assigned(work: Work, organization: str) -> Organization:
    """An organization whose evidence or claim the actor reviews, or a plant of such a one."""
    subject = directory.named(work, organization, "/organization")
    if not proofs.reviews(work, subject):
        raise Invalid.at("/organization", "not-assigned-to-you")
    return subject


def _holder(work: Work, subject: Organization) -> int:
    company = engine.network(work).company_of(subject.number, work.today)
    return company if company is not None and subject.claim == "unclaimed" else subject.number


def _tell(work: Work, what: str, row: Finding | Decision, **data: Any) -> None:
    work.record(what, row.id, row.holder, **data)
    work.emit(what, row.id, row.organization)
    work.touch(row.organization)
