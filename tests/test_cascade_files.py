"""The files of `supplychain cascade`: what is wrong with them is told with file, row and column; the rest works."""

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from supplychain.cli import main
from tests.cascade_oracles import Row
from tests.serving import running

HEADER = "id,buyer,supplier,hs,flow_down,valid_from,valid_to"
DEMAND: Row = {"id": "R", "issuer": "B", "pillar": "ohs", "schedule": [2, 1]}
OWED = "requirement,supplier,tier,level,due,via\n"


class Desk:
    """A folder with the files of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.links(["1,B,X,,,,"])
        self.demands([DEMAND])

    def links(self, rows: Sequence[str], header: str = HEADER) -> None:
        (self.folder / "links.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")

    def demands(self, listed: Any) -> None:
        (self.folder / "demands.json").write_text(json.dumps(listed), "utf-8")

    def organizations(self, text: str) -> None:
        (self.folder / "organizations.csv").write_text(text, "utf-8")

    def run(self, *more: str, links: str = "links.csv", out: str = "out.csv") -> Result:
        """A run that ends by itself, one way or another, without a traceback."""
        files = ["--links", self.folder / links, "--requirements", self.folder / "demands.json"]
        if (self.folder / "organizations.csv").exists():
            files += ["--organizations", self.folder / "organizations.csv"]
        result = CliRunner().invoke(main, ["cascade", *map(str, files), "--out", str(self.folder / out), *more])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result

    def written(self, *more: str, **options: Any) -> str:
        result = self.run(*more, **options)
        assert result.exit_code == 0, result.stderr
        return (self.folder / "out.csv").read_text("utf-8").removeprefix(OWED)

    def refused(self, *words: str, **options: Any) -> str:
        """Refused with these words, and nothing is left behind."""
        result = self.run(**options)
        assert result.exit_code == 2, result.output
        for word in words:
            assert word in result.stderr
        assert not list(self.folder.glob("*out*"))
        return result.stderr


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# Links --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "where", "what"),
    [
        ("x,B,X,,,,", "row 2, id", "whole number"),
        ("1.5,B,X,,,,", "row 2, id", "whole number"),
        (",B,X,,,,", "row 2, id", "whole number"),
        ("99999999999999999999,B,X,,,,", "row 2, id", "whole number"),
        ("2, ,X,,,,", "row 2, buyer", "needed"),
        ("2,B,,,,,", "row 2, supplier", "needed"),
        ("2,B,X,85a,,,", "row 2, hs", "digits"),
        ("2,B,X,,perhaps,,", "row 2, flow_down", "yes, no, undeclared"),
        ("2,B,X,,,2026-02-30,", "row 2, valid_from", "YYYY-MM-DD"),
        ("2,B,X,,,,31.12.2026", "row 2, valid_to", "YYYY-MM-DD"),
        ("2,B,X,,,2026-01-02,2026-01-01", "row 2, valid_to", "before the first"),
        ("1,B,Y,,,,", "row 2, id", "in row 1"),
        ("2,B,X", "row 2", "7"),
        ('2,B,"X,,,,', "row 2", "table"),
    ],
)
def test_a_wrong_link_is_told_with_row_and_column(desk: Desk, row: str, where: str, what: str) -> None:
    desk.links(["1,B,X,,,,", row])
    told = desk.refused(f"links.csv, {where}", what)
    assert told.count("links.csv") == 1


def test_all_mistakes_are_counted_and_the_first_ones_told(desk: Desk) -> None:
    desk.links([f"{number},B,X,?,,," for number in range(1000)])
    told = desk.refused("files: 1000", "the first 20", "row 1, hs", "row 20, hs")
    assert "row 21" not in told


def test_as_many_different_mistakes_as_rows_are_told_at_once(desk: Desk) -> None:
    desk.links([f"{number},B,X,,,day {number}," for number in range(200_000)])
    desk.refused("files: 200000", "row 1, valid_from", "row 20, valid_from")


def test_as_many_twins_as_rows_are_told_at_once(desk: Desk) -> None:
    desk.links(["1,B,X,,,,"] * 200_000)
    desk.refused("files: 199999", "row 2, id", "row 21, id")


def test_numbers_far_apart_in_the_file_are_seen_to_be_the_same(desk: Desk) -> None:
    desk.links([f"{number},B,X,,,," for number in [*range(300_000), 7]])
    desk.refused("row 300001, id", "in row 8")


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("id,buyer", "column supplier"),
        ("id,buyer,supplier,hs,hs", "«hs» is there twice"),
        ("", "empty"),
        ("id;buyer;supplier", "it has id;buyer;supplier"),
    ],
)
def test_a_header_that_does_not_fit_is_told(desk: Desk, header: str, what: str) -> None:
    desk.links([], header)
    desk.refused("links.csv", what)


def test_a_column_that_says_nothing_is_told_and_ignored(desk: Desk) -> None:
    desk.links(["1,B,X,2026-01-01"], "id,buyer,supplier,valid_form")
    result = desk.run()
    assert (result.exit_code, "valid_form" in result.stderr) == (0, True)


def test_text_that_is_not_utf_8_is_told(desk: Desk) -> None:
    (desk.folder / "links.csv").write_bytes(HEADER.encode() + b"\n1,B,\xff,,,,\n")
    desk.refused("links.csv", "UTF-8")


def test_a_file_that_is_no_parquet_is_told(desk: Desk) -> None:
    (desk.folder / "links.parquet").write_bytes(b"PAR1 but not really")
    desk.refused("links.parquet", "table", links="links.parquet")


@pytest.mark.parametrize(
    ("columns", "where", "what"),
    [
        ({"hs": pa.array([85])}, "links.parquet, hs", "text"),
        ({"valid_from": pa.array([20260101])}, "links.parquet, valid_from", "YYYY-MM-DD"),
        ({"id": pa.array([None], pa.int64())}, "row 1, id", "whole number"),
        ({"id": pa.array([1.0])}, "row 1, id", "whole number"),
        ({"buyer": pa.array([None], pa.string())}, "row 1, buyer", "needed"),
        ({"id": pa.array([2**63], pa.uint64())}, "row 1, id", "whole number"),
        ({"id": pa.array([True])}, "row 1, id", "whole number"),
        ({"buyer": pa.array([{"name": "B"}])}, "links.parquet, buyer", "text"),
        ({"supplier": pa.array([b"\xff"]).view(pa.string())}, "links.parquet, supplier", "UTF-8"),
        ({"valid_from": pa.array([2**31 - 1], pa.date32())}, "row 1, valid_from", "YYYY-MM-DD"),
    ],
)
def test_a_parquet_file_of_other_types_is_told(desk: Desk, columns: Row, where: str, what: str) -> None:
    table = {"id": pa.array([1]), "buyer": pa.array(["B"]), "supplier": pa.array(["X"]), **columns}
    pq.write_table(pa.table(table), desk.folder / "links.parquet")
    desk.refused(where, what, links="links.parquet")


def test_parquet_may_hold_numbers_as_names_and_true_as_yes(desk: Desk) -> None:
    table = pa.table(
        {
            "id": pa.array([1, 2, 3], pa.uint32()),
            "buyer": [7, 8, 7],
            "supplier": pa.array([8, 9, 10], pa.int64()),
            "flow_down": [True, True, False],
            "valid_from": pa.array([datetime(2026, 1, 31, tzinfo=UTC), None, None], pa.timestamp("us")),
            "hs": pa.array(["85", None, "85"]).dictionary_encode(),
        }
    )
    pq.write_table(table, desk.folder / "links.parquet")
    desk.demands([{**DEMAND, "id": 5, "issuer": 7, "grace_months": [1]}])
    assert desk.written(links="links.parquet") == "5,8,1,2,2026-02-28,1\n5,9,2,1,2026-02-28,2\n"


@pytest.mark.parametrize(
    "numbers",
    [
        pa.array(["7", "9223372036854775807"], pa.large_string()),
        pa.array(["7", "9223372036854775807"]).dictionary_encode(),
        pa.array([7, 2**63 - 1]).dictionary_encode(),
        pa.array([7, 2**63 - 1], pa.uint64()),
        pa.array([7, 2**63 - 1]).cast(pa.decimal128(20, 0)),
    ],
)
def test_whole_numbers_may_be_written_as_any_type_that_holds_them(desk: Desk, numbers: Any) -> None:
    names = {"buyer": pa.array(["B", "B"], pa.large_string()), "supplier": ["X", "Y"]}
    pq.write_table(pa.table({"id": numbers, **names}), desk.folder / "links.parquet")
    assert desk.written(links="links.parquet") == "R,X,1,2,,7\nR,Y,1,2,,9223372036854775807\n"


def test_numbers_of_64_bits_are_numbers_and_larger_ones_are_not(desk: Desk) -> None:
    desk.links([f"{2**63 - 1},B,X,,,,", f"-{2**63},B,Y,,,,", "-9223372036854775807,X,Y,,,,"])
    assert desk.written() == f"R,X,1,2,,{2**63 - 1}\nR,Y,1,2,,-{2**63}\n"
    (desk.folder / "out.csv").unlink()
    desk.links([f"{number},B,X,,,," for number in (2**63 - 1, -(2**63), 2**63 - 1)])
    desk.refused("row 3, id", "in row 1")
    desk.links([f"{2**63},B,X,,,,", f"-{2**63 + 1},B,Y,,,,", "1" * 39 + ",B,Z,,,,"])
    desk.refused("files: 3", "row 1, id", "row 2, id", "row 3, id")


def test_words_that_stand_for_nothing_elsewhere_are_names_here(desk: Desk) -> None:
    desk.links(["1,B,NA,,,,", "2,NA,null,,,,"])
    desk.organizations("ref,country\nNA,NA\nnull,\n")
    desk.demands([{**DEMAND, "countries": ["na"]}])
    assert desk.written() == "R,NA,1,2,,1\n"


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_files_of_other_systems_are_read_alike(desk: Desk, coding: str, end: str) -> None:
    text = end.join(["", HEADER, "", "1,B,é,,,,", "2,é,Y,,,,", ""])
    (desk.folder / "links.csv").write_bytes(text.encode(coding))
    (desk.folder / "demands.json").write_bytes(json.dumps([DEMAND], indent=1).replace("\n", end).encode(coding))
    assert desk.written() == "R,Y,2,1,,2\nR,é,1,2,,1\n"


def test_rows_are_counted_without_empty_lines_whatever_is_wrong(desk: Desk) -> None:
    for row in ("x,B,X,,,,", "2,B,X"):
        desk.links(["", "1,B,X,,,,", "", row])
        desk.refused("links.csv, row 2")


def test_blanks_around_names_and_dots_in_codes_do_not_matter(desk: Desk) -> None:
    desk.links([" 1 , B,X ,85.17 12,YES,,", "+2,X ,Y,8517,,,"])
    desk.demands([{**DEMAND, "hs": ["8517"]}])
    assert desk.written() == "R,X,1,2,,1\nR,Y,2,1,,2\n"


def test_names_with_commas_and_quotation_marks_come_out_as_they_went_in(desk: Desk) -> None:
    desk.links(['1,B,"X, ""the"" plant",,,,'])
    assert desk.written() == '"R","X, ""the"" plant",1,2,,1\n'


def test_no_links_at_all_bind_nobody(desk: Desk) -> None:
    for text in (HEADER + "\n", HEADER):
        (desk.folder / "links.csv").write_text(text, "utf-8")
        assert desk.written() == ""


def test_a_link_counts_on_its_first_and_its_last_day_and_not_beside_them(desk: Desk) -> None:
    desk.links(["1,B,X,,,2026-01-01,2026-01-31"])
    for day in ("2026-01-01", "2026-01-31"):
        assert desk.written("--on", day) == "R,X,1,2,2026-01-01,1\n"
    assert desk.written("--on", "2026-02-01") == ""
    assert desk.written("--on", "2025-12-31") == ""


# Requirements -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("demand", "where", "what"),
    [
        ({"schedule": []}, "/0/schedule", "1 to 15"),
        ({"schedule": [1] * 16}, "/0/schedule", "1 to 15"),
        ({"schedule": [2, 3]}, "/0/schedule/1", "at most level 2"),
        ({"schedule": [0]}, "/0/schedule/0", "1"),
        ({"schedule": [2.5]}, "/0/schedule/0", "whole number"),
        ({"schedule": "3"}, "/0/schedule", "list"),
        ({"beyond": "go on"}, "/0/beyond", "stop"),
        ({"hs": ["85x"]}, "/0/hs/0", "digits"),
        ({"hs": [""]}, "/0/hs/0", "digits"),
        ({"scope_applies": "last"}, "/0/scope_applies", "first"),
        ({"effective_from": "soon"}, "/0/effective_from", "YYYY-MM-DD"),
        ({"grace_months": [-1]}, "/0/grace_months/0", "0"),
        ({"grace_month": [1]}, "/0/grace_month", "no such field"),
        ({"issuer": ""}, "/0/issuer", ""),
        ({"issuer": None}, "/0/issuer", ""),
        ({"id": True}, "/0/id", "text"),
        ({"id": "\ud800"}, "/0/id", "control"),
        ({"schedule": [10**30]}, "/0/schedule/0", "1000"),
        ({"schedule": [True]}, "/0/schedule/0", "whole number"),
        ({"grace_months": [10**12]}, "/0/grace_months/0", "12000"),
        ({"effective_from": "2026-02-30"}, "/0/effective_from", "YYYY-MM-DD"),
        ({"effective_from": "2026-01-01T00:00:00Z"}, "/0/effective_from", "YYYY-MM-DD"),
        ({"hs": None}, "/0/hs", "leave it out"),
        ({"countries": "CN"}, "/0/countries", "list"),
    ],
)
def test_a_wrong_requirement_is_told_with_its_field(desk: Desk, demand: Row, where: str, what: str) -> None:
    desk.demands([{**DEMAND, **demand}])
    desk.refused(f"demands.json, {where}", what)


@pytest.mark.parametrize("field", ["id", "issuer", "pillar", "schedule"])
def test_what_a_requirement_needs_is_told(desk: Desk, field: str) -> None:
    desk.demands([{name: value for name, value in DEMAND.items() if name != field}])
    desk.refused(f"demands.json, /0/{field}", "needed")


def test_no_requirements_ask_nothing(desk: Desk) -> None:
    desk.demands([])
    assert desk.written() == ""
    desk.links([])
    assert desk.written() == ""


def test_an_id_that_is_there_twice_is_told(desk: Desk) -> None:
    desk.demands([DEMAND, {**DEMAND, "id": "S"}, DEMAND])
    desk.refused("demands.json, /2/id", "/0")


@pytest.mark.parametrize(
    ("listed", "what"),
    [({"id": "R"}, "list"), (None, "list"), (["R"], "/0: Send an object"), ([[DEMAND]], "/0: Send an object")],
)
def test_what_is_no_list_of_requirements_is_told(desk: Desk, listed: Any, what: str) -> None:
    desk.demands(listed)
    desk.refused("demands.json", what)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"", "JSON"),
        (b"[{", "JSON"),
        (b'[{"id": "\xff"}]', "JSON"),
        (b'[{"schedule": [NaN]}]', "NaN"),
        (b"[" * 100_000 + b"]" * 100_000, "JSON"),
        (b"[" + b"9" * 5000 + b"]", "JSON"),
        (
            b'[{"id": "R", "issuer": "B", "pillar": "ohs", "schedule": [2], "schedule": [4]}]',
            "'schedule' is there twice",
        ),
    ],
)
def test_what_is_no_json_is_told(desk: Desk, text: bytes, what: str) -> None:
    (desk.folder / "demands.json").write_bytes(text)
    desk.refused("demands.json", what, "not-json")


def test_an_issuer_that_nobody_knows_binds_nobody_and_is_told(desk: Desk) -> None:
    desk.demands([{**DEMAND, "issuer": "Bee"}])
    result = desk.run()
    assert (result.exit_code, (desk.folder / "out.csv").read_text("utf-8")) == (0, OWED)
    assert "R: nobody owes" in result.stderr


def test_requirements_come_out_in_the_order_of_their_ids(desk: Desk) -> None:
    desk.demands([{**DEMAND, "id": name} for name in ("b", "a", "B", "10", "9")])
    assert [line.split(",")[0] for line in desk.written().splitlines()] == ["10", "9", "B", "a", "b"]


def test_a_due_date_after_the_end_of_the_calendar_is_its_last_day(desk: Desk) -> None:
    desk.links(["1,B,X,,,9999-11-30,", "2,B,Y,,,0001-01-01,"])
    desk.demands([{**DEMAND, "grace_months": [3]}])
    assert desk.written("--on", "9999-12-01") == "R,X,1,2,9999-12-31,1\nR,Y,1,2,0001-04-01,2\n"


@pytest.mark.slow
def test_a_hundred_thousand_requirements_simply_work(desk: Desk) -> None:
    desk.links(["1,B,X,8517,,,", "2,X,Y,8504,,,"])
    scopes: tuple[list[str], ...] = ([], ["85"], ["8517"])
    desk.demands([{**DEMAND, "id": f"{number:06}", "hs": scopes[number % 3]} for number in range(100_000)])
    lines = desk.written().splitlines()
    assert len(lines) == 100_000 + 33_334 + 33_333
    assert lines[:3] == ["000000,X,1,2,,1", "000000,Y,2,1,,2", "000001,X,1,2,,1"]


def test_more_codes_and_prefixes_than_two_bytes_can_number_simply_work(desk: Desk) -> None:
    codes = [f"{number:06}" for number in range(65_537)]
    desk.links([f"{number},B,S{code},{code},,," for number, code in enumerate(codes)])
    scopes = [codes[start : start + 10_000] for start in range(0, len(codes), 10_000)]
    desk.demands([{**DEMAND, "id": str(at), "hs": scope} for at, scope in enumerate(scopes)])
    lines = desk.written().splitlines()
    assert [line.split(",")[1] for line in lines] == [f"S{code}" for code in codes]


@pytest.mark.slow
def test_more_sets_of_requirements_than_two_bytes_can_number_simply_work(desk: Desk) -> None:
    """Each of 65,537 codes is in the scopes of another set of 17 requirements."""
    sets = range(1, 65_538)
    desk.links([f"{one},B,S{one:05},{one:06},,," for one in sets])
    scopes = [[f"{one:06}" for one in sets if one >> bit & 1] for bit in range(17)]
    desk.demands(
        [
            {**DEMAND, "id": f"{bit:02}/{part}", "hs": scope[part * 10_000 : (part + 1) * 10_000]}
            for bit, scope in enumerate(scopes)
            for part in range(4)
            if scope[part * 10_000 :]
        ]
    )
    owed: dict[str, int] = {}
    for line in desk.written().splitlines():
        requirement, supplier, *_ = line.split(",")
        owed[supplier] = owed.get(supplier, 0) | 1 << int(requirement.partition("/")[0])
    assert owed == {f"S{one:05}": one for one in sets}


# Organizations ------------------------------------------------------------------------------


def test_what_the_issuer_owns_owes_nothing_and_buys_for_it(desk: Desk) -> None:
    desk.links(["1,B,P,,,,", "2,P,X,,,,", "3,Q,Y,,,,"])
    desk.organizations("ref,parent\nP,B\nQ,P\n")
    assert desk.written() == "R,X,1,2,,2\nR,Y,1,2,,3\n"


def test_owners_that_own_each_other_are_one_group(desk: Desk) -> None:
    desk.links(["1,P,X,,,,"])
    desk.organizations("ref,parent\nP,B\nB,P\n")
    assert desk.written() == "R,X,1,2,,1\n"


def test_a_parent_that_no_other_file_names_is_an_organization_like_any(desk: Desk) -> None:
    desk.links(["1,P,X,,,,"])
    desk.organizations("ref,parent\nP,Holding\n")
    desk.demands([{**DEMAND, "issuer": "Holding"}])
    assert desk.written() == "R,X,1,2,,1\n"


def test_who_is_in_no_list_has_no_country(desk: Desk) -> None:
    desk.links(["1,B,X,,,,", "2,B,Y,,,,", "3,B,Z,,,,"])
    desk.organizations("ref,country\nX,cn\nY,\n")
    desk.demands([{**DEMAND, "countries": ["CN"]}])
    assert desk.written() == "R,X,1,2,,1\n"


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("ref\nX\nY\nX\n", "row 3, ref", "in row 1"),
        ("ref,parent\n,B\n", "row 1, ref", "needed"),
        ("name\nX\n", "organizations.csv", "column ref"),
    ],
)
def test_wrong_organizations_are_told(desk: Desk, text: str, where: str, what: str) -> None:
    desk.organizations(text)
    desk.refused("organizations.csv", where, what)


# The command --------------------------------------------------------------------------------


def test_another_ending_is_refused_before_anything_is_read(desk: Desk) -> None:
    desk.refused("out.xlsx", ".csv, .parquet", out="out.xlsx")


def test_several_threads_write_the_same_file(desk: Desk) -> None:
    desk.links([f"{number},B,S{number % 7},,,," for number in range(1, 50)])
    desk.demands([{**DEMAND, "id": f"{number:03}", "schedule": [number % 4 + 1]} for number in range(200)])
    assert desk.written("--threads", "3") == desk.written()


@pytest.mark.parametrize("name", ["links.csv", "organizations.csv"])
def test_the_answer_never_takes_the_place_of_what_is_read(desk: Desk, name: str) -> None:
    desk.organizations("ref\n")
    before = (desk.folder / name).read_bytes()
    (desk.folder / "same.csv").symlink_to(name)
    for out in (name, "same.csv"):
        result = desk.run(out=out)
        assert (result.exit_code, "out-is-read" in result.stderr) == (2, True), result.output
    assert (desk.folder / name).read_bytes() == before


def test_a_folder_that_is_not_there_is_told(desk: Desk) -> None:
    desk.refused("nowhere", out="nowhere/out.csv")


_NARROW = """
import resource, sys
from graph import snapshot
from supplychain.cascade import operations, writing
from supplychain.cli import main
whole = {of}.{name}
def narrow(*arguments):
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    return whole(*arguments)
{of}.{name} = narrow
main(sys.argv[1:])
"""
_HALTED = """
import signal, sys, time
from supplychain.cascade import operations, writing
from supplychain.cli import main
def flush(self):
    print("writing", flush=True)
    time.sleep(3600)
writing.Output.flush = flush
signal.signal(signal.SIGINT, signal.default_int_handler)  # which is ignored where the tests run in the background
main(sys.argv[1:])
"""


def process(desk: Desk, code: str, out: str, *more: str) -> AbstractContextManager[subprocess.Popen[str]]:
    arguments = ["cascade", "--links", "links.csv", "--requirements", "demands.json", "--out", out, *more]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [sys.executable, "-c", code, *arguments]
    pipe = subprocess.PIPE
    return running(command, cwd=desk.folder, env=environment, stdout=pipe, stderr=pipe, text=True)


@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
def test_where_the_answer_finds_no_room_the_one_of_before_stays(desk: Desk, out: str) -> None:
    (desk.folder / out).write_text("before", "utf-8")
    desk.links([f"{number},B,S{number * 7919},,,," for number in range(20_000)])
    with process(desk, _NARROW.format(of="writing.Output", name="flush"), out) as run:
        told = run.communicate()[1]
    assert (run.returncode, f"{out} cannot be used" in told, "Traceback" in told) == (2, True, False), told
    assert (desk.folder / out).read_text("utf-8") == "before"
    assert not list(desk.folder.glob(".*"))


def test_where_the_state_finds_no_room_its_folder_is_named(desk: Desk) -> None:
    desk.links([f"{number},S{number},X,,,," for number in range(5_000)])
    with process(desk, _NARROW.format(of="snapshot", name="write"), "out.csv", "--keep", "kept") as run:
        told = run.communicate()[1]
    assert (run.returncode, "kept cannot be used: not all" in told, "Traceback" in told) == (2, True, False), told
    assert [path.name for path in (desk.folder / "kept").iterdir()] == [".lock"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_who_is_interrupted_leaves_nothing(desk: Desk, how: signal.Signals) -> None:
    before = set(desk.folder.iterdir())
    with process(desk, _HALTED, "out.csv") as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "writing\n"
        run.send_signal(how)
        told = run.communicate()[1]
    assert (run.returncode, "Traceback" in told) == ({signal.SIGINT: 1}.get(how, -how), False), told
    assert set(desk.folder.iterdir()) == before


def test_where_every_file_has_a_name_the_answer_gets_its_own_once_it_is_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on file systems that know no files without a name."""
    opened = os.open

    def refusing(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP), str(path))
        return opened(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", refusing)
    assert desk.written() == "R,X,1,2,,1\n"
    assert {path.name for path in desk.folder.iterdir()} == {"links.csv", "demands.json", "out.csv"}


def test_who_writes_the_same_answer_at_once_leaves_a_whole_one(desk: Desk) -> None:
    """One run is halted where it would write; another one answers meanwhile, and its answer stays."""
    with process(desk, _HALTED, "out.csv") as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "writing\n"
        assert desk.written() == "R,X,1,2,,1\n"
        run.send_signal(signal.SIGINT)
        run.communicate()
    assert (desk.folder / "out.csv").read_text("utf-8") == OWED + "R,X,1,2,,1\n"


def test_an_answer_of_before_stays_until_the_new_one_is_whole(desk: Desk) -> None:
    (desk.folder / "out.csv").write_text("before", "utf-8")
    desk.links(["x,B,X,,,,"])
    assert desk.run().exit_code == 2
    assert (desk.folder / "out.csv").read_text("utf-8") == "before"
    desk.links(["1,B,X,,,,"])
    assert desk.written() == "R,X,1,2,,1\n"
    assert {path.name for path in desk.folder.iterdir()} == {"links.csv", "demands.json", "out.csv"}


def test_a_network_that_rows_have_no_bits_for_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supplychain.cascade.operations.MOST_LINKS", 1)
    desk.links(["1,B,X,,,,", "2,X,Y,,,,"])
    desk.refused("too large")


def test_parquet_holds_days_as_days_and_numbers_as_numbers(desk: Desk) -> None:
    desk.links(["1,B,X,,,2026-01-31,", "2,B,Y,,,,"])
    assert desk.run("--on", "2026-02-01", out="out.parquet").exit_code == 0
    table = pq.read_table(desk.folder / "out.parquet")
    assert table.to_pylist() == [
        {"requirement": "R", "supplier": "X", "tier": 1, "level": 2, "due": date(2026, 1, 31), "via": 1},
        {"requirement": "R", "supplier": "Y", "tier": 1, "level": 2, "due": None, "via": 2},
    ]
    assert [str(kind) for kind in table.schema.types] == ["string", "string", "int32", "int32", "date32[day]", "int64"]


def test_nothing_but_the_command_wakes_numba() -> None:
    code = "import sys, wsgi, supplychain.cli, supplychain.worker; sys.exit('numba' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent.parent)
