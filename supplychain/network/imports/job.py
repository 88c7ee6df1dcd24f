"""An import or a dry run too long for a request: leased, resumable, with progress to look at."""

import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import update

from supplychain import lease
from supplychain.jobs import Job, advance
from supplychain.network.imports import confirming, doing, store
from supplychain.network.imports.confirming import Otherwise
from supplychain.network.imports.listing import Listing, Outcome, listing
from supplychain.network.imports.replacing import TwoSides, Unconfirmed
from supplychain.network.models import ImportRun
from supplychain.work import Actor, Runtime, Work, run

BEAT_SECONDS: Final = 5.0
"""So often long work outside of transactions says that it is alive."""


def handle(runtime: Runtime, job: Job, owner: str) -> None:
    """Do the import, or the dry run, of a leased job, a chunk a transaction; resumes where the last one committed.

    Raises LeaseLost when another worker took the job over.
    """
    actor = Actor(organization=job.organization or 0)
    found = doing.reading(runtime, actor, lambda reader: store.resume(reader, job.payload["import"]))
    try:
        if found.dry_run:
            _foresee_job(runtime, job, owner, actor, found)
        else:
            _write_job(runtime, job, owner, actor, found)
    except (Otherwise, TwoSides, Unconfirmed) as refusal:
        told = refusal

        def body(work: Work) -> None:
            store.refuse(work, found.number, told)
            _say_done(work, job.number, found.number)
            lease.finish(work.session, Job, job.number, owner, work.now)

        run(runtime, body, actor)


def _write_job(runtime: Runtime, job: Job, owner: str, actor: Actor, found: store.Found) -> None:
    beat = _heart(runtime, job, owner)
    confirms = found.confirms
    seen = None
    if confirms is not None:
        seen = doing.reading(runtime, actor, lambda reader: confirming.of(reader, confirms))
    fresh = not found.done and not found.ended

    def look(reader: Work) -> Listing:
        matched = listing(reader, found.sheet, found.manner, beat)
        # Of what is half done, that it may be done was seen at its beginning.
        if fresh:
            doing.check(reader, matched, seen)
        return matched

    matched = doing.reading(runtime, actor, look)
    count = len(found.done)
    for step, last in doing.with_last(matched.steps(found.done)):
        write = doing.chunk(found, found.sheet, step, seen, last=last)

        def body(work: Work, write: Callable[[Work], Outcome] = write, last: bool = last, count: int = count) -> int:  # noqa: FBT001 - bound now
            done = count + len(write(work).results)
            advance(work.session, job.number, done)
            if last:
                _say_done(work, job.number, found.number)
            settle = lease.finish if last else lease.hold
            settle(work.session, Job, job.number, owner, work.now)
            return done

        count = run(runtime, body, actor)
        doing.give_way(runtime, last=last)


def _foresee_job(runtime: Runtime, job: Job, owner: str, actor: Actor, found: store.Found) -> None:
    """Foresee in one snapshot, so that what is kept tells of one moment; an interrupted one begins anew."""
    beat = _heart(runtime, job, owner)
    outcome = doing.reading(runtime, actor, lambda reader: doing.look(reader, found.sheet, found.manner, beat))

    def begin(work: Work) -> None:
        store.anew(work, found.number)
        lease.hold(work.session, Job, job.number, owner, work.now)

    run(runtime, begin, actor)

    def settle(work: Work, *, last: bool) -> None:
        if last:
            advance(work.session, job.number, len(found.sheet.rows))
            _say_done(work, job.number, found.number)
        (lease.finish if last else lease.hold)(work.session, Job, job.number, owner, work.now)

    doing.note_foreseen(runtime, actor, found, found.sheet, outcome, settle)


def _heart(runtime: Runtime, job: Job, owner: str) -> Callable[[int], None]:
    """Renews the lease of a job, now and then, in work that is in no transaction that could."""
    last = time.monotonic()

    def beat(done: int) -> None:
        nonlocal last
        if time.monotonic() - last < BEAT_SECONDS:
            return
        last = time.monotonic()

        def body(work: Work) -> None:
            if done:
                advance(work.session, job.number, done)
            lease.hold(work.session, Job, job.number, owner, work.now)

        run(runtime, body, Actor(organization=job.organization or 0))

    return beat


def _say_done(work: Work, job: int, number: int) -> None:
    row = work.session.get_one(ImportRun, number)
    result = {"import": row.id, "rows": row.rows, **store.counts_of(row)}
    if row.refusal is not None:
        result["refused"] = row.refusal["code"]
    work.session.execute(update(Job).where(Job.number == job).values(result=result))
