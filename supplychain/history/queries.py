"""Which entries of the trail a reader is told: its own log, what it did, and what it may know of what concerns it.

What concerns it is found through the accessors of the things themselves: who sees a waiver sees when it was granted.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, or_, select

from graph.sight import RowKind
from supplychain.answers import queries as answers
from supplychain.answers.models import Answer
from supplychain.audit import AuditEntry
from supplychain.conformity.supplied import suppliers
from supplychain.dialects import among
from supplychain.errors import NotFound
from supplychain.evidence.models import Grant
from supplychain.evidence.queries import FILE_OPENED
from supplychain.history.rules import ACTS
from supplychain.network import engine, link_queries, visibility
from supplychain.network.models import SupplierRecord, SupplyLink
from supplychain.network.visibility import Seen
from supplychain.plans import queries as plans
from supplychain.plans.models import Plan
from supplychain.requirements import queries as requirements
from supplychain.requirements.models import Requirement
from supplychain.waivers import queries as waivers
from supplychain.waivers.models import Waiver
from supplychain.work import Work

NEWEST_FIRST = (-AuditEntry.number).label("newest_first")
LINK_TOLD = ("link.claimed", "link.confirmed", "link.disputed", "link.settled", "link.ended")
"""What both ends of a link know; what one of them changed of its own part is its own."""
WAIVED = ("waiver.granted", "waiver.revoked")
SAID = ("obligation.answered", "answer.replied")
REVIEWED = ("plan.verified", "plan.returned")
GRANTED = ("grant.given", "grant.revoked")
LEVEL = "level.changed"
Entries = Select[AuditEntry]


def own(work: Work, query: Mapping[str, Any]) -> Entries:
    """What was done about the caller, by it, and to it by others, as far as it may know."""
    me = work.actor.organization
    parts = [AuditEntry.organization == me, (AuditEntry.actor_organization == me) & AuditEntry.action.in_(ACTS)]
    ends = or_(SupplyLink.buyer == me, SupplyLink.supplier == me)
    parts += [
        _about(LINK_TOLD, select(SupplyLink.id).where(SupplyLink.owner == 0, ends)),
        _about(WAIVED, select(Waiver.id).where(Waiver.supplier == me)),
        _about(("answer.replied",), select(Answer.id).where(or_(Answer.supplier == me, Answer.holder == me))),
        _about(REVIEWED, select(Plan.id).where(or_(Plan.organization == me, Plan.holder == me))),
    ]
    plants = engine.network(work).plants_of(me, work.today)
    if plants:
        parts.append((AuditEntry.action == LEVEL) & among(AuditEntry.organization, plants))
    return _filtered(work, select(AuditEntry).where(or_(*parts)), query)


def of_link(work: Work, link_id: str) -> Entries:
    """What happened to a link that the caller may see, and to those that were joined into it. Raises NotFound."""
    row = link_queries.find(work, link_id)
    return select(AuditEntry).where(_of_links(work, SupplyLink.number == row.number))


def of_requirement(work: Work, requirement_id: str) -> Entries:
    """What happened to one of the caller's own requirements: waivers and answers under it too. Raises NotFound."""
    row = requirements.own(work, requirement_id)
    before = select(Requirement.id).where(Requirement.number == (row.predecessor or 0))
    about = (AuditEntry.organization == work.actor.organization) & or_(
        AuditEntry.subject == row.id, _about(("requirement.amended",), before)
    )
    return select(AuditEntry).where(or_(about, *_dealings(work, Waiver.requirement == row.number, row.number)))


def of_supplier(work: Work, supplier_id: str) -> Entries:
    """What the caller did about a supplier, heard from it, and sees of its levels. Raises NotFound."""
    seen = visibility.find(work, work.actor.organization, supplier_id, work.today)
    me, them = work.actor.organization, seen.organization
    parts = [*_dealings(work, Waiver.supplier == them, None, seen)]
    if seen.kind is not RowKind.PSEUDONYM:
        parts += [
            _of_links(work, _between(me, them)),
            _mine(me, select(SupplierRecord.id).where(SupplierRecord.owner == me, SupplierRecord.organization == them)),
            _about(GRANTED, select(Grant.id).where(Grant.organization == them, Grant.brand == me)),
            and_(
                AuditEntry.action == FILE_OPENED,
                AuditEntry.actor_organization == me,
                AuditEntry.organization == them,
            ),
            (AuditEntry.organization == me) & (AuditEntry.subject == supplier_id),
        ]
        shown = [one.plan.number for one in plans.shown_to_me(work) if one.plan.organization == them]
        parts.append(_mine(me, select(Plan.id).where(among(Plan.number, shown)), REVIEWED))
    if seen.kind is RowKind.IDENTITY:
        parts += _levels(work, seen)
    return select(AuditEntry).where(or_(*parts))


def _between(me: int, them: int) -> ColumnElement[bool]:
    """The links of two, and what the first privately says of the second."""
    common = or_(
        and_(SupplyLink.buyer == me, SupplyLink.supplier == them),
        and_(SupplyLink.buyer == them, SupplyLink.supplier == me),
    )
    private = and_(SupplyLink.owner == me, or_(SupplyLink.buyer == them, SupplyLink.supplier == them))
    return or_(and_(SupplyLink.owner == 0, common), private)


def _of_links(work: Work, wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    numbers = select(SupplyLink.number).where(wanted)
    ids = select(SupplyLink.id).where(or_(wanted, SupplyLink.joined_into.in_(numbers)))
    mine = AuditEntry.actor_organization == work.actor.organization
    return AuditEntry.subject.in_(ids) & or_(AuditEntry.action.in_(LINK_TOLD), mine)


def _dealings(
    work: Work, granted: ColumnElement[bool], requirement: int | None, seen: Seen | None = None
) -> list[ColumnElement[bool]]:
    """Waivers and answers that the caller, as an issuer, still sees under the name that it knew them by."""
    me = work.actor.organization
    leave = work.session.scalars(select(Waiver).where(Waiver.issuer == me, granted)).all()
    asked = Answer.requirement == requirement if seen is None else Answer.supplier == seen.organization
    said = work.session.scalars(select(Answer).where(Answer.issuer == me, asked)).all()
    names = {row.number: waivers.shown_as(work, row) for row in leave}
    heard = {row.number: answers.shown_as(work, row) for row in said}
    return [
        _about(verbs, select(model.id).where(among(model.number, _under(found, seen))))
        for verbs, model, found in ((WAIVED, Waiver, names), (SAID, Answer, heard))
    ]


def _under(shown: Mapping[int, str | None], seen: Seen | None) -> Collection[int]:
    return [number for number, name in shown.items() if name is not None and (seen is None or name == seen.id)]


def _levels(work: Work, seen: Seen) -> list[ColumnElement[bool]]:
    """Changes of its levels where the caller itself asks something of it, since it does."""
    listed = suppliers(work, work.actor.organization, work.today)
    if seen.id not in listed:
        raise NotFound
    asked: dict[tuple[str, str], date] = {}
    for one in listed[seen.id][1]:
        if one.kind is RowKind.IDENTITY and not one.passing and one.stood is not None:
            key, first = (one.requirement.framework, one.pillar), one.requirement.effective_from
            asked[key] = min(first, asked.get(key, first))
    return [
        and_(
            AuditEntry.action == LEVEL,
            AuditEntry.organization == seen.organization,
            AuditEntry.data["framework"].as_string() == framework,
            AuditEntry.data["pillar"].as_string() == pillar,
            AuditEntry.at >= _beginning(work, first),
        )
        for (framework, pillar), first in asked.items()
    ]


def _mine(me: int, ids: Select[str], verbs: Collection[str] = ()) -> ColumnElement[bool]:
    about = (AuditEntry.organization == me) & AuditEntry.subject.in_(ids)
    return about & AuditEntry.action.in_(verbs) if verbs else about


def _about(verbs: Collection[str], ids: Select[str]) -> ColumnElement[bool]:
    return AuditEntry.action.in_(verbs) & AuditEntry.subject.in_(ids)


def _filtered(work: Work, entries: Entries, query: Mapping[str, Any]) -> Entries:
    if (subject := query.get("subject")) is not None:
        entries = entries.where(AuditEntry.subject == subject)
    if (verb := query.get("verb")) is not None:
        entries = entries.where(AuditEntry.action == verb)
    if (since := query.get("since")) is not None:
        entries = entries.where(AuditEntry.at >= _beginning(work, since))
    return entries


def _beginning(work: Work, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(work.runtime.settings.time_zone)).astimezone(UTC)
