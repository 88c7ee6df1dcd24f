"""Two axes of time: the answer of a day by what was known until a day, with today's right to see."""

from datetime import date, timedelta
from typing import Any

import pytest

from supplychain.audits.models import Finding
from supplychain.network.engine import Engine, Past
from tests.factories import MILLS, building, printed
from tests.ground import org
from tests.papers import quantity
from tests.reviewing import submit
from tests.world import START, Member, World

DAY = timedelta(days=1)
FIRST, SECOND, THIRD = START, START + DAY, START + 2 * DAY
RSPO = {
    "kind": "certificate",
    "standard": "rspo",
    "certificate": printed("MB"),
    "issued_on": str(START - 30 * DAY),
    "valid_until": "2040-01-01",
}


def on(day: date, known: date | None = None) -> str:
    return f"on={day}" + (f"&known={known}" if known else "")


def listed(world: World, query: str = "", reader: str = "brand") -> dict[str, Any]:
    """The suppliers of a reader, by name."""
    items = world.members[reader].get(f"/v1/suppliers?{query}").json["items"]
    return {one["id"].removeprefix("org_"): one for one in items}


def decide(reviewer: Member, evidence: dict[str, Any], decision: str, **said: Any) -> None:
    answered = reviewer.post(f"/v1/evidence/{evidence['id']}/review", {"decision": decision, **said})
    assert answered.status_code == 200, answered.json


def provisional(supplier: Member, query: str) -> int | None:
    """The level with what waits for a review."""
    found: int | None = supplier.get(f"/v1/me/status?{query}").json["frameworks"][0]["pillars"][0]["provisional"]
    return found


def statuses(world: World, query: str = "", reader: str = "brand") -> dict[str, str]:
    return {name: one["status"] for name, one in listed(world, query, reader).items()}


@pytest.fixture
def history(world: World) -> World:
    """brand buys from mill; a day later it asks for level 1; a day later mill proves it and buys from spinner."""
    with building(world) as build:
        build.member("brand", "brand")
        build.member("mill", "supplier")
        build.link("brand", "mill")
    world.clock.advance(1)
    with building(world) as build:
        build.require("brand", (1,))
    world.clock.advance(1)
    with building(world) as build:
        build.prove("mill")
        build.link("mill", "spinner")
    return world


def test_a_past_day_is_answered_by_what_was_recorded_until_its_end(history: World) -> None:
    assert statuses(history, on(FIRST - DAY)) == {}
    assert statuses(history, on(FIRST)) == {"mill": None}
    assert statuses(history, on(SECOND)) == {"mill": "not_assessed"}
    assert statuses(history, on(THIRD)) == {"mill": "met", "spinner": "overdue"}
    assert statuses(history) == statuses(history, on(THIRD))


def test_what_became_known_later_of_a_past_day_is_told_when_the_knowledge_is_asked_for(history: World) -> None:
    with building(history) as build:
        build.prove("spinner", observed_to=FIRST - 30 * DAY)
    assert statuses(history, on(SECOND)) == {"mill": "not_assessed"}
    assert statuses(history, on(SECOND, THIRD)) == {"mill": "not_assessed", "spinner": "met"}


def test_knowledge_of_an_earlier_day_is_applied_to_today_and_to_days_to_come(history: World) -> None:
    assert statuses(history, on(THIRD, SECOND)) == {"mill": "overdue"}
    assert statuses(history, f"known={SECOND}") == {"mill": "overdue"}
    assert statuses(history, on(date(2041, 1, 1))) == {"mill": "overdue", "spinner": "overdue"}


def test_today_named_is_today_unnamed(history: World) -> None:
    plain = history.members["brand"].get("/v1/suppliers")
    for query in (on(THIRD), f"known={THIRD}", on(THIRD, THIRD)):
        assert history.members["brand"].get(f"/v1/suppliers?{query}").get_data() == plain.get_data()


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        (f"known={THIRD + DAY}", "?known", "not-known-yet"),
        ("on=1900-01-01", "?on", "day-out-of-range"),
        ("known=9999-12-31", "?known", "day-out-of-range"),
        ("on=yesterday", "?on", "not-a-date"),
    ],
)
def test_a_moment_that_cannot_be_answered_is_refused(history: World, query: str, pointer: str, code: str) -> None:
    refused = history.members["brand"].get(f"/v1/suppliers?{query}")
    assert refused.status_code == 422
    assert (pointer, code) in [(one["pointer"], one["code"]) for one in refused.json["errors"]]


@pytest.mark.parametrize("way", ["", "/status", "/explanation"])
def test_a_supplier_that_was_not_there_is_as_unknown_as_one_that_never_was(history: World, way: str) -> None:
    brand = history.members["brand"]
    assert brand.get(f"/v1/suppliers/{org('spinner')}{way}?{on(THIRD)}").status_code == 200
    gone, never = (brand.get(f"/v1/suppliers/{org(name)}{way}?{on(SECOND)}") for name in ("spinner", "nobody"))
    assert (gone.status_code, gone.json["code"]) == (404, never.json["code"]) == (never.status_code, "not-found")


def test_what_was_unmet_on_a_past_day_is_what_the_evidence_of_then_left_unmet(history: World) -> None:
    then, now = (
        history.members["brand"].get(f"/v1/suppliers/{org('mill')}/status?{query}").json["obligations"]
        for query in (on(SECOND), "")
    )
    assert [one["indicator"] for one in then[0]["unmet"]] == ["RSPO01"]
    assert now[0]["unmet"] == []


def test_who_owed_a_requirement_on_a_past_day(history: World) -> None:
    path = "/v1/requirements/req_brand/obligations"
    brand = history.members["brand"]
    assert [one["supplier"] for one in brand.get(f"{path}?{on(SECOND)}").json["items"]] == [org("mill")]
    assert brand.get(f"{path}?{on(FIRST)}").json["items"] == [], "it was not published yet"
    assert brand.get(f"/v1/requirements/req_mill/obligations?{on(SECOND)}").status_code == 404


def test_a_supplier_sees_its_own_past(history: World) -> None:
    mill = history.members["mill"]
    owed = mill.get(f"/v1/me/obligations?{on(SECOND)}").json["items"]
    assert [(one["status"], one["achieved"]) for one in owed] == [("not_assessed", None)]
    assert mill.get("/v1/me/obligations").json["items"][0]["status"] == "met"
    assert mill.get(f"/v1/me/obligations?{on(FIRST)}").json["items"] == []
    assert mill.get(f"/v1/me/obligations/req_brand/explanation?{on(SECOND)}").status_code == 200
    assert mill.get(f"/v1/me/obligations/req_brand/explanation?{on(FIRST)}").status_code == 404
    then = mill.get(f"/v1/me/status?{on(SECOND)}").json
    now = mill.get("/v1/me/status").json
    assert (then["day"], then["flags"]) == (str(SECOND), ["training"])
    assert (now["day"], now["flags"]) == (str(THIRD), [])
    assert [one["pillars"][0]["level"] for one in then["frameworks"]] == [None]
    assert [one["pillars"][0]["level"] for one in now["frameworks"]] == [1]


def test_evidence_counts_on_a_past_day_as_it_then_stood(world: World) -> None:
    """Sent on the first day, accepted on the second; the third day brings one in its place that ran out before."""
    with building(world) as build:
        brand, mill = build.member("brand", "brand"), build.member("mill", "supplier")
        reviewer = build.member("reviewer", "reviewer")
        build.link("brand", "mill")
        build.organization("mill", evidence_reviewer=reviewer.number)
        build.require("brand", (1,), grace=[6])
    sent = submit(mill, RSPO)
    world.clock.advance(1)
    decide(reviewer, sent, "accept", trust="certified")
    world.clock.advance(1)
    over = submit(mill, {**RSPO, "valid_until": str(START - DAY), "supersedes": sent["id"]})
    decide(reviewer, over, "accept", trust="certified")
    expected = ["not_assessed", "met", "expired"]
    assert statuses(world) == {"mill": expected[2]}
    assert [statuses(world, on(day))["mill"] for day in (FIRST, SECOND, THIRD)] == expected
    assert [statuses(world, on(FIRST, day))["mill"] for day in (FIRST, SECOND, THIRD)] == expected
    assert [provisional(mill, on(FIRST, day)) for day in (FIRST, SECOND, THIRD)] == [1, 1, None]
    assert brand.get(f"/v1/suppliers?{on(SECOND)}").json["items"][0]["obligations"][0]["since"] == str(SECOND)


@pytest.mark.parametrize("trust", ["documented", "certified"])
def test_evidence_has_the_trust_on_a_past_day_that_it_then_had(world: World, trust: str) -> None:
    """What the reviewer made of it was known from the review on."""
    with building(world) as build:
        mill, reviewer = build.member("mill", "supplier"), build.member("reviewer", "reviewer")
        build.organization("mill", evidence_reviewer=reviewer.number)
    sent = submit(mill, quantity())
    world.clock.advance(1)
    decide(reviewer, sent, "accept", trust=trust)
    then, now = (
        {
            source["trust"]
            for indicator in mill.get(f"/v1/me/status?{query}").json["frameworks"][0]["indicators"]
            for source in indicator["sources"]
        }
        for query in (on(FIRST), "")
    )
    assert (then, now) == ({"self_declared"}, {trust})


def test_a_finding_and_a_decision_count_from_the_day_they_were_recorded(history: World) -> None:
    history.clock.advance(1)
    with building(history) as build:
        build.find_fault("mill", "reviewer", "RSPO01", observed_on=FIRST)
    assert statuses(history, on(THIRD))["mill"] == "met"
    assert statuses(history)["mill"] == "overdue"
    history.clock.advance(1)
    with building(history) as build:
        finding = build._found(Finding, "fnd_mill_rspo01")
        assert finding is not None
        finding.state, finding.verified_at = "verified", build.work.now
        build.work.touch(finding.organization)
    assert statuses(history)["mill"] == "met"
    assert statuses(history, on(THIRD + DAY))["mill"] == "overdue"


def test_who_is_known_by_a_pseudonym_is_in_no_answer_of_another_day(world: World) -> None:
    with building(world) as build:
        build.member("brand", "brand")
        build.chain("brand > mill")
        build.link("mill", "weaver", disclosure="pseudonym")
        build.link("weaver", "farm")
        build.require("brand", (1,))
    world.clock.advance(1)
    assert len(listed(world)) == 3
    for query in (on(FIRST), on(FIRST, SECOND), on(SECOND, FIRST), on(date(2027, 1, 1))):
        assert set(listed(world, query)) == {"mill"}


def test_whom_one_may_no_longer_see_one_may_not_see_on_days_when_one_could(world: World) -> None:
    with building(world) as build:
        build.member("brand", "brand")
        build.chain("brand > mill > spinner > farm")
        build.chain("brand > weaver > farm")
        build.require("brand", (1,))
    world.clock.advance(1)
    assert set(listed(world, on(FIRST))) == {"mill", "spinner", "farm", "weaver"}
    with building(world) as build:
        build.link("brand", "mill", state="ended")
        build.link("weaver", "farm", disclosure="pseudonym")
    assert set(listed(world, on(FIRST))) == {"weaver"}


def test_the_way_of_a_past_day_leads_only_over_whom_one_may_see_today(world: World) -> None:
    """Farm was a supplier of mill's and of weaver's; mill's own suppliers are no longer shown."""
    with building(world) as build:
        build.member("brand", "brand")
        build.chain("brand > mill > farm")
        build.chain("brand > weaver > loom > farm")
        build.require("brand", (1,))
    world.clock.advance(1)
    assert listed(world, on(FIRST))["farm"]["tier"] == 2
    with building(world) as build:
        build.link("mill", "farm", disclosure="none")
    assert listed(world, on(FIRST))["farm"]["tier"] == 3
    (told,) = world.members["brand"].get(f"/v1/suppliers/{org('farm')}/explanation?{on(FIRST)}").json["items"]
    assert [hop["supplier"]["id"] for hop in told["path"]] == [org("weaver"), org("loom"), org("farm")]


def test_a_file_of_a_past_day_is_that_days_list(history: World) -> None:
    found = history.members["brand"].get(f"/v1/suppliers?{on(SECOND)}&format=csv&header=codes")
    assert f"suppliers-{SECOND}.csv" in found.headers["Content-Disposition"].lower()
    assert found.get_data(as_text=True).count("org_") == 1


def test_a_list_of_a_past_day_is_walked_like_any_other(history: World) -> None:
    first = history.members["brand"].get(f"/v1/suppliers?{on(THIRD, THIRD)}&limit=1")
    assert f"on={THIRD}" in first.headers["Link"]


def test_the_version_asked_then_is_the_version_answered(history: World) -> None:
    assert {one["framework"] for one in listed(history, on(SECOND))["mill"]["obligations"]} == {MILLS}


def test_an_earlier_day_may_remember_a_quarter_of_what_the_present_may(history: World) -> None:
    statuses(history, f"known={SECOND}")
    room = history.runtime.component(Engine).state.network.memory.room
    assert {one.network.memory.room for one in history.runtime.component(Past)._states.values()} == {room // 4}
