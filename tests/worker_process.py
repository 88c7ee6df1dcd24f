"""A worker in a process of its own, for tests that kill it: ``python -m tests.worker_process URL FILES``.

Its jobs leave audit entries as their effects, so that a lost or doubled effect can be counted; they dawdle inside
and between their transactions, so that a kill finds them anywhere. Leases are short, so that another worker soon
takes over.
"""

import os
import random
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

from graph.network import DayAdvanced
from supplychain import jobs, lease, telemetry, wiring, worker
from supplychain.config import Settings
from supplychain.db import Database
from supplychain.jobs import Job
from supplychain.outbox import OutboxEvent
from supplychain.work import Runtime, Work, run

STEPS = 3
LEASE = timedelta(seconds=2)
"""Soon over for whoever waits for it, and long enough that on a busy machine it seldom is in honest hands."""


def steps(runtime: Runtime, job: Job, owner: str) -> None:
    """As a long job should be written: one effect a transaction, resumed where the last one committed."""
    for step in range(job.progress_done, STEPS):
        last = step == STEPS - 1

        def body(work: Work, step: int = step, last: bool = last) -> None:
            work.record("finding.opened", job.id, step=step)
            work.session.flush()
            dawdle()
            jobs.advance(work.session, job.number, step + 1)
            (lease.finish if last else lease.hold)(work.session, Job, job.number, owner, work.now)

        run(runtime, body)
        dawdle()


def die(runtime: Runtime, job: Job, owner: str) -> None:
    """A job that takes its worker with it."""
    os.kill(os.getpid(), signal.SIGKILL)


def tell(work: Work, event: OutboxEvent) -> None:
    """Leave an effect in the transaction that acknowledges the event."""
    work.record("claim.verified", event.id)
    work.session.flush()
    dawdle(0.004)


def dawdle(longest: float = 0.04) -> None:
    time.sleep(random.random() * longest)


def main(url: str, files: str) -> None:
    lease.LEASE = LEASE
    worker.PAUSE_SECONDS = 0.05
    telemetry.configure()
    settings = Settings(database_url=url, files_url=files, packs=(Path(__file__).parent / "packs",))
    runtime = wiring.runtime(settings, Database(url, pool_size=2))
    derive = runtime.derive

    def derive_slowly(work: Work) -> None:
        """So that a kill finds a day that is advanced, with its rows written and nothing committed."""
        derive(work)
        if any(isinstance(change, DayAdvanced) for change in work.changes):
            work.session.flush()
            dawdle(0.3)

    runtime.derive = derive_slowly
    one = worker.Worker(runtime, jobs={"steps": steps, "die": die}, dispatchers=[tell])
    signal.signal(signal.SIGTERM, lambda _number, _frame: one.stop())
    Path(files).mkdir(exist_ok=True)
    one.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
