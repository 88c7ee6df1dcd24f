"""Verbs of waivers: grant and revoke (domain rules: Waiver)."""

from collections.abc import Mapping
from typing import Any

from graph.sight import Row, RowKind, view
from supplychain.errors import Conflict, Invalid, NotFound
from supplychain.network import engine
from supplychain.network.visibility import display_id
from supplychain.requirements import queries as requirements
from supplychain.waivers import queries, rules
from supplychain.waivers.facts import fact_of
from supplychain.waivers.models import Waiver
from supplychain.waivers.rules import Said, WaiverState
from supplychain.work import Work


def grant(work: Work, values: Mapping[str, Any]) -> Waiver:
    """Give a supplier leave under one of the caller's requirements; it replaces what it was given before.

    values: ``requirement`` and ``supplier`` as the caller sees them, and what ``Said`` says. Raises Invalid.
    """
    row, said = asked(work, values)
    waiver = Waiver(
        issuer=work.actor.organization,
        requirement=row.owed.requirement,
        supplier=row.organization,
        veiled=row.kind is RowKind.PSEUDONYM,
        reason=said.reason,
        note=said.note,
        approver=work.actor.person,
        granted_on=work.today,
        granted_at=work.now,
        until=said.until,
        due=said.due,
        level=said.level,
    )
    work.session.add(waiver)
    work.session.flush()
    work.change(fact_of(waiver))
    _tell(work, "waiver.granted", waiver, until=waiver.until, due=waiver.due, level=waiver.level)
    return waiver


def asked(work: Work, values: Mapping[str, Any]) -> tuple[Row, Said]:
    """The row of the obligation that a waiver would be of, and what it would say. values: as for `grant`. Raises
    Invalid.
    """
    said = rules.settled(
        Said(values["until"], values.get("due"), values.get("level"), values["reason"], values["note"])
    )
    row = _owing(work, values["requirement"], values["supplier"])
    found = list(rules.faults(said, row.owed.level, work.today))
    if found:
        raise Invalid("invalid-payload", faults=found)
    return row, said


def in_force(work: Work, waiver_id: str) -> Waiver:
    """A waiver of the caller's that may be revoked today. Raises NotFound, Conflict."""
    row = queries.own(work, waiver_id)
    state = queries.states_of(work, [row])[row.number]
    if state is not WaiverState.IN_FORCE:
        raise Conflict("waiver-not-in-force", state=str(state))
    return row


def revoke(work: Work, waiver_id: str, note: str) -> Waiver:
    """End a waiver of the caller's today, which it does not excuse any more. Raises NotFound, Conflict."""
    row = in_force(work, waiver_id)
    row.revoked_on, row.revoked_at, row.revocation = work.today, work.now, note
    work.session.flush()
    work.change(fact_of(row))
    _tell(work, "waiver.revoked", row)
    return row


def _owing(work: Work, requirement_id: str, supplier_id: str) -> Row:
    """The row of a requirement in which its issuer sees a supplier. Raises Invalid."""
    try:
        number = requirements.own(work, requirement_id).number
    except NotFound:
        raise Invalid.at("/requirement", "unknown-requirement") from None
    network = engine.network(work)
    requirement = network.requirement(number)
    rows = view(network, requirement, work.today).rows if requirement else ()
    named = [
        row for row in rows if display_id(work, work.actor.organization, row.organization, row.kind) == supplier_id
    ]
    if not named:
        raise Invalid.at("/supplier", "owes-nothing-here")
    open_to = [row for row in named if row.kind in {RowKind.IDENTITY, RowKind.PSEUDONYM}]
    if not open_to:
        raise Invalid.at("/supplier", "supplier-not-confirmed")
    return open_to[0]


def _tell(work: Work, what: str, row: Waiver, **data: Any) -> None:
    # The issuer's log alone: an entry names who acted, which the supplier may not know.
    work.record(what, row.id, row.issuer, **data)
    work.emit(what, row.id, row.supplier)
