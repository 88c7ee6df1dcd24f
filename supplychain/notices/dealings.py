"""What a day brings of plans and waivers: a step is due or late, leave is about to end."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from sqlalchemy import select

from supplychain.dialects import among
from supplychain.network import engine
from supplychain.notices.operations import Said
from supplychain.notices.queries import reached_at
from supplychain.notices.rules import LEAVE, PLANNED, Kind, reminder
from supplychain.plans import queries as plans
from supplychain.plans import rules as planning
from supplychain.plans.models import Plan
from supplychain.waivers import queries as waivers
from supplychain.waivers.models import Waiver
from supplychain.waivers.rules import WaiverState
from supplychain.work import Work


def planned(work: Work, organizations: Collection[int], day: date) -> Iterator[Said]:
    """Steps of plans that some organizations made and that are due, or late, and not reported."""
    made = select(Plan).where(among(Plan.holder, organizations), Plan.withdrawn_on.is_(None))
    for row in work.session.scalars(made.order_by(Plan.number)):
        progress = plans.progress(row)
        open_steps = [(at, step) for at, step in enumerate(progress.steps) if step.done_on is None]
        told = [(at, step, reminder(step.due, day, PLANNED)) for at, step in open_steps]
        due = [(at, step, off) for at, step, off in told if off is not None and _stood(row.made_on, step.due, off)]
        if not due or planning.state_of(progress, plans.achieved(work, row), ()) is planning.PlanState.VERIFIED:
            continue
        for at, step, off in due:
            kind = Kind.PLAN_STEP_LATE if step.late_on(day) else Kind.PLAN_STEP_DUE
            said = {"step": at + 1, "title": row.milestones[at]["title"], "due": step.due.isoformat()}
            key = f"plan:{row.number}:{at}:{off}"
            yield Said(row.holder, kind, row.id, key, {**said, "days": abs((step.due - day).days)})


def ending(work: Work, organizations: Collection[int], day: date) -> Iterator[Said]:
    """Waivers in force, given to some organizations or to unclaimed plants of theirs, that are about to end."""
    network = engine.network(work)
    theirs = {plant for one in organizations for plant in network.plants_of(one, day)} | set(organizations)
    last = day - timedelta(days=min(LEAVE))
    soon = select(Waiver).where(among(Waiver.supplier, theirs), Waiver.until.between(day, last))
    rows = work.session.scalars(soon.order_by(Waiver.number)).all()
    states = waivers.states_of(work, rows)
    for row in rows:
        off, reader = reminder(row.until, day, LEAVE), reached_at(work, row.supplier)
        if off is None or not _stood(row.granted_on, row.until, off):
            continue
        if states[row.number] is WaiverState.IN_FORCE and reader in organizations:
            told = {"until": row.until.isoformat(), "days": (row.until - day).days}
            yield Said(reader, Kind.WAIVER_ENDING, row.id, f"waiver:{row.number}:{off}", told)


def _stood(since: date, last: date, off: int) -> bool:
    """Whether there was anything to be reminded of on a reminder's day: what is new was told when it was made."""
    return since <= last + timedelta(days=off)
