"""Lists taken out on the command line: the same bytes as over HTTP, whole or not at all."""

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from supplychain.cli import main
from tests.lists import send, suppliers
from tests.world import Member, World


@pytest.fixture
def brand(world: World, monkeypatch: pytest.MonkeyPatch) -> Member:
    settings = world.runtime.settings
    monkeypatch.setenv("SUPPLYCHAIN_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("SUPPLYCHAIN_SECRET", settings.secret)
    member = world.join("Brand", "brand")
    send(member, "organizations", suppliers("a", "b", "c"))
    return member


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "out"
    made.mkdir()
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_the_command_writes_what_the_route_answers(brand: Member, folder: Path) -> None:
    file = folder / "records.csv"
    result = run("export", "/v1/records", "--as", brand.id, "--output", str(file), "--language", "zh")
    assert result.exit_code == 0, result.output
    assert "3 rows" in result.output
    over_http = brand.get("/v1/records?format=csv", headers={"Accept-Language": "zh"})
    assert file.read_bytes() == over_http.data
    assert list(folder.iterdir()) == [file]


def test_the_ending_of_the_file_says_the_format(brand: Member, folder: Path) -> None:
    for ending in ("xlsx", "json", "graphml", "parquet"):
        path = "/v1/network" if ending in {"graphml", "parquet"} else "/v1/network/organizations"
        file = folder / f"out.{ending}"
        result = run("export", path, "--as", brand.id, "--output", str(file), "--header", "codes")
        assert result.exit_code == 0, result.output
    sheet = CalamineWorkbook.from_path(folder / "out.xlsx").get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet] == ["code", "a", "b", "c"]


def test_the_filters_stand_in_the_path(brand: Member, folder: Path) -> None:
    about = brand.get("/v1/records").json["items"][1]["organization"]
    file = folder / "one.csv"
    run("export", f"/v1/records?organization={about}", "--as", brand.id, "--output", str(file), "--header", "codes")
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    assert [row["code"] for row in rows] == ["b"]


def test_what_cannot_be_taken_out_is_said_in_a_sentence_and_leaves_no_file(brand: Member, folder: Path) -> None:
    file = folder / "out.csv"
    for path, more in (
        ("/v1/nothing", ()),
        ("/v1/me", ()),
        ("/v1/records", ("--format", "pdf")),
        ("/v1/records?organization=org_none", ()),
        ("/v1/records", ("--role", "trainer")),
        ("/v1/records", ("--role", "nobody")),
    ):
        result = run("export", path, "--as", brand.id, "--output", str(file), *more)
        assert result.exit_code == 2, (path, more, result.output)
        assert "Traceback" not in result.output
    assert list(folder.iterdir()) == []


def test_two_years_are_compared_on_the_command_line(brand: Member) -> None:
    before = send(brand, "organizations", "code,name,country\na,Loom,CN\nb,Dyer,CN\n")["id"]
    after = send(brand, "organizations", "code,name,country\nb,Dyer,VN\nd,Mill,CN\n")["id"]
    result = run("compare", before, after, "--as", brand.id)
    assert result.exit_code == 0, result.output
    told = dict(line.split(maxsplit=1) for line in result.output.splitlines() if not line.startswith("moves told"))
    assert (told["added"], told["dropped"], told["moved"], told["kept"]) == ("1", "1", "1", "0")
    assert run("compare", before, "imp_none", "--as", brand.id).exit_code == 2
