"""Who sees which waiver: its issuer, as long as it sees the supplier by that name, and the supplier itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select

from graph.network import Network, Requirement
from graph.sight import RowKind
from graph.waivers import in_force, of_one_demand
from supplychain.accounts.models import Person
from supplychain.dialects import among
from supplychain.errors import NotFound
from supplychain.network import engine
from supplychain.network.visibility import display_id, visible_to
from supplychain.requirements.naming import own_reference
from supplychain.waivers import rules
from supplychain.waivers.facts import fact_of
from supplychain.waivers.models import Waiver
from supplychain.waivers.rules import WaiverState
from supplychain.work import Work

Item = dict[str, Any]
_SAID = ("id", "reason", "note", "until", "due", "level", "granted_on", "revoked_on", "revocation")


def own(work: Work, waiver_id: str) -> Waiver:
    """The caller's own waiver of a supplier that it sees by that name. Raises NotFound."""
    row = work.session.scalar(_granted(work).where(Waiver.id == waiver_id))
    if row is None or shown_as(work, row) is None:
        raise NotFound
    return row


def granted(work: Work, query: Mapping[str, Any]) -> list[Item]:
    """The caller's own waivers in the order in which they were granted."""
    items = represent(work, work.session.scalars(_granted(work)).all())
    wanted = {name: query[name] for name in ("state", "requirement", "supplier") if query.get(name) is not None}
    return [item for item in items if all(item[name] == value for name, value in wanted.items())]


def position(item: Mapping[str, Any]) -> list[Any]:
    """Where a waiver stands in its issuer's list."""
    return [item["granted_at"].isoformat(), item["id"]]


def represent(work: Work, rows: Sequence[Waiver]) -> list[Item]:
    """Waivers as their issuer sees them, but for those of suppliers that it does not see by that name (any more)."""
    network = engine.network(work)
    people, states = _people(work, rows), states_of(work, rows)
    shown = ((row, shown_as(work, row)) for row in rows)
    return [
        {
            **_told(row, states),
            "requirement": _requirement(network, row).id,
            "supplier": supplier,
            "approver": people.get(row.approver or 0),
            "granted_at": row.granted_at,
        }
        for row, supplier in shown
        if supplier is not None
    ]


def received(work: Work, supplier: int, state: str | None = None) -> list[Item]:
    """The waivers granted to a supplier, as it may know of them: who granted it only where its obligation says so."""
    with work.deriving():  # of a plant its owner may know, though the row is the plant's
        rows = work.session.scalars(select(Waiver).where(Waiver.supplier == supplier).order_by(Waiver.number)).all()
        states = states_of(work, rows)
    items = [_received(work, row, states) for row in rows]
    return [item for item in items if state in (None, item["state"])]


def position_received(item: Mapping[str, Any]) -> list[Any]:
    """Where a waiver stands in the supplier's list."""
    return [item["granted_on"].isoformat(), item["id"]]


def states_of(work: Work, rows: Iterable[Waiver]) -> Mapping[int, WaiverState]:
    """What became of some waivers, by number: from the rows, for the engine does not know of those just granted."""
    asked = list(rows)
    suppliers = {row.supplier for row in asked}
    known: dict[int, list[Waiver]] = defaultdict(list)
    for one in work.session.scalars(select(Waiver).where(among(Waiver.supplier, suppliers))):
        known[one.supplier].append(one)
    return {row.number: _state(work, row, known[row.supplier]) for row in asked}


def shown_as(work: Work, row: Waiver) -> str | None:
    """The name under which it was granted, as long as its issuer sees that: another would tell that both are one."""
    kind = RowKind.PSEUDONYM if row.veiled else RowKind.IDENTITY
    shown = display_id(work, row.issuer, row.supplier, kind)
    seen = visible_to(work, row.issuer, work.today).get(shown)
    return shown if seen is not None and seen.kind is kind else None


def _granted(work: Work) -> Select[Waiver]:
    return select(Waiver).where(Waiver.issuer == work.actor.organization).order_by(Waiver.number)


def _received(work: Work, row: Waiver, states: Mapping[int, WaiverState]) -> Item:
    network = engine.network(work)
    requirement = _requirement(network, row)
    reference, shown = own_reference(work, network, requirement, row.supplier, work.today)
    issuer = network.organization(requirement.issuer)
    return {
        **_told(row, states),
        "requirement": reference,
        "issuer": {"id": issuer.id, "name": issuer.name} if shown and issuer else None,
    }


def _told(row: Waiver, states: Mapping[int, WaiverState]) -> Item:
    return {**{name: getattr(row, name) for name in _SAID}, "state": str(states[row.number])}


def _state(work: Work, row: Waiver, of_supplier: Iterable[Waiver]) -> WaiverState:
    network = engine.network(work)
    alike = [fact_of(one) for one in of_supplier if one.veiled == row.veiled]
    of_demand = of_one_demand(network, _requirement(network, row), alike)
    return rules.state_of(fact_of(row), in_force(of_demand, work.today), work.today)


def _requirement(network: Network, row: Waiver) -> Requirement:
    found = network.requirement(row.requirement)
    assert found is not None  # only a published one can be waived
    return found


def _people(work: Work, rows: Sequence[Waiver]) -> Mapping[int, str]:
    numbers = {row.approver for row in rows if row.approver is not None}
    found = work.session.execute(select(Person.number, Person.id).where(among(Person.number, numbers)))
    return {row.number: row.id for row in found}
