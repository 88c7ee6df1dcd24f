"""Several at once: nobody's edit is lost, nothing happens twice, nobody waits for ever."""

from functools import partial
from typing import Any

from supplychain.audit import AuditEntry
from supplychain.conformity.derive import rebuild
from supplychain.evidence.models import Evidence
from supplychain.outbox import OutboxEvent
from tests.factories import building
from tests.racing import at_once, derived
from tests.reviewing import count
from tests.world import Answer, Member, World

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
