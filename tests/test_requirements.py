"""Requirements: what an issuer may demand, and what may become of it once others rely on it."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from graph.cascade import obligation
from graph.network import Link, Period, from_payload
from graph.network import Requirement as Fact
from graph.terms import LinkState
from schemas.requirement import DRAFT_EXAMPLE
from supplychain import frameworks
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.network import engine
from supplychain.network.log import NetworkLogRow
from supplychain.outbox import OutboxEvent
from supplychain.requirements import rules
from supplychain.requirements.rules import Demand
from supplychain.work import Work
from tests.world import START, Member, World

KEY = "eseec-electronics@1"
PLAIN = {"title": "OHS", "framework": KEY, "pillar": "ohs", "schedule": [3, 2, 1]}
TOMORROW = (START + timedelta(days=1)).isoformat()
TODAY = START.isoformat()


def pack() -> Framework:
    found = load_packs(shipped_packs()).get(KEY)
    assert found is not None
    return found


FRAMEWORK = pack()


def drafted(member: Member, **values: Any) -> dict[str, Any]:
    answer = member.post("/v1/requirements", {**PLAIN, **values})
    assert answer.status_code == 201, answer.json
    body: dict[str, Any] = answer.json
    return body


def published(member: Member, **values: Any) -> dict[str, Any]:
    answer = member.post(f"/v1/requirements/{drafted(member, **values)['id']}/publish")
    assert answer.status_code == 200, answer.json
    body: dict[str, Any] = answer.json
    return body


def recorded(world: World) -> list[tuple[int, Fact]]:
    def body(work: Work) -> list[tuple[int, Fact]]:
        query = (
            select(NetworkLogRow.revision, NetworkLogRow.kind, NetworkLogRow.payload)
            .where(NetworkLogRow.kind == "requirement")
            .order_by(NetworkLogRow.revision, NetworkLogRow.position)
        )
        rows = [(revision, from_payload(kind, payload)) for revision, kind, payload in work.session.execute(query)]
        return [(revision, fact) for revision, fact in rows if isinstance(fact, Fact)]

    found: list[tuple[int, Fact]] = world.do(body)
    return found


def events(world: World) -> list[str]:
    query = select(OutboxEvent.type).where(OutboxEvent.type.like("requirement.%")).order_by(OutboxEvent.number)
    found: list[str] = world.do(lambda work: list(work.session.scalars(query)))
    return found


def pointers(answer: Any) -> set[tuple[str, str]]:
    return {(fault["pointer"], fault["code"]) for fault in answer.json["errors"]}


@pytest.fixture
def brand(world: World) -> Member:
    return world.join("Brand", "brand")


# Drafts -------------------------------------------------------------------------------------


def test_a_draft_binds_nobody_and_says_everything_it_was_told(world: World, brand: Member) -> None:
    answer = brand.post("/v1/requirements", DRAFT_EXAMPLE)
    body = answer.json
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/requirements/{body['id']}"
    assert {name: body[name] for name in DRAFT_EXAMPLE if name != "supplier_scope"} == {
        name: value for name, value in DRAFT_EXAMPLE.items() if name != "supplier_scope"
    }
    assert body["supplier_scope"] == {"countries": ["CN", "VN"], "regions": [], "sectors": [], "sizes": []}
    assert body["state"] == "draft"
    assert body["published_at"] is None
    assert recorded(world) == []
    assert events(world) == []


def test_what_a_draft_leaves_out_has_a_default(brand: Member) -> None:
    body = drafted(brand, pillar="all")
    assert (body["beyond"], body["grace"], body["link_scope"], body["scope_applies"]) == ("stop", [], [], "every")
    assert (body["named"], body["effective_from"], body["effective_to"]) == (False, None, None)


BAD_DRAFTS: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"schedule": [2, 3]}, ("/schedule/1", "schedule-increases")),
    ({"schedule": [4, 3, 4]}, ("/schedule/2", "schedule-increases")),
    ({"schedule": [5]}, ("/schedule/0", "level-unknown")),
    ({"schedule": [0]}, ("/schedule/0", "range")),
    ({"schedule": [1] * 16}, ("/schedule", "items")),
    ({"schedule": []}, ("/schedule", "items")),
    ({"schedule": [2.0]}, ("/schedule/0", "not-a-whole-number")),
    ({"schedule": ["3"]}, ("/schedule/0", "not-a-whole-number")),
    ({"schedule": [True]}, ("/schedule/0", "not-a-whole-number")),
    ({"schedule": None}, ("/schedule", "not-null")),
    ({"schedule": 3}, ("/schedule", "not-a-list")),
    ({"framework": "eseec-electronics@9"}, ("/framework", "framework-unknown")),
    ({"framework": "eseec-electronics"}, ("/framework", "framework-unknown")),
    ({"pillar": "ethics"}, ("/pillar", "not-one-of")),
    ({"beyond": "forever"}, ("/beyond", "not-one-of")),
    ({"grace": [0] * 16}, ("/grace", "items")),
    ({"grace": [-1]}, ("/grace/0", "range")),
    ({"link_scope": ["8517.62"]}, ("/link_scope/0", "not-an-hs-prefix")),
    ({"link_scope": ["8"]}, ("/link_scope/0", "not-an-hs-prefix")),
    ({"link_scope": ["८५"]}, ("/link_scope/0", "not-an-hs-prefix")),
    ({"scope_applies": "last"}, ("/scope_applies", "not-one-of")),
    ({"supplier_scope": {"countries": ["XX"]}}, ("/supplier_scope/countries/0", "unknown-country")),
    ({"supplier_scope": {"country": ["CN"]}}, ("/supplier_scope/country", "unknown-field")),
    ({"supplier_scope": {"regions": [""]}}, ("/supplier_scope/regions/0", "length")),
    ({"supplier_scope": {"regions": [" "]}}, ("/supplier_scope/regions/0", "blank")),
    ({"effective_from": "2027-02-30"}, ("/effective_from", "not-a-date")),
    ({"effective_from": "2027-02-02", "effective_to": "2027-02-01"}, ("/effective_to", "ends-before-it-begins")),
    ({"title": " "}, ("/title", "blank")),
    ({"title": "a\u0000b"}, ("/title", "control-character")),
    ({"issuer": "org_1"}, ("/issuer", "unknown-field")),
    ({"state": "published"}, ("/state", "unknown-field")),
]


def test_a_demand_that_cannot_be_is_refused_where_it_is_wrong(brand: Member) -> None:
    for values, fault in BAD_DRAFTS:
        answer = brand.post("/v1/requirements", {**PLAIN, **values})
        assert answer.status_code == 422, values
        assert fault in pointers(answer), values
    assert brand.get("/v1/requirements").json["items"] == []


def test_all_that_is_wrong_is_told_at_once(brand: Member) -> None:
    answer = brand.post("/v1/requirements", {**PLAIN, "schedule": [1, 2, 9], "pillar": "ethics"})
    assert pointers(answer) == {
        ("/schedule/1", "schedule-increases"),
        ("/schedule/2", "schedule-increases"),
        ("/schedule/2", "level-unknown"),
        ("/pillar", "not-one-of"),
    }


def test_a_draft_is_edited_on_the_version_that_was_read(brand: Member) -> None:
    body = drafted(brand)
    path = f"/v1/requirements/{body['id']}"
    tag = brand.get(path).headers["ETag"]
    assert brand.patch(path, {"schedule": [2, 1]}).status_code == 428
    edited = brand.patch(path, {"schedule": [2, 1], "named": True}, tag)
    assert (edited.status_code, edited.json["schedule"], edited.json["named"]) == (200, [2, 1], True)
    assert edited.headers["ETag"] != tag
    assert brand.patch(path, {"schedule": [1]}, tag).status_code == 412
    assert brand.get(path).json == edited.json
    assert brand.get(path).headers["ETag"] == edited.headers["ETag"]
    assert brand.patch(path, {"schedule": [1, 2]}, edited.headers["ETag"]).status_code == 422
    assert brand.get(path).json == edited.json


def test_a_draft_can_be_thrown_away_and_a_published_requirement_cannot(brand: Member) -> None:
    one, other = drafted(brand), published(brand)
    assert brand.call("DELETE", f"/v1/requirements/{one['id']}").status_code == 204
    assert brand.get(f"/v1/requirements/{one['id']}").status_code == 404
    refused = brand.call("DELETE", f"/v1/requirements/{other['id']}")
    assert (refused.status_code, refused.json["code"]) == (409, "requirement-not-draft")


def test_another_issuers_requirement_looks_like_none(world: World, brand: Member) -> None:
    rival = world.join("Rival", "brand")
    for body in (drafted(brand), published(brand)):
        path = f"/v1/requirements/{body['id']}"
        for call in (
            rival.get,
            lambda path: rival.patch(path, {"title": "Mine"}, '"1"'),
            lambda path: rival.call("DELETE", path),
            lambda path: rival.post(f"{path}/publish"),
            lambda path: rival.post(f"{path}/end"),
            lambda path: rival.post(f"{path}/amend", {}),
        ):
            mine, none = call(path), call("/v1/requirements/req_none")
            assert mine.status_code == none.status_code == 404
            assert {**mine.json, "instance": ""} == {**none.json, "instance": ""}
    assert rival.get("/v1/requirements").json["items"] == []


# Publishing ---------------------------------------------------------------------------------


def test_publishing_puts_one_fact_in_the_log_with_the_pillars_one_by_one(world: World, brand: Member) -> None:
    body = published(brand, pillar="all", supplier_scope={"countries": ["CN"]}, named=True, grace=[6])
    ((_, fact),) = recorded(world)
    assert body["state"] == "published"
    assert body["effective_from"] == TODAY
    assert fact.id == body["id"]
    assert fact.issuer == brand.number
    assert fact.title == "OHS"
    assert fact.pillars == ("eco_efficiency", "ohs", "csr")
    assert (fact.schedule, fact.grace, fact.named) == ((3, 2, 1), (6,), True)
    assert fact.supplier_scope.countries == frozenset({"CN"})
    assert (fact.effective_from, fact.published_on) == (START, START)
    assert events(world) == ["requirement.published"]


def test_a_requirement_never_takes_effect_before_it_is_published(world: World, brand: Member) -> None:
    body = drafted(brand, effective_from=(START - timedelta(days=1)).isoformat())
    path = f"/v1/requirements/{body['id']}/publish"
    assert pointers(brand.post(path)) == {("/effective_from", "before-today")}
    assert recorded(world) == []
    later = brand.post(path, {"effective_from": TOMORROW})
    assert (later.status_code, later.json["effective_from"]) == (200, TOMORROW)


def test_a_draft_that_waited_too_long_is_not_published_as_it_says(world: World, brand: Member) -> None:
    body = drafted(brand, effective_from=TOMORROW, effective_to=TOMORROW)
    world.clock.advance(2)
    path = f"/v1/requirements/{body['id']}/publish"
    assert pointers(brand.post(path)) == {("/effective_from", "before-today"), ("/effective_to", "before-today")}


def test_a_requirement_is_published_once(world: World, brand: Member) -> None:
    body = published(brand)
    again = brand.post(f"/v1/requirements/{body['id']}/publish")
    assert (again.status_code, again.json["code"]) == (409, "requirement-not-draft")
    assert len(recorded(world)) == 1


def test_once_published_only_the_title_and_the_end_change(world: World, brand: Member) -> None:
    body = published(brand)
    path = f"/v1/requirements/{body['id']}"
    tag = brand.get(path).headers["ETag"]
    refused = brand.patch(path, {"title": "New", "schedule": [1], "named": True}, tag)
    assert (refused.status_code, refused.json["code"]) == (409, "requirement-fixed")
    assert "named, schedule" in refused.json["detail"]
    assert brand.get(path).json == body
    changed = brand.patch(path, {"title": "New", "effective_to": TOMORROW, "schedule": [3, 2, 1]}, tag)
    assert changed.status_code == 200
    assert {**changed.json, "title": "OHS", "effective_to": None} == body
    assert [(fact.title, fact.effective_to) for _, fact in recorded(world)] == [
        ("OHS", None),
        ("New", START + timedelta(days=1)),
    ]


def test_a_last_day_can_move_as_long_as_it_is_not_over(world: World, brand: Member) -> None:
    body = published(brand, effective_to=TOMORROW)
    path = f"/v1/requirements/{body['id']}"
    longer = brand.patch(path, {"effective_to": None}, brand.get(path).headers["ETag"])
    assert longer.json["effective_to"] is None
    past = brand.patch(path, {"effective_to": "2026-11-21"}, longer.headers["ETag"])
    assert pointers(past) == {("/effective_to", "before-today")}
    assert events(world) == ["requirement.published", "requirement.continued"]


# Ending -------------------------------------------------------------------------------------


def test_the_last_day_still_counts(world: World, brand: Member) -> None:
    body = published(brand)
    path = f"/v1/requirements/{body['id']}"
    ended = brand.post(f"{path}/end")
    assert (ended.status_code, ended.json["effective_to"], ended.json["state"]) == (200, TODAY, "published")
    world.clock.advance(1)
    shown = brand.get(path)
    assert shown.json["state"] == "ended"
    assert shown.headers["ETag"] != ended.headers["ETag"]
    assert [fact.effective_to for _, fact in recorded(world)] == [None, START]
    assert events(world) == ["requirement.published", "requirement.ended"]


def test_an_end_is_today_or_later(brand: Member) -> None:
    path = f"/v1/requirements/{published(brand)['id']}/end"
    assert pointers(brand.post(path, {"effective_to": "2026-11-21"})) == {("/effective_to", "before-today")}
    assert brand.post(path, {"effective_to": TOMORROW}).json["effective_to"] == TOMORROW


def test_an_announced_requirement_may_end_before_it_begins(world: World, brand: Member) -> None:
    body = published(brand, effective_from="2027-06-01")
    ended = brand.post(f"/v1/requirements/{body['id']}/end")
    assert (ended.status_code, ended.json["effective_to"]) == (200, TODAY)
    fact = recorded(world)[-1][1]
    assert not fact.live_on(START)
    assert not fact.live_on(date(2027, 6, 1))


def test_what_has_ended_stays_ended_but_may_be_renamed(world: World, brand: Member) -> None:
    body = published(brand)
    path = f"/v1/requirements/{body['id']}"
    brand.post(f"{path}/end")
    world.clock.advance(1)
    tag = brand.get(path).headers["ETag"]
    for refused in (
        brand.post(f"{path}/end", {"effective_to": "2028-01-01"}),
        brand.patch(path, {"effective_to": None}, tag),
        brand.post(f"{path}/amend", {}),
    ):
        assert (refused.status_code, refused.json["code"]) == (409, "requirement-ended")
    assert brand.patch(path, {"title": "Old"}, tag).json["title"] == "Old"


def test_a_draft_cannot_end_or_be_amended(brand: Member) -> None:
    path = f"/v1/requirements/{drafted(brand)['id']}"
    for verb in ("end", "amend"):
        refused = brand.post(f"{path}/{verb}", {})
        assert (refused.status_code, refused.json["code"]) == (409, "requirement-not-published")


# Amending -----------------------------------------------------------------------------------


def test_an_amendment_ends_its_predecessor_the_day_before_in_one_revision(world: World, brand: Member) -> None:
    old = published(brand, grace=[12])
    answer = brand.post(f"/v1/requirements/{old['id']}/amend", {"schedule": [4, 2], "effective_from": "2027-03-01"})
    new = answer.json
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/requirements/{new['id']}"
    before = brand.get(f"/v1/requirements/{old['id']}").json
    assert (before["effective_to"], before["successor"], before["state"]) == ("2027-02-28", new["id"], "published")
    assert (new["predecessor"], new["schedule"], new["grace"], new["title"]) == (old["id"], [4, 2], [12], "OHS")
    (_, _), (one, ended), (other, successor) = recorded(world)
    assert one == other
    assert (ended.effective_to, ended.schedule) == (date(2027, 2, 28), (3, 2, 1))
    assert (successor.effective_from, successor.predecessor) == (date(2027, 3, 1), ended.number)
    assert events(world) == ["requirement.published", "requirement.amended"]


def test_an_amendment_takes_effect_today_unless_said_otherwise(brand: Member) -> None:
    old = published(brand)
    new = brand.post(f"/v1/requirements/{old['id']}/amend", {"schedule": [3, 3]}).json
    assert new["effective_from"] == TODAY
    assert brand.get(f"/v1/requirements/{old['id']}").json["state"] == "ended"


BAD_AMENDMENTS: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"schedule": [2, 3]}, ("/schedule/1", "schedule-increases")),
    ({"schedule": [1] * 16}, ("/schedule", "items")),
    ({"framework": "rspo-mill@1", "pillar": "all", "schedule": [1]}, ("/framework", "another-framework")),
    ({"effective_from": "2026-11-21"}, ("/effective_from", "before-today")),
    ({"effective_from": "2027-06-01"}, ("/effective_from", "after-the-end")),
    ({"effective_to": "2026-11-21"}, ("/effective_to", "ends-before-it-begins")),
    ({"predecessor": "req_x"}, ("/predecessor", "unknown-field")),
]


def test_an_amendment_is_as_strictly_read_as_a_draft(world: World, brand: Member) -> None:
    old = published(brand, effective_to="2027-05-31")
    for values, fault in BAD_AMENDMENTS:
        answer = brand.post(f"/v1/requirements/{old['id']}/amend", values)
        assert answer.status_code == 422, values
        assert fault in pointers(answer), values
    assert brand.get(f"/v1/requirements/{old['id']}").json == old
    assert len(recorded(world)) == 1


def test_what_was_amended_is_left_to_its_successor(brand: Member) -> None:
    old = published(brand)
    path = f"/v1/requirements/{old['id']}"
    brand.post(f"{path}/amend", {"effective_from": "2027-03-01"})
    tag = brand.get(path).headers["ETag"]
    for refused in (
        brand.post(f"{path}/amend", {}),
        brand.post(f"{path}/end"),
        brand.patch(path, {"effective_to": None}, tag),
    ):
        assert (refused.status_code, refused.json["code"]) == (409, "requirement-amended")


def test_an_amendment_can_be_amended(world: World, brand: Member) -> None:
    first = published(brand)
    second = brand.post(f"/v1/requirements/{first['id']}/amend", {"effective_from": "2027-03-01"}).json
    third = brand.post(f"/v1/requirements/{second['id']}/amend", {"effective_from": "2027-09-01"}).json
    shown = brand.get(f"/v1/requirements/{second['id']}").json
    assert (shown["predecessor"], shown["successor"]) == (first["id"], third["id"])
    assert (shown["effective_from"], shown["effective_to"]) == ("2027-03-01", "2027-08-31")


def test_of_amendments_at_once_one_holds(world: World, brand: Member) -> None:
    path = f"/v1/requirements/{published(brand)['id']}/amend"
    answers: list[tuple[int, str | None]] = []

    def amend() -> None:
        client = world.app.test_client()
        answer = client.post(path, json={}, headers={"Authorization": f"Bearer {brand.key}"})
        answers.append((answer.status_code, (answer.json or {}).get("code")))

    threads = [threading.Thread(target=amend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [status for status, _ in answers].count(201) == 1
    # Whoever comes later finds it over (it ended yesterday), or amended by whoever was first.
    refusals = [code for status, code in answers if status == 409]
    assert len(refusals) == 3
    assert set(refusals) <= {"requirement-ended", "requirement-amended"}
    assert len(recorded(world)) == 3


def test_what_is_not_raised_keeps_its_due_date_and_what_is_raised_starts_anew(world: World, brand: Member) -> None:
    supplier = world.join("Supplier", "supplier")
    link = Link(1, brand.number, supplier.number, (Period(None, None, LinkState.CLAIMED),))
    world.do(lambda work: work.change(link))
    first = published(brand, schedule=[2], grace=[6])
    world.clock.advance(30)
    kept = brand.post(f"/v1/requirements/{first['id']}/amend", {"title": "Same level"}).json
    assert due(world, kept, supplier) == date(2027, 5, 22)
    raised = brand.post(f"/v1/requirements/{kept['id']}/amend", {"schedule": [3], "effective_from": "2027-01-01"}).json
    world.clock.go_to(date(2027, 1, 1))
    assert due(world, raised, supplier) == date(2027, 7, 1)


def due(world: World, requirement: dict[str, Any], supplier: Member) -> date | None:
    def body(work: Work) -> date | None:
        network = engine.network(work)
        (fact,) = [one for one in network.requirements() if one.id == requirement["id"]]
        owed = obligation(network, fact, supplier.number, work.today)
        return owed.due if owed else None

    found: date | None = world.do(body)
    return found


# Lists --------------------------------------------------------------------------------------


def test_the_list_shows_states_of_today_page_by_page(world: World, brand: Member) -> None:
    draft, live, over = drafted(brand), published(brand), published(brand)
    brand.post(f"/v1/requirements/{over['id']}/end")
    world.clock.advance(1)
    by_state = {
        state: [one["id"] for one in brand.get(f"/v1/requirements?state={state}").json["items"]]
        for state in ("draft", "published", "ended")
    }
    assert by_state == {"draft": [draft["id"]], "published": [live["id"]], "ended": [over["id"]]}
    first = brand.get("/v1/requirements?limit=2")
    assert [one["id"] for one in first.json["items"]] == [draft["id"], live["id"]]
    following = first.headers["Link"].partition("<")[2].partition(">")[0]
    assert [one["id"] for one in brand.get(following).json["items"]] == [over["id"]]
    assert brand.get("/v1/requirements?state=gone").status_code == 422


NASTY = [b"[]", b"null", b"3", b'{"x": 1}', b"{", b"[" * 100_000, b'"\\ud800"', b"\xff"]


def test_nasty_bodies_change_nothing(world: World, brand: Member) -> None:
    for verb in ("publish", "end", "amend"):
        requirement = drafted(brand) if verb == "publish" else published(brand)
        facts = len(recorded(world))
        path = f"/v1/requirements/{requirement['id']}"
        for body in NASTY:
            answer = brand.call("POST", f"{path}/{verb}", data=body, content_type="application/json")
            assert answer.status_code in {400, 422}, (verb, body[:20])
        assert brand.get(path).json == requirement
        assert len(recorded(world)) == facts


def test_a_supplier_that_buys_may_issue_requirements_and_a_reviewer_may_not(world: World) -> None:
    assert world.join("Supplier", "supplier").post("/v1/requirements", PLAIN).status_code == 201
    assert world.join("Reviewer", "reviewer").post("/v1/requirements", PLAIN).status_code == 403


# The rules themselves -----------------------------------------------------------------------

LEVELS = st.lists(st.integers(-1, 6), max_size=18)


@given(LEVELS)
def test_a_schedule_is_accepted_exactly_when_it_can_bind(schedule: list[int]) -> None:
    sound = (
        1 <= len(schedule) <= 15
        and all(1 <= level <= 4 for level in schedule)
        and schedule == sorted(schedule, reverse=True)
    )
    assert (rules.faults(Demand(KEY, "ohs", schedule), FRAMEWORK) == ()) is sound


@given(LEVELS)
def test_every_fault_of_a_schedule_points_at_what_is_wrong(schedule: list[int]) -> None:
    for fault in rules.faults(Demand(KEY, "ohs", schedule), FRAMEWORK):
        if fault.code == "items":
            assert not 1 <= len(schedule) <= 15
            continue
        index = int(fault.pointer.removeprefix("/schedule/"))
        wrong = {
            "schedule-increases": index > 0 and schedule[index] > schedule[index - 1],
            "level-unknown": not 1 <= schedule[index] <= 4,
        }
        assert wrong[fault.code]


@given(st.dates(), st.dates(), st.dates())
def test_nothing_is_published_into_the_past(first: date, last: date, today: date) -> None:
    demand = Demand(KEY, "ohs", [1], effective_from=first, effective_to=last)
    allowed = not rules.faults(demand, FRAMEWORK) and not rules.faults_at_publication(demand, today)
    assert allowed is (today <= first <= last)


@given(st.one_of(st.none(), st.dates()), st.dates(min_value=date(2, 1, 1)))
def test_an_amended_requirement_and_its_successor_share_no_day_and_leave_none_out(
    last: date | None, first: date
) -> None:
    amended = Demand(KEY, "ohs", [1], effective_to=last)
    if not rules.faults_of_amendment(Demand(KEY, "ohs", [1], effective_from=first), amended):
        ended = rules.last_day_before(first)
        assert ended + timedelta(days=1) == first
        assert last is None or ended < last


def test_all_pillars_means_those_of_the_version_published() -> None:
    assert rules.pillars_of(Demand(KEY, "all", [1]), FRAMEWORK) == ("eco_efficiency", "ohs", "csr")
    assert rules.pillars_of(Demand(KEY, "csr", [1]), FRAMEWORK) == ("csr",)


def test_the_process_reads_its_packs_once(world: World) -> None:
    assert frameworks.packs(world.runtime) is frameworks.packs(world.runtime)
