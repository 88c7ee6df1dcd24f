"""Verbs of accounts: people join, keys are issued."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from supplychain.accounts import keys
from supplychain.accounts.models import ApiKey, Membership, Person
from supplychain.work import Work


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
    work.record("key.issued", row.id, organization)
    return row, minted.text
