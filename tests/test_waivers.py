"""Waivers: granted, counted apart, ended by themselves, told to nobody else."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.facts import DayAdvanced, Requirement, Waiver
from graph.network import Network, from_payload, to_payload
from graph.waivers import excused, in_force, terms, waivers_for
from supplychain.conformity.derive import rebuild
from supplychain.conformity.models import Conformity, Flag
from supplychain.network.visibility import pseudonym
from supplychain.work import Work
from tests.factories import building
from tests.ground import org
from tests.world import START, Answer, Member, World

DAY = timedelta(days=1)
YEAR = START + timedelta(days=365)


@pytest.fixture
def mill(world: World) -> World:
    """brand asks mill, by name, and what is below mill for level 2 today, and level 1 of tier 2; mill has level 1."""
    with building(world) as build:
        for name, role in (("brand", "brand"), ("mill", "supplier"), ("spinner", "supplier"), ("rival", "brand")):
            build.member(name, role)
        build.link("brand", "mill")
        build.link("mill", "spinner", disclosure="pseudonym")
        build.link("brand", "claimed", state="claimed")
        build.require("brand", (2, 1))
        build.prove("mill", 1)
    return world


def ask(**values: Any) -> dict[str, Any]:
    given = {"requirement": "req_brand", "supplier": org("mill"), "reason": "plan_agreed", "note": "Agreed"}
    return {**given, "until": YEAR.isoformat(), **values}


def grant(world: World, **values: Any) -> Answer:
    return world.members["brand"].post("/v1/waivers", json=ask(**values))


def owed(member: Member, requirement: str = "req_brand") -> dict[str, Any]:
    items = member.get("/v1/me/obligations").json["items"]
    return next(item for item in items if item["requirement"] == requirement)


def listed(member: Member, supplier: str) -> dict[str, Any]:
    items = member.get("/v1/suppliers").json["items"]
    return next(item for item in items if item["id"] == supplier)


def seen(member: Member, supplier: str) -> dict[str, Any]:
    return next(one for one in listed(member, supplier)["obligations"])


def faults(answer: Answer) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.json
    return [(one["pointer"], one["code"]) for one in answer.json["errors"]]


def veiled(world: World, name: str = "spinner") -> str:
    """What the brand calls somebody whose name it may not know."""
    told: str = world.do(lambda work: pseudonym(work, world.members["brand"].number, org(name)))
    return told


def open_flags(world: World, name: str) -> set[str]:
    def body(work: Work) -> set[str]:
        number = world.members[name].number
        return {row.kind for row in work.session.query(Flag).filter_by(organization=number, closed_on=None)}

    found: set[str] = world.do(body)
    return found


# What is granted, and what becomes of the status ------------------------------------------------


def test_an_extension_stands_before_overdue_until_its_last_day_and_then_ends_by_itself(mill: World) -> None:
    brand, supplier = mill.members["brand"], mill.members["mill"]
    mill.clock.advance(1)
    assert (seen(brand, org("mill"))["status"], owed(supplier)["status"]) == ("overdue", "overdue")
    until = START + 10 * DAY
    answer = grant(mill, until=until.isoformat())
    assert answer.status_code == 201
    assert answer.json["due"] == until.isoformat()
    for day in (START + DAY, until):
        mill.clock.go_to(day)
        for item in (seen(brand, org("mill")), owed(supplier)):
            assert (item["status"], item["move"], item["gap"], item["level"]) == ("waived", "nobody", 1, 2)
            assert item["waiver"]["until"] == until.isoformat()
            assert item["due"] == START.isoformat()
    mill.clock.go_to(until + DAY)
    for item in (seen(brand, org("mill")), owed(supplier)):
        assert (item["status"], item["waiver"]) == ("overdue", None)


def test_a_lower_level_excuses_whoever_reaches_it_and_nobody_else(mill: World) -> None:
    brand = mill.members["brand"]
    mill.clock.advance(1)
    assert grant(mill, level=1).json["due"] is None
    assert seen(brand, org("mill"))["status"] == "waived"
    assert grant(mill, supplier=veiled(mill), level=0).status_code == 201
    assert seen(brand, veiled(mill))["status"] == "waived"
    with building(mill) as build:
        build.organization("bare")
        build.link("brand", "bare", since=START)
    mill.clock.advance(1)
    assert grant(mill, supplier=org("bare"), level=1).status_code == 201
    assert seen(brand, org("bare"))["status"] == "overdue"


def test_what_is_reached_is_met_whatever_was_waived(mill: World) -> None:
    grant(mill, level=0)
    with building(mill) as build:
        build.prove("mill", 2)
    assert seen(mill.members["brand"], org("mill"))["status"] == "met"


def test_a_waiver_that_is_revoked_excuses_nothing_from_that_day_on(mill: World) -> None:
    brand = mill.members["brand"]
    mill.clock.advance(1)
    waiver = grant(mill).json
    assert seen(brand, org("mill"))["status"] == "waived"
    revoked = brand.post(f"/v1/waivers/{waiver['id']}/revoke", json={"note": "Cancelled"})
    assert (revoked.json["state"], revoked.json["revocation"]) == ("revoked", "Cancelled")
    assert (seen(brand, org("mill"))["status"], owed(mill.members["mill"])["status"]) == ("overdue", "overdue")
    again = brand.post(f"/v1/waivers/{waiver['id']}/revoke", json={})
    assert (again.status_code, again.json["code"]) == (409, "waiver-not-in-force")


def test_the_last_word_replaces_those_before_and_none_of_them_comes_back(mill: World) -> None:
    brand = mill.members["brand"]
    mill.clock.advance(1)
    first, second = grant(mill).json, grant(mill, until=(START + 2 * DAY).isoformat()).json
    states = {item["id"]: item["state"] for item in brand.get("/v1/waivers").json["items"]}
    assert states == {first["id"]: "replaced", second["id"]: "in_force"}
    mill.clock.advance(2)
    states = {item["id"]: item["state"] for item in brand.get("/v1/waivers").json["items"]}
    assert states == {first["id"]: "replaced", second["id"]: "ended"}
    assert seen(brand, org("mill"))["status"] == "overdue"
    assert [item["id"] for item in brand.get("/v1/waivers?state=ended").json["items"]] == [second["id"]]


def test_a_waiver_goes_on_under_the_requirement_that_amends_its_own(mill: World) -> None:
    brand = mill.members["brand"]
    mill.clock.advance(1)
    grant(mill)
    amended = brand.post("/v1/requirements/req_brand/amend", json={"title": "Anew"}).json["id"]
    assert (seen(brand, org("mill"))["requirement"], seen(brand, org("mill"))["status"]) == (amended, "waived")


# What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "pointer", "code"),
    [
        ({"until": (START - DAY).isoformat()}, "/until", "before-today"),
        ({"until": START.isoformat(), "due": (START + DAY).isoformat()}, "/due", "after-until"),
        ({"level": 2}, "/level", "level-not-lower"),
        ({"reason": "other", "note": ""}, "/note", "reason-needs-words"),
        ({"requirement": "req_nobodys"}, "/requirement", "unknown-requirement"),
        ({"supplier": "org_nobodys"}, "/supplier", "owes-nothing-here"),
        ({"supplier": org("spinner")}, "/supplier", "owes-nothing-here"),
        ({"supplier": org("rival")}, "/supplier", "owes-nothing-here"),
        ({"supplier": org("claimed")}, "/supplier", "supplier-not-confirmed"),
    ],
)
def test_a_waiver_is_refused(mill: World, values: dict[str, Any], pointer: str, code: str) -> None:
    assert (pointer, code) in faults(grant(mill, **values))


def test_nobody_waives_what_another_asks(mill: World) -> None:
    answer = mill.members["mill"].post("/v1/waivers", json=ask(supplier=org("spinner")))
    assert faults(answer) == [("/requirement", "unknown-requirement")]


# Who sees it -----------------------------------------------------------------------------------


def test_the_supplier_is_told_what_was_granted_and_by_whom_only_where_it_knows_who_asks(mill: World) -> None:
    granted = grant(mill, level=1).json
    (told,) = mill.members["mill"].get("/v1/me/waivers").json["items"]
    assert (told["id"], told["requirement"], told["issuer"]["id"]) == (granted["id"], "req_brand", org("brand"))
    assert "approver" not in told
    grant(mill, supplier=veiled(mill), level=0)
    (told,) = mill.members["spinner"].get("/v1/me/waivers").json["items"]
    assert told["issuer"] is None
    assert told["requirement"] == mill.members["spinner"].get("/v1/me/obligations").json["items"][0]["requirement"]
    assert told["requirement"].startswith("rqp_")


def test_the_buyer_between_sees_the_status_and_not_the_waiver(mill: World) -> None:
    mill.clock.advance(1)
    grant(mill, supplier=veiled(mill), level=0)
    item = seen(mill.members["mill"], org("spinner"))
    assert (item["passing"], item["status"], item["waiver"]) == (True, "waived", None)


def test_a_waiver_granted_to_a_pseudonym_is_shown_under_no_name(mill: World) -> None:
    brand = mill.members["brand"]
    mill.clock.advance(1)
    waiver = grant(mill, supplier=veiled(mill), level=0).json
    assert waiver["supplier"] == veiled(mill)
    with building(mill) as build:
        build.link("mill", "spinner", disclosure="identity")
    assert brand.get(f"/v1/waivers/{waiver['id']}").status_code == 404
    assert brand.get("/v1/waivers").json["items"] == []
    assert seen(brand, org("spinner"))["status"] == "overdue"
    assert owed_by_spinner(mill)["status"] == "waived"


def owed_by_spinner(world: World) -> dict[str, Any]:
    (item,) = world.members["spinner"].get("/v1/me/obligations").json["items"]
    owed: dict[str, Any] = item
    return owed


def test_a_waiver_follows_a_supplier_whose_entry_is_merged(mill: World) -> None:
    with building(mill) as build:
        build.member("operator", "operator")
        build.organization("mill_again", claim="verified")
    mill.clock.advance(1)
    waiver = grant(mill).json
    merged = mill.members["operator"].post(
        "/v1/merges", json={"source": org("mill"), "target": org("mill_again"), "scope": "directory", "people": "both"}
    )
    assert merged.status_code == 201, merged.json
    brand = mill.members["brand"]
    assert brand.get(f"/v1/waivers/{waiver['id']}").json["supplier"] == org("mill_again")
    assert seen(brand, org("mill_again"))["status"] == "waived"


# What flags make of it -------------------------------------------------------------------------


def test_a_lower_level_closes_the_need_for_training_and_the_end_of_it_opens_it_again(mill: World) -> None:
    brand = mill.members["brand"]
    assert listed(brand, org("mill"))["flags"] == ["training"]
    assert open_flags(mill, "mill") == {"training"}
    until = START + 5 * DAY
    grant(mill, level=1, until=until.isoformat())
    assert (listed(brand, org("mill"))["flags"], open_flags(mill, "mill")) == ([], set())
    mill.clock.go_to(until)
    assert open_flags(mill, "mill") == set()
    mill.clock.go_to(until + DAY)
    assert listed(brand, org("mill"))["flags"] == ["training"]
    assert open_flags(mill, "mill") == {"training"}


def test_an_extension_moves_the_day_of_a_need_and_leaves_the_need(mill: World) -> None:
    grant(mill)
    assert open_flags(mill, "mill") == {"training"}
    for name in ("brand", "mill"):
        flags = mill.members[name].get("/v1/flags?kind=training").json["items"]
        told = next(flag for flag in flags if flag["supplier"] == org("mill"))
        assert told["due"] == YEAR.isoformat()


def test_what_follows_from_waivers_is_what_a_computation_from_nothing_gives(mill: World) -> None:
    def derived(work: Work) -> list[Any]:
        rows = work.session.query(Conformity).order_by(Conformity.organization)
        return [(row.organization, row.assessments, sorted(row.open_flags), row.good_through) for row in rows]

    grant(mill, level=1, until=(START + 5 * DAY).isoformat())
    kept = mill.do(derived)
    assert any(through == START + 5 * DAY for *_, through in kept)
    rebuild(mill.runtime)
    assert mill.do(derived) == kept


# The rules -------------------------------------------------------------------------------------

DAYS = st.integers(0, 12).map(lambda n: START + n * DAY)


@st.composite
def waivers(draw: st.DrawFn) -> list[Waiver]:
    """Waivers of one obligation as they are granted: one after the other, some revoked."""
    found = []
    for number, granted in enumerate(sorted(draw(st.lists(DAYS, max_size=5))), start=1):
        until = granted + draw(st.integers(0, 12)) * DAY
        revoked = None if draw(st.booleans()) else granted + draw(st.integers(0, 12)) * DAY
        due, level = draw(st.none() | DAYS), draw(st.none() | st.integers(0, 3))
        found.append(Waiver(number, 1, 2, granted, until, due, level, revoked, draw(st.booleans()), f"wvr_{number}"))
    return found


def by_hand(granted: list[Waiver], day: date, veiled: bool) -> set[int]:
    """Told day by day, as a clerk would who keeps one card a name."""
    card: Waiver | None = None
    today = START
    while today <= day:
        for one in granted:
            if one.granted_on == today and one.veiled is veiled:
                card = one
        if card and (card.until < today or (card.revoked_on and card.revoked_on <= today)):
            card = Waiver(card.number, 1, 2, START, START - DAY)
        today += DAY
    return {card.number} if card and card.until >= day else set()


@given(waivers(), DAYS)
def test_in_force_is_under_each_name_the_last_word_if_it_still_holds(granted: list[Waiver], day: date) -> None:
    found = in_force(granted, day)
    assert {one.number for one in found} == by_hand(granted, day, False) | by_hand(granted, day, True)


@given(waivers(), DAYS, st.randoms())
def test_the_order_in_which_waivers_are_read_is_of_no_importance(granted: list[Waiver], day: date, chance: Any) -> None:
    shuffled = list(granted)
    chance.shuffle(shuffled)
    assert in_force(shuffled, day) == in_force(granted, day)


@given(waivers(), DAYS, st.integers(1, 3), DAYS, st.none() | st.integers(0, 3))
def test_waivers_only_ever_ease(granted: list[Waiver], day: date, level: int, due: date, achieved: int | None) -> None:
    held = in_force(granted, day)
    asked = terms(level, due, held)
    assert asked.level <= level
    assert asked.due >= due
    assert not excused(level, due, achieved, (), day)
    if excused(level, due, achieved, held, day):
        assert (achieved or 0) >= asked.level or day <= asked.due


@given(waivers())
def test_a_waiver_goes_through_the_log_and_back(granted: list[Waiver]) -> None:
    assert [from_payload(*to_payload(one)) for one in granted] == granted


@given(waivers(), DAYS)
def test_the_network_holds_what_was_granted_however_it_was_told(granted: list[Waiver], day: date) -> None:
    demand = Requirement(1, 1, "rspo-mill@1", ("sourcing",), (2,), START, START)
    at_once = Network.empty().apply([demand, *granted, DayAdvanced(day)], 1)
    one_by_one = Network.empty().apply([demand], 1)
    for revision, one in enumerate(granted, start=2):
        before = Waiver(one.number, 1, 3, one.granted_on, one.until)  # another supplier's, until a merge
        one_by_one = one_by_one.apply([before], revision).apply([one], revision + 1)
    assert at_once.waivers_of(2) == one_by_one.waivers_of(2) == tuple(granted)
    assert one_by_one.waivers_of(3) == ()
    assert waivers_for(at_once, demand, 2, day) == in_force(granted, day)
