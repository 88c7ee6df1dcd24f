"""What was noticed, for whom, and who wants to be told of it by e-mail."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from supplychain.accounts.models import Membership
from supplychain.dialects import among
from supplychain.i18n import LANGUAGES, sentence
from supplychain.network import engine
from supplychain.network.models import Organization
from supplychain.notices import rules
from supplychain.notices.models import Digest, Notice, NoticePreference, ReminderSchedule
from supplychain.notices.rules import Frequency, Kind
from supplychain.work import Work

DAILY_OF_EVERYTHING = (Frequency.DAILY, frozenset[str]())
NEWEST_FIRST = (-Notice.number).label("newest_first")


def listed(work: Work, kind: str | None, since: date | None) -> Select[Notice]:
    """The notices of the caller's organization."""
    query = select(Notice).where(Notice.organization == work.actor.organization)
    if kind is not None:
        query = query.where(Notice.kind == kind)
    return query if since is None else query.where(Notice.day >= since)


def represent(rows: Iterable[Notice]) -> Iterable[Mapping[str, Any]]:
    """Notices as their organization sees them."""
    for row in rows:
        yield {
            "id": row.id,
            "kind": row.kind,
            "day": row.day,
            "subject": row.subject,
            "move": rules.MOVES[Kind(row.kind)].value,
            "text": text(row),
        }


def text(row: Notice) -> Mapping[str, str]:
    """What a notice says, in every language; ``names`` among its values are what each language calls things."""
    values = {"subject": row.subject, **row.data}
    names = values.pop("names", {})
    return {one: sentence(f"notice.{row.kind}", one, {**values, **names.get(one, {})}) for one in LANGUAGES}


def days_of(work: Work, requirements: Iterable[int]) -> Mapping[int, Sequence[int]]:
    """Around which days the suppliers of some requirements are reminded, where the issuer said so."""
    query = select(ReminderSchedule.requirement, ReminderSchedule.days)
    rows = work.session.execute(query.where(among(ReminderSchedule.requirement, requirements)))
    return {row.requirement: row.days for row in rows}


def preference(work: Work, person: int, organization: int) -> tuple[Frequency, Collection[str]]:
    """How often, and of what not."""
    row = work.session.get(NoticePreference, (person, organization))
    return DAILY_OF_EVERYTHING if row is None else (Frequency(row.frequency), frozenset(row.without))


def seats(work: Work) -> Sequence[tuple[int, int]]:
    """Who acts for which organization (person, organization), where the claim is verified or none is needed.

    The owner of an unverified claim is told nothing: it may only submit.
    """
    query = (
        select(Membership.person, Membership.organization)
        .join(Organization, Organization.number == Membership.organization)
        .where(Organization.claim != "unverified")
        .distinct()
        .order_by(Membership.organization, Membership.person)
    )
    return [(row.person, row.organization) for row in work.session.execute(query)]


def reached_at(work: Work, organization: int) -> int:
    """Who is told what concerns an organization: itself, or the company of a plant that nobody claimed."""
    claim = work.session.scalar(select(Organization.claim).where(Organization.number == organization))
    company = engine.network(work).company_of(organization, work.today) if claim == "unclaimed" else None
    return organization if company is None else company


def last_sent(work: Work, person: int, organization: int) -> int:
    """The number of the last notice that a mail server took for a person; 0 = none."""
    query = select(func.max(Digest.upto)).where(_of(person, organization), Digest.sent_at.is_not(None))
    return work.session.scalar(query) or 0


def between(work: Work, organization: int, after: int, upto: int, without: Collection[str]) -> Sequence[Notice]:
    """The notices of an organization by number, without some kinds."""
    query = select(Notice).where(
        Notice.organization == organization,
        Notice.number > after,
        Notice.number <= upto,
        Notice.kind.not_in(sorted(without)),
    )
    return work.session.scalars(query.order_by(Notice.number)).all()


def newest(work: Work) -> Mapping[int, int]:
    """The number of the newest notice of every organization that has one."""
    query = select(Notice.organization, func.max(Notice.number).label("newest")).group_by(Notice.organization)
    return {row.organization: row.newest for row in work.session.execute(query)}


def _of(person: int, organization: int) -> ColumnElement[bool]:
    return (Digest.person == person) & (Digest.organization == organization)
