"""The forecast and the flag that says what lapses: to the supplier with its evidence, to a brand level and day only."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from supplychain.audit import AuditEntry
from supplychain.conformity import outlooks
from supplychain.conformity.derive import rebuild
from supplychain.conformity.models import Flag
from supplychain.conformity.rules import outlook
from supplychain.outbox import OutboxEvent
from supplychain.work import Work
from tests.factories import MILLS, Builder, building, printed
from tests.lists import counted
from tests.test_derive import derived
from tests.world import START, Member, World

FIRST, SECOND = START + timedelta(days=100), START + timedelta(days=500)
"""The last days of two certificates: of identity preserved (level 2), and of mass balance (level 1)."""
WINDOW = timedelta(days=90)
NEXT = timedelta(days=1)


def certify(build: Builder, name: str, *, first: date = FIRST, second: date = SECOND) -> None:
    """Level 2 until one day, level 1 until another."""
    build.evidence(name, "ip", standard="rspo", certificate=printed("IP"), valid_until=first)
    before = START - NEXT
    build.evidence(name, "mb", standard="rspo", certificate=printed("MB"), valid_until=second, observed_to=before)


def told(pillar: dict[str, Any]) -> list[tuple[str, int | None]]:
    return [(step["day"], step["level"]) for step in pillar["steps"]]


def flags(member: Member, view: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = member.get(f"/v1/flags?kind=evidence_expiring&view={view}").json["items"]
    return found


def opened(world: World, kind: str) -> list[tuple[date, date | None]]:
    query = select(Flag.opened_on, Flag.closed_on).where(Flag.kind == kind).order_by(Flag.number)
    found: list[tuple[date, date | None]] = world.do(lambda work: [tuple(one) for one in work.session.execute(query)])
    return found


def told_times(world: World, what: str, kind: str) -> tuple[int, int]:
    """How often audit and outbox say it."""

    def count(work: Work) -> tuple[int, int]:
        entries = work.session.scalars(select(AuditEntry).where(AuditEntry.action == what)).all()
        events = work.session.scalars(select(OutboxEvent).where(OutboxEvent.type == what)).all()
        return (
            sum(one.data.get("flag") == kind for one in entries),
            sum(one.data.get("flag") == kind for one in events),
        )

    found: tuple[int, int] = world.do(count)
    return found


@pytest.fixture
def people(world: World) -> dict[str, Member]:
    """A mill of level 2 that owes a brand level 2 and another brand level 1."""
    with building(world) as build:
        build.chain("brand > mill")
        build.chain("modest > mill")
        build.require("brand", [2])
        build.require("modest", [1])
        certify(build, "mill")
        roles = {"mill": "supplier", "brand": "brand", "modest": "brand"}
        return {name: build.member(name, role) for name, role in roles.items()}


@pytest.fixture
def mill(people: dict[str, Member]) -> Member:
    return people["mill"]


@pytest.fixture
def brand(people: dict[str, Member]) -> Member:
    return people["brand"]


def test_a_supplier_reads_its_levels_by_month_and_which_evidence_lapses_when(mill: Member) -> None:
    body = mill.get("/v1/me/forecast?months=24").json
    (framework,) = body["frameworks"]
    (pillar,) = framework["pillars"]
    assert (framework["framework"], pillar["pillar"], pillar["level"], pillar["effective"]) == (MILLS, "sourcing", 2, 2)
    assert told(pillar) == [((FIRST + NEXT).isoformat(), 1), ((SECOND + NEXT).isoformat(), None)]
    assert [[one["evidence"] for one in step["lost"]] for step in pillar["steps"]] == [["evd_mill_ip"], ["evd_mill_mb"]]
    points = dict(zip(pillar["series"]["x"], pillar["series"]["y"], strict=True))
    assert len(points) == 24
    assert (points["2027-02-28"], points["2027-03-31"], points["2028-04-30"]) == (2, 1, None)
    assert body["until"] == "2028-10-31"


def test_a_supplier_reads_which_obligations_break_on_which_day(mill: Member) -> None:
    body = mill.get("/v1/me/forecast").json
    assert [(one["requirement"], one["breaks_on"], one["becomes"]) for one in body["obligations"]] == [
        ("req_brand", (FIRST + NEXT).isoformat(), 1),
        ("req_modest", (SECOND + NEXT).isoformat(), None),
    ]


def test_an_obligation_that_is_not_reached_today_breaks_on_no_day(world: World) -> None:
    with building(world) as build:
        build.chain("brand > mill")
        build.require("brand", [2])
        build.evidence("mill", "mb", standard="rspo", certificate=printed("MB"), valid_until=FIRST)
        mill = build.member("mill", "supplier")
    (owed,) = mill.get("/v1/me/forecast").json["obligations"]
    assert (owed["achieved"], owed["breaks_on"], owed["becomes"]) == (1, None, None)


def test_a_forecast_is_of_at_most_two_years(mill: Member) -> None:
    assert mill.get("/v1/me/forecast?months=25").status_code == 422
    assert mill.get("/v1/me/forecast?months=0").status_code == 422


def test_a_brand_reads_level_and_day_for_its_own_demands_and_nothing_of_why(mill: Member, brand: Member) -> None:
    answer = brand.get(f"/v1/suppliers/{mill.id}/forecast")
    (owed,) = answer.json["obligations"]
    assert (owed["requirement"], owed["level"], owed["achieved"]) == ("req_brand", 2, 2)
    assert told(owed) == [((FIRST + NEXT).isoformat(), 1), ((SECOND + NEXT).isoformat(), None)]
    assert (owed["breaks_on"], owed["becomes"]) == ((FIRST + NEXT).isoformat(), 1)
    text = json.dumps(answer.json)
    assert all(word not in text for word in ("evd_", "rspo:", "RSPO01", "req_modest", "lost"))


def test_of_a_pseudonym_and_of_what_is_not_confirmed_there_is_no_forecast(world: World) -> None:
    with building(world) as build:
        build.chain("brand > mill")
        build.link("mill", "spinner", disclosure="pseudonym")
        build.link("brand", "dyer", state="claimed")
        build.require("brand", [1, 1])
        for name in ("mill", "spinner", "dyer"):
            certify(build, name, first=START + timedelta(days=10))
        brand = build.member("brand", "brand")
    by_kind = {one["kind"]: one["id"] for one in brand.get("/v1/suppliers").json["items"]}
    assert set(by_kind) == {"identity", "pseudonym", "awaiting"}
    told_of = {
        kind: brand.get(f"/v1/suppliers/{shown}/forecast").json["obligations"] for kind, shown in by_kind.items()
    }
    assert {kind: len(found) for kind, found in told_of.items()} == {"identity": 1, "pseudonym": 0, "awaiting": 0}
    rows = brand.get("/v1/forecast?months=1").json["items"]
    assert [(one["tier"], one["meeting"], one["falling_short"]) for one in rows] == [(1, 1, 0)]
    assert {one["supplier"] for one in brand.get("/v1/forecast/breaks").json["items"]} == {by_kind["identity"]}


def test_a_network_is_counted_by_month_tier_and_pillar(world: World) -> None:
    with building(world) as build:
        build.chain("brand > mill > spinner")
        build.chain("brand > weaver")
        build.require("brand", [2, 1])
        certify(build, "mill")
        certify(build, "spinner")
        brand = build.member("brand", "brand")
    rows = {(one["month"], one["tier"]): one for one in brand.get("/v1/forecast?limit=200").json["items"]}
    counts = {key: (one["meeting"], one["falling_short"]) for key, one in rows.items()}
    assert len(counts) == 48
    assert counts["2027-02", 1] == (1, 1)
    assert counts["2027-03", 1] == (0, 2)
    assert counts["2027-03", 2] == (1, 0)
    assert counts["2028-04", 2] == (0, 1)
    breaking = brand.get("/v1/forecast/breaks").json["items"]
    assert [(one["supplier"], one["tier"], one["breaks_on"], one["becomes"]) for one in breaking] == [
        ("org_mill", 1, (FIRST + NEXT).isoformat(), 1),
        ("org_spinner", 2, (SECOND + NEXT).isoformat(), None),
    ]
    assert brand.get("/v1/forecast/breaks?tier=2&months=24").json["items"] == breaking[1:]


def test_a_demand_counts_from_the_month_in_which_it_is_effective(world: World) -> None:
    with building(world) as build:
        build.chain("brand > mill")
        build.require("brand", [1], effective_from=date(2027, 1, 15))
        brand = build.member("brand", "brand")
    rows = brand.get("/v1/forecast?months=3").json["items"]
    assert [(one["month"], one["falling_short"]) for one in rows] == [("2027-01", 1)]


@pytest.mark.parametrize(
    ("leave", "breaks_on", "becomes"),
    [
        ({"level": 1, "due": None, "until": FIRST + 30 * NEXT}, FIRST + 31 * NEXT, 1),
        ({"level": None, "due": FIRST + 20 * NEXT, "until": FIRST + 30 * NEXT}, FIRST + 21 * NEXT, 1),
        ({"level": 1, "due": None, "until": FIRST - 30 * NEXT}, FIRST + NEXT, 1),
        ({"level": 1, "due": None, "until": SECOND + 30 * NEXT}, SECOND + NEXT, None),
    ],
)
def test_a_waiver_lets_a_demand_break_later_but_no_later_than_its_own_end(
    world: World, leave: dict[str, Any], breaks_on: date, becomes: int | None
) -> None:
    with building(world) as build:
        build.chain("brand > mill")
        build.require("brand", [2])
        certify(build, "mill")
        build.waive("brand", "mill", **leave)
        brand, mill = build.member("brand", "brand"), build.member("mill", "supplier")
    (foreseen,) = brand.get("/v1/forecast/breaks").json["items"]
    assert (foreseen["breaks_on"], foreseen["becomes"]) == (breaks_on.isoformat(), becomes)
    (own,) = mill.get("/v1/me/forecast").json["obligations"]
    assert (own["breaks_on"], own["becomes"]) == (breaks_on.isoformat(), becomes)
    (shown,) = brand.get("/v1/suppliers/org_mill/forecast").json["obligations"]
    assert shown["breaks_on"] == breaks_on.isoformat()
    before, after = breaks_on - NEXT, breaks_on
    assert {day: _status(brand, day) in {"met", "waived"} for day in (before, after)} == {before: True, after: False}


def _status(brand: Member, day: date) -> str:
    found: str = brand.get(f"/v1/suppliers?on={day}").json["items"][0]["obligations"][0]["status"]
    return found


def test_what_is_waived_breaks_when_the_waiver_ends_and_is_counted_apart_until_then(world: World) -> None:
    until = date(2027, 1, 31)
    with building(world) as build:
        build.chain("brand > mill")
        build.require("brand", [2])
        build.prove("mill", 1)
        build.waive("brand", "mill", level=1, due=None, until=until)
        brand = build.member("brand", "brand")
    (foreseen,) = brand.get("/v1/forecast/breaks").json["items"]
    assert (foreseen["breaks_on"], foreseen["becomes"]) == ((until + NEXT).isoformat(), 1)
    rows = brand.get("/v1/forecast?months=4").json["items"]
    counts = {one["month"]: (one["meeting"], one["waived"], one["falling_short"]) for one in rows}
    assert counts == {"2026-11": (0, 1, 0), "2026-12": (0, 1, 0), "2027-01": (0, 1, 0), "2027-02": (0, 0, 1)}


def test_a_demand_that_ends_before_the_level_falls_does_not_break(world: World) -> None:
    with building(world) as build:
        build.chain("brand > mill")
        build.require("brand", [2], effective_to=FIRST)
        certify(build, "mill")
        brand = build.member("brand", "brand")
    assert brand.get("/v1/forecast/breaks").json["items"] == []
    rows = brand.get("/v1/forecast?months=6").json["items"]
    assert [one["month"] for one in rows] == ["2026-11", "2026-12", "2027-01", "2027-02"]


def test_a_walk_is_remembered_until_something_that_it_reads_changes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked: list[int] = []

    def counting(framework: Any, organization: int, *given: Any) -> Any:
        walked.append(organization)
        return outlook(framework, organization, *given)

    monkeypatch.setattr(outlooks, "outlook", counting)
    with building(world) as build:
        build.chain("brand > mill")
        build.chain("brand > spinner")
        build.require("brand", [1])
        mill, spinner = build.number("mill"), build.number("spinner")
        brand = build.member("brand", "brand")

    def asked() -> list[int]:
        walked.clear()
        brand.get("/v1/forecast")
        brand.get("/v1/forecast/breaks")
        return sorted(walked)

    assert (asked(), asked()) == ([mill, spinner], [])
    with building(world) as build:
        build.evidence("mill", "later", standard="rspo", certificate=printed("MB"), state="submitted")
    assert (asked(), asked()) == ([mill], [])
    world.clock.advance(1)
    assert (asked(), asked()) == ([mill, spinner], [])


def test_a_forecast_takes_as_many_statements_for_one_supplier_as_for_thirty(world: World) -> None:
    sent = []
    for number in (1, 30):
        with building(world) as build:
            for place in range(number):
                build.chain(f"brand{number} > mill{number}_{place}")
                certify(build, f"mill{number}_{place}")
            build.require(f"brand{number}", [2])
            brand = build.member(f"brand{number}", "brand")
        brand.get("/v1/forecast")
        with counted(world) as statements:
            rows = brand.get("/v1/forecast").json["items"]
        assert rows[0]["meeting"] == number
        sent.append(len(statements))
    assert sent[0] == sent[1] <= 8


# The flag -----------------------------------------------------------------------------------


def test_the_flag_opens_on_the_day_the_window_reaches_the_fall_and_not_before(world: World, mill: Member) -> None:
    reached = FIRST + NEXT - WINDOW
    world.clock.go_to(reached - NEXT)
    assert opened(world, "evidence_expiring") == []
    world.clock.go_to(reached)
    assert opened(world, "evidence_expiring") == [(reached, None)]
    assert told_times(world, "flag.opened", "evidence_expiring") == (1, 1)
    assert "evidence_expiring" in mill.get("/v1/me/status").json["flags"]


def test_a_worker_that_was_off_for_months_opens_and_closes_it_with_the_right_days(world: World, mill: Member) -> None:
    world.clock.go_to(SECOND + timedelta(days=30))
    assert opened(world, "evidence_expiring") == [
        (FIRST + NEXT - WINDOW, FIRST + NEXT),
        (SECOND + NEXT - WINDOW, SECOND + NEXT),
    ]
    assert told_times(world, "flag.closed", "evidence_expiring") == (2, 2)
    incremental = derived(world)
    rebuild(world.runtime)
    assert derived(world) == incremental


def test_the_flag_says_the_first_day_the_level_then_and_what_lapses(world: World, mill: Member) -> None:
    world.clock.go_to(FIRST)
    world.do(lambda work: None)
    (flag,) = flags(mill, "supplier")
    (fall,) = flag["falls"]
    assert (fall["pillar"], fall["day"], fall["before"], fall["level"]) == (
        "sourcing",
        (FIRST + NEXT).isoformat(),
        2,
        1,
    )
    assert [(one["indicator"], one["evidence"], one["level"]) for one in fall["lost"]] == [("RSPO01", "evd_mill_ip", 2)]
    assert [one["code"] for one in flag["reasons"]] == ["level_will_fall"]


def test_renewing_in_time_closes_it(world: World, mill: Member) -> None:
    world.clock.go_to(FIRST)
    world.do(lambda work: None)
    with building(world) as build:
        build.evidence("mill", "new", standard="rspo", certificate=printed("IP"), valid_until=date(2035, 1, 1))
    assert [closed for _, closed in opened(world, "evidence_expiring")] == [FIRST]
    (flag,) = flags(mill, "supplier")
    assert [one["code"] for one in flag["closing_reasons"]] == ["nothing_falls"]
    assert "falls" not in flag


def test_a_brand_sees_it_only_where_a_level_that_it_demands_breaks_and_never_when_it_opened(
    world: World, people: dict[str, Member]
) -> None:
    brand, modest, mill = (people[name] for name in ("brand", "modest", "mill"))
    world.clock.go_to(FIRST)
    world.do(lambda work: None)
    (flag,) = flags(brand, "brand")
    fall = {"framework": MILLS, "pillar": "sourcing", "day": (FIRST + NEXT).isoformat(), "level": 1}
    assert flag == {"view": "brand", "kind": "evidence_expiring", "supplier": mill.id, "falls": [fall]}
    assert flags(modest, "brand") == []


def test_what_is_short_already_is_no_news_to_a_brand(world: World, mill: Member, brand: Member) -> None:
    world.clock.go_to(SECOND)
    world.do(lambda work: None)
    assert len(flags(mill, "supplier")) == 2  # the first one, closed, and the one that is open
    assert flags(brand, "brand") == []


def test_the_window_is_a_setting(world: World) -> None:
    object.__setattr__(world.runtime.settings, "expiring_days", 10)
    with building(world) as build:
        certify(build, "mill")
    world.clock.go_to(FIRST)
    assert opened(world, "evidence_expiring") == [(FIRST + NEXT - timedelta(days=10), None)]


def test_ownership_that_ends_on_a_day_lowers_the_level_on_that_day(world: World) -> None:
    """Dated ownership is a fact already: it is foreseen, and derived on its day without any other change."""
    last = START + timedelta(days=120)
    with building(world) as build:
        build.organization("plant", kind="plant")
        build.own("company", "plant", until=last)
        build.evidence("plant", "mb", standard="rspo", certificate=printed("MB"))
        company = build.member("company", "supplier")
    (framework,) = company.get("/v1/me/forecast").json["frameworks"]
    (step,) = framework["pillars"][0]["steps"]
    assert (step["day"], step["level"]) == ((last + NEXT).isoformat(), None)
    world.clock.go_to(last + NEXT)
    assert opened(world, "evidence_expiring") == [(last + NEXT - WINDOW, last + NEXT)]
    incremental = derived(world)
    rebuild(world.runtime)
    assert derived(world) == incremental
