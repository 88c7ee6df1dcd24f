"""Verbs of accounts: people join, keys are issued."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, delete, select

from supplychain.accounts import keys
from supplychain.accounts.models import ApiKey, Membership, Person
from supplychain.accounts.permissions import Permission, Role, permissions_of
from supplychain.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from supplychain.work import Work

LIVE_KEYS: Final = 2
"""So many keys of one person, organization and set of roles live at once: the old and its successor."""


def enroll(
    work: Work, organization: int, *, email: str, name: str, roles: Iterable[str], language: str = "en"
) -> Person:
    """Let a person act for an organization in some roles; an existing person is reused."""
    person = work.session.scalar(select(Person).where(Person.email == email.lower()))
    if person is None:
        person = Person(email=email.lower(), name=name, language=language, created_at=work.now)
        work.session.add(person)
        work.session.flush()
    held = set(
        work.session.scalars(
            select(Membership.role).where(Membership.person == person.number, Membership.organization == organization)
        )
    )
    for role in sorted({str(role) for role in roles} - held):
        work.session.add(Membership(person=person.number, organization=organization, role=role, created_at=work.now))
    return person


def issue_key(
    work: Work,
    organization: int,
    person: int,
    *,
    roles: Iterable[str],
    name: str = "",
    scopes: Iterable[str] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key and its text, which is shown once and stored nowhere."""
    minted = keys.mint()
    row = ApiKey(
        prefix=minted.prefix,
        secret_hash=minted.secret_hash,
        organization=organization,
        person=person,
        name=name,
        roles=sorted(str(role) for role in roles),
        scopes=sorted(scopes),
        created_at=work.now,
        expires_at=expires_at,
    )
    work.session.add(row)
    work.session.flush()
    work.record("key.issued", row.id, organization, roles=row.roles, scopes=row.scopes)
    return row, minted.text


def own_keys(organization: int) -> Select[ApiKey]:
    """Every key of an organization, also those that are over."""
    return select(ApiKey).where(ApiKey.organization == organization)


def people(work: Work, numbers: Collection[int]) -> Mapping[int, Person]:
    """People by their numbers."""
    rows = work.session.scalars(select(Person).where(Person.number.in_(set(numbers))))
    return {row.number: row for row in rows}


def members(work: Work, organization: int) -> Sequence[Person]:
    """Who acts for an organization, by number."""
    ids = select(Membership.person).where(Membership.organization == organization)
    return work.session.scalars(select(Person).where(Person.number.in_(ids)).order_by(Person.number)).all()


def with_role(role: Role) -> Select[int]:
    """Numbers of the organizations somebody acts for in a role."""
    return select(Membership.organization).where(Membership.role == role.value).distinct()


def expel(work: Work, organization: int) -> None:
    """Take every seat at an organization away and revoke every key: its claim did not hold.

    The caller switches to the deriver: the keys belong to somebody else's organization.
    """
    work.session.execute(delete(Membership).where(Membership.organization == organization))
    for key in work.session.scalars(own_keys(organization).where(ApiKey.revoked_at.is_(None))):
        key.revoked_at = work.now
        work.record("key.revoked", key.id, organization)


def mint_key(
    work: Work, *, name: str, roles: Collection[str] | None, scopes: Sequence[str], expires_in_days: int
) -> tuple[ApiKey, str]:
    """Make a key for the calling person, never wider than the calling key.

    roles: None = those of the calling key. Raises Forbidden for a role the person does not hold and
    for a permission the calling key lacks, Conflict when two such keys live already.
    """
    _check_scopes(scopes)
    expires_at = work.now + timedelta(days=expires_in_days)
    return _one_more(work, name, sorted(roles or work.actor.roles), sorted(set(scopes)), expires_at)


def rotate_key(work: Work, key_id: str) -> tuple[ApiKey, str]:
    """Make the successor of a key, with its roles, scopes and lifetime; the old one lives on.

    Raises NotFound, Forbidden for another person's key, Conflict for one that is over or when two
    such keys live already.
    """
    old = _find(work, key_id)
    if old.person != work.actor.person:
        raise Forbidden("key-of-another")
    if not old.live_at(work.now):
        raise Conflict("key-not-live")
    expires_at = None if old.expires_at is None else work.now + (old.expires_at - old.created_at)
    row, text = _one_more(work, old.name, old.roles, old.scopes, expires_at)
    work.record("key.rotated", old.id, old.organization, successor=row.id)
    return row, text


def revoke_key(work: Work, key_id: str) -> ApiKey:
    """End a key at once; the person's own, or one that can do no more than the calling one.

    Raises NotFound, Forbidden.
    """
    row = _find(work, key_id)
    if row.person != work.actor.person and not permissions_of(row.roles, row.scopes) <= _reach(work):
        raise Forbidden("key-of-another")
    if row.revoked_at is None:
        row.revoked_at = work.now
        work.record("key.revoked", row.id, row.organization)
    return row


def _find(work: Work, key_id: str) -> ApiKey:
    row = work.session.scalar(own_keys(work.actor.organization).where(ApiKey.id == key_id))
    if row is None:
        raise NotFound
    return row


def _reach(work: Work) -> frozenset[str]:
    """What the calling key may do once its organization is verified."""
    row = work.session.get_one(ApiKey, work.actor.key)
    return permissions_of(row.roles, row.scopes)


def _check_scopes(scopes: Sequence[str]) -> None:
    known = {str(permission) for permission in Permission}
    faults = [
        Fault(f"/scopes/{at}", "unknown-permission", {"value": scope})
        for at, scope in enumerate(scopes)
        if scope not in known
    ]
    if faults:
        raise Invalid("invalid-payload", faults=faults)


def _one_more(
    work: Work, name: str, roles: Sequence[str], scopes: Sequence[str], expires_at: datetime | None
) -> tuple[ApiKey, str]:
    actor = work.actor
    if actor.person is None:
        raise Forbidden("key-of-another")
    # Locking the person makes two keys asked for at once count each other.
    work.session.execute(select(Person.number).where(Person.number == actor.person).with_for_update())
    held = set(
        work.session.scalars(
            select(Membership.role).where(
                Membership.person == actor.person, Membership.organization == actor.organization
            )
        )
    )
    missing = sorted(set(roles) - held)
    if missing:
        raise Forbidden("role-not-held", role=missing[0])
    if not permissions_of(roles, scopes) <= _reach(work):
        raise Forbidden("key-wider")
    mine = work.session.scalars(own_keys(actor.organization).where(ApiKey.person == actor.person))
    living = [key for key in mine if key.live_at(work.now) and sorted(key.roles) == sorted(roles)]
    if len(living) >= LIVE_KEYS:
        raise Conflict("keys-two-live")
    return issue_key(
        work, actor.organization, actor.person, roles=roles, name=name, scopes=scopes, expires_at=expires_at
    )
