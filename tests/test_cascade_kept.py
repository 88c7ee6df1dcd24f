"""`supplychain cascade --keep` and `--kept`: what differs is what two whole runs differ in; no state is half."""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import snapshot
from supplychain.cascade import keeping
from supplychain.cascade.changing import News, change
from supplychain.cascade.operations import Files, cascade
from supplychain.cli import main
from supplychain.cli.common import _told
from supplychain.errors import Invalid
from tests.cascade_oracles import Row, by_networkx
from tests.cascade_worlds import LINK_TYPES, ON, REFS, Situation, chains, links, requirements, situations, write
from tests.serving import running

CHANGE_TYPES = pa.schema([*LINK_TYPES, ("change", pa.string())])
LINKS = "id,buyer,supplier,hs\n1,B,X,8517\n2,B,Y,8504\n3,X,Z,8517\n4,Y,Z,8504\n"
DEMANDS = [{"id": "R", "issuer": "B", "pillar": "ohs", "schedule": [3, 2, 1], "grace_months": [0]}]


@st.composite
def changes(draw: st.DrawFn, situation: Situation) -> list[Row]:
    """Links that are otherwise, are new, or ended; one row each."""
    known = [link["id"] for link in situation.links]
    numbers = draw(st.lists(st.sampled_from([*known, 100, 101, 2**41]), max_size=8, unique=True))
    return [
        {**dict.fromkeys(LINK_TYPES.names), "id": number, "change": "end"}
        if number in known and draw(st.booleans())
        else {**draw(links(number, [*REFS, "new", "0 new"])), "change": "set"}
        for number in numbers
    ]


def after(situation: Situation, rows: Sequence[Row]) -> Situation:
    found = {link["id"]: link for link in situation.links}
    for row in rows:
        if row["change"] == "end":
            del found[row["id"]]
        else:
            found[row["id"]] = {name: row[name] for name in LINK_TYPES.names}
    return replace(situation, links=list(found.values()))


@st.composite
def amended(draw: st.DrawFn, situation: Situation) -> list[Row]:
    """Requirements that stay, end, are otherwise in some ways, or are new; their issuers may be new too."""
    kept = [one for one in situation.requirements if draw(st.integers(0, 3))]
    other = [draw(requirements(number, [*REFS, "newer"])) for number in range(6)]
    numbers = draw(st.sets(st.integers(0, 5), max_size=3))
    found = {one["id"]: one for one in kept}
    for one in (other[number] for number in sorted(numbers)):
        ways = draw(st.sampled_from([("schedule",), ("beyond", "grace_months"), ("countries",), ("hs",), tuple(one)]))
        found[one["id"]] = {**found.get(one["id"], one), **{way: one[way] for way in ways}}
    return list(found.values())


@st.composite
def resettled(draw: st.DrawFn) -> list[Row]:
    """Organizations elsewhere, of another trade, of others."""
    listed = draw(st.sets(st.sampled_from([*REFS, "newest"]), max_size=5))
    return [
        {
            "ref": ref,
            "country": draw(st.sampled_from([None, "CN", "VN"])),
            "sector": draw(st.sampled_from([None, "PCB"])),
            "parent": draw(st.sampled_from([None, None, *REFS])),
        }
        for ref in sorted(listed)
    ]


def differences(before: Situation, later: Situation) -> list[tuple[Any, ...]]:
    """What two whole computations by networkx differ in."""
    old, new = (
        {row[:2]: row[2:] for row in by_networkx(one.links, one.requirements, one.organizations, ON)}
        for one in (before, later)
    )
    nothing = (None,) * 4
    return [
        (*key, "moved" if key in old and key in new else "new" if key in new else "freed", *both)
        for key in sorted(old.keys() | new.keys())
        for both in [tuple(x for pair in zip(old.get(key, nothing), new.get(key, nothing), strict=True) for x in pair)]
        if old.get(key) != new.get(key)
    ]


@settings(max_examples=30, deadline=None)
@given(st.data(), situations() | chains())
def test_what_differs_is_what_two_whole_computations_differ_in(data: st.DataObject, situation: Situation) -> None:
    # What is forced to disk is no matter here, and takes most of the time.
    with TemporaryDirectory() as name, mock.patch("os.fsync"):
        folder = Path(name)
        files = write(folder, situation, ".parquet")
        cascade(replace(files, keep=folder / "kept"), ON, lambda what, done, of: None)
        for _ in range(3):
            given_ones = data.draw(st.sets(st.sampled_from(["changes", "requirements", "organizations"]), min_size=1))
            later, rows = situation, []
            if "changes" in given_ones:
                rows = data.draw(changes(situation))
                later = after(later, rows)
            if "requirements" in given_ones:
                later = replace(later, requirements=data.draw(amended(situation)))
            if "organizations" in given_ones:
                later = replace(later, organizations=data.draw(resettled()))
            files = write(folder, later, ".parquet")
            pq.write_table(pa.Table.from_pylist(rows, CHANGE_TYPES), folder / "changes.parquet")
            paths = {"changes": folder / "changes.parquet", "requirements": files.requirements}
            paths["organizations"] = folder / "organizations.parquet"
            news = News(**{name: paths[name] for name in given_ones})
            report = change(folder / "kept", news, ON, folder / "out.parquet")
            found = [tuple(row.values()) for row in pq.read_table(folder / "out.parquet").to_pylist()]
            assert found == differences(situation, later)
            assert (report.changes, report.new + report.freed + report.moved) == (len(rows), len(found))
            situation = later


class Desk:
    """A folder in which the command runs as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "links.csv").write_text(LINKS, "utf-8")
        (folder / "demands.json").write_text(json.dumps(DEMANDS), "utf-8")

    def keep(self) -> None:
        files = ("--links", "links.csv", "--requirements", "demands.json", "--keep", "kept", "--out", "out.csv")
        result = self.run(*files, "--on", "2026-01-31")
        assert result.returncode == 0, result.stderr

    def change(self, text: str, *more: str) -> subprocess.CompletedProcess[str]:
        (self.folder / "changes.csv").write_text(text, "utf-8")
        return self.go_on("--changes", "changes.csv", *more)

    def go_on(self, *more: str) -> subprocess.CompletedProcess[str]:
        return self.run("--kept", "kept", "--out", "differs.csv", *more)

    def ask(self, *demands: Row) -> None:
        (self.folder / "others.json").write_text(json.dumps(demands), "utf-8")

    def refused(self, text: str, *words: str, more: Sequence[str] = ()) -> None:
        """Refused with these words; nothing is written and the state is what it was."""
        before = snapshot.names(self.folder / "kept")
        result = self.change(text, *more)
        assert result.returncode == 2, result.stderr
        assert "Traceback" not in result.stderr
        for word in words:
            assert word in result.stderr
        assert not list(self.folder.glob("*differs*"))
        assert snapshot.names(self.folder / "kept") == before

    def differs(self) -> list[list[str]]:
        return list(csv.reader((self.folder / "differs.csv").read_text("utf-8").splitlines()[1:]))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from supplychain.cli import main; main()", "cascade", *arguments]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, env=_environment())


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    desk.keep()
    return desk


@pytest.fixture
def desk(kept: Desk, tmp_path: Path) -> Desk:
    """A desk whose state is a copy of the one that the command wrote once."""
    subprocess.run(["cp", "-r", str(kept.folder / "kept"), str(tmp_path)], check=True)
    return Desk(tmp_path)


def test_the_command_goes_on_from_what_it_kept(desk: Desk) -> None:
    result = desk.change("id,change,buyer,supplier,valid_from\n1,end,,,\n9,set,Z,New,2026-01-15\n")
    assert "2 changes of links on 2026-01-31: 1 obligations are new, 1 freed, 1 moved" in result.stdout
    assert desk.differs() == [
        ["R", "New", "new", "", "3", "", "1", "", "2026-01-15", "", "9"],
        ["R", "X", "freed", "1", "", "3", "", "", "", "1", ""],
        ["R", "Z", "moved", "2", "2", "2", "2", "", "", "3", "4"],
    ]
    desk.change("id,change,buyer,supplier\n1,set,B,X\n9,end,,\n")
    assert [row[2] for row in desk.differs()] == ["freed", "new", "moved"]
    desk.change("id,change,buyer,supplier,hs\n1,set,B,X,8517\n")
    assert desk.differs() == []


def test_the_command_answers_for_other_requirements(desk: Desk) -> None:
    other = {**DEMANDS[0], "id": "S", "hs": ["8504"], "schedule": [1], "effective_from": "2026-01-01"}
    desk.ask({**DEMANDS[0], "schedule": [3, 1], "grace_months": [6]}, other, {**other, "id": "T", "issuer": "nobody"})
    result = desk.go_on("--requirements", "others.json")
    assert "T: nobody owes; its issuer is in no link that carries on 2026-01-31" in result.stderr
    assert "0 changes of links on 2026-01-31: 1 obligations are new, 0 freed, 1 moved" in result.stdout
    assert desk.differs() == [
        ["R", "Z", "moved", "2", "2", "2", "1", "", "", "3", "3"],
        ["S", "Y", "new", "", "1", "", "1", "", "2026-01-01", "", "2"],
    ]
    desk.ask({**other, "scope_applies": "first", "schedule": [1, 1]})
    (desk.folder / "organizations.csv").write_text("ref,parent\nX,B\n", "utf-8")
    (desk.folder / "changes.csv").write_text("id,change\n2,end\n", "utf-8")
    desk.go_on("--requirements", "others.json", "--organizations", "organizations.csv", "--changes", "changes.csv")
    assert [row[:3] for row in desk.differs()] == [
        ["R", "X", "freed"], ["R", "Y", "freed"], ["R", "Z", "freed"], ["S", "Y", "freed"]
    ]  # fmt: skip
    (desk.folder / "organizations.csv").write_text("ref,parent\nY,B\n", "utf-8")
    desk.go_on("--organizations", "organizations.csv")
    assert desk.differs() == [["S", "Z", "new", "", "1", "", "1", "", "2026-01-01", "", "4"]]


def test_mistakes_of_all_files_are_told_together(desk: Desk) -> None:
    (desk.folder / "organizations.csv").write_text("ref,note\nX,\n,\nX,\n", "utf-8")
    desk.ask({**DEMANDS[0], "schedule": [1, 2]}, {**DEMANDS[0], "colour": "red"}, DEMANDS[0])
    more = ["--requirements", "others.json", "--organizations", "organizations.csv"]
    desk.refused(
        "id,change\n1,over\n",
        "Mistakes in the files: 8",
        "changes.csv, row 1, change",
        "others.json, /0/schedule/1",
        "others.json, /1/colour",
        "others.json, /2/id",
        "organizations.csv, row 2, ref",
        "organizations.csv, row 3, ref",
        more=more,
    )


def test_other_requirements_may_be_too_many_to_keep(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.ask(DEMANDS[0], {**DEMANDS[0], "id": "S", "hs": ["85"]})
    monkeypatch.setattr(keeping, "MOST_CELLS", 7)
    with pytest.raises(Invalid) as refused:
        change(desk.folder / "kept", News(requirements=desk.folder / "others.json"), None, desk.folder / "differs.csv")
    assert refused.value.code == "cascade-too-large-to-keep"
    (desk.folder / "changes.csv").write_text("id,change,buyer,supplier\n9,set,B,new\n", "utf-8")
    with pytest.raises(Invalid) as refused:
        change(desk.folder / "kept", News(changes=desk.folder / "changes.csv"), None, desk.folder / "differs.csv")
    assert refused.value.code == "cascade-too-large-to-keep"
    monkeypatch.setattr(keeping, "MOST_ORGANIZATIONS", 4)
    (desk.folder / "organizations.csv").write_text("ref\nnew\n", "utf-8")
    with pytest.raises(Invalid) as refused:
        change(desk.folder / "kept", News(organizations=desk.folder / "organizations.csv"), None, Path("differs.csv"))
    assert refused.value.code == "cascade-too-large"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,change\n7,end\n", ("changes.csv, row 1, id", "No link of this number is kept")),
        ("id,change\n1,end\n1,end\n", ("row 2, id", "in row 1")),
        ("id,change\n1,over\n", ("row 1, change", "set, end")),
        ("id,change\n1,\n", ("row 1, change", "set, end")),
        ("id,change\nx,end\n", ("row 1, id", "whole number")),
        ("id,change\n1,set\n", ("row 1, buyer", "needed")),
        ("id,change,buyer,supplier,hs\n1,set,B,,85\n", ("row 1, supplier", "needed")),
        ("id,change,buyer,supplier,hs\n1,set,B,X,85a\n", ("row 1, hs", "digits")),
        (
            "id,change,buyer,supplier,valid_from,valid_to\n1,set,B,X,2026-02-01,2026-01-01\n",
            ("row 1, valid_to", "first"),
        ),
        ("id,buyer,supplier\n1,B,X\n", ("changes.csv", "column change")),
    ],
)
def test_changes_that_do_not_fit_are_told_with_row_and_column(
    desk: Desk, text: str, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.folder)
    Path("changes.csv").write_text(text, "utf-8")
    with pytest.raises(Invalid) as refused:
        change(Path("kept"), News(Path("changes.csv")), None, Path("differs.csv"))
    told = _told(refused.value)
    assert all(word in told for word in words), told
    assert not Path("differs.csv").exists()


def test_another_day_is_refused_with_what_to_do(desk: Desk) -> None:
    desk.refused("id,change\n1,end\n", "2026-01-31", "--links", more=["--on", "2026-02-01"])


def test_a_state_that_was_touched_is_refused(desk: Desk) -> None:
    (state,) = snapshot.names(desk.folder / "kept")
    path = desk.folder / "kept" / state / "tiers.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    desk.refused("id,change\n1,end\n", "damaged", "tiers", "--keep")


def test_a_folder_without_a_state_is_refused(desk: Desk) -> None:
    subprocess.run(["rm", "-r", str(desk.folder / "kept")], check=True)
    (desk.folder / "kept").mkdir()
    desk.refused("id,change\n1,end\n", "Nothing is kept")


def test_a_state_of_another_version_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "VERSION", keeping.VERSION + 1)
    with pytest.raises(Invalid) as refused:
        keeping.opened(keeping.verified(desk.folder / "kept"))
    assert refused.value.code == "cascade-kept-version"


def test_more_tiers_than_fit_are_refused_before_anything_is_computed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(keeping, "MOST_CELLS", 3)
    situation = Situation([], json.loads(json.dumps([{**DEMANDS[0], "beyond": "stop"}])), [{"ref": r} for r in REFS])
    files = write(tmp_path, situation, ".csv")
    with pytest.raises(Invalid) as refused:
        cascade(replace(files, keep=tmp_path / "other"), date(2026, 1, 31), lambda what, done, of: None)
    assert refused.value.code == "cascade-too-large-to-keep"
    assert not files.out.exists()


def test_nothing_at_all_can_be_kept_and_grows(tmp_path: Path) -> None:
    files = write(tmp_path, Situation([], [], []), ".csv")
    cascade(replace(files, keep=tmp_path / "kept"), ON, lambda what, done, of: None)
    (tmp_path / "changes.csv").write_text("id,change,buyer,supplier\n1,set,B,X\n", "utf-8")
    assert change(tmp_path / "kept", News(tmp_path / "changes.csv"), None, tmp_path / "out.csv").changes == 1
    assert len(keeping.opened(keeping.verified(tmp_path / "kept")).names) == 2


def test_more_codes_than_two_bytes_can_number_stay_told_apart(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    codes = [f"{number:06}" for number in range(65_537)]
    (desk.folder / "links.csv").write_text("id,buyer,supplier,hs\n1,B,X,000001\n", "utf-8")
    scopes = [codes[start : start + 10_000] for start in range(0, len(codes), 10_000)]
    (desk.folder / "demands.json").write_text(
        json.dumps([{**DEMANDS[0], "id": str(at), "hs": scope} for at, scope in enumerate(scopes)]), "utf-8"
    )
    files = Files(Path("links.csv"), Path("demands.json"), None, Path("out.csv"), Path("many"))
    cascade(files, ON, lambda what, done, of: None)
    Path("changes.csv").write_text(f"id,change,buyer,supplier,hs\n1,set,B,X,{codes[-1]}\n", "utf-8")
    change(Path("many"), News(Path("changes.csv")), None, Path("differs.csv"))
    assert [row[:3] for row in desk.differs()] == [["0", "X", "freed"], ["6", "X", "new"]]


def test_options_that_do_not_go_together_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    changes = ["--kept", "kept", "--changes", "links.csv"]
    for arguments in (
        ["--kept", "kept"],
        ["--changes", "links.csv"],
        [*changes, "--keep", "other"],
        [*changes, "--links", "links.csv"],
        [*changes, "--engine", "spark"],
    ):
        result = CliRunner().invoke(main, ["cascade", *arguments, "--out", "out.csv"])
        assert result.exit_code == 2
        assert "--kept" in result.stderr.splitlines()[-1], result.stderr


_SLOWLY = """
import sys, time
from graph import snapshot
from supplychain.cli import main
whole = snapshot._written
def slowly(path, array):
    print("writing", flush=True)
    time.sleep(3600)
    return whole(path, array)
snapshot._written = slowly
main(sys.argv[1:])
"""


def test_who_is_killed_while_writing_leaves_the_last_state(desk: Desk) -> None:
    (before,) = snapshot.names(desk.folder / "kept")
    (desk.folder / "changes.csv").write_text("id,change\n1,end\n", "utf-8")
    arguments = ["cascade", "--kept", "kept", "--changes", "changes.csv", "--out", "differs.csv"]
    command = [sys.executable, "-c", _SLOWLY, *arguments]
    with running(command, cwd=desk.folder, stdout=subprocess.PIPE, env=_environment()) as process:
        assert process.stdout.readline() == b"writing\n"
        time.sleep(0.1)
    assert snapshot.names(desk.folder / "kept") == [before]
    first = desk.differs()
    assert desk.change("id,change\n1,end\n").returncode == 0
    assert desk.differs() == first
    assert len(list((desk.folder / "kept").iterdir())) == 2
