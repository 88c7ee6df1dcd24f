"""Questionnaires as workbooks: what stands in which cell, how it is read back, and what is not read at all."""

import io
import re
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import python_calamine as calamine
import xlsxwriter

from supplychain.evidence.models import Evidence
from supplychain.facts.models import OrganizationFact
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.questionnaires import sheets
from supplychain.questionnaires.models import QuestionnaireDraft
from tests import papers
from tests.reviewing import FORM, count
from tests.test_questionnaires import FULL, MADE_UP, asked
from tests.world import Answer, Member, World

WORKBOOK = "/v1/me/questionnaire/workbook"
Cells = dict[tuple[str, str], Any]


@pytest.fixture
def volt(world: World) -> Member:
    return world.join("Volt", "supplier")


class Form:
    """A workbook in somebody's hands: a cell is known by the id of its row and the name of its column."""

    def __init__(self, member: Member, framework: str = MADE_UP, path: str = WORKBOOK, **query: Any) -> None:
        told = {"framework": framework, **query} if path == WORKBOOK else query
        got = member.get(path, query_string=told)
        assert got.status_code == 200, got.json
        self.member, self.framework, self.bytes = member, framework, got.get_data()
        self.book = calamine.load_workbook(io.BytesIO(self.bytes))
        self.rows = {name: self.book.get_sheet_by_name(name).to_python() for name in self.book.sheet_names}

    def place(self, sheet: str, row: str, column: str) -> tuple[int, int]:
        found = self.rows[sheet]
        return [one[0] for one in found].index(row), found[0].index(column)

    def read(self, sheet: str, row: str, column: str) -> Any:
        line, at = self.place(sheet, row, column)
        return self.rows[sheet][line][at]

    def write(self, sheet: str, row: str, column: str, value: Any) -> str:
        line, at = self.place(sheet, row, column)
        self.rows[sheet][line][at] = value
        return f"workbook:{sheet}!{chr(ord('A') + at)}{line + 1}"

    def saved(self, spoil: Callable[[xlsxwriter.Workbook], None] = lambda _: None) -> bytes:
        """As a spreadsheet program saves it, without anything but its cells."""
        file = io.BytesIO()
        with xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd"}) as book:
            for name, rows in self.rows.items():
                sheet = book.add_worksheet(name)
                for line, cells in enumerate(rows):
                    for at, cell in enumerate(cells):
                        if isinstance(cell, str) and cell:
                            sheet.write_string(line, at, cell)
                        elif cell != "":
                            sheet.write(line, at, cell)
            spoil(book)
        return file.getvalue()

    def send(self, data: bytes | None = None, *files: str, path: str = WORKBOOK, **query: Any) -> Answer:
        book = self.saved() if data is None else data
        parts: dict[str, Any] = {"workbook": (io.BytesIO(book), "form.xlsx")}
        if files:
            parts["file"] = [(io.BytesIO(papers.pdf()), name) for name in files]
        told = {"framework": self.framework, **query}
        answer = self.member.post(path, data=parts, content_type=FORM, query_string=told)
        answer.request.environ["wsgi.input"].close()  # of a large form the client leaves a file open
        return answer


def wrong(answer: Answer) -> set[tuple[str, str]]:
    assert answer.status_code == 422, answer.get_data(as_text=True)
    return {(one["pointer"], one["code"]) for one in answer.json["errors"]}


# What it looks like ------------------------------------------------------------------------------


def test_every_question_has_a_row_with_its_help_and_unit_in_the_readers_language(volt: Member) -> None:
    questions = {one["indicator"]: one for one in asked(volt, FULL, level=2)["questions"]}
    english, chinese = Form(volt, FULL, level=2, language="en"), Form(volt, FULL, level=2, language="zh")
    further = {more["id"] for one in questions.values() for more in one["further"]}
    assert {row[0] for row in english.rows["Questions"][1:]} == questions.keys() | further
    assert english.read("Questions", "E15", "Unit") == questions["E15"]["unit"]
    assert questions["C19"]["help"] in english.read("Questions", "C19", "Help")
    told = chinese.read("问题", "C19", "问题")
    assert told != english.read("Questions", "C19", "Question")
    assert re.search("[\u4e00-\u9fff]", told)
    assert english.book.sheet_names[:4] == ["Questions", "Facts", "Period", "Codes"]
    hidden = [one.name for one in english.book.sheets_metadata if one.visible != calamine.SheetVisibleEnum.Visible]
    assert hidden == [sheets.LISTS, sheets.ABOUT]


def test_choices_are_offered_by_their_names(volt: Member) -> None:
    form = Form(volt, FULL, level=2)
    line, at = form.place("Questions", "C19", "Answer")
    cell = f"{chr(ord('A') + at)}{line + 1}"
    with zipfile.ZipFile(io.BytesIO(form.bytes)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    [where] = re.findall(rf'<dataValidation [^>]*sqref="{cell}"[^>]*><formula1>([^<]+)</formula1>', sheet)
    row = int(re.findall(r"\$A\$(\d+)", where)[0])
    [question] = [one for one in asked(volt, FULL, level=2)["questions"] if one["indicator"] == "C19"]
    offered = [one for one in form.rows[sheets.LISTS][row - 1] if one != ""]
    assert offered == [one["name"] for one in question["choices"]]


def test_every_word_in_a_drop_down_means_one_thing() -> None:
    for pack in load_packs(shipped_packs()):
        for language in ("en", "zh"):
            for words in [
                sheets.standards(pack, language),
                *(sheets.choices(one, language) for one in pack.indicators),
            ]:
                assert len(set(words.values())) == len(words)


def test_the_same_form_on_the_same_day_is_the_same_file(volt: Member) -> None:
    assert Form(volt, FULL).bytes == Form(volt, FULL).bytes


# Filled in ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_workbook_filled_in_is_recorded_like_a_form(world: World, volt: Member, language: str) -> None:
    form = Form(volt, level=4, language=language)
    word = {code: {"en": english, "zh": chinese}[language] for code, english, chinese in WORDS}
    questions = {one["indicator"]: one for one in asked(volt, MADE_UP, level=4, language=language)["questions"]}
    [policy] = [one["name"] for one in questions["C19"]["choices"] if one["id"] == "policy"]
    for column, value in {
        "value": 118.5,
        "observed_from": "2025-01-01",
        "observed_to": "2025-12-31",
        "files": "meters.pdf",
    }.items():
        form.write(word["questions"], "E15", word[column], value)
    form.write(word["questions"], "C19", word["value"], policy)
    [standard] = [one["name"] for one in questions["O25"]["needs"]["standards"] if one["standard"] == "iso-45001"]
    paper = {"standard": standard, "version": 2018, "number": 4711, "issuer": "Example", "issued_on": "2026-01-01"}
    for column, value in {**paper, "valid_until": "2028-12-31"}.items():
        form.write(word["questions"], "O25", word[column], value)
    form.write(word["facts"], "dormitory_or_canteen", word["value"], word["no"])
    form.write(word["facts"], "industry", word["value"], "GBT4754-2017:3982; NACE-2.1:26.12")
    form.write(word["general"], "source", word["value"], "EHS")
    sent = form.send(None, "meters.pdf")
    assert sent.status_code == 201, sent.json.get("errors")
    values = {value["indicator"]: value["value"] for one in sent.json["evidence"] for value in one["values"]}
    assert values == {"E15": 118.5, "C19": "policy"}
    [certificate] = [one for one in sent.json["evidence"] if one["standard"]]
    assert (certificate["standard"], certificate["certificate"]["number"]) == ("iso-45001", "4711")
    assert {one["source"] for one in sent.json["evidence"]} == {"EHS"}
    assert {one["fact"]: one["value"] for one in sent.json["facts"]} == {
        "dormitory_or_canteen": False,
        "industry": ["GBT4754-2017:3982", "NACE-2.1:26.12"],
    }
    again = Form(volt, level=4, language=language)
    assert again.read(word["questions"], "C19", word["value"]) == policy
    assert again.read(word["facts"], "dormitory_or_canteen", word["value"]) == word["no"]
    unchanged = again.send()
    assert unchanged.status_code == 200, unchanged.json.get("errors")
    assert (unchanged.status_code, unchanged.json["evidence"], unchanged.json["facts"]) == (200, [], [])


WORDS = (
    ("questions", "Questions", "问题"),
    ("facts", "Facts", "基本情况"),
    ("general", "Period", "期间"),
    ("value", "Answer", "回答"),
    ("observed_from", "First day of the period", "期间首日"),
    ("observed_to", "Last day of the period", "期间末日"),
    ("files", "Files", "文件"),
    ("standard", "Standard", "标准"),
    ("version", "Edition", "版本"),
    ("number", "Number of the certificate", "证书编号"),
    ("issuer", "Issued by", "颁发机构"),
    ("issued_on", "Issued on", "颁发日期"),
    ("valid_until", "Valid until", "有效期至"),
    ("no", "No", "否"),
)


def test_further_questions_are_rows_of_their_own(volt: Member) -> None:
    form = Form(volt, FULL, level=2)
    form.write("Questions", "E03", "Answer", 100)
    form.write("Questions", "E03.log", "Answer", "Yes")
    form.write("Questions", "E03", "Files", "lab.pdf")
    form.write("Period", "observed_from", "Answer", "2025-01-01")
    form.write("Period", "observed_to", "Answer", "2025-12-31")
    sent = form.send(None, "lab.pdf")
    assert sent.status_code == 201, sent.json.get("errors")
    [one] = sent.json["evidence"]
    assert {value["indicator"]: value["value"] for value in one["values"]} == {"E03": 100, "E03.log": True}


def test_a_workbook_that_nobody_filled_in_says_nothing(world: World, volt: Member) -> None:
    assert wrong(Form(volt).send()) == {("workbook:Questions!A1", "required")}
    assert count(world, Evidence) == 0


# What is wrong is told by sheet and cell ---------------------------------------------------------


def spoilt(form: Form) -> set[tuple[str, str]]:
    """One right answer, and one of each kind of wrong ones, with where it is told."""
    form.write("Questions", "C19", "Answer", "policy")
    told = {(form.write("Questions", "E15", "Answer", "much"), "not-a-number")}
    form.write("Questions", "E15", "First day of the period", "2025-01-01")
    told.add((form.write("Questions", "E15", "Last day of the period", "yesterday"), "not-a-date"))
    told.add((form.write("Questions", "O07", "Answer", "perhaps"), "not-a-choice"))
    told.add((form.write("Facts", "dormitory_or_canteen", "Answer", "maybe"), "not-a-value"))
    told.add((form.write("Facts", "staff", "Answer", 12.5), "not-a-value"))
    return told


def test_each_wrong_cell_is_told_and_nothing_is_recorded(world: World, volt: Member) -> None:
    form = Form(volt, FULL, level=4)
    expected = spoilt(form)
    shapes = {one for one in expected if one[1] in {"not-a-date", "not-a-value"}}
    assert wrong(form.send()) == shapes, "first what cannot be read at all"
    for place, _ in shapes:
        sheet, _, cell = place.removeprefix("workbook:").partition("!")
        form.rows[sheet][int(cell[1:]) - 1][ord(cell[0]) - ord("A")] = ""
    assert expected - shapes <= wrong(form.send())
    assert (count(world, Evidence), count(world, OrganizationFact)) == (0, 0)


def test_what_is_wrong_is_kept_as_a_draft_where_asked_and_told_all_the_same(world: World, volt: Member) -> None:
    form = Form(volt, FULL, level=4)
    expected = spoilt(form)
    kept = form.send(path=f"{WORKBOOK}/draft")
    assert kept.status_code == 201, kept.json
    assert expected <= {(one["pointer"], one["code"]) for one in kept.json["obstacles"]}
    assert kept.json["content"]["answers"]["C19"] == {"value": "policy"}
    assert count(world, Evidence) == 0
    again = Form(volt, FULL, path=f"/v1/me/questionnaire/drafts/{kept.json['id']}/workbook", level=4, language="zh")
    [policy] = [
        choice["name"]
        for one in asked(volt, FULL, level=4, language="zh")["questions"]
        if one["indicator"] == "C19"
        for choice in one["choices"]
        if choice["id"] == "policy"
    ]
    assert again.read("问题", "C19", "回答") == policy


def test_rows_may_be_moved_and_left_out_but_not_made_up(volt: Member) -> None:
    form = Form(volt, level=1)
    form.write("Questions", "C19", "Answer", "policy")
    form.rows["Questions"][1:] = form.rows["Questions"][:0:-1]
    kept = [row for row in form.rows["Questions"] if row[0] in {"No.", "C19"}]
    form.rows["Questions"] = [*kept, ["X99", *[""] * 4, 1]]
    assert wrong(form.send()) == {("workbook:Questions!A3", "unknown-indicator")}
    form.rows["Questions"].pop()
    assert form.send().status_code == 201


def test_a_workbook_goes_to_the_form_it_was_made_of(volt: Member) -> None:
    form = Form(volt)
    another = {("form:workbook", "workbook-of-another-form")}
    assert wrong(form.send(framework=FULL)) == another
    form.rows[sheets.ABOUT] = [["framework", MADE_UP], ["organization", "org_another"]]
    assert wrong(form.send()) == another


def test_headings_and_sheets_are_needed(volt: Member) -> None:
    form = Form(volt)
    form.rows["Questions"][0] = ["a", "b"]
    assert wrong(form.send()) == {("workbook:Questions!A1", "workbook-column-missing")}
    form.rows["Fragen"] = form.rows.pop("Questions")
    assert wrong(form.send()) == {("form:workbook", "workbook-sheet-missing")}


# What is built to do harm ------------------------------------------------------------------------


def test_a_formula_is_told_by_its_cell_whatever_value_is_kept_for_it(world: World, volt: Member) -> None:
    form = Form(volt)
    line, at = form.place("Questions", "C19", "Answer")
    form.rows["Questions"][line][at] = ""

    def spoil(book: xlsxwriter.Workbook) -> None:
        sheet = book.get_worksheet_by_name("Questions")
        sheet.write_formula(line, at, '=HYPERLINK("http://example.org","policy")', None, "policy")

    assert wrong(form.send(form.saved(spoil))) == {
        (f"workbook:Questions!{chr(ord('A') + at)}{line + 1}", "formula-in-form")
    }
    assert count(world, Evidence) == 0


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


@cache
def long_sheet(rows: int) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Questions")
        for line in range(rows):
            sheet.write_number(line, 0, line)
    return file.getvalue()


@pytest.mark.parametrize(
    ("hostile", "codes"),
    [
        (lambda data: with_member(data, "xl/vbaProject.bin", b"Sub Auto_Open()"), {"workbook-with-programs"}),
        (lambda data: with_member(data, "xl/media/zeros.bin", bytes(200 << 20)), {"archive-bomb"}),
        (lambda data: with_member(data, "xl/extra.xml", b"<!DOCTYPE x [<!ENTITY a 'a'>]><x/>"), {"xml-entities"}),
        (lambda _: long_sheet(1_000_000), {"workbook-too-long", "file-too-costly", "sheet-too-large"}),
        (lambda data: data[:2000], {"spreadsheet-unreadable"}),
        (lambda _: b"id,answer\nC19,policy\n", {"workbook-not-xlsx"}),
        (lambda _: with_member(b"", "content.xml", b"<x/>"), {"workbook-not-xlsx"}),
    ],
    ids=["macros", "bomb", "entities", "a million rows", "cut off", "text", "another archive"],
)
def test_a_workbook_built_to_harm_is_refused_and_nothing_is_kept(
    world: World, volt: Member, hostile: Callable[[bytes], bytes], codes: set[str]
) -> None:
    form = Form(volt)
    for path in (WORKBOOK, f"{WORKBOOK}/draft"):
        answer = form.send(hostile(form.bytes), path=path)
        assert (answer.status_code, answer.json["code"] in codes) == (400, True), answer.json
    assert (count(world, Evidence), count(world, QuestionnaireDraft)) == (0, 0)


def test_a_text_that_a_spreadsheet_would_compute_is_text(volt: Member) -> None:
    form = Form(volt)
    form.write("Questions", "C19", "Answer", "policy")
    form.write("Period", "source", "Answer", "'=1+1")
    assert form.send().json["evidence"][0]["source"] == "=1+1"
    draft = volt.post("/v1/me/questionnaire/drafts", {"framework": MADE_UP, "source": "=1+1"})
    path = f"/v1/me/questionnaire/drafts/{draft.json['id']}/workbook"
    assert Form(volt, path=path).read("Period", "source", "Answer") == "'=1+1"
