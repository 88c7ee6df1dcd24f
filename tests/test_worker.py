"""The worker: whatever kills it, no job and no event is lost, and none has its effect twice."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import func, select

from supplychain import jobs, lease, wiring
from supplychain.audit import AuditEntry
from supplychain.conformity.models import Flag
from supplychain.idempotency import IdempotencyKey
from supplychain.jobs import Job
from supplychain.lease import LeaseLost
from supplychain.network.log import NetworkLogRow
from supplychain.outbox import OutboxEvent
from supplychain.wiring import Dispatcher, JobHandler
from supplychain.work import Runtime, Work, run
from supplychain.worker import Worker
from tests.factories import building, printed
from tests.serving import PATIENCE
from tests.worker_process import LEASE, STEPS
from tests.world import START, World

ROOT = Path(__file__).parent.parent


def enqueued(world: World, kind: str, count: int = 1) -> list[str]:
    ids: list[str] = world.do(lambda work: [work.enqueue(kind, {}, total=STEPS).id for _ in range(count)])
    return ids


def emitted(world: World, count: int = 1) -> None:
    world.do(lambda work: [work.emit("thing.happened", f"thing_{number}") for number in range(count)])


def job(world: World, job_id: str) -> Job:
    found: Job = world.do(lambda work: work.session.scalars(select(Job).where(Job.id == job_id)).one())
    return found


def effects(world: World, action: str) -> Counter[Any]:
    query = select(AuditEntry.subject, AuditEntry.data).where(AuditEntry.action == action)
    rows = world.do(lambda work: [tuple(row) for row in work.session.execute(query)])
    return Counter((subject, data.get("step")) for subject, data in rows)


def finishing(effect: Callable[[Work], None] = lambda work: None) -> JobHandler:
    """A handler whose one effect and acknowledgement are one transaction."""

    def handler(runtime: Runtime, job: Job, owner: str) -> None:
        def body(work: Work) -> None:
            effect(work)
            lease.finish(work.session, Job, job.number, owner, work.now)

        run(runtime, body)

    return handler


def failing(runtime: Runtime, job: Job, owner: str) -> None:
    raise ValueError("no good")


def work_off(world: World, handlers: dict[str, JobHandler] | None = None, *dispatchers: Dispatcher) -> None:
    Worker(world.runtime, jobs=handlers or {}, dispatchers=dispatchers).run(once=True)


# Jobs ---------------------------------------------------------------------------------------


def test_a_job_is_done_once_and_says_so(world: World) -> None:
    (job_id,) = enqueued(world, "mark")
    for _ in range(2):
        work_off(world, {"mark": finishing(lambda work: work.record("fact.stated", job_id))})
    assert job(world, job_id).state == "done"
    assert effects(world, "fact.stated") == {(job_id, None): 1}


def test_a_job_waits_until_it_is_due(world: World) -> None:
    (job_id,) = enqueued(world, "mark")
    world.do(lambda work: setattr(work.session.get(Job, 1), "run_after", work.now + timedelta(minutes=5)))
    work_off(world, {"mark": finishing()})
    assert job(world, job_id).state == "waiting"
    world.clock.now += timedelta(minutes=5)
    work_off(world, {"mark": finishing()})
    assert job(world, job_id).state == "done"


def test_a_failing_job_is_tried_again_after_longer_and_longer_and_then_given_up(world: World) -> None:
    (job_id,) = enqueued(world, "bad")
    pauses = []
    for attempt in range(1, lease.MAX_ATTEMPTS + 1):
        work_off(world, {"bad": failing})
        row = job(world, job_id)
        assert row.attempts == attempt
        assert row.error == "ValueError: no good"
        pauses.append((row.run_after - world.clock.now).total_seconds())
        world.clock.now = row.run_after
    assert pauses == [2.0**attempt for attempt in range(1, lease.MAX_ATTEMPTS + 1)]
    assert job(world, job_id).state == "failed"
    assert effects(world, "job.failed") == {(job_id, None): 1}
    world.clock.advance(1)
    work_off(world, {"bad": failing})
    assert job(world, job_id).attempts == lease.MAX_ATTEMPTS


def test_what_a_failing_job_did_in_its_transaction_is_undone(world: World) -> None:
    (job_id,) = enqueued(world, "half")

    def half(work: Work) -> None:
        work.record("grant.given", job_id)
        work.session.flush()
        raise ValueError("the other half")

    work_off(world, {"half": finishing(half)})
    assert effects(world, "grant.given") == {}


def test_a_bad_job_does_not_hold_up_the_others(world: World) -> None:
    enqueued(world, "bad")
    (good,) = enqueued(world, "mark")
    work_off(world, {"bad": failing, "mark": finishing()})
    assert job(world, good).state == "done"


def test_a_job_nobody_can_do_is_kept_with_the_reason(world: World) -> None:
    (job_id,) = enqueued(world, "unknown")
    work_off(world)
    assert "no handler for jobs of kind unknown" in (job(world, job_id).error or "")


def test_a_handler_that_forgets_to_finish_is_found_out(world: World) -> None:
    (job_id,) = enqueued(world, "forgetful")
    work_off(world, {"forgetful": lambda runtime, job, owner: None})
    assert (job(world, job_id).error or "").startswith("NotFinished")


def test_a_lost_lease_drops_the_effect_and_leaves_the_job_to_its_new_owner(world: World) -> None:
    (job_id,) = enqueued(world, "slow")

    def slow(runtime: Runtime, job: Job, owner: str) -> None:
        world.clock.now += lease.LEASE + timedelta(seconds=1)
        taken = run(runtime, lambda work: lease.claim(work.session, Job, "another", work.now))
        assert [one.number for one in taken] == [job.number]
        finishing(lambda work: work.record("grant.given", job.id))(runtime, job, owner)

    Worker(world.runtime, jobs={"slow": slow}, dispatchers=[]).turn()
    row = job(world, job_id)
    assert (row.lease_owner, row.attempts, row.error) == ("another", 2, None)
    assert effects(world, "grant.given") == {}


def test_only_the_owner_of_a_lease_may_hold_or_finish_it(world: World) -> None:
    enqueued(world, "mark")
    world.do(lambda work: lease.claim(work.session, Job, "one", work.now))
    for act in (lease.hold, lease.finish):
        with pytest.raises(LeaseLost):
            world.do(lambda work, act=act: act(work.session, Job, 1, "other", work.now))
    world.do(lambda work: lease.finish(work.session, Job, 1, "one", work.now))
    with pytest.raises(LeaseLost):
        world.do(lambda work: lease.hold(work.session, Job, 1, "one", work.now))


def test_a_resumed_job_goes_on_where_it_stopped(world: World) -> None:
    (job_id,) = enqueued(world, "steps")
    seen: list[int] = []

    def handler(runtime: Runtime, job: Job, owner: str) -> None:
        seen.append(job.progress_done)
        if job.progress_done == 0:
            run(runtime, lambda work: jobs.advance(work.session, job.number, 2))
            raise ValueError("interrupted")
        finishing()(runtime, job, owner)

    work_off(world, {"steps": handler})
    world.clock.now += timedelta(seconds=2)
    work_off(world, {"steps": handler})
    assert seen == [0, 2]
    assert job(world, job_id).state == "done"


# Events -------------------------------------------------------------------------------------


def test_every_event_is_dispatched_once_in_order(world: World) -> None:
    emitted(world, 250)
    told: list[str] = []

    def dispatch(_work: Work, event: OutboxEvent) -> None:
        told.append(event.subject)

    for _ in range(2):
        work_off(world, None, dispatch)
    assert told.pop(0) == START.isoformat()  # the day on which it all began
    assert told == [f"thing_{number}" for number in range(250)]


def test_one_bad_event_does_not_hold_up_the_others(world: World) -> None:
    emitted(world, 5)

    def dispatch(work: Work, event: OutboxEvent) -> None:
        work.record("claim.verified", event.subject)
        if event.subject == "thing_2":
            raise ValueError("no good")

    work_off(world, None, dispatch)
    told = {subject for subject, _ in effects(world, "claim.verified")}
    assert told == {START.isoformat(), *(f"thing_{number}" for number in (0, 1, 3, 4))}
    assert set(effects(world, "claim.verified").values()) == {1}
    waiting = world.do(
        lambda work: work.session.scalars(select(OutboxEvent.error).where(OutboxEvent.done_at.is_(None))).all()
    )
    assert waiting == ["ValueError: no good"]


def test_an_event_that_kills_its_workers_is_buried_and_none_beside_it(world: World) -> None:
    emitted(world, 5)

    def dispatch(work: Work, event: OutboxEvent) -> None:
        work.record("claim.verified", event.subject)
        if event.subject == "thing_2":
            raise SystemExit

    for _ in range(lease.MAX_ATTEMPTS + 1):
        with suppress(SystemExit):
            work_off(world, None, dispatch)
        world.clock.now += lease.LEASE + timedelta(seconds=1)
    told = {subject for subject, _ in effects(world, "claim.verified")}
    assert told == {START.isoformat(), *(f"thing_{number}" for number in (0, 1, 3, 4))}
    assert buried(world) == [("thing_2", "every worker that tried it died")]


def buried(world: World) -> list[tuple[str, str | None]]:
    dead = select(OutboxEvent).where(OutboxEvent.dead_at.is_not(None)).order_by(OutboxEvent.number)
    return run(world.runtime, lambda work: [(event.subject, event.error) for event in work.session.scalars(dead)])


def test_without_subscribers_an_event_is_marked_delivered(world: World) -> None:
    emitted(world, 3)
    work_off(world)
    open_events = select(func.count()).select_from(OutboxEvent).where(OutboxEvent.done_at.is_(None))
    assert world.do(lambda work: work.session.scalar(open_events)) == 0


# Days and housekeeping ----------------------------------------------------------------------


def test_the_worker_advances_the_day(world: World) -> None:
    work_off(world)
    world.clock.advance(2)
    work_off(world)
    query = select(NetworkLogRow.day).where(NetworkLogRow.day.is_not(None)).order_by(NetworkLogRow.day)
    days = run(world.runtime, lambda work: list(work.session.scalars(query)))
    assert days == [START + timedelta(days=number) for number in range(3)]


def test_idempotency_keys_are_forgotten_after_a_day(world: World) -> None:
    brand = world.join("Brand", "brand")
    brand.post("/v1/requirements", {}, headers={"Idempotency-Key": "refused"})
    body = {"title": "T", "framework": "eseec-electronics@1", "schedule": [1]}
    headers = {"Idempotency-Key": "once"}
    first = brand.post("/v1/requirements", body, headers=headers)
    work_off(world)
    world.clock.now += timedelta(hours=23)
    work_off(world)
    assert brand.post("/v1/requirements", body, headers=headers).json == first.json
    world.clock.now += timedelta(hours=2)
    work_off(world)
    count = select(func.count()).select_from(IdempotencyKey)
    assert world.do(lambda work: work.session.scalar(count)) == 0


def test_house_is_kept_once_an_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[Runtime] = []

    def sweep(runtime: Runtime) -> int:
        swept.append(runtime)
        return 0

    monkeypatch.setattr("supplychain.worker.files.sweep", sweep)
    worker = Worker(world.runtime, jobs={}, dispatchers=[])
    for minutes in (0, 10, 49, 2):
        world.clock.now += timedelta(minutes=minutes)
        worker.turn()
    assert len(swept) == 2


def test_a_disturbance_is_survived_and_with_once_it_is_raised(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (job_id,) = enqueued(world, "mark")
    monkeypatch.setattr("supplychain.worker.PAUSE_SECONDS", 0.01)
    worker = Worker(world.runtime, jobs={"mark": finishing()}, dispatchers=[])
    turns: list[int] = []

    def turn() -> bool:
        turns.append(1)
        if len(turns) == 1:
            raise OSError("the database is away")
        if len(turns) == 3:
            worker.stop()
        return Worker.turn(worker)

    monkeypatch.setattr(worker, "turn", turn)
    with pytest.raises(OSError, match="away"):
        worker.run(once=True)
    turns.clear()
    worker.run()
    assert job(world, job_id).state == "done"


# What the rooms offer -----------------------------------------------------------------------


def test_every_job_and_dispatcher_of_the_rooms_is_there() -> None:
    assert wiring.job_handlers().keys() == wiring.JOBS.keys()
    assert all(callable(handler) for handler in wiring.job_handlers().values())
    assert all(callable(dispatcher) for dispatcher in wiring.dispatchers())


# Killed for real ----------------------------------------------------------------------------


class Killing:
    """Workers in processes of their own that are killed and replaced."""

    def __init__(self, world: World, folder: Path) -> None:
        self.arguments = [world.runtime.settings.database_url, str(folder / "files")]
        self.log = folder / "workers.log"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.kills = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()

    def keep(self, count: int) -> None:
        """Replace the dead."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        while len(self.workers) < count:
            command = [sys.executable, "-m", "tests.worker_process", *self.arguments]
            with self.log.open("ab") as log:
                self.workers.append(subprocess.Popen(command, cwd=ROOT, stderr=log))

    def kill_the_oldest(self) -> None:
        """The one that is surely at work, and not still starting."""
        victim = self.workers.pop(0)
        victim.kill()
        victim.wait()
        self.kills += 1

    def stop(self) -> list[int]:
        deadline = time.monotonic() + PATIENCE
        for worker in self.workers:
            while f"-{worker.pid}-" not in self.log.read_text():  # one that is still starting does not listen yet
                assert time.monotonic() < deadline, self.log.read_text()[-4000:]
                time.sleep(0.05)
            worker.send_signal(signal.SIGTERM)
        return [worker.wait(timeout=PATIENCE) for worker in self.workers]


def counted(world: World, query: Any) -> Any:
    """Read beside the workers: a unit that writes would wait for them, and they for it."""
    look = Work(world.runtime, writes=False)
    try:
        return look.session.scalar(query)
    finally:
        look.close()


def left(world: World) -> int:
    return sum(
        counted(world, select(func.count()).select_from(model).where(model.done_at.is_(None), model.dead_at.is_(None)))
        for model in (Job, OutboxEvent)
    )


def progress(world: World) -> int:
    actions = ("finding.opened", "claim.verified")
    return int(counted(world, select(func.count()).select_from(AuditEntry).where(AuditEntry.action.in_(actions))))


@pytest.fixture
def real_time(world: World) -> World:
    """The world at the time of the workers' own clocks."""
    object.__setattr__(world.runtime.settings, "clock", type(world.runtime.settings)().clock)
    return world


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_doubled_when_workers_are_killed(real_time: World, tmp_path: Path) -> None:
    world = real_time
    ids = enqueued(world, "steps", 60)
    emitted(world, 200)
    deadline = time.monotonic() + 5 * PATIENCE
    seen = 0
    with Killing(world, tmp_path) as killing:
        while left(world):
            assert time.monotonic() < deadline, killing.log.read_text()[-4000:]
            killing.keep(2)
            time.sleep(random.uniform(0.02, 0.1))
            if killing.kills < 8 and progress(world) > seen + 10:
                killing.kill_the_oldest()
                seen = progress(world)
        assert killing.kills >= 6
        assert killing.stop() == [0] * len(killing.workers)
    assert buried(world) == []
    taken = effects(world, "finding.opened")
    assert taken == {(job_id, step): 1 for job_id in ids for step in range(STEPS)}
    told = effects(world, "claim.verified")
    # And the day on which it all began; at midnight, another one.
    assert len(told) == 200 + len(effects(world, "day.advanced"))
    assert set(told.values()) == {1}


@pytest.mark.slow
def test_a_job_that_kills_its_workers_is_buried(
    real_time: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = real_time
    monkeypatch.setattr(lease, "MAX_ATTEMPTS", 2)
    (poison,) = enqueued(world, "die")
    with Killing(world, tmp_path) as killing:
        for _ in range(2):
            killing.keep(1)
            assert killing.workers[0].wait(timeout=PATIENCE) == -signal.SIGKILL
            time.sleep(LEASE.total_seconds() + 0.1)
    Worker(world.runtime, jobs={"die": failing}, dispatchers=[]).run(once=True)
    row = job(world, poison)
    assert row.state == "failed"
    assert row.error == "every worker that tried it died"


@pytest.mark.slow
def test_days_that_workers_missed_are_caught_up_one_by_one_whoever_is_killed_in_the_middle(
    real_time: World, tmp_path: Path
) -> None:
    world, days = real_time, 30
    today = world.runtime.settings.clock().date()
    first = today - timedelta(days=days)
    object.__setattr__(world.runtime.settings, "clock", lambda: datetime.combine(first, time_of_day(8), UTC))
    reached: dict[int, tuple[date, date | None]] = {}
    with building(world) as build:
        for place in range(8):
            # lapses on the way, and was to be announced on another day of it
            until = first + timedelta(days=5 + place)
            build.evidence(f"mill{place}", "mb", standard="rspo", certificate=printed("MB"), valid_until=until)
            soon = first + timedelta(days=95 + place)
            build.evidence(f"soon{place}", "mb", standard="rspo", certificate=printed("MB"), valid_until=soon)
            reached[build.number(f"mill{place}")] = (first, until + timedelta(days=1))
            reached[build.number(f"soon{place}")] = (soon + timedelta(days=1 - 90), None)
    object.__setattr__(world.runtime.settings, "clock", type(world.runtime.settings)().clock)
    untold = select(func.count()).select_from(OutboxEvent).where(OutboxEvent.done_at.is_(None))
    with Killing(world, tmp_path) as killing:
        while (day := day_reached(world)) < today:
            killing.keep(2)
            time.sleep(random.uniform(0.2, 0.6))
            if killing.kills < 3 and day > first:
                killing.kill_the_oldest()
        while counted(world, untold):
            killing.keep(2)
            time.sleep(0.3)
        assert killing.kills >= 1
        assert killing.stop() == [0] * len(killing.workers)
    logged = run(world.runtime, lambda work: list(work.session.scalars(select(NetworkLogRow.day))))
    advanced = sorted(day for day in logged if day)
    assert advanced[-1] >= today  # midnight may have passed meanwhile
    assert advanced == [first + timedelta(days=number) for number in range((advanced[-1] - first).days + 1)]
    assert set(effects(world, "day.advanced").values()) == {1}
    assert set(effects(world, "claim.verified").values()) == {1}
    rows = run(world.runtime, lambda work: list(work.session.scalars(select(Flag))))
    assert {row.organization: (row.opened_on, row.closed_on) for row in rows} == reached
    assert len(rows) == len(reached)
    recorded = select(AuditEntry.subject).where(AuditEntry.action == "flag.opened")
    sent = select(OutboxEvent.subject).where(OutboxEvent.type == "flag.opened")
    for query in (recorded, sent):
        told = run(world.runtime, lambda work, query=query: list(work.session.scalars(query)))  # type: ignore[misc] # bound now
        assert sorted(told) == sorted(row.id for row in rows)


def day_reached(world: World) -> Any:
    return counted(world, select(func.max(NetworkLogRow.day)))
