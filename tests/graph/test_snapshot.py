"""A snapshot is whole or not there, and a changed byte is noticed."""

import json
import multiprocessing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from graph import snapshot
from graph.patch import patch_of, patched

ARRAYS: dict[str, NDArray[Any]] = {
    "many": np.arange(1_000, dtype=np.int64),
    "none": np.zeros(0, np.uint8),
    "few": np.array([[1.5, 2.5]]),
}


def test_what_was_written_is_what_is_opened(tmp_path: Path) -> None:
    found = snapshot.opened(snapshot.write(tmp_path, "1", ARRAYS, {"revision": 7}))
    assert found.about == {"revision": 7}
    assert found.arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert found.arrays[name].dtype == array.dtype
        assert np.array_equal(found.arrays[name], array)


def test_what_one_reader_changes_nobody_else_sees(tmp_path: Path) -> None:
    path = snapshot.write(tmp_path, "1", ARRAYS, {})
    mine = snapshot.opened(path)
    mine.arrays["many"][0] = 99
    assert snapshot.opened(path).arrays["many"][0] == 0
    snapshot.verify(path)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1500), st.lists(st.tuples(st.integers(0, 2**31), st.integers(0, 255)), max_size=4))
def test_a_patch_makes_of_the_old_array_the_new_one(size: int, changes: list[tuple[int, int]]) -> None:
    old = np.arange(3 * size, dtype=np.uint16).reshape(size, 3)
    new = old.copy()
    for at, value in changes if size else ():
        new.reshape(-1).view(np.uint8)[at % new.nbytes] = value
    patch = patch_of(old, new)
    patched(old, patch)
    assert np.array_equal(old, new)
    assert len(patch) <= len(changes)


def test_over_an_earlier_snapshot_only_what_changed_is_written(tmp_path: Path) -> None:
    arrays = {"long": np.arange(10_000), "same": np.arange(10_000), "grows": np.arange(10), "turns": np.arange(10_000)}
    path = snapshot.write(tmp_path, "1", arrays, {})
    for number in (2, 3):
        arrays["long"][number * 1_000] = -1
        arrays |= {"grows": np.arange(number * 10), "turns": arrays["turns"] + 1}
        before, path = path, snapshot.write(tmp_path, str(number), arrays, {}, over=path)
        linked = {file.name for file in path.iterdir() if file.stat().st_nlink > 1}
        assert linked == {"long.npy", "same.npy"}
        assert (path / "long.patch.npy").stat().st_size < 2_000
        snapshot.remove(before)
        snapshot.verify(path)
        found = snapshot.opened(path).arrays
        assert all(np.array_equal(found[name], array) for name, array in arrays.items())
    (path / "long.patch.npy").write_bytes(bytes(1_000))
    with pytest.raises(snapshot.Damaged, match=r"long\.patch is not"):
        snapshot.verify(path)


def test_where_files_cannot_have_two_names_all_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise PermissionError

    before = snapshot.write(tmp_path, "1", ARRAYS, {})
    monkeypatch.setattr(Path, "hardlink_to", refuse)
    path = snapshot.write(tmp_path, "2", ARRAYS, {}, over=before)
    assert all(file.stat().st_nlink == 1 for file in path.iterdir())
    assert np.array_equal(snapshot.opened(path).arrays["many"], ARRAYS["many"])


def test_the_newest_comes_first_and_a_name_is_given_once(tmp_path: Path) -> None:
    for name, revision in (("01", 1), ("02", 2), ("02", 3)):
        snapshot.write(tmp_path, name, ARRAYS, {"revision": revision})
    assert snapshot.names(tmp_path) == ["02", "01"]
    assert snapshot.opened(tmp_path / "02").about == {"revision": 2}


def test_who_has_it_open_reads_on_after_its_removal(tmp_path: Path) -> None:
    path = snapshot.write(tmp_path, "1", ARRAYS, {})
    found = snapshot.opened(path)
    snapshot.remove(path)
    assert snapshot.names(tmp_path) == []
    assert found.arrays["many"][-1] == 999


@pytest.mark.parametrize("at", [-1, 200])
def test_a_changed_byte_is_noticed_by_its_hash(tmp_path: Path, at: int) -> None:
    path = snapshot.write(tmp_path, "1", ARRAYS, {})
    content = bytearray((path / "many.npy").read_bytes())
    content[at] ^= 1
    (path / "many.npy").write_bytes(content)
    with pytest.raises(snapshot.Damaged, match="many is not what was written"):
        snapshot.verify(path)


def test_a_file_cut_short_or_missing_is_noticed_on_opening(tmp_path: Path) -> None:
    path = snapshot.write(tmp_path, "1", ARRAYS, {})
    (path / "many.npy").write_bytes((path / "many.npy").read_bytes()[:-8])
    with pytest.raises(snapshot.Damaged, match="bytes were written"):
        snapshot.opened(path)
    (path / "many.npy").unlink()
    with pytest.raises(snapshot.Damaged, match="cannot be read"):
        snapshot.opened(path)


def test_a_manifest_that_says_something_else_is_noticed(tmp_path: Path) -> None:
    path = snapshot.write(tmp_path, "1", ARRAYS, {"revision": 7})
    content = json.loads((path / "manifest.json").read_text())
    content["about"]["revision"] = 8
    (path / "manifest.json").write_text(json.dumps(content))
    with pytest.raises(snapshot.Damaged, match="manifest"):
        snapshot.opened(path)
    (path / "manifest.json").write_text("{")
    with pytest.raises(snapshot.Damaged, match="manifest"):
        snapshot.opened(path)


def _write_without_end(folder: Path) -> None:
    many = {f"array{number}": np.zeros(100_000) for number in range(10_000)}
    snapshot.write(folder, "2", many, {})


def test_a_writer_that_is_killed_leaves_the_last_whole_one(tmp_path: Path) -> None:
    snapshot.write(tmp_path, "1", ARRAYS, {"revision": 1})
    writer = multiprocessing.get_context("spawn").Process(target=_write_without_end, args=(tmp_path,))
    writer.start()
    try:
        while not any(tmp_path.glob(".unfinished-*/array1.npy")):
            assert writer.is_alive()
    finally:
        writer.kill()
        writer.join()
    assert snapshot.names(tmp_path) == ["1"]
    assert list(tmp_path.glob(".unfinished-*"))
    snapshot.sweep(tmp_path)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["1"]
    snapshot.verify(tmp_path / "1")


def test_hashes_are_compared_once_and_again_when_a_file_was_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = snapshot.write(tmp_path, "1", ARRAYS, {})
    looked: list[Path] = []
    verify = snapshot.verify

    def looking(one: Path) -> None:
        looked.append(one)
        verify(one)

    monkeypatch.setattr(snapshot, "verify", looking)
    for _ in range(3):
        snapshot.verify_once(path)
    assert looked == [path]
    content = bytearray((path / "many.npy").read_bytes())
    content[-1] ^= 1
    (path / "many.npy").write_bytes(content)
    for _ in range(2):  # what is damaged is never noted as whole
        with pytest.raises(snapshot.Damaged):
            snapshot.verify_once(path)
    assert looked == [path] * 3


def test_after_the_machine_started_anew_hashes_are_compared_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    boot = tmp_path / "boot"
    monkeypatch.setattr(snapshot, "_BOOT", boot)
    path = snapshot.write(tmp_path, "1", ARRAYS, {})
    looked: list[Path] = []
    monkeypatch.setattr(snapshot, "verify", looked.append)
    for start in ("first", "first", "second"):
        boot.write_text(start)
        snapshot.verify_once(path)
    assert looked == [path, path]
