"""The lists of two years compared, by organization; and links on two days."""

import csv
import io
from typing import Any

import pytest

from tests.lists import LEI, OTHER_LEI, USCC, send
from tests.shelves import pages, refusal
from tests.world import Member, World

HEADER = "code,name,country,region,address\n"


@pytest.fixture
def brand(world: World) -> Member:
    return world.join("Brand", "brand")


def compared(member: Member, before: str, after: str, query: str = "") -> dict[str, Any]:
    answer = member.get(f"/v1/imports/{after}/comparison?with={before}{query}")
    assert answer.status_code == 200, answer.json
    body: dict[str, Any] = answer.json
    return body


def years(member: Member, *lists: str, kind: str = "organizations") -> list[str]:
    return [send(member, kind, text)["id"] for text in lists]


def by_code(brand: Member, body: dict[str, Any]) -> dict[str, str]:
    codes = {one["organization"]: one["code"] for one in brand.get("/v1/records?limit=200").json["items"]}
    return {codes[one["organization"]["id"]]: one["change"] for one in body["items"]}


def test_every_organization_of_either_list_is_told_once_with_what_became_of_it(brand: Member) -> None:
    before, after = years(
        brand,
        f"{HEADER}a,Loom,CN,Jiangsu,1 Road\nb,Dyer,CN,Jiangsu,2 Road\nc,Mill,CN,Hubei,3 Road\nd,Weaver,VN,,\n"
        "e,Spinner,CN,Anhui,5 Road\n",
        f"{HEADER}b,Dyer,CN,Anhui,2 Road\nc,Mill Ltd,CN,Hubei,3 Road\nd,weaver ,VN,,\ne,Spin,TH,Anhui,5 Road\n"
        "f,Knitter,CN,,\n",
    )
    body = compared(brand, before, after)
    assert by_code(brand, body) == {
        "a": "dropped",
        "b": "moved",
        "c": "renamed",
        "d": "kept",
        "e": "moved_and_renamed",
        "f": "added",
    }
    assert body["counts"] == {
        "added": 1, "dropped": 1, "moved": 1, "renamed": 1, "moved_and_renamed": 1, "recategorised": 0, "kept": 1,
        "refused_before": 0, "refused_after": 0,
    }  # fmt: skip
    assert body["compared"] == ["country", "region", "address"]
    (moved,) = compared(brand, before, after, "&change=moved")["items"]
    assert moved["before"]["places"] == [{"country": "CN", "region": "Jiangsu", "address": "2 Road"}]
    assert moved["after"]["places"] == [{"country": "CN", "region": "Anhui", "address": "2 Road"}]
    assert (moved["before"]["rows"], moved["after"]["rows"]) == ([2], [1])


def test_backwards_what_was_added_is_dropped(brand: Member) -> None:
    before, after = years(brand, f"{HEADER}a,Loom,CN,,\nb,Dyer,CN,,\n", f"{HEADER}b,Dyer,VN,,\nc,Mill,CN,,\n")
    there = compared(brand, before, after)["counts"]
    back = compared(brand, after, before)["counts"]
    assert (there["added"], there["dropped"], there["moved"]) == (back["dropped"], back["added"], back["moved"])
    same = compared(brand, before, before)["counts"]
    assert same["kept"] == 2
    assert sum(same.values()) == 2


def test_a_company_written_otherwise_is_the_same_if_its_identifier_is(brand: Member) -> None:
    before, after = years(brand, f"name,lei\nLoom,{LEI}\n", f"name,lei\nLoom Company Limited,{LEI}\n")
    (one,) = compared(brand, before, after)["items"]
    assert one["change"] == "renamed"
    assert (one["before"]["names"], one["after"]["names"]) == (["Loom"], ["Loom Company Limited"])


def test_an_organization_with_many_rows_is_compared_by_all_of_them(brand: Member) -> None:
    head = "code,name,lei,region\n"
    before, after = years(
        brand,
        f"{head}a1,Loom,{LEI},Jiangsu\na2,Loom,{LEI},Hubei\nb1,Mill,{OTHER_LEI},Hubei\nb2,Mill,{OTHER_LEI},Anhui\n",
        f"{head}a1,Loom,{LEI},Hubei\na2,Loom,{LEI},Jiangsu\nb1,Mill,{OTHER_LEI},Hubei\n",
    )
    body = compared(brand, before, after)
    assert sorted(one["change"] for one in body["items"]) == ["kept", "moved"]
    (moved,) = [one for one in body["items"] if one["change"] == "moved"]
    assert moved["organization"]["name"] == "Mill"
    assert len(moved["before"]["places"]) == 2


def test_only_columns_of_both_lists_tell_a_move(brand: Member) -> None:
    before, after = years(
        brand, "code,name,country,address\na,Loom,CN,1 Road\n", "code,name,country,region\na,Loom,CN,Jiangsu\n"
    )
    body = compared(brand, before, after)
    assert [one["change"] for one in body["items"]] == ["kept"]
    assert body["compared"] == ["country"]


def test_refused_rows_are_counted_and_rows_that_repeat_others_are_not_lost(brand: Member) -> None:
    before, after = years(brand, "code,name\na,Loom\na,Loom\n", f"code,name,uscc\na,Loom,\nb,,\nc,Dyer,{USCC[:-1]}X\n")
    body = compared(brand, before, after)
    assert body["counts"]["kept"] == 1
    assert (body["counts"]["refused_before"], body["counts"]["refused_after"]) == (0, 2)
    assert body["items"][0]["before"]["rows"] == [1, 2]


def test_a_comparison_is_a_list_like_every_other(brand: Member) -> None:
    before, after = years(
        brand,
        HEADER + "".join(f"{number},Old {number},CN,,\n" for number in range(7)),
        HEADER + "".join(f"{number},Old {number},VN,,\n" for number in range(3, 9)),
    )
    path = f"/v1/imports/{after}/comparison?with={before}"
    walked = [item for page in pages(brand, f"{path}&limit=2") for item in page.json["items"]]
    assert walked == brand.get(f"{path}&format=json").json["items"]
    assert len(walked) == 9
    text = brand.get(f"{path}&format=csv&header=codes").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["organization.id"] for row in rows] == [item["organization"]["id"] for item in walked]
    assert {row["after.places.country"] for row in rows if row["change"] == "moved"} == {"VN"}


def test_what_cannot_be_compared_is_refused(world: World, brand: Member) -> None:
    (one,) = years(brand, f"{HEADER}a,Loom,CN,,\n")
    (links,) = years(brand, "supplier\na\n", kind="links")
    (theirs,) = years(world.join("Other", "brand"), f"{HEADER}a,Loom,CN,,\n")
    assert refusal(brand.get(f"/v1/imports/{one}/comparison?with={links}")) == (422, "imports-of-two-kinds")
    assert refusal(brand.get(f"/v1/imports/{one}/comparison")) == (422, "invalid-payload")
    for path in (f"{one}/comparison?with={theirs}", f"{theirs}/comparison?with={one}", f"{one}/comparison?with=imp_x"):
        assert refusal(brand.get(f"/v1/imports/{path}")) == (404, "not-found")


def test_lists_of_links_are_compared_by_supplier(brand: Member) -> None:
    send(brand, "organizations", "code,name\na,Loom\nb,Dyer\nc,Mill\nd,Weaver\n")
    before, after = years(
        brand,
        "supplier,category,valid_from,valid_to\na,8504,2024-01-01,2024-12-31\nb,8504,2024-01-01,2024-12-31\n"
        "c,8504,2024-01-01,2024-12-31\n",
        "supplier,category,valid_from\na,8504,2025-01-01\nb,8517,2025-01-01\nd,8504,2025-01-01\n",
        kind="links",
    )
    body = compared(brand, before, after)
    assert by_code(brand, body) == {"a": "kept", "b": "recategorised", "c": "dropped", "d": "added"}
    (one,) = compared(brand, before, after, "&change=recategorised")["items"]
    assert (one["before"]["categories"], one["after"]["categories"]) == (["8504"], ["8517"])


# Links on two days --------------------------------------------------------------------------


def test_links_on_two_days_tell_whom_one_gained_and_lost(world: World, brand: Member) -> None:
    send(brand, "organizations", "code,name\na,Loom\nb,Dyer\nc,Mill\nd,Weaver\ne,Knitter\n")
    send(
        brand,
        "links",
        "supplier,category,valid_from,valid_to\n"
        "a,8504,2024-01-01,\n"
        "b,8504,2024-01-01,2024-12-31\nb,8517,2025-01-01,\n"
        "c,,2024-01-01,2024-12-31\n"
        "d,8504,2025-01-01,\n"
        "e,8504,2026-01-01,\n",
    )
    path = "/v1/links/changes?from=2024-06-30&to=2025-06-30"
    body = brand.get(path).json
    assert {one["supplier"]["name"]: one["change"] for one in body["items"]} == {
        "Loom": "kept",
        "Dyer": "recategorised",
        "Mill": "dropped",
        "Weaver": "added",
    }
    assert body["counts"] == {"added": 1, "dropped": 1, "recategorised": 1, "kept": 1}
    (dyer,) = brand.get(f"{path}&change=recategorised").json["items"]
    assert (dyer["before"], dyer["after"], len(dyer["links"])) == (["8504"], ["8517"], 2)
    assert brand.get(f"{path}&role=supplier").json["items"] == []
    assert len(list(csv.reader(io.StringIO(brand.get(f"{path}&format=csv").data.decode("utf-8-sig"))))) == 5


def test_a_disputed_or_ended_link_is_not_there(world: World, brand: Member) -> None:
    loom = world.join("Loom", "supplier")
    link = brand.post("/v1/links", {"buyer": brand.id, "supplier": loom.id, "valid_from": "2024-01-01"}).json["id"]
    path = "/v1/links/changes?from=2024-06-30&to=2026-11-30"
    assert [one["change"] for one in loom.get(path).json["items"]] == ["kept"]
    brand.post(f"/v1/links/{link}/end", {})
    for member in (brand, loom):
        assert [one["change"] for one in member.get(path).json["items"]] == ["dropped"]
    assert world.join("Other", "brand").get(path).json["items"] == []


def test_days_that_are_no_days_are_refused(brand: Member) -> None:
    for query in ("from=2024-01-01", "to=2024-01-01", "from=2024-02-30&to=2024-03-01", "from=1&to=2"):
        assert refusal(brand.get(f"/v1/links/changes?{query}")) == (422, "invalid-payload")
