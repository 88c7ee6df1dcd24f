"""After a publication: whom the new version concerns is derived once with it.

That is who sent evidence that it hears, unless a requirement or the listing names an older version: nobody else is
held against another version than before.
"""

from collections.abc import Sequence
from typing import Final

from supplychain.conformity import loading
from supplychain.conformity.appraisal import Bench, frameworks_for, readers
from supplychain.conformity.derive import day_of, walk
from supplychain.errors import NotFound
from supplychain.frameworks import registry
from supplychain.jobs import Job
from supplychain.network import engine
from supplychain.work import Runtime, Work, run

JOB: Final = "publication"


def handle(runtime: Runtime, job: Job, owner: str) -> None:
    """Look at everybody as a job, and derive whom it concerns.

    Raises LeaseLost; NotFound where this process has no such pack, for it would derive as if nothing was published.
    """
    key = job.payload["framework"]

    def everybody(work: Work) -> list[int]:
        if registry(work).get(key) is None:
            raise NotFound
        return sorted(one.number for one in engine.network(work).organizations())

    walk(runtime, job, owner, run(runtime, everybody), lambda work, numbers: _concerned(work, key, numbers))


def _concerned(work: Work, key: str, numbers: Sequence[int]) -> list[int]:
    network = engine.network(work)
    day = day_of(work, network)
    families = {number: loading.family_of(network, number, day) for number in numbers}
    read = {one for number, family in families.items() for one in readers(network, number, family, day)}
    bench = Bench(network, registry(work), loading.load(work, read), day, work.runtime.settings.listing_framework)
    return [
        number
        for number, family in families.items()
        if any(one.key == key for one in frameworks_for(bench, number, family))
    ]
