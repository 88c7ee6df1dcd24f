"""What statements may not tell: neither whoever has one issued, nor whoever holds the paper of another's."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from supplychain.trail.operations import seal
from tests.factories import ELECTRONICS
from tests.ground import org
from tests.visibility.answers import Worlds
from tests.visibility.story import Teller, Twist
from tests.world import World

OWN, CHAIN = "/v1/me/statements", "/v1/statements"
DAYS = ("", "?on=2026-11-22", "?on=2027-06-30", "?known=2026-11-23")


@pytest.fixture
def told(worlds: Worlds) -> Callable[[Twist | None], World]:
    """Makes a world of its own: issuing is a fact, and others compare what they ask of theirs."""

    def tell(twist: Twist | None = None) -> World:
        fresh = Worlds(worlds.make)
        world = fresh.told(twist or Twist()).world
        world.app.runtime = world.runtime
        return world

    return tell


def stated(world: World, reader: str, path: str) -> list[dict[str, Any]]:
    """What a reader's statements say on every day, but for what is drawn."""
    world.app.runtime = world.runtime
    member, said = world.members[reader], []
    for day in DAYS:
        made = member.post(f"{path}{day}", {}).json
        told = orjson.loads(member.get(f"/v1/statements/{made['id']}/document").get_data())
        assert told.pop("id") == made["id"]
        said.append(told)
    return said


def alike(tell: Callable[[Twist | None], World], reader: str, path: str, twist: Twist) -> None:
    here, there = tell(None), tell(twist)
    assert stated(here, reader, path) == stated(there, reader, path)


def test_a_brand_s_statement_tells_nothing_that_its_list_does_not(told: Callable[[Twist | None], World]) -> None:
    def hidden(build: Teller) -> None:
        for buyer in ("second", "third"):
            for supplier in ("mill", "spinner", "weaver", "dyer"):
                build.link(buyer, supplier)
        build.require("second", (2,))
        build.link("mill", "ghost", "5", disclosure="none")
        build.chain("ghost > deeper > loom")
        build.prove("dyer", 2, ELECTRONICS)
        build.find_fault("dyer", "reviewer", "RSPO01")

    alike(told, "brand", CHAIN, Twist(early=hidden))


def test_a_brand_cannot_tell_from_a_statement_of_the_past_whom_it_saw_before(
    told: Callable[[Twist | None], World],
) -> None:
    def shown(build: Teller) -> None:
        build.link("mill", "ghost", "5", disclosure="identity")
        build.chain("ghost > deeper")

    def hidden(build: Teller) -> None:
        build.link("mill", "ghost", "5", disclosure="none")

    alike(told, "brand", CHAIN, Twist(early=shown, late=hidden))


def test_a_supplier_s_paper_tells_nobody_who_asks_it_for_what(told: Callable[[Twist | None], World]) -> None:
    def asked(build: Teller) -> None:
        build.require("rival", (2, 2, 2), "more")
        build.require("mill", (2,), "own")
        build.waive("rival", "spinner", "req_rival_more", id="wvr_more")
        build.link("second", "spinner")
        build.require("second", (1,))

    alike(told, "spinner", OWN, Twist(late=asked))


def test_whoever_holds_a_paper_cannot_tell_what_its_issuer_did_else(told: Callable[[Twist | None], World]) -> None:
    """Not even how many entries the issuer's log has."""

    def busy(build: Teller) -> None:
        for _ in range(9):
            build.work.record("evidence.submitted", org("mill"), build.number("mill"))
        build.link("second", "mill", "5205")
        build.prove("mill", 2, ELECTRONICS)
        build.statement("spinner")

    heard = []
    for world in (told(None), told(Twist(late=busy))):
        world.app.runtime = world.runtime
        seal(world.runtime)
        client = world.app.test_client()
        answers = [
            client.get("/v1/statements/verify/stv_mill", headers={"X-Request-Id": "the-same-request", "Accept": accept})
            for accept in ("application/json", "text/html")
        ]
        assert [one.status_code for one in answers] == [200, 200]
        heard.append([(one.get_data(), sorted(pair for pair in one.headers if pair[0] != "Date")) for one in answers])
    assert heard[0] == heard[1]
