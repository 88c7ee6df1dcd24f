"""Arrays kept as a directory of ``.npy`` files that is either whole or not there.

A directory is written under a name that nobody reads, forced to disk and renamed; its manifest holds the SHA-256 of
each file, and its own. Opening maps the files copy-on-write, so that processes share the pages of one snapshot and
each pays only for what it changes. Files that are mapped outlive their removal.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

_MANIFEST: Final = "manifest.json"
_UNFINISHED: Final = ".unfinished-"


class Damaged(Exception):
    """A snapshot that is not what was written: it must not be read, and can be made again."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Arrays by name, mapped copy-on-write, and what their writer said about them."""

    about: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]


def write(folder: Path, name: str, arrays: Mapping[str, NDArray[Any]], about: Mapping[str, Any]) -> Path:
    """Keep arrays under a name in the folder; where the name is taken already, that stays.

    about: whatever JSON can hold. Names of one folder sort by age, so that the last one is the newest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = Path(mkdtemp(prefix=_UNFINISHED, dir=folder))
    try:
        files = {key: _written(unfinished / f"{key}.npy", array) for key, array in arrays.items()}
        content = {"about": dict(about), "files": files}
        with (unfinished / _MANIFEST).open("w", encoding="utf-8") as file:
            json.dump({**content, "sha256": _seal(content)}, file)
            _flush(file)
        _flush_folder(unfinished)
        if not (folder / name).exists():
            unfinished.rename(folder / name)
            _flush_folder(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder / name


def names(folder: Path) -> list[str]:
    """The whole snapshots of a folder, the newest first."""
    found = folder.glob(f"*/{_MANIFEST}")
    return sorted((one.parent.name for one in found if not one.parent.name.startswith(_UNFINISHED)), reverse=True)


def opened(path: Path) -> Snapshot:
    """The snapshot, mapped. Looks at its manifest and at the sizes of its files, not at what is in them.

    Raises: Damaged.
    """
    content = _manifest(path)
    return Snapshot(
        content["about"], {key: _mapped(path / f"{key}.npy", file) for key, file in content["files"].items()}
    )


def verify(path: Path) -> None:
    """Read every byte of a snapshot and compare it with what was written. Raises: Damaged."""
    for key, file in _manifest(path)["files"].items():
        try:
            with (path / f"{key}.npy").open("rb") as found:
                digest = hashlib.file_digest(found, "sha256").hexdigest()
        except OSError as error:
            raise Damaged(f"{path}: {key} cannot be read") from error
        if digest != file["sha256"]:
            raise Damaged(f"{path}: {key} is not what was written")


def remove(path: Path) -> None:
    """Take a snapshot away; who has it open goes on reading it."""
    shutil.rmtree(path, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove what writers that died left unfinished; for a folder that nobody writes to just now."""
    for leftover in folder.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _written(path: Path, array: NDArray[Any]) -> dict[str, Any]:
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=False)
        _flush(file)
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _manifest(path: Path) -> dict[str, Any]:
    try:
        content = json.loads((path / _MANIFEST).read_text("utf-8"))
        seal = content.pop("sha256")
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise Damaged(f"{path}: no readable manifest") from error
    if seal != _seal(content):
        raise Damaged(f"{path}: the manifest is not what was written")
    return dict(content)


def _mapped(path: Path, file: Mapping[str, Any]) -> NDArray[Any]:
    try:
        if path.stat().st_size != file["bytes"]:
            raise Damaged(f"{path}: {file['bytes']} bytes were written")
        array = np.load(path, mmap_mode="c", allow_pickle=False)
    except ValueError:  # nothing cannot be mapped
        array = np.load(path, allow_pickle=False)
    except OSError as error:
        raise Damaged(f"{path}: cannot be read") from error
    return np.asarray(array)


def _seal(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _flush(file: IO[Any]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
