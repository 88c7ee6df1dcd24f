"""Lists of links: one result per row, days as if each had been claimed, wrong rows told and left out."""

from collections import Counter

import pytest

from supplychain.network.models import SupplyLink
from tests.lists import LEI, OTHER_LEI, USCC, codes, count, footprint, images, send, statuses, suppliers, told
from tests.world import Member, World


@pytest.fixture
def brand(world: World) -> Member:
    return world.join("Brand", "brand")


def test_a_supplier_is_found_by_own_code_by_id_and_by_identifier(world: World, brand: Member) -> None:
    mill = world.join("Mill", "supplier")
    send(brand, "organizations", f"code,name,lei,uscc\nV1,One,{LEI},\nV2,Two,,{USCC}\n")
    report = send(
        brand,
        "links",
        f"supplier\nV1\n{mill.id}\n{LEI.lower()}\nlei:{LEI}\nuscc:{USCC}\nV9\norg_{'0' * 26}\nlei:{OTHER_LEI}\n",
    )
    assert statuses(report) == ["created", "created", "duplicate", "duplicate", "created"] + ["error"] * 3
    assert codes(report) == [(row, "supplier", "unknown-organization") for row in (6, 7, 8)]
    assert [result["id"] for result in report["results"]][2:4] == [report["results"][0]["id"]] * 2


def test_a_link_row_says_all_that_a_claim_says(world: World, brand: Member) -> None:
    send(brand, "organizations", suppliers("V1"))
    report = send(
        brand,
        "links",
        "supplier,category,share,valid_from,valid_to,flow_down,disclosure,private\n"
        "V1,8504.40,0.25,2026-01-01,2026-12-31,No,Identity,no\n",
    )
    seen = brand.get(f"/v1/links/{report['results'][0]['id']}").json
    assert (seen["category"], seen["share"], seen["flow_down"], seen["own_disclosure"]) == (
        "850440",
        0.25,
        "no",
        "identity",
    )
    assert seen["periods"] == [{"valid_from": "2026-01-01", "valid_to": "2026-12-31", "state": "claimed"}]


def test_the_same_links_again_change_nothing(world: World, brand: Member) -> None:
    send(brand, "organizations", suppliers("V1", "V2"))
    text = "supplier,category,share,valid_from\nV1,8504,0.5,2026-01-01\nV2,,,\n"
    assert statuses(send(brand, "links", text)) == ["created", "created"]
    before, written = footprint(world), images(world)
    assert statuses(send(brand, "links", text)) == ["matched", "matched"]
    assert (footprint(world), images(world)) == (before, written)


def test_yearly_rows_are_one_link_and_the_latest_years_share_holds(world: World, brand: Member) -> None:
    send(brand, "organizations", suppliers("V1"))
    text = (
        "supplier,share,valid_from,valid_to\n"
        "V1,0.4,2020-01-01,2020-12-31\nV1,0.1,2017-01-01,2017-12-31\nV1,0.3,2019-01-01,2019-12-31\nV1,0.2,2018-01-01,2018-12-31\n"
    )
    report = send(brand, "links", text)
    assert statuses(report) == ["created", "updated", "updated", "updated"]
    (link,) = brand.get("/v1/links").json["items"]
    assert {result["id"] for result in report["results"]} == {link["id"]}
    assert link["periods"] == [{"valid_from": "2017-01-01", "valid_to": "2020-12-31", "state": "claimed"}]
    assert link["share"] == 0.4
    assert count(world, SupplyLink) == 1
    assert statuses(send(brand, "links", text)) == ["matched"] * 4


def test_years_with_gaps_stay_apart_and_a_later_list_may_join_them(world: World, brand: Member) -> None:
    send(brand, "organizations", suppliers("V1"))
    apart = send(brand, "links", "supplier,valid_from,valid_to\nV1,2017-01-01,2017-12-31\nV1,2019-01-01,2019-12-31\n")
    assert statuses(apart) == ["created", "created"]
    joined = send(brand, "links", "supplier,valid_from,valid_to\nV1,2018-01-01,2018-12-31\n")
    assert statuses(joined) == ["updated"]
    assert joined["results"][0]["id"] == apart["results"][0]["id"]
    (link,) = brand.get("/v1/links").json["items"]
    assert link["periods"] == [{"valid_from": "2017-01-01", "valid_to": "2019-12-31", "state": "claimed"}]
    assert brand.get(f"/v1/links/{apart['results'][1]['id']}").json["id"] == link["id"]


def test_a_list_revives_nothing_that_was_ended_or_disputed(world: World, brand: Member) -> None:
    mill, other = world.join("Mill", "supplier"), world.join("Other", "supplier")
    text = f"supplier\n{mill.id}\n{other.id}\n"
    ended, disputed = (result["id"] for result in send(brand, "links", text)["results"])
    assert mill.post(f"/v1/links/{ended}/end", {}).status_code == 200
    assert other.post(f"/v1/links/{disputed}/dispute", {"reason": "not_a_customer"}).status_code == 200
    assert statuses(send(brand, "links", text)) == ["matched", "matched"]
    assert [brand.get(f"/v1/links/{one}").json["state"] for one in (ended, disputed)] == ["ended", "disputed"]


def test_a_suppliers_list_of_customers_offers_and_confirms(world: World, brand: Member) -> None:
    mill, other = world.join("Mill", "supplier"), world.join("Other", "brand")
    send(brand, "links", f"supplier\n{mill.id}\n")
    report = send(mill, "links", f"buyer\n{brand.id}\n{other.id}\n")
    assert statuses(report) == ["updated", "created"]
    assert [link["state"] for link in mill.get("/v1/links").json["items"]] == ["confirmed", "offered"]
    assert Counter(told(world)) == {"link.claimed": 2, "link.confirmed": 1}


def test_what_a_sender_knows_of_others_is_private(world: World, brand: Member) -> None:
    send(brand, "organizations", suppliers("V1", "V2"))
    report = send(brand, "links", "buyer,supplier,private\nV1,V2,yes\nV1,V2,\n,V1,yes\n")
    assert statuses(report) == ["created", "error", "error"]
    assert codes(report) == [(2, "private", "third-party-private"), (3, "private", "party-not-private")]
    assert brand.get("/v1/links").json["items"][0]["state"] == "private"
    assert told(world) == []


@pytest.mark.parametrize(
    ("columns", "cells", "column", "code"),
    [
        ("supplier,category", "V1,850", "category", "not-an-hs-code"),
        ("supplier,category", "V1,85x4", "category", "not-an-hs-code"),
        ("supplier,share", "V1,1.5", "share", "range"),
        ("supplier,share", "V1,1_0", "share", "not-a-number"),
        ("supplier,share", "V1,nan", "share", "not-a-number"),
        ("supplier,share", "V1,1e999", "share", "not-finite"),
        ("supplier,valid_from", "V1,32.02.2026", "valid_from", "not-a-date"),
        ("supplier,valid_from", "V1,2026-02-30", "valid_from", "not-a-date"),
        ("supplier;valid_from;valid_to", "V1;2026-02-02;2026-02-01", "valid_to", "ends-before-it-begins"),
        ("supplier,flow_down", "V1,perhaps", "flow_down", "not-one-of"),
        ("supplier,disclosure", "V1,open", "disclosure", "not-one-of"),
        ("supplier,private", "V1,maybe", "private", "not-true-or-false"),
        ("supplier,category", ",8504", "supplier", "required"),
        ("supplier,category", "V1,8504,99", None, "too-many-cells"),
        ("supplier,category", f"{'V' * 81},8504", "supplier", "length"),
        ("supplier,category", "V\x001,8504", "supplier", "control-character"),
        ("supplier,category", f"V1,{'9' * 10001}", None, "cell-too-long"),
        ("buyer,supplier,flow_down", "V1,,no", "flow_down", "buyer-only"),
        ("buyer,supplier,share", "V1,,0.5", "share", "buyer-only"),
        ("buyer,supplier,private,disclosure", "V1,V2,yes,none", "disclosure", "not-on-private"),
        ("buyer,supplier,private", "V1,V1,yes", "supplier", "own-supplier"),
    ],
)
def test_a_wrong_link_row_gets_its_code_and_the_others_are_written(
    world: World, brand: Member, columns: str, cells: str, column: str | None, code: str
) -> None:
    send(brand, "organizations", suppliers("V1", "V2"))
    delimiter = ";" if ";" in columns else ","
    width = columns.count(delimiter) + 1
    good = delimiter.join({"supplier": "V2"}.get(name, "") for name in columns.split(delimiter))
    assert good.count(delimiter) + 1 == width
    report = send(brand, "links", f"{columns}\n{cells}\n{good}\n")
    assert statuses(report) == ["error", "created"]
    assert (1, column, code) in codes(report)
    (wrong, _) = report["results"]
    assert all(error["reason"] and not error["reason"].startswith("fault.") for error in wrong["errors"])


@pytest.mark.parametrize(
    ("columns", "cells", "column", "code"),
    [
        ("name,country", "A,Prussia", "country", "unknown-country"),
        ("name,country", "A,XX", "country", "unknown-country"),
        ("name,spend", "A,-1", "spend", "range"),
        ("name,spend", "A,a lot", "spend", "not-a-number"),
        ("name,kind", "A,factory", "kind", "not-one-of"),
        ("name,size", "A,enormously big", "size", "length"),
        ("name,lei", f"A,{LEI[:-1]}6", "lei", "identifier-checksum"),
        ("name,lei", "A,123", "lei", "identifier-length"),
        ("name,uscc", f"A,{USCC[:-1]}M", "uscc", "identifier-checksum"),
        ("name,gln", "A,4012345000008", "gln", "identifier-checksum"),
        ("name,duns", "A,12345", "duns", "identifier-length"),
        ("name,country", ",CN", "name", "required"),
        ("name,country", "   ,CN", "name", "required"),
    ],
)
def test_a_wrong_organization_row_gets_its_code_and_the_others_are_written(
    brand: Member, columns: str, cells: str, column: str, code: str
) -> None:
    report = send(brand, "organizations", f"{columns}\n{cells}\nGood,\n")
    assert statuses(report) == ["error", "created"]
    assert codes(report) == [(1, column, code)]


def test_all_that_is_wrong_with_a_row_is_told_at_once(brand: Member) -> None:
    report = send(brand, "links", "supplier,category,share,valid_from\nV1,8,2,never\n")
    assert codes(report) == [(1, "category", "not-an-hs-code"), (1, "share", "range"), (1, "valid_from", "not-a-date")]
    assert report["results"][0]["errors"][1] == {
        "column": "share",
        "code": "range",
        "value": "2",
        "reason": "Send a value from 0 to 1.",
    }


def test_reasons_are_told_in_chinese_too(brand: Member) -> None:
    response = brand.post(
        "/v1/imports?kind=links",
        data=b"supplier\nV9\n",
        headers={"Content-Type": "text/csv", "Accept-Language": "zh"},
    )
    reason = response.json["results"][0]["errors"][0]["reason"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in reason)


def test_a_code_of_somebody_elses_records_means_nothing(world: World, brand: Member) -> None:
    other = world.join("Other", "brand")
    send(other, "organizations", suppliers("V1"))
    report = send(brand, "links", "supplier\nV1\nV9\n")
    foreign, unknown = (result["errors"] for result in report["results"])
    assert codes(report) == [(row, "supplier", "unknown-organization") for row in (1, 2)]
    assert foreign[0]["reason"] == unknown[0]["reason"]
