"""Whatever is killed, what was acknowledged is there exactly once, and a repetition is answered alike."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx
import pysqlite3
import pytest
from sqlalchemy import make_url, select

from supplychain.audit import AuditEntry
from supplychain.conformity.derive import rebuild
from supplychain.evidence.models import Evidence
from supplychain.idempotency import IdempotencyKey
from supplychain.outbox import OutboxEvent
from tests.conftest import is_postgres
from tests.racing import derived
from tests.serving import PATIENCE, Server, headers, live_by_the_real_clock
from tests.world import Member, World

CLIENTS = 4
KILLS = 9
SHORTEST_PAUSE, LONGEST_PAUSE = 0.8, 1.6
BLIND_REPLAYS = 0.05
ANSWERING = 30
"""Seconds after which a client gives up one attempt."""
AGAIN = {409, 503}
"""Answers that promise that nothing was done, or that a repetition tells what was."""

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Acknowledged:
    """A submission whose answer its client has."""

    key: str
    body: dict[str, Any]
    answer: bytes


@dataclass
class Submitting:
    """Clients that submit evidence until they are told to stop; each repeats a submission until it has an answer."""

    server: Server
    supplier: Member
    acknowledged: list[Acknowledged] = field(default_factory=list)
    repetitions: int = 0
    complaints: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._threads = [threading.Thread(target=self._submit_on) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=PATIENCE + ANSWERING)
        if any(thread.is_alive() for thread in self._threads):
            self.complaints.append("a client never got an answer")

    def _submit_on(self) -> None:
        with httpx.Client(base_url=self.server.url, timeout=ANSWERING) as client:
            while not self._stop.is_set():
                key = uuid4().hex
                body = {
                    "kind": "answer",
                    "framework": "eseec-electronics",
                    "values": [{"indicator": "E20", "value": random.choice(["own", "none"])}],
                    "source": key,
                }
                made = Acknowledged(key, body, self.insist(client, key, body))
                self.acknowledged.append(made)
                if random.random() < BLIND_REPLAYS:
                    self.check(client, made)

    def insist(self, client: httpx.Client, key: str, body: dict[str, Any]) -> bytes:
        """Send until there is an answer; its bytes."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                response = client.post("/v1/evidence", json=body, headers=self._headers(key))
            except httpx.TransportError:
                self.repetitions += 1
                time.sleep(0.05)
                continue
            if response.status_code == 201:
                return response.content
            if response.status_code not in AGAIN or "Retry-After" not in response.headers:
                self.complaints.append(f"{response.status_code} {response.text}")
            self.repetitions += 1
            time.sleep(0.2)
        self.complaints.append(f"{key} was never answered")
        return b""

    def check(self, client: httpx.Client, made: Acknowledged) -> None:
        """Repeat what was acknowledged; complain unless the answer is the same."""
        if self.insist(client, made.key, made.body) != made.answer:
            self.complaints.append(f"{made.key} was answered otherwise when repeated")

    def _headers(self, key: str) -> dict[str, str]:
        return headers(self.supplier, **{"Idempotency-Key": key})


@pytest.fixture
def supplier(world: World) -> Member:
    live_by_the_real_clock(world)
    return world.join("Mill", "supplier")


@pytest.fixture
def server(world: World, supplier: Member, tmp_path: Path) -> Iterator[Server]:
    with Server(world, tmp_path) as server:
        server.wait()
        yield server


def kill_workers(server: Server, clients: Submitting) -> None:
    """Kill a random worker now and then, so often and until so much was done between the kills."""
    killed, deadline = 0, time.monotonic() + PATIENCE
    while killed < KILLS or len(clients.acknowledged) <= 10 * CLIENTS:
        assert time.monotonic() < deadline, f"{killed} kills, {len(clients.acknowledged)} submissions"
        time.sleep(random.uniform(SHORTEST_PAUSE, LONGEST_PAUSE))
        workers = sorted(server.workers())
        if workers:
            with suppress(ProcessLookupError):  # it was killed the last time, and is cleared away at this moment
                os.kill(random.choice(workers), signal.SIGKILL)
                killed += 1


def test_no_acknowledged_evidence_is_lost_or_doubled_by_kills(world: World, supplier: Member, server: Server) -> None:
    with Submitting(server, supplier) as clients:
        kill_workers(server, clients)
        server.kill()
        server.start()
        server.wait()
        time.sleep(1)
    with httpx.Client(base_url=server.url, timeout=ANSWERING) as client:
        for made in random.sample(clients.acknowledged, min(60, len(clients.acknowledged))):
            clients.check(client, made)
    assert clients.complaints == []
    assert clients.repetitions > 0, "nothing was ever interrupted: this test tested nothing"
    the_facts_are_whole(world, clients.acknowledged)
    if not is_postgres(world.runtime.settings.database_url):
        the_file_is_whole(world)


def the_facts_are_whole(world: World, acknowledged: list[Acknowledged]) -> None:
    """Each submission is one row with one audit entry and one event of each kind; the rest follows from them."""
    rows = world.do(lambda work: work.session.execute(select(Evidence.source, Evidence.id)).all())
    assert Counter(source for source, _ in rows) == Counter(made.key for made in acknowledged)
    ids = Counter(public for _, public in rows)
    for model, kind in ((AuditEntry, AuditEntry.action), (OutboxEvent, OutboxEvent.type)):
        query = select(kind, model.subject).where(kind.startswith("evidence."))
        found: dict[str, Counter[str]] = {}
        for name, subject in world.do(lambda work, query=query: work.session.execute(query).all()):
            found.setdefault(name, Counter())[subject] += 1
        assert found
        assert all(subjects == ids for subjects in found.values()), model
    kept = world.do(lambda work: work.session.scalars(select(IdempotencyKey.key)).all())
    assert sorted(kept) == sorted(made.key for made in acknowledged)
    stored = derived(world)
    rebuild(world.runtime)
    assert derived(world) == stored


def the_file_is_whole(world: World) -> None:
    """SQLite itself finds nothing wrong with its file."""
    path = make_url(world.runtime.settings.database_url).database
    connection = pysqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        connection.close()
