"""Lists of organizations: who is entered, matched, corrected, and what the sender writes down."""

from typing import Any

import pytest
from sqlalchemy import select

from supplychain.network import engine, facts
from supplychain.network.models import Identifier, Organization, OwnershipRow, SupplierRecord, SupplyLink
from tests.lists import LEI, USCC, codes, footprint, images, rows_of, send, statuses, suppliers
from tests.world import Member, World


@pytest.fixture
def brand(world: World) -> Member:
    return world.join("Brand", "brand")


def test_an_organization_is_entered_and_written_down(world: World, brand: Member) -> None:
    report = send(
        brand,
        "organizations",
        "code,name,name_zh,kind,country,region,sector,size,spend,lei\n"
        f"V1,Kaifeng Circuits,凯峰电路,plant,CN,Guangdong,PCB,sme,1250000.5,{LEI}\n",
    )
    assert report["counts"] == {
        "rows": 1,
        "created": 1,
        "updated": 0,
        "matched": 0,
        "duplicate": 0,
        "error": 0,
        "ended": 0,
    }
    (result,) = report["results"]
    organization = rows_of(world, Organization)[-1]
    assert result == {
        "row": 1, "status": "created", "id": organization.id, "record": "created", "of": None, "state": None,
        "errors": [],
    }  # fmt: skip
    assert (organization.name, organization.name_zh, organization.kind) == ("Kaifeng Circuits", "凯峰电路", "plant")
    assert (organization.country, organization.region, organization.sector, organization.size) == (
        "CN", "Guangdong", "PCB", "sme",
    )  # fmt: skip
    assert (organization.claim, organization.source) == ("unclaimed", brand.number)
    (record,) = rows_of(world, SupplierRecord)
    assert (record.owner, record.organization, record.code) == (brand.number, organization.number, "V1")
    assert (record.name, record.spend) == ("Kaifeng Circuits", 1250000.5)
    assert [(one.scheme, one.value) for one in rows_of(world, Identifier)] == [("lei", LEI)]


def test_the_same_list_again_changes_nothing(world: World, brand: Member) -> None:
    text = f"code,name,country,lei,parent_code\nG,Group,CN,,\nP,Plant,CN,{LEI},G\n,Nameless,DE,,\n"
    first = send(brand, "organizations", text)
    assert statuses(first) == ["created"] * 3
    before, written = footprint(world), images(world)
    again = send(brand, "organizations", text)
    assert statuses(again) == ["matched"] * 3
    assert [result["id"] for result in again["results"]] == [result["id"] for result in first["results"]]
    assert (footprint(world), images(world)) == (before, written)


def test_a_corrected_list_updates_what_it_corrects(world: World, brand: Member) -> None:
    send(brand, "organizations", "code,name,country,spend\nA,Alpha,CN,1\nB,Beta,CN,2\n")
    report = send(brand, "organizations", "code,name,country,spend\nA,Alpha,DE,1\nB,Beta,,\n")
    assert statuses(report) == ["updated", "matched"]
    (alpha, beta) = rows_of(world, SupplierRecord)
    assert (alpha.country, beta.country, beta.spend) == ("DE", "CN", 2)
    assert [row.country for row in rows_of(world, Organization)[-2:]] == ["DE", "CN"]


def test_a_match_by_identifier_is_automatic_and_keeps_the_first_sources_word(world: World, brand: Member) -> None:
    other = world.join("Other", "brand")
    first = send(other, "organizations", f"code,name,country,lei\nX,Kaifeng,CN,{LEI}\n")
    report = send(brand, "organizations", f"code,name,country,lei\nV1,KAIFENG LTD,HK,{LEI.lower()}\n")
    (result,) = report["results"]
    assert (result["status"], result["record"]) == ("matched", "created")
    assert result["id"] == first["results"][0]["id"]
    assert (rows_of(world, Organization)[-1].name, rows_of(world, Organization)[-1].country) == ("Kaifeng", "CN")
    mine = [row for row in rows_of(world, SupplierRecord) if row.owner == brand.number]
    assert [(row.name, row.country) for row in mine] == [("KAIFENG LTD", "HK")]


def test_an_own_code_matches_nobody_elses_record(world: World, brand: Member) -> None:
    other = world.join("Other", "brand")
    theirs = send(other, "organizations", suppliers("V1"))
    mine = send(brand, "organizations", suppliers("V1"))
    assert statuses(mine) == ["created"]
    assert mine["results"][0]["id"] != theirs["results"][0]["id"]


def test_a_name_alone_matches_only_within_the_senders_own_records(world: World, brand: Member) -> None:
    other = world.join("Other", "brand")
    theirs = send(other, "organizations", "name\nKaifeng\n")
    mine = send(brand, "organizations", "code,name\nV1,Kaifeng\n")
    assert mine["results"][0]["id"] != theirs["results"][0]["id"]
    again = send(brand, "organizations", "name\n  ＫＡＩＦＥＮＧ \n")
    assert again["results"][0]["id"] == mine["results"][0]["id"]


def test_a_name_that_two_records_have_matches_neither(brand: Member) -> None:
    two = send(brand, "organizations", "code,name\nV1,Kaifeng\nV2,Kaifeng\n")
    third = send(brand, "organizations", "name\nKaifeng\n")
    assert statuses(third) == ["created"]
    assert third["results"][0]["id"] not in {result["id"] for result in two["results"]}
    again = send(brand, "organizations", "name\nKaifeng\n")
    assert (statuses(again), again["results"][0]["id"]) == (["matched"], third["results"][0]["id"])


def test_a_verified_organization_keeps_its_own_attributes(world: World, brand: Member) -> None:
    own = world.join("Own", "supplier", country="CN")
    world.do(
        lambda work: work.session.add(Identifier(organization=own.number, scheme="lei", value=LEI, verified_at=None))
    )
    send(brand, "organizations", f"code,name,country,lei\nV1,Other name,DE,{LEI}\n")
    row = next(one for one in rows_of(world, Organization) if one.number == own.number)
    assert (row.name, row.country) == ("Own", "CN")


def test_two_numbers_of_one_organization_are_two_records_of_it(world: World, brand: Member) -> None:
    text = f"code,name,country,lei\nV1,Kaifeng,CN,{LEI}\nV2,Kaifeng South,HK,{LEI}\n"
    report = send(brand, "organizations", text)
    assert [(result["status"], result["record"]) for result in report["results"]] == [
        ("created", "created"),
        ("matched", "created"),
    ]
    assert report["results"][0]["id"] == report["results"][1]["id"]
    assert rows_of(world, Organization)[-1].country == "CN"
    assert statuses(send(brand, "organizations", text)) == ["matched", "matched"]
    (organization,) = {row.organization for row in rows_of(world, SupplierRecord)}
    record = world.do(lambda work: engine.network(work).record(brand.number, organization))
    assert record == facts.of_record(rows_of(world, SupplierRecord)[-1])


def test_a_row_that_repeats_another_is_a_duplicate_and_one_that_contradicts_it_refused(brand: Member) -> None:
    text = f"code,name,lei\nV1,Kaifeng,{LEI}\nV1,Kaifeng,{LEI}\nV1,Kaifeng South,\n,Kaifeng North,{LEI}\n"
    report = send(brand, "organizations", text)
    assert statuses(report) == ["created", "duplicate", "error", "error"]
    assert codes(report) == [(3, "code", "repeated-in-file"), (4, None, "repeated-in-file")]
    assert statuses(send(brand, "organizations", text)) == ["matched", "duplicate", "error", "error"]


def test_identifiers_and_codes_that_mean_different_organizations_are_refused(brand: Member) -> None:
    send(brand, "organizations", f"code,name,lei,uscc\nV1,One,{LEI},\nV2,Two,,{USCC}\n")
    report = send(brand, "organizations", f"code,name,lei,uscc\nV3,Both,{LEI},{USCC}\nV1,Wrong,,{USCC}\n")
    assert codes(report) == [(1, "uscc", "identifiers-disagree"), (2, "code", "code-of-another")]


def test_parents_are_claimed_whatever_the_order_of_the_rows(world: World, brand: Member) -> None:
    text = "code,name,kind,parent_code\nP,Plant,plant,C\nC,Company,,G\nG,Group,,\nQ,Second plant,plant,C\n"
    report = send(brand, "organizations", text)
    assert statuses(report) == ["created"] * 4
    names = {row.number: row.name for row in rows_of(world, Organization)}
    owned = {(names[row.child], names[row.parent]) for row in rows_of(world, OwnershipRow)}
    assert owned == {("Plant", "Company"), ("Company", "Group"), ("Second plant", "Company")}
    assert not any(row.confirmed for row in rows_of(world, OwnershipRow))
    later = send(brand, "organizations", "code,name,parent_code\nR,Third plant,C\nP,Plant,G\n")
    assert statuses(later) == ["created", "updated"]
    assert statuses(send(brand, "organizations", text)) == ["matched"] * 4


def test_a_child_without_an_accepted_parent_is_refused_and_so_is_what_stands_below_it(brand: Member) -> None:
    text = (
        "code,name,country,parent_code\n"
        "A,Alpha,CN,NOBODY\nB,Beta,CN,A\nC,Gamma,XX,\nD,Delta,CN,C\nE,Epsilon,CN,F\nF,Phi,CN,E\nH,Own,CN,H\nI,Good,CN,\n"
    )
    report = send(brand, "organizations", text)
    assert statuses(report) == ["error"] * 7 + ["created"]
    assert codes(report) == [
        (1, "parent_code", "unknown-parent"),
        (2, "parent_code", "parent-not-accepted"),
        (3, "country", "unknown-country"),
        (4, "parent_code", "unknown-parent"),
        (5, "parent_code", "parent-not-accepted"),
        (6, "parent_code", "parent-not-accepted"),
        (7, "parent_code", "own-parent"),
    ]


def test_the_engine_folds_what_an_import_wrote(world: World, brand: Member) -> None:
    send(
        brand, "organizations", f"code,name,country,sector,lei,parent_code\nG,Group,CN,PCB,,\nP,Plant,CN,PCB,{LEI},G\n"
    )
    send(brand, "organizations", "code,name,country\nP,Plant renamed,DE\n")
    send(brand, "links", "supplier,category,share,valid_from\nP,8504,0.5,2026-01-01\nG,,,\n")

    def folded(work: Any) -> list[Any]:
        network = engine.network(work)
        return [
            *(network.organization(row.number) for row in work.session.scalars(select(Organization))),
            *(network.link(row.number) for row in work.session.scalars(select(SupplyLink))),
            *(network.record(row.owner, row.organization) for row in work.session.scalars(select(SupplierRecord))),
        ]

    stored = [
        *map(facts.of_organization, rows_of(world, Organization)),
        *map(facts.of_link, rows_of(world, SupplyLink)),
        *map(facts.of_record, rows_of(world, SupplierRecord)),
    ]
    assert world.do(folded) == stored


def test_an_unverified_owner_enters_nothing(world: World) -> None:
    fresh = world.join("Fresh", "supplier", claim="unverified")
    response = fresh.post("/v1/imports?kind=organizations", {"rows": [{"name": "X"}]})
    assert (response.status_code, response.json["code"]) == (403, "claim-unverified")


def test_a_row_that_repeats_a_refused_one_is_refused_with_it(brand: Member) -> None:
    report = send(brand, "organizations", "code,name,parent_code\nA,Alpha,NOBODY\nA,Alpha,NOBODY\n")
    assert codes(report) == [(row, "parent_code", "unknown-parent") for row in (1, 2)]


def test_an_address_is_written_down_as_the_sender_has_it(world: World, brand: Member) -> None:
    send(brand, "organizations", 'code,name,address\nV1,One,"1 Road\nShenzhen"\nV2,Two,\n')
    one, two = rows_of(world, SupplierRecord)
    assert (one.address, two.address, two.raw) == ("1 Road Shenzhen", None, None)
    path = f"/v1/records/{one.id}"
    assert (brand.get(path).json["address"], brand.get(path).json["raw"]) == (
        "1 Road Shenzhen",
        {"address": "1 Road\nShenzhen"},
    )
    tag = brand.get(path).headers["ETag"]
    assert brand.patch(path, {"address": "2 Road"}, tag).json["address"] == "2 Road"


def test_figures_of_a_list_stay_the_senders_record_and_are_nobodys_facts(world: World, brand: Member) -> None:
    supplier, other = world.join("Kaifeng", "supplier"), world.join("Other", "brand")
    before = supplier.get("/v1/me/size-classes").json
    lists = "code,name,employees,revenue (rmb),total assets (cny),fiscal year,NACE code,uscc\n"
    row = f'V-1,Kaifeng,"1,250",3.5e7,4e7,2025,26.11,{USCC}\n'
    send(brand, "organizations", lists + row)
    [record] = brand.get("/v1/records").json["items"]
    figures = {name: record[name] for name in ("staff", "revenue_cny", "assets_cny", "figures_year", "industry_code")}
    assert figures == {
        "staff": 1250.0, "revenue_cny": 35_000_000.0, "assets_cny": 40_000_000.0, "figures_year": 2025,
        "industry_code": "26.11",
    }  # fmt: skip
    assert supplier.get("/v1/me/facts").json["items"] == []
    assert supplier.get("/v1/me/size-classes").json == before
    assert other.get("/v1/records").json["items"] == []
    again = send(brand, "organizations", lists + row)
    assert again["counts"]["matched"] == 1
    send(brand, "organizations", "code,name,employees\nV-1,Kaifeng,1300\n")
    [record] = brand.get("/v1/records").json["items"]
    assert (record["staff"], record["figures_year"]) == (1300.0, 2025), "what a list does not say stays"
