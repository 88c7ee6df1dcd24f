"""A form takes what a plant knows: two amounts for a quotient, a document it sent before; and says what is asked."""

from hashlib import sha256
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from supplychain.evidence.models import Evidence
from supplychain.facts.models import OrganizationFact
from tests import papers
from tests.reviewing import count, faults
from tests.test_questionnaire_facts import state
from tests.test_questionnaire_workbooks import WORKBOOK, Form, wrong
from tests.test_questionnaires import FULL, asked, form_of, question, reply
from tests.world import Member, World

YEAR = {"observed_from": "2025-01-01", "observed_to": "2025-12-31"}
METERS = {"numerator": {"amount": 6_240_000, "unit": "KWH"}, "denominator": {"amount": 120_000, "unit": "MTK"}}


@pytest.fixture
def volt(world: World) -> Member:
    return world.join("Volt", "supplier")


def values(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 201, answer.json
    return [value for one in answer.json["evidence"] for value in one["values"]]


# Two amounts -------------------------------------------------------------------------------------


def test_the_quotient_of_two_amounts_is_reckoned_and_all_three_are_kept(volt: Member) -> None:
    sent = values(reply(volt, {"E15": METERS}, **YEAR))
    assert sent == [{"indicator": "E15", "value": 52, "unit": "KWH/MTK", **METERS}]


def test_amounts_without_units_are_in_those_of_the_question(volt: Member) -> None:
    bare = {name: {"amount": one["amount"]} for name, one in METERS.items()}
    assert values(reply(volt, {"E15": bare}, **YEAR)) == [
        {"indicator": "E15", "value": 52, "unit": "KWH/MTK", **METERS}
    ]


def test_amounts_may_be_in_any_units_that_divide(volt: Member) -> None:
    other = {"numerator": {"amount": 6_240, "unit": "MWH"}, "denominator": {"amount": 120_000}}
    assert [one["value"] for one in values(reply(volt, {"E15": other}, **YEAR))] == [52]


@pytest.mark.parametrize(
    ("answer", "at", "code"),
    [
        ({"numerator": {"amount": 1}}, "/answers/E15/denominator", "required"),
        ({"numerator": {"unit": "KWH"}, "denominator": {"amount": 1}}, "/answers/E15/numerator/amount", "required"),
        ({**METERS, "denominator": {"amount": 0}}, "/answers/E15/denominator/amount", "denominator-not-positive"),
        ({**METERS, "numerator": {"amount": 1, "unit": "KGM"}}, "/answers/E15/numerator/unit", "units-do-not-divide"),
        ({**METERS, "value": 60}, "/answers/E15/value", "value-differs"),
        ({**METERS, "price_basis": {"prices": "current"}}, "/answers/E15/price_basis", "price-basis-not-wanted"),
        ({"numerator": {"amount": "many"}}, "/answers/E15/numerator/amount", "not-a-number"),
        ({"numerator": {}, "denominator": {}, "unit": "KWH/MTK"}, "/answers/E15/value", "required"),
    ],
)
def test_amounts_that_give_no_quotient_are_told_where_they_stand(
    world: World, volt: Member, answer: dict[str, Any], at: str, code: str
) -> None:
    assert (at, code) in faults(reply(volt, {"E15": answer}, **YEAR))
    assert count(world, Evidence) == 0


def test_amounts_of_what_is_no_quantity_are_refused(volt: Member) -> None:
    assert faults(reply(volt, {"C19": METERS})) == [("/answers/C19/numerator", "quotient-not-wanted")]
    assert ("/answers/E13/numerator", "certificate-needed") in faults(reply(volt, {"E13": METERS}))


def test_what_was_told_as_amounts_is_filled_in_as_amounts_and_is_no_news(world: World, volt: Member) -> None:
    reply(volt, {"E15": METERS}, **YEAR)
    data = form_of(volt, level=2)["data"]["answers"]
    assert data["E15"] == {**METERS, "unit": "KWH/MTK"}
    assert question(volt, "E15", level=2)["known"]["value"] == 52
    for same in (data["E15"], {"value": 52}, {**METERS, "value": 52}):
        assert reply(volt, {"E15": same}, **YEAR).json["unchanged"] == ["E15"]
    more = {**METERS, "numerator": {"amount": 6_360_000, "unit": "KWH"}}
    assert [one["value"] for one in values(reply(volt, {"E15": more}, **YEAR))] == [53]
    assert count(world, Evidence) == 2


def test_the_form_offers_amounts_where_a_question_is_their_quotient(volt: Member) -> None:
    schema = form_of(volt, level=4)["json_schema"]
    offered = {
        name for name, one in schema["properties"]["answers"]["properties"].items() if "numerator" in one["properties"]
    }
    quotients = {
        one["indicator"]
        for one in asked(volt, level=4)["questions"]
        if one["unit"] and ("/" in one["unit"] or one["unit"] == "P1")
    }
    assert offered == quotients > {"E15"}
    takes = Draft202012Validator(schema)
    assert takes.is_valid({"answers": {"E15": {**METERS, **YEAR, "unit": "KWH/MTK"}}})
    assert not takes.is_valid({"answers": {"E15": {"unit": "KWH/MTK", "numerator": {"amount": 1}}}})


# Workbooks ---------------------------------------------------------------------------------------


def test_a_workbook_takes_amounts_and_shows_what_each_level_asks(volt: Member) -> None:
    form = Form(volt, FULL, level=4)
    asks = form.read("Questions", "E15", "Asked at each level († is ours)").split("\n")
    assert [line.split(": ")[1] for line in asks] == [
        f"≤ {limit} kWh per m² (not read in the document)" for limit in (70, 55, 45)
    ]
    assert form.read("Questions", "E15", "Unit of the amount below") == "MTK"
    form.write("Questions", "E15", "Amount above the line", 6_240_000)
    form.write("Questions", "E15", "Amount below the line", 120_000)
    form.write("Period", "observed_from", "Answer", YEAR["observed_from"])
    form.write("Period", "observed_to", "Answer", YEAR["observed_to"])
    assert values(form.send()) == [{"indicator": "E15", "value": 52, "unit": "KWH/MTK", **METERS}]


def test_a_wrong_amount_is_told_by_its_cell(volt: Member) -> None:
    form = Form(volt, FULL, level=4)
    form.write("Questions", "E15", "Amount above the line", 1)
    unit = form.write("Questions", "E15", "Unit of the amount above", "KGM")
    form.write("Questions", "E15", "Amount below the line", 2)
    form.write("Period", "observed_from", "Answer", YEAR["observed_from"])
    form.write("Period", "observed_to", "Answer", YEAR["observed_to"])
    assert wrong(form.send()) == {(unit, "units-do-not-divide")}


MONEY = "carbon-value@1"
AMOUNTS = {"numerator": {"amount": 2_400, "unit": "TNE"}, "denominator": {"amount": 1_200, "unit": "10000CNY"}}


@pytest.mark.parametrize(
    ("language", "prices", "cells", "basis"),
    [
        ("en", "Prices of the period itself", {}, {"prices": "current"}),
        (
            "en",
            "Constant prices of a year",
            {"Year of the constant prices": 2020},
            {"prices": "constant", "year": 2020},
        ),
        ("zh", "某年不变价格", {"不变价年份": 2020}, {"prices": "constant", "year": 2020}),
    ],
)
def test_a_workbook_takes_what_is_told_per_money_with_its_prices(
    world: World, volt: Member, language: str, prices: str, cells: dict[str, Any], basis: dict[str, Any]
) -> None:
    form = Form(volt, MONEY, level=2, language=language)
    names = {"en": ("Questions", "Period", "Answer", "Prices"), "zh": ("问题", "期间", "回答", "价格口径")}
    sheet, general, answer, column = names[language]
    above, below = {"en": ("Amount above the line", "Amount below the line"), "zh": ("分子（数量）", "分母（数量）")}[
        language
    ]
    for heading, value in {above: 2_400, below: 1_200, column: prices, **cells}.items():
        form.write(sheet, "CV01", heading, value)
    for name, day in YEAR.items():
        form.write(general, name, answer, day)
    told = {"indicator": "CV01", "value": 2, "unit": "TNE/10000CNY", **AMOUNTS, "price_basis": basis}
    assert values(form.send()) == [told]
    again = Form(volt, MONEY, level=2, language=language)
    assert again.read(sheet, "CV01", column) == prices
    before = count(world, Evidence)
    assert again.send().status_code == 200
    assert count(world, Evidence) == before


def test_prices_are_wanted_where_a_question_is_told_per_money_and_nowhere_else(volt: Member) -> None:
    form = Form(volt, MONEY, level=2)
    form.write("Questions", "CV01", "Amount above the line", 2_400)
    form.write("Questions", "CV01", "Amount below the line", 1_200)
    for name, day in YEAR.items():
        form.write("Period", name, "Answer", day)
    basis = form.write("Questions", "CV01", "Prices", "")
    assert wrong(form.send()) == {(basis, "price-basis-missing")}
    basis = form.write("Questions", "CV01", "Prices", "Old ones")
    assert wrong(form.send()) == {(basis, "not-one-of")}
    form.write("Questions", "CV01", "Prices", "Constant prices of a year")
    year = form.write("Questions", "CV01", "Year of the constant prices", "")
    assert wrong(form.send()) == {(year, "required")}
    form.write("Questions", "CV01", "Prices", "Old ones")
    form.write("Questions", "CV01", "Year of the constant prices", 20)
    assert wrong(form.send()) == {(basis, "not-one-of"), (year, "range")}
    kept = form.send(path=f"{WORKBOOK}/draft").json
    assert kept["content"]["answers"]["CV01"].items() >= AMOUNTS.items()
    assert "Prices" not in Form(volt, FULL, level=4).rows["Questions"][0]


def test_every_question_says_what_each_level_asks_in_the_readers_language(volt: Member) -> None:
    for language, sheet, heading in (
        ("en", "Questions", "Asked at each level († is ours)"),
        ("zh", "问题", "各级要求（† 为本系统自定）"),
    ):
        form = Form(volt, FULL, level=4, language=language)
        for one in asked(volt, level=4, language=language)["questions"]:
            assert form.read(sheet, one["indicator"], heading)


# A document for a fact ---------------------------------------------------------------------------


def proof(volt: Member) -> dict[str, Any]:
    [sent] = reply(volt, {"C19": {"value": "policy", "files": ["payroll.pdf"]}}, FULL, "payroll.pdf").json["evidence"]
    found: dict[str, Any] = sent
    return found


@pytest.mark.parametrize("by", ["id", "sha256"])
def test_a_fact_names_the_document_that_bears_it(volt: Member, by: str) -> None:
    sent = proof(volt)
    document = sent["id"] if by == "id" else sha256(papers.pdf()).hexdigest()
    assert document in {sent["id"], sent["files"][0]["sha256"]}
    answer = state(volt, dormitory_or_canteen={"value": False, "document": document})
    assert answer.status_code == 201, answer.json
    [fact] = volt.get("/v1/me/facts").json["items"]
    assert (fact["standing"], fact["document"]) == ("documented", sent["id"])


def test_a_document_is_added_to_what_stands(world: World, volt: Member) -> None:
    state(volt, dormitory_or_canteen={"value": False})
    state(volt, dormitory_or_canteen={"value": False, "document": proof(volt)["id"]})
    assert [one["standing"] for one in volt.get("/v1/me/facts").json["items"]] == ["documented"]
    assert count(world, OrganizationFact) == 1


def test_a_document_of_another_or_without_a_file_is_refused_where_it_stands(world: World, volt: Member) -> None:
    proof(volt)
    other = world.join("Watt", "supplier")
    at = "/facts/dormitory_or_canteen/document"
    digest = sha256(papers.pdf()).hexdigest()
    assert faults(state(other, dormitory_or_canteen={"value": False, "document": digest})) == [(at, "unknown-evidence")]
    bare = reply(other, {"C19": {"value": "policy"}}).json["evidence"][0]["id"]
    refused = state(other, dormitory_or_canteen={"value": False, "document": bare})
    assert faults(refused) == [(at, "fact-document-without-file")]


def test_a_workbook_names_the_document_of_a_fact(volt: Member) -> None:
    document = proof(volt)["id"]
    form = Form(volt, FULL)
    form.write("Facts", "dormitory_or_canteen", "Answer", "No")
    form.write("Facts", "dormitory_or_canteen", "Document", document)
    assert [one["document"] for one in form.send().json["facts"]] == [document]
