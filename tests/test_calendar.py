"""The day as a fact: recorded once, day by day, by whoever notices first."""

import threading
from datetime import date, timedelta

from sqlalchemy import select

from supplychain import wiring
from supplychain.network import calendar
from supplychain.network.log import NetworkLogRow
from supplychain.work import Runtime, run
from tests.world import START, World


def days(world: World) -> list[date | None]:
    query = select(NetworkLogRow.day).where(NetworkLogRow.day.is_not(None)).order_by(NetworkLogRow.revision)
    return run(world.runtime, lambda work: list(work.session.scalars(query)))


def test_a_network_that_never_saw_a_day_starts_today(world: World) -> None:
    assert calendar.needs_advance(world.runtime)
    assert calendar.advance_day(world.runtime) == 1
    assert days(world) == [START]


def test_a_day_is_recorded_once(world: World) -> None:
    calendar.advance_day(world.runtime)
    assert calendar.advance_day(world.runtime) == 0
    assert not calendar.needs_advance(world.runtime)
    assert days(world) == [START]


def test_missed_days_are_recorded_one_by_one(world: World) -> None:
    calendar.advance_day(world.runtime)
    world.clock.advance(3)
    assert calendar.advance_day(world.runtime) == 3
    assert days(world) == [START + timedelta(days=n) for n in range(4)]


def test_the_day_is_that_of_the_configured_time_zone(world: World) -> None:
    calendar.advance_day(world.runtime)
    world.clock.now += timedelta(hours=14)  # 22:00 in UTC is the next morning in Shanghai
    assert not calendar.needs_advance(world.runtime)
    object.__setattr__(world.runtime.settings, "time_zone", "Asia/Shanghai")
    assert calendar.advance_day(world.runtime) == 1
    assert days(world)[-1] == START + timedelta(days=1)


def test_a_clock_that_goes_back_takes_no_day_back(world: World) -> None:
    calendar.advance_day(world.runtime)
    world.clock.advance(-2)
    assert calendar.advance_day(world.runtime) == 0
    assert days(world) == [START]


def test_many_processes_at_once_record_every_day_once(world: World) -> None:
    calendar.advance_day(world.runtime)
    world.clock.advance(5)
    recorded: list[int] = []
    threads = [
        threading.Thread(target=lambda: recorded.append(calendar.advance_day(other_process(world)))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(recorded) == 5
    assert len(recorded) == 4
    assert days(world) == [START + timedelta(days=n) for n in range(6)]


def test_the_first_write_of_a_day_advances_it_and_a_read_does_not(world: World) -> None:
    brand = world.join("Brand", "brand")
    calendar.advance_day(world.runtime)
    world.clock.advance(1)
    assert brand.get("/v1/requirements").status_code == 200
    assert days(world) == [START]
    assert brand.post("/v1/requirements", {}).status_code == 422
    assert days(world) == [START, START + timedelta(days=1)]


def other_process(world: World) -> Runtime:
    """The same database through a runtime of its own, as another process has it."""
    return wiring.runtime(world.runtime.settings, world.runtime.database)
