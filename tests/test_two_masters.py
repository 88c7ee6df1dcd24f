"""Two servers on two ports, four workers in all, on one database: one answer, one revision; what is written is read.

The web tier keeps nothing but what it folded from the log, so that machines can be added in front of one database.
"""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.serving import PATIENCE, Server, headers, live_by_the_real_clock
from tests.world import Member, World

PAIRS = 24
READERS = 4
pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.parametrize("database_url", ["postgres"], indirect=True),
]


@pytest.fixture
def brand(world: World) -> Member:
    live_by_the_real_clock(world)
    return world.join("Brand", "brand")


@pytest.fixture
def servers(world: World, brand: Member, tmp_path: Path) -> Iterator[list[Server]]:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    with Server(world, folders[0]) as one, Server(world, folders[1]) as two:
        one.wait()
        two.wait()
        yield [one, two]


def client(server: Server, member: Member) -> httpx.Client:
    return httpx.Client(base_url=server.url, headers=headers(member), timeout=PATIENCE)


def send(caller: httpx.Client, kind: str, rows: list[str], header: str) -> Any:
    text = "\n".join([header, *rows]) + "\n"
    answer = caller.post(f"/v1/imports?kind={kind}", content=text, headers={"Content-Type": "text/csv"})
    assert answer.status_code == 201, answer.text
    return answer.json()


def listed(caller: httpx.Client, **more: str) -> set[str]:
    answer = caller.get("/v1/suppliers?limit=100", headers=more)
    assert answer.status_code == 200, answer.text
    return {item["name"] for item in answer.json()["items"]}


def test_what_one_server_wrote_the_other_one_reads_and_no_answer_is_of_two_states(
    servers: list[Server], brand: Member
) -> None:
    """Pairs of links come and go, each pair in one write; whoever lists suppliers sees both of a pair or neither."""
    with client(servers[0], brand) as first, client(servers[1], brand) as second:
        codes = [f"{end}{at:02},{end}{at:02}" for at in range(PAIRS) for end in "LR"]
        send(first, "organizations", codes, "code,name")
        faults: list[Any] = []
        done = threading.Event()

        def writing(number: int) -> None:
            mine, other = (first, second)[number], (second, first)[number]
            for at in range(number, PAIRS, 2):
                sent = send(mine, "links", [f"L{at:02}", f"R{at:02}"], "supplier")
                token = mine.get("/v1/me").headers["Revision"]
                seen = listed(other, **{"Min-Revision": token})
                if not {f"L{at:02}", f"R{at:02}"} <= seen:
                    faults.append(("unread", at))
                if at % 3 == 0:
                    ended = [mine.post(f"/v1/links/{one['id']}/end", json={}) for one in sent["results"]]
                    faults.extend(("not ended", one.text) for one in ended if one.status_code >= 400)
                    if {f"L{at:02}", f"R{at:02}"} & listed(other):
                        faults.append(("still there", at))

        def reading(number: int) -> None:
            before: set[str] = set()
            while not done.is_set():
                with client(servers[number % 2], brand) as reader:
                    now = listed(reader)
                halves = {name[1:] for name in now if ("R" if name[0] == "L" else "L") + name[1:] not in now}
                # Two ends of links are two writes; those pairs alone may be seen half gone.
                faults.extend(("half a pair", one) for one in halves if int(one) % 3)
                faults.extend(("went back", one) for one in before - now if int(one[1:]) % 3)
                before = now

        readers = [watched(partial(reading, at), faults) for at in range(READERS)]
        writers = [watched(partial(writing, at), faults) for at in range(2)]
        for writer in writers:
            writer.join()
        done.set()
        for reader in readers:
            reader.join()
        assert faults == []
        final = [listed(first), listed(second)]
    assert final[0] == final[1] == {f"{end}{at:02}" for at in range(PAIRS) if at % 3 for end in "LR"}


def watched(body: Callable[[], None], faults: list[Any]) -> threading.Thread:
    """A started thread whose failure is a fault of the test."""

    def run() -> None:
        try:
            body()
        except (AssertionError, KeyError, httpx.HTTPError) as error:
            faults.append(repr(error))

    thread = threading.Thread(target=run)
    thread.start()
    return thread
