"""The shared directory: names and registered identifiers, open to every member like a phone book.

Nothing else of an organization is read through here (domain rules: names and registered identifiers
are shared, everything else is not).
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from supplychain.dialects import among
from supplychain.errors import Invalid, NotFound
from supplychain.network import aliases
from supplychain.network.models import Identifier, Organization
from supplychain.work import Work


def find(work: Work, organization_id: str) -> Organization:
    """The organization with a public id. Raises NotFound, also for one that was merged into another: the edge
    answers where it is now.
    """
    row = work.session.scalar(select(Organization).where(Organization.id == organization_id))
    if row is None or row.merged_into is not None or aliases.canonical(work, row.number) != row.number:
        raise NotFound
    return row


def named(work: Work, organization_id: str, pointer: str) -> Organization:
    """The organization a payload names at a JSON pointer, or what it was merged into. Raises Invalid."""
    row = _current(work, organization_id)
    if row is None:
        raise Invalid.at(pointer, "unknown-organization")
    return row


def filtered(work: Work, organization_id: str) -> Organization:
    """The organization a filter names, or what it was merged into. Raises NotFound."""
    row = _current(work, organization_id)
    if row is None:
        raise NotFound
    return row


def _current(work: Work, organization_id: str) -> Organization | None:
    row = work.session.scalar(select(Organization).where(Organization.id == organization_id))
    if row is None:
        return None
    number = aliases.canonical(work, row.number)
    return row if number == row.number else work.session.get_one(Organization, number)


def acting(work: Work) -> Organization:
    """The organization the actor acts for. Raises NotFound for the system, which acts for none."""
    row = work.session.get(Organization, work.actor.organization)
    if row is None:
        raise NotFound
    return row


def by_number(work: Work, numbers: Collection[int]) -> Mapping[int, Organization]:
    """Organizations by their numbers."""
    rows = work.session.scalars(select(Organization).where(among(Organization.number, numbers)))
    return {row.number: row for row in rows}


def by_identifier(work: Work, identifiers: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
    """Numbers of the organizations that hold registered identifiers, given as (scheme, value)."""
    wanted = set(identifiers)
    query = select(Identifier.scheme, Identifier.value, Identifier.organization).where(
        Identifier.value.in_({value for _, value in wanted})
    )
    found = {(scheme, value): number for scheme, value, number in work.session.execute(query)}
    return {pair: number for pair, number in found.items() if pair in wanted}


def identifiers_of(work: Work, numbers: Collection[int]) -> Mapping[int, list[Identifier]]:
    """Registered identifiers of organizations, in the order of their schemes."""
    query = (
        select(Identifier).where(among(Identifier.organization, numbers)).order_by(Identifier.scheme, Identifier.value)
    )
    found: dict[int, list[Identifier]] = {number: [] for number in numbers}
    for row in work.session.scalars(query):
        found[row.organization].append(row)
    return found


def search(name: str | None = None, identifiers: Collection[str] | None = None) -> Select[Organization]:
    """Organizations whose name in either language begins so, and that hold one of the identifiers."""
    query = select(Organization).where(Organization.merged_into.is_(None))
    if name:
        query = query.where(or_(_begins(Organization.name, name), _begins(Organization.name_zh, name)))
    if identifiers is not None:
        holders = select(Identifier.organization).where(Identifier.value.in_(identifiers))
        query = query.where(Organization.number.in_(holders))
    return query


def _begins(column: Any, beginning: str) -> ColumnElement[bool]:
    lowered = func.lower(column)
    return func.substr(lowered, 1, len(beginning)) == func.lower(beginning)
