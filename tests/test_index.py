"""The index form of a weighted framework: progress over periods, weak links, and the way to a class."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supplychain.conformity.index import goal, weakest
from supplychain.conformity.rules.weighted import rows
from tests.conformity_cases import assessed, evidence
from tests.grading import Row, just_meeting, weighted
from tests.test_methods import PACKS, PLATING, send
from tests.world import START, Member, World

PATH = f"/v1/me/index?framework={PLATING}"
GROUPS = {"one": "0.5", "two": "0.5"}
ROWS: list[Row] = [
    ("A", "one", Decimal("0.6"), False),
    ("B", "one", Decimal("0.4"), True),
    ("C", "two", Decimal("0.7"), False),
    ("D", "two", Decimal("0.2"), False),
    ("E", "two", Decimal("0.1"), False),
]
POINTS = {"A": 30, "B": 20, "C": 35, "D": 10, "E": 5}
INDEX = weighted(GROUPS, ROWS, (50, 75, 90))


@pytest.fixture
def plant(world: World) -> Member:
    return world.join("Plater", "supplier")


def observed(level: int, day: date, but: dict[str, int] | None = None) -> list[Any]:
    first = day - relativedelta(years=1)
    return [replace(one, observed_from=first, observed_to=day) for one in just_meeting(PACKS[PLATING], level, but)]


def test_an_index_that_nothing_speaks_to_is_unknown_and_not_nought(plant: Member) -> None:
    body = plant.get(PATH).json
    assert [one["score"] for one in body["periods"]] == [None] * 4
    assert [one["held"] for one in body["periods"]] == [None] * 4
    assert body["periods"][-1]["day"] == START.isoformat()
    assert body["goal"]["reached"] is False


def test_progress_is_told_in_points_since_the_first_period_that_has_a_score(world: World, plant: Member) -> None:
    before = START - relativedelta(months=18)
    send(world, plant, observed(3, before, {"EP03": -1, "EP05": 2, "EP15": 2}))
    send(world, plant, observed(3, START - timedelta(days=9)))
    body = plant.get(f"{PATH}&level=3&months=12&periods=3").json
    assert [one["day"] for one in body["periods"]] == [
        (START - relativedelta(months=back)).isoformat() for back in (24, 12, 0)
    ]
    # rows 3 (0.33 · 0.40), 5 (0.10 · 1) and 15 (0.16 · 0.2) were below class I: 100 − 13.2 − 10 − 3.2
    scores = [one["score"] for one in body["periods"]]
    assert scores == [None, 73.6, 100]
    assert [one["held"] for one in body["periods"]] == [None, 2, 3]
    assert [one["change"] for one in body["periods"]] == [None, 0, 26.4]
    assert body["weak_links"] == []
    assert (body["goal"]["reached"], body["goal"]["distance"], body["goal"]["rows"]) == (True, 0, [])


def test_weak_links_come_by_points_lost_and_groups_add_up_to_the_index(world: World, plant: Member) -> None:
    send(world, plant, observed(3, START - timedelta(days=9), {"EP03": 2, "EP05": 2, "EP15": 2, "EP17": 2}))
    body = plant.get(f"{PATH}&periods=1&by={(START + timedelta(days=200)).isoformat()}").json
    (now,) = body["periods"]
    # 0.33 · 0.40, 0.10 · 1, 0.07 · 1, 0.16 · 0.2 by table 1
    assert [(one["indicator"], one["points"], one["limiting"]) for one in body["weak_links"]] == [
        ("EP03", 13.2, False),
        ("EP05", 10, True),
        ("EP17", 7, False),
        ("EP15", 3.2, True),
    ]
    assert (now["held"], now["score"]) == (2, 66.6)
    assert sum(one["earned"] for one in now["groups"]) == pytest.approx(66.6)
    assert {one["group"]: one["lost"] for one in now["groups"] if one["lost"]} == pytest.approx(
        dict(zip([one["group"] for one in now["groups"] if one["lost"]], [13.2, 10, 3.2, 7], strict=True))
    )
    # 18.4 points are lacking: both limiting rows give 13.2, the heaviest of the rest makes it enough
    wanted = body["goal"]
    assert (wanted["level"], wanted["score_needed"], wanted["distance"]) == (3, 85, 18.4)
    assert wanted["score_ours"] is False
    assert wanted["rows"] == ["EP05", "EP15", "EP03"]


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("framework=hj450-pcb@1", "?framework", "not-an-index"),
        (f"framework={PLATING}&level=4", "?level", "level-unknown"),
        (f"framework={PLATING}&by=2001-01-01", "?by", "day-gone-by"),
        (f"framework={PLATING}&periods=25", "?periods", "range"),
    ],
)
def test_what_is_no_index_no_class_or_no_day_is_refused(plant: Member, query: str, pointer: str, code: str) -> None:
    answer = plant.get(f"/v1/me/index?{query}")
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json["errors"]] == [(pointer, code)]


def test_an_index_is_its_owner_s_alone(world: World, plant: Member) -> None:
    assert plant.get("/v1/me/index?framework=none@1").status_code == 404
    other = world.join("Other", "supplier")
    assert other.get(f"{PATH}&organization=org_plater").status_code == 404


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(POINTS)), st.integers(0, 40), min_size=1), st.sampled_from([1, 2, 3]))
def test_the_way_to_a_class_is_the_shortest_there_is(values: dict[str, int], level: int) -> None:
    """The oracle tries every choice of rows by the points of the table."""
    result = assessed(INDEX, *(evidence(number, **{row: value}) for number, (row, value) in enumerate(values.items())))
    sheet = rows(INDEX, result.results, level)
    assert sheet is not None
    assert {row.indicator.id: row.points for row in sheet} == {name: Fraction(one) for name, one in POINTS.items()}
    reached = (result.pillars["index"].level or 0) >= level
    told = goal(INDEX, level, sheet, reached=reached)
    met = {name for name in POINTS if values.get(name, 0) >= 10 * level}
    needed = {1: 50, 2: 75, 3: 90}[level]

    def enough(rows_met: set[str]) -> bool:
        return "B" in rows_met and sum(POINTS[one] for one in rows_met) >= needed

    assert told["distance"] == max(0, needed - sum(POINTS[one] for one in met))
    if reached:
        assert told["rows"] == []
        return
    left = sorted(set(POINTS) - met)
    shortest = next(
        size for size in range(len(left) + 1) if any(enough(met | set(some)) for some in combinations(left, size))
    )
    assert len(told["rows"]) == shortest
    assert enough(met | set(told["rows"]))
    assert [row.points for row in weakest(sheet)] == sorted((POINTS[one] for one in left), reverse=True)
