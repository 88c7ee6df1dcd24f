"""Verbs of matchmaking: set up and change an event, register, restate, withdraw."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from schemas.event import BUYER, SUPPLIER
from supplychain.errors import Conflict, Fault, Invalid
from supplychain.frameworks import registry
from supplychain.matchmaking import queries
from supplychain.matchmaking.models import MatchEvent, Registration
from supplychain.matchmaking.queries import framework_of, organises, qualified
from supplychain.matchmaking.rules import level_faults
from supplychain.network import directory
from supplychain.network.models import Organization
from supplychain.work import Work

PART = {SUPPLIER: "offer", BUYER: "demand"}
STATEMENTS = ("partners", "excluded")


def set_up(work: Work, values: Mapping[str, Any]) -> MatchEvent:
    """Set up an event of the acting organiser. Raises Invalid."""
    key = values.get("framework", work.runtime.settings.listing_framework)
    row = MatchEvent(**{**values, "framework": key}, organiser=work.actor.organization, created_at=work.now)
    _check(work, row)
    work.session.add(row)
    work.session.flush()
    work.record("event.created", row.id, row.organiser)
    return row


def change(work: Work, row: MatchEvent, values: Mapping[str, Any]) -> None:
    """Change an event that is not over. Raises Invalid, Conflict."""
    _must_be_ahead(work, row)
    changed = sorted(name for name, value in values.items() if value != getattr(row, name))
    for name in changed:
        setattr(row, name, values[name])
    _check(work, row)
    if changed:
        work.session.flush()
        work.record("event.changed", row.id, row.organiser, fields=changed)
        work.emit("event.changed", row.id, row.organiser, fields=changed)


def register(work: Work, event: MatchEvent, values: Mapping[str, Any]) -> Registration:
    """Register a participant: oneself at an open event, or as its organiser whomever one is shown.

    Raises Invalid for whom or what cannot be registered – a supplier that an organiser is not shown is unknown
    to it – and Conflict where the event or the caller itself is in no state for it.
    """
    _must_be_ahead(work, event)
    organization = _whom(work, event, values)
    _must_be_new(work, event, organization, values["side"])
    row = Registration(
        event=event.number,
        organiser=event.organiser,
        organization=organization.number,
        side=values["side"],
        profile=_profile(work, event, organization, values),
        registered_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    work.record("registration.added", row.id, row.organization, event=event.id, side=row.side)
    work.emit("registration.added", row.id, row.organization, event=event.id, side=row.side)
    return row


def restate(work: Work, event: MatchEvent, row: Registration, values: Mapping[str, Any]) -> None:
    """Replace parts of what a participant stated; only itself may. Raises Invalid, Conflict."""
    _must_be_ahead(work, event)
    organization = directory.acting(work)
    said = {**_unresolved(row), **values, "side": row.side}
    kept = {name: row.profile[name] for name in STATEMENTS if name not in values}
    row.profile = {**_profile(work, event, organization, said), **kept}
    work.session.flush()
    work.record("registration.changed", row.id, row.organization, event=event.id)


def withdraw(work: Work, event: MatchEvent, row: Registration) -> None:
    """Take a participant out of an event; itself or the organiser may. Raises Conflict."""
    _must_be_ahead(work, event)
    work.session.delete(row)
    work.record("registration.withdrawn", row.id, row.organization, event=event.id)
    work.emit("registration.withdrawn", row.id, row.organization, event=event.id)


def _check(work: Work, row: MatchEvent) -> None:
    framework = registry(work).get(row.framework)
    faults: list[Fault] = []
    if framework is None:
        faults.append(Fault("/framework", "framework-unknown"))
    elif row.threshold > framework.top_level:
        faults.append(Fault("/threshold", "level-unknown", {"top": framework.top_level}))
    if row.held_on < work.today:
        faults.append(Fault("/held_on", "before-today", {"today": work.today.isoformat()}))
    _refuse(faults)


def _must_be_ahead(work: Work, event: MatchEvent) -> None:
    if event.held_on < work.today:
        raise Conflict("event-over", held_on=event.held_on.isoformat())


def _must_be_new(work: Work, event: MatchEvent, organization: Organization, side: str) -> None:
    registered = select(Registration.number).where(
        Registration.event == event.number,
        Registration.organization == organization.number,
        Registration.side == side,
    )
    if work.session.scalar(registered) is not None:
        raise Conflict("already-registered")


def _whom(work: Work, event: MatchEvent, values: Mapping[str, Any]) -> Organization:
    me = directory.acting(work)
    if not organises(work, event):
        if values.get("organization", me.id) != me.id:
            raise Invalid.at("/organization", "only-yourself")
        if not event.open:
            raise Conflict("event-not-open")
    organization = (
        me if "organization" not in values else directory.named(work, values["organization"], "/organization")
    )
    if values["side"] == SUPPLIER and not qualified(work, event, [organization.number]):
        if organization.number == me.number:
            raise Conflict(
                "not-flagged",
                framework=event.framework,
                threshold=event.threshold,
                held_on=event.held_on.isoformat(),
            )
        raise Invalid.at("/organization", "unknown-organization")
    return organization


def _profile(work: Work, event: MatchEvent, organization: Organization, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of what was said: the part of one's side, and statements about others by number."""
    part = PART[values["side"]]
    faults = [Fault(f"/{name}", "unknown-field") for name in PART.values() if name != part and name in values]
    if part not in values:
        faults.append(Fault(f"/{part}", "required"))
    elif part == "demand":
        faults += level_faults(values[part]["levels"], framework_of(work, event))
    mine = organization.number == work.actor.organization
    faults += [Fault(f"/{name}", "only-the-participant") for name in STATEMENTS if name in values and not mine]
    _refuse(faults)
    said = dict(values[part])
    if part == "offer":
        said.setdefault("languages", organization.languages)
    return {part: said, **{name: _numbers(work, values.get(name, ()), f"/{name}") for name in STATEMENTS}}


def _unresolved(row: Registration) -> dict[str, Any]:
    return {part: row.profile[part] for part in PART.values() if part in row.profile}


def _numbers(work: Work, ids: Sequence[str], pointer: str) -> list[int]:
    known = queries.numbers_of(work, ids)
    _refuse([Fault(f"{pointer}/{at}", "unknown-organization") for at, one in enumerate(ids) if one not in known])
    return sorted(set(known.values()))


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise Invalid("invalid-payload", faults=faults)
