"""Routes of matchmaking events, their participants and pairings."""

from typing import Any

from flask import Response

from schemas.base import PageQuery, page_of
from schemas.event import (
    BUYER_EXAMPLE,
    EVENT_EXAMPLE,
    CandidateSchema,
    EventDraftSchema,
    EventEditSchema,
    EventSchema,
    PairingQuery,
    PairingsSchema,
    RegistrationDraftSchema,
    RegistrationEditSchema,
    RegistrationQuery,
    RegistrationSchema,
)
from supplychain.accounts.permissions import Permission
from supplychain.errors import NotFound
from supplychain.http import Blueprint, answer, check_if_match, current, etag, page_of_items, page_of_select
from supplychain.matchmaking import operations, pairings, queries, telling
from supplychain.matchmaking.models import MatchEvent, Registration

blp = Blueprint("events", __name__, url_prefix="/v1", description="Suppliers meet buyers")
BLUEPRINTS = (blp,)
READ, WRITE, REGISTER = Permission.EVENTS_READ, Permission.EVENTS_WRITE, Permission.EVENTS_REGISTER


@blp.route("/events", methods=["POST"], permission=WRITE)
@blp.arguments(EventDraftSchema, example=EVENT_EXAMPLE)
@blp.response(201, EventSchema)
def set_up_event(values: dict[str, Any]) -> Response:
    """Set up an event."""
    return _event(operations.set_up(current(), values), 201)


@blp.route("/events", permission=READ)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(EventSchema))
def list_events(query: dict[str, Any]) -> Response:
    """List the events one organises, takes part in, or may join."""
    return page_of_select(
        queries.events(current()),
        keys=[MatchEvent.number],
        represent=lambda rows: telling.events(current(), [row for (row,) in rows]),
        cursor=query.get("cursor"),
        limit=query["limit"],
    )


@blp.route("/events/<event_id>", permission=READ)
@blp.response(200, EventSchema)
def get_event(event_id: str) -> Response:
    """Show an event."""
    return _event(queries.event(current(), event_id))


@blp.route("/events/<event_id>", methods=["PATCH"], permission=WRITE)
@blp.arguments(EventEditSchema(partial=True), example={"threshold": 4})
@blp.response(200, EventSchema)
def change_event(values: dict[str, Any], event_id: str) -> Response:
    """Change an event that one organises; its framework stays, since demands name its levels."""
    row = queries.own_event(current(), event_id)
    check_if_match(row.version)
    operations.change(current(), row, values)
    return _event(row)


@blp.route("/events/<event_id>/candidates", permission=WRITE)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(CandidateSchema))
def list_candidates(query: dict[str, Any], event_id: str) -> Response:
    """List the suppliers one may register for an event of one's own: by its framework, threshold and day."""
    event = queries.own_event(current(), event_id)
    return page_of_items(
        queries.candidates(current(), event),
        key=lambda item: [item["supplier"]],
        represent=list,
        cursor=query.get("cursor"),
        limit=query["limit"],
    )


@blp.route("/events/<event_id>/registrations", methods=["POST"], permission=REGISTER)
@blp.arguments(RegistrationDraftSchema, example=BUYER_EXAMPLE)
@blp.response(201, RegistrationSchema)
def register(values: dict[str, Any], event_id: str) -> Response:
    """Register a qualified supplier with its offer, or a buyer with its demand; at an open event, oneself."""
    event = queries.event(current(), event_id)
    return _registration(event, operations.register(current(), event, values), 201)


@blp.route("/events/<event_id>/registrations", permission=READ)
@blp.arguments(RegistrationQuery, location="query")
@blp.response(200, page_of(RegistrationSchema))
def list_registrations(query: dict[str, Any], event_id: str) -> Response:
    """List who takes part: the organiser sees everybody, a participant itself."""
    event = queries.event(current(), event_id)
    return page_of_select(
        queries.registrations(current(), event, query.get("side")),
        keys=[Registration.number],
        represent=lambda rows: telling.registrations(current(), [row for (row,) in rows]),
        cursor=query.get("cursor"),
        limit=query["limit"],
    )


@blp.route("/events/<event_id>/registrations/<registration_id>", permission=READ)
@blp.response(200, RegistrationSchema)
def get_registration(event_id: str, registration_id: str) -> Response:
    """Show one participant: the organiser anybody, a participant itself."""
    return _registration(*queries.registration(current(), event_id, registration_id))


@blp.route("/events/<event_id>/registrations/<registration_id>", methods=["PATCH"], permission=REGISTER)
@blp.arguments(RegistrationEditSchema, example={"excluded": ["org_0f3a…"]})
@blp.response(200, RegistrationSchema)
def restate_registration(values: dict[str, Any], event_id: str, registration_id: str) -> Response:
    """Replace parts of what one stated; whom one trades with or excludes is told to nobody else."""
    event, row = queries.registration(current(), event_id, registration_id)
    if row.organization != current().actor.organization:
        raise NotFound
    check_if_match(row.version)
    operations.restate(current(), event, row, values)
    return _registration(event, row)


@blp.route("/events/<event_id>/registrations/<registration_id>", methods=["DELETE"], permission=REGISTER)
@blp.response(204)
def withdraw_registration(event_id: str, registration_id: str) -> Response:
    """Take a participant out: itself, or the organiser anybody."""
    operations.withdraw(current(), *queries.registration(current(), event_id, registration_id))
    return Response(status=204)


@blp.route("/events/<event_id>/pairings", permission=READ)
@blp.arguments(PairingQuery, location="query")
@blp.response(200, PairingsSchema)
def list_pairings(query: dict[str, Any], event_id: str) -> Response:
    """Rank the pairings, best first: for the organiser all of them, for a participant its own."""
    event = queries.event(current(), event_id)
    found = pairings.propose(current(), event, query.get("buyer"), query.get("supplier"))
    return page_of_items(
        list(enumerate(found.pairings)),
        lambda placed: [placed[0]],
        lambda some: telling.pairings(found, [one for _, one in some]),
        query.get("cursor"),
        query["limit"],
        in_order=True,
        found=len(found.pairings),
    )


def _event(row: MatchEvent, status: int = 200) -> Response:
    (body,) = telling.events(current(), [row])
    headers = {"Location": f"/v1/events/{row.id}"} if status == 201 else {}  # noqa: PLR2004 - created
    if queries.organises(current(), row):
        headers["ETag"] = etag(row.version)
    return answer(body, status, **headers)


def _registration(event: MatchEvent, row: Registration, status: int = 200) -> Response:
    (body,) = telling.registrations(current(), [row])
    headers = {}
    if status == 201:  # noqa: PLR2004 - created
        headers["Location"] = f"/v1/events/{event.id}/registrations/{row.id}"
    if row.organization == current().actor.organization:
        # The version counts the participant's own edits: an organiser that read it would learn of a silent one.
        headers["ETag"] = etag(row.version)
    return answer(body, status, **headers)
