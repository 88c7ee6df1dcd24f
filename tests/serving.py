"""The production server in processes of its own, for tests that stop, replace or kill it."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

from supplychain.config import Settings
from tests.world import Member, World

ROOT = Path(__file__).parent.parent


def live_by_the_real_clock(world: World) -> None:
    """A server lives by the real clock, so the world that it serves must too."""
    object.__setattr__(world.runtime.settings, "clock", Settings().clock)


def headers(member: Member, **more: str) -> dict[str, str]:
    """The headers of a member's request, for clients that are no member."""
    return {"Authorization": f"Bearer {member.key}", **more}


class Server:
    """gunicorn with the configuration that ships."""

    def __init__(self, world: World, folder: Path, **environment: str) -> None:
        self.url = f"http://127.0.0.1:{_free_port()}"
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

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/readyz").status_code == 200 and len(self.workers()) == 2:
                    return
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

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
        return self.process.wait(timeout=40)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
