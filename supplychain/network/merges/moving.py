"""What goes with an entry into another: everything that refers to it, found in the tables themselves.

A table that another feature adds tomorrow follows without a word here; what does not follow is listed with its reason.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Table, UniqueConstraint, and_, or_, select

from supplychain.db import Base, table_of
from supplychain.network.merges import journal, linking
from supplychain.network.merges.journal import Journal
from supplychain.network.models import Organization, OwnershipRow, SupplierRecord
from supplychain.work import Work

ORGANIZATIONS = table_of(Organization)
RECORDS = table_of(SupplierRecord)
OWNERSHIPS = table_of(OwnershipRow)
STAYING: Final = {
    "merge.owner": "who stated it",
    "merge.source": "history",
    "merge.target": "history",
    "merge_step.owner": "history",
    "organization_fact.organization": "the entry that stays keeps what it states of itself, as with attributes",
    "conformity.organization": "derived anew from the facts that follow",
    "flag.organization": "derived anew from the facts that follow",
    "supply_link.buyer": "by linking.move, which joins periods",
    "supply_link.supplier": "by linking.move, which joins periods",
}
"""Columns that refer to an organization and are not simply moved, and why."""
UNDECLARED: Final = (("job", "organization"),)
"""Columns that name an organization without a foreign key."""
LISTS: Final = (("evidence", "sites"), ("organization", "accepted_reviewers"))
"""Columns that list numbers of organizations."""
STATED: Final = ("partners", "excluded")
"""What a participant's profile lists of other organizations."""
PEOPLE: Final = frozenset({"membership", "api_key"})


def references() -> Iterator[Column[Any]]:
    """Every column that refers to an organization and is moved."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            refers = any(key.column is ORGANIZATIONS.c.number for key in column.foreign_keys)
            if refers and f"{table.name}.{column.name}" not in STAYING:
                yield column
    for name, column_name in UNDECLARED:
        yield journal.table_named(name).c[column_name]


def everything(work: Work, kept: Journal, source: int, target: int) -> None:
    """Let all that refers to an entry refer to another, whoever it belongs to."""
    links = linking.LINKS.c
    about = or_(links.buyer == source, links.supplier == source, links.owner == source)
    linking.move(work, kept, journal.rows(work, linking.LINKS, about), source, target)
    _without_itself(work, kept, source, target)
    _one_grant(work, kept, source, target)
    _own_codes(work, kept, source, target)
    columns = list(references())
    _without_doubles(work, kept, columns, source, target)
    for column in columns:
        kept.move(column, source, target, _not_about_itself(column, source, target))
    _lists(work, kept, source, target)


def own(work: Work, kept: Journal, source: int, target: int) -> None:
    """Let the caller's own rows that refer to an entry refer to another: records, its word on links, its plans."""
    me = work.actor.organization
    links = linking.LINKS.c
    mine = or_(
        and_(links.owner == me, or_(links.buyer == source, links.supplier == source)),
        and_(links.owner == 0, links.buyer == me, links.supplier == source),
        and_(links.owner == 0, links.supplier == me, links.buyer == source),
    )
    linking.move(work, kept, journal.rows(work, linking.LINKS, mine), source, target)
    kept.move(RECORDS.c.organization, source, target, RECORDS.c.owner == me)
    _own_ownerships(work, kept, source, target)
    for name in ("known_spelling", "spelling"):
        spellings = journal.table_named(name)
        kept.move(spellings.c.organization, source, target, spellings.c.owner == me)


# What has no meaning once both are one --------------------------------------------------------


def _without_itself(work: Work, kept: Journal, source: int, target: int) -> None:
    """Ownerships between the two go; what one wrote down about the other stays about the entry that is nobody now."""
    both = (source, target)
    for row in journal.rows(work, OWNERSHIPS, OWNERSHIPS.c.child.in_(both), OWNERSHIPS.c.parent.in_(both)):
        kept.remove(OWNERSHIPS, row)
    for row in journal.rows(work, RECORDS, RECORDS.c.owner == source, RECORDS.c.organization == target):
        kept.put(RECORDS, row, organization=source)


def _not_about_itself(column: Column[Any], source: int, target: int) -> ColumnElement[bool] | None:
    return RECORDS.c.owner.not_in((source, target)) if column is RECORDS.c.organization else None


def _own_ownerships(work: Work, kept: Journal, source: int, target: int) -> None:
    """Ownerships that only the caller spoke of."""
    me, column = work.actor.organization, OWNERSHIPS.c
    alone = and_(
        column.claimed_by == me,
        column.confirmed_by_reviewer.is_(None),
        or_(~column.confirmed_by_child, column.child == me),
        or_(~column.confirmed_by_parent, column.parent == me),
    )
    for row in journal.rows(work, OWNERSHIPS, alone, or_(column.child == source, column.parent == source)):
        child, parent = (target if row[name] == source else row[name] for name in ("child", "parent"))
        if child == parent:
            kept.remove(OWNERSHIPS, row)
        else:
            kept.put(OWNERSHIPS, row, child=child, parent=parent)


def _one_grant(work: Work, kept: Journal, source: int, target: int) -> None:
    """Of two standing grants to one brand the older stays; nobody grants itself anything."""
    grants = journal.table_named("grant")
    both = (source, target)
    near = or_(grants.c.organization.in_(both), grants.c.brand.in_(both))
    standing: set[tuple[int, int]] = set()
    for row in journal.rows(work, grants, near, grants.c.revoked_at.is_(None)):
        ends = tuple(target if row[name] == source else row[name] for name in ("organization", "brand"))
        if ends[0] == ends[1] or ends in standing:
            kept.put(grants, row, revoked_at=work.now)
        standing.add((ends[0], ends[1]))


def _own_codes(work: Work, kept: Journal, source: int, target: int) -> None:
    """A number that both used for a record of their own: the merged entry's gets its id behind it."""
    taken = {row["code"] for row in journal.rows(work, RECORDS, RECORDS.c.owner == target)}
    public = work.session.scalar(select(Organization.id).where(Organization.number == source))
    for row in journal.rows(work, RECORDS, RECORDS.c.owner == source):
        if row["code"] in taken:
            kept.put(RECORDS, row, code=f"{row['code'][:49]} {public}")


def _without_doubles(work: Work, kept: Journal, columns: Iterable[Column[Any]], source: int, target: int) -> None:
    """Where only one row may say something, the merged entry's goes: a seat held in both, an event entered twice."""
    moved: dict[Table, set[str]] = {}
    for column in columns:
        assert isinstance(column.table, Table)
        moved.setdefault(column.table, set()).add(column.name)
    for table, names in moved.items():
        for unique in (one for one in table.constraints if isinstance(one, UniqueConstraint)):
            referring = [column for column in unique.columns if column.name in names]
            if referring:
                _remove_doubles(work, kept, table, (list(unique.columns), referring), (source, target))


def _remove_doubles(
    work: Work,
    kept: Journal,
    table: Table,
    unique: tuple[list[Column[Any]], list[Column[Any]]],
    merged: tuple[int, int],
) -> None:
    columns, referring = unique
    source, target = merged
    taken: set[tuple[Any, ...]] = set()
    near: ColumnElement[bool] = or_(*(column.in_(merged) for column in referring))
    rows = journal.rows(work, table, near)
    names = {column.name for column in referring}
    for row in sorted(rows, key=lambda row: any(row[name] == source for name in names)):
        says = tuple(
            target if column.name in names and row[column.name] == source else row[column.name] for column in columns
        )
        if None not in says and says in taken:
            kept.remove(table, row)
        taken.add(says)


# Numbers inside lists -------------------------------------------------------------------------


def _lists(work: Work, kept: Journal, source: int, target: int) -> None:
    for name, column in LISTS:
        table = journal.table_named(name)
        query = select(*table.primary_key.columns, table.c[column])
        for row in map(dict, work.session.execute(query).mappings()):
            if source in (row[column] or ()):
                kept.put(table, row, **{column: _replaced(row[column], source, target)})
    registrations = journal.table_named("registration")
    profiles = select(registrations.c.number, registrations.c.profile)
    for row in map(dict, work.session.execute(profiles).mappings()):
        profile = dict(row["profile"])
        for word in STATED:
            if source in profile.get(word, ()):
                profile[word] = _replaced(profile[word], source, target)
        kept.put(registrations, row, profile=profile)


def _replaced(numbers: Iterable[int], source: int, target: int) -> list[int]:
    return list(dict.fromkeys(target if number == source else number for number in numbers))


def row(work: Work, number: int) -> Mapping[str, Any]:
    """An organization's row as it is now, locked."""
    (found,) = journal.rows(work, ORGANIZATIONS, ORGANIZATIONS.c.number == number)
    return found
