"""The production server: two workers on one database, replaced and stopped without a failed request."""

import os
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import httpx
import psutil
import pytest

from tests.serving import PATIENCE, Server, headers, live_by_the_real_clock
from tests.world import Member, World

REQUIREMENT = {"title": "T", "framework": "eseec-electronics@1", "schedule": [1]}

pytestmark = pytest.mark.slow


@pytest.fixture
def brand(world: World) -> Member:
    live_by_the_real_clock(world)
    return world.join("Brand", "brand", "operator")


@pytest.fixture
def server(world: World, brand: Member, tmp_path: Path) -> Iterator[Server]:
    with Server(world, tmp_path) as server:
        server.wait()
        yield server


class Load:
    """Several clients that write and read until they are told to stop, keeping their connections."""

    def __init__(self, server: Server, brand: Member, clients: int = 4) -> None:
        self.answers: list[int] = []
        self.failures: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._call, args=(server, brand)) for _ in range(clients)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _call(self, server: Server, brand: Member) -> None:
        with httpx.Client(base_url=server.url, headers=headers(brand), timeout=PATIENCE) as client:
            while not self._stop.is_set():
                try:
                    made = client.post("/v1/requirements", json=REQUIREMENT)
                    self.answers += [made.status_code, client.get(made.headers["Location"]).status_code]
                except (httpx.TransportError, KeyError) as error:
                    self.failures.append(repr(error))


def have_counted(server: Server) -> int:
    """How many workers wrote down that they answered something."""
    (folder,) = server.temporary.glob("supplychain-metrics-*")
    return len({file.name.rpartition("_")[2] for file in folder.glob("counter_*.db")})


def test_two_workers_answer_from_one_database_and_count_together(server: Server, brand: Member) -> None:
    loads: list[Load] = []
    # Which worker accepts a connection is the kernel's choice: new ones are made until both have.
    while not loads or (have_counted(server) < 2 and len(loads) < 10):
        with Load(server, brand) as load:
            time.sleep(3)
        loads.append(load)
    answers = [answer for load in loads for answer in load.answers]
    assert [load.failures for load in loads if load.failures] == []
    assert set(answers) == {200, 201}
    counted = server.get("/metrics", headers=headers(brand)).text
    found = re.search(
        r'supplychain_requests_total\{method="POST",route="/v1/requirements",status="201"\} (\d+)', counted
    )
    assert found is not None
    assert int(found[1]) == answers.count(201)
    assert have_counted(server) == 2


def test_workers_are_replaced_under_load_without_a_failed_request(server: Server, brand: Member) -> None:
    before = server.workers()
    with Load(server, brand, clients=2) as load:
        for _ in range(2):
            time.sleep(2)
            server.tell(signal.SIGHUP)
        time.sleep(3)
        server.wait(without=before)
    assert load.failures == []
    assert set(load.answers) == {200, 201}


UNREADABLE: dict[str, tuple[bytes, int, str]] = {
    "an endless request line": (b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\n\r\n", 414, "uri-too-long"),
    "an endless header": (b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", 431, "headers-too-large"),
    "too many headers": (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431, "headers-too-large"),
    "no request line": (b"nonsense\r\n\r\n", 400, "bad-request"),
    "no method": (b"G@T / HTTP/1.1\r\n\r\n", 400, "bad-request"),
    "no such version": (b"GET / HTTP/9.1\r\n\r\n", 400, "bad-request"),
    "a header without a name": (b"GET / HTTP/1.1\r\n: value\r\n\r\n", 400, "bad-request"),
    "a header on two lines": (b"GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n", 400, "bad-request"),
    "two lengths": (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "bad-request"),
    "an unknown transfer coding": (
        b"POST / HTTP/1.1\r\nTransfer-Encoding: zip\r\n\r\n",
        501,
        "transfer-coding-unknown",
    ),
    "an odd expectation": (b"GET / HTTP/1.1\r\nExpect: tea\r\n\r\n", 417, "expectation-failed"),
}


def test_what_the_server_itself_refuses_is_told_as_a_problem(server: Server) -> None:
    for what, (sent, status, code) in UNREADABLE.items():
        answer = raw(server, sent)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), what
        problem = answer.json()
        assert (problem["status"], problem["code"]) == (status, code), what
        assert problem["detail"] not in {"", code}
        assert problem["instance"] == f"urn:request:{answer.headers['X-Request-Id']}"
        assert answer.headers["X-Request-Id"] in server.log.read_text()
    assert server.get("/livez").status_code == 200


def raw(server: Server, sent: bytes) -> httpx.Response:
    """The answer to bytes that no client library would send."""
    with socket.create_connection(("127.0.0.1", httpx.URL(server.url).port or 80), timeout=PATIENCE) as connection:
        connection.sendall(sent)
        heard = b""
        while chunk := connection.recv(65_536):
            heard += chunk
    head, _, content = heard.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    return httpx.Response(int(first.split(" ")[1]), headers=headers, content=content)


def test_a_killed_worker_is_replaced(server: Server, brand: Member) -> None:
    victim = server.workers().pop()
    os.kill(victim, signal.SIGKILL)
    server.wait(without={victim})
    assert server.get("/v1/requirements", headers=headers(brand)).status_code == 200


def test_it_stops_when_told_and_leaves_nothing_behind(server: Server, brand: Member) -> None:
    server.get("/v1/requirements", headers=headers(brand))
    before = server.workers()
    server.tell(signal.SIGHUP)
    server.wait(without=before)
    children = server.workers()
    assert server.stop() == 0
    assert not any(psutil.pid_exists(child) for child in children)
    assert list(server.temporary.iterdir()) == []
    assert list(server.home.iterdir()) == []
    assert "Traceback" not in server.log.read_text()


def test_without_preloading_each_worker_loads_the_code_itself(world: World, brand: Member, tmp_path: Path) -> None:
    with Server(world, tmp_path, PRELOAD="0") as server:
        server.wait()
        assert server.get("/v1/requirements", headers=headers(brand)).status_code == 200
        assert server.stop() == 0
