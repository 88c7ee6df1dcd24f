"""Events, participants and pairings as a reader is shown them; reasons in both languages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph.pairing import Pairing
from graph.terms import Reason
from supplychain.frameworks.framework import Framework
from supplychain.i18n import LANGUAGES, catalogue, sentence
from supplychain.matchmaking.models import MatchEvent, Registration
from supplychain.matchmaking.pairings import Proposed
from supplychain.network import directory
from supplychain.network.models import Organization
from supplychain.work import Work

Item = dict[str, Any]
EVENT_FIELDS = ("id", "name", "name_zh", "held_on", "place", "framework", "threshold", "open")
_JOINED = {"en": ", ", "zh": "、"}
_PILLARS = frozenset({"missed", "pillars"})
"""Params of reasons that name pillars."""


def events(work: Work, rows: Sequence[MatchEvent]) -> list[Item]:
    """Events with who organises them."""
    parties = directory.by_number(work, {row.organiser for row in rows})
    return [
        {**{name: getattr(row, name) for name in EVENT_FIELDS}, "organiser": party(parties[row.organiser])}
        for row in rows
    ]


def registrations(work: Work, rows: Sequence[Registration]) -> list[Item]:
    """Participants; what one stated about others is shown to itself only."""
    me = work.actor.organization
    own = [row for row in rows if row.organization == me]
    stated = {number for row in own for name in ("partners", "excluded") for number in row.profile[name]}
    parties = directory.by_number(work, {row.organization for row in rows} | stated)
    return [_registration(row, parties, own=row.organization == me) for row in rows]


def pairings(found: Proposed, some: Iterable[Pairing]) -> list[Item]:
    """Some of the pairings, in their order."""
    return [
        {
            "rank": one.rank,
            "total": one.total,
            "supplier": _end(found, one.candidate),
            "buyer": _end(found, one.demand),
            "gates": [
                {"code": gate.code, "state": gate.state, "reason": reason(gate.reason, found.framework)}
                for gate in one.gates
            ],
            "parts": [
                {
                    "code": part.code,
                    "value": part.value,
                    "weight": part.weight,
                    "reason": reason(part.reason, found.framework),
                }
                for part in one.parts
            ],
        }
        for one in some
    ]


def reason(told: Reason, framework: Framework) -> Item:
    """A reason as its code, its values and a sentence in both languages."""
    return {
        "code": told.code,
        "params": {name: list(value) if isinstance(value, tuple) else value for name, value in told.params.items()},
        "text": {language: _sentence(told, framework, language) for language in LANGUAGES},
    }


def party(row: Organization) -> Item:
    """An organization as the shared directory names it."""
    return {"id": row.id, "name": row.name, "name_zh": row.name_zh}


def _sentence(told: Reason, framework: Framework, language: str) -> str:
    """The sentence of a reason; one that lists nothing has a sentence of its own where the list is its point."""
    code = f"why.{told.code}"
    lists = [value for value in told.params.values() if isinstance(value, tuple)]
    if lists and not any(lists) and f"{code}.none" in catalogue(language):
        code = f"{code}.none"
    return sentence(code, language, _words(told.params, framework, language))


def _words(params: Mapping[str, Any], framework: Framework, language: str) -> Item:
    """The values as the sentence says them: pillars by their names, lists with the language's comma."""
    pillars = {pillar.id: pillar.names.as_dict()[language] for pillar in framework.pillars}

    def joined(name: str, listed: tuple[str, ...]) -> str:
        names = pillars if name in _PILLARS else {}
        return _JOINED[language].join(names.get(one, one) for one in listed)

    return {name: joined(name, value) if isinstance(value, tuple) else value for name, value in params.items()}


def _end(found: Proposed, number: int) -> Item:
    row = found.registrations[number]
    return {"registration": row.id, "organization": party(found.organizations[row.organization])}


def _registration(row: Registration, parties: Mapping[int, Organization], *, own: bool) -> Item:
    item: Item = {
        "id": row.id,
        "side": row.side,
        "organization": party(parties[row.organization]),
        **{part: row.profile[part] for part in ("offer", "demand") if part in row.profile},
        "registered_at": row.registered_at,
    }
    if own:
        item |= {name: [parties[number].id for number in row.profile[name]] for name in ("partners", "excluded")}
    return item
