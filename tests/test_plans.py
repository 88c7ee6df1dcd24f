"""Corrective action plans: made, reported, verified by the gap that closes or by whoever saw it; late steps counted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.plans.rules import PlanState, Progress, Step, Verdict, late, serves, state_of
from tests.factories import MILLS, building
from tests.ground import org
from tests.world import START, Answer, Member, World

DAY = timedelta(days=1)
JUNE = (START + timedelta(days=200)).isoformat()
YEAR = (START + timedelta(days=365)).isoformat()


@pytest.fixture
def mill(world: World) -> World:
    """brand asks mill for level 2, rival for level 1; mill has none, and its evidence is reviewed by reviewer."""
    with building(world) as build:
        for name, role in (("brand", "brand"), ("rival", "brand"), ("mill", "supplier"), ("reviewer", "reviewer")):
            build.member(name, role)
        build.link("brand", "mill")
        build.link("rival", "mill")
        build.require("brand", (2,))
        build.require("rival", (1,))
        build.organization("mill", evidence_reviewer=build.number("reviewer"))
    return world


def plan(**values: Any) -> dict[str, Any]:
    steps = [{"title": "Ordered", "due": JUNE}, {"title": "Audited", "due": YEAR}]
    given = {"framework": MILLS, "pillar": "sourcing", "level": 2, "title": "Sourcing", "owner": "Buyer"}
    return {**given, "milestones": steps, **values}


def make(world: World, **values: Any) -> dict[str, Any]:
    answer = world.members["mill"].post("/v1/me/plans", json=plan(**values))
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def report(world: World, made: dict[str, Any], milestone: int | None = None, **values: Any) -> Answer:
    body = {"milestone": milestone, **values}
    return world.members["mill"].post(f"/v1/me/plans/{made['id']}/progress", json=body)


def seen(member: Member) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = member.get("/v1/plans").json["items"]
    return items


def proof(world: World) -> str:
    """Evidence of mill that waits for its review."""
    with building(world) as build:
        row = build.evidence("mill", "waiting", state="submitted", standard="rspo")
        return row.id


def done(world: World) -> dict[str, Any]:
    """A plan whose every step is reported, with evidence."""
    made = make(world)
    report(world, made, 1)
    finished: dict[str, Any] = report(world, made, 2, evidence=[proof(world)]).json
    assert finished["state"] == "done", finished
    return finished


def faults(answer: Answer) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.json
    return [(one["pointer"], one["code"]) for one in answer.json["errors"]]


# How far it is ---------------------------------------------------------------------------------


def test_a_plan_goes_from_planned_over_its_steps_to_done(mill: World) -> None:
    made = make(mill)
    assert (made["state"], made["late"], made["organization"]) == ("planned", 0, org("mill"))
    assert report(mill, made).json["state"] == "in_progress"
    assert report(mill, made, 1, note="By post").json["milestones"][0]["done_on"] == START.isoformat()
    evidence = proof(mill)
    finished = report(mill, made, 2, evidence=[evidence]).json
    assert (finished["state"], finished["milestones"][1]["evidence"]) == ("done", [evidence])


def test_late_steps_are_counted_from_the_day_after(mill: World) -> None:
    made, supplier = make(mill), mill.members["mill"]
    mill.clock.go_to(START + timedelta(days=200))
    assert supplier.get(f"/v1/me/plans/{made['id']}").json["late"] == 0
    mill.clock.advance(1)
    (item,) = supplier.get("/v1/me/plans?late=true").json["items"]
    assert (item["late"], [step["late"] for step in item["milestones"]]) == (1, [True, False])
    assert [one["late"] for one in seen(mill.members["brand"])] == [1]
    assert mill.members["brand"].get("/v1/plans?late=false").json["items"] == []


def test_the_gap_that_closes_verifies_a_plan_whoever_looked(mill: World) -> None:
    make(mill)
    with building(mill) as build:
        build.prove("mill", 2)
    (own,) = mill.members["mill"].get("/v1/me/plans").json["items"]
    assert (own["state"], own["achieved"]) == ("verified", 2)
    assert [one["state"] for one in seen(mill.members["brand"])] == ["verified"]


@pytest.mark.parametrize("who", ["brand", "reviewer"])
def test_whoever_saw_it_verifies_a_plan_and_no_level_changes(mill: World, who: str) -> None:
    finished = done(mill)
    answer = mill.members[who].post(f"/v1/plans/{finished['id']}/review", json={"decision": "accept", "note": "Seen"})
    assert (answer.status_code, answer.json["state"]) == (200, "verified")
    (own,) = mill.members["mill"].get("/v1/me/plans").json["items"]
    assert (own["state"], own["achieved"]) == ("verified", None)
    assert own["reviews"] == [
        {
            "party": "reviewer" if who == "reviewer" else "customer",
            "decision": "accept",
            "note": "Seen",
            "day": START.isoformat(),
        }
    ]


def test_what_is_returned_is_in_progress_until_more_is_reported(mill: World) -> None:
    finished, brand = done(mill), mill.members["brand"]
    body = {"decision": "return", "note": "Hall C is missing"}
    assert brand.post(f"/v1/plans/{finished['id']}/review", json=body).json["state"] == "in_progress"
    again = brand.post(f"/v1/plans/{finished['id']}/review", json=body)
    assert (again.status_code, again.json["code"]) == (409, "plan-not-done")
    mill.clock.advance(1)
    assert report(mill, finished, 2, note="Hall C too").json["state"] == "done"


def test_a_plan_that_is_given_up_stays_on_record(mill: World) -> None:
    made, supplier = make(mill), mill.members["mill"]
    withdrawn = supplier.post(f"/v1/me/plans/{made['id']}/withdraw", json={"reason": "Hall closed"})
    assert (withdrawn.json["state"], withdrawn.json["withdrawal"]) == ("withdrawn", "Hall closed")
    refused = report(mill, made, 1)
    assert (refused.status_code, refused.json["code"]) == (409, "plan-over")
    assert [one["state"] for one in seen(mill.members["brand"])] == ["withdrawn"]


# What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"framework": "nobodys@1"}, ("/framework", "framework-unknown")),
        ({"pillar": "ohs"}, ("/pillar", "not-one-of")),
        ({"level": 9}, ("/level", "level-unknown")),
        ({"milestones": [{"title": "x", "due": "2020-01-01"}]}, ("/milestones/0/due", "before-today")),
        (
            {"milestones": [{"title": "x", "due": YEAR}, {"title": "y", "due": JUNE}]},
            ("/milestones/1/due", "milestones-out-of-order"),
        ),
    ],
)
def test_a_plan_is_refused(mill: World, values: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in faults(mill.members["mill"].post("/v1/me/plans", json=plan(**values)))


def test_a_plan_aims_above_what_is_reached(mill: World) -> None:
    with building(mill) as build:
        build.prove("mill", 1)
    assert faults(mill.members["mill"].post("/v1/me/plans", json=plan(level=1))) == [("/level", "no-gap-here")]


def test_a_plan_is_not_done_without_evidence_nor_with_anybody_elses(mill: World) -> None:
    made = make(mill)
    with building(mill) as build:
        build.evidence("rival", "theirs", standard="rspo")
    assert faults(report(mill, made, 1, evidence=["evd_rival_theirs"])) == [("/evidence/0", "unknown-evidence")]
    assert faults(report(mill, made, 3)) == [("/milestone", "milestone-unknown")]
    assert faults(report(mill, made, evidence=[proof(mill)])) == [("/evidence", "evidence-of-a-milestone")]
    report(mill, made, 1)
    assert faults(report(mill, made, 2)) == [("/evidence", "plan-needs-evidence")]


# Who sees it -----------------------------------------------------------------------------------


def test_a_customer_sees_the_plan_that_serves_its_own_demand_and_no_other(mill: World) -> None:
    made = make(mill)
    (item,) = seen(mill.members["brand"])
    assert (item["id"], item["supplier"]) == (made["id"], org("mill"))
    assert {"owner", "made_on", "organization"} & item.keys() == set()
    assert [step["evidence"] for step in item["milestones"]] == [0, 0]
    assert seen(mill.members["rival"]) == []
    assert mill.members["rival"].get(f"/v1/plans/{made['id']}").status_code == 404
    assert [one["id"] for one in seen(mill.members["reviewer"])] == [made["id"]]


def test_customers_hear_nothing_of_what_another_said_of_a_plan(mill: World) -> None:
    made = make(mill, level=1, milestones=[{"title": "All", "due": JUNE}])
    report(mill, made, 1, evidence=[proof(mill)])
    for name in ("brand", "rival"):
        assert [one["state"] for one in seen(mill.members[name])] == ["done"]
    mill.members["rival"].post(f"/v1/plans/{made['id']}/review", json={"decision": "accept"})
    (told,) = seen(mill.members["brand"])
    assert (told["state"], told["reviews"]) == ("done", [])
    assert seen(mill.members["rival"])[0]["state"] == "verified"


def test_a_company_plans_for_its_plant(mill: World) -> None:
    with building(mill) as build:
        build.organization("works", kind="plant")
        build.own("mill", "works")
    member = mill.members["mill"]
    made = member.post(f"/v1/me/plans?organization={org('works')}", json=plan())
    assert (made.status_code, made.json["organization"]) == (201, org("works"))
    assert report(mill, made.json, 1).json["state"] == "in_progress"
    assert member.get("/v1/me/plans").json["items"] == []
    assert len(member.get(f"/v1/me/plans?organization={org('works')}").json["items"]) == 1


def test_a_plan_follows_an_entry_that_is_merged(mill: World) -> None:
    made = make(mill)
    with building(mill) as build:
        build.member("operator", "operator")
        build.organization("mill_again", claim="verified")
    body = {"source": org("mill"), "target": org("mill_again"), "scope": "directory", "people": "both"}
    assert mill.members["operator"].post("/v1/merges", json=body).status_code == 201
    assert mill.members["brand"].get(f"/v1/plans/{made['id']}").json["supplier"] == org("mill_again")


# The rules -------------------------------------------------------------------------------------

MOMENTS = st.integers(0, 9).map(lambda n: datetime(2026, 11, 22, n, tzinfo=UTC))
STEPS = st.lists(st.builds(Step, st.just(START), st.none() | st.just(START)), min_size=1, max_size=3)
PLANS = st.builds(
    Progress, st.integers(1, 3), STEPS, started=st.booleans(), reported_at=st.none() | MOMENTS, withdrawn=st.booleans()
)
VERDICTS = st.lists(st.builds(Verdict, st.booleans(), MOMENTS), max_size=3).map(
    lambda found: sorted(found, key=lambda one: one.at)
)


@given(PLANS, st.none() | st.integers(0, 3), VERDICTS)
def test_a_plan_is_verified_by_the_level_or_by_the_last_verdict_and_by_nothing_else(
    planned: Progress, achieved: int | None, verdicts: list[Verdict]
) -> None:
    state = state_of(planned, achieved, verdicts)
    closed = (achieved or 0) >= planned.level or (bool(verdicts) and verdicts[-1].accepted)
    assert (state is PlanState.WITHDRAWN) is planned.withdrawn
    assert (state is PlanState.VERIFIED) is (closed and not planned.withdrawn)
    if state is PlanState.DONE:
        assert all(step.done_on for step in planned.steps)
    if state in {PlanState.VERIFIED, PlanState.WITHDRAWN}:
        assert late(planned, state, START + 9 * DAY) == 0
    else:
        assert late(planned, state, START + 9 * DAY) == sum(step.done_on is None for step in planned.steps)


@pytest.mark.parametrize(
    ("level", "owed", "shown"), [(2, {2}, True), (1, {2}, True), (3, {2}, False), (1, set(), False)]
)
def test_a_plan_serves_whoever_asks_as_much_or_more(level: int, owed: set[int], shown: bool) -> None:
    assert serves(level, owed) is shown
