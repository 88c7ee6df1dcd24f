"""The unit of work: one session, one actor, one moment; it holds the only commit.

Lock order, here and nowhere else: idempotency key, network revision (only what writes the
network log), suppliers by number, level log head.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from supplychain import heads
from supplychain.actor import NOBODY, SYSTEM, Actor
from supplychain.audit import AuditEntry, commitment
from supplychain.config import Settings
from supplychain.db import DERIVE_ROLE, USER_ROLE, Database, opaque, table_of
from supplychain.jobs import Job
from supplychain.moments import Moment
from supplychain.outages import is_lost_race, refusal_of
from supplychain.outbox import OutboxEvent
from supplychain.verbs import known

__all__ = ["NOBODY", "SYSTEM", "Actor", "Runtime", "Work", "run"]
T = TypeVar("T")
ATTEMPTS = 3
UNREAD = (0, 0)
"""The heads before they are read, and of logs without a row."""
_BECOME = text(
    "SELECT set_config('app.organization', :organization, true),"
    " set_config('lock_timeout', :wait, true), set_config('role', :role, true)"
)
_ENTRIES = table_of(AuditEntry).insert()
_EVENTS = table_of(OutboxEvent).insert()
_ROLE = text("SELECT set_config('role', :role, true)")


@dataclass(slots=True)
class Runtime:
    """What one process holds: settings, database, and the callables the edge wires in.

    derive: called with the unit of work before every commit; re-derives what was touched.
    components: one instance per class, such as the network engine.
    """

    settings: Settings
    database: Database
    derive: "Callable[[Work], None]"
    components: dict[type, Any] = field(default_factory=dict)

    def component(self, kind: type[T]) -> T:
        """The process's one instance of a class, made on first use."""
        if kind not in self.components:
            self.components[kind] = kind()
        return self.components[kind]  # type: ignore[no-any-return] # keyed by its own class


class Work:
    """One unit of work.

    touched: numbers of organizations whose conformity may have changed.
    changes: network facts to append to the log (values of ``graph.network``).
    deferred: id of the job that derives what was too much for one transaction.
    heads: revisions of the network and the level log in this snapshot (reads only).
    pinned, recalled: the engine's state at these heads, and at an earlier moment, once asked for (reads only).
    restarts: how often a read gave up its snapshot.
    moment: for which day, and by what was known until when, a read answers; now, unless the question names another.
    """

    def __init__(
        self,
        runtime: Runtime,
        actor: Actor = SYSTEM,
        *,
        writes: bool = True,
        request_id: str | None = None,
        on_begin: "Callable[[Work], None] | None" = None,
    ) -> None:
        self.runtime = runtime
        self.actor = actor
        self.writes = writes
        self.request_id = request_id
        self.now: datetime = runtime.settings.clock()
        self.moment = Moment(self.today, self.today)
        self.touched: set[int] = set()
        self.changes: list[Any] = []
        self.deferred: str | None = None
        self.heads: tuple[int, int] = UNREAD
        self.pinned: Any = None
        self.recalled: Any = None
        self.restarts = 0
        self._on_begin = on_begin
        self._connection: Connection | None = None
        self._session: Session | None = None
        self._as_deriver = False
        self._entries: list[dict[str, Any]] = []
        self._events: list[dict[str, Any]] = []

    @property
    def today(self) -> date:
        """The calendar day in the configured time zone."""
        return self.now.astimezone(ZoneInfo(self.runtime.settings.time_zone)).date()

    @property
    def connection(self) -> Connection:
        """The connection, for statements over tables; begun on first use so that no lock is held while bodies are
        parsed. It sees what the session holds.
        """
        if self._connection is None:
            self._connection = self.runtime.database.connect(writes=self.writes)
            if self.actor is not NOBODY:
                self.become(self.actor)
            if self._on_begin:
                self._on_begin(self)
        elif self._session is not None and self.writes:
            self._session.flush()
        return self._connection

    @property
    def session(self) -> Session:
        """The session over the same connection, for rows as objects."""
        if self._session is None:
            self._session = self.runtime.database.session(self.connection, writes=self.writes)
        return self._session

    def become(self, actor: Actor) -> None:
        """Act as somebody from here on; on PostgreSQL row-level security follows.

        A read learns the heads of its snapshot, unless they came with the actor's key.
        """
        self.actor = actor
        if self._connection is None:
            return
        if self.runtime.database.is_postgres:
            self._connection.execute(
                _BECOME,
                {
                    "organization": str(actor.organization),
                    "wait": f"{self.runtime.settings.idempotency_wait_seconds}s",
                    "role": DERIVE_ROLE if actor.system else USER_ROLE,
                },
            )
        if not self.writes and self.heads == UNREAD:
            self.heads = heads.read(self._connection)

    def restart(self) -> None:
        """Give up the snapshot of a read and take a new one."""
        if self._session is not None:
            self._session.rollback()
        self.connection.rollback()
        self.heads = UNREAD
        self.pinned = self.recalled = None
        self.restarts += 1
        self.become(self.actor)

    @contextmanager
    def deriving(self) -> Iterator[None]:
        """Read and write as the deriver, which sees every tenant's facts."""
        if self._as_deriver:
            yield
            return
        self.derive_from_here()
        yield
        self._as_deriver = False
        self._take_role(USER_ROLE)

    def derive_from_here(self) -> None:
        """Be the deriver until the commit."""
        self._as_deriver = True
        self._take_role(DERIVE_ROLE)

    def _take_role(self, role: str) -> None:
        if not self.actor.system and self.runtime.database.is_postgres:
            self.connection.execute(_ROLE, {"role": role})

    def record(self, action: str, subject: str, organization: int | None = None, **data: Any) -> None:
        """Write an audit entry: ``noun.past``, public id of the subject, owner, details."""
        rules_version, salt = data.pop("rules_version", None), secrets.token_hex(16)
        self._entries.append(
            {
                "id": opaque("aud"),
                "at": self.now,
                "action": known(action),
                "subject": subject,
                "organization": organization,
                "actor_organization": self.actor.organization or None,
                "actor_person": self.actor.person,
                "request_id": self.request_id,
                "rules_version": rules_version,
                "data": data,
                "salt": salt,
                "blind": secrets.token_hex(16),
                "commitment": commitment(salt, data),
            }
        )

    def emit(self, kind: str, subject: str, organization: int | None = None, **data: Any) -> None:
        """Put an event in the outbox, to be dispatched after the commit."""
        self._events.append(
            {
                "id": opaque("evt"),
                "type": kind,
                "subject": subject,
                "organization": organization,
                "data": data,
                "created_at": self.now,
                "run_after": self.now,
                "attempts": 0,
            }
        )

    def enqueue(self, kind: str, payload: dict[str, Any], *, total: int = 0, organization: int | None = None) -> Job:
        """Add a job that starts after the commit."""
        job = Job(
            kind=kind,
            payload=payload,
            progress_total=total,
            organization=organization,
            created_at=self.now,
            run_after=self.now,
        )
        self.session.add(job)
        self.session.flush()
        return job

    def touch(self, *organizations: int) -> None:
        """Say whose conformity the recorded facts may change."""
        self.touched.update(organizations)

    def change(self, *changes: Any) -> None:
        """Say what changed in the network; appended to the log at the end of the unit."""
        self.changes.extend(changes)

    def finish(self, before_commit: "Callable[[], None] | None" = None) -> None:
        """Derive what the facts touch, then commit: the only commit there is."""
        if self._connection is None and not (self.touched or self.changes or self._entries or self._events):
            return
        self.runtime.derive(self)
        self._write_down()
        if before_commit:
            before_commit()
        self.connection.commit()

    def _write_down(self) -> None:
        if self._entries:
            self.connection.execute(_ENTRIES, self._entries)
        if self._events:
            self.connection.execute(_EVENTS, self._events)

    def close(self) -> None:
        """Roll back whatever was not committed and give the connection back."""
        if self._session is not None:
            self._session.close()
            self._session = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def run(
    runtime: Runtime,
    body: Callable[[Work], T],
    actor: Actor = SYSTEM,
    *,
    request_id: str | None = None,
    on_begin: Callable[[Work], None] | None = None,
    before_commit: Callable[[Work, T], None] | None = None,
) -> T:
    """Run a unit of work to its commit, whole again at most three times on a lost race.

    Raises what the body raises (rolled back), Conflict when a lock is held too long, and
    Unavailable when the database cannot be reached or the race was lost three times.
    """
    for attempt in range(1, ATTEMPTS + 1):
        work = Work(runtime, actor, request_id=request_id, on_begin=on_begin)
        try:
            result = body(work)
            work.finish((lambda: before_commit(work, result)) if before_commit else None)  # noqa: B023 - called within the iteration
        except SQLAlchemyError as error:
            _give_up_or_retry(error, attempt)
        else:
            return result
        finally:
            work.close()
    raise AssertionError("unreachable: the last attempt returns or raises")


def _give_up_or_retry(error: SQLAlchemyError, attempt: int) -> None:
    if is_lost_race(error) and attempt < ATTEMPTS:
        return
    refusal = refusal_of(error)
    if refusal is None:
        raise error
    raise refusal from error
