"""Serves the demo: gunicorn and the worker process side by side; both stop together, whoever goes first."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[2]
GRACE_SECONDS = 20.0
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class PortTaken(Exception):
    """Somebody listens on the port already."""


def check_port(port: int) -> None:
    """Refuse a port that is in use, before anything is loaded or started. Raises PortTaken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTaken from error


def serve(port: int, environment: Mapping[str, str], log: Path) -> int:
    """Run both until either ends or we are told to stop; the exit code, 0 when we were told.

    log: where both write. environment: in addition to our own.
    """
    web = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py")]
    web += ["--pythonpath", str(ROOT), "--bind", f"{HOST}:{port}", "wsgi:app"]
    worker = [sys.executable, "-c", "from supplychain.cli import main; main()", "worker"]
    with log.open("ab") as written, _stopping_softly(), _running((web, worker), environment, written.fileno()) as two:
        try:
            return _first_to_end(two)
        except _Stop:
            return 0


class _Stop(BaseException):
    """We were told to stop."""


@contextmanager
def _stopping_softly() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        for one in _STOPPING:
            signal.signal(one, signal.SIG_IGN)  # one is enough: from here on we wait for the two
        raise _Stop

    before = {one: signal.signal(one, stop) for one in _STOPPING}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@contextmanager
def _running(
    commands: Sequence[Sequence[str]], environment: Mapping[str, str], output: int
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The processes, in sessions of their own so that only we pass a Ctrl-C on; none outlives the block."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            started.append(  # noqa: PERF401 - if the second does not start, the first must be stopped
                subprocess.Popen(  # noqa: S603 - our own commands
                    command,
                    env={**os.environ, **environment},
                    stdout=output,
                    stderr=output,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
            )
        yield started
    finally:
        for process in started:
            process.terminate()
        for process in started:
            _wait(process)


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _first_to_end(processes: Sequence[subprocess.Popen[bytes]]) -> int:
    """Wait for whichever ends first; its exit code, 1 if it had no reason to end."""
    while True:
        for process in processes:
            try:
                return process.wait(0.5) or 1
            except subprocess.TimeoutExpired:
                continue
