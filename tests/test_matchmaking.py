"""Events and who takes part: an organiser registers whom it is shown, a participant speaks for itself."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from supplychain.accounts import operations as accounts
from supplychain.accounts.models import Membership
from supplychain.matchmaking.models import MatchEvent, Registration
from supplychain.network.models import Organization
from supplychain.work import Actor, Work
from tests.supplying import KEY, ask, change, find_fault, prove, supply
from tests.world import START, Answer, Member, World

DAY = START + timedelta(days=60)
EVENT = {"name": "Conference", "held_on": DAY.isoformat(), "place": "Shenzhen"}
OFFER = {"categories": ["850440"], "languages": ["zh", "en"]}
DEMAND: dict[str, Any] = {"products": ["8504"], "levels": {"ohs": 3}, "countries": ["CN"], "languages": ["en"]}
NOBODY = "org_" + "0" * 26


@pytest.fixture
def organiser(world: World) -> Member:
    return world.join("Chamber", "organiser")


@pytest.fixture
def buyer(world: World) -> Member:
    return world.join("Buyer", "brand", country="DE")


def achiever(world: World, name: str = "Achiever", level: int = 3, **attributes: Any) -> Member:
    """A supplier that consented to be listed, proven at a level in every pillar."""
    stated = {"listed": True, "country": "CN", "region": "Guangdong", "sector": "PCB", "languages": ["zh"]}
    member = world.join(name, "supplier", **{**stated, **attributes})
    prove(world, member.number, level)
    return member


def event(organiser: Member, **values: Any) -> str:
    answer = organiser.post("/v1/events", {**EVENT, **values})
    assert answer.status_code == 201, answer.json
    return str(answer.headers["Location"])


def enter(who: Member, at: str, side: str, organization: str | None = None, **values: Any) -> Answer:
    part = {"supplier": {"offer": OFFER}, "buyer": {"demand": DEMAND}}[side]
    whom = {} if organization is None else {"organization": organization}
    return who.post(f"{at}/registrations", {"side": side, **whom, **part, **values})


def entered(who: Member, at: str, side: str, organization: str | None = None, **values: Any) -> str:
    answer = enter(who, at, side, organization, **values)
    assert answer.status_code == 201, answer.json
    return str(answer.headers["Location"])


def faults(answer: Answer) -> set[tuple[str, str]]:
    assert answer.status_code == 422, answer.json
    return {(fault["pointer"], fault["code"]) for fault in answer.json["errors"]}


def refused(answer: Answer) -> dict[str, Any]:
    """A problem without what differs from request to request."""
    return {name: value for name, value in answer.json.items() if name != "instance"}


def test_an_event_takes_the_configured_framework_and_threshold_three_unless_told(organiser: Member) -> None:
    answer = organiser.post("/v1/events", EVENT)
    assert answer.status_code == 201
    assert answer.json["framework"] == KEY
    assert (answer.json["threshold"], answer.json["open"], answer.json["name_zh"]) == (3, False, None)
    assert answer.json["organiser"] == {"id": organiser.id, "name": "Chamber", "name_zh": None}
    again = organiser.get(answer.headers["Location"])
    assert again.json == answer.json
    assert again.headers["ETag"] == answer.headers["ETag"]
    assert organiser.get("/v1/events").json["items"] == [answer.json]


WRONG_EVENTS: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"name": " "}, ("/name", "length")),
    ({"name": None}, ("/name", "not-null")),
    ({"held_on": (START - timedelta(days=1)).isoformat()}, ("/held_on", "before-today")),
    ({"held_on": "soon"}, ("/held_on", "not-a-date")),
    ({"framework": "nothing@1"}, ("/framework", "framework-unknown")),
    ({"threshold": 5}, ("/threshold", "level-unknown")),
    ({"threshold": 0}, ("/threshold", "range")),
    ({"threshold": "3"}, ("/threshold", "not-a-whole-number")),
    ({"threshhold": 3}, ("/threshhold", "unknown-field")),
    ({"open": 1}, ("/open", "not-true-or-false")),
]


def test_an_event_that_cannot_be_is_refused_and_leaves_nothing(organiser: Member) -> None:
    for values, fault in WRONG_EVENTS:
        assert faults(organiser.post("/v1/events", {**EVENT, **values})) == {fault}
    assert organiser.get("/v1/events").json["items"] == []


def test_an_edit_names_the_version_it_edits_and_never_the_framework(organiser: Member) -> None:
    at = event(organiser)
    tag = organiser.get(at).headers["ETag"]
    assert organiser.patch(at, {"threshold": 4}).status_code == 428
    changed = organiser.patch(at, {"threshold": 4, "place": "Suzhou"}, tag)
    assert (changed.status_code, changed.json["threshold"], changed.json["place"]) == (200, 4, "Suzhou")
    assert organiser.patch(at, {"threshold": 3}, tag).status_code == 412
    tag = changed.headers["ETag"]
    assert faults(organiser.patch(at, {"framework": KEY}, tag)) == {("/framework", "unknown-field")}
    assert faults(organiser.patch(at, {"threshold": 5}, tag)) == {("/threshold", "level-unknown")}
    assert organiser.get(at).json["threshold"] == 4


def test_an_event_is_unknown_to_everybody_who_has_no_part_in_it(world: World, organiser: Member, buyer: Member) -> None:
    at = event(organiser)
    inside = entered(organiser, at, "buyer", world.join("Guest", "brand").id)
    rival = world.join("Rival", "organiser")
    unknown = refused(rival.get("/v1/events/mev_none"))
    for stranger in (rival, buyer):
        assert stranger.get("/v1/events").json["items"] == []
        for path in (at, f"{at}/registrations", f"{at}/pairings", inside):
            assert refused(stranger.get(path)) == unknown
        assert enter(stranger, at, "buyer").status_code == 404
        assert stranger.call("DELETE", inside).status_code == 404
        assert stranger.patch(inside, {"demand": DEMAND}, '"1"').status_code == 404
    assert rival.patch(at, {"threshold": 1}, '"1"').status_code == 404
    assert buyer.post("/v1/events", EVENT).status_code == 403


def test_an_organiser_sees_the_consenting_flagged_with_certified_levels_and_why_nobody_else(
    world: World, organiser: Member
) -> None:
    supplier = achiever(world, name_zh="优等生")
    achiever(world, "Shy", listed=False)
    achiever(world, "Low", level=2)
    (item,) = organiser.get("/v1/flags?kind=matchmaking").json["items"]
    assert item == {
        "view": "organiser",
        "kind": "matchmaking",
        "supplier": supplier.id,
        "name": "Achiever",
        "name_zh": "优等生",
        "country": "CN",
        "region": "Guangdong",
        "sector": "PCB",
        "languages": ["zh"],
        "framework": KEY,
        "levels": {"eco_efficiency": 3, "ohs": 3, "csr": 3},
    }
    assert organiser.get("/v1/flags?kind=training").json["items"] == []
    assert organiser.get("/v1/flags?region=Jiangsu").json["items"] == []


def test_who_buys_from_a_supplier_and_what_is_asked_of_it_matters_to_no_organiser(
    world: World, organiser: Member
) -> None:
    supplier = achiever(world)
    at = event(organiser)
    entered(organiser, at, "supplier", supplier.id)
    entered(organiser, at, "buyer", world.join("Guest", "brand").id)
    paths = ("/v1/flags", "/v1/events", at, f"{at}/registrations", f"{at}/pairings")
    before = [organiser.get(path) for path in paths]
    for number in range(1, 4):
        brand = world.join(f"Brand{number}", "brand")
        supply(world, brand.number, supplier.number)
        ask(world, brand.number, number, {"ohs": number + 1})
    after = [organiser.get(path) for path in paths]
    assert [one.get_data() for one in after] == [one.get_data() for one in before]
    assert [one.headers["ETag"] for one in after] == [one.headers["ETag"] for one in before]


def test_a_supplier_that_an_organiser_is_not_shown_is_as_unknown_as_none(world: World, organiser: Member) -> None:
    at = event(organiser)
    hidden = [achiever(world, "Shy", listed=False), achiever(world, "Low", level=2), world.join("New", "supplier")]
    unknown = enter(organiser, at, "supplier", NOBODY)
    assert faults(unknown) == {("/organization", "unknown-organization")}
    for one in hidden:
        assert refused(enter(organiser, at, "supplier", one.id)) == refused(unknown)
    assert organiser.get(f"{at}/registrations").json["items"] == []


def test_an_organiser_registers_flagged_suppliers_and_buyers_with_demands(
    world: World, organiser: Member, buyer: Member
) -> None:
    supplier = achiever(world)
    at = event(organiser)
    first = enter(organiser, at, "supplier", supplier.id, offer={"categories": ["850440"]})
    assert first.status_code == 201
    assert first.json["organization"] == {"id": supplier.id, "name": "Achiever", "name_zh": None}
    assert first.json["offer"] == {"categories": ["850440"], "languages": ["zh"]}
    second = enter(organiser, at, "buyer", buyer.id)
    assert second.json["demand"] == {**DEMAND, "sectors": [], "meetings": 1}
    listed = organiser.get(f"{at}/registrations").json["items"]
    assert listed == [first.json, second.json]
    assert organiser.get(f"{at}/registrations?side=buyer").json["items"] == [second.json]
    assert enter(organiser, at, "buyer", buyer.id).status_code == 409
    assert organiser.get(first.headers["Location"]).json == first.json


WRONG_DEMANDS: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"demand": {"levels": {"magic": 1}}}, ("/demand/levels/magic", "not-one-of")),
    ({"demand": {"levels": {"ohs": 5}}}, ("/demand/levels/ohs", "level-unknown")),
    ({"demand": {"levels": {"ohs": 0}}}, ("/demand/levels/ohs", "range")),
    ({"demand": {"levels": {"ohs": "3"}}}, ("/demand/levels/ohs", "not-a-whole-number")),
    ({"demand": {"levels": {"": 1}}}, ("/demand/levels/", "length")),
    ({"demand": {"levels": {str(at): 1 for at in range(51)}}}, ("/demand/levels", "items")),
    ({"demand": {"levels": 3}}, ("/demand/levels", "not-an-object")),
    ({"demand": {"products": ["85.04"]}}, ("/demand/products/0", "not-an-hs-prefix")),
    ({"demand": {"countries": ["XX"]}}, ("/demand/countries/0", "unknown-country")),
    ({"demand": {"languages": ["xx"]}}, ("/demand/languages/0", "unknown-language")),
    ({"demand": {"meetings": 0}}, ("/demand/meetings", "range")),
    ({"demand": None}, ("/demand", "not-null")),
    ({"offer": OFFER}, ("/offer", "unknown-field")),
    ({"side": "both"}, ("/side", "not-one-of")),
    ({"partners": ["x"]}, ("/partners", "only-the-participant")),
    ({"excluded": ["x"]}, ("/excluded", "only-the-participant")),
]


def test_a_demand_that_cannot_be_is_refused_and_leaves_nothing(organiser: Member, buyer: Member) -> None:
    at = event(organiser)
    for values, fault in WRONG_DEMANDS:
        body = {"side": "buyer", "organization": buyer.id, "demand": DEMAND, **values}
        assert faults(organiser.post(f"{at}/registrations", body)) == {fault}
    assert organiser.get(f"{at}/registrations").json["items"] == []


def test_a_participant_needs_the_part_of_its_side(organiser: Member, buyer: Member) -> None:
    at = event(organiser)
    answer = organiser.post(f"{at}/registrations", {"side": "buyer", "organization": buyer.id})
    assert faults(answer) == {("/demand", "required")}


def test_a_participant_sees_the_event_and_itself_and_nobody_else(
    world: World, organiser: Member, buyer: Member
) -> None:
    supplier = achiever(world)
    at = event(organiser)
    mine, other = entered(organiser, at, "supplier", supplier.id), entered(organiser, at, "buyer", buyer.id)
    assert [one["id"] for one in supplier.get("/v1/events").json["items"]] == [at.rpartition("/")[2]]
    listed = supplier.get(f"{at}/registrations").json["items"]
    assert [one["organization"]["id"] for one in listed] == [supplier.id]
    assert supplier.get(mine).status_code == 200
    assert supplier.get(other).status_code == 404
    assert supplier.call("DELETE", other).status_code == 404


def test_whom_one_trades_with_or_excludes_only_oneself_can_say_and_read(
    world: World, organiser: Member, buyer: Member
) -> None:
    supplier = achiever(world)
    at = event(organiser)
    mine = entered(organiser, at, "supplier", supplier.id)
    before = [organiser.get(path) for path in (mine, f"{at}/registrations", f"{at}/pairings", at)]
    tag = supplier.get(mine).headers["ETag"]
    stated = supplier.patch(mine, {"excluded": [buyer.id], "partners": [organiser.id]}, tag)
    assert (stated.json["excluded"], stated.json["partners"]) == ([buyer.id], [organiser.id])
    after = [organiser.get(path) for path in (mine, f"{at}/registrations", f"{at}/pairings", at)]
    assert [one.get_data() for one in after] == [one.get_data() for one in before]
    assert [one.headers["ETag"] for one in after] == [one.headers["ETag"] for one in before]
    assert organiser.patch(mine, {"offer": OFFER}, tag).status_code == 404
    assert supplier.patch(mine, {"offer": OFFER}, tag).status_code == 412
    kept = supplier.patch(mine, {"offer": {"categories": []}}, stated.headers["ETag"])
    assert kept.json["offer"] == {"categories": [], "languages": ["zh"]}
    assert kept.json["excluded"] == [buyer.id]
    unknown = supplier.patch(mine, {"excluded": [buyer.id, NOBODY]}, kept.headers["ETag"])
    assert faults(unknown) == {("/excluded/1", "unknown-organization")}


def test_at_an_open_event_everybody_registers_itself_and_nobody_else(
    world: World, organiser: Member, buyer: Member
) -> None:
    supplier, learner = achiever(world), world.join("Learner", "supplier")
    at = event(organiser, open=True)
    assert [one["id"] for one in buyer.get("/v1/events").json["items"]] == [at.rpartition("/")[2]]
    assert refused(enter(buyer, at, "buyer", supplier.id)) == refused(enter(buyer, at, "buyer", NOBODY))
    assert faults(enter(buyer, at, "buyer", supplier.id)) == {("/organization", "only-yourself")}
    mine = entered(buyer, at, "buyer", excluded=[supplier.id])
    assert buyer.get(mine).json["excluded"] == [supplier.id]
    assert "excluded" not in organiser.get(mine).json
    entered(supplier, at, "supplier", supplier.id)
    flagless = enter(learner, at, "supplier")
    assert (flagless.status_code, flagless.json["code"]) == (409, "not-flagged")
    assert buyer.patch(at, {"open": False}, '"1"').status_code == 403


def test_an_event_that_is_not_open_takes_nobody_by_itself(organiser: Member, buyer: Member) -> None:
    at = event(organiser)
    assert enter(buyer, at, "buyer").status_code == 404
    entered(organiser, at, "buyer", buyer.id)
    again = enter(buyer, at, "supplier")
    assert (again.status_code, again.json["code"]) == (409, "event-not-open")


def test_a_participant_withdraws_itself_and_the_organiser_anybody(
    world: World, organiser: Member, buyer: Member
) -> None:
    supplier = achiever(world)
    at = event(organiser)
    mine, other = entered(organiser, at, "supplier", supplier.id), entered(organiser, at, "buyer", buyer.id)
    assert supplier.call("DELETE", mine).status_code == 204
    assert supplier.get(at).status_code == 404
    assert organiser.call("DELETE", other).status_code == 204
    assert organiser.call("DELETE", other).status_code == 404
    assert organiser.get(f"{at}/registrations").json["items"] == []
    entered(organiser, at, "supplier", supplier.id)


def test_nothing_of_an_event_changes_once_it_is_over(world: World, organiser: Member, buyer: Member) -> None:
    at = event(organiser, held_on=START.isoformat())
    mine = entered(organiser, at, "buyer", buyer.id)
    tag, own = organiser.get(at).headers["ETag"], buyer.get(mine).headers["ETag"]
    world.clock.advance(1)
    for answer in (
        organiser.patch(at, {"place": "Suzhou"}, tag),
        enter(organiser, at, "buyer", world.join("Late", "brand").id),
        organiser.call("DELETE", mine),
        buyer.patch(mine, {"demand": DEMAND}, own),
    ):
        assert (answer.status_code, answer.json["code"]) == (409, "event-over")
    assert organiser.get(f"{at}/pairings").status_code == 200


def test_a_supplier_whose_flag_closes_or_who_takes_back_consent_leaves_the_organisers_list(
    world: World, organiser: Member
) -> None:
    supplier, other = achiever(world), achiever(world, "Other")
    reviewer = world.join("Reviewer", "reviewer")
    at = event(organiser)
    change(world, supplier.number, listed=False)
    find_fault(world, other.number, reviewer.number)
    assert organiser.get("/v1/flags").json["items"] == []
    for one in (supplier, other):
        assert faults(enter(organiser, at, "supplier", one.id)) == {("/organization", "unknown-organization")}


def test_consent_taken_back_counts_at_once_although_the_flag_may_lag(world: World, organiser: Member) -> None:
    supplier = achiever(world)
    at = event(organiser)

    def take_back(work: Work) -> None:
        work.session.get_one(Organization, supplier.number).listed = False
        work.session.flush()

    world.do(take_back)
    assert organiser.get("/v1/flags").json["items"] == []
    assert faults(enter(organiser, at, "supplier", supplier.id)) == {("/organization", "unknown-organization")}


def test_with_a_key_of_another_role_an_organisers_own_event_is_unknown(world: World, organiser: Member) -> None:
    at = event(organiser)

    def second_key(work: Work) -> str:
        person = work.session.scalar(select(Membership.person).where(Membership.organization == organiser.number))
        assert person is not None
        return accounts.issue_key(work, organiser.number, person, roles=["brand"])[1]

    other = Member(organiser.client, world.do(second_key), organiser.number, organiser.id)
    assert other.get("/v1/events").json["items"] == []
    assert other.get(at).status_code == 404
    assert enter(other, at, "buyer").status_code == 404


def test_registering_is_safe_to_repeat_with_one_key(organiser: Member, buyer: Member) -> None:
    at = event(organiser)
    body = {"side": "buyer", "organization": buyer.id, "demand": DEMAND}
    key = {"Idempotency-Key": "once"}
    first = organiser.post(f"{at}/registrations", body, headers=key)
    second = organiser.post(f"{at}/registrations", body, headers=key)
    assert (first.status_code, second.json) == (201, first.json)
    assert len(organiser.get(f"{at}/registrations").json["items"]) == 1


def test_on_postgres_the_database_itself_keeps_registrations_from_third_parties(
    world: World, organiser: Member, buyer: Member
) -> None:
    at = event(organiser)
    entered(organiser, at, "buyer", buyer.id)
    entered(organiser, at, "buyer", world.join("Guest", "brand").id)
    stranger = world.join("Stranger", "organiser")

    def rows(reader: Member) -> tuple[int, int]:
        work = Work(world.runtime, Actor(organization=reader.number), writes=False)
        try:
            every = [len(work.session.scalars(select(kind)).all()) for kind in (MatchEvent, Registration)]
        finally:
            work.close()
        return every[0], every[1]

    seen = {reader.id: rows(reader) for reader in (organiser, buyer, stranger)}
    whole = dict.fromkeys(seen, (1, 2))
    guarded = {organiser.id: (1, 2), buyer.id: (1, 1), stranger.id: (0, 0)}
    assert seen == (guarded if world.runtime.database.is_postgres else whole)
