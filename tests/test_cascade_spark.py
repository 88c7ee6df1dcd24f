"""The cascade on Apache Spark: who owes what, and what is wrong with the files, is what the local engine says."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supplychain.cascade.operations import Files, Report
from supplychain.cascade.session import session
from supplychain.errors import Invalid
from tests.cascade_oracles import Owed, Row, by_networkx
from tests.cascade_worlds import LINK_TYPES, ON, Situation, chains, rows_of, run, situations, write

pytest.importorskip("pyspark", reason="Spark is an extra: make spark")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java", allow_module_level=True)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:pyspark"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # py4j leaves its sockets to the end of the process
]
SMALL = {"spark.sql.shuffle.partitions": "1", "spark.default.parallelism": "2", "spark.sql.adaptive.enabled": "false"}


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    with session("local[2]", SMALL) as found:
        yield found


def together(drawn: Sequence[Situation]) -> Situation:
    """Several situations side by side: a run of Spark costs seconds, however little it computes."""

    def named(at: int, rows: Sequence[Row], columns: Sequence[str]) -> list[Row]:
        return [row | {name: row[name] and f"{at} {row[name]}" for name in columns} for row in rows]

    links = [
        row | {"id": row["id"] + at * 2**41}
        for at, one in enumerate(drawn)
        for row in named(at, one.links, ("buyer", "supplier"))
    ]
    requirements = [row for at, one in enumerate(drawn) for row in named(at, one.requirements, ("id", "issuer"))]
    organizations = [row for at, one in enumerate(drawn) for row in named(at, one.organizations, ("ref", "parent"))]
    return Situation(links, requirements, organizations)


def distributed(spark: Any, folder: Path, situation: Situation, ending: str) -> tuple[Report, list[Owed]]:
    files = write(folder, situation, ending)
    report = on_spark(spark, files)
    assert not list(folder.glob(".*"))
    return report, rows_of(files)


def on_spark(spark: Any, files: Files) -> Report:
    from supplychain.cascade.distributed import cascade  # noqa: PLC0415 - Spark is an extra

    return cascade(files, ON, lambda what, done, total: None, spark, lambda rows: rows.localCheckpoint())


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(situations() | chains(), min_size=6, max_size=6), st.sampled_from([".csv", ".parquet"]))
def test_who_owes_what_is_what_networkx_says(spark: Any, drawn: list[Situation], ending: str) -> None:
    situation = together(drawn)
    with TemporaryDirectory() as folder:
        _, found = distributed(spark, Path(folder), situation, ending)
    assert found == by_networkx(situation.links, situation.requirements, situation.organizations, ON)
    assert found == sorted(found, key=lambda row: row[:2])


def test_the_report_is_that_of_the_local_engine(spark: Any, tmp_path: Path) -> None:
    situation = worked_example()
    situation.requirements.append(situation.requirements[0] | {"id": "Z", "issuer": "nobody"})
    report, found = distributed(spark, tmp_path, situation, ".parquet")
    assert report == run(write(tmp_path, situation, ".parquet"))
    assert report.unknown_issuers == ("Z",)
    assert found == [
        ("R", "W", 3, 1, None, 5),
        ("R", "X", 1, 3, None, 1),
        ("R", "Y", 1, 3, None, 2),
        ("R", "Z", 2, 2, None, 3),
    ]


def test_a_file_of_many_row_groups_is_read_in_parts(spark: Any, tmp_path: Path) -> None:
    situation = worked_example()
    files = write(tmp_path, situation, ".parquet")
    pq.write_table(pa.Table.from_pylist(situation.links, LINK_TYPES), files.links, row_group_size=2)
    report = on_spark(spark, files)
    assert (report.links, report.obligations) == (6, 4)


WRONG: dict[str, tuple[Row, ...]] = {
    "no number": ({"id": None},),
    "twice the same number": ({"id": 7}, {"id": 7}, {"id": 7}, {"id": 8}, {"id": 8}),
    "nobody": ({"supplier": " "},),
    "no code": ({"hs": "85-04"},),
    "no day": ({"valid_from": "2026-02-30"},),
    "backwards": ({"valid_from": "2026-02-02", "valid_to": "2026-02-01"},),
    "no flow": ({"flow_down": "perhaps"},),
    "many": tuple({"id": at, "hs": "x"} for at in range(100, 150)),
}


@pytest.mark.parametrize("rows", WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_links_is_told_as_by_the_local_engine(
    spark: Any, tmp_path: Path, rows: tuple[Row, ...]
) -> None:
    empty = dict.fromkeys(LINK_TYPES.names)
    told = [empty | {"id": at, "buyer": "B", "supplier": "X"} | row for at, row in enumerate(rows, 1)]
    situation = Situation(told, worked_example().requirements, [])
    assert faults(spark, tmp_path, situation)


def test_a_table_with_uneven_rows_is_refused_with_the_row(spark: Any, tmp_path: Path) -> None:
    files = write(tmp_path, worked_example(), ".csv")
    files.links.write_text("id,buyer,supplier\n1,B,X\n2,B\n", "utf-8")
    assert told_by_both(spark, files) == [("links.csv, row 2", "cells-uneven", {"columns": 3})]


def test_an_organization_that_is_listed_twice_is_told(spark: Any, tmp_path: Path) -> None:
    situation = worked_example()
    listed = dict.fromkeys(("ref", "country", "sector", "parent"))
    situation.organizations.extend(listed | {"ref": ref} for ref in ("A", "B", "A", "A", "B"))
    assert len(faults(spark, tmp_path, situation)) == 3


def faults(spark: Any, folder: Path, situation: Situation) -> list[Any]:
    return told_by_both(spark, write(folder, situation, ".csv"))


def told_by_both(spark: Any, files: Files) -> list[Any]:
    """What Spark's workers find wrong, which must be what the local engine does."""
    with pytest.raises(Invalid) as local:
        run(files)
    with pytest.raises(Invalid) as far:
        on_spark(spark, files)
    assert not files.out.exists()
    assert far.value.params == local.value.params
    assert far.value.faults == local.value.faults
    return [(fault.pointer, fault.code, fault.params) for fault in far.value.faults]


def worked_example() -> Situation:
    """The links and the requirement of the worked example of the domain rules."""
    ends = [("B", "X", "8517"), ("B", "Y", "8504"), ("X", "Z", "8517"), ("Y", "Z", "8504"), ("Z", "W", "8542")]
    empty = dict.fromkeys(LINK_TYPES.names)
    links = [
        empty | {"id": at, "buyer": buyer, "supplier": supplier, "hs": code}
        for at, (buyer, supplier, code) in enumerate([*ends, ("W", "X", "8504")], 1)
    ]
    return Situation(links, [{"id": "R", "issuer": "B", "pillar": "ohs", "schedule": [3, 2, 1]}], [])


def test_the_command_runs_by_itself(tmp_path: Path) -> None:
    files = write(tmp_path, worked_example(), ".csv")
    run(files)
    local = files.out.read_text("utf-8")
    files.out.unlink()
    result = command(files, "--master", "local[1]", "--checkpoints", str(tmp_path / "kept"))
    assert result.returncode == 0, result.stderr
    assert "4 obligations of 1 requirements over 6 links" in result.stdout
    assert files.out.read_text("utf-8") == local


def test_a_setting_without_a_value_is_told(tmp_path: Path) -> None:
    result = command(write(tmp_path, worked_example(), ".csv"), "--conf", "spark.executor.memory")
    assert (result.returncode, result.stderr) == (2, "Error: --conf takes NAME=VALUE.\n")


def test_without_spark_the_command_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "pyspark.py").write_text("raise ImportError")
    result = command(write(tmp_path, worked_example(), ".csv"), hidden=tmp_path)
    assert result.returncode == 2
    assert "supplychain[spark]" in result.stderr


def command(files: Files, *more: str, hidden: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own. hidden: a folder whose modules are found first."""
    names = ("links", "requirements", "organizations", "out")
    options = [text for name in names for text in (f"--{name}", str(getattr(files, name)))]
    line = [
        str(Path(sys.executable).with_name("supplychain")),
        "cascade",
        "--on",
        f"{ON}",
        "--engine",
        "spark",
        *options,
        *more,
    ]
    environment = os.environ | ({"PYTHONPATH": str(hidden)} if hidden else {})
    return subprocess.run(line, capture_output=True, text=True, check=False, env=environment)
