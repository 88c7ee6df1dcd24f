"""Proposals, and what a version would change, counted and one by one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from supplychain.accounts.models import Person
from supplychain.dialects import among
from supplychain.frameworks.models import Publication
from supplychain.jobs import Job
from supplychain.network.models import Organization
from supplychain.publishing.models import LevelShift
from supplychain.work import Work

_DIMENSIONS = ("country", "region", "sector")


def listed(work: Work, state: str | None) -> Select[Publication]:
    """The proposals of the caller's organization."""
    query = select(Publication).where(Publication.organization == work.actor.organization)
    return query if state is None else query.where(Publication.state == state)


def changes(row: Publication, wanted: Mapping[str, Any]) -> Select[LevelShift, str, str, str | None]:
    """Each level that would change, with whose it is; filtered by pillar, country, region and sector."""
    query = (
        select(LevelShift, Organization.id, Organization.name, Organization.name_zh)
        .join(Organization, Organization.number == LevelShift.organization)
        .where(LevelShift.publication == row.number)
    )
    asked = {name: wanted[name] for name in ("pillar", *_DIMENSIONS) if name in wanted}
    return query.where(*(getattr(LevelShift, name) == value for name, value in asked.items()))


def counted(work: Work, row: Publication) -> dict[str, Any]:
    """How many levels would change, by pillar and step, and how many organizations by place and sector."""
    mine = LevelShift.publication == row.number
    organizations = func.count(LevelShift.organization.distinct())
    steps = select(LevelShift.pillar, LevelShift.before, LevelShift.after, func.count()).where(mine)
    by_step = work.session.execute(
        steps.group_by(LevelShift.pillar, LevelShift.before, LevelShift.after).order_by(
            LevelShift.pillar, LevelShift.before, LevelShift.after
        )
    )
    return {
        "organizations": work.session.scalar(select(organizations).where(mine)),
        "steps": [
            {"pillar": pillar, "before": before, "after": after, "count": count}
            for pillar, before, after, count in by_step
        ],
        **{f"by_{name}": list(_by(work, mine, organizations, name)) for name in _DIMENSIONS},
    }


def _by(work: Work, mine: Any, organizations: Any, name: str) -> Iterable[dict[str, Any]]:
    column = getattr(LevelShift, name)
    for value, count in work.session.execute(
        select(column, organizations).where(mine).group_by(column).order_by(column)
    ):
        yield {"value": value, "count": count}


def is_looked_at(work: Work, row: Publication) -> bool:
    """Whether the preview is done."""
    job = previews_of(work, [row]).get(row.preview or 0)
    return job is not None and job.done_at is not None


def people_of(work: Work, rows: Sequence[Publication]) -> Mapping[int, dict[str, str]]:
    """Who proposed and decided, by number."""
    numbers = [one for row in rows for one in (row.proposer, row.decider) if one is not None]
    query = select(Person.number, Person.id, Person.name).where(among(Person.number, numbers))
    return {number: {"id": public, "name": name} for number, public, name in work.session.execute(query)}


def previews_of(work: Work, rows: Sequence[Publication]) -> Mapping[int, Job]:
    """The jobs that look at who would change, by number."""
    numbers = [row.preview for row in rows if row.preview is not None]
    return {job.number: job for job in work.session.scalars(select(Job).where(among(Job.number, numbers)))}


def preview_shown(row: Publication, job: Job | None) -> dict[str, Any] | None:
    """How far the look at everybody is."""
    if job is None:
        return None
    progress = {"done": job.progress_done, "total": job.progress_total}
    return {"job": job.id, "state": job.state, "against": row.against, **progress}
