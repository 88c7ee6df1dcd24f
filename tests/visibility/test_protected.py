"""What a reader cannot list is counted in cells that no single company can be read from (domain rules §7)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from supplychain.conformity import cells, protected
from supplychain.network import engine
from supplychain.work import Work
from tests.factories import Builder, building
from tests.world import Member, World

DECEMBER = date(2026, 12, 1)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is asked here does not depend on the database."""
    return sqlite_url


MIXED = ["met"] * 6 + ["overdue"] * 4


@pytest.mark.parametrize(
    ("statuses", "roots", "shown"),
    [
        (MIXED, 3, {"met": 5, "overdue": 5}),
        (["met"] * 2 + ["gap"] * 3, 3, {"gap": 5, "met": 0}),
        ([], 0, {}),
        (["met"] * 3 + ["gap"], 4, None),
        (MIXED, 2, None),
        (["met"] * 20, 20, None),
    ],
    ids=["shown", "rounded", "empty", "fewer than five", "two roots", "all of one status"],
)
def test_a_cell_is_shown_when_empty_or_of_five_with_three_roots_not_all_alike(
    statuses: Sequence[str], roots: int, shown: dict[str, int] | None
) -> None:
    assert cells.cell(statuses, roots) == shown


def hidden(build: Builder, count: int, proven: int) -> Member:
    """A brand whose supplier hides some suppliers, of which some have proven their level."""
    brand = build.member("brand", "brand")
    build.link("brand", "mill")
    build.require("brand")
    for one in range(count):
        build.link("mill", f"hidden{one}", disclosure="none")
        if one < proven:
            build.prove(f"hidden{one}")
    return brand


def counted(world: World) -> None:
    """What the month's first day would have left to the worker."""

    def body(work: Work) -> None:
        protected.compute(work, engine.network(work), work.today)

    world.do(body)


def shown(brand: Member) -> Any:
    return brand.get("/v1/requirements/req_brand/obligations").json["protected"]


def test_the_hidden_are_counted_when_a_month_begins_and_stay_so_until_the_next(world: World) -> None:
    world.clock.go_to(date(2026, 11, 30))
    with building(world) as build:
        brand = hidden(build, 10, 4)
    assert shown(brand) == {"month": "2026-11-01", "counts": None}
    world.clock.go_to(DECEMBER)
    counted(world)
    assert shown(brand) == {"month": "2026-12-01", "counts": {"met": 5, "overdue": 5}}
    with building(world) as build:
        build.prove("hidden9")
        build.prove("hidden8")
    assert shown(brand)["counts"] == {"met": 5, "overdue": 5}


def test_a_company_more_or_less_moves_no_count_that_it_could_be_read_from(world: World) -> None:
    with building(world) as build:
        brand = hidden(build, 10, 4)
    counted(world)
    before = shown(brand)
    with building(world) as build:
        build.prove("hidden9")
        build.link("mill", "another", disclosure="none")
    counted(world)
    assert shown(brand) == before


def test_too_few_hidden_or_too_few_owners_are_not_counted_at_all(world: World) -> None:
    with building(world) as build:
        brand = hidden(build, 10, 5)
        for one in range(9):
            build.own("holding", f"hidden{one}")
    counted(world)
    assert shown(brand)["counts"] is None


def test_only_confirmed_links_are_counted(world: World) -> None:
    with building(world) as build:
        brand = hidden(build, 4, 2)
        for one in range(4, 20):
            build.link("mill", f"hidden{one}", state="claimed", disclosure="none")
    counted(world)
    assert shown(brand)["counts"] is None


def test_nobody_else_is_told_the_counts(world: World) -> None:
    with building(world) as build:
        hidden(build, 10, 5)
        other = build.member("other", "brand")
        mill = build.member("mill", "supplier")
    counted(world)
    for member in (other, mill):
        assert member.get("/v1/requirements/req_brand/obligations").status_code == 404
