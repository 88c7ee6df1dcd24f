"""A chunk of a list of organizations: its keys looked up again, its plan written with bulk statements."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, or_, select, update

from supplychain.db import opaque
from supplychain.network import facts, proofs
from supplychain.network.imports import matching
from supplychain.network.imports.organization_plan import (
    ATTRIBUTES,
    RECORDED,
    Entry,
    Known,
    OrganizationPlan,
    Planner,
    Record,
    Subject,
)
from supplychain.network.models import Identifier, Organization, OwnershipRow, SupplierRecord
from supplychain.network.organizations import holds
from supplychain.work import Work

Pairs = Sequence[tuple[int, int]]
"""Child and parent, as numbers of organizations."""
_ORGANIZATIONS = cast(Table, Organization.__table__)
_RECORDS = cast(Table, SupplierRecord.__table__)
_OWNERSHIPS = cast(Table, OwnershipRow.__table__)


def _updating(table: Table, names: Iterable[str], **also: Any) -> Any:
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    return update(table).where(table.c.number == bindparam("at")).values(values | also)


_UPDATE_ORGANIZATION = _updating(_ORGANIZATIONS, (*ATTRIBUTES, "proven"), version=_ORGANIZATIONS.c.version + 1)
_UPDATE_RECORD = _updating(_RECORDS, RECORDED, version=_RECORDS.c.version + 1)


def prepare(work: Work, entries: Sequence[Entry], beat: Callable[[int], None] | None = None) -> Planner:
    """The plan of some entries, on the directory and the records as they are in this transaction.

    beat: called now and then with how many are planned.
    """
    planner = Planner(_known(work, entries))
    for count, entry in enumerate(entries, start=1):
        planner.add(entry)
        if beat is not None and count % matching.SLICE == 0:
            beat(count)
    return planner


def apply(work: Work, planner: Planner) -> None:
    """Write a plan; tell the engine."""
    plan = planner.plan
    _enter(work, plan.entered)
    _correct(work, plan.changed)
    _identify(work, plan)
    _write_down(work, plan.written)
    if plan.rewritten:
        rows = [{"at": record.number, **record.values} for record in plan.rewritten]
        work.session.execute(_UPDATE_RECORD, rows)
    _tell(work, planner.told())
    name(plan)


def name(plan: OrganizationPlan) -> None:
    """Say of every row which organization it is about, as far as it is entered."""
    for result in plan.results:
        if result.row in plan.subjects:
            result.subject = plan.subjects[result.row].id or None


def new_ownerships(work: Work, pairs: Pairs) -> Pairs:
    """Those pairs of which the sender knows no ownership yet."""
    me = work.actor.organization
    query = select(OwnershipRow.child, OwnershipRow.parent).where(
        or_(OwnershipRow.claimed_by == me, OwnershipRow.child == me, OwnershipRow.parent == me)
    )
    known = {tuple(row) for row in matching.rows_in(work, query, OwnershipRow.child, {child for child, _ in pairs})}
    return [pair for pair in dict.fromkeys(pairs) if pair not in known]


def own(work: Work, pairs: Pairs) -> None:
    """Claim ownerships; they count once both ends, or a reviewer, confirmed them."""
    if not pairs:
        return
    rows = [_ownership(work, child, parent) for child, parent in pairs]
    by_id = {row["id"]: row for row in rows}
    statement = insert(_OWNERSHIPS).returning(_OWNERSHIPS.c.id, _OWNERSHIPS.c.number)
    for public, number in work.session.execute(statement, rows):
        work.change(facts.of_ownership(OwnershipRow(**by_id[public], number=number)))


def _known(work: Work, entries: Sequence[Entry]) -> Known:
    holders = matching.by_identifier(work, {pair for entry in entries for pair in entry.row.identifiers})
    coded = matching.by_code(work, {entry.row.code for entry in entries if entry.row.code is not None})
    numbers = {*holders.values(), *coded.values(), *(entry.named for entry in entries if entry.named is not None)}
    found = _rows(work, Organization, Organization.number, numbers)
    records = _rows(
        work, SupplierRecord, SupplierRecord.organization, numbers, SupplierRecord.owner == work.actor.organization
    )
    return Known(
        me=work.actor.organization,
        holders=holders,
        organizations={row.number: row for row in found},
        records=sorted(records, key=lambda row: row.number),
        held=frozenset(row.number for row in found if holds(work, row)),
    )


def _rows(work: Work, model: Any, column: Any, values: Iterable[int], *conditions: Any) -> list[Any]:
    query = select(model).where(*conditions)
    if work.writes:
        query = query.with_for_update()
    return [row for (row,) in matching.rows_in(work, query, column, sorted(values))]


def _enter(work: Work, entered: Sequence[Subject]) -> None:
    if not entered:
        return
    by_id: dict[str, Subject] = {}
    rows = []
    for subject in entered:
        subject.id = opaque("org")
        by_id[subject.id] = subject
        rows.append(_entered(work, subject))
    statement = insert(_ORGANIZATIONS).returning(_ORGANIZATIONS.c.id, _ORGANIZATIONS.c.number)
    for public, number in work.session.execute(statement, rows):
        by_id[public].number = number
    for row in rows:
        work.change(facts.of_organization(Organization(**row, number=by_id[row["id"]].number)))


def _entered(work: Work, subject: Subject) -> dict[str, Any]:
    return {
        **dict.fromkeys(ATTRIBUTES),
        **subject.values,
        "id": subject.id,
        "active": True,
        "languages": [],
        "claim": "unclaimed",
        "accepted_reviewers": [],
        "listed": False,
        "training_consent": False,
        "source": work.actor.organization,
        "created_at": work.now,
        "version": 1,
    }


def _correct(work: Work, changed: Sequence[Subject]) -> None:
    if not changed:
        return
    rows = []
    for subject in changed:
        row = subject.row
        assert row is not None
        proven = proofs.proven_since(row)
        work.session.expunge(row)
        for name, value in subject.values.items():
            setattr(row, name, value)
        rows.append({"at": row.number, **subject.values, "proven": row.proven})
        work.change(facts.of_organization(row))
        work.touch(row.number)
        proofs.tell_ended(work, row, proven)
    work.session.execute(_UPDATE_ORGANIZATION, rows)


def _identify(work: Work, plan: OrganizationPlan) -> None:
    rows = [
        {"organization": subject.number, "scheme": scheme, "value": value, "verified_at": None}
        for subject, (scheme, value) in plan.identifiers
    ]
    if rows:
        work.session.execute(insert(cast(Table, Identifier.__table__)), rows)


def _write_down(work: Work, written: Sequence[Record]) -> None:
    if not written:
        return
    rows = [
        {
            "id": opaque("rec"),
            "owner": work.actor.organization,
            "organization": record.subject.number,
            "code": record.code or record.subject.id,
            "created_at": work.now,
            **record.values,
        }
        for record in written
    ]
    work.session.execute(insert(_RECORDS), rows)


def _tell(work: Work, records: Iterable[Record]) -> None:
    for record in records:
        about = {"owner": work.actor.organization, "organization": record.subject.number}
        work.change(facts.of_record(SupplierRecord(**about, **record.values)))


def _ownership(work: Work, child: int, parent: int) -> dict[str, Any]:
    me = work.actor.organization
    return {
        "id": opaque("own"),
        "child": child,
        "parent": parent,
        "valid_from": None,
        "valid_to": None,
        "confirmed_by_child": me == child,
        "confirmed_by_parent": me == parent,
        "confirmed_by_reviewer": None,
        "claimed_by": me,
        "created_at": work.now,
    }
