"""Supplier records: a buyer's own private rows; nobody overwrites another's."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Select, func, select

from graph import network as graph
from graph.terms import PROVABLE
from supplychain.errors import Conflict, Invalid, NotFound
from supplychain.network import facts
from supplychain.network.figures import FIGURES
from supplychain.network.models import Organization, SupplierRecord
from supplychain.network.standing import require_verified
from supplychain.work import Work

ATTRIBUTES: Final = PROVABLE
"""What the engine's scope tests read of a record."""
_EDITABLE: Final = ("code", "name", "spend", "address", *FIGURES, *ATTRIBUTES)


def own(owner: int, organization: int | None = None) -> Select[SupplierRecord]:
    """An owner's records, or those about one organization."""
    query = select(SupplierRecord).where(SupplierRecord.owner == owner)
    return query if organization is None else query.where(SupplierRecord.organization == organization)


def find(work: Work, record_id: str) -> SupplierRecord:
    """The caller's record with a public id. Raises NotFound, also for anybody else's."""
    row = work.session.scalar(own(work.actor.organization).where(SupplierRecord.id == record_id))
    if row is None:
        raise NotFound
    return row


def write(work: Work, about: Organization, sent: Mapping[str, Any]) -> SupplierRecord:
    """Add a record under a new code. Raises Conflict when one of the caller's has it already."""
    require_verified(work)
    if _with_code(work, sent["code"]) is not None:
        raise Conflict("record-code-taken", value=sent["code"])
    return _add(work, about, sent)


def keep(work: Work, about: Organization, sent: Mapping[str, Any]) -> SupplierRecord:
    """Write down what the caller says of an organization: in its record with that code, else a new one.

    Without a code it is the caller's first record about the organization; a new one takes the
    organization's id as its code. Raises Conflict when the code names another organization.
    """
    code = sent.get("code")
    mine = own(work.actor.organization, about.number).order_by(SupplierRecord.number)
    row = _with_code(work, code) if code else work.session.scalar(mine.limit(1))
    if row is None:
        return _add(work, about, {"name": about.name, **sent, "code": code or about.id})
    if row.organization != about.number:
        raise Conflict("record-code-taken", value=code)
    return change(work, row, sent)


def change(work: Work, row: SupplierRecord, sent: Mapping[str, Any]) -> SupplierRecord:
    """Change a record of the caller's. Raises Conflict when another one has the new code."""
    require_verified(work)
    code = sent.get("code", row.code)
    if code != row.code and _with_code(work, code) is not None:
        raise Conflict("record-code-taken", value=code)
    changed = [name for name in _EDITABLE if name in sent and sent[name] != getattr(row, name)]
    for name in changed:
        setattr(row, name, sent[name])
    if changed:
        # How a list wrote a value says nothing about the value that replaced it.
        row.raw = {name: was for name, was in (row.raw or {}).items() if name not in changed} or None
        work.session.flush()
        work.record("record.changed", row.id, row.owner, changed=changed)
        _tell(work, row.owner, row.organization)
    return row


def remove(work: Work, row: SupplierRecord) -> None:
    """Drop a record of the caller's."""
    require_verified(work)
    work.session.delete(row)
    work.session.flush()
    work.record("record.removed", row.id, row.owner)
    _tell(work, row.owner, row.organization)


def fact_of(work: Work, owner: int, organization: int) -> graph.Record:
    """What the engine knows of an owner's word on an organization: of several records the last written down.

    An empty one when there is none left.
    """
    newest = own(owner, organization).order_by(SupplierRecord.number.desc()).limit(1)
    row = work.session.scalar(newest)
    return graph.Record(owner, organization) if row is None else facts.of_record(row)


def same_name(work: Work, name: str, *, but: int) -> list[int]:
    """Other organizations that the caller's own records call the same, by number."""
    query = (
        select(SupplierRecord.organization)
        .where(
            SupplierRecord.owner == work.actor.organization,
            func.lower(SupplierRecord.name) == func.lower(name),
            SupplierRecord.organization != but,
        )
        .distinct()
    )
    return sorted(work.session.scalars(query))


def _with_code(work: Work, code: str) -> SupplierRecord | None:
    return work.session.scalar(own(work.actor.organization).where(SupplierRecord.code == code))


def _add(work: Work, about: Organization, sent: Mapping[str, Any]) -> SupplierRecord:
    if about.number == work.actor.organization:
        raise Invalid.at("/organization", "record-of-yourself")
    row = SupplierRecord(
        owner=work.actor.organization,
        organization=about.number,
        created_at=work.now,
        **{name: sent.get(name) for name in _EDITABLE} | {"name": sent.get("name", about.name)},
    )
    work.session.add(row)
    work.session.flush()
    work.record("record.written", row.id, row.owner)
    _tell(work, row.owner, row.organization)
    return row


def _tell(work: Work, owner: int, organization: int) -> None:
    work.change(fact_of(work, owner, organization))
    work.touch(organization)
