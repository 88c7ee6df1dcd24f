"""The content-addressed store of uploaded files: bytes go in before any transaction, and come out as a stream.

A blob lies under the SHA-256 of its bytes and is written anew by every upload, so that nobody can tell from
an answer or its time whether somebody else sent the same file. The row of a file is its holder's own.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url
from sqlalchemy import select

from supplychain.errors import Fault, Gone, Invalid, TooLarge, Unavailable
from supplychain.evidence.models import StoredFile
from supplychain.evidence.sniff import media_type_of
from supplychain.evidence.structure import CHUNK, FileUnusable
from supplychain.work import SYSTEM, Runtime, Work

BLOBS, ORPHANS = "sha256", "orphans"
GRACE = timedelta(days=1)
"""How long a blob may wait for its row; no transaction takes as long."""
_BATCH = 500
_MAX_NAME = 255


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrives. stream: seekable. declared: the media type the client gave, or empty."""

    name: str
    declared: str
    stream: IO[bytes]


@dataclass(frozen=True, slots=True)
class Taken:
    """A file whose bytes were checked and lie in the store."""

    name: str
    media_type: str
    size: int
    sha256: str


class FileStore:
    """Blobs by their hash, in a folder or in any object store that obstore knows."""

    def __init__(self, url: str) -> None:
        self._store: ObjectStore
        if "://" in url and not url.startswith("file://"):
            self._store = from_url(url)
        else:
            self._store = LocalStore(Path(url.removeprefix("file://")).absolute(), mkdir=True)

    def put(self, sha256: str, stream: IO[bytes]) -> None:
        """Write a blob, also when it is there. Raises Unavailable."""
        stream.seek(0)
        with _reached():
            obstore.put(self._store, _path(sha256), stream, max_concurrency=2)

    def open(self, sha256: str) -> Iterator[bytes]:
        """The bytes of a blob in chunks. Raises Gone when they were erased, Unavailable."""
        with _reached():
            try:
                found = obstore.get(self._store, _path(sha256))
            except FileNotFoundError:
                self._restore(sha256)
                found = obstore.get(self._store, _path(sha256))
        return (bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK))

    def blobs(self, before: datetime) -> Iterator[list[str]]:
        """The hashes of blobs written before a moment, some at a time."""
        for found in obstore.list(self._store, f"{BLOBS}/", chunk_size=_BATCH):
            yield [_hash(meta["path"]) for meta in found if meta["last_modified"] < before]

    def set_aside(self, sha256: str, day: date) -> None:
        """Move a blob among the orphans of a day."""
        obstore.rename(self._store, _path(sha256), f"{ORPHANS}/{day.isoformat()}/{sha256}")

    def orphans(self, before: date) -> Iterator[list[str]]:
        """Paths of what was set aside before a day, some at a time."""
        for found in obstore.list(self._store, f"{ORPHANS}/", chunk_size=_BATCH):
            yield [meta["path"] for meta in found if date.fromisoformat(meta["path"].split("/")[1]) < before]

    def put_back(self, orphan: str) -> None:
        """Move an orphan back to where its rows look for it."""
        obstore.rename(self._store, orphan, _path(_hash(orphan)))

    def drop(self, orphans: Sequence[str]) -> None:
        """Delete orphans for good."""
        obstore.delete(self._store, orphans)

    def _restore(self, sha256: str) -> None:
        for found in obstore.list(self._store, f"{ORPHANS}/", chunk_size=_BATCH):
            for meta in found:
                if _hash(meta["path"]) == sha256:
                    return self.put_back(meta["path"])
        raise Gone("file-erased")


@contextmanager
def _reached() -> Iterator[None]:
    """Failures of the store told as ours. Raises Unavailable."""
    try:
        yield
    except (BaseError, OSError) as error:
        raise Unavailable("file-store-unavailable", headers={"Retry-After": "5"}) from error


def store_of(runtime: Runtime) -> FileStore:
    """The process's store, opened on first use (after the fork, since it has threads of its own).

    Raises Unavailable.
    """
    found: FileStore | None = runtime.components.get(FileStore)
    if found is None:
        with _reached():
            found = runtime.components[FileStore] = FileStore(runtime.settings.files_url)
    return found


def take_in(runtime: Runtime, uploads: Sequence[Upload]) -> tuple[Taken, ...]:
    """Check files and put them in the store; begins no transaction, so that no lock is held over it.

    Raises TooLarge, Invalid naming every file that is not taken, and Unavailable.
    """
    taken: list[Taken] = []
    faults: list[Fault] = []
    for index, upload in enumerate(uploads):
        try:
            taken.append(_examined(upload, runtime.settings.max_file))
        except FileUnusable as refusal:
            faults.append(Fault(f"form:file/{index}", refusal.code, refusal.params))
    if faults:
        raise Invalid("invalid-payload", faults=faults)
    for upload, one in zip(uploads, taken, strict=True):
        store_of(runtime).put(one.sha256, upload.stream)
    return tuple(taken)


def sweep(runtime: Runtime) -> int:
    """Remove blobs that no row has named for a day, but for erased ones; how many were deleted. For the worker.

    In two steps a day apart: a blob is set aside first, so that an upload of the same bytes that commits
    meanwhile still finds them, and deleted only if no row names it by then.
    """
    store, now = store_of(runtime), runtime.settings.clock()
    for hashes in store.blobs(before=now - GRACE):
        for orphan in set(hashes) - _named(runtime, hashes):
            store.set_aside(orphan, now.date())
    deleted = 0
    for orphans in store.orphans(before=(now - GRACE).date()):
        named = _named(runtime, [_hash(one) for one in orphans])
        for kept in (one for one in orphans if _hash(one) in named):
            store.put_back(kept)
        dropped = [one for one in orphans if _hash(one) not in named]
        store.drop(dropped)
        deleted += len(dropped)
    return deleted


def _named(runtime: Runtime, hashes: Iterable[str]) -> set[str]:
    work = Work(runtime, SYSTEM, writes=False)
    try:
        kept = select(StoredFile.sha256).where(StoredFile.sha256.in_(set(hashes)), StoredFile.erased_at.is_(None))
        return set(work.session.scalars(kept))
    finally:
        work.close()


def _examined(upload: Upload, limit: int) -> Taken:
    digest, size = hashlib.sha256(), 0
    upload.stream.seek(0)
    while chunk := upload.stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooLarge("file-too-large", limit=limit)
        digest.update(chunk)
    name = _plain_name(upload.name)
    media_type = media_type_of(upload.stream, size, name, upload.declared)
    return Taken(name, media_type, size, digest.hexdigest())


def _plain_name(name: str) -> str:
    """The last part of a path of either system, without control characters; only ever shown."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(one for one in last if one.isprintable())[-_MAX_NAME:]


def _path(sha256: str) -> str:
    return f"{BLOBS}/{sha256[:2]}/{sha256}"


def _hash(path: str) -> str:
    return path.rpartition("/")[2]
