"""The worker process: advances the day, does jobs, dispatches events and keeps house until it is told to stop.

Several may run at once. Killed at any moment, nothing is lost and no effect happens twice: a row is leased in a
unit of its own, and its effect and its acknowledgement are one transaction, guarded by the lease's owner.
"""

import os
import secrets
import signal
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import TypeVar

from supplychain import frameworks, idempotency, lease, wiring
from supplychain.conformity import renewing
from supplychain.evidence import files
from supplychain.jobs import Job
from supplychain.lease import LeaseLost
from supplychain.network import calendar, keeping
from supplychain.outbox import OutboxEvent
from supplychain.telemetry import log
from supplychain.trail.publishing import seal
from supplychain.wiring import Dispatcher, JobHandler
from supplychain.work import Runtime, Work, run

PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
BATCH = 100
"""Events of one transaction."""
SEALING_SECONDS = 2.0
"""Between two looks at what is to be sealed, in a thread of its own: no entry waits for a long job."""
HOUSEKEEPING = timedelta(hours=1)
SNAPSHOTS = timedelta(minutes=1)
"""Between two looks at whether a snapshot is due."""
KEYS_KEPT = timedelta(hours=24)
Row = TypeVar("Row", Job, OutboxEvent)


class NotFinished(Exception):
    """A handler returned without acknowledging its job: a mistake in the handler."""


class Worker:
    """One worker.

    owner: the name on its leases. jobs, dispatchers: by default all that the rooms offer.
    """

    def __init__(
        self,
        runtime: Runtime,
        *,
        jobs: Mapping[str, JobHandler] | None = None,
        dispatchers: Sequence[Dispatcher] | None = None,
    ) -> None:
        self.runtime = runtime
        self.owner = f"{socket.gethostname()[:20]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._jobs = wiring.job_handlers() if jobs is None else jobs
        self._dispatchers = wiring.dispatchers() if dispatchers is None else dispatchers
        self._stopping = Event()
        self._house_kept: datetime | None = None
        self._snapshot_from: datetime | None = None

    def stop(self) -> None:
        """Finish what is being done, then return from ``run``."""
        self._stopping.set()

    def run(self, *, once: bool = False) -> None:
        """Work until stopped, or, with ``once``, until there is nothing due.

        What goes wrong outside a job or an event, such as a database that is away, is logged and tried again;
        with ``once`` it is raised.
        """
        frameworks.check(self.runtime)  # a mistake in a pack stops the start
        log.info("worker started", owner=self.owner)
        sealing = Thread(target=self._seal_on, name="sealing", daemon=True)
        if not once:
            sealing.start()
        self._turns(once=once)
        if once:
            seal(self.runtime)
        else:
            sealing.join()
        log.info("worker stopped", owner=self.owner)

    def _turns(self, *, once: bool) -> None:
        pause = PAUSE_SECONDS
        while not self._stopping.is_set():
            try:
                busy = self.turn()
                pause = PAUSE_SECONDS
            except Exception as error:
                if once:
                    raise
                log.error("worker disturbed", owner=self.owner, exc_info=error)
                busy, pause = False, min(2 * pause, LONGEST_PAUSE_SECONDS)
            if once and not busy:
                break
            if not busy:
                self._stopping.wait(pause)

    def _seal_on(self) -> None:
        """Seal the audit trail every few seconds until told to stop, and what is left then."""
        stopping = False
        while not stopping:
            stopping = self._stopping.wait(SEALING_SECONDS)
            try:
                if sealed := seal(self.runtime):
                    log.info("audit trail sealed", entries=sealed)
            except Exception as error:  # noqa: BLE001 - nothing is lost, it is tried again
                log.error("audit trail not sealed", owner=self.owner, exc_info=error)

    def turn(self) -> bool:
        """Do a little of everything that is due; whether there was anything."""
        self._keep_house()
        advanced = calendar.advance_day(self.runtime) > 0
        worked = self._work()
        told = self._tell()
        self._keep_snapshot()
        return advanced or worked or told

    # Jobs -----------------------------------------------------------------------------------

    def _work(self) -> bool:
        for job in self._claim(Job):
            self._guarded(Job, job, lambda job=job: self._do(job))  # type: ignore[misc] # bound now
            return True
        return False

    def _do(self, job: Job) -> None:
        handler = self._jobs.get(job.kind)
        if handler is None:
            raise LookupError(f"no handler for jobs of kind {job.kind}")
        log.info("job started", job=job.id, kind=job.kind, attempt=job.attempts)
        handler(self.runtime, job, self.owner)
        if not self._finished(job):
            raise NotFinished(f"the handler of {job.kind} did not finish its lease")
        log.info("job done", job=job.id, kind=job.kind)

    def _finished(self, job: Job) -> bool:
        work = Work(self.runtime, writes=False)
        try:
            found = work.session.get(Job, job.number)
            return found is not None and found.done_at is not None
        finally:
            work.close()

    # Events ---------------------------------------------------------------------------------

    def _tell(self) -> bool:
        events = self._claim(OutboxEvent, BATCH)
        if len(events) > 1:
            try:
                self._dispatch(events)
                return True
            except Exception as error:  # noqa: BLE001 - which event it was shows when each is told alone
                log.warning("events are told one by one", reason=type(error).__name__)
        for event in events:
            self._guarded(OutboxEvent, event, lambda event=event: self._dispatch([event]))  # type: ignore[misc] # bound now
        return bool(events)

    def _dispatch(self, events: Sequence[OutboxEvent]) -> None:
        def body(work: Work) -> None:
            for event in events:
                for dispatch in self._dispatchers:
                    dispatch(work, event)
                lease.finish(work.session, OutboxEvent, event.number, self.owner, work.now)

        run(self.runtime, body)
        for event in events:
            log.info("event", id=event.id, type=event.type, subject=event.subject)

    # Leases ---------------------------------------------------------------------------------

    def _claim(self, model: type[Row], limit: int = 1) -> Sequence[Row]:
        look = Work(self.runtime, writes=False)
        try:
            if not lease.waiting(look.session, model, look.now):
                return ()
        finally:
            look.close()
        return run(self.runtime, lambda work: lease.claim(work.session, model, self.owner, work.now, limit))

    def _guarded(self, model: type[Row], row: Row, effect: Callable[[], None]) -> None:
        """Do what a leased row asks; put it back, and in the end bury it, when that fails."""
        if row.attempts > lease.MAX_ATTEMPTS:
            self._fail(model, row, "every worker that tried it died")
            return
        try:
            effect()
        except LeaseLost:
            log.warning("lease lost", row=row.id, owner=self.owner)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is kept with the row and tried again
            log.error("failed", row=row.id, attempt=row.attempts, exc_info=error)
            self._fail(model, row, f"{type(error).__name__}: {error}")

    def _fail(self, model: type[Row], row: Row, reason: str) -> None:
        def body(work: Work) -> bool:
            buried = lease.fail(work.session, model, row, self.owner, work.now, reason)
            if buried:
                work.record(_BURIED[model], row.id, row.organization)
            return buried

        try:
            if run(self.runtime, body):
                log.error("given up", row=row.id, reason=reason)
        except LeaseLost:
            log.warning("lease lost", row=row.id, owner=self.owner)

    # Housekeeping ---------------------------------------------------------------------------

    def _keep_house(self) -> None:
        now = self.runtime.settings.clock()
        if self._house_kept is not None and now - self._house_kept < HOUSEKEEPING:
            return
        self._house_kept = now
        run(self.runtime, lambda work: idempotency.forget(work.session, work.now - KEYS_KEPT))
        older = run(self.runtime, renewing.renew)
        log.info("house kept", of_older_rules=older, files_deleted=files.sweep(self.runtime))

    def _keep_snapshot(self) -> None:
        now = self.runtime.settings.clock()
        if self._snapshot_from is not None and now < self._snapshot_from:
            return
        self._snapshot_from = now + SNAPSHOTS
        try:
            if written := keeping.keep(self.runtime):
                log.info("snapshot written", snapshot=str(written))
        except OSError as error:  # web processes fold the log without it, as ever
            self._snapshot_from = now + HOUSEKEEPING
            log.warning("no snapshot can be kept", reason=str(error))


_BURIED: Mapping[type, str] = {Job: "job.failed", OutboxEvent: "event.failed"}


def main(runtime: Runtime, *, once: bool = False, signals: Iterable[int] = (signal.SIGTERM, signal.SIGINT)) -> None:
    """Run a worker in the main thread; the signals let it finish what it does."""
    worker = Worker(runtime)
    for number in signals:
        signal.signal(number, lambda _number, _frame: worker.stop())
    worker.run(once=once)
