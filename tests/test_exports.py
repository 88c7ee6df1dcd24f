"""Whole lists as files: all of it, nothing more than the pages, and safe to open."""

import csv
import io
import re
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

import marshmallow as ma
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from supplychain.errors import Invalid
from supplychain.exports import headings, writing
from supplychain.exports.answer import Moved, shown
from supplychain.exports.columns import Column, columns_of
from supplychain.exports.defusing import defused, undefused
from supplychain.exports.formats import CSV_TYPE, XLSX_TYPE, Format
from supplychain.exports.whole import BATCH, List, write
from supplychain.i18n import LANGUAGES
from supplychain.network import engine
from supplychain.work import Actor, Work
from tests.contract import contract
from tests.lists import send, suppliers
from tests.shelves import Book, pages, refusal
from tests.world import Answer, Member, World

FORMULAS = ("=HYPERLINK(A1)", "+49 30 1234", "-1", "@SUM(1)", "'=quoted", "''-twice")


@pytest.fixture
def brand(world: World) -> Member:
    return world.join("Brand", "brand")


def table(answer: Answer) -> list[list[Any]]:
    """The rows of a file, the header first."""
    assert answer.status_code == 200, answer.json
    if answer.mimetype == XLSX_TYPE:
        return CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert answer.mimetype == CSV_TYPE
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def rows(answer: Answer) -> list[dict[str, Any]]:
    header, *lines = table(answer)
    return [dict(zip(header, line, strict=True)) for line in lines]


def listed(member: Member, path: str) -> list[dict[str, Any]]:
    """All items of a list by its pages."""
    return [item for page in pages(member, path) for item in page.json["items"]]


def test_a_file_holds_the_whole_list_and_a_page_a_part_of_it(world: World, brand: Member) -> None:
    count = BATCH + 3
    for start in range(0, count, 400):
        codes = (f"V{number:05}" for number in range(start, min(start + 400, count)))
        send(brand, "organizations", suppliers(*codes))
    told = [f"V{number:05}" for number in range(count)]
    assert len(brand.get("/v1/records").json["items"]) == 50
    for form in ("csv", "xlsx"):
        assert [row["code"] for row in rows(brand.get(f"/v1/records?format={form}&header=codes"))] == told
    assert brand.get("/v1/records?format=json").json["items"] == listed(brand, "/v1/records?limit=200")


@pytest.mark.parametrize("shelf", ["records", "links"])
def test_every_format_shows_what_the_pages_show(world: World, brand: Member, shelf: str) -> None:
    book = Book(world, brand, shelf)
    book.add(range(7))
    items = listed(brand, f"{book.path}?limit=3")
    assert brand.get(f"{book.path}?format=json").json == {"items": items}
    for form in ("csv", "xlsx"):
        found = rows(brand.get(f"{book.path}?format={form}&header=codes"))
        assert [row["id"] for row in found] == [item["id"] for item in items]
        for row, item in zip(found, items, strict=True):
            leaves = set(_leaves(item))
            assert {str(value) for name, value in row.items() if _plain(name, value)} <= leaves


def _plain(name: str, value: Any) -> bool:
    return isinstance(value, str) and value != "" and not name.endswith("recorded_at") and "; " not in value


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _leaves(one)
    elif isinstance(value, bool):
        yield str(value).lower()
    elif value is not None:
        yield str(value)


def test_a_list_is_asked_for_by_its_media_type_as_well(world: World, brand: Member) -> None:
    Book(world, brand, "records").add(range(2))
    for media in (CSV_TYPE, XLSX_TYPE, f"{CSV_TYPE};q=0.9, application/json;q=0.1"):
        answer = brand.get("/v1/records", headers={"Accept": media})
        assert len(table(answer)) == 3
        assert answer.headers["Vary"] == "Accept, Accept-Language"
    for media in ("*/*", "application/json", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html"):
        assert brand.get("/v1/records", headers={"Accept": media}).mimetype == "application/json"


def test_the_filters_of_a_list_hold_for_its_file(world: World, brand: Member) -> None:
    book = Book(world, brand, "links")
    book.add(range(3))
    assert len(rows(brand.get("/v1/links?format=csv&role=buyer"))) == 3
    assert rows(brand.get("/v1/links?format=csv&role=supplier")) == []
    assert refusal(brand.get("/v1/links?format=csv&role=nobody")) == (422, "invalid-payload")


def test_a_file_is_no_page(brand: Member) -> None:
    for query in ("format=csv&limit=10", "format=json&cursor=x"):
        answer = brand.get(f"/v1/records?{query}")
        assert answer.status_code == 422
        assert [fault["code"] for fault in answer.json["errors"]] == ["not-of-a-whole-list"]
    answer = brand.get("/v1/records?limit=10", headers={"Accept": CSV_TYPE})
    assert answer.json["errors"][0]["pointer"] == "?limit"
    assert refusal(brand.get("/v1/records?format=pdf")) == (422, "invalid-payload")


def test_who_may_not_read_a_list_gets_a_problem_and_no_file(world: World) -> None:
    trainer = world.join("Trainer", "trainer")
    for form in ("csv", "xlsx", "json"):
        assert refusal(trainer.get(f"/v1/records?format={form}")) == (403, "permission-missing")
        assert refusal(trainer.get(f"/v1/requirements/req_none/obligations?format={form}")) in {
            (403, "permission-missing"),
            (404, "not-found"),
        }


def test_the_header_is_english_chinese_or_codes(brand: Member) -> None:
    def header(query: str, language: str) -> list[str]:
        return list(table(brand.get(f"/v1/records?format=csv{query}", headers={"Accept-Language": language}))[0])

    assert header("", "de")[:4] == ["Id", "Organization", "Code", "Name"]
    assert header("", "zh-CN")[:4] == ["编号", "组织", "代码", "名称"]
    assert header("&header=codes", "zh-CN")[:4] == ["id", "organization", "code", "name"]


def test_a_file_has_a_name_that_browsers_of_any_age_read(brand: Member) -> None:
    answer = brand.get("/v1/records?format=xlsx", headers={"Accept-Language": "zh"})
    told = answer.headers["Content-Disposition"]
    star = re.search(r"filename\*=UTF-8''([^;]+)", told)
    assert star is not None
    assert unquote(star[1]) == "供应商记录-2026-11-22.xlsx"
    assert re.search(r'filename="?2026-11-22.xlsx', told)
    assert told.startswith("attachment")
    assert told.isascii()


def test_days_are_days_numbers_are_numbers_and_ids_are_text(world: World, brand: Member) -> None:
    send(brand, "organizations", "code,name,spend\n00123,Loom,1250.5\n")
    send(brand, "links", "supplier,valid_from,share\n00123,2026-01-31,0.25\n")
    (row,) = rows(brand.get("/v1/records?format=xlsx&header=codes"))
    assert (row["code"], row["spend"]) == ("00123", 1250.5)
    assert row["recorded_at"].isoformat() == "2026-11-22T08:00:00"
    (row,) = rows(brand.get("/v1/links?format=xlsx&header=codes"))
    assert (row["private"], row["share"]) == (False, 0.25)
    requirement = {
        "title": "t", "framework": "eseec-electronics@1", "pillar": "ohs", "purpose": "p",
        "schedule": [3, 2], "beyond": "stop", "effective_from": "2027-01-31",
    }  # fmt: skip
    brand.post("/v1/requirements", requirement)
    (row,) = rows(brand.get("/v1/requirements?format=xlsx&header=codes"))
    assert row["effective_from"] == date(2027, 1, 31)
    assert row["schedule"] == "3; 2"


def test_a_sheet_is_frozen_below_its_header_and_can_be_filtered(brand: Member) -> None:
    send(brand, "organizations", suppliers("a", "b"))
    answer = brand.get("/v1/records?format=xlsx")
    sheet = ZipFile(io.BytesIO(answer.data)).read("xl/worksheets/sheet1.xml").decode()
    assert 'ySplit="1"' in sheet
    assert 'state="frozen"' in sheet
    assert re.search('<autoFilter ref="A1:[A-Z]3"', sheet)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_cell_is_a_formula_to_a_spreadsheet(world: World, brand: Member, form: str) -> None:
    lines = io.StringIO()
    csv.writer(lines).writerows([["code", "name"], *([f"c{at}", name] for at, name in enumerate(FORMULAS))])
    report = brand.post("/v1/imports?kind=organizations", {"rows": [
        {"code": f"c{at}", "name": name} for at, name in enumerate(FORMULAS)
    ]})  # fmt: skip
    assert report.json["counts"]["created"] == len(FORMULAS)
    answer = brand.get(f"/v1/records?format={form}&header=codes")
    names = [row["name"] for row in rows(answer)]
    assert [name[0] for name in names] == ["'"] * len(FORMULAS)
    assert [undefused(name) for name in names] == list(FORMULAS)
    if form == "xlsx":
        assert "<f>" not in ZipFile(io.BytesIO(answer.data)).read("xl/worksheets/sheet1.xml").decode()


@given(st.text() | st.text("'=+-@\t\r\nａ＝", max_size=6))
def test_what_is_defused_comes_back_as_it_was(text: str) -> None:
    cell = defused(text)
    assert undefused(cell) == text
    assert not cell.startswith(tuple("=+-@\t\r\n"))


def test_what_never_was_defused_is_left_alone() -> None:
    for text in ("'Ndrangheta", "O'Brien", "'", "", "a=b", "' =x"):
        assert undefused(text) == text


def test_the_same_list_has_the_same_tag_and_another_one_has_not(world: World, brand: Member) -> None:
    send(brand, "organizations", suppliers("a"))
    other = world.join("Other", "brand")
    for form in ("csv", "xlsx", "json"):
        first = brand.get(f"/v1/records?format={form}")
        assert first.headers["ETag"].startswith('W/"')
        assert "Revision" in first.headers
        again = brand.get(f"/v1/records?format={form}", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    empty = [one.get("/v1/requirements?format=csv") for one in (brand, other)]
    assert empty[0].data == empty[1].data
    assert empty[0].headers["ETag"] != empty[1].headers["ETag"]
    before = brand.get("/v1/records?format=xlsx").headers["ETag"]
    send(brand, "organizations", suppliers("b"))
    assert brand.get("/v1/records?format=xlsx").headers["ETag"] != before


def test_what_stands_beside_the_items_is_in_the_json_file(world: World, brand: Member) -> None:
    requirement = {
        "title": "t", "framework": "eseec-electronics@1", "pillar": "ohs", "purpose": "p", "schedule": [3],
        "beyond": "stop",
    }  # fmt: skip
    made = brand.post("/v1/requirements", requirement).json["id"]
    brand.post(f"/v1/requirements/{made}/publish", {})
    path = f"/v1/requirements/{made}/obligations"
    assert brand.get(f"{path}?format=json").json == brand.get(path).json
    assert len(table(brand.get(f"{path}?format=csv"))) == 1


LISTS = sorted(
    (path, methods["get"])
    for path, methods in contract().document["paths"].items()
    if any(one.get("name") == "cursor" for one in methods.get("get", {}).get("parameters", []))
)


@pytest.mark.parametrize(("path", "operation"), LISTS, ids=[path for path, _ in LISTS])
def test_every_list_is_documented_as_a_file(path: str, operation: dict[str, Any]) -> None:
    named = {one.get("name") for one in operation["parameters"]}
    assert {"format", "header"} <= named
    answer = operation["responses"]["200"]
    assert {CSV_TYPE, XLSX_TYPE, "application/json"} == set(answer["content"])
    assert "Content-Disposition" in answer["headers"]


def test_every_list_and_every_column_of_it_is_called_something_in_every_language(world: World) -> None:
    told = headings._told()
    lists = {
        rule.rule: world.app.access[rule.endpoint].items
        for rule in world.app.url_map.iter_rules()
        if rule.endpoint in world.app.access and re.sub("<([^>]+)>", r"{\1}", rule.rule) in dict(LISTS)
        and "GET" in (rule.methods or ())
    }  # fmt: skip
    assert len(lists) == len(LISTS)
    for path, schema in lists.items():
        assert schema is not None
        columns = columns_of(schema)
        assert {part for column in columns for part in column.path} - told["words"].keys() == set(), path
        for language in LANGUAGES:
            title = headings.title_of(path, language)
            assert re.search("[\u4e00-\u9fff]", title) if language == "zh" else title.isascii()
            assert len(title) <= 31
            found = headings.headings_of(columns, language)
            assert len(set(found)) == len(found), path


def test_several_values_stand_in_one_cell_in_one_order() -> None:
    class Unmet(ma.Schema):
        code = ma.fields.String()

    class Owed(ma.Schema):
        pillar = ma.fields.String()
        due = ma.fields.Date()
        unmet = ma.fields.List(ma.fields.Nested(Unmet))

    class Row(ma.Schema):
        name = ma.fields.String()
        owed = ma.fields.List(ma.fields.Nested(Owed))
        params = ma.fields.Dict()
        tags = ma.fields.List(ma.fields.Dict())

    item = {
        "name": "Loom",
        "owed": [
            {"pillar": "ohs", "due": "2026-01-31", "unmet": [{"code": "O1"}, {"code": "O2"}]},
            {"pillar": "csr", "due": None, "unmet": []},
        ],
        "params": {"a": 1},
        "tags": [{"id": "x"}],
    }
    cells = {column.code: column.cell(item) for column in columns_of(Row)}
    assert cells == {
        "name": "Loom",
        "owed.pillar": "ohs; csr",
        "owed.due": "2026-01-31; ",
        "owed.unmet.code": "O1, O2; ",
        "params": '{"a":1}',
        "tags": '[{"id":"x"}]',
    }
    assert {column.cell({}) for column in columns_of(Row)} == {None}


def test_a_list_that_is_read_while_others_write_is_of_one_moment(world: World, brand: Member) -> None:
    """The engine knows more than the snapshot when it is first asked in the middle: then all is read anew."""
    Book(world, brand, "links").add(range(3))
    work = Work(world.runtime, Actor(organization=brand.number), writes=False)
    batches: list[list[int]] = []

    def represent(numbers: Sequence[int]) -> list[dict[str, Any]]:
        if len(batches) == 1:
            work.restart()
        batches.append(list(numbers))
        return [{"number": number} for number in numbers]

    _ = work.session
    with pytest.raises(Moved):
        list(shown(work, iter([[1], [2], [3]]), represent))
    assert batches == [[1], [2]]
    work.close()


def test_the_engine_is_the_same_throughout_a_read(world: World, brand: Member) -> None:
    book = Book(world, brand, "links")
    book.add(range(2))
    work = Work(world.runtime, Actor(organization=brand.number), writes=False)
    _ = work.session
    work.become(work.actor)
    first = engine.network(work)
    book.add(range(2, 4))
    brand.get("/v1/links")  # the process's engine goes on meanwhile
    assert engine.network(work) is first
    assert work.restarts == 0
    work.close()


def test_a_list_no_sheet_can_hold_is_refused_and_no_cell_is_cut(brand: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    send(brand, "organizations", suppliers("a", "b", "c"))
    monkeypatch.setattr(writing, "XLSX_ROWS", 3)
    assert refusal(brand.get("/v1/records?format=xlsx")) == (422, "xlsx-too-many-rows")
    assert len(table(brand.get("/v1/records?format=csv"))) == 4
    written = writing.writer(Format.XLSX, io.BytesIO(), [Column(("text",))], ["Text"], "List", date(2026, 11, 22))
    with pytest.raises(Invalid) as refused:
        written.write([{"text": "x" * 32_768}])
    written.abandon()
    assert refused.value.code == "xlsx-cell-too-long"


@pytest.mark.parametrize("form", list(Format))
def test_a_long_list_takes_no_more_memory_than_a_short_one(form: Format) -> None:
    class Row(ma.Schema):
        id = ma.fields.String()
        name = ma.fields.String()
        day = ma.fields.Date()

    def batches(count: int) -> Iterator[list[dict[str, Any]]]:
        for start in range(0, count, BATCH):
            yield [
                {"id": f"org_{at:026}", "name": f"Supplier {at}", "day": date(2026, 1, 1)}
                for at in range(start, start + BATCH)
            ]

    def peak(count: int) -> int:
        tracemalloc.start()
        written = write(form, List("List", Row, batches(count)), "en", date(2026, 11, 22))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert written.items == count
        written.file.close()
        return most

    assert peak(20_000) < peak(1000) + 3_000_000  # as dicts in a list they take 10 MB
