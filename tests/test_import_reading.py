"""Lists as they are, over the API: how a file was read is told, what headings mean is kept by source, by its owner."""

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from supplychain.network.imports.cells import checked
from supplychain.network.imports.reading import understood
from supplychain.network.imports.rows import Kind, OrganizationRow
from supplychain.network.models import ImportMapping, SupplierRecord
from tests import made_files
from tests.lists import count, rows_of, statuses
from tests.world import Answer, Member, World

DATA = Path(os.environ.get("SUPPLYCHAIN_DATA", Path(__file__).parents[1] / ".." / "shared" / "data"))
CONTRIBUTED = sorted(
    (DATA / "open-apparel-registry-lists").glob("*.csv"), key=lambda path: int(path.stem) if path.stem.isdigit() else 0
)
ODD = b"Firma X,Ort\nOne,China\n"
MAPPING = {"kind": "organizations", "columns": {"Firma X": "name", "Ort": "country"}}


@pytest.fixture
def brand(world: World) -> Member:
    return world.join("Brand", "brand")


def put(member: Member, source: str, body: Any) -> Answer:
    return member.post("/v1/import-mappings", {"source": source, **body})


def send(member: Member, data: bytes, query: str = "", media_type: str = "text/csv") -> Answer:
    path = f"/v1/imports?kind=organizations{query}"
    return member.post(path, data=data, headers={"Content-Type": media_type})


def test_the_answer_says_how_the_file_was_read_now_and_later(brand: Member) -> None:
    sent = send(brand, "Lieferant;Land;Bemerkung\nMüller;N/A;x\n".encode("cp1252")).json
    told = sent["reading"]
    assert (told["format"], told["encoding"], told["separator"], told["header_row"]) == ("csv", "cp1252", ";", 1)
    assert [(one["heading"], one["column"]) for one in told["columns"]] == [("Lieferant", "name"), ("Land", "country")]
    assert told["ignored"] == ["Bemerkung"]
    (note,) = told["notes"]
    assert (note["code"], note["column"], note["count"]) == ("placeholders-left-out", "country", 1)
    assert "N/A" in note["text"]
    assert brand.get(f"/v1/imports/{sent['id']}").json["reading"] == told
    path = f"/v1/imports/{sent['id']}"
    assert "空白" in brand.get(path, headers={"Accept-Language": "zh"}).json["reading"]["notes"][0]["text"]


def test_every_normalised_value_is_beside_what_was_written(world: World, brand: Member) -> None:
    sent = send(brand, b'code;name;country;spend;duns\nV1;"Acme\nLtd.";USA;1.234,5;12-345-6789\n')
    (record,) = brand.get(f"/v1/records?organization={sent.json['results'][0]['id']}").json["items"]
    assert (record["name"], record["country"], record["spend"]) == ("Acme Ltd.", "US", 1234.5)
    assert record["raw"] == {"name": "Acme\nLtd.", "country": "USA", "spend": "1.234,5", "duns": "12-345-6789"}
    send(brand, b"code,name,country\nV1,Acme Ltd.,DE\n")
    (row,) = rows_of(world, SupplierRecord)
    # What the second list says otherwise goes with how the first one wrote it; what it says alike stays.
    assert (row.country, row.raw) == ("DE", {"name": "Acme\nLtd.", "spend": "1.234,5", "duns": "12-345-6789"})


@pytest.mark.parametrize("named", ["list.xlsx", "list.csv", "list"])
def test_a_file_is_what_its_bytes_are_whatever_it_is_called(brand: Member, named: str) -> None:
    form = {"file": (io.BytesIO(made_files.sheet(["name", "country"], ["One", "China"])), named)}
    response = brand.post("/v1/imports?kind=organizations", data=form, content_type="multipart/form-data")
    assert (response.status_code, response.json["reading"]["format"]) == (201, "spreadsheet")
    raw = send(brand, made_files.ods([["name"], ["One"]]), "", "application/vnd.oasis.opendocument.spreadsheet")
    assert statuses(raw.json) == ["matched"]


def test_a_file_that_cannot_be_read_changes_nothing_and_has_its_code(world: World, brand: Member) -> None:
    for data, code in ((made_files.bomb(200), "archive-bomb"), (b"%PDF-1.7\n", "file-format-unknown")):
        response = send(brand, data, "", "application/octet-stream")
        assert (response.status_code, response.json["code"]) == (400, code)
    assert count(world, SupplierRecord) == 0


# Mappings ------------------------------------------------------------------------------------


def test_a_mapping_is_kept_by_source_and_read_by_it(brand: Member) -> None:
    refused = send(brand, ODD)
    assert refused.json["errors"][0]["code"] == "header-not-recognised"
    assert "Firma X, Ort" in refused.json["errors"][0]["detail"]
    created = put(brand, "ERP east", MAPPING)
    assert (created.status_code, created.json["source"]) == (201, "ERP east")
    assert put(brand, "ERP east", MAPPING).status_code == 200
    assert statuses(send(brand, ODD, "&source=ERP%20east").json) == ["created"]
    path = created.headers["Location"]
    assert brand.get(path).json == created.json
    put(brand, "another", MAPPING)
    assert len(brand.get("/v1/import-mappings").json["items"]) == 2
    assert brand.get("/v1/import-mappings?source=ERP%20east").json["items"] == [created.json]
    assert brand.call("DELETE", path).json == created.json
    assert send(brand, ODD, "&source=ERP%20east").status_code == 404


def test_a_mapping_that_comes_with_a_list_is_kept_for_the_source_it_names(world: World, brand: Member) -> None:
    said = orjson.dumps({"columns": {"Firma X": "name"}, "constants": {"country": "CN"}}).decode()
    assert statuses(send(brand, ODD, f"&mapping={said}&dry_run=true&source=erp").json) == ["created"]
    assert count(world, ImportMapping) == 0
    assert send(brand, ODD, f"&mapping={said}&source=erp").status_code == 201
    assert statuses(send(brand, ODD, "&source=erp").json) == ["matched"]
    (row,) = rows_of(world, ImportMapping)
    assert (row.columns, row.constants) == ({"Firma X": "name"}, {"country": "CN"})


def test_a_mapping_is_its_owners_alone(brand: Member, world: World) -> None:
    stranger = world.join("Stranger", "brand")
    path = put(brand, "erp", MAPPING).headers["Location"]
    for answer in (
        stranger.get(path),
        stranger.call("DELETE", path),
        send(stranger, ODD, "&source=erp"),
        stranger.get("/v1/import-mappings/map_none"),
    ):
        assert (answer.status_code, answer.json["code"]) == (404, "not-found")
    assert stranger.get("/v1/import-mappings").json["items"] == []
    assert put(stranger, "erp", MAPPING).status_code == 201


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("&mapping={", "mapping-unreadable"),
        ("&mapping=[]", "mapping-unreadable"),
        ('&mapping={"colour":1}', "unknown-field"),
        ('&mapping={"columns":{"Ort":3}}', "not-text"),
        ('&mapping={"columns":{"Ort":"colour"}}', "unknown-column"),
        ('&mapping={"columns":{"Nirgends":"name"}}', "mapping-heading-missing"),
        ("&date_order=ymd", "not-one-of"),
        ("&separator=x", "not-one-of"),
        ("&header_row=0", "range"),
        ("&encoding=klingon", "encoding-not-known"),
    ],
)
def test_what_is_said_wrongly_of_a_list_has_its_code(brand: Member, query: str, code: str) -> None:
    answer = send(brand, ODD, query)
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, code)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({**MAPPING, "columns": {"A": "supplier"}}, "unknown-column"),
        ({**MAPPING, "constants": {"colour": "x"}}, "unknown-column"),
        ({**MAPPING, "constants": {"country": None}}, "not-null"),
        ({**MAPPING, "columns": {str(at): None for at in range(201)}}, "items"),
        ({**MAPPING, "date_order": "ymd"}, "not-one-of"),
        ({"columns": {}}, "required"),
    ],
)
def test_a_mapping_that_cannot_be_kept_has_its_code(brand: Member, body: Any, code: str) -> None:
    answer = put(brand, "erp", body)
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, code)
    links = {**MAPPING, "kind": "links", "columns": {"A": "supplier"}}
    assert put(brand, "links", links).status_code == 201
    assert send(brand, ODD, "&source=links").json["errors"][0]["code"] == "mapping-other-kind"
    for name, wrong in (("x" * 81, "length"), ("", "length"), ("a\x00b", "control-character")):
        assert put(brand, name, MAPPING).json["errors"][0]["code"] == wrong


# Real lists ----------------------------------------------------------------------------------


def names_of(text: str, heading: str) -> list[str]:
    return [" ".join(row[heading].split()) for row in csv.DictReader(io.StringIO(text, newline=""))]


def names_read(data: bytes, **options: Any) -> list[str]:
    read = understood(data, Kind.ORGANIZATIONS, **options)
    rows = [checked(read.sheet.kind, read.sheet.columns, at, raw) for at, raw in enumerate(read.sheet.rows, start=1)]
    assert all(isinstance(row, OrganizationRow) for row in rows)
    return [row.name for row in rows if isinstance(row, OrganizationRow)]


def as_sheet(text: str) -> bytes:
    return made_files.sheet(*csv.reader(io.StringIO(text, newline="")))


def re_saved(text: str, *encodings: str) -> Iterator[bytes]:
    yield text.encode()
    yield as_sheet(text)
    yield made_files.ods(csv.reader(io.StringIO(text, newline="")))
    for encoding in ("utf-16", "utf-8-sig", *encodings):
        yield text.encode(encoding)


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the public data sets are not there")
@pytest.mark.parametrize("path", CONTRIBUTED, ids=lambda path: path.name)
def test_every_row_of_a_contributed_list_is_accounted_for(brand: Member, path: Path) -> None:
    rows = names_of(path.read_text("utf-8"), "name")
    report = send(brand, path.read_bytes(), "&dry_run=true").json
    counts = report["counts"]
    assert counts["rows"] == len(rows)
    errors = [one["code"] for row in report["results"] for one in row["errors"]]
    assert set(errors) <= {"repeated-in-file"}  # two rows of one name say different addresses
    assert sum(counts[status] for status in ("created", "updated", "matched", "duplicate", "error")) == len(rows)
    assert names_read(as_sheet(path.read_text("utf-8"))) == rows


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the public data sets are not there")
@pytest.mark.parametrize(
    ("name", "heading", "encodings"),
    [
        ("apple-supplier-list/apple-supplier-list.csv", "supplier_name", ["gb18030"]),
        ("china-miit-green-lists/绿色工厂名单.csv", "工厂名称", ["gb18030"]),
        ("china-miit-green-lists/绿色供应链管理示范企业名单.csv", "企业名称", ["gb18030"]),
        ("taiwan-facility-ghg/工廠縣市排放_歷年.csv", "事業名稱", ["gb18030"]),
        ("taiwan-facility-ghg/能源消耗.csv", "公司名稱", ["big5", "cp950"]),
        ("taiwan-facility-ghg/溫室氣體排放.csv", "公司", ["cp950", "gb18030"]),
    ],
)
def test_a_real_list_is_the_same_however_it_was_saved(name: str, heading: str, encodings: list[str]) -> None:
    text = (DATA / name).read_text("utf-8-sig")
    expected = names_of(text, heading)
    for data in re_saved(text, *encodings):
        assert names_read(data) == expected
