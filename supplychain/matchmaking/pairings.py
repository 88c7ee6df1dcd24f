"""The pairings of an event, in the eyes of whoever asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from graph.pairing import Pairing, Reader
from schemas.event import BUYER, SUPPLIER
from supplychain.frameworks.framework import Framework
from supplychain.matchmaking.models import MatchEvent, Registration
from supplychain.matchmaking.queries import certified_levels, framework_of, organises, participants, qualified
from supplychain.matchmaking.rules import Participant, ranked
from supplychain.network import directory
from supplychain.network.models import Organization
from supplychain.work import Work


@dataclass(frozen=True, slots=True)
class Proposed:
    """Pairings, best first, with the rows they name: registrations by their place in the order of ids."""

    pairings: Sequence[Pairing]
    framework: Framework
    registrations: Mapping[int, Registration]
    organizations: Mapping[int, Organization]


def propose(work: Work, event: MatchEvent, buyer: str | None = None, supplier: str | None = None) -> Proposed:
    """All pairings of an event that the reader may see: an organiser everybody's, a participant its own.

    A participant's pairings rest on itself and the other end alone: it learns nothing of how others fare.
    buyer, supplier: only those of these registrations, by id; their ranks stay.
    """
    rows = {side: participants(work, event, side) for side in (SUPPLIER, BUYER)}
    # Ties are broken by what is shown: who registered before whom is nobody's to read.
    every = dict(enumerate(sorted((*rows[SUPPLIER], *rows[BUYER]), key=lambda row: row.id)))
    places = {row.number: place for place, row in every.items()}
    organizations = directory.by_number(work, {row.organization for row in every.values()})
    framework = framework_of(work, event)
    suppliers = _suppliers(work, event, framework, rows[SUPPLIER], organizations)
    buyers = [_participant(row, organizations[row.organization], "demand") for row in rows[BUYER]]
    offered, wanted = (
        [replace(one, registration=places[one.registration]) for one in some] for some in (suppliers, buyers)
    )
    found = [
        one
        for one in _ranked(work, event, framework.top_level, offered, wanted)
        if every[one.demand].id == (buyer or every[one.demand].id)
        and every[one.candidate].id == (supplier or every[one.candidate].id)
    ]
    return Proposed(found, framework, every, organizations)


def _ranked(
    work: Work, event: MatchEvent, top: int, offered: Sequence[Participant], wanted: Sequence[Participant]
) -> list[Pairing]:
    if organises(work, event):
        return ranked(offered, wanted, top, Reader.ORGANISER)
    me = work.actor.organization
    as_supplier = ranked([one for one in offered if one.organization == me], wanted, top, Reader.CANDIDATE)
    as_buyer = ranked(offered, [one for one in wanted if one.organization == me], top, Reader.BUYER)
    return as_supplier + as_buyer


def _suppliers(
    work: Work,
    event: MatchEvent,
    framework: Framework,
    rows: Sequence[Registration],
    organizations: Mapping[int, Organization],
) -> list[Participant]:
    """Suppliers with the levels that hold on the day; who no longer qualifies or took back consent is not proposed."""
    shown = qualified(work, event, [row.organization for row in rows])
    held = certified_levels(work, framework, shown, event.held_on)
    return [
        _participant(
            row,
            organizations[row.organization],
            "offer",
            held.get(row.organization, {}),
            flagged=row.organization in shown,
        )
        for row in rows
    ]


def _participant(
    row: Registration,
    organization: Organization,
    part: str,
    levels: Mapping[str, int | None] | None = None,
    *,
    flagged: bool = False,
) -> Participant:
    return Participant(
        registration=row.number,
        organization=row.organization,
        stated=row.profile[part],
        partners=frozenset(row.profile["partners"]),
        excluded=frozenset(row.profile["excluded"]),
        country=organization.country,
        sector=organization.sector,
        levels=levels or {},
        flagged=flagged,
    )
