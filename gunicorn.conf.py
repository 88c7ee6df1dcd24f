"""gunicorn for production: ``gunicorn -c gunicorn.conf.py`` (the README has a chapter on it).

Environment, all optional:
  WEB_CONCURRENCY        worker processes (2)
  WEB_THREADS            threads a worker (4)
  BIND                   address (127.0.0.1:$PORT); a unix socket as unix:/run/supplychain.sock
  PORT                   port on 127.0.0.1 (8000)
  FORWARDED_ALLOW_IPS    proxies whose X-Forwarded-Proto is believed (127.0.0.1,::1); «*» only where nobody but the
                         proxy can reach the socket
  MAX_REQUESTS           requests after which a worker is replaced (20000; 0 = never)
  PRELOAD                0 = each worker imports the code by itself: HUP then loads new code, for more memory
  PROMETHEUS_MULTIPROC_DIR  where workers keep their counters (a folder of our own)

Signals: TERM finishes what is running and stops; HUP replaces the workers one by one; USR2, then TERM to the old
master, starts new code without a gap. Migrate before: workers never do.
"""

import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from gunicorn import util
from gunicorn.glogging import Logger

wsgi_app = "wsgi:app"
bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = os.environ.get("PRELOAD", "1") != "0"  # workers share the pages of the code

keepalive = 15
timeout = 60
graceful_timeout = 30
limit_request_field_size = 16_380  # the application says more kindly that headers are too large; this is for the rest
max_requests = int(os.environ.get("MAX_REQUESTS", "20000"))
max_requests_jitter = max_requests // 10  # the workers must not all go at once
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a heartbeat file must not wait for a disk

control_socket_disable = True  # nobody needs it, and it fails where the user has no home
accesslog = None  # the application writes one structured line a request
errorlog = "-"
proc_name = "supplychain"


class Log(Logger):
    """What the server says of itself, in the same JSON lines as the application."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        from supplychain.telemetry import foreign_lines  # noqa: PLC0415 - imports prometheus_client, see below

        for handler in self.error_log.handlers:
            handler.setFormatter(foreign_lines())


logger_class = Log


def _refuse(sock: Any, status: int, reason: str, _message: str) -> None:
    """Answer what cannot be read as a request in our own words, instead of gunicorn's page."""
    from supplychain.problems import of_the_server  # noqa: PLC0415 - imports prometheus_client, see below

    util.write_nonblock(sock, of_the_server(status, reason))


# gunicorn has no setting for it: its workers decide what is wrong and look this function up to say so.
util.write_error = _refuse

_METRICS = "PROMETHEUS_MULTIPROC_DIR"
_OWN = f"supplychain-metrics-{os.getpid()}-"
if _METRICS not in os.environ:
    # Before anything imports prometheus_client, which decides then where its counters live.
    os.environ[_METRICS] = tempfile.mkdtemp(prefix=_OWN)


def on_starting(_server: Any) -> None:
    """Begin with empty counters; those of an operator's folder may be left from before."""
    folder = Path(os.environ[_METRICS])
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        file.unlink()


def pre_fork(_server: Any, _worker: Any) -> None:
    """Keep the garbage collector from touching, and so copying, what the workers share."""
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """Leave the master's connections to the master: two processes on one connection mix up their answers."""
    if server.cfg.preload_app:
        worker.app.wsgi().runtime.database.after_fork()


def child_exit(_server: Any, worker: Any) -> None:
    """Drop what a dead worker was only gauging; what it counted stays counted."""
    from prometheus_client import multiprocess  # noqa: PLC0415 - see above

    multiprocess.mark_process_dead(worker.pid)


def on_exit(_server: Any) -> None:
    """Leave no folder behind that we made."""
    folder = Path(os.environ[_METRICS])
    if folder.name.startswith(_OWN):
        shutil.rmtree(folder, ignore_errors=True)
