"""Protected aggregates: what an issuer may not list, counted in cells that no single company can be read from.

Domain rules: computed when a month's first day advances, a cell stays for the month.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from graph.cascade import Obligation
from graph.network import DayAdvanced, Network, Requirement
from graph.sight import view
from supplychain import lease
from supplychain.conformity import regional
from supplychain.conformity.cells import cell, month_of, root_of
from supplychain.conformity.levels import levels
from supplychain.conformity.models import ProtectedCell
from supplychain.conformity.rules import judge
from supplychain.conformity.wording import worst
from supplychain.dialects import upsert
from supplychain.jobs import Job
from supplychain.network import engine
from supplychain.work import Runtime, Work, run

JOB = "protected-cells"


def compute(work: Work, network: Network, day: date) -> None:
    """Count the protected remainder of every live requirement, and every index, for the month of a day."""
    regional.compute(work, network, day)
    rows = []
    for requirement in network.requirements():
        if requirement.live_on(day):
            counts = _cell(work, network, requirement, day)
            rows.append({"requirement": requirement.number, "month": month_of(day), "counts": counts})
    upsert(work.connection, ProtectedCell, rows, ["requirement", "month"])


def enqueue_if_due(work: Work) -> None:
    """Leave the counting to a job when the unit advances the day into a new month."""
    for one in work.changes:
        if isinstance(one, DayAdvanced) and one.day.day == 1:
            work.enqueue(JOB, {"day": one.day.isoformat()})


def shown(work: Work, requirement: int, day: date) -> Mapping[str, Any]:
    """The undivided cell of a requirement as its issuer sees it this month.

    ``counts`` is null while the cell may not be shown, or was not counted yet.
    """
    row = work.session.get(ProtectedCell, (requirement, month_of(day)))
    return {"month": month_of(day).isoformat(), "counts": row.counts if row else None}


def _cell(work: Work, network: Network, requirement: Requirement, day: date) -> dict[str, int] | None:
    owed = view(network, requirement, day).protected
    roots = {root_of(network, one.supplier, day) for one in owed}
    return cell(_statuses(work, requirement, owed, day), len(roots))


def _statuses(work: Work, requirement: Requirement, owed: Sequence[Obligation], day: date) -> list[str]:
    """The worst status of each organization over the requirement's pillars."""
    wanted = {(one.supplier, requirement.framework, pillar) for one in owed for pillar in requirement.pillars}
    stood = levels(work, wanted, day)
    found = []
    for one in owed:
        judged = [
            str(
                judge(
                    one.level,
                    one.due_for(pillar),
                    one.announced,
                    stood[one.supplier, requirement.framework, pillar].standing,
                    day,
                ).code
            )
            for pillar in requirement.pillars
        ]
        found.append(worst(judged) or "")
    return found


def handle(runtime: Runtime, job: Job, owner: str) -> None:
    """Count the cells of the month a job names. Raises LeaseLost when another worker took it over."""

    def count(work: Work) -> None:
        compute(work, engine.network(work), date.fromisoformat(job.payload["day"]))
        lease.finish(work.session, Job, job.number, owner, work.now)

    run(runtime, count)
