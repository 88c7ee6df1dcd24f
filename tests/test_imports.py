"""Imports: files in whatever form, one result per row, reports, dry runs."""

import io

import orjson
import pytest

from supplychain.audit import AuditEntry
from supplychain.network.imports.reading import read
from supplychain.network.imports.rows import Kind
from supplychain.network.models import ImportResult, SupplyLink
from tests.lists import LEI, count, footprint, images, rows_of, send, statuses
from tests.world import Member, World


@pytest.fixture
def brand(world: World) -> Member:
    return world.join("Brand", "brand")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_table_is_read_with_any_delimiter_mark_and_line_end(delimiter: str, mark: bytes, newline: str) -> None:
    lines = [["Code", " Name ", "Parent Code"], ["V1", f'"a{delimiter}b"', "P"], ["", "", ""], ["V2", "深圳", ""]]
    data = mark + newline.join(delimiter.join(line) for line in lines).encode()
    sheet = read(data, Kind.ORGANIZATIONS, "csv")
    assert sheet.columns == ("code", "name", "parent_code")
    assert sheet.rows == [["V1", f"a{delimiter}b", "P"], ["V2", "深圳", ""]]


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "no-rows"),
        (b"\n\n", 422, "no-rows"),
        (b"supplier\n", 422, "no-rows"),
        (b"supplier,supplier\nV1,V2\n", 422, "column-twice"),
        (b"category\n8504\n", 422, "column-missing"),
        (b"colour\nred\n", 422, "header-not-recognised"),
        (b"supplier\n" + bytes(range(0x80, 0x100)) + b"\n", 400, "encoding-unknown"),
        (b"supplier\n\xe4\xbe\x9b\xe5\xba\x94\xe5\x95\x86" * 20 + b"\xff\n", 400, "file-not-utf8"),
        (b'supplier,category\n"V1,8504\nV2,8504\n', 400, "csv-unreadable"),
        (b'supplier,category\n"V"1,8504\n', 400, "csv-unreadable"),
        (b"PK\x03\x04\x14\x00\x06\x00", 400, "spreadsheet-unreadable"),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(
    world: World, brand: Member, data: bytes, status: int, code: str
) -> None:
    brand.get("/v1/links")
    response = brand.post("/v1/imports?kind=links", data=data, headers={"Content-Type": "text/csv"})
    assert response.status_code == status
    assert code in {response.json["code"], *(fault["code"] for fault in response.json.get("errors", []))}
    assert count(world, ImportResult) == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 100_000, 400),
        (b'{"rows": [{"supplier": "\\ud800"}]}', 400),
        (b"[]", 422),
        (b"3", 422),
        (b"{}", 422),
        (b'{"rows": {}}', 422),
        (b'{"rows": []}', 422),
        (b'{"rows": [{}], "kind": "links"}', 422),
        (b'{"rows": [1, null, "x", [], {}, {"colour": 1}, {"supplier": 1}, {"supplier": {"a": 1}}]}', 201),
        (
            b'{"rows": [{"supplier": "V1", "share": true}, {"supplier": "V", "share": [1]}, {"supplier": "\\u0000"}]}',
            201,
        ),
        (b'{"rows": [{"supplier": "V1", "share": 1e400, "valid_from": 20260101, "private": 7}]}', 400),
        (
            b'{"rows": [{"supplier": "V1", "share": 99999999999999999999999, "valid_from": 20260101, "private": 7}]}',
            201,
        ),
    ],
)
def test_malformed_json_is_refused_and_wrong_rows_get_results(
    world: World, brand: Member, body: bytes, status: int
) -> None:
    response = brand.post("/v1/imports?kind=links", data=body, headers={"Content-Type": "application/json"})
    assert response.status_code == status
    if status == 201:
        assert response.json["counts"]["error"] == response.json["counts"]["rows"] == len(response.json["results"])
    assert count(world, SupplyLink) == 0


def test_a_list_is_taken_as_json_and_as_a_form_too(brand: Member) -> None:
    rows = [{"code": "V1", "name": "One", "spend": 5, "country": None}]
    assert statuses(brand.post("/v1/imports?kind=organizations", {"rows": rows}).json) == ["created"]
    for name, data in (("list.csv", b"code,name,spend\nV1,One,5\n"), ("list.json", orjson.dumps({"rows": rows}))):
        form = {"file": (io.BytesIO(data), name)}
        response = brand.post("/v1/imports?kind=organizations", data=form, content_type="multipart/form-data")
        assert (response.status_code, statuses(response.json)) == (201, ["matched"])
    none = brand.post("/v1/imports?kind=organizations", data={"x": "y"}, content_type="multipart/form-data")
    assert (none.status_code, none.json["errors"][0]["code"]) == (422, "one-file")


def test_another_media_type_is_refused(brand: Member) -> None:
    response = brand.post("/v1/imports?kind=links", data=b"<a/>", headers={"Content-Type": "application/pdf"})
    assert response.status_code == 415


def test_the_kind_has_to_be_said(brand: Member) -> None:
    assert brand.post("/v1/imports", {"rows": [{}]}).status_code == 422
    assert brand.post("/v1/imports?kind=people", {"rows": [{}]}).status_code == 422


# Reports --------------------------------------------------------------------------------------


def test_a_dry_run_foresees_and_writes_nothing(world: World, brand: Member) -> None:
    send(brand, "organizations", "code,name\nV1,One\n")
    text = f"code,name,lei,parent_code\nV1,One renamed,,\nV2,Two,{LEI},V1\nV3,Three,123,\nV2,Two,{LEI},V1\n"
    before = (footprint(world), images(world))
    foreseen = send(brand, "organizations", text, dry_run=True, status=200)
    assert foreseen["dry_run"]
    assert (footprint(world), images(world)) == before
    assert brand.get(f"/v1/imports/{foreseen['id']}").json == foreseen
    done = send(brand, "organizations", text)
    assert statuses(done) == statuses(foreseen) == ["updated", "created", "error", "duplicate"]
    assert done["results"][3]["of"] == 2
    links = "supplier,valid_from,valid_to\nV1,2025-01-01,2025-12-31\nV1,2026-01-01,2026-12-31\nV9,,\n"
    foreseen = send(brand, "links", links, dry_run=True, status=200)
    assert count(world, SupplyLink) == 0
    assert statuses(send(brand, "links", links)) == statuses(foreseen) == ["created", "updated", "error"]


def test_a_report_can_be_read_again_by_its_owner_alone(world: World, brand: Member) -> None:
    stranger = world.join("Stranger", "brand")
    sent = send(brand, "links", "supplier,category\nV9,8504\nV8,8\n")
    path = f"/v1/imports/{sent['id']}"
    assert brand.get(path).json == sent
    assert [row["row"] for row in brand.get(f"{path}/rows?status=error").json["items"]] == [1, 2]
    assert brand.get(f"{path}/rows?status=created").json["items"] == []
    assert [one["id"] for one in brand.get("/v1/imports").json["items"]] == [sent["id"]]
    assert stranger.get(path).status_code == stranger.get(f"{path}/rows").status_code == 404
    assert stranger.get("/v1/imports").json["items"] == []


def test_one_audit_entry_tells_the_counts(world: World, brand: Member) -> None:
    sent = send(brand, "organizations", "code,name\nV1,One\nV2,\n")
    (entry,) = [entry for entry in rows_of(world, AuditEntry) if entry.subject == sent["id"]]
    assert (entry.action, entry.organization) == ("import.finished", brand.number)
    assert entry.data == {
        "kind": "organizations", "rows": 2, "created": 1, "updated": 0, "matched": 0,
        "duplicates": 0, "errors": 1, "ended": 0,
    }  # fmt: skip


def test_an_import_is_repeated_by_its_key_without_a_second_effect(world: World, brand: Member) -> None:
    headers = {"Content-Type": "text/csv", "Idempotency-Key": "list-1"}
    first = brand.post("/v1/imports?kind=organizations", data=b"name\nOne\n", headers=headers)
    before = footprint(world)
    again = brand.post("/v1/imports?kind=organizations", data=b"name\nOne\n", headers=headers)
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert footprint(world) == before
