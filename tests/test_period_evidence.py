"""A reading over too few months is refused when it is sent, where no version of its framework would judge by it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from supplychain.evidence.models import Evidence
from tests.grading import just_meeting
from tests.papers import certificate, quantity
from tests.reviewing import count, faults, submit, verify
from tests.supplying import supply
from tests.test_methods import FULL, PACKS, demand, framework_of, send
from tests.test_questionnaires import reply
from tests.world import START, Member, World

QUARTER = {"observed_from": "2026-01-01", "observed_to": "2026-03-31"}
TOO_SHORT = ("/observed_from", "period-too-short")


@pytest.fixture
def volt(world: World) -> Member:
    return world.join("Volt", "supplier")


def water(**changes: Any) -> dict[str, Any]:
    return quantity(values=[{"indicator": "E16", "value": 0.8, "unit": "MTQ/MTK"}], **changes)


def told(refused: Any) -> list[str]:
    return [one["detail"] for one in refused.json["errors"]]


def test_a_quarter_of_water_is_refused_and_the_sentence_says_which_months_are_needed(
    world: World, volt: Member
) -> None:
    refused = volt.post("/v1/evidence", water(**QUARTER))
    assert (refused.status_code, faults(refused)) == (422, [TOO_SHORT])
    (sentence,) = told(refused)
    assert sentence.startswith("E16: measured over 12 months. Send the figure of 2025-04-01 to 2026-03-31, or of")
    chinese = volt.post("/v1/evidence", water(**QUARTER), headers={"Accept-Language": "zh"})
    assert told(chinese)[0].startswith("E16 按12个月计。请提供 2025-04-01 至 2026-03-31 的数值")
    assert count(world, Evidence) == 0
    assert submit(volt, water(observed_from="2025-04-01", observed_to="2026-03-31"))["state"] == "submitted"


def test_each_length_that_is_wanting_is_told_once(volt: Member) -> None:
    asked = [
        {"indicator": "E16", "value": 0.8, "unit": "MTQ/MTK"},
        {"indicator": "E17", "value": 50, "unit": "P1"},
        {"indicator": "E25", "value": 0, "unit": "C62"},
        {"indicator": "E25.rectified", "value": True},
        {"indicator": "O06", "value": 100, "unit": "P1"},
    ]
    refused = volt.post("/v1/evidence", quantity(values=asked, **QUARTER))
    assert [one.partition(".")[0] for one in told(refused)] == [
        "E16, E17: measured over 12 months",
        "E25: measured over 36 months",
    ]
    refused = volt.post("/v1/evidence", quantity(values=asked))
    assert [one.partition(":")[0] for one in told(refused)] == ["E25"]


def test_what_an_older_version_judges_is_taken_and_the_newer_one_says_why_it_does_not(volt: Member) -> None:
    """The first version asks electricity of no particular time."""
    assert submit(volt, quantity(**QUARTER))["state"] == "submitted"


def test_the_form_of_the_newer_version_takes_no_less_than_it_asks(world: World, volt: Member) -> None:
    answers = {"E15": {"value": 60}, "C19": {"value": "policy"}}
    refused = reply(volt, answers, FULL, **QUARTER)
    assert faults(refused) == [TOO_SHORT]
    own = {"E15": {"value": 60, **QUARTER}, "C19": {"value": "policy"}}
    assert faults(reply(volt, own, FULL)) == [("/answers/E15/observed_from", "period-too-short")]
    assert count(world, Evidence) == 0


def test_who_lacks_a_level_for_a_short_reading_is_told_how_many_months_it_must_be(world: World, volt: Member) -> None:
    brand = world.join("Brand", "brand")
    verify(world, volt)
    supply(world, brand.number, volt.number)
    demand(brand, FULL, 2, "eco_efficiency")
    year = [one for one in just_meeting(PACKS[FULL], 2) if "E15" in one.values]
    quarter = [replace(one, observed_from=START - timedelta(days=130)) for one in year]
    send(world, volt, quarter)

    def electricity() -> list[tuple[Any, ...]]:
        pillars = framework_of(volt, FULL)["pillars"]
        unmet = [one for pillar in pillars for one in pillar["unmet_for_effective"]]
        return [(one["result"], one["reason"], one["months"]) for one in unmet if one["indicator"] == "E15"]

    assert electricity() == [("not_assessed", "period", 12)]
    send(world, volt, year)
    assert electricity() == []


def test_days_that_cannot_be_are_told_as_such_and_nothing_is_counted_from_them(volt: Member) -> None:
    for first, last, code in (
        ("0001-01-01", "0001-01-02", "date-out-of-range"),
        ("2025-01-01", "9999-12-31", "date-out-of-range"),
        ("2026-03-31", "2026-01-01", "ends-before-it-begins"),
    ):
        found = faults(volt.post("/v1/evidence", water(observed_from=first, observed_to=last)))
        assert code in {one for _, one in found}
        assert "period-too-short" not in {one for _, one in found}


def test_a_certificate_of_a_standard_is_not_measured(volt: Member) -> None:
    assert submit(volt, certificate(observed_from="2025-02-10", observed_to="2025-02-12"))["state"] == "submitted"
