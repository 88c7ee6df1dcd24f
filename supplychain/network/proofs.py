"""Proofs: which attributes of an organization a reviewer confirmed on a document, value by value.

Applicability rests on them alone (domain rules: ``not_applicable`` comes only from the pack's rules over verified
facts, never from the supplier's word). A proof is of exactly the value that the document bore: whoever changes the
value ends it, and to change it back does not bring it back.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select

from supplychain.dialects import among
from supplychain.errors import Fault, Invalid, NotFound
from supplychain.network import directory, engine, facts
from supplychain.network.independence import barred, may_review
from supplychain.network.models import Organization
from supplychain.network.standing import VERIFIED, require_verified
from supplychain.work import Work


def reviews(work: Work, organization: Organization) -> bool:
    """Whether the caller reviews the evidence or the claim of an organization, or of an owner of it.

    Not once it is no longer independent of it.
    """
    network = engine.network(work)
    line = {organization.number} | network.owners_of(organization.number, work.today)
    found = work.session.scalar(_assigned_to(work.actor.organization).where(Organization.number.in_(line)).limit(1))
    return found is not None and may_review(network, work.actor.organization, organization.number, work.today)


def reviewed(work: Work) -> Select[Organization]:
    """The organizations whose attributes the caller may confirm, plants of those assigned to it among them."""
    me, network = work.actor.organization, engine.network(work)
    assigned = _assigned_to(me)
    below = {one for number in work.session.scalars(assigned) for one in network.owned_by(number, work.today)}
    mine = or_(Organization.number.in_(assigned), among(Organization.number, below))
    return select(Organization).where(mine, ~among(Organization.number, barred(network, me, work.today)))


def reviewing(work: Work, organization_id: str) -> Organization:
    """An organization whose attributes the caller may confirm. Raises NotFound."""
    row = directory.find(work, organization_id)
    if not reviews(work, row):
        raise NotFound
    return row


def confirm(work: Work, row: Organization, printed: Mapping[str, str], note: str) -> Organization:
    """Confirm attributes on a document that bears exactly these values.

    What an entry without a verified owner lacks is entered from the document, as its identifiers are. A proof
    that stands keeps its day. Raises Invalid for values that the entry does not have.
    """
    require_verified(work)
    _enter_missing(row, printed)
    differing = [name for name, value in printed.items() if getattr(row, name) != value]
    if differing:
        raise Invalid(
            "invalid-payload", faults=[Fault(f"/attributes/{name}", "attribute-differs") for name in differing]
        )
    given = {"reviewer": work.actor.organization, "on": work.today.isoformat()}
    new = {name: {"value": value, **given} for name, value in printed.items() if name not in (row.proven or {})}
    row.proven = {**(row.proven or {}), **new} or None
    work.record("attributes.confirmed", row.id, row.number, values=dict(printed), note=note)
    work.emit("attributes.confirmed", row.id, row.number, attributes=sorted(printed))
    _changed(work, row)
    return row


def withdraw(work: Work, row: Organization, names: Collection[str], note: str) -> Organization:
    """Take proofs back, as a reviewer that found them wrong; the values stay. Raises Invalid for what is unproven."""
    require_verified(work)
    missing = [at for at, name in enumerate(names) if name not in (row.proven or {})]
    if missing:
        raise Invalid("invalid-payload", faults=[Fault(f"/attributes/{at}", "attribute-unproven") for at in missing])
    before = proven_since(row)
    row.proven = {name: proof for name, proof in (row.proven or {}).items() if name not in names} or None
    tell_ended(work, row, before, note=note)
    _changed(work, row)
    return row


def tell_ended(work: Work, row: Organization, before: Collection[str], **why: Any) -> None:
    """Tell which proofs, of those there were before a change, it has ended."""
    ended = sorted(set(before) - proven_since(row).keys())
    if ended:
        work.record("attributes.unproven", row.id, row.number, attributes=ended, **why)
        work.emit("attributes.unproven", row.id, row.number, attributes=ended)


def proven_since(row: Organization) -> Mapping[str, date]:
    """The proven attributes, each with the day on which a reviewer confirmed it."""
    return {name: date.fromisoformat(proof["on"]) for name, proof in (row.proven or {}).items()}


def _assigned_to(reviewer: int) -> Select[int]:
    mine = or_(Organization.evidence_reviewer == reviewer, Organization.claim_reviewer == reviewer)
    return select(Organization.number).where(mine)


def _enter_missing(row: Organization, printed: Mapping[str, str]) -> None:
    if row.claim == VERIFIED:
        return
    for name, value in printed.items():
        if getattr(row, name) is None:
            setattr(row, name, value)


def _changed(work: Work, row: Organization) -> None:
    work.session.flush()
    work.change(facts.of_organization(row))
    work.touch(row.number)
