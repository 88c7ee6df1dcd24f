"""After a publication: everybody is derived once with the new version among those that evidence is held against."""

from typing import Final

from supplychain.conformity.derive import walk
from supplychain.errors import NotFound
from supplychain.frameworks import registry
from supplychain.jobs import Job
from supplychain.network import engine
from supplychain.work import Runtime, Work, run

JOB: Final = "publication"


def handle(runtime: Runtime, job: Job, owner: str) -> None:
    """Derive everybody as a job.

    Raises LeaseLost; NotFound where this process has no such pack, for it would derive as if nothing was published.
    """

    def everybody(work: Work) -> list[int]:
        if registry(work).get(job.payload["framework"]) is None:
            raise NotFound
        return sorted(one.number for one in engine.network(work).organizations())

    walk(runtime, job, owner, run(runtime, everybody))
