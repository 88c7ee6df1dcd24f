"""Invitations: how somebody comes to act for an organization, and how an entry is claimed.

An invitation claims an unclaimed entry. To one that has an owner only that owner's own invitations
lead, and to its verified owner's alone: anybody else's is made and looks the same to its sender, and
is refused to its bearer like one that was used, so that nobody is let in and no sender learns more.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Select, or_, select, update

from supplychain.accounts import keys
from supplychain.accounts import operations as accounts
from supplychain.accounts.models import ApiKey, Invitation, Person
from supplychain.accounts.permissions import Role
from supplychain.errors import Forbidden, Gone, Invalid, NotFound
from supplychain.network import claims, directory, facts
from supplychain.network.models import Organization, SupplierRecord, SupplyLink
from supplychain.network.standing import UNCLAIMED, UNVERIFIED, require_verified
from supplychain.work import Actor, Work

KEY_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class Accepted:
    """A seat, and the first key's text, shown once."""

    organization: Organization
    roles: tuple[str, ...]
    key: ApiKey
    text: str


def invite(work: Work, sent: Mapping[str, Any]) -> tuple[Invitation, str]:
    """Invite somebody to act for an organization; the row and its token, which is shown once.

    The inviter is the organization itself, a buyer with a link to it or a record of it, a programme
    organiser, or the operator. Raises Invalid for an unknown organization, Forbidden for the rest.
    """
    require_verified(work)
    organization = directory.named(work, sent["organization"], "/organization")
    _check_may_invite(work, organization, sent["role"])
    token, token_hash = keys.token()
    row = Invitation(
        token_hash=token_hash,
        organization=organization.number,
        inviter=work.actor.organization,
        email=sent["email"].lower(),
        role=sent["role"],
        language=sent["language"],
        created_at=work.now,
        expires_at=work.now + timedelta(days=sent["expires_in_days"]),
    )
    work.session.add(row)
    work.session.flush()
    work.record("invitation.sent", row.id, row.inviter)
    return row, token


def sent_by(organization: int) -> Select[Invitation]:
    """The invitations an organization sent."""
    return select(Invitation).where(Invitation.inviter == organization)


def revoke(work: Work, invitation_id: str) -> Invitation:
    """Take back an invitation of the caller's; one that was accepted stays so. Raises NotFound."""
    row = work.session.scalar(sent_by(work.actor.organization).where(Invitation.id == invitation_id).with_for_update())
    if row is None:
        raise NotFound
    if row.accepted_at is None and row.revoked_at is None:
        row.revoked_at = work.now
        work.record("invitation.revoked", row.id, row.inviter)
    return row


def preview(work: Work, token: str) -> Invitation:
    """The open invitation a token belongs to. Raises NotFound, Gone once it is over."""
    row = _of_token(work, token)
    if row.state_at(work.now) != "open":
        raise Gone("invitation-gone")
    return row


def accept(work: Work, token: str, *, name: str, email: str | None = None, language: str | None = None) -> Accepted:
    """Take the seat an invitation offers, once; an unclaimed entry is claimed by it, unverified.

    Raises NotFound for a token that is none, Gone when it is over or leads to an entry with another
    owner, Invalid when the address is not the invited one.
    """
    row = _of_token(work, token)
    if email is not None and email.lower() != row.email:
        raise Invalid.at("/email", "address-not-invited")
    _use_up(work, row)
    organization = directory.by_number(work, {row.organization})[row.organization]
    _check_leads_in(organization, row)
    person = accounts.enroll(
        work, organization.number, email=row.email, name=name, roles=[row.role], language=language or row.language
    )
    work.session.flush()
    row.accepted_by = person.number
    with _acting(work, organization, person):
        work.record("invitation.accepted", row.id, row.inviter)
        if organization.claim == UNCLAIMED:
            _claim(work, organization, row.inviter)
        key, text = accounts.issue_key(
            work,
            organization.number,
            person.number,
            roles=[row.role],
            name=name,
            expires_at=work.now + timedelta(days=KEY_DAYS),
        )
    return Accepted(organization, (row.role,), key, text)


def _check_may_invite(work: Work, organization: Organization, role: str) -> None:
    offered = set(_offered_everywhere(work.actor.roles))
    if organization.number == work.actor.organization:
        offered |= work.actor.roles
    elif not offered and _deals_with(work, organization):
        offered.add(Role.SUPPLIER)
    if not offered:
        raise Forbidden("invitation-not-yours")
    if role not in offered:
        raise Invalid.at("/role", "role-not-yours", allowed=", ".join(sorted(offered)))


def _offered_everywhere(roles: frozenset[str]) -> Iterator[str]:
    """Roles an inviter may offer at any organization: a programme its participants', the operator all."""
    if Role.OPERATOR in roles:
        yield from Role
    if Role.ORGANISER in roles:
        yield from (Role.SUPPLIER, Role.BRAND)


def _deals_with(work: Work, organization: Organization) -> bool:
    me = work.actor.organization
    mine = or_(SupplyLink.buyer == me, SupplyLink.owner == me)
    link = select(SupplyLink.number).where(SupplyLink.supplier == organization.number, mine)
    record = select(SupplierRecord.number).where(
        SupplierRecord.owner == me, SupplierRecord.organization == organization.number
    )
    return any(work.session.scalar(query.limit(1)) is not None for query in (link, record))


def _of_token(work: Work, token: str) -> Invitation:
    row = work.session.scalar(select(Invitation).where(Invitation.token_hash == keys.token_hash(token)))
    if row is None:
        raise NotFound
    return row


def _use_up(work: Work, row: Invitation) -> None:
    """Mark it accepted in one statement: of two at once, one waits for the other and finds it gone."""
    statement = (
        update(Invitation)
        .where(
            Invitation.number == row.number,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > work.now,
        )
        .values(accepted_at=work.now)
        .returning(Invitation.number)
    )
    if work.session.scalar(statement) is None:
        raise Gone("invitation-gone")


def _check_leads_in(organization: Organization, row: Invitation) -> None:
    if organization.claim != UNCLAIMED and row.inviter != organization.number:
        raise Gone("invitation-gone")


def _claim(work: Work, organization: Organization, inviter: int) -> None:
    sender = directory.by_number(work, {inviter})[inviter]
    reviewer = claims.default_reviewer(work, organization, sender)
    organization.claim = UNVERIFIED
    organization.claim_reviewer = reviewer
    # Until it is verified and chooses, whoever verifies it also reads what it submits.
    organization.evidence_reviewer = organization.evidence_reviewer or reviewer
    work.session.flush()
    work.change(facts.of_organization(organization))
    work.record("organization.claimed", organization.id, organization.number)
    work.emit("organization.claimed", organization.id, organization.number)


@contextmanager
def _acting(work: Work, organization: Organization, person: Person) -> Iterator[None]:
    """Write as the organization just entered: before, the bearer of a token is nobody."""
    nobody = work.actor
    work.become(Actor(organization.number, organization.id, person.number))
    yield
    work.session.flush()
    work.become(nobody)
