"""Looking up the chain over the API: figures checked by hand on a small network, and what no figure may tell."""

import xml.etree.ElementTree as ET
from datetime import timedelta
from typing import Any

import pytest

from supplychain.exposure.drawing import svg
from supplychain.exposure.picture import MOST_DRAWN, Node, Picture
from tests.factories import Builder, building
from tests.ground import org
from tests.world import START, Member, World

LOOKS = ("conformity", "exposure", "weakest", "leverage", "chokepoints", "shared-suppliers")


def network(build: Builder) -> None:
    """What brand sees: mill and loom, spinner over both, farm below; dyer by its own claim; weaver by a pseudonym.

    brand > mill 0.5 > spinner 0.8 > farm > field 0.5
                       ? weaver 0.2
    brand > loom 0.3 > spinner
    brand ~ dyer 0.1
    """
    build.link("brand", "mill", share=0.5)
    build.link("brand", "loom", share=0.3)
    build.link("brand", "dyer", share=0.1, state="claimed")
    build.link("mill", "spinner", share=0.8)
    build.link("mill", "weaver", share=0.2, disclosure="pseudonym")
    build.chain("loom > spinner > farm")
    build.link("farm", "field", share=0.5)
    build.require("brand", (2, 1))
    build.prove("mill", 2)
    build.prove("farm", 1)


@pytest.fixture
def brand(world: World) -> Member:
    with building(world) as build:
        member = build.member("brand", "brand")
        network(build)
    return member


def items(member: Member, look: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = member.get(f"/v1/network/{look}").json["items"]
    return found


def test_exposure_is_the_part_of_the_spend_that_stands_where_a_demand_is_met(brand: Member) -> None:
    answer = brand.get("/v1/network/exposure").json
    told = [(one["depth"], one["weight"], one["exposure"], one["undisclosed"]) for one in answer["items"]]
    assert told[:5] == [
        (1, 0.9, 0.555556, 0.1),
        (2, 0.7, 0.0, 0.3),
        (3, 0.7, 1.0, 0.3),
        (4, 0.35, 0.0, 0.65),
        (5, 0.0, None, 1.0),
    ]
    assert len(told) == 8
    first = {name: value for name, value in answer["items"][0]["parts"].items() if value}
    assert first == {"met": 0.5, "not_assessed": 0.3, "closed": 0.1}
    assert answer["warnings"] == []


def test_a_group_buys_as_one_and_shares_above_one_are_told(world: World) -> None:
    with building(world) as build:
        member = build.member("brand", "brand")
        build.require("brand", (1,))
        build.own("brand", "office")
        build.link("brand", "mill", share=0.5)
        build.link("office", "loom", share=0.25)
    (first, *_) = items(member, "exposure")
    assert (first["weight"], first["undisclosed"]) == (0.75, 0.25)
    with building(world) as build:
        build.link("office", "mill", share=0.5)
    (told,) = member.get("/v1/network/exposure").json["warnings"]
    assert (told["code"], told["params"]) == ("shares_above_one", {"count": 1, "buyers": [org("brand")]})
    assert all(told["text"].values())
    (first, *_) = items(member, "exposure")
    assert (first["weight"], first["undisclosed"]) == (1.0, 0.0)


def test_the_weakest_link_is_the_lowest_level_then_where_most_of_the_spend_stands(world: World, brand: Member) -> None:
    with building(world) as build:
        build.organization("spinner", name_zh="纺纱厂")
    (found,) = items(brand, "weakest")
    assert (found["name"], found["name_zh"]) == ("Spinner", "纺纱厂")
    assert [hop["supplier"]["name_zh"] for hop in found["path"]] == [None, "纺纱厂"]
    assert (found["supplier"], found["tier"], found["achieved"], found["weight"]) == (org("spinner"), 2, None, 0.7)
    assert [hop["supplier"]["name"] for hop in found["path"]] == ["Mill", "Spinner"]
    (at_first,) = items(brand, "weakest?tier=1")
    assert at_first["supplier"] == org("loom")


def test_a_weakest_link_behind_a_pseudonym_has_no_path_and_no_weight(world: World) -> None:
    with building(world) as build:
        member = build.member("brand", "brand")
        build.require("brand", (1,))
        build.link("brand", "mill")
        build.link("mill", "weaver", disclosure="pseudonym")
        build.prove("mill", 1)
    (found,) = items(member, "weakest")
    assert found["supplier"].startswith("psn_")
    assert (found["name"], found["weight"], found["path"], found["kind"]) == (None, None, [], "pseudonym")


def test_each_tier_counts_statuses_and_how_far_they_are_known(brand: Member) -> None:
    tiers = items(brand, "conformity")
    told = {
        one["tier"]: (one["suppliers"], one["lowest"], {word: n for word, n in one["coverage"].items() if n})
        for one in tiers
    }
    assert told == {
        1: (3, 0, {"met": 1, "closed": 1, "not_assessed": 1}),
        2: (2, 0, {"not_assessed": 2}),
        3: (1, 1, {"met": 1}),
        4: (1, 0, {"not_assessed": 1}),
    }
    assert all(sum(one["statuses"].values()) == one["suppliers"] for one in tiers)
    protected = brand.get("/v1/network/conformity").json["protected"]
    assert [one["requirement"] for one in protected] == ["req_brand"]


def test_declined_and_expired_are_counted_as_themselves_though_late(world: World) -> None:
    with building(world) as build:
        member = build.member("brand", "brand")
        build.chain("brand > mill")
        build.chain("brand > loom")
        build.chain("brand > dyer")
        build.require("brand", (1,))
        build.prove("mill", 1, valid_until=build.work.today)
        build.answer("loom", "req_brand", "decline", reason="no_capacity")
    world.clock.advance(2)
    (tier,) = items(member, "conformity")
    assert {word: n for word, n in tier["statuses"].items() if n} == {"overdue": 3}
    assert {word: n for word, n in tier["coverage"].items() if n} == {"declined": 1, "expired": 1, "not_assessed": 1}


def test_that_evidence_lapsed_behind_a_pseudonym_that_is_late_is_not_told(world: World) -> None:
    with building(world) as build:
        member = build.member("brand", "brand")
        build.chain("brand > mill")
        build.link("mill", "weaver", disclosure="pseudonym")
        build.require("brand", (1,))
        build.prove("weaver", 1, valid_until=build.work.today)
    world.clock.advance(2)
    (veiled,) = items(member, "conformity?tier=2")
    assert (veiled["statuses"]["overdue"], veiled["coverage"]["not_assessed"]) == (1, 1)


def test_leverage_names_whose_next_level_satisfies_most_and_the_part_reached(world: World) -> None:
    with building(world) as build:
        member = build.member("brand", "brand")
        build.chain("brand > mill > spinner")
        build.chain("brand > loom")
        build.require("brand", (2, 1))
        build.require("brand", (1,), "more")
        build.prove("loom", 1)
    answer = member.get("/v1/network/leverage?count=1").json
    assert {name: answer[name] for name in ("open", "satisfiable", "satisfied", "part_of_open")} == {
        "open": 5,
        "satisfiable": 4,
        "satisfied": 2,
        "part_of_open": 0.4,
    }
    assert answer["part_of_satisfiable"] == 0.5
    assert answer["guarantee"]["params"] == {"per_cent": 63}
    (first,) = answer["items"]
    assert (first["supplier"], first["gain"]) == (org("spinner"), 2)
    assert [one["supplier"] for one in member.get("/v1/network/leverage").json["items"]] == [
        org("spinner"),
        *sorted([org("loom"), org("mill")]),
    ]


def test_chokepoints_and_shared_suppliers_are_those_of_the_links_that_are_seen(brand: Member) -> None:
    answer = brand.get("/v1/network/chokepoints").json
    assert [(one["supplier"], one["only_way_to"], one["separates"]) for one in answer["items"]] == [
        (org("spinner"), 2, 2),
        (org("farm"), 1, 1),
    ]
    assert (answer["looked_at"], answer["veiled"]) == (6, 1)
    shared = items(brand, "shared-suppliers")
    assert [(one["supplier"], one["direct_suppliers"]) for one in shared] == [
        (org("spinner"), 2),
        (org("farm"), 2),
        (org("field"), 2),
    ]
    assert all(one["through"] == sorted([org("mill"), org("loom")]) for one in shared)


def test_over_the_links_of_one_demand_other_suppliers_may_be_the_only_way(world: World) -> None:
    with building(world) as build:
        member = build.member("brand", "brand")
        build.link("brand", "mill", "5201")
        build.link("brand", "loom", "8504")
        build.link("mill", "spinner", "5201")
        build.link("loom", "spinner", "8504")
        build.require("brand", (1,), "cotton", link_scope=["52"])
    assert items(member, "chokepoints") == []
    (one,) = items(member, "chokepoints?requirement=req_brand_cotton")
    assert (one["supplier"], one["only_way_to"]) == (org("mill"), 1)


def test_a_supplier_is_told_with_its_weight_and_what_it_is_exposed_to_itself(brand: Member) -> None:
    answer = brand.get(f"/v1/suppliers/{org('mill')}/exposure").json
    (found,) = answer["items"]
    assert found["weights"] == [0.5, *[0.0] * 7]
    assert [(one["weight"], one["exposure"], one["undisclosed"]) for one in found["below"][:3]] == [
        (0.8, 0.0, 0.2),
        (0.8, 1.0, 0.2),
        (0.4, 0.0, 0.6),
    ]
    (claimed,) = brand.get(f"/v1/suppliers/{org('dyer')}/exposure").json["items"]
    assert claimed["weights"][0] == 0.1
    assert claimed["below"][0]["undisclosed"] == 1.0


def test_of_a_pseudonym_neither_weight_nor_exposure_is_told(brand: Member) -> None:
    (veiled,) = [one for one in brand.get("/v1/suppliers").json["items"] if one["kind"] == "pseudonym"]
    (found,) = brand.get(f"/v1/suppliers/{veiled['id']}/exposure").json["items"]
    assert (found["weights"], found["below"]) == (None, [])
    assert brand.get(f"/v1/suppliers/{org('weaver')}/exposure").status_code == 404


@pytest.mark.parametrize("look", LOOKS)
def test_a_requirement_that_is_not_ones_own_is_not_found(world: World, brand: Member, look: str) -> None:
    with building(world) as build:
        build.require("mill", (1,))
    unknown, others = (brand.get(f"/v1/network/{look}?requirement={one}") for one in ("req_none", "req_mill"))
    assert unknown.status_code == others.status_code == 404
    assert unknown.json["code"] == others.json["code"]


@pytest.mark.parametrize("look", LOOKS)
def test_on_another_day_one_looks_at_what_today_shows_by_name(world: World, brand: Member, look: str) -> None:
    before = items(brand, look)
    world.clock.advance(3)
    with building(world) as build:
        build.prove("spinner", 1)
        build.link("brand", "new", share=0.5)
    again = items(brand, f"{look}?on={START}")
    if look in {"chokepoints", "shared-suppliers"}:
        assert again == before
    assert not [one for one in again if one.get("kind") == "pseudonym"]
    assert again == items(brand, f"{look}?on={START}&known={START}")
    assert len(items(brand, f"{look}?on={START}&known={START + timedelta(days=3)}")) == len(again)
    assert items(brand, f"{look}?on=2026-01-01") == []


def test_an_explanation_tells_other_ways_with_the_rules_on_them(brand: Member) -> None:
    path = f"/v1/suppliers/{org('farm')}/explanation"
    (plain,) = brand.get(path).json["items"]
    assert plain["ways"] is None
    (told,) = brand.get(f"{path}?alternatives=3").json["items"]
    ways = told["ways"]
    assert (ways["limit"], ways["more"], ways["complete"]) == (3, False, True)
    (way,) = ways["items"]
    passed = {hop["supplier"]["name"] for hop in (*told["path"], *way["path"])}
    assert passed == {"Mill", "Loom", "Spinner", "Farm"}
    assert (way["tier"], way["level"], way["due"]) == (3, 1, told["due"])
    assert [rule["code"] for rule in way["rules"]] == [
        *["link_carries", "scope_open"] * 3,
        "held_beyond_schedule",
        "due_rule",
    ]
    assert {rule["params"]["link"] for rule in way["rules"] if "link" in rule["params"]} == {
        hop["link"] for hop in way["path"]
    }
    assert all(rule["text"]["zh"] for rule in way["rules"])


def test_of_a_pseudonym_no_other_way_is_told(brand: Member) -> None:
    (veiled,) = [one for one in brand.get("/v1/suppliers").json["items"] if one["kind"] == "pseudonym"]
    (told,) = brand.get(f"/v1/suppliers/{veiled['id']}/explanation?alternatives=5").json["items"]
    assert told["ways"] is None
    assert brand.get(f"/v1/suppliers/{veiled['id']}/explanation?alternatives=51").status_code == 422


SVG = "{http://www.w3.org/2000/svg}"


def picture(member: Member, query: str = "", language: str = "en") -> ET.Element:
    answer = member.get(f"/v1/network/picture{query}", headers={"Accept-Language": language})
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert answer.headers["Content-Language"] == language
    return ET.fromstring(answer.get_data(as_text=True).partition("?>")[2])


def lines(drawn: ET.Element, kind: str) -> int:
    return sum(one.get("class") == kind for one in drawn.iter(f"{SVG}path"))


def texts(drawn: ET.Element) -> list[str]:
    return [one.text or "" for one in drawn.iter(f"{SVG}text")]


def test_the_picture_draws_who_is_listed_and_the_links_whose_ends_are_named(brand: Member) -> None:
    drawn = picture(brand)
    told = texts(drawn)
    assert {"Mill", "Loom", "Dyer", "Spinner", "Farm", "Field", "Pseudonym 1"} <= set(told)
    assert "Weaver" not in "".join(told)
    assert [one for one in told if one.startswith("Tier")] == ["Tier 1 · 3", "Tier 2 · 2", "Tier 3 · 1", "Tier 4 · 1"]
    # brand to mill, loom and dyer, these two to spinner, farm and field; the way to spinner leads over mill.
    assert (lines(drawn, "weak"), lines(drawn, "link")) == (2, 5)
    assert sum(one.get("class") == "chokepoint" for one in drawn.iter(f"{SVG}rect")) == 2
    assert "All 7 suppliers are drawn." in told


def test_the_picture_is_told_in_chinese_and_of_one_demand(brand: Member) -> None:
    told = texts(picture(brand, "?requirement=req_brand", "zh"))
    assert "每个供应商在“brand asks”下的状态。" in told
    assert "第 1 层 · 3" in told


def test_names_are_text_and_nothing_else_in_a_picture() -> None:
    node = Node("org_mill", "<script>&\uffff", 1, "met", weak=False, behind=0)
    shown = Picture("<b>", "]]>", "2026-11-26", {1: {"met": 1}}, {1: [node]}, {("", "org_mill"): False}, every=True)
    told = texts(ET.fromstring(svg(shown, "en").partition(b"?>")[2]))
    assert {"<script>&\ufffd", "<b>"} <= set(told)


def test_beyond_what_can_be_drawn_suppliers_are_counted_and_the_picture_says_so(world: World) -> None:
    with building(world) as build:
        member = build.member("brand", "brand")
        for one in range(MOST_DRAWN + 1):
            build.link("brand", f"mill{one}")
        build.link("mill0", "spinner")
        build.link("mill0", "weaver")
        build.require("brand", (1,))
        build.prove("mill7", 1)
    told = texts(picture(member))
    assert "‼ overdue 0" in told
    assert {"✓ met 1", f"? not assessed {MOST_DRAWN}"} <= set(told)
    assert any(one.startswith(f"{MOST_DRAWN + 3} suppliers are too many to draw") for one in told)
    assert [one for one in told if one.startswith("Mill")] == ["Mill0"]


def test_a_brand_without_suppliers_has_a_picture_too(world: World) -> None:
    with building(world) as build:
        member = build.member("brand", "brand")
    assert "All 0 suppliers are drawn." in texts(picture(member))
