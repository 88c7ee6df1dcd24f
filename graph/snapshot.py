"""Arrays kept as a directory of ``.npy`` files that is either whole or not there.

A directory is written under a name that nobody reads, forced to disk and renamed; its manifest holds the SHA-256 of
each file, and its own. Opening maps the files copy-on-write, so that processes share the pages of one snapshot and
each pays only for what it changes. Files that are mapped outlive their removal. Nobody but the user who writes them may
read them. What is written over an earlier snapshot has the same files (hard links) and patches beside those of which a
little changed; either is whole without the other.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import prod
from mmap import ACCESS_COPY, mmap
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from graph.patch import patch_of, patched

_MANIFEST: Final = "manifest.json"
_UNFINISHED: Final = ".unfinished-"
_VERIFIED: Final = ".verified"
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_OWN: Final = 0o600
_LITTLE: Final = 4
"""Up to one byte in so many of an array is written beside it, not with all of it anew."""


class Damaged(Exception):
    """A snapshot that is not what was written: it must not be read, and can be made again."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Arrays by name, mapped copy-on-write, and what their writer said about them."""

    about: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]


def write(
    folder: Path,
    name: str,
    arrays: Mapping[str, NDArray[Any]],
    about: Mapping[str, Any],
    over: Path | None = None,
) -> Path:
    """Keep arrays under a name in the folder; where the name is taken already, that stays.

    about: whatever JSON can hold. Names of one folder sort by age, so that the last one is the newest. over: a verified
    snapshot of the folder, of which only what changed is written again.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = Path(mkdtemp(prefix=_UNFINISHED, dir=folder))
    try:
        before = {} if over is None else _manifest(over)["files"]
        files = {
            key: _patched(over, before[key], unfinished, key, array)
            if over is not None and _alike(array, before.get(key))
            else _written(unfinished / f"{key}.npy", array)
            for key, array in arrays.items()
        }
        content = {"about": dict(about), "files": files}
        with _created(unfinished / _MANIFEST) as file:
            file.write(json.dumps({**content, "sha256": _seal(content)}).encode())
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


def about(path: Path) -> dict[str, Any]:
    """What its writer said about a snapshot. Raises: Damaged."""
    return dict(_manifest(path)["about"])


def opened(path: Path) -> Snapshot:
    """The snapshot, mapped. Looks at its manifest and at the sizes of its files, not at what is in them.

    Raises: Damaged.
    """
    content = _manifest(path)
    arrays = {key: _mapped(path / f"{key}.npy", file) for key, file in content["files"].items()}
    for key, file in content["files"].items():
        if "patch" in file:
            patched(arrays[key], _mapped(path / f"{key}.patch.npy", file["patch"]))
    return Snapshot(content["about"], arrays)


def verify(path: Path) -> None:
    """Read every byte of a snapshot and compare it with what was written. Raises: Damaged."""
    for key, file in _files(path).items():
        try:
            with (path / f"{key}.npy").open("rb") as found:
                digest = hashlib.file_digest(found, "sha256").hexdigest()
        except OSError as error:
            raise Damaged(f"{path}: {key} cannot be read") from error
        if digest != file["sha256"]:
            raise Damaged(f"{path}: {key} is not what was written")


def _files(path: Path) -> dict[str, Any]:
    """Every file of a snapshot by its name without ending, also patches."""
    files = dict(_manifest(path)["files"])
    return files | {f"{key}.patch": file["patch"] for key, file in files.items() if "patch" in file}


def verify_once(path: Path) -> None:
    """Verify a snapshot, unless that was done since this machine started and no file of it was touched after it.

    Raises: Damaged.
    """
    found = _touched(path)
    marker = path / _VERIFIED
    with suppress(OSError):
        if marker.read_text("utf-8") == found:
            return
    verify(path)
    with suppress(OSError), _created(path / f"{_VERIFIED}-{os.getpid()}") as file:  # who may not write verifies again
        file.write(found.encode())
        file.close()
        Path(file.name).rename(marker)


def _touched(path: Path) -> str:
    """When this machine started, and when which file was touched."""
    try:
        files = [(path / f"{key}.npy").stat() for key in _files(path)]
        boot = _BOOT.read_text("utf-8") if _BOOT.exists() else ""
    except OSError as error:
        raise Damaged(f"{path}: files are missing") from error
    return _seal(
        {"boot": boot, "files": [[one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns] for one in files]}
    )


def remove(path: Path) -> None:
    """Take a snapshot away; who has it open goes on reading it."""
    shutil.rmtree(path, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove what writers that died left unfinished; for a folder that nobody writes to just now."""
    for leftover in folder.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _created(path: Path) -> IO[bytes]:
    return open(path, "wb", opener=lambda name, flags: os.open(name, flags, _OWN))


def _written(path: Path, array: NDArray[Any]) -> dict[str, Any]:
    with _created(path) as file:
        np.save(file, np.ascontiguousarray(array), allow_pickle=False)
        _flush(file)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    said = {"dtype": array.dtype.str, "shape": array.shape}
    return {"bytes": path.stat().st_size, "sha256": digest, **said}


def _alike(array: NDArray[Any], file: Mapping[str, Any] | None) -> bool:
    return file is not None and array.dtype.str == file["dtype"] and array.shape == tuple(file["shape"])


def _patched(over: Path, file: Mapping[str, Any], folder: Path, key: str, array: NDArray[Any]) -> dict[str, Any]:
    """The file of an earlier snapshot and what the array has otherwise; a new file where that is much."""
    name = f"{key}.npy"
    patch = patch_of(_mapped(over / name, file), np.ascontiguousarray(array))
    if patch.nbytes > array.nbytes // _LITTLE:
        return _written(folder / name, array)
    try:
        (folder / name).hardlink_to(over / name)
    except OSError:  # not every file system has links, or as many
        return _written(folder / name, array)
    said = {what: file[what] for what in ("bytes", "sha256", "dtype", "shape")}
    return said | ({"patch": _written(folder / f"{key}.patch.npy", patch)} if len(patch) else {})


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
    """What ``np.load`` maps, without parsing a header for each of many files: the manifest says what is in it."""
    try:
        with path.open("rb") as found:
            content = mmap(found.fileno(), 0, access=ACCESS_COPY)
    except (OSError, ValueError) as error:  # a file of no bytes cannot be mapped
        raise Damaged(f"{path}: cannot be read") from error
    if len(content) != file["bytes"]:
        raise Damaged(f"{path}: {file['bytes']} bytes were written")
    count, dtype = prod(file["shape"]), np.dtype(file["dtype"])
    header = len(content) - count * dtype.itemsize
    return np.frombuffer(content, dtype, count, header).reshape(file["shape"])


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
