"""Requirements on graded and weighted frameworks, and on a new version, end to end."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from supplychain.audits.models import Decision
from supplychain.conformity.rules import EvidenceFact
from supplychain.evidence.models import Evidence
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.work import Work
from tests.grading import just_meeting
from tests.reviewing import verify
from tests.supplying import A_YEAR, prove, supply
from tests.world import START, Clock, Member, World

PACKS = {framework.key: framework for framework in load_packs(shipped_packs())}
BOARDS, PLATING, FULL = "hj450-pcb@1", "electroplating-index@1", "eseec-electronics@2"


@pytest.fixture
def brand(world: World) -> Member:
    return world.join("Brand", "brand")


@pytest.fixture
def plant(world: World, brand: Member) -> Member:
    plant = world.join("Plant", "supplier")
    verify(world, plant)
    supply(world, brand.number, plant.number)
    return plant


def demand(brand: Member, framework: str, level: int, pillar: str = "all") -> str:
    said = {"title": "T", "framework": framework, "pillar": pillar, "schedule": [level]}
    requirement: str = brand.post("/v1/requirements", said).json["id"]
    assert brand.post(f"/v1/requirements/{requirement}/publish", {}).json["state"] == "published"
    return requirement


def send(world: World, plant: Member, facts: Iterable[EvidenceFact]) -> None:
    """Evidence as a reviewer accepted it."""

    def number(value: Any) -> Any:
        return float(value) if isinstance(value, Decimal) else value

    def body(work: Work) -> None:
        for fact in facts:
            work.session.add(
                Evidence(
                    organization=plant.number,
                    holder=plant.number,
                    kind=fact.kind,
                    trust=fact.trust.word,
                    state="accepted",
                    framework=fact.framework if fact.values else None,
                    values=[
                        {"indicator": name, "value": number(value), "unit": unit}
                        for name, (value, unit) in fact.values.items()
                    ],
                    standard=fact.standard,
                    certificate={"version": fact.version} if fact.standard else None,
                    observed_from=fact.observed_from,
                    observed_to=fact.observed_to,
                    issued_on=fact.observed_to if fact.standard else None,
                    valid_until=A_YEAR,
                    received_at=work.now,
                    reviewed_at=work.now,
                    submitted_by=plant.number,
                )
            )
        work.session.flush()
        work.touch(plant.number)

    world.do(body)


def meets(pack: Framework, level: int, but: Mapping[str, int] | None = None) -> list[EvidenceFact]:
    return list(just_meeting(pack, level, but))


def statuses(member: Member, path: str) -> dict[str, tuple[str, int | None]]:
    return {one["pillar"]: (one["status"], one["achieved"]) for one in member.get(path).json["items"]}


def framework_of(plant: Member, key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        one for one in plant.get("/v1/me/status").json["frameworks"] if one["framework"] == key
    )
    return found


def test_a_demand_on_grades_is_an_obligation_a_category(world: World, brand: Member, plant: Member) -> None:
    requirement = demand(brand, BOARDS, 2)
    send(world, plant, meets(PACKS[BOARDS], 2, {"HJU1": 1}))
    expected = {
        "process": ("met", 2),
        "resources": ("met", 2),
        "product": ("met", 3),
        "pollutants": ("met", 2),
        "recycling": ("gap", 1),
        "management": ("met", 2),
    }
    assert statuses(plant, "/v1/me/obligations") == expected
    assert statuses(brand, f"/v1/requirements/{requirement}/obligations") == expected
    told = framework_of(plant, BOARDS)
    assert told["overall"] == 1
    recycling = next(one for one in told["pillars"] if one["pillar"] == "recycling")
    assert [(one["indicator"], one["level"], one["mark"]) for one in recycling["unmet_for_effective"]] == [
        ("HJU1", 2, "known")
    ]


def test_a_demand_on_an_index_is_met_by_its_class_and_tells_the_score(
    world: World, brand: Member, plant: Member
) -> None:
    requirement = demand(brand, PLATING, 2)
    send(world, plant, meets(PACKS[PLATING], 2, {"EP13": 0}))
    assert statuses(plant, "/v1/me/obligations") == {"index": ("met", 2)}
    assert statuses(brand, f"/v1/requirements/{requirement}/obligations") == {"index": ("met", 2)}
    (index,) = framework_of(plant, PLATING)["pillars"]
    assert (index["next"]["level"], index["next"]["score"], index["next"]["score_needed"]) == (3, 25.6, 85.0)
    limiting = {one["indicator"] for one in index["next"]["unmet"] if not one["optional"]}
    assert limiting == {"EP05", "EP15"}
    # what each row would add, so that a plant sees its weakest links; nothing else is missing from the whole
    points = {one["indicator"]: one["points"] for one in index["next"]["unmet"]}
    assert points["EP03"] == 13.2
    assert max(points, key=points.__getitem__) == "EP03"
    assert sum(points.values()) == pytest.approx(100 - 25.6, abs=0.2)


def test_a_level_above_the_best_class_cannot_be_asked(brand: Member) -> None:
    said = {"title": "T", "framework": PLATING, "pillar": "index", "schedule": [4]}
    requirement = brand.post("/v1/requirements", said)
    assert requirement.status_code == 422


def test_a_quantity_comes_with_its_layers(plant: Member) -> None:
    claim = {
        "kind": "quantity",
        "framework": "hj450-pcb",
        "observed_from": START.replace(year=START.year - 1).isoformat(),
        "observed_to": START.isoformat(),
    }
    water = {"indicator": "HJWM", "value": 0.9, "unit": "MTQ/MTK"}
    refused = plant.post("/v1/evidence", {**claim, "values": [water]})
    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json["errors"]] == [
        ("/values/0/indicator", "parameter-missing")
    ]
    layers = {"indicator": "HJWM.n", "value": -2, "unit": "C62"}
    refused = plant.post("/v1/evidence", {**claim, "values": [water, layers]})
    assert [(one["pointer"], one["code"]) for one in refused.json["errors"]] == [
        ("/values/1/value", "parameter-negative")
    ]
    alone = plant.post("/v1/evidence", {**claim, "values": [{**layers, "value": 2}]})
    assert [one["code"] for one in alone.json["errors"]] == ["answer-its-indicator-too"]
    assert plant.post("/v1/evidence", {**claim, "values": [water, {**layers, "value": 2}]}).status_code == 201


def test_a_new_version_costs_nothing_until_it_is_asked_for(world: World, brand: Member, plant: Member) -> None:
    prove(world, plant.number, 2)
    keys = [one["framework"] for one in plant.get("/v1/me/status").json["frameworks"]]
    assert keys == ["eseec-electronics@1"]
    demand(brand, FULL, 2, "ohs")
    keys = [one["framework"] for one in plant.get("/v1/me/status").json["frameworks"]]
    assert keys == ["eseec-electronics@1", FULL]
    assert statuses(plant, "/v1/me/obligations") == {"ohs": ("gap", 0)}
    send(world, plant, meets(PACKS[FULL], 2))
    assert statuses(plant, "/v1/me/obligations") == {"ohs": ("met", 2)}
    cited = next(one for one in framework_of(plant, FULL)["indicators"] if one["indicator"] == "E14")["references"]
    titles = {one["title"]["en"] for one in cited}
    assert "Ecological and Environmental Code" in titles
    assert "Cleaner Production Promotion Law (repealed by the Code)" not in titles


def decide(world: World, plant: Member, framework: str, *indicators: str) -> None:
    """A reviewer's decisions that these do not apply."""

    def body(work: Work) -> None:
        common = {"organization": plant.number, "holder": plant.number, "reviewer": plant.number}
        said = {"framework": framework, "reason": "r", "decided_on": work.today, "expires_on": A_YEAR}
        rows = [Decision(**common, **said, indicator=one, decided_at=work.now) for one in indicators]
        work.session.add_all(rows)
        work.session.flush()
        work.touch(plant.number)

    world.do(body)


def test_a_plant_reads_why_its_index_holds_no_class_when_too_much_was_decided_away(
    world: World, brand: Member, plant: Member
) -> None:
    demand(brand, PLATING, 2)
    send(world, plant, meets(PACKS[PLATING], 3))
    decide(world, plant, "electroplating-index", "EP19", "EP21")
    (index,) = framework_of(plant, PLATING)["pillars"]
    assert (index["level"], index["next"]["cannot_hold"]) == (3, None)
    decide(world, plant, "electroplating-index", "EP23")
    (index,) = framework_of(plant, PLATING)["pillars"]
    assert (index["level"], index["next"]["level"]) == (0, 1)
    assert (index["next"]["cannot_hold"], index["next"]["score"]) == ("not_applicable_share", None)
    assert statuses(plant, "/v1/me/obligations") == {"index": ("gap", 0)}


@pytest.mark.parametrize(
    ("day", "law", "substances"),
    [
        (date(2026, 8, 14), {"CPL"}, {"GBT26572", "SJT11364"}),
        (date(2026, 8, 15), {"EEC"}, {"GBT26572", "SJT11364"}),
        (date(2027, 7, 31), {"EEC"}, {"GBT26572", "SJT11364"}),
        (date(2027, 8, 1), {"EEC"}, {"GB26572"}),
    ],
)
def test_a_status_cites_what_is_in_force_on_its_day(
    world: World, clock: Clock, day: date, law: set[str], substances: set[str]
) -> None:
    """The cleaner production law was repealed on 15 August 2026; GB 26572-2025 binds from 1 August 2027."""
    clock.go_to(day)
    brand, plant = world.join("Early brand", "brand"), world.join("Early plant", "supplier")
    supply(world, brand.number, plant.number)
    demand(brand, FULL, 1)
    told = {one["indicator"]: {it["source"] for it in one["references"]} for one in _indicators(plant)}
    assert told["E14"] & {"CPL", "EEC"} == law
    assert told["E10"] & {"GBT26572", "SJT11364", "GB26572"} == substances
    for one in _indicators(plant):
        for it in one["references"]:
            assert (it["in_force_from"] or "") <= day.isoformat() <= (it["in_force_to"] or "9999"), one["indicator"]


def _indicators(plant: Member) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = framework_of(plant, FULL)["indicators"]
    return found
