"""The network log and the level log: append-only facts that the engine folds.

Everything the cascade depends on is a row here; the tables people query are projections.
Revisions are gapless: one a unit of work, drawn from a locked head.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Index,
    PrimaryKeyConstraint,
    Select,
    String,
    bindparam,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph.network import Change, DayAdvanced, from_payload, to_payload
from graph.undoing import Key
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


_ROW = table_of(NetworkLogRow).c
_NUMBER, _OWNER, _ABOUT = (_ROW.payload[name].as_string() for name in ("number", "owner", "organization"))
_FACT = _ROW.kind, func.coalesce(_NUMBER, _OWNER + ":" + _ABOUT)
"""What a row is about: a fact has a number, or is what somebody wrote down of somebody."""
_IS_DAY = _ROW.kind == "day.advanced"


def touched(session: Session, revision: int, until: int) -> dict[str, set[Key]]:
    """Which facts came or changed after a revision, up to and with another: keys by kind."""
    found: dict[str, set[Key]] = defaultdict(set)
    for kind, subject in session.execute(_touched(revision, until)):
        number, _, about = str(subject).partition(":")
        found[kind].add((int(number), int(about)) if about else int(number))
    return found


def said_before(session: Session, revision: int, until: int) -> list[Change]:
    """What was recorded up to a revision of all that is touched after it, up to and with another; and the days."""
    query = (
        select(_ROW.kind, _ROW.payload)
        .where(_ROW.revision <= revision, or_(_IS_DAY, tuple_(*_FACT).in_(_touched(revision, until))))
        .order_by(_ROW.revision, _ROW.position)
    )
    return [from_payload(kind, payload) for kind, payload in session.execute(query)]


def _touched(revision: int, until: int) -> Select[Any]:
    return select(*_FACT).distinct().where(_ROW.revision > revision, _ROW.revision <= until, ~_IS_DAY)


_LEVEL = table_of(LevelLogRow).c
Level = tuple[int, str, str, Mapping[str, Any]]
"""Organization, framework, pillar and standing."""


def levels_since(session: Session, revision: int, until: int, *, moved: int | None = None) -> Iterator[Level]:
    """What the level log says after a revision, up to and with another, in order.

    moved: only of whom it says something more from there up to and with this revision.
    """
    query = (
        select(_LEVEL.organization, _LEVEL.framework, _LEVEL.pillar, _LEVEL.standing)
        .where(_LEVEL.revision > revision, _LEVEL.revision <= until)
        .where(true() if moved is None else _LEVEL.organization.in_(_moved(until, moved)))
        .order_by(_LEVEL.revision, _LEVEL.position)
    )
    for row in session.execute(query):
        yield row.organization, row.framework, row.pillar, row.standing


def levels_moved(session: Session, revision: int, until: int) -> set[int]:
    """Of whom the level log says something after a revision, up to and with another."""
    return set(session.scalars(_moved(revision, until)))


def _moved(revision: int, until: int) -> Select[Any]:
    return select(_LEVEL.organization).distinct().where(_LEVEL.revision > revision, _LEVEL.revision <= until)


def since(session: Session, revision: int, until: int, *, links: bool = True) -> list[Change]:
    """The changes recorded after a revision, up to and with another, in order. links: whether those of links too."""
    query = (
        select(NetworkLogRow.kind, NetworkLogRow.payload)
        .where(NetworkLogRow.revision > revision, NetworkLogRow.revision <= until)
        .where(true() if links else NetworkLogRow.kind != "link")
        .order_by(NetworkLogRow.revision, NetworkLogRow.position)
    )
    return [from_payload(kind, payload) for kind, payload in session.execute(query)]
