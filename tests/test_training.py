"""Who needs which training, as a trainer may see it; and whose view of the flags anybody gets."""

from datetime import date, timedelta
from typing import Any

import pytest

from supplychain.conformity.rules import Outcome, Owed, Unmet, Why
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.training.modules import covering, modules
from supplychain.training.rules import need
from tests.supplying import KEY, ask, change, prove, supply
from tests.world import START, Member, World

SHOWN = {"view", "kind", "supplier", "name", "name_zh", "region", "pillars", "deadline_month", "modules"}


@pytest.fixture
def trainer(world: World) -> Member:
    return world.join("Trainer", "trainer")


@pytest.fixture
def brand(world: World) -> Member:
    return world.join("Brand", "brand")


def learner(world: World, name: str = "Learner", **attributes: Any) -> Member:
    """A supplier that consented to be shown to trainers."""
    return world.join(name, "supplier", **{"training_consent": True, "region": "Guangdong", **attributes})


def items(member: Member, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = member.get(f"/v1/flags{query}").json["items"]
    return found


def unmet(item: dict[str, Any]) -> dict[str, list[str]]:
    return {one["pillar"]: [lack["indicator"] for lack in one["unmet"]] for one in item["pillars"]}


def test_a_trainer_sees_region_unmet_indicators_module_and_month_and_nothing_else(
    world: World, trainer: Member, brand: Member
) -> None:
    supplier = learner(world, name_zh="学员")
    supply(world, brand.number, supplier.number)
    prove(world, supplier.number, 3)
    ask(world, brand.number, 1, {"ohs": 4}, grace=6)
    (item,) = items(trainer, "?kind=training")
    assert set(item) == SHOWN
    assert (item["supplier"], item["name"], item["name_zh"]) == (supplier.id, "Learner", "学员")
    assert (item["region"], item["deadline_month"]) == ("Guangdong", "2027-05")
    assert unmet(item) == {"ohs": ["O01", "O07", "O13", "O24", "O25"]}
    assert set(item["pillars"][0]) == {"framework", "pillar", "unmet"}
    assert item["pillars"][0]["unmet"][1] == {"indicator": "O07", "name": {"en": "Fire safety", "zh": "消防安全"}}
    assert [(one["id"], one["covers"]) for one in item["modules"]] == [("ohs", ["O01", "O07", "O13", "O24", "O25"])]


def test_a_trainer_reads_nothing_of_who_asks_nor_on_which_day(world: World, trainer: Member, brand: Member) -> None:
    supplier = learner(world)
    supply(world, brand.number, supplier.number)
    ask(world, brand.number, 1, {"ohs": 1}, grace=6)
    told = trainer.get("/v1/flags").get_data(as_text=True)
    for secret in (brand.id, "Brand", "req_1", "Title 1", "2027-05-22", '"level"', '"gap"', "opened_on"):
        assert secret not in told


def test_without_consent_no_trainer_sees_a_supplier(world: World, trainer: Member, brand: Member) -> None:
    shy = learner(world, training_consent=False)
    supply(world, brand.number, shy.number)
    ask(world, brand.number, 1, {"ohs": 1})
    assert items(trainer) == []
    change(world, shy.number, training_consent=True)
    assert [one["supplier"] for one in items(trainer)] == [shy.id]


def test_who_owes_nothing_or_reached_all_of_it_is_not_shown(world: World, trainer: Member, brand: Member) -> None:
    supplier = learner(world)
    assert items(trainer) == []
    supply(world, brand.number, supplier.number)
    ask(world, brand.number, 1, {"ohs": 2})
    assert len(items(trainer)) == 1
    prove(world, supplier.number, 2)
    assert items(trainer) == []


def test_more_issuers_that_ask_no_more_and_no_earlier_change_no_byte(
    world: World, trainer: Member, brand: Member
) -> None:
    supplier = learner(world)
    supply(world, brand.number, supplier.number)
    ask(world, brand.number, 1, {"ohs": 3, "csr": 1}, grace=6)
    before = trainer.get("/v1/flags")
    for number, (levels, grace) in enumerate([({"ohs": 3}, 6), ({"ohs": 1}, 12), ({"csr": 1}, 24)], start=10):
        other = world.join(f"Other{number}", "brand")
        supply(world, other.number, supplier.number)
        ask(world, other.number, number, levels, grace=grace)
    after = trainer.get("/v1/flags")
    assert after.get_data() == before.get_data()
    assert after.headers["ETag"] == before.headers["ETag"]


def test_the_highest_level_asked_decides_what_is_unmet_and_the_earliest_day_the_month(
    world: World, trainer: Member, brand: Member
) -> None:
    supplier = learner(world)
    supply(world, brand.number, supplier.number)
    prove(world, supplier.number, 2)
    ask(world, brand.number, 1, {"eco_efficiency": 3}, grace=2)
    (item,) = items(trainer)
    assert item["deadline_month"] == "2027-01"
    assert "E12" not in unmet(item)["eco_efficiency"]
    ask(world, brand.number, 2, {"eco_efficiency": 4}, grace=12)
    (higher,) = items(trainer)
    assert higher["deadline_month"] == "2027-01"
    assert set(unmet(higher)["eco_efficiency"]) == {"E12", *unmet(item)["eco_efficiency"]}


def test_what_is_only_announced_is_not_asked_yet(world: World, trainer: Member, brand: Member) -> None:
    supplier = learner(world)
    supply(world, brand.number, supplier.number)
    ask(world, brand.number, 1, {"csr": 1}, first=START + timedelta(days=30))
    assert items(trainer) == []
    ask(world, brand.number, 2, {"ohs": 1}, grace=12)
    (item,) = items(trainer)
    assert set(unmet(item)) == {"ohs"}
    assert item["deadline_month"] == "2027-11"


def test_what_lapsed_since_the_flag_opened_is_told_although_nothing_was_derived_anew(
    world: World, trainer: Member, brand: Member
) -> None:
    supplier = learner(world)
    supply(world, brand.number, supplier.number)
    prove(world, supplier.number, 1, until=START + timedelta(days=10))
    ask(world, brand.number, 1, {"ohs": 1, "csr": 2}, grace=12)
    assert set(unmet(items(trainer)[0])) == {"csr"}
    world.clock.advance(30)
    lapsed = unmet(items(trainer)[0])
    assert set(lapsed) == {"csr", "ohs"}
    assert {"O05", "O09"} <= set(lapsed["ohs"])


def test_the_list_filters_by_region_and_goes_on_where_it_stopped(world: World, trainer: Member, brand: Member) -> None:
    regions = ("Guangdong", "Jiangsu", "Jiangsu", None)
    suppliers = [learner(world, f"S{at}", region=region) for at, region in enumerate(regions)]
    for one in suppliers:
        supply(world, brand.number, one.number)
    ask(world, brand.number, 1, {"ohs": 1})
    assert {one["supplier"] for one in items(trainer, "?region=Jiangsu")} == {suppliers[1].id, suppliers[2].id}
    first = trainer.get("/v1/flags?limit=3")
    follow = first.headers["Link"].partition(">")[0].removeprefix("<")
    second = trainer.get(follow)
    assert "Link" not in second.headers
    every = [one["supplier"] for one in first.json["items"] + second.json["items"]]
    assert every == sorted(one.id for one in suppliers)


def test_each_role_gets_its_own_view_and_a_key_with_several_gets_all_of_them(world: World, brand: Member) -> None:
    supplier = learner(world)
    supply(world, brand.number, supplier.number)
    ask(world, brand.number, 1, {"ohs": 1})
    both = world.join("Both", "trainer", "organiser")
    assert [one["view"] for one in items(supplier)] == ["supplier"]
    assert [one["view"] for one in items(brand)] == ["brand"]
    assert [one["view"] for one in items(both)] == ["trainer"]
    assert items(both, "?view=organiser") == []
    assert items(brand, "?view=trainer") == []
    assert items(both, "?kind=matchmaking") == []


def test_only_roles_that_read_flags_may_ask_and_only_for_what_there_is(world: World, trainer: Member) -> None:
    assert world.join("Reviewer", "reviewer").get("/v1/flags").status_code == 403
    assert trainer.get("/v1/flags?kind=party").status_code == 422
    assert trainer.get("/v1/flags?issuer=x").status_code == 422
    assert trainer.get("/v1/flags?cursor=x").status_code == 400


def test_every_indicator_that_ships_is_covered_by_one_module_and_no_module_covers_another() -> None:
    known: dict[str, set[str]] = {}
    for framework in load_packs(shipped_packs()):
        known.setdefault(framework.id, set()).update(indicator.id for indicator in framework.indicators)
    for framework_id, indicators in known.items():
        covers = [indicator for module in modules() for indicator in module.covers.get(framework_id, ())]
        assert sorted(covers) == sorted(indicators)


def test_modules_say_only_what_of_the_unmet_they_cover() -> None:
    found = covering({KEY: ["E15", "E01", "O07"], "unknown@1": ["X1"]})
    assert [(one["id"], one["covers"]) for one in found] == [
        ("environment", ["E01"]),
        ("energy-efficiency", ["E15"]),
        ("ohs", ["O07"]),
    ]
    assert covering({"unknown@1": ["X1"]}) == []


def owed(level: int, due: date, achieved: int | None = None, *, announced: bool = False, pillar: str = "ohs") -> Owed:
    return Owed(KEY, pillar, level, due, achieved, announced)


def lacks(_framework: str, pillar: str, level: int) -> list[Unmet]:
    return [Unmet(f"{pillar}{place}", place, Outcome.UNMET, Why.NONE) for place in range(level, 0, -1)]


def test_nothing_is_needed_where_everything_owed_is_reached_or_only_announced() -> None:
    assert need([], lacks) is None
    assert need([owed(2, START, 2), owed(3, START, None, announced=True)], lacks) is None


def test_what_is_reached_moves_neither_the_month_nor_the_indicators() -> None:
    early = owed(1, date(2026, 12, 1), 1)
    found = need([early, owed(2, date(2027, 3, 31), 1), owed(3, date(2027, 2, 28), 1, pillar="csr")], lacks)
    assert found is not None
    assert found.month == "2027-02"
    assert found.wanting == {(KEY, "csr"): ("csr1", "csr2", "csr3"), (KEY, "ohs"): ("ohs1", "ohs2")}
