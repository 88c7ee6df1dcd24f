"""The network log and the level log: append-only facts that the engine folds.

Everything the cascade depends on is a row here; the tables people query are projections.
Revisions are gapless: one a unit of work, drawn from a locked head.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Index, PrimaryKeyConstraint, String, bindparam, func, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph.network import Change, DayAdvanced, from_payload, to_payload
from supplychain.db import Base, UTCDateTime, table_of


class NetworkLogRow(Base):
    """One change of the network. day: set, and unique, on ``day.advanced`` only."""

    __tablename__ = "network_log"
    __table_args__ = (
        PrimaryKeyConstraint("revision", "position"),
        Index("ix_network_log_recorded_at", "recorded_at", "revision"),
    )

    revision: Mapped[int]
    position: Mapped[int]
    recorded_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    day: Mapped[date | None] = mapped_column(unique=True)
    payload: Mapped[dict[str, Any]]


class LevelLogRow(Base):
    """An organization's standing in one pillar of one framework, written when it changes."""

    __tablename__ = "level_log"
    __table_args__ = (
        PrimaryKeyConstraint("revision", "position"),
        Index("ix_level_log_recorded_at", "recorded_at", "revision"),
    )

    revision: Mapped[int]
    position: Mapped[int]
    recorded_at: Mapped[datetime]
    organization: Mapped[int] = mapped_column(index=True)
    framework: Mapped[str] = mapped_column(String(80))
    pillar: Mapped[str] = mapped_column(String(40))
    standing: Mapped[dict[str, Any]]


_LOG = table_of(NetworkLogRow).insert()


def append(session: Session, revision: int, changes: Sequence[Change], recorded_at: datetime) -> None:
    """Write one revision of changes, in their order."""
    rows = []
    for position, change in enumerate(changes):
        kind, payload = to_payload(change)
        rows.append(
            {
                "revision": revision,
                "position": position,
                "recorded_at": recorded_at,
                "kind": kind,
                "day": change.day if isinstance(change, DayAdvanced) else None,
                "payload": payload,
            }
        )
    session.execute(_LOG, rows)


def _last_before(kind: type[NetworkLogRow | LevelLogRow]) -> Any:
    rows = table_of(kind).c
    latest = select(rows.revision).where(rows.recorded_at < bindparam("cutoff", type_=UTCDateTime()))
    return latest.order_by(rows.recorded_at.desc(), rows.revision.desc()).limit(1).scalar_subquery()


_BEFORE = select(_last_before(NetworkLogRow), _last_before(LevelLogRow))


def heads_before(connection: Connection, cutoff: datetime) -> tuple[int, int]:
    """The revisions that both logs had reached before a moment."""
    network, level = connection.execute(_BEFORE, {"cutoff": cutoff}).one()
    return network or 0, level or 0


def rows_at(connection: Connection, network: Sequence[int], level: Sequence[int]) -> list[list[Any]]:
    """The first row of some revisions of each log, as JSON knows it."""
    found: list[list[Any]] = []
    for rows, revisions in ((table_of(NetworkLogRow).c, network), (table_of(LevelLogRow).c, level)):
        query = select(*rows).where(rows.position == 0, rows.revision.in_(revisions)).order_by(rows.revision)
        found += [[_plain(one) for one in row] for row in connection.execute(query)]
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def count_between(connection: Connection, after: tuple[int, int], until: tuple[int, int]) -> int:
    """How many rows both logs have after some heads, up to and with others."""
    counts = [
        select(func.count()).where(rows.revision > first, rows.revision <= last).scalar_subquery()
        for rows, first, last in zip((table_of(NetworkLogRow).c, table_of(LevelLogRow).c), after, until, strict=True)
    ]
    return int(connection.execute(select(sum(counts[1:], counts[0]))).scalar_one())


def requirements_between(connection: Connection, after: int, until: int) -> int:
    """How many requirements were published or changed after a revision, up to and with another."""
    rows = table_of(NetworkLogRow).c
    asked = select(func.count()).where(rows.revision > after, rows.revision <= until, rows.kind == "requirement")
    return int(connection.execute(asked).scalar_one())


def levels_since(session: Session, revision: int, until: int) -> Iterator[tuple[int, str, str, Mapping[str, Any]]]:
    """Organization, framework, pillar and standing of the level log after a revision, up to and with another."""
    query = (
        select(LevelLogRow.organization, LevelLogRow.framework, LevelLogRow.pillar, LevelLogRow.standing)
        .where(LevelLogRow.revision > revision, LevelLogRow.revision <= until)
        .order_by(LevelLogRow.revision, LevelLogRow.position)
    )
    for row in session.execute(query):
        yield row.organization, row.framework, row.pillar, row.standing


def since(session: Session, revision: int, until: int, *, links: bool = True) -> list[Change]:
    """The changes recorded after a revision, up to and with another, in order. links: whether those of links too."""
    query = (
        select(NetworkLogRow.kind, NetworkLogRow.payload)
        .where(NetworkLogRow.revision > revision, NetworkLogRow.revision <= until)
        .where(true() if links else NetworkLogRow.kind != "link")
        .order_by(NetworkLogRow.revision, NetworkLogRow.position)
    )
    return [from_payload(kind, payload) for kind, payload in session.execute(query)]
