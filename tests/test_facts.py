"""Facts of an organization: stated by it, confirmed by a reviewer, read by rules; size classes by rule."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.facts import Attributes, Known
from graph.network import Organization as OrganizationFacts
from graph.network import from_payload, to_payload
from supplychain.conformity.derive import rebuild
from supplychain.facts.rules import PACK_RULE, verified
from supplychain.facts.sizing import rules, size
from supplychain.frameworks import registry
from supplychain.frameworks.catalogue import catalogue, derived, industries, schemes, sectors_of
from supplychain.frameworks.framework import Framework, Indicator
from tests.papers import pdf
from tests.racing import at_once
from tests.reviewing import assign, faults, own, sell, send
from tests.supplying import ask
from tests.test_attributes import CONDITIONAL, confirm, left_out, unmet
from tests.world import Answer, Member, World

NOTE = "Site visit of March"
TODAY = date(2026, 11, 22)


@pytest.fixture
def reviewer(world: World) -> Member:
    return world.join("Bureau", "reviewer")


@pytest.fixture
def supplier(world: World, reviewer: Member) -> Member:
    brand, supplier = world.join("Trading house", "brand"), world.join("Works", "supplier")
    sell(world, supplier, brand)
    ask(world, brand.number, 1001, {"eco_efficiency": 4, "ohs": 4})
    assign(world, supplier, reviewer)
    return supplier


def say(member: Member, fact: str, value: Any, **more: Any) -> dict[str, Any]:
    answer = member.post("/v1/me/facts", {"fact": fact, "value": value, **more})
    assert answer.status_code == 201, answer.json
    stated: dict[str, Any] = answer.json
    return stated


def check(reviewer: Member, fact: dict[str, Any], value: Any = None, status: int = 200) -> Answer:
    sent = {"value": fact["value"] if value is None else value, "note": NOTE}
    answer = reviewer.post(f"/v1/facts/{fact['id']}/confirm", sent)
    assert answer.status_code == status, answer.json
    return answer


def papers(member: Member) -> str:
    """Evidence with a file that may bear a fact."""
    body = {"kind": "answer", "framework": "eseec-electronics", "values": [{"indicator": "C19", "value": "policy"}]}
    answer = send(member, body, ("licence.pdf", pdf()))
    assert answer.status_code == 201, answer.json
    public: str = answer.json["id"]
    return public


def frameworks(world: World) -> list[Framework]:
    found: list[Framework] = world.do(lambda work: list(registry(work)))
    return found


def test_every_fact_that_a_rule_of_a_pack_reads_is_in_the_catalogue_with_its_words(world: World) -> None:
    read = {fact for one in frameworks(world) for indicator in one.indicators for fact in facts_of(indicator)}
    assert read
    assert read <= {*catalogue(), *derived()}
    assert tuple(derived()["size"].codes) == rules()[PACK_RULE].classes


def facts_of(indicator: Indicator) -> tuple[str, ...]:
    return indicator.applies.facts if indicator.applies else ()


def test_every_code_has_a_known_scheme_and_means_sectors_of_the_packs(world: World) -> None:
    sectors = {sector.id for one in frameworks(world) for sector in one.sectors}
    assert {code.partition(":")[0] for code in industries()} == set(schemes())
    assert set().union(*(one.sectors or () for one in industries().values())) <= sectors
    assert sectors_of(["GBT4754-2017:3982", "NACE-2.1:27.20"]) == frozenset({"PCB", "SMT", "BAT"})
    assert sectors_of(["GBT4754-2017:3982", "ISIC-4:2630"]) is None, "the second says nothing of sectors"


def test_only_a_verified_fact_leaves_an_indicator_out(world: World, supplier: Member, reviewer: Member) -> None:
    fact = say(supplier, "dormitory_or_canteen", False)
    assert (fact["standing"], left_out(supplier)) == ("declared", set())
    again = say(supplier, "dormitory_or_canteen", False, document=papers(supplier))
    assert (again["id"], again["standing"], left_out(supplier)) == (fact["id"], "documented", set())
    assert [one["id"] for one in reviewer.get("/v1/facts?standing=documented").json["items"]] == [fact["id"]]
    told = check(reviewer, fact).json
    assert (told["standing"], told["verified_on"]) == ("verified", TODAY.isoformat())
    assert left_out(supplier) == {"O24"}
    stored = unmet(world, supplier.number)
    assert {name for name, levels in stored.items() if levels[0][1] == "not_applicable"} == {"O24"}
    rebuild(world.runtime)
    assert unmet(world, supplier.number) == stored


def test_another_value_ends_the_fact_and_its_verification_and_the_history_is_kept(
    supplier: Member, reviewer: Member
) -> None:
    first = say(supplier, "dormitory_or_canteen", False)
    check(reviewer, first)
    say(supplier, "dormitory_or_canteen", True)
    assert left_out(supplier) == set()
    back = say(supplier, "dormitory_or_canteen", False)
    assert (back["standing"], left_out(supplier)) == ("declared", set())
    items = supplier.get("/v1/me/facts?history=with").json["items"]
    assert [(one["value"], one["standing"], one["ended_at"] is None) for one in items] == [
        (False, "verified", False),
        (True, "declared", False),
        (False, "declared", True),
    ]
    assert [one["id"] for one in supplier.get("/v1/me/facts").json["items"]] == [back["id"]]
    assert check(reviewer, first, status=409).json["code"] == "fact-ended"


def test_a_reviewer_takes_a_confirmation_back(supplier: Member, reviewer: Member) -> None:
    fact = say(supplier, "dormitory_or_canteen", False)
    path, sent = f"/v1/facts/{fact['id']}/withdraw", {"note": "Another plant's"}
    assert reviewer.post(path, sent).json["code"] == "fact-unverified"
    check(reviewer, fact)
    assert reviewer.post(path, sent).json["standing"] == "declared"
    assert left_out(supplier) == set()


def test_a_document_that_bears_another_value_confirms_nothing(supplier: Member, reviewer: Member) -> None:
    fact = say(supplier, "board_types", ["multilayer", "hdi"])
    assert fact["value"] == ["hdi", "multilayer"]
    assert faults(check(reviewer, fact, ["hdi"], 422)) == [("/value", "fact-differs")]
    assert faults(check(reviewer, fact, 7, 422)) == [("/value", "fact-differs")]
    assert check(reviewer, fact, ["multilayer", "hdi"]).json["standing"] == "verified"


def test_only_an_assigned_and_independent_reviewer_sees_and_confirms(
    world: World, supplier: Member, reviewer: Member
) -> None:
    fact = say(supplier, "dormitory_or_canteen", False)
    other = world.join("Other", "reviewer")
    check(other, fact, status=404)
    assert other.get("/v1/facts").json["items"] == []
    check(supplier, fact, status=403)
    sell(world, supplier, reviewer)
    check(reviewer, fact, status=404)
    assert reviewer.get("/v1/facts").json["items"] == []


def test_a_company_states_facts_of_its_plant_and_they_are_the_plant_s_alone(
    world: World, supplier: Member, reviewer: Member
) -> None:
    plant = world.join("Mill works", "supplier", kind="plant")
    own(world, supplier, plant)
    check(reviewer, say(supplier, "industry", ["GBT4754-2017:3841"]))
    assert "E15" not in left_out(supplier), "a site indicator asks what the site is"
    check(reviewer, say(supplier, "industry", ["GBT4754-2017:3841"], organization=plant.id))
    assert "E15" in left_out(supplier)
    assert [one["organization"] for one in supplier.get(f"/v1/me/facts?organization={plant.id}").json["items"]] == [
        plant.id
    ]
    stranger = world.join("Stranger", "supplier")
    refused = stranger.post("/v1/me/facts", {"fact": "soil_key_unit", "value": True, "organization": plant.id})
    assert refused.status_code == 404


def test_an_old_proof_of_a_sector_and_verified_codes_are_heard_together(
    world: World, supplier: Member, reviewer: Member
) -> None:
    assert confirm(reviewer, supplier.id, sector="MET").status_code == 422, "the entry does not state it"
    check(reviewer, say(supplier, "industry", ["GBT4754-2017:3393"]))
    assert left_out(supplier) >= CONDITIONAL
    check(reviewer, say(supplier, "industry", ["GBT4754-2017:3393", "GBT4754-2017:3982"]))
    assert not CONDITIONAL & left_out(supplier)
    told = verified(Attributes(sector="PCB"), [Known("industry", ("GBT4754-2017:3393",))], TODAY)
    assert told.values["sector"] == {"PCB", "MET"}


@pytest.mark.parametrize(
    ("sent", "at", "code"),
    [
        ({"fact": "colour", "value": True}, "/fact", "unknown-fact"),
        ({"fact": "soil_key_unit", "value": 1}, "/value", "not-true-or-false"),
        ({"fact": "soil_key_unit", "value": True, "year": 2025}, "/year", "fact-without-year"),
        ({"fact": "staff", "value": 10}, "/year", "fact-year-needed"),
        ({"fact": "staff", "value": -1, "year": 2025}, "/value", "fact-not-a-number"),
        ({"fact": "staff", "value": True, "year": 2025}, "/value", "fact-not-a-number"),
        ({"fact": "staff", "value": 10, "year": 2027}, "/year", "fact-year-ahead"),
        ({"fact": "staff", "value": 10, "year": 2025, "valid_to": "2026-01-01"}, "/valid_to", "fact-year-alone"),
        ({"fact": "industry", "value": ["GBT4754-2017:9999"]}, "/value", "fact-unknown-code"),
        ({"fact": "processes", "value": True}, "/value", "fact-not-codes"),
        (
            {"fact": "soil_key_unit", "value": True, "valid_from": "2026-02-01", "valid_to": "2026-01-01"},
            "/valid_to",
            "ends-before-it-begins",
        ),
        ({"fact": "soil_key_unit", "value": True, "document": "evd_none"}, "/document", "unknown-evidence"),
    ],
)
def test_what_cannot_be_a_fact_is_refused_where_it_is_wrong(
    supplier: Member, sent: dict[str, Any], at: str, code: str
) -> None:
    assert faults(supplier.post("/v1/me/facts", sent)) == [(at, code)]


def test_whoever_s_claim_nobody_verified_states_nothing(world: World) -> None:
    claimant = world.join("Somebody", "supplier", claim="unverified")
    assert claimant.post("/v1/me/facts", {"fact": "soil_key_unit", "value": True}).status_code == 403


def test_a_dated_fact_ends_with_its_day(world: World, supplier: Member, reviewer: Member) -> None:
    check(reviewer, say(supplier, "dormitory_or_canteen", False, valid_to=(TODAY + timedelta(1)).isoformat()))
    assert left_out(supplier) == {"O24"}
    world.clock.advance(2)
    assert left_out(supplier) == set()


def _post(sent: dict[str, Any], member: Member) -> Answer:
    return member.post("/v1/me/facts", sent)


def test_two_statements_at_once_leave_one_that_stands(world: World, supplier: Member) -> None:
    said = [{"fact": "staff", "value": value, "year": 2025} for value in (10, 20)]
    answers = at_once(world, supplier, [partial(_post, one) for one in said])
    assert [one.status_code for one in answers] == [201, 201]
    assert len(supplier.get("/v1/me/facts").json["items"]) == 1


def test_the_log_carries_verified_facts_and_rows_from_before_carry_none() -> None:
    fact = OrganizationFacts(7, known=(Known("staff", ("12",), 2025), Known("soil_key_unit", ("false",))))
    kind, payload = to_payload(fact)
    assert from_payload(kind, payload) == fact
    del payload["known"]
    assert from_payload(kind, payload) == OrganizationFacts(7)


# Size classes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "figures", "expected"),
    [
        ("cn-2011", {"staff": 1000, "revenue_cny": 400_000_000}, "large"),
        ("cn-2011", {"staff": 999, "revenue_cny": 400_000_000}, "medium"),
        ("cn-2011", {"staff": 300, "revenue_cny": 20_000_000}, "medium"),
        ("cn-2011", {"staff": 300, "revenue_cny": 19_999_999}, "small"),
        ("cn-2011", {"staff": 19, "revenue_cny": 900_000_000}, "micro"),
        ("cn-2011", {"staff": 5000, "revenue_cny": 2_999_999}, "micro"),
        ("cn-2003", {"staff": 2000, "revenue_cny": 300_000_000, "assets_cny": 400_000_000}, "large"),
        ("cn-2003", {"staff": 2000, "revenue_cny": 300_000_000, "assets_cny": 399_999_999}, "medium"),
        ("cn-2003", {"staff": 299, "revenue_cny": 300_000_000, "assets_cny": 400_000_000}, "small"),
        ("eu-2003-361", {"staff": 249, "revenue_eur": 50_000_000, "assets_eur": 90_000_000}, "medium"),
        ("eu-2003-361", {"staff": 249, "revenue_eur": 50_000_001, "assets_eur": 43_000_000}, "medium"),
        ("eu-2003-361", {"staff": 249, "revenue_eur": 50_000_001, "assets_eur": 43_000_001}, "large"),
        ("eu-2003-361", {"staff": 250, "revenue_eur": 1, "assets_eur": 1}, "large"),
        ("eu-2003-361", {"staff": 9, "revenue_eur": 2_000_000, "assets_eur": 5_000_000}, "micro"),
        ("eu-cap", {"staff": 10}, "up_to_10"),
        ("eu-cap", {"staff": 1000}, "up_to_1000"),
        ("eu-cap", {"staff": 1001}, "above_1000"),
    ],
)
def test_a_class_follows_from_the_figures_of_one_year(rule: str, figures: dict[str, int], expected: str) -> None:
    found = size(rules()[rule], {name: {2025: value} for name, value in figures.items()}, TODAY)
    assert (found.decided, found.missing, found.year) == (expected, (), 2025)


FIGURES = ("staff", "revenue_cny", "assets_cny", "revenue_eur", "assets_eur")
VALUES = st.sampled_from([0, 9, 10, 11, 249, 250, 299, 300, 1000, 1001, 2_000_000, 43_000_001, 300_000_000, 10**12])


@given(st.fixed_dictionaries(dict.fromkeys(FIGURES, VALUES)), st.sets(st.sampled_from(FIGURES)))
def test_a_figure_that_is_missing_never_rules_the_true_class_out(values: dict[str, int], unknown: set[str]) -> None:
    whole = {name: {2025: value} for name, value in values.items()}
    known = {name: years for name, years in whole.items() if name not in unknown}
    for rule in rules().values():
        part = size(rule, known, TODAY)
        assert size(rule, whole, TODAY).decided in part.possible
        assert set(part.missing) <= unknown
        assert (part.decided is None) == bool(part.missing)


def test_figures_of_two_years_are_never_mixed_and_old_ones_stop_counting() -> None:
    rule = rules()["cn-2011"]
    found = size(rule, {"staff": {2024: 1200, 2025: 15}, "revenue_cny": {2024: 500_000_000}}, TODAY)
    assert (found.year, found.possible) == (2025, ("micro",))
    assert size(rule, {"staff": {2023: 15}}, TODAY).year is None
    assert size(rule, {"staff": {2024: 15}}, date(2026, 12, 31)).year == 2024
    told = verified(Attributes(), [Known("staff", ("15",), 2024)], TODAY)
    assert (told.values["size"], told.good_through) == (frozenset({"micro"}), date(2026, 12, 31))


def test_a_supplier_reads_its_class_by_each_rule_and_what_is_missing(supplier: Member) -> None:
    say(supplier, "staff", 420, year=2025)
    by_rule = {one["rule"]: one for one in supplier.get("/v1/me/size-classes").json["items"]}
    one = by_rule["cn-2011"]
    assert (one["size_class"], one["possible"], one["missing"]) == (None, ["micro", "small", "medium"], ["revenue_cny"])
    assert (one["used"], one["standing"], one["tag"]) == ([{"fact": "staff", "value": 420}], "declared", "V")
    say(supplier, "revenue_cny", 25_000_000, year=2025)
    by_rule = {one["rule"]: one for one in supplier.get("/v1/me/size-classes").json["items"]}
    assert by_rule["cn-2011"]["size_class"] == "medium"
    assert by_rule["eu-cap"]["size_class"] == "up_to_1000"


def test_of_an_earlier_day_its_class_is_by_the_figures_that_count_then(supplier: Member) -> None:
    say(supplier, "staff", 420, year=2024)
    say(supplier, "staff", 15, year=2025)

    def used(day: str) -> tuple[int | None, list[dict[str, Any]]]:
        items = supplier.get(f"/v1/me/size-classes?on={day}").json["items"]
        return next((one["year"], one["used"]) for one in items if one["rule"] == "cn-2011")

    assert used("2026-11-22") == (2025, [{"fact": "staff", "value": 15}])
    assert used("2024-06-30") == (2024, [{"fact": "staff", "value": 420}])
    assert used("2030-01-01") == (None, [])
    assert supplier.get("/v1/me/size-classes?on=1800-01-01").status_code == 422


def test_the_catalogue_says_what_reads_a_fact(supplier: Member) -> None:
    by_id = {one["id"]: one for one in supplier.get("/v1/fact-catalogue?limit=100").json["items"]}
    assert "eseec-electronics@2/O24" in by_id["dormitory_or_canteen"]["read_by"]
    assert {"eseec-electronics@2/C27a", "cn-2011", "eu-cap"} <= set(by_id["staff"]["read_by"])
    assert by_id["processes"]["codes"][0] == {
        "id": "zinc_plating",
        "names": {"en": "Zinc", "zh": "镀锌"},
        "sectors": None,
    }
