"""The packs of one process: those that ship with the system and those of the operator's folders.

A shipped pack is published by its release; one of a folder once two persons said so (`Publication`), and then only
with the very bytes that were published. What is published stays so, and is asked of the database no more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock

from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError

from supplychain.db import UTCDateTime, table_of
from supplychain.frameworks.document import PackError, PackErrors
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.loader import Registry, load_packs, shipped_packs
from supplychain.frameworks.models import PUBLISHED, Publication
from supplychain.telemetry import log
from supplychain.work import Runtime, Work

_reading = Lock()
_P = table_of(Publication).c
_PUBLISHED = select(_P.framework, _P.sha256).where(_P.state == PUBLISHED)
_THESE = _PUBLISHED.where(_P.framework.in_(bindparam("keys", expanding=True)))
_LATER = select(_P.framework).where(_P.state == PUBLISHED, _P.decided_at >= bindparam("cutoff", type_=UTCDateTime()))


@dataclass(frozen=True, slots=True)
class Pack:
    """A framework version with the file it came from. sha256: of the bytes of the file."""

    framework: Framework
    file: Path
    sha256: str
    shipped: bool


class _Known:
    """The keys of folder packs that are known to be published."""

    def __init__(self) -> None:
        self.keys: frozenset[str] = frozenset()


def packs(runtime: Runtime) -> tuple[Pack, ...]:
    """Every pack this process has, published or not, read on first use and never again.

    Raises PackErrors when one cannot be used.
    """
    with _reading:  # two first readers would each get frameworks of their own, which compare by identity
        return _read(runtime.settings.packs)


def registry(work: Work) -> Registry:
    """The framework versions that are published; of a moment at which less was known, those that then were.

    What a release ships counts as always there.
    """
    found = packs(work.runtime)
    known = work.runtime.component(_Known)
    published = known.keys
    pending = {one.framework.key: one.sha256 for one in found if not one.shipped and one.framework.key not in published}
    if pending:
        rows = work.connection.execute(_THESE, {"keys": list(pending)})
        published |= {key for key, digest in rows if pending[key] == digest}
        if not work.writes:  # what this unit itself published may yet be rolled back
            known.keys = published
    cutoff = work.moment.cutoff(work.runtime.settings.time_zone)
    if cutoff is not None and published:
        published -= set(work.connection.scalars(_LATER, {"cutoff": cutoff}))
    return _of(found, published)


def everything(work: Work) -> Registry:
    """The framework versions this process has, those that are not published included."""
    found = packs(work.runtime)
    return _of(found, frozenset(one.framework.key for one in found))


def check(runtime: Runtime) -> None:
    """Hold the packs against what was published; asked at start.

    Raises PackErrors for a pack that cannot be used, that is not what was published under its name, or that was
    published and is not there. A database that cannot be asked now is no reason not to start: nothing is served as
    published before it was asked.
    """
    found = {one.framework.key: one for one in packs(runtime)}
    if not runtime.settings.packs:
        return
    work = Work(runtime, writes=False)
    try:
        published = {row.framework: row.sha256 for row in work.connection.execute(_PUBLISHED)}
    except DBAPIError as error:
        log.warning("packs are not checked against what was published", reason=str(error.orig))
        return
    finally:
        work.close()
    if errors := list(_broken(found, published)):
        raise PackErrors(errors)
    runtime.component(_Known).keys = frozenset(published)


def published_as(work: Work, key: str) -> str | None:
    """The content hash under which a version was published; None where it was not."""
    digest: str | None = work.connection.scalar(_PUBLISHED.with_only_columns(_P.sha256).where(_P.framework == key))
    return digest


def _broken(found: dict[str, Pack], published: dict[str, str]) -> Iterator[PackError]:
    for key, digest in published.items():
        pack = found.get(key)
        if pack is None:
            yield PackError(
                key, 1, "", "published-pack-missing", "put its file back into a folder of SUPPLYCHAIN_PACKS"
            )
        elif pack.sha256 != digest:
            yield changed(pack.file, key)


def changed(file: Path, key: str) -> PackError:
    """A pack that is not what was published under its name."""
    remedy = f"{key} was published with other bytes and never changes: put them back, or give this file a new version"
    return PackError(str(file), 1, "/version", "published-pack-changed", remedy)


def digest_of(file: Path) -> str:
    """The content hash of a pack's file."""
    return sha256(file.read_bytes()).hexdigest()


@cache
def _of(found: tuple[Pack, ...], published: frozenset[str]) -> Registry:
    return Registry(one.framework for one in found if one.shipped or one.framework.key in published)


@cache
def _read(folders: tuple[Path, ...]) -> tuple[Pack, ...]:
    shipped = shipped_packs()
    files = (*shipped, *(pack for folder in folders for pack in _packs_in(folder)))
    loaded = zip(files, load_packs(files), strict=True)
    return tuple(Pack(framework, file, digest_of(file), file in shipped) for file, framework in loaded)


def _packs_in(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise PackErrors([PackError(str(folder), 1, "", "no-such-folder", "name a folder that is there")])
    yield from sorted(folder.glob("*.yaml"))
