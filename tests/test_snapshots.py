"""A process that opens a snapshot answers as one that folds the whole log, whatever became of the snapshot."""

import os
import random
import shutil
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from graph import snapshot
from graph.arrays.floor import LinkTable
from supplychain import wiring
from supplychain.network import engine, keeping, log, snapshots
from supplychain.network.engine import State
from supplychain.work import Runtime, Work
from supplychain.worker import Worker
from tests.factories import building
from tests.serving import PATIENCE, live_by_the_real_clock, running
from tests.test_carried import SELLERS, answers, change
from tests.world import World

OWN = ("/v1/me/obligations", "/v1/me/status")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' logs are short, and worth a snapshot all the same."""
    monkeypatch.setattr(engine, "_NEAR", 0)
    monkeypatch.setattr(engine, "_WORTH", 0)
    monkeypatch.setattr(snapshots, "_FEW", 0)
    monkeypatch.setattr(snapshots, "_ORGANIZATIONS", 0)


@pytest.fixture
def chain(world: World) -> World:
    return begun(world)


def begun(world: World) -> World:
    with building(world) as build:
        build.member("brand", "brand")
        build.member("spin", "supplier")
        build.chain("brand > mill > spin", "85")
        build.require("brand", (2, 1))
        build.prove("mill")
        build.waive("brand", "mill")
    return world


def another(world: World, rows: int = 1, **settings: Any) -> Runtime:
    """Another process on the database, which folded nothing yet. rows: 0 = it knows of no snapshots."""
    return wiring.runtime(replace(world.runtime.settings, snapshot_rows=rows, **settings), world.runtime.database)


def told(world: World, runtime: Runtime) -> list[Any]:
    """What a process answers."""
    usual, world.app.runtime = world.app.runtime, runtime
    try:
        own = [world.members["spin"].get(path) for path in OWN]
        assert {one.status_code for one in own} == {200}
        return [*answers(world), *(one.json for one in own)]
    finally:
        world.app.runtime = usual


def state_of(runtime: Runtime) -> State:
    work = Work(runtime, writes=False)
    try:
        _ = work.connection
        return engine.present(work)
    finally:
        work.close()


def opened(runtime: Runtime) -> bool:
    """Whether it started from a snapshot."""
    held = state_of(runtime).network.held
    return isinstance(held.links.floor, LinkTable)


def keep(world: World) -> Path:
    written = keeping.keep(another(world), asked=True)
    assert written is not None
    return written


def folder_of(world: World) -> Path:
    folder = replace(world.runtime.settings, snapshot_rows=1).snapshot_folder
    assert folder is not None
    return folder


def more(world: World, seed: int = 1, times: int = 3) -> None:
    chance, unproven = random.Random(seed), [*SELLERS[1:]]
    for _ in range(times):
        with building(world) as build:
            change(build, chance, unproven)


def damage(path: Path, name: str = "links.supplier.npy") -> None:
    content = bytearray((path / name).read_bytes())
    content[-1] ^= 1
    (path / name).write_bytes(content)


def test_who_opens_a_snapshot_and_folds_the_rest_answers_as_who_folds_everything(chain: World) -> None:
    keep(chain)
    exactly = another(chain)
    assert told(chain, exactly) == told(chain, another(chain, 0))
    assert opened(exactly)
    more(chain)
    later, forgetful = another(chain), another(chain, memory=0)
    assert told(chain, later) == told(chain, exactly) == told(chain, another(chain, 0)) == told(chain, forgetful)
    assert opened(later)
    assert state_of(forgetful).network.memory.room == 0
    assert dict(state_of(later).standings) == dict(state_of(another(chain, 0)).standings)


def test_a_process_far_behind_opens_again(chain: World, monkeypatch: pytest.MonkeyPatch) -> None:
    behind = another(chain)
    before = told(chain, behind)
    assert not opened(behind)
    monkeypatch.setattr(engine, "_WORTH", 3)
    more(chain, seed=7, times=12)
    keep(chain)
    assert told(chain, behind) == told(chain, another(chain, 0)) != before
    assert opened(behind)


def test_what_was_known_earlier_is_folded_from_a_snapshot_of_that_time(chain: World) -> None:
    keep(chain)
    yesterday = chain.clock.now.date()
    chain.clock.advance(1)
    more(chain)
    keep(chain)
    path = f"/v1/suppliers?known={yesterday}&on={yesterday}"
    found = []
    for runtime in (another(chain), another(chain, 0)):
        chain.app.runtime = runtime
        found.append(chain.members["brand"].get(path).json)
    chain.app.runtime = chain.runtime
    assert found[0] == found[1]
    assert found[0]["items"]


def test_a_changed_byte_is_noticed_and_a_new_snapshot_is_written(chain: World) -> None:
    path = keep(chain)
    damage(path)
    runtime = another(chain)
    assert told(chain, runtime) == told(chain, another(chain, 0))
    assert not opened(runtime)
    assert not path.exists()
    Worker(another(chain)).run(once=True)
    assert opened(another(chain))


def test_where_the_newest_is_damaged_the_one_before_is_opened(chain: World) -> None:
    before = keep(chain)
    more(chain)
    damage(keep(chain), "standings.content.npy")
    runtime = another(chain)
    assert told(chain, runtime) == told(chain, another(chain, 0))
    assert opened(runtime)
    assert snapshot.names(folder_of(chain)) == [before.name]


@pytest.mark.parametrize("what", ["layout", "witness"])
def test_a_snapshot_of_another_release_or_another_log_is_not_read(chain: World, what: str) -> None:
    path = keep(chain)
    found = snapshot.opened(path)
    snapshot.remove(path)
    snapshot.write(path.parent, path.name, found.arrays, {**found.about, what: "another"})
    runtime = another(chain)
    assert told(chain, runtime) == told(chain, another(chain, 0))
    assert not opened(runtime)
    assert path.exists() or what == "layout"


def test_a_database_that_was_restored_and_went_on_otherwise_opens_nothing_of_what_was(
    world_on: Callable[[str], World], tmp_path: Path
) -> None:
    world = begun(world_on(""))
    keep(world)
    file, backup = Path(str(world.runtime.database.url.database)), tmp_path / "backup.db"
    world.runtime.database.dispose()
    shutil.copy(file, backup)
    more(world, seed=1)
    ahead = keep(world)
    world.runtime.database.dispose()
    shutil.copy(backup, file)
    for leftover in tmp_path.glob("story.db-*"):
        leftover.unlink()
    assert state_of(another(world)).heads < tuple(snapshot.about(ahead)["heads"])
    world.clock.now += timedelta(microseconds=1)
    world.runtime.components.clear()
    more(world, seed=2, times=9)
    assert state_of(another(world)).heads > tuple(snapshot.about(ahead)["heads"])
    runtime = another(world)
    assert told(world, runtime) == told(world, another(world, 0))
    assert state_of(runtime).network.held.links.floor is not state_of(another(world)).network.held.links.floor
    keep(world)
    assert not ahead.exists()


def test_the_worker_writes_when_the_logs_moved_on_and_keeps_the_newest_two(chain: World) -> None:
    rows = log_rows(chain)
    worker = Worker(another(chain, 10 * rows + 10))
    worker.run(once=True)
    assert snapshot.names(folder_of(chain)) == []
    for at in range(3):
        Worker(another(chain, rows=4)).run(once=True)
        assert len(snapshot.names(folder_of(chain))) == min(2, at + 1)
        more(chain, seed=at, times=6)
    newest = snapshot.names(folder_of(chain))[0]
    Worker(another(chain, rows=30)).run(once=True)
    assert snapshot.names(folder_of(chain))[0] == newest
    chain.clock.advance(1)
    Worker(another(chain, rows=30)).run(once=True)
    assert snapshot.names(folder_of(chain))[0] > newest


def test_a_snapshot_is_written_as_soon_as_there_are_requirements_whose_tiers_are_in_none(chain: World) -> None:
    written = keep(chain)
    floor = state_of(another(chain)).network.held.links.floor
    with building(chain) as build:
        for at in range(9):
            build.require("mill", (1,), f"mine_{at}")
    assert isinstance(floor, LinkTable)
    assert floor.tiers is not None
    assert keeping.keep(another(chain, 10_000)) != written


def log_rows(world: World) -> int:
    work = Work(another(world, 0), writes=False)
    try:
        _ = work.connection
        return log.count_between(work.connection, (0, 0), work.heads)
    finally:
        work.close()


def test_nobody_else_may_read_a_snapshot(chain: World) -> None:
    path = keep(chain)
    state_of(another(chain))
    for one in (path.parent, path):
        assert stat.S_IMODE(one.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (*path.iterdir(), path.parent / ".lock")} == {0o600}


def test_a_worker_that_cannot_keep_snapshots_says_so_and_goes_on(
    chain: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = Mock()
    monkeypatch.setattr("supplychain.worker.log", said)
    (tmp_path / "snapshots").write_text("in the way")
    runtime = another(chain)
    Worker(runtime).run(once=True)
    said.warning.assert_called_once()
    assert str(tmp_path / "snapshots") in str(said.warning.call_args)
    assert told(chain, runtime) == told(chain, another(chain, 0))


def test_two_workers_answer_alike_while_snapshots_are_published_under_writes(chain: World) -> None:
    chance = random.Random(3)
    stop = threading.Event()

    def publish() -> None:
        while not stop.is_set():
            keeping.keep(another(chain), asked=True)

    publisher = threading.Thread(target=publish)
    publisher.start()
    try:
        workers = [another(chain), another(chain)]
        for at in range(6):
            more(chain, seed=at, times=2)
            if chance.random() < 0.3:
                workers[at % 2] = another(chain)
            asked = [told(chain, one) for one in (*workers, another(chain, 0))]
            assert asked[0] == asked[1] == asked[2]
    finally:
        stop.set()
        publisher.join()
    assert 1 <= len(snapshot.names(folder_of(chain))) <= 2


SLOWLY = """
import time
from graph import snapshot
flush = snapshot._flush
snapshot._flush = lambda file: (flush(file), time.sleep(0.05))
from supplychain.cli import main
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("verb", [["snapshot"], ["worker", "--once"]])
def test_a_writer_that_is_killed_leaves_the_last_whole_snapshot(chain: World, verb: list[str]) -> None:
    live_by_the_real_clock(chain)
    whole = keep(chain)
    more(chain, times=6)
    settings = chain.runtime.settings
    environment = {
        **{name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"},
        "SUPPLYCHAIN_DATABASE_URL": settings.database_url,
        "SUPPLYCHAIN_FILES_URL": settings.files_url,
        "SUPPLYCHAIN_PACKS": os.pathsep.join(map(str, settings.packs)),
        "SUPPLYCHAIN_SNAPSHOT_ROWS": "1",
    }
    with running([sys.executable, "-c", SLOWLY, *verb], env=environment, stderr=subprocess.DEVNULL) as writer:
        deadline = time.monotonic() + PATIENCE
        while len(list(folder_of(chain).glob(".unfinished-*/*.npy"))) < 5:
            assert time.monotonic() < deadline
            assert writer.poll() is None
            time.sleep(0.01)
    assert snapshot.names(folder_of(chain)) == [whole.name]
    runtime = another(chain)
    assert told(chain, runtime) == told(chain, another(chain, 0))
    assert opened(runtime)
    assert keep(chain).name > whole.name
    assert list(folder_of(chain).glob(".unfinished-*")) == []
