"""Flags, drawings, gaps and forecasts of another day than today, by what was known until a day."""

from datetime import date, timedelta
from typing import Any

import pytest

from supplychain.conformity.models import Flag
from supplychain.evidence.models import Evidence
from tests.factories import MILLS, building, printed
from tests.ground import org
from tests.test_moments import FIRST, SECOND, THIRD, history, on
from tests.world import START, Member, World

__all__ = ["history"]
DAY = timedelta(days=1)
HINDSIGHT = on(SECOND, THIRD)


def flags(member: Member, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = member.get(f"/v1/flags?{query}").json["items"]
    return found


def kinds(member: Member, query: str, view: str = "supplier") -> list[tuple[str, str | None]]:
    """Kinds of flags with the day on which each was closed."""
    return [(one["kind"], one.get("closed_on")) for one in flags(member, f"{query}&view={view}")]


def drawn(member: Member, query: str = "") -> set[tuple[str, str, str]]:
    """Buyer, supplier and state of every edge."""
    body = member.get(f"/v1/network?{query}").json
    return {
        (one["target"].removeprefix("org_"), one["source"].removeprefix("org_"), one["state"]) for one in body["edges"]
    }


def test_a_supplier_reads_the_flags_that_were_open_and_what_they_said(history: World) -> None:
    mill = history.members["mill"]
    assert kinds(mill, on(FIRST)) == []
    assert kinds(mill, on(SECOND)) == [("training", None)]
    (then,) = flags(mill, on(SECOND))
    assert [(one["pillar"], one["gap"]) for one in then["pillars"]] == [("sourcing", 1)]
    assert kinds(mill, on(THIRD)) == kinds(mill, "") == [("training", str(THIRD))]


def test_hindsight_opens_and_shuts_no_flag_but_knows_what_it_would_have_said(history: World) -> None:
    mill = history.members["mill"]
    with building(history) as build:
        build.prove("mill", 2, observed_to=FIRST - 30 * DAY, received_at=build.work.now)
    (told,) = flags(mill, HINDSIGHT)
    assert (told["kind"], told["closed_on"], told["pillars"]) == ("training", None, [])


def test_a_brand_reads_who_needed_training_by_its_own_demands(history: World) -> None:
    brand = history.members["brand"]
    found = {
        query: [(one["kind"], one["supplier"]) for one in flags(brand, f"{query}&view=brand")]
        for query in (on(FIRST), on(SECOND), on(THIRD), on(THIRD, SECOND))
    }
    assert found[on(FIRST)] == []
    assert found[on(SECOND)] == found[on(THIRD, SECOND)] == [("training", org("mill"))]
    assert found[on(THIRD)] == [("training", org("spinner"))]


def test_a_flag_of_a_day_that_was_advanced_late_was_not_known_before(world: World) -> None:
    """Nobody calls for ten days; the flag opened on one of them, and is recorded when the days are caught up with."""
    with building(world) as build:
        mill = build.member("mill", "supplier")
        build.prove("mill", valid_until=START + 95 * DAY)
    world.clock.advance(7)
    asked = f"{on(START + 6 * DAY)}&view=supplier"
    before = mill.get(f"/v1/flags?{asked}").get_data()
    status = mill.get(f"/v1/me/status?{on(START + 6 * DAY)}").get_data()
    world.clock.advance(3)
    world.do(lambda work: None)
    assert [str(one) for one in _openings(world)] == [str(START + 6 * DAY)]
    assert mill.get(f"/v1/flags?{asked}").get_data() == before
    assert mill.get(f"/v1/me/status?{on(START + 6 * DAY)}").get_data() == status
    assert kinds(mill, f"on={START + 6 * DAY}&known={START + 10 * DAY}") == [("evidence_expiring", None)]


def _openings(world: World) -> list[date]:
    def body(work: Any) -> list[date]:
        return [one.opened_on for one in work.session.query(Flag).filter_by(kind="evidence_expiring")]

    found: list[date] = world.do(body)
    return found


@pytest.mark.parametrize("role", ["trainer", "organiser"])
def test_views_that_rest_on_a_consent_are_of_today_alone(history: World, role: str) -> None:
    with building(history) as build:
        member = build.member("somebody", role)
    assert member.get(f"/v1/flags?on={THIRD}").status_code == 200
    refused = member.get(f"/v1/flags?on={SECOND}")
    assert refused.status_code == 422
    assert [one["code"] for one in refused.json["errors"]] == ["of-today-alone"]
    assert member.get(f"/v1/flags?on={SECOND}&view=supplier").json["items"] == []


def test_the_network_is_drawn_as_it_was_known(history: World) -> None:
    brand = history.members["brand"]
    assert drawn(brand, on(FIRST - DAY)) == set()
    assert drawn(brand, on(SECOND)) == {("brand", "mill", "confirmed")}
    assert drawn(brand, on(THIRD)) == drawn(brand) == drawn(brand, HINDSIGHT)
    assert drawn(brand) == {("brand", "mill", "confirmed"), ("mill", "spinner", "confirmed")}
    told = brand.get(f"/v1/network?{on(SECOND)}&format=gexf").headers["Content-Disposition"]
    assert f"network-{SECOND}.gexf" in told


def test_of_other_days_only_links_are_drawn_that_are_shown_today(world: World) -> None:
    with building(world) as build:
        build.member("brand", "brand")
        build.chain("brand > mill > spinner > farm")
        build.chain("brand > weaver")
    world.clock.advance(1)
    brand = world.members["brand"]
    assert ("spinner", "farm", "confirmed") in drawn(brand, on(FIRST))
    with building(world) as build:
        build.link("mill", "spinner", disclosure="pseudonym")
        build.link("brand", "weaver", state="ended")
    assert drawn(brand, on(FIRST)) == {("brand", "mill", "confirmed"), ("brand", "weaver", "confirmed")}, "one's own"
    assert drawn(brand) == {("brand", "mill", "confirmed")}


def test_gaps_between_frameworks_are_told_by_the_evidence_of_then(history: World) -> None:
    mill = history.members["mill"]
    asked = f"/v1/me/gaps?framework={MILLS}&other={MILLS}&level=1"
    served = {
        query: [one["serving"] for one in mill.get(f"{asked}&{query}").json["items"]]
        for query in (on(SECOND), on(THIRD), HINDSIGHT)
    }
    assert served == {on(SECOND): ["missing"], on(THIRD): ["both"], HINDSIGHT: ["missing"]}


def test_levels_are_told_up_to_the_day_by_what_was_recorded_of_them(history: World) -> None:
    mill = history.members["mill"]
    told = {
        query: [one["level"] for one in mill.get(f"/v1/me/levels?{query}").json["items"]]
        for query in (on(SECOND), on(THIRD), HINDSIGHT, "")
    }
    assert told == {on(SECOND): [None], on(THIRD): [None, 1], HINDSIGHT: [None], "": [None, 1]}


def test_what_was_foreseen_on_a_past_day_is_told_again(world: World) -> None:
    with building(world) as build:
        brand, mill = build.member("brand", "brand"), build.member("mill", "supplier")
        build.link("brand", "mill")
        build.require("brand", (1,))
        build.prove("mill", valid_until=START + 40 * DAY)
    world.clock.advance(1)
    asked = f"on={FIRST}&months=4"
    foreseen = brand.get(f"/v1/forecast/breaks?{asked}").json["items"]
    assert [one["breaks_on"] for one in foreseen] == [str(START + 41 * DAY)]
    told = [brand.get(f"/v1/suppliers/{org('mill')}/forecast?{asked}").get_data(), *_forecasts(brand, mill, asked)]
    with building(world) as build:
        build.prove("mill", 2)
    assert brand.get("/v1/forecast/breaks?months=4").json["items"] == []
    again = [brand.get(f"/v1/suppliers/{org('mill')}/forecast?{asked}").get_data(), *_forecasts(brand, mill, asked)]
    assert again == told
    assert brand.get(f"/v1/forecast/breaks?{asked}&known={SECOND}").json["items"] == [], "known a day later"


def _forecasts(brand: Member, mill: Member, asked: str) -> list[bytes]:
    return [brand.get(f"/v1/forecast?{asked}").get_data(), mill.get(f"/v1/me/forecast?{asked}").get_data()]


@pytest.mark.parametrize("query", [HINDSIGHT, on(THIRD + 400 * DAY)])
def test_what_changes_another_day_and_not_today_is_told_when_it_is_asked_again(history: World, query: str) -> None:
    """Nobody's level is another one today, and yet it was, or will be."""
    brand = history.members["brand"]
    asked = [f"/v1/suppliers?{query}", f"/v1/suppliers/{org('mill')}/status?{query}", f"/v1/suppliers?{query}&tier=1"]
    asked.append(f"/v1/requirements/req_brand/obligations?{query}")
    with building(history) as build:
        for one in build.work.session.query(Evidence).filter_by(organization=build.number("mill")):
            one.valid_until = THIRD + 100 * DAY
        build.work.touch(build.number("mill"))
    before = [brand.get(path).get_data(as_text=True) for path in asked]
    assert not any('"met"' in one for one in before)
    with building(history) as build:
        said: dict[str, Any] = {"standard": "rspo", "certificate": printed("MB"), "observed_to": FIRST - 30 * DAY}
        build.evidence("mill", "older", **said, valid_until=SECOND)
        build.evidence("mill", "longer", **said)
    after = [brand.get(path).get_data(as_text=True) for path in asked]
    assert all('"met"' in one for one in after)
