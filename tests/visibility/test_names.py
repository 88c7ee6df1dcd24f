"""Names that are made for one reader: pseudonyms, references, cursors, tags (domain rules §7)."""

import base64
import re
from dataclasses import replace

import pytest

from supplychain.network import visibility
from tests.factories import Builder, building
from tests.ground import org
from tests.world import Member, World


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is asked here does not depend on the database."""
    return sqlite_url


def two_brands_above(build: Builder) -> tuple[Member, Member]:
    """Two brands buy from mill, and weaver sells to it under a pseudonym, and farm by name."""
    brands = build.member("first", "brand"), build.member("second", "brand")
    for one in ("first", "second"):
        build.link(one, "mill")
        build.require(one)
    build.link("mill", "weaver", disclosure="pseudonym")
    build.link("mill", "farm")
    return brands


def pseudonyms(brand: Member) -> list[str]:
    return [one["id"] for one in brand.get("/v1/suppliers?kind=pseudonym").json["items"]]


def test_two_brands_know_the_same_supplier_by_different_pseudonyms(world: World) -> None:
    with building(world) as build:
        first, second = two_brands_above(build)
    assert len(pseudonyms(first)) == len(pseudonyms(second)) == 1
    assert pseudonyms(first) != pseudonyms(second)
    assert second.get(f"/v1/suppliers/{pseudonyms(first)[0]}").status_code == 404


def test_a_pseudonym_opens_nothing_that_asks_for_an_organization(world: World) -> None:
    with building(world) as build:
        first, _ = two_brands_above(build)
    (name,) = pseudonyms(first)
    assert first.get(f"/v1/organizations/{name}").status_code == 404
    assert first.get(f"/v1/suppliers/{org('weaver')}").status_code == 404
    assert first.post("/v1/links", {"buyer": org("first"), "supplier": name}).status_code == 422


def test_of_many_in_sight_one_is_found_as_among_few(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with building(world) as build:
        first, _ = two_brands_above(build)
        build.link("first", "claimed", state="claimed")
        build.link("elsewhere", "stranger")
    asked = [*pseudonyms(first), *map(org, ("mill", "farm", "weaver", "claimed", "stranger", "first")), "org_nobody"]

    def told() -> list[tuple[int, object]]:
        answers = [first.get(f"/v1/suppliers/{one}/status") for one in asked]
        return [(one.status_code, (one.json or {}).get("tier")) for one in answers]

    among_few = told()
    monkeypatch.setattr(visibility, "_FEW", -1)
    assert told() == among_few
    assert [status for status, _ in among_few] == [200, 200, 200, 404, 200, 404, 404, 404]


@pytest.mark.parametrize(("alike", "shown"), [(4, "Americas"), (5, "BR")])
def test_a_pseudonym_shows_its_country_only_in_a_crowd_of_five(world: World, alike: int, shown: str) -> None:
    with building(world) as build:
        first, _ = two_brands_above(build)
        build.organization("weaver", country="BR", sector="CBL")
        for one in range(alike - 1):
            build.organization(f"crowd{one}", country="BR", sector="CBL")
        build.organization("elsewhere", country="BR", sector="PCB")
    (item,) = first.get("/v1/suppliers?kind=pseudonym").json["items"]
    assert item["country"] == shown


def test_a_pseudonym_tells_country_tier_level_and_status_and_no_more(world: World) -> None:
    with building(world) as build:
        first, _ = two_brands_above(build)
    (item,) = first.get("/v1/suppliers?kind=pseudonym").json["items"]
    told = {name for name, value in item.items() if value not in (None, [], {})}
    assert told == {"id", "kind", "country", "tier", "status", "flags", "obligations"}
    (obligation,) = item["obligations"]
    assert {name for name, value in obligation.items() if value is not None and value is not False} == {
        *("requirement", "title", "framework", "pillar", "tier", "level", "gap", "status", "move", "answer")
    }
    (why,) = first.get(f"/v1/suppliers/{item['id']}/explanation").json["items"]
    assert (why["path"], why["alternatives"], why["due"]) == ([], [], None)


def test_two_suppliers_know_the_same_unnamed_demand_by_different_references(world: World) -> None:
    with building(world) as build:
        build.chain("first > mill > weaver")
        build.link("mill", "farm")
        build.require("first")
        weaver, farm = build.member("weaver", "supplier"), build.member("farm", "supplier")
    references = [one.get("/v1/me/obligations").json["items"][0]["requirement"] for one in (weaver, farm)]
    assert len(set(references)) == 2
    assert all(one.startswith("rqp_") for one in references)
    assert farm.get(f"/v1/me/obligations/{references[0]}/explanation").status_code == 404


def test_the_issuer_is_named_at_tier_1_and_where_it_says_so(world: World) -> None:
    with building(world) as build:
        build.chain("first > mill > weaver")
        build.require("first", name="quiet")
        build.require("first", name="open", named=True)
        mill, weaver = build.member("mill", "supplier"), build.member("weaver", "supplier")
    issuers = [
        {one["title"]: one["issuer"] and one["issuer"]["id"] for one in member.get("/v1/me/obligations").json["items"]}
        for member in (mill, weaver)
    ]
    assert issuers == [
        {"first asks quiet": org("first"), "first asks open": org("first")},
        {None: None, "first asks open": org("first")},
    ]


def cursors(member: Member, path: str) -> list[str]:
    link = member.get(path).headers["Link"]
    return re.findall(r"cursor=([^&>]+)", link)


def test_a_cursor_tells_nothing_and_is_another_one_each_time(world: World) -> None:
    with building(world) as build:
        first, _ = two_brands_above(build)
    for path in ("/v1/suppliers?limit=1", "/v1/organizations?limit=1"):
        (one,), (other,) = cursors(first, path), cursors(first, path)
        assert one != other
        plain = base64.urlsafe_b64decode(one.replace("%3D", "=") + "==")
        assert b"org_" not in plain
        assert b"/v1/" not in plain


def test_what_tells_versions_of_shared_things_counts_nobody_elses_doing(world: World) -> None:
    with building(world) as build:
        build.link("first", "mill")
        mill = build.member("mill", "supplier")
    before = mill.get("/v1/links/lnk_first_mill").headers["ETag"]
    with building(world) as build:
        build.link("first", "mill", share=0.75, flow_down="yes")
    assert mill.get("/v1/links/lnk_first_mill").headers["ETag"] == before


def test_deriving_for_more_than_a_request_can_does_not_count_whom_it_concerns(world: World) -> None:
    """A demand that reaches many leaves the deriving to a job; whom it reaches is not the issuer's to count."""
    with building(world) as build:
        brand = build.member("brand", "brand")
        build.link("brand", "mill")
        build.require("brand", published=False)
        for one in range(6):
            build.link("mill", f"hidden{one}", disclosure="none")
    world.runtime.settings = replace(world.runtime.settings, derive_limit=3)
    published = brand.post("/v1/requirements/req_brand/publish")
    assert published.status_code == 202
    job = brand.get(re.findall("<([^>]+)>", published.headers["Link"])[0]).json
    assert (job["state"], job["done"], job["total"]) == ("waiting", 0, 1)
