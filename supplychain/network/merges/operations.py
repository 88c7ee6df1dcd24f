"""Verbs of merges: a sender's about its own rows, an operator's for everybody; and their undoing."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Select, and_, delete, or_, select, update

from supplychain.accounts.permissions import Permission
from supplychain.db import table_of
from supplychain.errors import Conflict, Forbidden, Invalid, NotFound
from supplychain.network import directory
from supplychain.network.merge_models import Merge
from supplychain.network.merges import checks, journal, moving, telling, undoing
from supplychain.network.merges.journal import Journal
from supplychain.network.models import Organization
from supplychain.network.records import own as own_records
from supplychain.network.standing import UNCLAIMED, require_verified
from supplychain.work import Work

OWN, DIRECTORY = "own", "directory"
TARGET, SOURCE, BOTH = "target", "source", "both"
_LOCKED: Final = (Organization.number,)


def merge(
    work: Work, *, source: str, target: str, scope: str = OWN, people: str | None = None, note: str = ""
) -> Merge:
    """State that two entries (public ids) are one company; the target keeps its id.

    own: the caller's records, its unanswered claims and its private links about the source are about the target from
    here on. directory: everything of everybody. people: of two claimed entries, whose seats stay. Raises Invalid,
    Forbidden, Conflict.
    """
    require_verified(work)
    if scope == DIRECTORY and not _operates(work):
        raise Forbidden("permission-missing", permission=str(Permission.MERGES_OPERATE))
    one, other = directory.named(work, source, "/source"), directory.named(work, target, "/target")
    checks.check_two(one, other)
    return together(work, one, other, scope=scope, people=people, note=note)


def together(
    work: Work,
    source: Organization,
    target: Organization,
    *,
    scope: str = OWN,
    people: str | None = None,
    note: str = "",
) -> Merge:
    """Merge two entries that are known to be two. Raises Invalid, Conflict."""
    _lock(work, source, target)
    if scope == OWN:
        _check_own(work, source, target)
        return _merge(work, source, target, OWN, None, note)
    with work.deriving():
        checks.check_standing(source, target)
        checks.check_circle(work, source, target)
        return _merge(work, source, target, DIRECTORY, _people(work, source, target, people), note)


def undo(work: Work, row: Merge) -> Merge:
    """Split what a merge joined: all that it moved goes back, what was recorded since stays with the target.

    Raises Conflict when it was undone already, or when later facts are in the way.
    """
    require_verified(work)
    if row.undone_at is not None:
        raise Conflict("merge-undone")
    if row.scope == OWN:
        return _undo(work, row)
    with work.deriving():
        return _undo(work, row)


def visible(work: Work, scope: str | None = None) -> Select[Merge]:
    """The merges a caller may read: its own, and for an operator those of the directory, whoever decided them."""
    mine = and_(Merge.owner == work.actor.organization, Merge.scope == OWN)
    allowed = or_(mine, Merge.scope == DIRECTORY) if _operates(work) else mine
    query = select(Merge).where(allowed)
    return query if scope is None else query.where(Merge.scope == scope)


@contextmanager
def reading(work: Work) -> Iterator[None]:
    """Read merges: an operator those of other operators too, which row-level security keeps from a tenant."""
    if not _operates(work):
        yield
        return
    with work.deriving():
        yield


def find(work: Work, merge_id: str) -> Merge:
    """A merge that the caller may read. Raises NotFound."""
    with reading(work):
        row = work.session.scalar(visible(work).where(Merge.id == merge_id))
    if row is None:
        raise NotFound
    return row


def _operates(work: Work) -> bool:
    return Permission.MERGES_OPERATE in work.actor.permissions


# How it is done -----------------------------------------------------------------------------


def _merge(work: Work, source: Organization, target: Organization, scope: str, people: str | None, note: str) -> Merge:
    network = telling.network_before(work)
    numbers = source.number, target.number
    row = Merge(
        owner=work.actor.organization,
        scope=scope,
        source=source.number,
        target=target.number,
        people=people,
        note=note,
        merged_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    kept = Journal(work)
    if scope == OWN:
        moving.own(work, kept, *numbers)
    else:
        _seats(work, kept, source, target, people)
        moving.everything(work, kept, *numbers)
        fields = {"claim": UNCLAIMED, "listed": False, "training_consent": False, "merged_into": numbers[1]}
        kept.put(moving.ORGANIZATIONS, moving.row(work, numbers[0]), **fields)
    kept.write(row.number, row.owner)
    telling.tell(work, kept.steps, numbers, network)
    _say(work, row, "organization.merged")
    return row


def _undo(work: Work, row: Merge) -> Merge:
    network = telling.network_before(work)
    _check_last(work, row)
    steps = undoing.put_back(work, row)
    row.undone_at = work.now
    _unlearn(work, row)
    telling.tell(work, steps, (row.source, row.target), network)
    _say(work, row, "organization.split")
    return row


def _unlearn(work: Work, row: Merge) -> None:
    """What was said of names by way of this merge is open again."""
    work.session.flush()
    spellings, pairs = journal.table_named("known_spelling"), journal.table_named("duplicate")
    work.session.execute(delete(spellings).where(spellings.c.merge == row.number))
    reopened = {"state": "open", "merge": None, "decided_at": None, "version": pairs.c.version + 1}
    work.session.execute(update(pairs).where(pairs.c.merge == row.number).values(reopened))
    work.session.expire_all()


def _check_last(work: Work, row: Merge) -> None:
    """Merges of one company are taken back in the reverse order. Raises Conflict."""
    both = (row.source, row.target)
    later = select(Merge).where(
        Merge.number > row.number,
        Merge.scope == row.scope,
        Merge.undone_at.is_(None),
        or_(Merge.source.in_(both), Merge.target.in_(both)),
    )
    if row.scope == OWN:
        later = later.where(Merge.owner == row.owner)
    found = work.session.scalar(later.order_by(Merge.number.desc()).limit(1))
    if found is not None:
        raise Conflict("split-later-first", merge=found.id)


def _say(work: Work, row: Merge, action: str) -> None:
    parties = directory.by_number(work, {row.source, row.target})
    source, target = parties[row.source].id, parties[row.target].id
    work.record(action, row.id, row.owner, scope=row.scope, source=row.source, target=row.target)
    about = row.owner if row.scope == OWN else row.target
    work.emit(action, row.id, about, scope=row.scope, source=source, target=target)


def _lock(work: Work, *organizations: Organization) -> None:
    numbers = sorted(row.number for row in organizations)
    query = select(*_LOCKED).where(Organization.number.in_(numbers)).order_by(Organization.number)
    with work.deriving():
        work.session.execute(query.with_for_update()).all()


def _check_own(work: Work, source: Organization, target: Organization) -> None:
    me = work.actor.organization
    if me in {source.number, target.number}:
        raise Invalid.at("/source" if source.number == me else "/target", "merge-of-yourself")
    if work.session.scalar(own_records(me, source.number).limit(1)) is None:
        raise Invalid.at("/source", "no-record-of-yours")
    checks.check_alone(work, source)


def _people(work: Work, source: Organization, target: Organization, said: str | None) -> str | None:
    """Whose seats stay. Raises Conflict when two different owners claimed the two and nobody said."""
    if source.claim == UNCLAIMED:
        return None
    if said is not None:
        return said
    members = journal.table_named("membership").c
    seated = [
        set(work.session.scalars(select(members.person).where(members.organization == one.number)))
        for one in (source, target)
    ]
    if seated[0] != seated[1]:
        raise Conflict("merge-both-claimed")
    return BOTH


def _seats(work: Work, kept: Journal, source: Organization, target: Organization, people: str | None) -> None:
    """Take seats and keys from the owner that does not stay."""
    leaving = {SOURCE: target, TARGET: source}.get(people or "")
    if leaving is None:
        return
    members, keys = journal.table_named("membership"), journal.table_named("api_key")
    for row in journal.rows(work, members, members.c.organization == leaving.number):
        kept.remove(members, row)
    for row in journal.rows(work, keys, keys.c.organization == leaving.number, keys.c.revoked_at.is_(None)):
        kept.put(keys, row, revoked_at=work.now)
    if people == SOURCE:
        kept.put(table_of(Organization), moving.row(work, target.number), claim=source.claim)


def parties(work: Work, rows: Sequence[Merge]) -> Mapping[int, Any]:
    """Source and target of some merges, by number."""
    return directory.by_number(work, {end for row in rows for end in (row.source, row.target)})
