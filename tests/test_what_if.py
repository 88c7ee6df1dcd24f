"""What-if: what changes that nobody made would change, for whom it is open, and that nothing of it stays."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from supplychain.db import Base
from supplychain.work import Work
from tests.factories import ELECTRONICS, MILLS, building
from tests.ground import org
from tests.world import START, Member, World

DAY = timedelta(days=1)
EVERYBODY = {"title": "Sourcing", "framework": MILLS, "schedule": [2, 1], "beyond": "hold"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is asked here does not depend on the database; the row-level security of it is tested with all others."""
    return sqlite_url


@pytest.fixture
def brand(world: World) -> Member:
    """brand > mill > spinner > farm, brand > dyer; mill has level 2, spinner 1, the others none."""
    with building(world) as build:
        brand = build.member("brand", "brand")
        build.chain("brand > mill > spinner > farm")
        build.link("brand", "dyer")
        build.prove("mill", 2)
        build.prove("spinner", 1)
    return brand


def asked(member: Member, *changes: dict[str, Any], **more: Any) -> Any:
    answer = member.post("/v1/what-if", {"changes": list(changes), **more})
    assert answer.status_code == 200, answer.json
    return answer.json


def effects(answer: Any) -> dict[str, list[str]]:
    """Effects by supplier, of answers that tell one item each."""
    return {one["supplier"].removeprefix("org_"): one["effects"] for one in answer["items"]}


def refused(member: Member, *changes: dict[str, Any], **more: Any) -> set[tuple[str, str]]:
    answer = member.post("/v1/what-if", {"changes": list(changes), **more})
    assert answer.status_code == 422, answer.json
    return {(one["pointer"], one["code"]) for one in answer.json["errors"]}


def test_a_requirement_that_would_be_published_says_who_newly_owes_and_who_falls_short(brand: Member) -> None:
    answer = asked(brand, {"publish": EVERYBODY})
    assert effects(answer) == {
        "mill": ["newly_owes"],
        "dyer": ["newly_owes", "falls_short"],
        "spinner": ["newly_owes"],
        "farm": ["newly_owes", "falls_short"],
    }
    assert answer["totals"] | {"newly_owes": 4, "falls_short": 2} == answer["totals"]
    assert [(one["tier"], one["newly_owes"], one["falls_short"]) for one in answer["by_tier"]] == [
        (1, 2, 1),
        (2, 1, 0),
        (3, 1, 1),
    ]
    assert answer["on"] == START.isoformat()


def test_an_item_tells_both_sides_and_the_way(brand: Member) -> None:
    answer = asked(brand, {"publish": EVERYBODY})
    (spinner,) = [one for one in answer["items"] if one["supplier"] == org("spinner")]
    assert spinner["before"] is None
    assert spinner["requirement"] == "/changes/0"
    after = spinner["after"]
    assert (after["tier"], after["level"], after["achieved"], after["gap"], after["status"]) == (2, 1, 1, 0, "met")
    assert [hop["link"] for hop in after["path"]] == ["lnk_brand_mill", "lnk_mill_spinner"]


def test_an_amendment_says_who_owes_more_or_less_and_is_freed(world: World, brand: Member) -> None:
    with building(world) as build:
        build.require("brand", (2, 1))
    raised = asked(brand, {"amend": {"requirement": "req_brand", "to": {"schedule": [2, 2]}}})
    assert effects(raised) == {"spinner": ["owes_more", "falls_short"], "farm": ["owes_more", "still_short"]}
    eased = asked(brand, {"amend": {"requirement": "req_brand", "to": {"schedule": [1], "beyond": "stop"}}})
    assert effects(eased) == {
        "mill": ["owes_less"],
        "dyer": ["owes_less", "still_short"],
        "spinner": ["freed"],
        "farm": ["freed"],
    }
    assert {one["requirement"] for one in raised["items"] + eased["items"]} == {"req_brand"}


def test_what_ends_today_is_looked_at_tomorrow(world: World, brand: Member) -> None:
    with building(world) as build:
        build.require("brand", (1,), beyond="stop")
    answer = asked(brand, {"end": {"requirement": "req_brand"}})
    assert answer["on"] == (START + timedelta(days=1)).isoformat()
    assert effects(answer) == {"mill": ["freed"], "dyer": ["freed"]}
    assert asked(brand, {"end": {"requirement": "req_brand"}}, on=START.isoformat())["items"] == []


def test_a_shorter_way_makes_a_supplier_owe_more_and_says_over_which_change(world: World, brand: Member) -> None:
    with building(world) as build:
        build.require("brand", (2, 1))
    answer = asked(brand, {"open": {"supplier": org("spinner")}})
    assert effects(answer) == {"spinner": ["owes_more", "falls_short"], "farm": ["moved", "still_short"]}
    (spinner,) = [one for one in answer["items"] if one["supplier"] == org("spinner")]
    assert (spinner["before"]["tier"], spinner["after"]["tier"]) == (2, 1)
    assert [hop["link"] for hop in spinner["after"]["path"]] == ["/changes/0"]


def test_a_link_that_ends_frees_whoever_no_other_way_leads_to(world: World, brand: Member) -> None:
    with building(world) as build:
        build.require("brand", (2, 1))
    answer = asked(brand, {"close": {"link": "lnk_mill_spinner"}})
    assert effects(answer) == {"spinner": ["freed"], "farm": ["freed"]}
    both = asked(
        brand, {"close": {"link": "lnk_mill_spinner"}}, {"open": {"buyer": org("dyer"), "supplier": org("spinner")}}
    )
    assert effects(both) == {"spinner": ["moved"]}


def test_a_level_that_a_supplier_would_have_meets_or_misses_what_it_owes(world: World, brand: Member) -> None:
    with building(world) as build:
        build.require("brand", (2, 1))
    level = {"framework": MILLS, "pillar": "sourcing"}
    better = asked(brand, {"level": {"supplier": org("dyer"), **level, "level": 2}})
    assert effects(better) == {"dyer": ["newly_met"]}
    worse = asked(brand, {"level": {"supplier": org("mill"), **level, "level": None}})
    assert effects(worse) == {"mill": ["falls_short"]}
    nearer = asked(brand, {"level": {"supplier": org("dyer"), **level, "level": 1}})
    assert effects(nearer) == {"dyer": ["moved", "still_short"]}


def test_a_waiver_is_told_as_such_and_never_as_met(world: World, brand: Member) -> None:
    with building(world) as build:
        build.require("brand", (1,), beyond="stop")
        build.waive("brand", "dyer")
    answer = asked(brand, {"amend": {"requirement": "req_brand", "to": {"schedule": [2]}}})
    (dyer,) = [one for one in answer["items"] if one["supplier"] == org("dyer")]
    assert [(side["status"], side["gap"]) for side in (dyer["before"], dyer["after"])] == [("waived", 1), ("waived", 2)]


def test_totals_are_over_all_and_a_limit_is_told(brand: Member) -> None:
    answer = asked(brand, {"publish": EVERYBODY}, limit=1)
    assert (len(answer["items"]), answer["limit"], answer["total"]) == (1, 1, 4)
    assert answer["totals"]["newly_owes"] == 4


def test_nothing_supposed_changes_nothing(world: World, brand: Member) -> None:
    with building(world) as build:
        build.require("brand", (2, 1))
    answer = asked(brand)
    assert (answer["items"], answer["total"], set(answer["totals"].values())) == ([], 0, {0})


def test_whoever_is_reached_by_a_claim_or_private_knowledge_alone_is_left_out_and_counted(
    world: World, brand: Member
) -> None:
    with building(world) as build:
        build.link("brand", "ginner", state="claimed")
        build.link("brand", "agent", private_to="brand")
    answer = asked(brand, {"publish": EVERYBODY})
    assert effects(answer).keys() == {"mill", "dyer", "spinner", "farm"}
    assert answer["left_out"] == {"closed": 2, "unstated": 0, "veiled": 0}


def test_a_supplier_scope_tests_what_is_displayed_only(world: World, brand: Member) -> None:
    with building(world) as build:
        build.organization("mill", sector="PCB")
        build.organization("dyer", sector="PCB")
        build.record("brand", "dyer", sector="PCB", region="Jiangsu")
    scoped = {**EVERYBODY, "supplier_scope": {"sectors": ["PCB"]}}
    answer = asked(brand, {"publish": scoped})
    assert effects(answer).keys() == {"dyer"}
    assert answer["left_out"]["unstated"] == 3
    assert [(one["region"], one["newly_owes"]) for one in answer["by_region"]] == [("Jiangsu", 1)]


def test_a_pseudonym_owes_without_way_and_due_date(world: World, brand: Member) -> None:
    with building(world) as build:
        build.link("mill", "weaver", "5208", disclosure="pseudonym", since=date(2026, 1, 1))
    answer = asked(brand, {"publish": {**EVERYBODY, "grace": [1]}})
    (weaver,) = [one for one in answer["items"] if one["kind"] == "pseudonym"]
    assert weaver["name"] is None
    assert (weaver["after"]["tier"], weaver["after"]["due"], weaver["after"]["path"]) == (2, None, [])
    coded = asked(brand, {"publish": {**EVERYBODY, "link_scope": ["52"]}})
    assert (coded["items"], coded["left_out"]["veiled"]) == ([], 1)


def test_a_pseudonym_stays_where_it_is_shown_when_a_link_above_it_ends(world: World, brand: Member) -> None:
    with building(world) as build:
        build.link("mill", "weaver", disclosure="pseudonym")
        build.require("brand", (2, 1))
    answer = asked(brand, {"close": {"link": "lnk_brand_mill"}})
    assert effects(answer).keys() == {"mill", "spinner", "farm"}
    assert answer["left_out"]["veiled"] == 1


def test_what_is_unseen_is_refused_like_what_is_not_there(world: World, brand: Member) -> None:
    with building(world) as build:
        build.link("mill", "shade", disclosure="none")
        build.link("brand", "ginner", state="claimed")
        build.require("mill", (1,))
    for unseen in ("shade", "ginner", "nobody"):
        assert refused(brand, {"open": {"supplier": org(unseen)}}) == {("/changes/0/open/supplier", "not-in-sight")}
        level = {"supplier": org(unseen), "framework": MILLS, "pillar": "sourcing", "level": 1}
        assert refused(brand, {"level": level}) == {("/changes/0/level/supplier", "not-in-sight")}
    for link in ("lnk_mill_shade", "lnk_brand_ginner", "lnk_nobody"):
        assert refused(brand, {"close": {"link": link}}) == {("/changes/0/close/link", "link-not-in-sight")}
    for requirement in ("req_mill", "req_nobody"):
        told = {("/changes/1/end/requirement", "unknown-requirement")}
        assert refused(brand, {"publish": EVERYBODY}, {"end": {"requirement": requirement}}) == told


def test_a_demand_is_held_against_the_rules_of_publishing(world: World, brand: Member) -> None:
    with building(world) as build:
        build.require("brand", (2, 1))
    rising = {**EVERYBODY, "schedule": [1, 2]}
    assert refused(brand, {"publish": rising}) == {("/changes/0/publish/schedule/1", "schedule-increases")}
    past = {**EVERYBODY, "effective_from": "2020-01-01"}
    assert refused(brand, {"publish": past}) == {("/changes/0/publish/effective_from", "before-today")}
    other = {"amend": {"requirement": "req_brand", "to": {"framework": ELECTRONICS}}}
    assert refused(brand, other) == {("/changes/0/amend/to/framework", "another-framework")}
    assert refused(brand, {"end": {"requirement": "req_brand"}}, other | {}) >= {
        ("/changes/1/amend/requirement", "supposed-twice")
    }
    assert refused(brand, {}) == {("/changes/0", "one-change-each")}
    assert refused(brand, {"publish": EVERYBODY}, on="2020-01-01") == {("/on", "before-today")}
    unknown = {"supplier": org("mill"), "framework": "none@1", "pillar": "sourcing", "level": 1}
    assert refused(brand, {"level": unknown}) == {("/changes/0/level/framework", "framework-unknown")}


def test_nothing_is_written(world: World, brand: Member) -> None:
    with building(world) as build:
        build.require("brand", (2, 1))

    def rows(work: Work) -> dict[str, int]:
        tables = Base.metadata.sorted_tables
        return {one.name: work.session.scalar(select(func.count()).select_from(one)) or 0 for one in tables}

    before = world.do(rows)
    level = {"supplier": org("mill"), "framework": MILLS, "pillar": "sourcing", "level": 0}
    changes: Iterator[dict[str, Any]] = iter(
        (
            {"publish": EVERYBODY},
            {"amend": {"requirement": "req_brand", "to": {"schedule": [2, 2]}}},
            {"open": {"supplier": org("spinner")}},
            {"close": {"link": "lnk_brand_dyer"}},
            {"level": level},
        )
    )
    assert asked(brand, *changes)["total"]
    assert asked(brand, {"end": {"requirement": "req_brand"}})["total"]
    assert world.do(rows) == before
    assert asked(brand)["total"] == 0


def kept(member: Member, *changes: dict[str, Any], title: str = "A tier further down") -> Any:
    answer = member.post("/v1/what-ifs", {"title": title, "changes": list(changes)})
    assert answer.status_code == 201, answer.json
    assert answer.headers["Location"] == f"/v1/what-ifs/{answer.json['id']}"
    return answer.json


def verdicts(comparison: Any) -> dict[str, str]:
    return {one["supplier"].removeprefix("org_"): one["verdict"] for one in comparison["items"]}


def really_published(member: Member, demand: dict[str, Any]) -> str:
    draft = member.post("/v1/requirements", demand).json["id"]
    assert member.post(f"/v1/requirements/{draft}/publish").status_code == 200
    return str(draft)


def test_what_is_kept_is_listed_shown_and_thrown_away(brand: Member) -> None:
    made = kept(brand, {"publish": EVERYBODY})
    asked_alone = asked(brand, {"publish": EVERYBODY})
    assert made["totals"] == asked_alone["totals"]
    assert made["by_tier"] == asked_alone["by_tier"]
    where = f"/v1/what-ifs/{made['id']}"
    assert brand.get(where).json == made
    (listed,) = brand.get("/v1/what-ifs").json["items"]
    assert (listed["id"], listed["title"]) == (made["id"], "A tier further down")
    assert brand.call("DELETE", where).status_code == 204
    assert brand.get(where).status_code == 404
    assert brand.get("/v1/what-ifs").json["items"] == []


def test_what_was_foreseen_is_held_against_what_came(world: World, brand: Member) -> None:
    made = kept(brand, {"publish": EVERYBODY})
    where = f"/v1/what-ifs/{made['id']}/comparison"
    waiting = brand.get(where).json
    assert waiting["made"] == [{"supposed": "/changes/0", "requirement": None}]
    assert waiting["items"] == []
    requirement = really_published(brand, EVERYBODY)
    told = brand.get(where).json
    assert told["made"] == [{"supposed": "/changes/0", "requirement": requirement}]
    assert set(verdicts(told).values()) == {"as_foreseen"}
    assert told["verdicts"]["as_foreseen"] == 4
    with building(world) as build:
        build.prove("dyer", 2)
        build.link("mill", "spinner", state="ended")
        build.link("dyer", "weaver")
    later = brand.get(where).json
    assert verdicts(later) == {"mill": "as_foreseen", "dyer": "better", "weaver": "not_foreseen"}
    assert later["out_of_sight"] == 2
    only = brand.get(f"{where}?verdict=better").json
    assert verdicts(only) == {"dyer": "better"}
    assert only["verdicts"] == later["verdicts"]


def test_an_amendment_is_followed_to_what_it_became(world: World, brand: Member) -> None:
    with building(world) as build:
        build.require("brand", (2, 1))
    made = kept(brand, {"amend": {"requirement": "req_brand", "to": {"schedule": [2, 2]}}})
    answer = brand.post("/v1/requirements/req_brand/amend", {"schedule": [2, 1, 1]})
    told = brand.get(f"/v1/what-ifs/{made['id']}/comparison").json
    assert told["made"] == [{"supposed": "req_brand", "requirement": answer.json["id"]}]
    assert verdicts(told) == {
        "mill": "as_foreseen",
        "dyer": "as_foreseen",
        "spinner": "owes_otherwise",
        "farm": "owes_otherwise",
    }


def test_of_whom_is_seen_no_more_nothing_that_was_foreseen_is_told(world: World, brand: Member) -> None:
    made = kept(brand, {"publish": EVERYBODY})
    really_published(brand, EVERYBODY)
    with building(world) as build:
        build.link("brand", "mill", state="ended")
    told = brand.get(f"/v1/what-ifs/{made['id']}/comparison").json
    assert verdicts(told) == {"dyer": "as_foreseen"}
    assert told["out_of_sight"] == 3


def test_a_requirement_unlike_the_supposed_one_is_not_taken_for_it(brand: Member) -> None:
    made = kept(brand, {"publish": EVERYBODY})
    really_published(brand, {"title": "OHS", "framework": ELECTRONICS, "pillar": "ohs", "schedule": [1]})
    told = brand.get(f"/v1/what-ifs/{made['id']}/comparison").json
    assert told["made"] == [{"supposed": "/changes/0", "requirement": None}]


def test_more_than_can_be_kept_is_refused_with_the_number(brand: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supplychain.what_if.keeping.MAX_KEPT", 3)
    answer = brand.post("/v1/what-ifs", {"title": "T", "changes": [{"publish": EVERYBODY}]})
    assert answer.status_code == 422
    assert "4" in answer.json["errors"][0]["detail"]


# Drafts and waivers -----------------------------------------------------------------------------


def test_a_draft_is_supposed_to_be_published_as_it_stands_and_stays_a_draft(world: World, brand: Member) -> None:
    draft = brand.post("/v1/requirements", {**EVERYBODY, "effective_from": str(START + 30 * DAY)}).json
    supposed = {"publish_draft": {"requirement": draft["id"]}}
    answer = asked(brand, supposed)
    written = asked(brand, {"publish": {**EVERYBODY, "effective_from": str(START + 30 * DAY)}})
    assert {one["requirement"] for one in answer["items"]} == {draft["id"]}
    nameless = [[{**one, "requirement": None} for one in some["items"]] for some in (answer, written)]
    assert nameless[0] == nameless[1] != []
    assert answer["on"] == str(START + 30 * DAY)
    sooner = {"publish_draft": {"requirement": draft["id"], "effective_from": str(START)}}
    assert asked(brand, sooner)["on"] == str(START)
    made = kept(brand, supposed)
    assert brand.get(f"/v1/requirements/{draft['id']}").json == draft
    assert brand.post(f"/v1/requirements/{draft['id']}/publish").status_code == 200
    comparison = brand.get(f"/v1/what-ifs/{made['id']}/comparison").json
    assert comparison["made"] == [{"supposed": draft["id"], "requirement": draft["id"]}]
    assert brand.post("/v1/what-if", {"changes": [supposed]}).json["code"] == "requirement-not-draft"


def test_a_draft_that_is_not_ones_own_or_supposed_already_is_refused(world: World, brand: Member) -> None:
    with building(world) as build:
        build.member("rival", "brand")
        build.require("rival", (1,), "draft", published=False)
        build.require("brand", (1,), "draft", published=False)
    of_brand, of_rival, of_nobody = (
        {"publish_draft": {"requirement": name}} for name in ("req_brand_draft", "req_rival_draft", "req_nobody")
    )
    for unseen in (of_rival, of_nobody):
        assert refused(brand, unseen) == {("/changes/0/publish_draft/requirement", "unknown-requirement")}
    assert refused(brand, of_brand, of_brand) == {("/changes/1/publish_draft/requirement", "supposed-twice")}


def test_a_waiver_that_would_be_granted_and_one_that_would_end_say_what_becomes_of_the_status(
    world: World, brand: Member
) -> None:
    with building(world) as build:
        build.require("brand", (2, 2), grace=[0])
        build.waive("brand", "spinner", level=1, due=None)
    until = str(START + 90 * DAY)
    world.clock.advance(1)
    waive = {"waive": {"requirement": "req_brand", "supplier": org("dyer"), "until": until}}
    answer = asked(brand, waive)
    (dyer,) = answer["items"]
    assert (dyer["supplier"], dyer["effects"]) == (org("dyer"), ["newly_waived", "still_short"])
    assert (dyer["before"]["status"], dyer["after"]["status"]) == ("overdue", "waived")
    assert answer["totals"]["newly_waived"] == 1
    after_it = asked(brand, waive, on=str(START + 91 * DAY))
    assert after_it["items"] == [], "it would be over by then"
    (spinner,) = asked(brand, {"revoke": {"waiver": "wvr_brand_spinner"}})["items"]
    assert (spinner["effects"], spinner["after"]["status"]) == (["waived_no_more", "still_short"], "overdue")
    body = {**waive["waive"], "reason": "plan_agreed"}
    assert brand.post("/v1/waivers", body).status_code == 201
    really = {one["id"]: one["status"] for one in brand.get("/v1/suppliers").json["items"]}
    assert really[org("dyer")] == dyer["after"]["status"]


def test_a_supposed_waiver_is_held_against_the_rules_of_a_real_one(world: World, brand: Member) -> None:
    with building(world) as build:
        build.member("rival", "brand")
        build.link("rival", "mill")
        build.require("brand", (2, 1))
        build.require("rival", (2,))
        build.waive("rival", "mill", level=0)
    leave = {"requirement": "req_brand", "supplier": org("mill"), "until": str(START + DAY)}
    wrong: dict[str, dict[str, Any]] = {
        "/level": {"level": 2},
        "/due": {"due": str(START + 9 * DAY)},
        "/until": {"until": "2020-01-01", "level": 0},
        "/supplier": {"supplier": org("nobody")},
        "/requirement": {"requirement": "req_rival"},
    }
    for pointer, said in wrong.items():
        found = refused(brand, {"waive": {**leave, **said}})
        assert {one.removeprefix("/changes/0/waive") for one, _ in found} == {pointer}
    for unseen in ("wvr_rival_mill", "wvr_nobody"):
        assert refused(brand, {"revoke": {"waiver": unseen}}) == {("/changes/0/revoke/waiver", "unknown-waiver")}


def test_what_was_kept_before_waivers_were_looked_at_is_shown_with_none(world: World, brand: Member) -> None:
    with building(world) as build:
        row = build.suppose("brand")
        row.told = {**row.told, "totals": {"freed": 3}, "by_tier": [{"tier": 1, "freed": 3}]}
    shown = brand.get("/v1/what-ifs/wif_brand").json
    assert (shown["totals"]["freed"], shown["totals"]["newly_waived"]) == (3, 0)
    assert (shown["by_tier"][0]["tier"], shown["by_tier"][0]["waived_no_more"]) == (1, 0)
