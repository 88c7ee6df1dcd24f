"""Which levels an organization had, and since when: the level log read as steps."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from supplychain.network.log import LevelLogRow
from supplychain.work import Work

Item = dict[str, Any]


def steps(work: Work, organization: int, framework: str | None = None, pillar: str | None = None) -> list[Item]:
    """Every change of an organization's levels until the moment that is asked about, by framework and pillar, in order
    of recording.

    since: the day the level became what it is, the x of a plot whose y is the level (null = not assessed);
    recorded_at: when that was known here. A level that is computed anew to the same value is no step.
    """
    query = select(LevelLogRow).where(LevelLogRow.organization == organization)
    cutoff = work.moment.cutoff(work.runtime.settings.time_zone)
    if cutoff is not None:
        query = query.where(LevelLogRow.recorded_at < cutoff)
    if framework is not None:
        query = query.where(LevelLogRow.framework == framework)
    if pillar is not None:
        query = query.where(LevelLogRow.pillar == pillar)
    ordered = (LevelLogRow.framework, LevelLogRow.pillar, LevelLogRow.revision, LevelLogRow.position)
    with work.deriving():  # nobody but the deriver reads the log; whose it is was decided by the caller
        rows = work.session.scalars(query.order_by(*ordered)).all()
    return list(_changes(row for row in rows if row.standing["since"] <= work.moment.on.isoformat()))


def position(item: Mapping[str, Any]) -> list[Any]:
    """Where a step stands in the list."""
    return [item["framework"], item["pillar"], item["step"]]


def _changes(rows: Iterable[LevelLogRow]) -> Iterator[Item]:
    before: Item | None = None
    for row in rows:
        same = before is not None and (before["framework"], before["pillar"]) == (row.framework, row.pillar)
        if before is not None and same and before["level"] == row.standing["level"]:
            continue
        before = {
            "framework": row.framework,
            "pillar": row.pillar,
            "step": before["step"] + 1 if before is not None and same else 1,
            "level": row.standing["level"],
            "since": row.standing["since"],
            "recorded_at": row.recorded_at,
        }
        yield before
