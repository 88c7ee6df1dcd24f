"""Claims: who says it owns an organization's entry, and the reviewer who saw a document.

A claim is unverified until a reviewer saw a document bearing the registered identifier (domain rules:
claimed). Who reviews: whom the operator assigned, else the first independent one of those that the
inviting customer or programme accepts, else nobody until the operator assigns somebody.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from supplychain.accounts import operations as accounts
from supplychain.accounts.permissions import Permission, Role
from supplychain.dialects import among
from supplychain.errors import Conflict, Invalid, NotFound
from supplychain.network import directory, engine, facts, proofs, registry
from supplychain.network.independence import may_review
from supplychain.network.models import Identifier, Organization
from supplychain.network.standing import UNCLAIMED, UNVERIFIED, VERIFIED, require_verified
from supplychain.work import Work

__all__ = ["assign", "default_reviewer", "pending", "reject", "require_verified", "reviewing", "verify"]


def pending(work: Work) -> Select[Organization]:
    """Claims that wait: for the operator all, for a reviewer those assigned to it that it may judge."""
    query = select(Organization).where(Organization.claim == UNVERIFIED)
    if Permission.CLAIMS_ASSIGN in work.actor.permissions:
        return query
    me, network = work.actor.organization, engine.network(work)
    assigned = work.session.scalars(
        query.where(Organization.claim_reviewer == me).with_only_columns(Organization.number)
    )
    mine = [number for number in assigned if may_review(network, me, number, work.today)]
    return query.where(among(Organization.number, mine))


def reviewing(work: Work, organization_id: str) -> Organization:
    """An organization whose claim is assigned to the caller.

    Raises NotFound, also once the caller is no longer independent of it.
    """
    row = directory.find(work, organization_id)
    me = work.actor.organization
    if row.claim_reviewer != me or not may_review(engine.network(work), me, row.number, work.today):
        raise NotFound
    return row


def default_reviewer(work: Work, organization: Organization, inviter: Organization) -> int | None:
    """The reviewer of a new claim, by number."""
    if organization.claim_reviewer is not None:
        return organization.claim_reviewer
    network = engine.network(work)
    accepted = (number for number in inviter.accepted_reviewers)
    return next((one for one in accepted if may_review(network, one, organization.number, work.today)), None)


def assign(work: Work, organization_id: str, reviewer_id: str) -> Organization:
    """Name the reviewer of an organization that has no verified owner; for its evidence as well.

    Raises NotFound, Conflict once the claim is verified (from then on the organization chooses),
    Invalid for somebody who is no reviewer or not independent.
    """
    row = directory.find(work, organization_id)
    if row.claim == VERIFIED:
        raise Conflict("claim-settled")
    reviewer = directory.named(work, reviewer_id, "/reviewer")
    check_reviewer(work, reviewer, row, "/reviewer")
    row.claim_reviewer = row.evidence_reviewer = reviewer.number
    work.record("claim.assigned", row.id, row.number, reviewer=reviewer.number)
    work.emit("claim.assigned", row.id, row.number)
    return row


def check_reviewer(work: Work, reviewer: Organization, organization: Organization, pointer: str) -> None:
    """Refuse who is no reviewer, or not independent of an organization. Raises Invalid."""
    known = accounts.with_role(Role.REVIEWER).subquery()
    is_reviewer = work.session.scalar(select(known.c.organization).where(known.c.organization == reviewer.number))
    if is_reviewer is None:
        raise Invalid.at(pointer, "not-a-reviewer")
    if not may_review(engine.network(work), reviewer.number, organization.number, work.today):
        raise Invalid.at(pointer, "reviewer-not-independent")


def verify(
    work: Work, row: Organization, *, scheme: str, value: str, note: str, attributes: Mapping[str, str] | None = None
) -> Organization:
    """Verify a claim on a document that bears the organization's registered identifier.

    An identifier of a scheme the directory does not have for it yet is entered from the document. attributes: what
    else the document bears, proven from then on. Raises Conflict when the claim does not wait, Invalid when the
    identifier or an attribute is another one.
    """
    require_verified(work)
    _check_waits(row)
    identifier = _as_printed(work, row, scheme, value)
    identifier.verified_at = work.now
    if attributes:
        proofs.confirm(work, row, attributes, note)
    row.claim = VERIFIED
    work.session.flush()
    work.record("claim.verified", row.id, row.number, scheme=scheme, note=note)
    work.emit("claim.verified", row.id, row.number)
    work.change(facts.of_organization(row))
    work.touch(row.number)
    return row


def reject(work: Work, row: Organization, *, code: str, note: str) -> Organization:
    """Reject a claim: the entry is unclaimed again, its seats and keys are gone.

    Raises Conflict when the claim does not wait.
    """
    require_verified(work)
    _check_waits(row)
    row.claim = UNCLAIMED
    # The seats and keys belong to the claimant, whose tenant the reviewer cannot write.
    with work.deriving():
        accounts.expel(work, row.number)
    work.change(facts.of_organization(row))
    work.record("claim.rejected", row.id, row.number, code=code, note=note)
    work.emit("claim.rejected", row.id, row.number, code=code)
    return row


def contacts(work: Work, row: Organization) -> list[dict[str, Any]]:
    """Whom the reviewer asks for the document."""
    return [{"name": person.name, "email": person.email} for person in accounts.members(work, row.number)]


def _check_waits(row: Organization) -> None:
    if row.claim != UNVERIFIED:
        raise Conflict("claim-settled")


def _as_printed(work: Work, row: Organization, scheme: str, value: str) -> Identifier:
    ((_, printed),) = registry.checked([{"scheme": scheme, "value": value}], "")
    held = [one for one in directory.identifiers_of(work, {row.number})[row.number] if one.scheme == scheme]
    same = next((one for one in held if one.value == printed), None)
    if same is not None:
        return same
    if held:
        raise Invalid.at("/value", "identifier-differs")
    registry.add(work, row.number, [(scheme, printed)], "/value")
    return next(one for one in directory.identifiers_of(work, {row.number})[row.number] if one.scheme == scheme)
