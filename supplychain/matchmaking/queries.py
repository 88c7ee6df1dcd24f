"""Who may see which event and which participant, and whom an organiser is shown."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, or_, select

from supplychain.accounts.permissions import Role
from supplychain.conformity.levels import levels
from supplychain.conformity.listing import assessed, judged
from supplychain.conformity.models import Flag
from supplychain.conformity.rules import FlagKind
from supplychain.dialects import among
from supplychain.errors import NotFound
from supplychain.frameworks import registry
from supplychain.frameworks.framework import Framework
from supplychain.matchmaking.models import MatchEvent, Registration
from supplychain.matchmaking.rules import Levels, certain_level
from supplychain.network.models import Organization
from supplychain.work import Work

Found = TypeVar("Found", MatchEvent, Registration)


def events(work: Work) -> Select[MatchEvent]:
    """The events a reader may see: its own, those it takes part in, and those open to members."""
    me = work.actor.organization
    joined = select(Registration.event).where(Registration.organization == me)
    seen = or_(MatchEvent.open.is_(True), MatchEvent.number.in_(joined))
    return select(MatchEvent).where(or_(seen, MatchEvent.organiser == me) if organises(work) else seen)


def event(work: Work, event_id: str) -> MatchEvent:
    """An event the reader may see. Raises NotFound."""
    return _one(work, events(work).where(MatchEvent.id == event_id))


def own_event(work: Work, event_id: str) -> MatchEvent:
    """An event the reader organises. Raises NotFound."""
    mine = MatchEvent.organiser == work.actor.organization
    return _one(work, events(work).where(MatchEvent.id == event_id, mine))


def organises(work: Work, row: MatchEvent | None = None) -> bool:
    """Whether the reader acts as an organiser, and of this event if one is given."""
    own = row is None or row.organiser == work.actor.organization
    return own and Role.ORGANISER in work.actor.roles


def registrations(work: Work, row: MatchEvent, side: str | None = None) -> Select[Registration]:
    """The participants a reader may see: an organiser all of its event, everybody else itself."""
    query = select(Registration).where(Registration.event == row.number)
    if side is not None:
        query = query.where(Registration.side == side)
    return query if organises(work, row) else query.where(Registration.organization == work.actor.organization)


def registration(work: Work, event_id: str, registration_id: str) -> tuple[MatchEvent, Registration]:
    """A participant the reader may see, with its event. Raises NotFound."""
    row = event(work, event_id)
    return row, _one(work, registrations(work, row).where(Registration.id == registration_id))


def participants(work: Work, row: MatchEvent, side: str) -> list[Registration]:
    """Everybody registered on one side, in the order of registering.

    Read as the deriver: whoever takes part is proposed to others, who may not read its registration; what of it
    reaches them is for the caller to decide.
    """
    query = select(Registration).where(Registration.event == row.number, Registration.side == side)
    with work.deriving():
        return list(work.session.scalars(query.order_by(Registration.number)))


def consenting(only: Iterable[int] | None = None) -> Select[Organization]:
    """The organizations that consent to be listed; nobody else may be shown to an organiser as a supplier."""
    query = select(Organization).where(Organization.listed.is_(True), Organization.active.is_(True))
    query = query.order_by(Organization.number)
    return query if only is None else query.where(among(Organization.number, only))


def qualified(work: Work, row: MatchEvent, only: Iterable[int]) -> dict[int, Organization]:
    """The suppliers that may take part in an event: consenting, and qualified by its framework, threshold and day.

    Not by the stored flag, which is of the configured framework and of the days from today on.
    """
    listed = {one.number: one for one in work.session.scalars(consenting(only))}
    decided = judged(work, listed, framework_of(work, row), row.threshold, row.held_on)
    return {number: one for number, one in listed.items() if decided[number].open}


def candidates(work: Work, row: MatchEvent) -> list[dict[str, Any]]:
    """The suppliers that an organiser may register for its event, with the levels they hold on its day.

    Where a job is still deriving they may be some that lag, as flags do; who registers is judged anew.
    """
    framework = framework_of(work, row)
    listed = work.session.scalars(consenting().with_only_columns(Organization.number))
    found = qualified(work, row, assessed(work, listed, framework))
    held = certified_levels(work, framework, found, row.held_on)
    return [_listed(one, framework.key, held[number]) for number, one in found.items()]


def flagged(work: Work, query: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The suppliers an organiser may register, with the levels they hold on certified evidence today."""
    if query.get("kind", FlagKind.MATCHMAKING) != FlagKind.MATCHMAKING:
        return []
    flag = consenting().join(Flag, Flag.organization == Organization.number)
    rows = list(work.session.scalars(flag.where(Flag.kind == FlagKind.MATCHMAKING.value, Flag.closed_on.is_(None))))
    key = work.runtime.settings.listing_framework
    framework = registry(work).get(key)
    held = certified_levels(work, framework, [row.number for row in rows], work.today) if framework else {}
    kind = FlagKind.MATCHMAKING.value
    return [{"kind": kind, **_listed(row, key, held.get(row.number, {}))} for row in rows]


def certified_levels(work: Work, framework: Framework, organizations: Iterable[int], day: date) -> Mapping[int, Levels]:
    """The level of each pillar that still holds on a day, today or later, on certified evidence alone."""
    numbers = list(organizations)
    pillars = [pillar.id for pillar in framework.pillars]
    wanted = {(number, framework.key, pillar) for number in numbers for pillar in pillars}
    stood = levels(work, wanted, max(day, work.today))
    return {
        number: {pillar: certain_level(stood[number, framework.key, pillar].standing) for pillar in pillars}
        for number in numbers
    }


def framework_of(work: Work, row: MatchEvent) -> Framework:
    """The framework of an event; packs that events rest on stay installed, as those of requirements do."""
    framework = registry(work).get(row.framework)
    if framework is None:
        raise LookupError(f"{row.framework} is not installed, but {row.id} rests on it")
    return framework


def numbers_of(work: Work, ids: Collection[str]) -> Mapping[str, int]:
    """Numbers of organizations by public id; what there is not is left out."""
    query = select(Organization.id, Organization.number).where(Organization.id.in_(set(ids)))
    return {row.id: row.number for row in work.session.execute(query)}


def _listed(row: Organization, framework: str, held: Levels) -> dict[str, Any]:
    return {
        "supplier": row.id,
        "name": row.name,
        "name_zh": row.name_zh,
        "country": row.country,
        "region": row.region,
        "sector": row.sector,
        "languages": row.languages,
        "framework": framework,
        "levels": held,
    }


def _one(work: Work, query: Select[Found]) -> Found:
    row = work.session.scalar(query)
    if row is None:
        raise NotFound
    return row
