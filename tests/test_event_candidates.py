"""Who may take part in an event: judged by its framework, its threshold and its day, with the rule of the flag."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.factories import ELECTRONICS, MILLS, Builder, building
from tests.test_matchmaking import EVENT, entered, faults
from tests.test_matchmaking import enter as register
from tests.world import Answer, Member, World

SOON = timedelta(days=10)


@pytest.fixture
def organiser(world: World) -> Member:
    return world.join("Chamber", "organiser")


def event(organiser: Member, day: date, framework: str = MILLS, **values: Any) -> str:
    sent = {**EVENT, "held_on": day.isoformat(), "framework": framework, "threshold": 1, "open": True, **values}
    answer = organiser.post("/v1/events", sent)
    assert answer.status_code == 201, answer.json
    return str(answer.headers["Location"])


def mill(world: World, *steps: Callable[[Builder], object], **attributes: Any) -> Member:
    """A mill that consents to be listed; steps say what is known of it."""
    with building(world) as build:
        member = build.member("mill", "supplier")
        build.organization("mill", listed=True, **attributes)
        for step in steps:
            step(build)
    return member


def proven(level: int = 1, framework: str = MILLS, **fields: Any) -> Callable[[Builder], object]:
    return lambda build: build.prove("mill", level, framework, **fields)


def today(world: World) -> date:
    return world.clock.now.date()


def offered(organiser: Member, at: str) -> dict[str, Any]:
    """Levels of those that an organiser may register, by id."""
    answer: Answer = organiser.get(f"{at}/candidates")
    assert answer.status_code == 200
    return {one["supplier"]: one["levels"] for one in answer.json["items"]}


def takes_part(organiser: Member, at: str, supplier: Member) -> bool:
    """Whether a supplier can register itself; the organiser's list and word say the same."""
    itself = register(supplier, at, "supplier")
    if itself.status_code == 201:
        assert supplier.id in offered(organiser, at)
        return True
    assert (itself.status_code, itself.json["code"]) == (409, "not-flagged")
    unknown = register(organiser, at, "supplier", supplier.id)
    assert faults(unknown) == {("/organization", "unknown-organization")}
    assert supplier.id not in offered(organiser, at)
    return False


def test_a_supplier_that_qualifies_by_the_events_framework_takes_part_without_any_flag(
    world: World, organiser: Member
) -> None:
    supplier = mill(world, proven())
    at = event(organiser, today(world) + SOON)
    assert organiser.get("/v1/flags").json["items"] == [], "the flag is of the configured framework"
    assert offered(organiser, at) == {supplier.id: {"sourcing": 1}}
    entered(organiser, at, "supplier", supplier.id)
    buyer = world.join("Buyer", "brand")
    entered(buyer, at, "buyer", demand={"products": ["8504"], "levels": {"sourcing": 1}, "languages": ["en"]})
    (pairing,) = organiser.get(f"{at}/pairings").json["items"]
    assert {gate["code"]: gate["state"] for gate in pairing["gates"]}["flag"] == "open"


def test_a_flag_of_the_configured_framework_opens_no_event_on_another(world: World, organiser: Member) -> None:
    supplier = mill(world, proven(3, ELECTRONICS, trust="audited"))
    assert [one["supplier"] for one in organiser.get("/v1/flags").json["items"]] == [supplier.id]
    assert not takes_part(organiser, event(organiser, today(world) + SOON), supplier)
    entered(organiser, event(organiser, today(world) + SOON, ELECTRONICS, threshold=3), "supplier", supplier.id)


WANTING: dict[str, tuple[Callable[[Builder], object], ...]] = {
    "no evidence": (),
    "its own word alone": (proven(state="accepted", kind="answer", trust="self_declared"),),
    "evidence under review": (proven(state="submitted"),),
    "below the threshold": (proven(1),),
    "no consent": (proven(2), lambda build: build.organization("mill", listed=False)),
    "an open critical finding": (
        proven(2),
        lambda build: build.find_fault("mill", "bureau", "RSPO01", severity="critical"),
    ),
    "a critical finding under another framework": (
        proven(2),
        lambda build: build.find_fault("mill", "bureau", "O07", ELECTRONICS, severity="critical"),
    ),
}


@pytest.mark.parametrize("what", WANTING)
def test_every_condition_of_the_flag_is_asked(world: World, organiser: Member, what: str) -> None:
    supplier = mill(world, *WANTING[what])
    assert not takes_part(organiser, event(organiser, today(world) + SOON, threshold=2), supplier)


def test_with_all_conditions_met_the_same_event_takes_it(world: World, organiser: Member) -> None:
    supplier = mill(world, proven(2), lambda build: build.find_fault("mill", "bureau", "RSPO01", state="verified"))
    assert takes_part(organiser, event(organiser, today(world) + SOON, threshold=2), supplier)


def test_a_critical_finding_at_a_plant_keeps_its_company_out(world: World, organiser: Member) -> None:
    supplier = mill(
        world,
        lambda build: build.organization("plant", kind="plant"),
        lambda build: build.own("mill", "plant"),
        lambda build: build.prove("plant", 1),
    )
    at = event(organiser, today(world) + SOON)
    assert offered(organiser, at) == {supplier.id: {"sourcing": 1}}
    with building(world) as build:
        build.find_fault("plant", "bureau", "RSPO01", severity="critical")
    assert not takes_part(organiser, at, supplier)


def test_the_level_must_hold_on_the_events_day_and_no_longer(world: World, organiser: Member) -> None:
    last = today(world) + timedelta(days=30)
    supplier = mill(world, proven(3, ELECTRONICS, trust="audited"), proven(valid_until=last))
    assert not takes_part(organiser, event(organiser, last + timedelta(days=1)), supplier)
    assert takes_part(organiser, event(organiser, last), supplier)


def test_who_no_longer_qualifies_by_the_events_framework_is_not_proposed(world: World, organiser: Member) -> None:
    supplier = mill(world, proven())
    at = event(organiser, today(world) + SOON)
    entered(organiser, at, "supplier", supplier.id)
    buyer = world.join("Buyer", "brand")
    entered(buyer, at, "buyer", demand={"products": ["8504"], "levels": {}, "languages": ["en"]})
    assert organiser.get(f"{at}/pairings").json["found"] == 1
    with building(world) as build:
        build.find_fault("mill", "bureau", "RSPO01", severity="critical")
    assert organiser.get(f"{at}/pairings").json["found"] == 0
    assert supplier.get(f"{at}/pairings").json["found"] == 0
    assert buyer.get(f"{at}/pairings").json["found"] == 0


def test_candidates_are_told_to_the_events_organiser_alone(world: World, organiser: Member) -> None:
    supplier = mill(world, proven())
    at = event(organiser, today(world) + SOON)
    rival = world.join("Rival", "organiser")
    assert rival.get(f"{at}/candidates").status_code == 404
    assert supplier.get(f"{at}/candidates").status_code == 403
