"""The packs of one process: those that ship with the system and those of the operator's folders."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Lock

from supplychain.frameworks.document import PackError, PackErrors
from supplychain.frameworks.loader import Registry, load_packs, shipped_packs
from supplychain.work import Runtime, Work

_reading = Lock()


def registry(holder: Work | Runtime) -> Registry:
    """The framework versions this process knows, read on first use and never again.

    Raises PackErrors when a pack cannot be used; the application and the worker ask at start, so that a
    mistake in a pack shows then and not in an answer.
    """
    runtime = holder.runtime if isinstance(holder, Work) else holder
    with _reading:  # two first readers would each get frameworks of their own, which compare by identity
        return _read(runtime.settings.packs)


@cache
def _read(folders: tuple[Path, ...]) -> Registry:
    return load_packs((*shipped_packs(), *(pack for folder in folders for pack in _packs_in(folder))))


def _packs_in(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise PackErrors([PackError(str(folder), 1, "", "no-such-folder", "name a folder that is there")])
    yield from sorted(folder.glob("*.yaml"))
