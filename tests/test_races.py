"""Several at once: nobody's edit is lost, nothing happens twice, nobody waits for ever."""

from collections.abc import Callable
from functools import partial
from typing import Any

from supplychain.audit import AuditEntry
from supplychain.conformity.derive import rebuild
from supplychain.evidence.models import Evidence
from supplychain.outbox import OutboxEvent
from tests.factories import building
from tests.racing import another, at_once, derived, together
from tests.reviewing import count
from tests.world import START, Answer, Member, World

WRITERS = 8
DRAFT = {"title": "T", "framework": "eseec-electronics@1", "schedule": [1]}


def first_step(value: bool) -> dict[str, Any]:
    return {"kind": "answer", "framework": "first-steps", "values": [{"indicator": "FS01", "value": value}]}


# Lost updates ---------------------------------------------------------------------------------


def edit(member: Member, path: str, tag: str, title: str) -> Answer:
    return member.patch(path, {"title": title}, tag)


def test_of_eight_editors_of_one_version_exactly_one_succeeds(world: World) -> None:
    brand = world.join("Brand", "brand")
    made = brand.post("/v1/requirements", DRAFT)
    path, tag = made.headers["Location"], made.headers["ETag"]
    for turn in range(2):
        edits = [partial(edit, path=path, tag=tag, title=f"{turn} by {writer}") for writer in range(WRITERS)]
        answers = at_once(world, brand, edits)
        assert sorted(answer.status_code for answer in answers) == [200] + [412] * (WRITERS - 1)
        (winner,) = (answer for answer in answers if answer.status_code == 200)
        read = brand.get(path)
        assert (read.json["title"], read.headers["ETag"]) == (winner.json["title"], winner.headers["ETag"])
        tag = winner.headers["ETag"]


def test_editors_who_read_again_after_a_refusal_all_get_through(world: World) -> None:
    brand = world.join("Brand", "brand")
    path = brand.post("/v1/requirements", DRAFT).headers["Location"]

    def append(member: Member, letter: str) -> Answer:
        while True:
            read = member.get(path)
            answer = member.patch(path, {"title": read.json["title"] + letter}, read.headers["ETag"])
            if answer.status_code == 200:
                return answer

    at_once(world, brand, [partial(append, letter=letter) for letter in "abcde"])
    assert sorted(brand.get(path).json["title"]) == sorted("Tabcde")


# Facts about one supplier ---------------------------------------------------------------------


def asked_for_a_first_step(world: World) -> Member:
    with building(world) as build:
        supplier = build.member("mill", "supplier")
        build.link("brand", "mill")
        build.require("brand", [1], framework="first-steps@1")
    return supplier


def submit(member: Member, value: bool) -> Answer:
    return member.post("/v1/evidence", first_step(value))


def told(world: World, kind: str) -> int:
    """How many audit entries of a kind there are: as many as events, or it fails."""
    entries = count(world, AuditEntry, AuditEntry.action == kind)
    assert count(world, OutboxEvent, OutboxEvent.type == kind) == entries
    return entries


def test_evidence_of_one_supplier_at_once_is_taken_and_has_its_consequences_once(world: World) -> None:
    supplier = asked_for_a_first_step(world)
    before = {kind: told(world, kind) for kind in ("level.changed", "flag.closed")}
    answers = at_once(world, supplier, [partial(submit, value=True)] * 5)
    assert {answer.status_code for answer in answers} == {201}
    assert count(world, Evidence) == 5
    assert {kind: told(world, kind) - number for kind, number in before.items()} == {
        "level.changed": 1,
        "flag.closed": 1,
    }


def test_what_is_stored_after_a_race_is_what_follows_from_the_facts(world: World) -> None:
    supplier = asked_for_a_first_step(world)
    for _ in range(3):
        at_once(world, supplier, [partial(submit, value=value) for value in (True, False, True, False)])
        stored = derived(world)
        rebuild(world.runtime)
        assert derived(world) == stored


# All sorts of writers -------------------------------------------------------------------------


def test_whoever_writes_what_about_one_supplier_at_once_nobody_falls_over(world: World) -> None:
    with building(world) as build:
        supplier = build.member("mill", "supplier")
        brands = [build.member(name, "brand") for name in ("brand", "other")]
        reviewer = build.member("reviewer", "reviewer")
        build.chain("brand > mill > spinner", "8504")
        build.link("other", "mill", state="claimed")
        build.organization("mill", evidence_reviewer=reviewer.number)
        build.organization("plant", kind="plant")
        build.own("mill", "plant")
    for turn in range(3):
        calls = [*writing_of(supplier, turn), *reviewing_of(reviewer, supplier), *demanding_of(*brands)]
        answers = together([partial(call, another(world, member)) for member, call in calls])
        refused = [answer.json["code"] for answer in answers if answer.status_code >= 400]
        assert set(refused) <= {"link-nothing-to-confirm"}
        assert bool(refused) == (turn > 0)
        stored = derived(world)
        rebuild(world.runtime)
        assert derived(world) == stored


Calls = list[tuple[Member, Callable[[Member], Answer]]]


def writing_of(supplier: Member, turn: int) -> Calls:
    """A supplier submits for itself and its plant, changes itself and confirms a link (once only)."""
    path = f"/v1/organizations/{supplier.id}"
    tag = supplier.get(path).headers["ETag"]
    return [
        (supplier, partial(submit, value=True)),
        (supplier, partial(submit, value=False)),
        (supplier, lambda me: me.post("/v1/evidence", {**first_step(value=True), "organization": "org_plant"})),
        (supplier, lambda me: me.patch(path, {"listed": turn % 2 == 0}, tag)),
        (supplier, lambda me: me.post("/v1/links/lnk_other_mill/confirm", {})),
    ]


def demanding_of(brand: Member, other: Member) -> Calls:
    """Two brands publish what they ask for."""
    demand = {**DRAFT, "framework": "first-steps@1"}
    drafts = [(one, one.post("/v1/requirements", demand).json["id"]) for one in (brand, other)]
    return [
        (one, lambda me, draft=draft: me.post(f"/v1/requirements/{draft}/publish", {}))  # type: ignore[misc] # bound now
        for one, draft in drafts
    ]


def reviewing_of(reviewer: Member, supplier: Member) -> Calls:
    """A reviewer accepts, rejects, and finds a fault."""
    good, bad = (submit(supplier, value=False).json["id"] for _ in range(2))
    finding = {
        "organization": supplier.id,
        "framework": "first-steps",
        "indicator": "FS01",
        "severity": "minor",
        "observed_on": START.isoformat(),
        "note": "Seen",
    }
    return [
        (reviewer, lambda me: me.post(f"/v1/evidence/{good}/review", {"decision": "accept"})),
        (reviewer, lambda me: me.post(f"/v1/evidence/{bad}/review", {"decision": "reject", "code": "age"})),
        (reviewer, lambda me: me.post("/v1/findings", finding)),
    ]
