"""Processes of our own, the production server above all, for tests that stop, replace or kill them."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import httpx
import psutil

from supplychain.config import Settings
from tests.world import Member, World

ROOT = Path(__file__).parent.parent
PATIENCE = 120
"""Seconds to wait for what must come: more than the busiest machine takes, and less than a test is given."""


def live_by_the_real_clock(world: World) -> None:
    """A server lives by the real clock, so the world that it serves must too."""
    object.__setattr__(world.runtime.settings, "clock", Settings().clock)


def headers(member: Member, **more: str) -> dict[str, str]:
    """The headers of a member's request, for clients that are no member."""
    return {"Authorization": f"Bearer {member.key}", **more}


@contextmanager
def running(command: Sequence[str], **options: Any) -> Iterator[Any]:
    """A process that does not outlive the block, however the block ends."""
    with subprocess.Popen(command, **options) as process:
        try:
            yield process
        finally:
            process.kill()


class Server:
    """gunicorn with the configuration that ships, started; as a block, killed when that ends."""

    def __init__(self, world: World, folder: Path, **environment: str) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self.log = folder / "gunicorn.log"
        self.temporary = folder / "tmp"
        self.home = folder / "home"
        self.temporary.mkdir()
        self.home.mkdir()
        inherited = {name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"}
        self._environment = {
            **inherited,
            "SUPPLYCHAIN_DATABASE_URL": world.runtime.settings.database_url,
            "SUPPLYCHAIN_FILES_URL": world.runtime.settings.files_url,
            "BIND": self.url.removeprefix("http://"),
            "TMPDIR": str(self.temporary),
            "HOME": str(self.home),
            **environment,
        }
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, again if need be, in a process group of its own."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"],
                cwd=ROOT,
                env=self._environment,
                stderr=log,
                stdout=log,
                start_new_session=True,
            )

    def wait(self, *, without: AbstractSet[int] = frozenset()) -> None:
        """Wait until it answers and has its two workers, none of them among some earlier ones."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            with suppress(httpx.TransportError):
                answers = self.get("/readyz").status_code == 200
                workers = self.workers()
                if answers and len(workers) == 2 and workers.isdisjoint(without):
                    return
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def get(self, path: str, **options: Any) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", timeout=PATIENCE, **options)

    def workers(self) -> set[int]:
        return {child.pid for child in psutil.Process(self.process.pid).children()}

    def tell(self, number: int) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """Kill the master and every worker, as a machine that loses its power does."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> int:
        self.tell(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)


def free_port() -> int:
    """A port that nobody listens on, below those that the kernel gives to whoever asks for any meanwhile."""
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
