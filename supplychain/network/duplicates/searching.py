"""The search for likely duplicates among one sender's records: a job after imports and on demand, never all pairs.

Only what is new or says something else than when it was last compared is compared, with whatever shares a block.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import delete, insert, or_, select, update

from supplychain import lease
from supplychain.db import opaque, table_of
from supplychain.dialects import among, upsert
from supplychain.jobs import Job
from supplychain.network.duplicates import finding
from supplychain.network.duplicates.finding import Pair
from supplychain.network.duplicates.models import ComparedRecord, Duplicate
from supplychain.network.duplicates.scoring import Profile
from supplychain.network.models import Identifier, SupplierRecord
from supplychain.work import Actor, Runtime, Work, run

JOB: Final = "duplicates"
OPEN, SAME, DIFFERENT, UNSURE = "open", "same", "different", "unsure"
CHUNK: Final = 1000
_PAIRS = table_of(Duplicate)


def enqueue(work: Work) -> Job:
    """Let a job search the caller's records; one that waits already will do."""
    waiting = select(Job).where(
        Job.kind == JOB,
        Job.organization == work.actor.organization,
        Job.done_at.is_(None),
        Job.dead_at.is_(None),
        Job.lease_owner.is_(None),
    )
    found = work.session.scalar(waiting.limit(1))
    return found or work.enqueue(JOB, {}, organization=work.actor.organization)


def handle(runtime: Runtime, job: Job, owner: str) -> None:
    """Search the records of a leased job's organization; begun again where a worker died. Raises LeaseLost."""
    actor = Actor(organization=job.organization or 0)
    profiles, fresh = _reading(runtime, actor)
    found = list(finding.find(profiles, fresh))
    made = 0
    numbers = sorted(profiles[at].number for at in fresh)

    def clear(work: Work) -> None:
        _forget_open(work, numbers)
        lease.hold(work.session, Job, job.number, owner, work.now)

    run(runtime, clear, actor)
    for start in range(0, len(found), CHUNK):

        def write(work: Work, chunk: Sequence[Pair] = found[start : start + CHUNK]) -> int:
            added = _propose(work, profiles, chunk)
            lease.hold(work.session, Job, job.number, owner, work.now)
            return added

        made += run(runtime, write, actor)
    run(runtime, lambda work: _finish(work, job, owner, profiles, fresh, made), actor)


def profiles_of(work: Work) -> list[Profile]:
    """The caller's records as they are compared, in order of recording."""
    me = work.actor.organization
    columns = (SupplierRecord.number, SupplierRecord.organization, SupplierRecord.code, SupplierRecord.name)
    query = select(*columns, SupplierRecord.country, SupplierRecord.address).where(SupplierRecord.owner == me)
    about = select(SupplierRecord.organization).where(SupplierRecord.owner == me)
    held = select(Identifier.organization, Identifier.scheme, Identifier.value).where(
        Identifier.organization.in_(about)
    )
    identifiers: dict[int, dict[str, str]] = {}
    for organization, scheme, value in work.session.execute(held.order_by(Identifier.number)):
        identifiers.setdefault(organization, {})[scheme] = value
    return [
        Profile(number, organization, code, name, country, address, identifiers.get(organization, {}))
        for number, organization, code, name, country, address in work.session.execute(
            query.order_by(SupplierRecord.number)
        )
    ]


def _reading(runtime: Runtime, actor: Actor) -> tuple[list[Profile], frozenset[int]]:
    """The records, and the positions of those to compare, read without any lock held."""
    reader = Work(runtime, actor, writes=False)
    try:
        profiles = profiles_of(reader)
        query = select(ComparedRecord.record, ComparedRecord.said).where(ComparedRecord.owner == actor.organization)
        compared: Mapping[int, str] = dict(reader.session.execute(query).all())
    finally:
        reader.close()
    fresh = (at for at, profile in enumerate(profiles) if compared.get(profile.number) != profile.spoken)
    return profiles, frozenset(fresh)


def _forget_open(work: Work, numbers: Sequence[int]) -> None:
    """Undecided pairs of what is compared anew, or of what is no record any more, are not there any more."""
    mine = delete(Duplicate).where(Duplicate.owner == work.actor.organization, Duplicate.state == OPEN)
    work.session.execute(mine.where(or_(Duplicate.first.is_(None), Duplicate.second.is_(None))))
    for start in range(0, len(numbers), CHUNK):
        part = numbers[start : start + CHUNK]
        work.session.execute(mine.where(or_(Duplicate.first.in_(part), Duplicate.second.in_(part))))


def _propose(work: Work, profiles: Sequence[Profile], pairs: Sequence[Pair]) -> int:
    """Write down those pairs that nobody decided, and whose records are still there and still two organizations'."""
    me = work.actor.organization
    ends = {profiles[at].number for pair in pairs for at in (pair.first, pair.second)}
    query = select(SupplierRecord.number, SupplierRecord.organization)
    now = dict(work.session.execute(query.where(SupplierRecord.owner == me, among(SupplierRecord.number, ends))).all())
    known = _decided(work, profiles, pairs)
    rows = []
    for pair in pairs:
        first, second = profiles[pair.first], profiles[pair.second]
        if now.get(first.number) is None or now.get(second.number) is None:
            continue
        if now[first.number] != now[second.number] and not known & _keys(first, second):
            rows.append(_row(work, first, second, pair))
    if rows:
        work.session.execute(insert(_PAIRS), rows)
    return len(rows)


def _row(work: Work, first: Profile, second: Profile, pair: Pair) -> dict[str, Any]:
    return {
        "id": opaque("dup"),
        "owner": work.actor.organization,
        "first": first.number,
        "second": second.number,
        "said_first": first.spoken,
        "said_second": second.spoken,
        "distance": 1000 - round(1000 * pair.score.value),
        "parts": [[str(part), round(points, 3)] for part, points in pair.score.parts],
        "blocks": [str(block) for block in pair.blocks],
        "state": OPEN,
        "found_at": work.now,
        "version": 1,
    }


_Key = tuple[int, int] | frozenset[str]


def _keys(first: Profile, second: Profile) -> set[_Key]:
    """By what a decision about two records is found again: the records, and what they say if that differs."""
    said = frozenset({first.spoken, second.spoken})
    return {(first.number, second.number), *([said] if len(said) > 1 else [])}


def _decided(work: Work, profiles: Sequence[Profile], pairs: Sequence[Pair]) -> set[_Key]:
    ends = {profiles[at] for pair in pairs for at in (pair.first, pair.second)}
    said = {one.spoken for one in ends}
    columns = Duplicate.first, Duplicate.second, Duplicate.said_first, Duplicate.said_second, Duplicate.state
    query = select(*columns).where(
        Duplicate.owner == work.actor.organization,
        or_(Duplicate.said_first.in_(said), Duplicate.first.in_({one.number for one in ends})),
    )
    known: set[_Key] = set()
    for first, second, one, other, state in work.session.execute(query):
        if first is not None and second is not None:
            known.add((first, second))
        if one != other and state in {DIFFERENT, UNSURE}:
            known.add(frozenset({one, other}))
    return known


def _finish(work: Work, job: Job, owner: str, profiles: Sequence[Profile], fresh: frozenset[int], made: int) -> None:
    present = set(
        work.session.scalars(select(SupplierRecord.number).where(SupplierRecord.owner == work.actor.organization))
    )
    rows = [
        {"record": profiles[at].number, "owner": work.actor.organization, "said": profiles[at].spoken}
        for at in sorted(fresh)
        if profiles[at].number in present
    ]
    for start in range(0, len(rows), CHUNK):
        upsert(work.connection, ComparedRecord, rows[start : start + CHUNK], ["record"])
    result = {"records": len(profiles), "compared": len(fresh), "proposed": made}
    work.session.execute(update(Job).where(Job.number == job.number).values(result=result))
    lease.finish(work.session, Job, job.number, owner, work.now)
