"""What flags and statuses say: gap, due, what is unmet, how pressing, on which evidence; and to whom."""

from datetime import date, timedelta
from typing import Any

from supplychain.frameworks.terms import Scope
from tests.factories import ELECTRONICS, MILLS, building
from tests.supplying import ask, find_fault, prove, supply
from tests.world import START, Member, World


def training(member: Member, view: str) -> dict[str, Any]:
    (item,) = member.get(f"/v1/flags?kind=training&view={view}").json["items"]
    found: dict[str, Any] = item
    return found


def test_the_training_flag_says_gap_due_unmet_and_priority_once_a_pillar(world: World) -> None:
    brand, other, supplier = world.join("Brand", "brand"), world.join("Other", "brand"), world.join("Mill", "supplier")
    for issuer, number, level, grace in ((brand, 1, 4, 6), (other, 10, 3, 1)):
        supply(world, issuer.number, supplier.number)
        ask(world, issuer.number, number, {"ohs": level}, grace=grace)
    prove(world, supplier.number, 2)
    said = training(supplier, "supplier")
    (pillar,) = said["pillars"]
    assert {name: pillar[name] for name in ("framework", "pillar", "gap", "due", "priority")} == {
        "framework": ELECTRONICS,
        "pillar": "ohs",
        "gap": 2,
        "due": "2026-12-22",
        "priority": "high",
    }
    assert "O07" in {one["indicator"] for one in pillar["unmet"]}
    assert (said["due"], said["priority"]) == ("2026-12-22", "high")


def test_a_brand_is_told_its_own_gap_unmet_indicators_modules_and_priority(world: World) -> None:
    brand, other, supplier = world.join("Brand", "brand"), world.join("Other", "brand"), world.join("Mill", "supplier")
    for issuer, number, level, grace in ((brand, 1, 3, 6), (other, 10, 4, 1)):
        supply(world, issuer.number, supplier.number)
        ask(world, issuer.number, number, {"ohs": level}, grace=grace)
    prove(world, supplier.number, 2)
    said = training(brand, "brand")
    (pillar,) = said["pillars"]
    assert (pillar["gap"], pillar["due"], pillar["priority"]) == (1, "2027-05-22", "medium")
    assert {one["level"] for one in pillar["unmet"]} == {3}
    assert [one["id"] for one in said["modules"]] == ["ohs"]
    assert "opened_on" not in said


def test_of_a_pseudonym_the_flag_says_no_day_no_priority_and_no_indicator(world: World) -> None:
    with building(world) as build:
        build.chain("brand > mill")
        build.link("mill", "spinner", disclosure="pseudonym")
        build.require("brand", [1, 1], framework=ELECTRONICS)
        brand = build.member("brand", "brand")
    items = brand.get("/v1/flags?view=brand").json["items"]
    (veiled,) = [one for one in items if one["supplier"].startswith("psn_")]
    assert veiled["due"] is None
    assert "priority" not in veiled
    assert [set(one) for one in veiled["pillars"]] == [{"framework", "pillar", "gap"}] * 3


def test_a_flag_shut_by_a_finding_names_the_indicator_and_no_internal_number(world: World) -> None:
    supplier, reviewer = world.join("Mill", "supplier", listed=True), world.join("Bureau", "reviewer")
    prove(world, supplier.number, 3)
    find_fault(world, supplier.number, reviewer.number)
    (item,) = supplier.get("/v1/flags?kind=matchmaking").json["items"]
    (reason,) = [one for one in item["closing_reasons"] if one["code"] == "critical_finding"]
    assert reason["params"] == {"indicator": "O07"}


def test_a_critical_finding_at_a_plant_shuts_the_flag_of_its_company(world: World) -> None:
    with building(world) as build:
        build.organization("company", listed=True)
        build.organization("plant", kind="plant")
        build.own("company", "plant")
        company = build.member("company", "supplier")
        of_the_company = [one for one in build.framework(ELECTRONICS).indicators if one.scope is Scope.ORGANIZATION]
        build.prove("company", 3, ELECTRONICS, trust="audited")
        build.prove("plant", 3, ELECTRONICS, trust="audited")
    assert company.get("/v1/me/status").json["flags"] == ["matchmaking"]
    with building(world) as build:
        build.find_fault("plant", "bureau", of_the_company[0].id, ELECTRONICS, severity="critical")
    assert company.get("/v1/me/status").json["flags"] == []


def test_what_lapsed_unnoticed_is_unmet_in_the_brands_view_too(world: World) -> None:
    brand, supplier = world.join("Brand", "brand"), world.join("Mill", "supplier")
    supply(world, brand.number, supplier.number)
    ask(world, brand.number, 1, {"ohs": 1})
    prove(world, supplier.number, 1, until=START + timedelta(days=30))
    path = f"/v1/suppliers/{supplier.id}/status"
    assert brand.get(path).json["obligations"][0]["status"] == "met"
    world.clock.advance(31)  # a day that no write has recorded yet
    (owed,) = brand.get(path).json["obligations"]
    assert owed["gap"] == 1
    assert owed["unmet"]


def test_a_supplier_is_told_which_evidence_and_which_finding_decided(world: World) -> None:
    with building(world) as build:
        build.prove("mill")
        mill = build.member("mill", "supplier")
    level = indicator(mill, "RSPO01")["levels"][0]
    assert (level["result"], level["evidence"], level["finding"]) == ("met", "evd_mill_rspo01_1", None)
    with building(world) as build:
        build.find_fault("mill", "bureau", "RSPO01")
    found = indicator(mill, "RSPO01")
    assert (found["levels"][0]["finding"], found["levels"][0]["evidence"]) == ("fnd_mill_rspo01", None)
    assert [one["evidence"] for one in found["sources"]] == ["evd_mill_rspo01_1"]


def indicator(member: Member, name: str) -> dict[str, Any]:
    (framework,) = [one for one in member.get("/v1/me/status").json["frameworks"] if one["framework"] == MILLS]
    found: dict[str, Any] = next(one for one in framework["indicators"] if one["indicator"] == name)
    return found


def test_evidence_of_the_group_counts_for_the_plant_of_its_subsidiary_that_it_lists(world: World) -> None:
    with building(world) as build:
        build.organization("plant", kind="plant")
        build.own("group", "company")
        build.own("company", "plant")
        build.require("brand")
        build.chain("brand > plant")
        build.prove("group", sites=[build.number("plant")])
        build.work.touch(build.number("plant"))
        members = [build.member(name, "supplier") for name in ("group", "company", "plant")]
    for member in members:
        assert indicator(member, "RSPO01")["levels"][0]["result"] == "met", member.id
    assert indicator(members[2], "RSPO01")["levels"][0]["evidence"] is None  # the group's, not the plant's to open


def test_an_owner_reads_what_its_plant_owes_and_not_what_a_company_of_its_group_does(world: World) -> None:
    with building(world) as build:
        build.organization("plant", kind="plant")
        build.own("group", "plant")
        build.own("group", "company")
        build.chain("brand > company")
        build.chain("brand > plant")
        build.require("brand")
        group = build.member("group", "supplier")
    assert len(group.get("/v1/me/obligations?organization=org_plant").json["items"]) == 1
    assert group.get("/v1/me/obligations?organization=org_company").status_code == 404
    assert group.get("/v1/me/status?organization=org_company").status_code == 404


def test_an_undated_answer_speaks_of_the_calendar_day_on_which_it_was_received(world: World) -> None:
    world.runtime.settings = world.runtime.settings.__class__(
        **{**_fields(world.runtime.settings), "time_zone": "Asia/Shanghai"}
    )
    with building(world) as build:
        mill = build.member("mill", "supplier")
        build.evidence(
            "mill",
            "late",
            framework="first-steps",
            kind="answer",
            trust="self_declared",
            values=[{"indicator": "FS01", "value": True}],
            observed_to=None,
            valid_until=None,
            received_at=world.clock.now.replace(hour=0) - timedelta(hours=2),
        )
    (framework,) = [one for one in mill.get("/v1/me/status").json["frameworks"] if one["framework"] == "first-steps@1"]
    (source,) = framework["indicators"][0]["sources"]
    assert source["seen_on"] == date(2026, 11, 22).isoformat()  # 22:00 UTC of the day before


def _fields(settings: Any) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in settings.__dataclass_fields__}
