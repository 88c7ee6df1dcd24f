"""Facts of the organization asked inside a questionnaire: what they decide, and how they are stated there."""

import json
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from schemas.questionnaire import FACT_STATES
from supplychain.evidence.models import Evidence
from supplychain.facts.models import FactStanding, OrganizationFact
from supplychain.frameworks.catalogue import catalogue, derived
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.questionnaires.deciding import FactState, Stated, asked_facts, stating
from supplychain.questionnaires.rules import Sheet
from tests.reviewing import assign, count, faults, own
from tests.test_facts import check, say
from tests.test_questionnaires import FULL, MADE_UP, NOTHING_NEW, PACKS, PCB, asked, form_of, reply
from tests.world import START, Member, World

EMPTY = Sheet((), (), frozenset())
LAST_YEAR = START.year - 1


@pytest.fixture
def bureau(world: World) -> Member:
    return world.join("Bureau", "reviewer")


@pytest.fixture
def volt(world: World, bureau: Member) -> Member:
    member = world.join("Volt", "supplier")
    assign(world, member, bureau)
    return member


def facts_asked(member: Member, framework: str = FULL, **query: Any) -> dict[str, Any]:
    return {one["fact"]: one for one in asked(member, framework, **{"level": 4, **query})["facts"]}


def state(member: Member, framework: str = FULL, organization: str | None = None, **facts: Any) -> Any:
    where = {} if organization is None else {"organization": organization}
    return reply(member, {}, framework, facts=facts, **where)


# What is asked -----------------------------------------------------------------------------------


def test_a_fact_is_asked_with_its_unit_and_with_the_questions_that_it_decides(volt: Member) -> None:
    found = facts_asked(volt)
    canteen = found["dormitory_or_canteen"]
    assert (canteen["kind"], canteen["state"], canteen["known"], canteen["year"]) == ("boolean", "missing", None, None)
    assert [(one["indicator"], one["applies"]["expression"]) for one in canteen["decides"]] == [
        ("O24", "dormitory_or_canteen")
    ]
    staff = found["staff"]
    assert (staff["unit"], staff["year"], staff["feeds"]) == ("people", LAST_YEAR, "size")
    assert [one["indicator"] for one in staff["decides"]] == ["C27a"]
    assert "E03" in {one["indicator"] for one in found["industry"]["decides"]}
    assert "GBT4754-2017:3982" in {one["id"] for one in found["industry"]["codes"]}


def test_nothing_is_asked_on_which_no_question_depends(volt: Member) -> None:
    read = {
        fact.id
        for pack in PACKS
        if pack.key == MADE_UP
        for it in pack.indicators
        for one in (it.applies.facts if it.applies else ())
        for fact in stating(one)
    }
    assert set(facts_asked(volt, MADE_UP)) == read
    assert {"board_types", "processes"}.isdisjoint(facts_asked(volt))
    assert set(facts_asked(volt, PCB, level=1)) == {"board_types"}
    assert {"assets_cny", "revenue_eur", "assets_eur"}.isdisjoint(facts_asked(volt)), "no pack reads classes of these"


def test_facts_are_told_in_the_readers_language(volt: Member) -> None:
    chinese, english = (facts_asked(volt, language=language)["staff"] for language in ("zh", "en"))
    assert (english["name"], chinese["name"]) == ("Staff", "从业人员")
    assert chinese["says"] != english["says"]
    told = form_of(volt, level=4, language="zh")["json_schema"]["properties"]["facts"]["properties"]["staff"]
    assert "C27a" in told["description"]
    assert "人" in told["properties"]["value"]["description"]


def test_every_condition_of_a_pack_is_settled_by_a_fact_that_can_be_stated_or_by_the_entry() -> None:
    rules = [it.applies for pack in load_packs(shipped_packs()) for it in pack.indicators if it.applies]
    read = {one for rule in rules for one in rule.facts}
    assert {name for name in read if not stating(name)} <= {"country", "region"}
    assert {one.id for one in stating("size")} == {"staff", "revenue_cny"}
    assert {one.id for one in stating("sector")} == {"industry"}
    assert read <= {*catalogue(), *derived()}


def test_a_plant_is_asked_what_its_own_questions_depend_on(world: World, volt: Member) -> None:
    plant = world.join("Plant", "supplier", kind="plant")
    own(world, volt, plant)
    assert "dormitory_or_canteen" not in facts_asked(volt)
    assert "dormitory_or_canteen" in facts_asked(volt, organization=plant.id)
    assert "staff" in facts_asked(volt)
    assert "staff" not in facts_asked(volt, organization=plant.id)


# How it stands -----------------------------------------------------------------------------------


def test_what_a_supplier_states_is_filled_in_and_goes_on_being_asked_until_it_is_confirmed(
    volt: Member, bureau: Member
) -> None:
    before = {one["indicator"] for one in asked(volt, level=4)["questions"]}
    sent = state(volt, dormitory_or_canteen={"value": False})
    assert sent.status_code == 201
    assert [(one["fact"], one["standing"]) for one in sent.json["facts"]] == [("dormitory_or_canteen", "declared")]
    now = asked(volt, level=4)
    assert {one["indicator"] for one in now["questions"]} == before, "its own word leaves nothing out"
    assert facts_asked(volt)["dormitory_or_canteen"]["state"] == "declared"
    assert form_of(volt, level=4)["data"]["facts"] == {"dormitory_or_canteen": {"value": False}}
    assert "dormitory_or_canteen" not in facts_asked(volt, mode="missing")
    check(bureau, sent.json["facts"][0])
    after = asked(volt, level=4)
    assert {one["indicator"] for one in after["left_out"]} == {"O24"}
    assert "dormitory_or_canteen" not in {one["fact"] for one in after["facts"]}


def test_what_is_no_longer_in_force_is_asked_anew_and_not_filled_in(world: World, volt: Member, bureau: Member) -> None:
    check(bureau, say(volt, "dormitory_or_canteen", False, valid_to="2026-12-31"))
    assert "O24" in {one["indicator"] for one in asked(volt, level=4)["left_out"]}
    world.clock.advance(60)
    fact = facts_asked(volt)["dormitory_or_canteen"]
    assert (fact["state"], fact["known"]["through"]) == ("out_of_date", "2026-12-31")
    assert "facts" not in form_of(volt, level=4)["data"]
    assert facts_asked(volt, mode="missing")["dormitory_or_canteen"]["missing"]


def test_figures_count_until_the_second_year_after_theirs_and_of_one_year_only(volt: Member, bureau: Member) -> None:
    say(volt, "staff", 120, year=LAST_YEAR - 2)
    assert facts_asked(volt)["staff"]["state"] == "out_of_date"
    check(bureau, say(volt, "staff", 5000, year=LAST_YEAR - 1))
    say(volt, "revenue_cny", 900_000_000, year=LAST_YEAR)
    found = facts_asked(volt)
    assert (found["staff"]["state"], found["staff"]["year"]) == ("of_another_year", LAST_YEAR)
    assert (found["revenue_cny"]["state"], found["revenue_cny"]["known"]["value"]) == ("declared", 900_000_000)


def test_a_size_class_that_one_confirmed_figure_decides_asks_no_further_one(volt: Member, bureau: Member) -> None:
    check(bureau, say(volt, "staff", 120, year=LAST_YEAR))
    assert {"staff", "revenue_cny"}.isdisjoint(facts_asked(volt)), "by the lower of both it cannot be large"
    assert "C27a" in {one["indicator"] for one in asked(volt, level=4)["left_out"]}


def test_a_size_class_that_one_figure_leaves_open_asks_the_other(volt: Member, bureau: Member) -> None:
    check(bureau, say(volt, "staff", 5000, year=LAST_YEAR))
    found = facts_asked(volt)
    assert "staff" not in found
    assert found["revenue_cny"]["state"] == "missing"


def test_a_fact_of_the_future_is_not_in_force(volt: Member) -> None:
    ahead = Stated("processes", ["no_plating"], None, date(2027, 1, 1), None, FactStanding.DECLARED)
    assert not ahead.in_force(START)
    assert ahead.in_force(date(2027, 1, 1))
    assert asked_facts(EMPTY, [ahead], START) == ()


# Answers -----------------------------------------------------------------------------------------


def test_answers_and_facts_are_recorded_together_and_once(world: World, volt: Member) -> None:
    body = {"answers": {"C19": {"value": "policy"}}, "facts": {"staff": {"value": 180, "year": LAST_YEAR}}}

    def send() -> Any:
        key = {"Idempotency-Key": "one form"}
        return volt.post(f"/v1/me/questionnaire/answers?framework={FULL}", body, headers=key)

    first, second = send(), send()
    assert (first.status_code, first.json) == (second.status_code, second.json)
    assert (count(world, Evidence), count(world, OrganizationFact)) == (1, 1)
    own_facts = volt.get("/v1/me/facts").json["items"]
    assert [(one["fact"], one["year"], one["value"], one["standing"]) for one in own_facts] == [
        ("staff", LAST_YEAR, 180, "declared")
    ]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"facts": {"staff": {"value": "many", "year": 2025}}}, ("/facts/staff/value", "not-a-value")),
        ({"facts": {"staff": {"value": True, "year": 2025}}}, ("/facts/staff/value", "fact-not-a-number")),
        ({"facts": {"staff": {"value": 180}}}, ("/facts/staff/year", "fact-year-needed")),
        ({"facts": {"staff": {"value": 180, "year": 2027}}}, ("/facts/staff/year", "fact-year-ahead")),
        ({"facts": {"industry": {"value": ["ISIC-4:9"]}}}, ("/facts/industry/value", "fact-unknown-code")),
        ({"facts": {"soil_key_unit": {"valid_to": "2027-01-01"}}}, ("/facts/soil_key_unit/value", "required")),
        ({"facts": {"assets_eur": {"value": 1, "year": 2025}}}, ("/facts/assets_eur", "fact-not-asked")),
        ({"facts": {"shoe/size": {"value": 1}}}, ("/facts/shoe~1size", "unknown-fact")),
        ({"answers": {"C19": {"value": "nonsense"}}}, ("/answers/C19/value", "not-a-choice")),
    ],
)  # fmt: skip
def test_one_wrong_fact_or_answer_keeps_the_whole_form_from_being_recorded(
    world: World, volt: Member, body: dict[str, Any], wrong: tuple[str, str]
) -> None:
    good: dict[str, dict[str, Any]] = {
        "answers": {"C19": {"value": "policy"}},
        "facts": {"dormitory_or_canteen": {"value": True}},
    }
    sent = {part: {**good[part], **body.get(part, {})} for part in good}
    answer = volt.post(f"/v1/me/questionnaire/answers?framework={FULL}", sent)
    assert faults(answer) == [wrong]
    assert (count(world, Evidence), count(world, OrganizationFact)) == (0, 0)


def test_a_fact_that_stands_as_stated_is_no_news_and_a_form_without_any_is_refused(world: World, volt: Member) -> None:
    assert state(volt, industry={"value": ["NACE-2.1:26.12", "GBT4754-2017:3982"]}).status_code == 201
    again = state(volt, industry={"value": ["GBT4754-2017:3982", "NACE-2.1:26.12"]})
    assert (again.status_code, again.json) == (200, NOTHING_NEW | {"unchanged_facts": ["industry"]})
    assert count(world, OrganizationFact) == 1
    assert faults(state(volt, staff={"year": LAST_YEAR}, industry={})) == [("/answers", "required")]


def test_another_value_ends_the_one_before_and_its_verification(world: World, volt: Member, bureau: Member) -> None:
    check(bureau, say(volt, "dormitory_or_canteen", False))
    assert state(volt, dormitory_or_canteen={"value": True}).status_code == 201
    assert asked(volt, level=4)["left_out"] == []
    assert count(world, OrganizationFact, OrganizationFact.ended_at.is_(None)) == 1


def test_a_plants_fact_goes_to_the_plant(world: World, volt: Member) -> None:
    plant = world.join("Plant", "supplier", kind="plant")
    own(world, volt, plant)
    assert faults(state(volt, dormitory_or_canteen={"value": False})) == [
        ("/facts/dormitory_or_canteen", "fact-not-asked")
    ]
    [fact] = state(volt, organization=plant.id, dormitory_or_canteen={"value": False}).json["facts"]
    assert fact["organization"] == plant.id


def test_a_key_that_may_not_state_facts_cannot_state_them_in_a_form(world: World, volt: Member) -> None:
    scopes = ["evidence.submit", "me.read"]
    made = volt.post("/v1/keys", {"name": "Meters", "roles": ["supplier"], "scopes": scopes})
    assert made.status_code == 201, made.json
    narrow = Member(world.app.test_client(), made.json["key"], volt.number, volt.id)
    assert state(narrow, dormitory_or_canteen={"value": True}).status_code == 403
    assert count(world, OrganizationFact) == 0


def test_the_form_of_every_pack_takes_its_own_facts_in_both_languages(volt: Member) -> None:
    say(volt, "staff", 180, year=LAST_YEAR)
    for pack in load_packs(shipped_packs()):
        for language in ("en", "zh"):
            found = form_of(volt, pack.key, level=pack.top_level, language=language)
            validator = Draft202012Validator(found["json_schema"], format_checker=FormatChecker(["date"]))
            validator.validate(found["data"])
            told = json.dumps(found["json_schema"], ensure_ascii=False)
            assert "form.fact." not in told
            assert "form.unit." not in told


def test_every_state_of_an_asked_fact_has_a_name_on_the_wire() -> None:
    assert set(FACT_STATES) == {one.value for one in FactState}
