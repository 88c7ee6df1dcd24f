"""A gunicorn with one worker, what its worker costs in CPU time, and a client that keeps its connection."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
Prepare = Callable[[int], tuple[str, str, bytes | None, dict[str, str]]]
"""From the number of a request to its method, path, body and headers."""


@dataclass(slots=True)
class Server:
    """A running server: its master process and its port."""

    process: subprocess.Popen[bytes]
    port: int

    def workers(self) -> list[psutil.Process]:
        """The worker processes."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def cpu(self) -> float:
        """CPU seconds the workers' threads have used, to the nanosecond (the clock of the scheduler)."""
        threads = [path for worker in self.workers() for path in Path(f"/proc/{worker.pid}/task").glob("*/schedstat")]
        return sum(int(path.read_text().split()[0]) for path in threads) / 1e9

    def pss(self) -> list[float]:
        """The proportional set size of each worker, in MiB."""
        found = []
        for worker in self.workers():
            rollup = Path(f"/proc/{worker.pid}/smaps_rollup").read_text()
            line = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
            found.append(int(line.split()[1]) / 1024)
        return found


@contextmanager
def serve(application: str, port: int, *, workers: int = 1, **environment: str) -> Iterator[Server]:
    """Run ``module:app`` under gunicorn until the block ends."""
    config = str(ROOT / "gunicorn.conf.py") if application.startswith("wsgi") else os.devnull
    command = [
        sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", str(workers),
        "--worker-class", "gthread", "--threads", "1", "--keep-alive", "30", "--no-control-socket",
        "--log-level", "warning", "--config", config,
    ]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        _wait(port)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/livez")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}")


class Client:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3600)

    def call(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Send one request; status and body."""
        self.connection.request(method, path, body, headers or {})
        response = self.connection.getresponse()
        return response.status, response.read()


def cost(server: Server, prepare: Prepare, requests: int, start: int = 0) -> float:
    """CPU microseconds of the workers per request; every answer must be a success."""
    client = Client(server.port)
    before = server.cpu()
    for number in range(start, start + requests):
        status, body = client.call(*prepare(number))
        if status >= 300:
            raise RuntimeError(f"{status}: {body[:300]!r}")
    return (server.cpu() - before) / requests * 1e6
