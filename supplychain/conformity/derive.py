"""The one place where anything follows from anything: from recorded facts to derived rows.

`refresh` derives what a unit of work touches, `rebuild` everything from nothing; both end in `derive`, which
computes an organization from all its facts, so that they can only differ in whom they look at.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from graph.cascade import touched
from graph.network import DayAdvanced, Network, Organization, Ownership, Waiver
from supplychain import heads, jobs, lease
from supplychain.conformity import loading, protected, writing
from supplychain.conformity.appraisal import Bench, appraisal_of, readers_from
from supplychain.conformity.models import Conformity
from supplychain.frameworks import registry
from supplychain.jobs import Job
from supplychain.network import engine, log
from supplychain.network.engine import Engine
from supplychain.work import Runtime, Work, run

JOB = "derive"


def refresh(work: Work) -> None:
    """Append the unit's network changes to the log and re-derive what they and its facts touch.

    More than ``derive_limit`` organizations are left to a job; ``work.deferred`` is then its id.
    """
    if not (work.changes or work.touched):
        return
    work.derive_from_here()
    before, after = _network(work)
    protected.enqueue_if_due(work)
    touched = set(work.touched) | _touched_by(work, before)
    targets = sorted(_relatives(work, after, touched) | _kin(work, before, after))
    if len(targets) > work.runtime.settings.derive_limit:
        work.deferred = work.enqueue(
            JOB, {"organizations": targets}, total=len(targets), organization=work.actor.organization or None
        ).id
    elif targets:
        derive(work, targets, after)


def derive(work: Work, organizations: Sequence[int], network: Network) -> None:
    """Derive some organizations, in the order of their numbers, from all that is recorded of them.

    network: with this unit's changes.
    """
    kept = writing.lock(work, organizations)
    facts = loading.load(work, _readers(work, network, organizations))
    while not work.changes and facts.heads[0] != network.revision:
        # Somebody changed the network, while this unit waited for the locks or before this process looked at it;
        # who then owns a plant, or is one, is derived as well.
        network = work.runtime.component(Engine).up_to(work, facts.heads).network
        related = _relatives(work, network, organizations)
        if added := related - kept.keys():
            kept |= writing.lock(work, sorted(added))
        organizations = sorted(related)
        facts = loading.load(work, _readers(work, network, organizations))
    day = day_of(work, network)
    bench = Bench(
        network,
        registry(work),
        facts,
        day,
        work.runtime.settings.listing_framework,
        frozenset(number for number, row in kept.items() if row.listed),
        window=timedelta(days=work.runtime.settings.expiring_days),
    )
    writing.write(work, day, kept, (appraisal_of(bench, number) for number in organizations))


def rebuild(runtime: Runtime, progress: Callable[[int, int], None] | None = None) -> int:
    """Derive every organization anew from an engine folded from nothing; how many were looked at.

    progress: called with how many are done, of how many.
    """
    runtime.components[Engine] = Engine()
    numbers = sorted(run(runtime, lambda work: [one.number for one in engine.network(work).organizations()]))
    size = runtime.settings.derive_limit
    for start in range(0, len(numbers), size):
        chunk = numbers[start : start + size]
        run(runtime, lambda work, chunk=chunk: _derive_here(work, chunk))  # type: ignore[misc] # bound now
        if progress:
            progress(start + len(chunk), len(numbers))
    return len(numbers)


def handle(runtime: Runtime, job: Job, owner: str) -> None:
    """Derive a job's organizations. Raises LeaseLost when another worker took the job over."""
    walk(runtime, job, owner, job.payload["organizations"])


def walk(
    runtime: Runtime,
    job: Job,
    owner: str,
    numbers: Sequence[int],
    concerned: Callable[[Work, Sequence[int]], Sequence[int]] = lambda _work, numbers: numbers,
) -> None:
    """Derive organizations as a job, ``derive_limit`` a transaction; resumes where the last one committed.

    concerned: those of some whom what happened concerns; by default all. Raises LeaseLost when another worker took
    the job over.
    """
    size = runtime.settings.derive_limit
    starts = range(job.progress_done, len(numbers), size)
    for start in starts:
        chunk = numbers[start : start + size]
        last = start + size >= len(numbers)

        def step(work: Work, chunk: Sequence[int] = chunk, last: bool = last, done: int = start) -> None:  # noqa: FBT001 - bound now
            _derive_here(work, concerned(work, chunk))
            jobs.advance(work.session, job.number, done + len(chunk))
            settle = lease.finish if last else lease.hold
            settle(work.session, Job, job.number, owner, work.now)

        run(runtime, step)
    if not starts:
        run(runtime, lambda work: lease.finish(work.session, Job, job.number, owner, work.now))


def _derive_here(work: Work, numbers: Sequence[int]) -> None:
    derive(work, numbers, engine.network(work))


def _network(work: Work) -> tuple[Network, Network]:
    """The network before this unit, and with its changes, now in the log."""
    folded = work.runtime.component(Engine)
    if not work.changes:
        known = folded.state.network if folded.state.network.revision else engine.network(work)
        return known, known
    revision = heads.next_revision(work.session, heads.NETWORK)
    before = folded.up_to(work, (revision - 1, heads.read(work.connection)[1])).network
    log.append(work.session, revision, work.changes, work.now)
    return before, before.apply(work.changes, revision)


def _touched_by(work: Work, before: Network) -> set[int]:
    """Whom the network changes of a unit concern."""
    found = set(touched(before, work.changes)) if work.changes else set()
    for change in work.changes:
        if isinstance(change, Organization):
            found |= loading.relatives(before, change.number, day_of(work, before))
        elif isinstance(change, Waiver):
            found.add(change.supplier)
        elif isinstance(change, DayAdvanced):
            query = select(Conformity.organization).where(Conformity.good_through < change.day)
            found |= set(work.session.scalars(query))
    return found


def _kin(work: Work, before: Network, after: Network) -> set[int]:
    """Whose families the ownerships of a unit may change, as they were and as they are."""
    found = [one for one in work.changes if isinstance(one, Ownership)]
    gone = [one for new in found if (one := before.ownership(new.number)) is not None]
    kin = [*map(before.kin, gone), *map(after.kin, found)]
    return {number for some in kin for number in some}


def _relatives(work: Work, network: Network, organizations: Iterable[int]) -> set[int]:
    """Whose conformity what is recorded of some organizations may change, their own included."""
    day = day_of(work, network)
    return {one for number in organizations for one in loading.relatives(network, number, day)}


def _readers(work: Work, network: Network, organizations: Iterable[int]) -> set[int]:
    """Whose facts the appraisals of some organizations read."""
    day = day_of(work, network)
    return {one for number in organizations for one in readers_from(network, number, day)}


def day_of(work: Work, network: Network) -> date:
    """The day that is derived: the one the network has reached, so that missed days get their own dates."""
    return work.today if network.day == date.min else network.day
