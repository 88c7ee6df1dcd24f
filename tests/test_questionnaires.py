"""Questionnaires: only what applies is asked, in the reader's language, and an answered form is evidence."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy import select

from supplychain.conformity.levels import appraise
from supplychain.conformity.rules import EvidenceFact, EvidenceState, Family, Mark, OrganizationFacts, assess
from supplychain.evidence.models import Evidence
from supplychain.frameworks.applicability import AnyOf, OneOf
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.frameworks.terms import Better, EvidenceKind, Kind, Scope, Trust
from supplychain.questionnaires.rules import Question, ask, needs
from supplychain.work import Work
from tests import papers
from tests.reviewing import FORM, count, faults, own
from tests.supplying import ask as demand
from tests.supplying import change, supply
from tests.world import START, Member, World

PACKS = tuple(load_packs(shipped_packs()))
FULL = "eseec-electronics@2"
PCB = "hj450-pcb@1"
MADE_UP = "eseec-electronics@1"
EVERY_LEVEL = [(pack.key, level.rank) for pack in PACKS for level in pack.levels]
BOTH = frozenset(Scope)
NOTHING_NEW: dict[str, list[Any]] = {"evidence": [], "unchanged": [], "facts": [], "unchanged_facts": []}


@pytest.fixture
def volt(world: World) -> Member:
    return world.join("Volt", "supplier")


def asked(member: Member, framework: str = FULL, **query: Any) -> dict[str, Any]:
    found = member.get("/v1/me/questionnaire", query_string={"framework": framework, **query})
    assert found.status_code == 200, found.json
    body: dict[str, Any] = found.json
    return body


def question(member: Member, indicator: str, framework: str = FULL, **query: Any) -> dict[str, Any]:
    [found] = [one for one in asked(member, framework, **query)["questions"] if one["indicator"] == indicator]
    assert isinstance(found, dict)
    return found


def form_of(member: Member, framework: str = FULL, **query: Any) -> dict[str, Any]:
    found = member.get("/v1/me/questionnaire/form", query_string={"framework": framework, **query})
    assert found.status_code == 200, found.json
    body: dict[str, Any] = found.json
    return body


def reply(member: Member, answers: Mapping[str, Any], framework: str = FULL, *files: str, **more: Any) -> Any:
    query = {"framework": framework, **({"organization": more.pop("organization")} if "organization" in more else {})}
    body = {"answers": answers, **more}
    if not files:
        return member.post("/v1/me/questionnaire/answers", body, query_string=query)
    data = {"answers": json.dumps(body), "file": [(BytesIO(papers.pdf()), name) for name in files]}
    return member.post("/v1/me/questionnaire/answers", data=data, content_type=FORM, query_string=query)


def filled(one: Mapping[str, Any]) -> dict[str, Any]:
    """The least that an asked question takes to be met, read from the question alone."""
    further = {more["key"]: True if more["unit"] is None else 2 for more in one["further"] if more["wanted"]}
    told: dict[str, Any] = {"files": ["proof.pdf"], **({"further": further} if further else {})}
    target = one["target"]
    if one["kind"] == "certificate":
        standard = one["needs"]["standards"][0]
        edition = {"version": standard["versions"][-1]} if standard["versions"] else {}
        paper = {"number": "CN-1", "issuer": "Example", "issued_on": "2026-01-01", "valid_until": "2028-01-01"}
        return {**told, "standard": standard["standard"], **edition, **paper}
    if one["kind"] == "quantity":
        slope = target["per_parameter"] or 0
        value = 0 if target["value"] is None else Decimal(str(target["value"])) + 2 * Decimal(str(slope))
        months = one["period"]["months"] if one["period"] else 12
        first = date(2026, 11, 1) - relativedelta(months=months)
        days = {"observed_from": first.isoformat(), "observed_to": "2026-10-31"}
        return {**told, "value": float(value), "unit": one["unit"], **days}
    kind = one["needs"]["kinds"][0]
    issued = {"issued_on": "2026-11-01"} if kind == "certificate" else {}
    return {**told, "value": target["value"], **issued}


def accept_all(world: World, trust: Mapping[str, str]) -> None:
    """Let a reviewer accept everything, with the trust that each question asks for."""

    def body(work: Work) -> None:
        for row in work.session.scalars(select(Evidence)):
            row.state, row.reviewed_at = "accepted", work.now
            row.trust = max(
                (Trust.of(trust[one["indicator"]]) for one in row.values if one["indicator"] in trust),
                default=Trust.of(row.trust),
            ).word
            work.touch(row.organization)

    world.do(body)


def levels_of(world: World, member: Member, framework: str) -> dict[str, int | None]:
    def body(work: Work) -> dict[str, int | None]:
        found = appraise(work, [member.number], work.today, frozenset({framework}))[member.number]
        return {name: pillar.level for name, pillar in found.assessments[framework].pillars.items()}

    levels: dict[str, int | None] = world.do(body)
    return levels


def verify_sector(world: World, member: Member, sector: str) -> None:
    proof = {"value": sector, "reviewer": member.number, "on": START.isoformat()}
    change(world, member.number, sector=sector, proven={"sector": proof})


# Answering all of it reaches the level ------------------------------------------------------------


@pytest.mark.parametrize(("key", "level"), EVERY_LEVEL)
def test_a_form_answered_in_full_and_accepted_reaches_its_level(
    world: World, volt: Member, key: str, level: int
) -> None:
    questions = asked(volt, key, level=level)["questions"]
    answers = {one["indicator"]: filled(one) for one in questions}
    schema = form_of(volt, key, level=level)["json_schema"]
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=FormatChecker(["date"])).validate({"answers": answers})
    sent = reply(volt, answers, key, "proof.pdf")
    assert sent.status_code == 201, sent.json
    accept_all(world, {one["indicator"]: one["needs"]["trust"] for one in questions})
    reached = levels_of(world, volt, key)
    assert min(one or 0 for one in reached.values()) >= level
    assert asked(volt, key, level=level, mode="missing")["questions"] == []


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.key)
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_values_at_least_as_good_as_asked_reach_the_level_whatever_applies(
    pack: Framework, data: st.DataObject
) -> None:
    level = data.draw(st.integers(1, pack.top_level))
    verified = OrganizationFacts(1, data.draw(verified_facts(pack)))
    before = assess(pack, 1, Family(), (), (), (), [verified], START)
    sheet = ask(pack, before, dict.fromkeys(before.pillars, level), BOTH, verified.verified)
    evidence = [data.draw(meeting(pack, one, number)) for number, one in enumerate(sheet.questions, start=1)]
    after = assess(pack, 1, Family(), evidence, (), (), [verified], START)
    assume(not any(check.mark is Mark.NO_MANDATORY for one in after.pillars.values() for check in one.checks[:level]))
    assert {name: one.level for name, one in after.pillars.items() if (one.level or 0) < level} == {}
    again = ask(pack, after, dict.fromkeys(after.pillars, level), BOTH, verified.verified)
    assert [one.indicator.id for one in again.questions if one.missing] == []


@st.composite
def verified_facts(draw: st.DrawFn, pack: Framework) -> dict[str, Any]:
    """Some of the facts that the pack's rules read."""
    conditions = [one for it in pack.indicators if it.applies for one in it.applies.test.parts()]
    found: dict[str, Any] = {}
    for name in sorted({one.fact for one in conditions}):
        if not draw(st.booleans()):
            continue
        reading = [one for one in conditions if one.fact == name]
        codes = sorted({code for one in reading if isinstance(one, OneOf | AnyOf) for code in one.words.listed})
        found[name] = frozenset({draw(st.sampled_from([*codes, "another"]))}) if codes else draw(st.booleans())
    return found


@st.composite
def meeting(draw: st.DrawFn, pack: Framework, one: Question, number: int) -> EvidenceFact:
    indicator, target = one.indicator, one.target
    wanted = needs(pack, one)
    values: dict[str, Any] = dict.fromkeys(target.also, (True, None))
    more: dict[str, Any] = {"kind": wanted.kinds[0], "observed_to": START}
    if indicator.kind is Kind.CERTIFICATE:
        standard, editions = draw(st.sampled_from(wanted.standards))
        edition = draw(st.sampled_from(editions)) if editions else None
        more = {"kind": EvidenceKind.CERTIFICATE, "standard": standard.id, "version": edition, "issued_on": START}
        more["valid_until"] = START
    elif indicator.kind is Kind.QUANTITY:
        months = indicator.period.months if indicator.period else 0
        more["observed_from"] = START - relativedelta(months=months)
        slack = draw(st.decimals(0, 1000, places=2))
        layers = draw(st.decimals(0, 20, places=1))
        asked_for = Decimal(0) if target.value is None else Decimal(str(target.value))
        asked_for += layers * (target.per_parameter or 0)
        values[indicator.id] = (
            asked_for - slack if indicator.better is Better.LOWER else asked_for + slack,
            indicator.unit,
        )
        if indicator.parameter is not None:
            values[indicator.parameter.id] = (layers, indicator.parameter.unit)
    elif indicator.kind is Kind.CHOICE:
        order = [choice.id for choice in indicator.choices]
        values[indicator.id] = (draw(st.sampled_from(order[order.index(str(target.value)) :])), None)
    else:
        values[indicator.id] = (True, None)
    trust = draw(st.sampled_from([one for one in Trust if one >= wanted.trust]))
    received = datetime.combine(START, time(12), UTC)
    return EvidenceFact(
        number,
        1,
        trust=trust,
        state=EvidenceState.ACCEPTED,
        received_at=received,
        framework=pack.id,
        values=values,
        **more,
    )


# What is asked -----------------------------------------------------------------------------------


def test_only_what_counts_up_to_the_level_is_asked_pillar_by_pillar(volt: Member) -> None:
    [pack] = [one for one in PACKS if one.key == FULL]
    for level in (1, 4):
        found = asked(volt, level=level)["questions"]
        wanted = {
            one.id
            for one in pack.indicators
            if any((one.mandatory_from or 1) <= target.level <= level for target in one.targets)
        }
        assert {one["indicator"] for one in found} == wanted
        places = [([pillar.id for pillar in pack.pillars].index(one["pillar"]), one["from_level"]) for one in found]
        assert places == sorted(places)


def test_without_a_level_each_pillar_is_asked_up_to_its_next(world: World, volt: Member) -> None:
    assert {one["level"] for one in asked(volt, "first-steps@1")["pillars"]} == {1}
    assert {one["level"] for one in asked(volt)["pillars"]} == {1}


def test_what_a_verified_fact_rules_out_is_left_out_and_what_it_may_is_asked_with_the_fact(
    world: World, volt: Member
) -> None:
    assert question(volt, "E03", level=1)["may_not_apply"] == {
        "expression": 'sector in ["PCB", "PLT", "BAT", "CMP"]',
        "facts": ["sector"],
        "says": {
            "en": "Sector: Printed circuit boards or Components or Plating or Batteries",
            "zh": "行业为印制电路板或元器件或电镀或电池",
        },
    }
    before = asked(volt, level=1)
    assert "E03" in next(one["settles"] for one in before["open_facts"] if one["fact"] == "sector")
    assert before["left_out"] == []
    verify_sector(world, volt, "SMT")
    after = asked(volt, level=1)
    assert "E03" not in {one["indicator"] for one in after["questions"]}
    assert {one["reason"] for one in after["left_out"]} == {"rule"}
    assert "sector" not in {one["fact"] for one in after["open_facts"]}


def test_questions_speak_the_readers_language(volt: Member) -> None:
    by_parameter = asked(volt, pillar="ohs", level=2, language="zh")
    by_header = volt.get(
        "/v1/me/questionnaire",
        query_string={"framework": FULL, "pillar": "ohs", "level": 2},
        headers={"Accept-Language": "zh-CN, en;q=0.5"},
    )
    assert by_parameter == by_header.json
    assert by_header.headers["Content-Language"] == "zh"
    assert {one["pillar"] for one in by_parameter["questions"]} == {"ohs"}
    for language in ("en", "zh"):
        told = json.dumps(form_of(volt, level=4, language=language)["json_schema"], ensure_ascii=False)
        chinese = any("\u4e00" <= letter <= "\u9fff" for letter in told)
        assert chinese is (language == "zh")


def test_further_questions_and_parameters_are_in_the_form(volt: Member) -> None:
    asked_too = {one["key"]: one for one in question(volt, "E03", level=2)["further"]}
    assert [key for key, one in asked_too.items() if one["wanted"]] == ["log"]
    layers = question(volt, "HJWM", PCB, level=1)["further"]
    assert [(one["key"], one["unit"], one["wanted"]) for one in layers] == [("n", "C62", True)]
    schema = form_of(volt, PCB, level=1)["json_schema"]["properties"]["answers"]["properties"]["HJWM"]
    assert schema["properties"]["further"]["properties"]["n"]["minimum"] == 0


def test_what_an_answer_needs_is_said_before_it_is_given(volt: Member) -> None:
    simple = question(volt, "C19", MADE_UP, level=1)["needs"]
    assert (simple["trust"], simple["file"], simple["review"]) == ("self_declared", False, False)
    measured = question(volt, "E03", level=1)["needs"]
    assert (measured["trust"], measured["file"], measured["review"]) == ("certified", True, True)
    certified = question(volt, "E13", level=4)["needs"]
    assert {one["standard"]: one["versions"] for one in certified["standards"]} == {"iso-14001": ["2026"], "emas": []}


def test_a_certificate_that_leaves_a_lower_level_open_is_not_offered(volt: Member) -> None:
    offered = {key: question(volt, "E13", key, level=4)["needs"]["standards"] for key in (MADE_UP, FULL)}
    assert [one["standard"] for one in offered[MADE_UP]] == ["iso-14001"]  # there EMAS says nothing at level 3
    assert {one["standard"] for one in offered[FULL]} >= {"iso-14001", "emas"}


def test_a_requirement_asks_its_own_pillars_and_levels(world: World, volt: Member) -> None:
    brand = world.join("Brand", "brand")
    supply(world, brand.number, volt.number)
    demand(world, brand.number, 1, {"ohs": 3})
    [owed] = volt.get("/v1/me/obligations").json["items"]
    found = asked(volt, MADE_UP, requirement=owed["requirement"])
    assert [(one["pillar"], one["level"]) for one in found["pillars"]] == [("ohs", 3)]
    nobodys = volt.get("/v1/me/questionnaire", query_string={"framework": MADE_UP, "requirement": "req_nobodys"})
    assert nobodys.status_code == 404


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({}, "?framework", "required"),
        ({"framework": FULL, "level": 5}, "?level", "level-unknown"),
        ({"framework": FULL, "pillar": "index"}, "?pillar", "not-one-of"),
        ({"framework": FULL, "language": "fr"}, "?language", "not-one-of"),
    ],
)
def test_what_cannot_be_asked_is_refused(volt: Member, query: dict[str, Any], pointer: str, code: str) -> None:
    for path in ("/v1/me/questionnaire", "/v1/me/questionnaire/form"):
        assert faults(volt.get(path, query_string=query)) == [(pointer, code)]


# Company and plants ------------------------------------------------------------------------------


def test_a_company_answers_for_itself_and_each_plant_for_its_site(world: World, volt: Member) -> None:
    alone = {one["indicator"] for one in asked(volt, level=4)["questions"]}
    plant = world.join("Plant", "supplier", kind="plant")
    own(world, volt, plant)
    company, site = asked(volt, level=4), asked(volt, level=4, organization=plant.id)
    assert {one["scope"] for one in company["questions"]} == {"organization"}
    assert {one["scope"] for one in site["questions"]} == {"site"}
    assert {one["indicator"] for one in [*company["questions"], *site["questions"]]} == alone
    assert [(one["organization"]["id"], one["scope"]) for one in company["elsewhere"]] == [(plant.id, "site")]
    assert [(one["organization"]["id"], one["scope"]) for one in site["elsewhere"]] == [(volt.id, "organization")]
    assert asked(plant, level=4)["questions"] == site["questions"]


def test_an_answer_goes_to_whom_it_is_about(world: World, volt: Member) -> None:
    plant = world.join("Plant", "supplier", kind="plant")
    own(world, volt, plant)
    site = asked(volt, MADE_UP, level=1, organization=plant.id)["questions"][0]
    misplaced = reply(volt, {site["indicator"]: filled(site) | {"files": []}}, MADE_UP)
    assert faults(misplaced) == [(f"/answers/{site['indicator']}", "answered-elsewhere")]
    placed = reply(volt, {site["indicator"]: filled(site) | {"files": []}}, MADE_UP, organization=plant.id)
    assert [one["organization"] for one in placed.json["evidence"]] == [plant.id]


# What is known -----------------------------------------------------------------------------------


def test_what_is_known_is_filled_in_and_sent_again_says_nothing_new(world: World, volt: Member) -> None:
    first = reply(volt, {"C19": {"value": "policy"}}, MADE_UP)
    assert [one["state"] for one in first.json["evidence"]] == ["accepted"]
    known = question(volt, "C19", MADE_UP, level=1)
    assert (known["known"]["value"], known["known"]["holds"], known["missing"]) == ("policy", True, False)
    assert known["known"]["through"] == "2027-11-22"
    data = form_of(volt, MADE_UP, level=1)["data"]
    assert data == {"answers": {"C19": {"value": "policy"}}}
    again = reply(volt, data["answers"], MADE_UP)
    assert (again.status_code, again.json) == (200, NOTHING_NEW | {"unchanged": ["C19"]})
    assert count(world, Evidence) == 1


def test_a_quantity_told_in_another_unit_is_no_news_and_one_of_another_year_is(world: World, volt: Member) -> None:
    year = {"observed_from": "2025-01-01", "observed_to": "2025-12-31"}
    reply(volt, {"E15": {"value": 118.5, "unit": "KWH/MTK"}}, MADE_UP, **year)
    same = reply(volt, {"E15": {"value": 0.1185, "unit": "MWH/MTK"}}, MADE_UP, **year)
    assert same.json["unchanged"] == ["E15"]
    assert question(volt, "E15", MADE_UP, level=4)["known"]["state"] == "under_review"
    other = {"observed_from": "2025-07-01", "observed_to": "2026-06-30"}
    assert reply(volt, {"E15": {"value": 118.5, "unit": "KWH/MTK"}}, MADE_UP, **other).status_code == 201
    assert count(world, Evidence) == 2


def test_what_lapsed_is_shown_and_asked_anew(world: World, volt: Member) -> None:
    reply(volt, {"C19": {"value": "policy"}}, MADE_UP)
    world.clock.advance(400)
    known = question(volt, "C19", MADE_UP, level=1)
    assert (known["known"]["state"], known["known"]["holds"], known["result"]) == ("lapsed", False, "expired")
    assert form_of(volt, MADE_UP, level=1)["data"] == {"answers": {}}
    assert reply(volt, {"C19": {"value": "policy"}}, MADE_UP).status_code == 201


def test_a_certificate_is_told_with_the_way_on_which_it_proves(world: World, volt: Member) -> None:
    answer = {"standard": "gbt-45001", "version": "2020", "number": "CN-1", "issuer": "Example"}
    days = {"issued_on": "2026-01-01", "valid_until": "2028-12-31"}
    assert reply(volt, {"O25": {**answer, **days}}).status_code == 201
    accept_all(world, {})
    known = question(volt, "O25", level=3)
    assert (known["known"]["path"], known["known"]["holds"]) == (["gbt-45001", "iso-45001"], True)
    assert known["known"]["through"] == "2028-12-31"


# Answers -----------------------------------------------------------------------------------------


def test_what_counts_on_receipt_is_one_piece_of_evidence_and_what_waits_is_one_each(volt: Member) -> None:
    wanted = {
        one["indicator"]: {"value": one["choices"][-1]["id"] if one["choices"] else True}
        for one in asked(volt, level=1)["questions"]
        if one["kind"] in {"boolean", "choice"} and one["needs"]["kinds"][0] == "answer"
    }
    sent = reply(volt, wanted).json["evidence"]
    at_once = [one for one in sent if one["on_receipt"]]
    waiting = [one for one in sent if not one["on_receipt"]]
    assert len(at_once) == 1 < len(at_once[0]["values"])
    assert {len(one["values"]) for one in waiting} == {1}
    assert {value["indicator"] for one in sent for value in one["values"]} == wanted.keys()


def test_one_file_may_prove_several_answers(volt: Member) -> None:
    year = {"observed_from": "2025-01-01", "observed_to": "2025-12-31"}
    answers = {
        "E15": {"value": 118.5, "files": ["meters.pdf"]},
        "E03": {"value": 100, "further": {"log": True}, "files": ["meters.pdf"]},
    }
    sent = reply(volt, answers, FULL, "meters.pdf", **year).json["evidence"]
    assert [(one["trust"], [file["name"] for file in one["files"]]) for one in sent] == [
        ("documented", ["meters.pdf"])
    ] * 2
    assert len({file["sha256"] for one in sent for file in one["files"]}) == 1
    assert [value for one in sent for value in one["values"]] == [
        {"indicator": "E15", "value": 118.5, "unit": "KWH/MTK"},
        {"indicator": "E03", "value": 100, "unit": "P1"},
        {"indicator": "E03.log", "value": True},
    ]


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"E15": {"value": 1, "unit": "KGM"}}, [("/answers/E15/unit", "unit-not-convertible")]),
        ({"C19": {"value": "nonsense"}}, [("/answers/C19/value", "not-a-choice")]),
        ({"E15": {"value": 1, "further": {"nonsense": True}}}, [("/answers/E15/further/nonsense", "unknown-field")]),
        ({"O07": {"value": "no", "further": {"x": 3}}}, [("/answers/O07/further/x", "unknown-field")]),
        ({"E15": {"unit": "KWH/MTK"}}, [("/answers/E15/value", "required")]),
        ({"X99": {"value": True}}, [("/answers/X99", "unknown-indicator")]),
        ({"a/b": {"value": True}}, [("/answers/a~1b", "unknown-indicator")]),
        ({"C19": {"value": "policy", "issuer": "Me"}}, [("/answers/C19/issuer", "only-for-certificates")]),
        ({"E13": {"standard": "iso-14001", "number": "1"}}, [("/answers/E13/issuer", "required")]),
        ({"E13": {"value": True}}, [("/answers/E13/value", "certificate-needed")]),
        ({"C19": {"value": "policy", "files": ["a.pdf"]}}, [("/answers/C19/files/0", "file-not-sent")]),
        ({"C19": {"value": "policy", "observed_to": "2030-01-01"}}, [("/answers/C19/observed_to", "in-the-future")]),
        ({"C19": {"value": {}}}, [("/answers/C19/value", "not-a-value")]),
        ({"C19": {"nonsense": 1}}, [("/answers/C19/nonsense", "unknown-field")]),
        ({"C19": 3}, [("/answers/C19", "not-an-object")]),
        ({"C19": {}}, [("/answers", "required")]),
        ({}, [("/answers", "required")]),
    ],
)
def test_a_wrong_answer_is_told_where_it_stands_and_nothing_is_recorded(
    world: World, volt: Member, answers: Any, wrong: list[tuple[str, str]]
) -> None:
    year = {"observed_from": "2025-01-01", "observed_to": "2025-12-31"}
    found = faults(reply(volt, answers, MADE_UP, **(year if "E15" in answers or "E03" in answers else {})))
    assert found[: len(wrong)] == wrong
    assert count(world, Evidence) == 0


def test_one_wrong_answer_keeps_the_whole_form_from_being_recorded(world: World, volt: Member) -> None:
    assert faults(reply(volt, {"C19": {"value": "policy"}, "E15": {"value": "much"}}, MADE_UP)) != []
    assert count(world, Evidence) == 0


def test_a_measured_answer_says_its_period_its_own_or_the_forms(volt: Member) -> None:
    measured = {"E15": {"value": 118.5}}
    missing = [("/answers/E15/observed_from", "required"), ("/answers/E15/observed_to", "required")]
    assert faults(reply(volt, measured, MADE_UP)) == missing
    future = {"observed_from": "2026-01-01", "observed_to": "2027-01-01"}
    assert faults(reply(volt, measured, MADE_UP, **future)) == [("/observed_to", "in-the-future")]


def test_files_of_a_form_belong_to_its_answers(volt: Member) -> None:
    answers = {"C19": {"value": "policy", "files": ["a.pdf"]}}
    assert faults(reply(volt, answers, MADE_UP, "a.pdf", "b.pdf")) == [("form:file", "file-of-no-answer")]
    assert faults(reply(volt, answers, MADE_UP, "a.pdf", "a.pdf")) == [("form:file", "file-name-twice")]


def test_what_does_not_apply_is_not_answered(world: World, volt: Member) -> None:
    verify_sector(world, volt, "SMT")
    year = {"observed_from": "2025-01-01", "observed_to": "2025-12-31"}
    assert faults(reply(volt, {"E03": {"value": 100}}, **year)) == [("/answers/E03", "does-not-apply")]


def test_a_form_sent_twice_with_one_key_is_recorded_once(world: World, volt: Member) -> None:
    def send() -> Any:
        return volt.post(
            f"/v1/me/questionnaire/answers?framework={MADE_UP}",
            {"answers": {"C19": {"value": "policy"}}},
            headers={"Idempotency-Key": "the-form"},
        )

    first, second = send(), send()
    assert (first.status_code, first.json) == (second.status_code, second.json)
    assert count(world, Evidence) == 1


def test_who_may_only_submit_is_not_told_what_is_on_record(world: World) -> None:
    newcomer = world.join("Newcomer", "supplier", claim="unverified")
    assert reply(newcomer, {"C19": {"value": "policy"}}, MADE_UP).status_code == 403


# The form ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.key)
def test_every_form_is_a_schema_and_its_layouts_point_into_it(volt: Member, pack: Framework) -> None:
    for query in ({"level": 1}, {"level": pack.top_level, "language": "zh"}, {"mode": "missing"}):
        found = form_of(volt, pack.key, **query)
        Draft202012Validator.check_schema(found["json_schema"])
        validator = Draft202012Validator(found["json_schema"], format_checker=FormatChecker(["date"]))
        validator.validate(found["data"])
        validator.validate({"answers": {name: {} for name in found["rjsf_ui_schema"]["answers"]["ui:order"]}})
        for scope in scopes_in(found["ui_schema"]):
            here = found["json_schema"]
            for step in scope.removeprefix("#/").split("/"):
                here = here[step]
            assert "title" in here
        asked_for = found["json_schema"]["properties"]["answers"]["properties"]
        assert found["rjsf_ui_schema"]["answers"]["ui:order"] == list(asked_for)


def scopes_in(layout: Mapping[str, Any]) -> Iterator[str]:
    if "scope" in layout:
        yield layout["scope"]
    for inner in layout.get("elements", ()):
        yield from scopes_in(inner)


@pytest.mark.parametrize(
    "wrong",
    [
        {"C19": {"value": "nonsense"}},
        {"C19": {"observed_to": "2025-01-01"}},
        {"E15": {"value": "much"}},
        {"E15": {"value": 1, "observed_to": "tomorrow"}},
        {"E13": {"standard": "iso-9001"}},
        {"X99": {"value": True}},
    ],
)
def test_a_form_library_sees_what_the_api_would_refuse(volt: Member, wrong: dict[str, Any]) -> None:
    schema = form_of(volt, MADE_UP, level=4)["json_schema"]
    validator = Draft202012Validator(schema, format_checker=FormatChecker(["date"]))
    assert not validator.is_valid({"answers": wrong})
    assert faults(reply(volt, wrong, MADE_UP)) != []
