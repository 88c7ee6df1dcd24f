"""Who sees which evidence: its holder, the reviewer it is assigned to, and brands it was granted to.

Until somebody reviewed it, evidence is assigned to whoever its organization (or else its holder) has chosen
at the time of asking, so that what waits is taken up by the very choice of a reviewer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, bindparam, exists, func, or_, select, union
from sqlalchemy.orm import aliased

from supplychain.accounts.permissions import Permission
from supplychain.audit import AuditEntry
from supplychain.db import table_of
from supplychain.dialects import among
from supplychain.errors import NotFound
from supplychain.evidence.models import Evidence, Grant, StoredFile
from supplychain.evidence.terms import EvidenceState
from supplychain.network import engine
from supplychain.network.independence import barred, may_review
from supplychain.network.models import Organization
from supplychain.work import Work

FILE_OPENED = "file.opened"
_Subject, _Holder = aliased(Organization), aliased(Organization)


class Sight(StrEnum):
    """As what somebody sees a piece of evidence."""

    HOLDER = "holder"
    REVIEWER = "reviewer"
    BRAND = "brand"


@dataclass(frozen=True, slots=True)
class Seen:
    """A piece of evidence as one reader sees it.

    assigned: number of the organization that is to review it, or did; None = nobody was chosen.
    files: its files where they are at hand; None = to be read.
    """

    row: Evidence
    sight: Sight
    assigned: int | None
    files: tuple[StoredFile, ...] | None = None


def state_of(row: Evidence, today: date) -> EvidenceState:
    """The state as it is told: accepted evidence is expired from the day after it is valid."""
    state = EvidenceState(row.state)
    lapsed = row.valid_until is not None and row.valid_until < today
    return EvidenceState.EXPIRED if state is EvidenceState.ACCEPTED and lapsed else state


def find(work: Work, evidence_id: str) -> Seen:
    """The evidence with a public id, if the actor may see it. Raises NotFound."""
    found = work.session.execute(_rows(work.actor.organization).where(Evidence.id == evidence_id)).one_or_none()
    seen = found and _seen(work, *found)
    if not seen:
        raise NotFound
    return seen


def listed(
    work: Work, *, state: str | None = None, role: str | None = None, organization: str | None = None
) -> Select[Evidence, int | None, bool]:
    """The evidence that the actor sees, for ``seen_in``; filters are on what is displayed."""
    query = _rows(work.actor.organization).where(Evidence.number.in_(_numbers(work, role)))
    if state is not None:
        query = query.where(_told_as(EvidenceState(state), work.today))
    if organization is not None:
        query = query.where(_Subject.id == organization)
    return query


def seen_in(work: Work, rows: Sequence[Sequence[Any]]) -> list[Seen]:
    """What the rows of ``listed`` say to the actor."""
    seen = (_seen(work, *row) for row in rows)
    return [one for one in seen if one is not None]


_ORGANIZATION = table_of(Organization).c
_REVIEWERS = select(_ORGANIZATION.number, _ORGANIZATION.evidence_reviewer).where(
    _ORGANIZATION.number.in_([bindparam("organization"), bindparam("holder")])
)


def assigned_reviewer(work: Work, organization: int, holder: int) -> int | None:
    """Who is to review what is submitted now."""
    rows = work.connection.execute(_REVIEWERS, {"organization": organization, "holder": holder})
    chosen = {number: reviewer for number, reviewer in rows}  # noqa: C416 - rows, not pairs
    return chosen.get(organization) or chosen.get(holder)


def files_of(work: Work, numbers: Sequence[int]) -> Mapping[int, list[StoredFile]]:
    """Files by the number of their evidence, in the order they were sent."""
    found: dict[int, list[StoredFile]] = {}
    query = select(StoredFile).where(among(StoredFile.evidence, numbers)).order_by(StoredFile.number)
    for row in work.session.scalars(query):
        found.setdefault(row.evidence or 0, []).append(row)
    return found


def file_of(work: Work, evidence: Evidence, file_id: str) -> StoredFile:
    """One file of a piece of evidence. Raises NotFound."""
    row = work.session.scalar(
        select(StoredFile).where(StoredFile.id == file_id, StoredFile.evidence == evidence.number)
    )
    if row is None:
        raise NotFound
    return row


def openings(organization: int) -> Select[AuditEntry, str, str]:
    """Every opening of a holder's files, and who opened it."""
    return (
        select(AuditEntry, Organization.id, Organization.name)
        .join(Organization, Organization.number == AuditEntry.actor_organization)
        .where(AuditEntry.organization == organization, AuditEntry.action == FILE_OPENED)
    )


def grants(reader: int) -> Select[Grant, str, str]:
    """Grants given by or to a reader, with the public ids of both ends."""
    brand = aliased(Organization)
    return (
        select(Grant, _Holder.id, brand.id)
        .join(_Holder, _Holder.number == Grant.organization)
        .join(brand, brand.number == Grant.brand)
        .where(or_(Grant.organization == reader, Grant.brand == reader))
    )


def grant(work: Work, number: int) -> tuple[Grant, str, str]:
    """A grant of the actor's, with the public ids of both ends."""
    found = work.session.execute(grants(work.actor.organization).where(Grant.number == number)).one()
    return found[0], found[1], found[2]


# What the actor sees ------------------------------------------------------------------------


def _assigned() -> ColumnElement[int | None]:
    return func.coalesce(Evidence.reviewer, _Subject.evidence_reviewer, _Holder.evidence_reviewer)


def _granted(reader: int) -> ColumnElement[bool]:
    standing = exists().where(Grant.organization == Evidence.holder, Grant.brand == reader, Grant.revoked_at.is_(None))
    return and_(Evidence.state == EvidenceState.ACCEPTED, standing)


def _rows(reader: int) -> Select[Evidence, int | None, bool]:
    return (
        select(Evidence, _assigned(), _granted(reader))
        .join(_Subject, _Subject.number == Evidence.organization)
        .join(_Holder, _Holder.number == Evidence.holder)
    )


def _seen(work: Work, row: Evidence, assigned: int | None, granted: bool) -> Seen | None:  # noqa: FBT001 - a column
    me = work.actor.organization
    if me in {row.holder, row.organization}:
        return Seen(row, Sight.HOLDER, assigned)
    if assigned == me and Permission.EVIDENCE_REVIEW in work.actor.permissions:
        network = engine.network(work)
        if all(may_review(network, me, one, work.today) for one in {row.holder, row.organization}):
            return Seen(row, Sight.REVIEWER, assigned)
    return Seen(row, Sight.BRAND, assigned) if granted else None


def _numbers(work: Work, role: str | None) -> CompoundSelect[Any] | Select[Any]:
    me = work.actor.organization
    parts = {
        Sight.HOLDER: [
            select(Evidence.number).where(Evidence.holder == me),
            select(Evidence.number).where(Evidence.organization == me),
        ],
        Sight.REVIEWER: _queue(work) if Permission.EVIDENCE_REVIEW in work.actor.permissions else [],
        Sight.BRAND: [
            select(Evidence.number)
            .join(Grant, Grant.organization == Evidence.holder)
            .where(Grant.brand == me, Grant.revoked_at.is_(None), Evidence.state == EvidenceState.ACCEPTED)
        ],
    }
    wanted = [part for sight, some in parts.items() if role in (None, sight) for part in some]
    return union(*wanted) if wanted else select(Evidence.number).where(Evidence.number.is_(None))


def _queue(work: Work) -> list[Select[Any]]:
    me = work.actor.organization
    barring = barred(engine.network(work), me, work.today) | {me}
    mine = select(Organization.number).where(Organization.evidence_reviewer == me)
    chosen = select(Organization.number).where(Organization.evidence_reviewer.is_not(None))
    independent = and_(~among(Evidence.organization, barring), ~among(Evidence.holder, barring))
    open_ones = select(Evidence.number).where(Evidence.reviewer.is_(None), independent)
    return [
        select(Evidence.number).where(Evidence.reviewer == me, independent),
        open_ones.where(Evidence.organization.in_(mine)),
        open_ones.where(Evidence.holder.in_(mine), Evidence.organization.not_in(chosen)),
    ]


def _told_as(state: EvidenceState, today: date) -> ColumnElement[bool]:
    lapsed = and_(Evidence.valid_until.is_not(None), Evidence.valid_until < today)
    if state is EvidenceState.EXPIRED:
        return and_(Evidence.state == EvidenceState.ACCEPTED, lapsed)
    if state is EvidenceState.ACCEPTED:
        return and_(Evidence.state == state, ~lapsed)
    return Evidence.state == state
