"""How many SQL statements a request may send, whoever the supplier serves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import is_postgres
from tests.factories import ELECTRONICS, building
from tests.lists import counted
from tests.world import Member, World

# What PostgreSQL is told besides: who presents a key, whose rows may be seen, who derives, whom it locks.
TENANCY_OF_A_WRITE = 4


def crowd(world: World, brands: int) -> tuple[Member, Member]:
    """A supplier of so many brands, each asking for level 2 of everything; the first brand and the supplier."""
    with building(world) as build:
        supplier = build.member("supplier", "supplier")
        for number in range(brands):
            build.link(f"brand{number}", "supplier")
            build.require(f"brand{number}", [2, 1], framework=ELECTRONICS)
        brand = build.member("brand0", "brand")
        for number in range(130):
            build.link("brand0", f"other{number}")
    return brand, supplier


ANSWER = {"kind": "answer", "framework": "eseec-electronics", "values": [{"indicator": "E20", "value": "own"}]}


def statements(world: World, call: Callable[[], Any]) -> list[str]:
    """What a call sends once everything that is read once a process has been read."""
    call()
    with counted(world) as sent:
        answer = call()
    assert answer.status_code < 300, answer.json
    return sent


def test_the_status_of_a_supplier_takes_five_statements_at_most(world: World) -> None:
    brand, supplier = crowd(world, 3)
    sent = statements(world, lambda: brand.get(f"/v1/suppliers/{supplier.id}/status"))
    assert len(sent) <= 5, sent


def test_a_list_of_a_hundred_takes_seven_statements_at_most(world: World) -> None:
    brand, _ = crowd(world, 1)
    sent = statements(world, lambda: brand.get("/v1/suppliers?limit=100"))
    assert len(sent) <= 7, sent
    assert len(brand.get("/v1/suppliers?limit=100").json["items"]) == 100


def submitted(world: World, supplier: Member, number: int) -> list[str]:
    supplier.post("/v1/evidence", ANSWER, headers={"Idempotency-Key": f"warm-{number}"})
    with counted(world) as sent:
        answer = supplier.post("/v1/evidence", ANSWER, headers={"Idempotency-Key": f"key-{number}"})
    assert answer.status_code == 201, answer.json
    return sent


@pytest.mark.parametrize("brands", [1, 60])
def test_evidence_takes_twelve_statements_at_most_for_one_brand_or_many(world: World, brands: int) -> None:
    _, supplier = crowd(world, brands)
    sent = submitted(world, supplier, 1)
    tenancy = TENANCY_OF_A_WRITE if is_postgres(world.runtime.settings.database_url) else 0
    assert len(sent) <= 12 + tenancy, sent


def test_evidence_that_moves_a_level_and_closes_a_flag_takes_no_more(world: World) -> None:
    with building(world) as build:
        supplier = build.member("supplier", "supplier")
        build.link("brand", "supplier")
        build.require("brand", [1], framework="first-steps@1")
    answer = {"kind": "answer", "framework": "first-steps", "values": [{"indicator": "FS01", "value": True}]}
    refused = {**answer, "values": [{"indicator": "FS01", "value": False}]}
    supplier.post("/v1/evidence", refused)
    assert supplier.get("/v1/me/status").json["flags"] == ["training"]
    world.clock.now += timedelta(minutes=1)  # of two answers of one day the later received decides
    with counted(world) as sent:
        supplier.post("/v1/evidence", answer, headers={"Idempotency-Key": "moves"})
    assert supplier.get("/v1/me/status").json["flags"] == []
    tenancy = TENANCY_OF_A_WRITE if is_postgres(world.runtime.settings.database_url) else 0
    assert len(sent) <= 12 + tenancy, sent
