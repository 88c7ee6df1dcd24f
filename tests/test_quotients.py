"""A quantity told as the two amounts whose quotient it is: divided exactly, kept beside it, and never guessed at."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supplychain.evidence import rules
from supplychain.evidence.models import Evidence
from supplychain.evidence.rules import Claim
from supplychain.evidence.values import Amount, PriceBasis, Value
from supplychain.frameworks import units
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.terms import Better, EvidenceKind
from tests.conformity_cases import framework, indicator
from tests.papers import answer, quantity
from tests.reviewing import count, faults, submit
from tests.world import Member, World

WATER = {"amount": 96_000, "unit": "MTQ"}
BOARD = {"amount": 120_000, "unit": "MTK"}
IN_METRES = {"MTQ": Fraction(1), "LTR": Fraction(1, 1000), "MTK": Fraction(1), "CMK": Fraction(1, 10_000)}


@pytest.fixture
def volt(world: World) -> Member:
    return world.join("Volt", "supplier")


def boards(*values: dict[str, Any]) -> dict[str, Any]:
    return quantity(framework="hj450-pcb", values=list(values))


def water(**changes: Any) -> dict[str, Any]:
    return boards({"indicator": "HJW2", "numerator": WATER, "denominator": BOARD, **changes})


# -- the division


@settings(deadline=None)  # the first reads the sizes of all units
@given(
    st.integers(0, 10**12),
    st.sampled_from(["MTQ", "LTR"]),
    st.integers(1, 10**12),
    st.sampled_from(["MTK", "CMK"]),
    st.sampled_from(["MTQ/MTK", "LTR/MTK"]),
)
def test_a_quotient_is_what_fractions_make_of_it(amount: int, unit: str, by: int, by_unit: str, into: str) -> None:
    told, asked = units.divide(amount, unit, by, by_unit, into), into.split("/")
    exact = Fraction(amount, by) * IN_METRES[unit] / IN_METRES[by_unit] * IN_METRES[asked[1]] / IN_METRES[asked[0]]
    assert abs(Fraction(told) - exact) <= exact * Fraction(1, 10**49)


@settings(deadline=None)
@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_quotient_does_not_depend_on_how_large_its_parts_are(amount: int, by: int, times: int) -> None:
    once = units.divide(amount, "KWH", by, "MTK", "KWH/MTK")
    assert units.divide(amount * times, "KWH", by * times, "MTK", "KWH/MTK") == once


@pytest.mark.parametrize(
    ("amount", "unit", "by", "by_unit", "into", "quotient"),
    [
        (1250, "MTQ", 5000, "MTK", "MTQ/MTK", "0.25"),
        (9_500, "LTR", 1000, "MTK", "MTQ/MTK", "0.0095"),
        (2_520, "KGM", 120_000, "MTK", "GM", "21"),
        (64_000, "MTQ", 160_000, "MTQ", "P1", "40"),
        (6_240, "MWH", 120_000, "MTK", "KWH/MTK", "52"),
        (3, "TNE", 30_000, "CNY", "TNE/10000CNY", "1"),
        (0.1, "TNE", 0.3, "10000CNY", "KGM/CNY", "0.0333333333333333333333333333333333333333333333333333"),
    ],
)
def test_units_are_converted_while_dividing(
    amount: float, unit: str, by: float, by_unit: str, into: str, quotient: str
) -> None:
    assert abs(units.divide(amount, unit, by, by_unit, into) - Decimal(quotient)) < Decimal("1e-40")


def test_no_rate_is_assumed_between_two_currencies() -> None:
    with pytest.raises(units.UnitsNotConvertible):
        units.divide(1, "TNE", 1, "EUR", "TNE/CNY")


# -- what is sent


def test_water_over_board_is_divided_kept_and_shown(volt: Member) -> None:
    sent = submit(volt, water())
    (said,) = sent["values"]
    assert said == {
        "indicator": "HJW2",
        "value": 0.8,
        "unit": "MTQ/MTK",
        "numerator": {"amount": 96_000, "unit": "MTQ"},
        "denominator": {"amount": 120_000, "unit": "MTK"},
    }
    assert volt.get(f"/v1/evidence/{sent['id']}").json["values"] == [said]


def test_the_export_holds_the_amounts_and_their_quotient(volt: Member) -> None:
    submit(volt, water())
    text = volt.get("/v1/evidence", headers={"Accept": "text/csv"}).get_data(as_text=True).removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text))
    told = {name.removeprefix("Value "): cell for name, cell in row.items() if name.startswith("Value ") and cell}
    assert told == {
        "indicator": "HJW2",
        "value": "0.8",
        "unit": "MTQ/MTK",
        "numerator amount": "96000",
        "numerator unit": "MTQ",
        "denominator amount": "120000",
        "denominator unit": "MTK",
    }


def test_the_quotient_is_told_in_the_unit_that_is_asked_for(volt: Member) -> None:
    (said,) = submit(volt, water(unit="LTR/MTK"))["values"]
    assert (said["value"], said["unit"]) == (800, "LTR/MTK")


def test_a_quotient_of_any_size_is_told(volt: Member) -> None:
    vast = {"amount": 10**15, "unit": "GWH"}
    power = {"indicator": "HJE2", "numerator": vast, "denominator": {"amount": 1, "unit": "CMK"}, "unit": "JOU/KMK"}
    (said,) = submit(volt, boards(power))["values"]
    assert said["value"] == 3.6e37


def test_a_parameter_is_told_beside_it(volt: Member) -> None:
    many = {"indicator": "HJWM", "numerator": WATER, "denominator": BOARD}
    layers = {"indicator": "HJWM.n", "value": 2, "unit": "C62"}
    assert [one["value"] for one in submit(volt, boards(many, layers))["values"]] == [0.8, 2]
    refused = volt.post("/v1/evidence", boards(many, {**layers, "value": None}))
    assert faults(refused) == [("/values/1/value", "not-null")]


@pytest.mark.parametrize("value", [0.8, 0.8004, 0.7995])
def test_a_value_beside_its_amounts_may_be_rounded_and_the_quotient_is_kept(volt: Member, value: float) -> None:
    (said,) = submit(volt, water(value=value))["values"]
    assert said["value"] == 0.8


WRONG: list[tuple[dict[str, Any], str, str]] = [
    (water(value=0.9), "/values/0/value", "value-differs"),
    (water(value=0.8009), "/values/0/value", "value-differs"),
    (water(value="much"), "/values/0/value", "value-differs"),
    (water(value=800, unit="MTQ/MTK"), "/values/0/value", "value-differs"),
    (water(denominator={"amount": 0, "unit": "MTK"}), "/values/0/denominator/amount", "denominator-not-positive"),
    (water(denominator={"amount": -5, "unit": "MTK"}), "/values/0/denominator/amount", "denominator-not-positive"),
    (water(denominator={"amount": 5, "unit": "MTQ"}), "/values/0/numerator/unit", "units-do-not-divide"),
    (water(numerator={"amount": 5, "unit": "litres"}), "/values/0/numerator/unit", "units-do-not-divide"),
    (water(numerator={"amount": 5, "unit": "MTQ/MTK"}), "/values/0/numerator/unit", "units-do-not-divide"),
    (water(unit="KWH/MTK"), "/values/0/numerator/unit", "units-do-not-divide"),
    (water(numerator={"amount": "5", "unit": "MTQ"}), "/values/0/numerator/amount", "not-a-number"),
    (water(numerator={"amount": 5}), "/values/0/numerator/unit", "required"),
    (water(numerator={"amount": 1e16, "unit": "MTQ"}), "/values/0/numerator/amount", "range"),
    (water(price_basis={"prices": "current"}), "/values/0/price_basis", "price-basis-not-wanted"),
    (water(price_basis={"prices": "old"}), "/values/0/price_basis/prices", "not-one-of"),
    (boards({"indicator": "HJW2", "numerator": WATER}), "/values/0/denominator", "required"),
    (boards({"indicator": "HJW2", "denominator": BOARD}), "/values/0/numerator", "required"),
    (boards({"indicator": "HJW2", "unit": "MTQ/MTK"}), "/values/0/value", "required"),
    (
        answer(values=[{"indicator": "C19", "value": "policy", "numerator": WATER, "denominator": BOARD}]),
        "/values/0/numerator",
        "quotient-not-wanted",
    ),
]


def test_amounts_that_make_no_quotient_are_refused_with_their_place_and_nothing_is_kept(
    world: World, volt: Member
) -> None:
    for body, pointer, code in WRONG:
        assert (pointer, code) in faults(volt.post("/v1/evidence", body)), body
    assert count(world, Evidence) == 0


# -- per money


def carbon() -> Framework:
    asked = indicator("CI1", targets={1: 3, 2: 2}, better=Better.LOWER)
    return framework(replace(asked, unit="TNE/10000CNY"))


def claim(**changes: Any) -> Claim:
    told = {"numerator": Amount(1_500, "TNE"), "denominator": Amount(12_000_000, "CNY"), **changes}
    first, last = date(2025, 1, 1), date(2025, 12, 31)
    values = (Value("CI1", **told),)
    return Claim(EvidenceKind.QUANTITY, framework="test", values=values, observed_from=first, observed_to=last)


def wrong(asked: Claim) -> list[tuple[str, str]]:
    return [(one.pointer, one.code) for one in rules.faults_of(asked, [carbon()], date(2026, 11, 22), has_files=False)]


def test_what_is_told_per_money_says_at_which_prices() -> None:
    at = "/values/0/price_basis"
    assert wrong(claim()) == [(at, "price-basis-missing")]
    assert wrong(claim(numerator=None, denominator=None, value=1.25, unit="TNE/10000CNY")) == [
        (at, "price-basis-missing")
    ]
    assert wrong(claim(price_basis=PriceBasis("constant"))) == [(f"{at}/year", "required")]
    assert wrong(claim(price_basis=PriceBasis("current", 2020))) == [(f"{at}/year", "price-year-not-wanted")]
    for basis in (PriceBasis("current"), PriceBasis("constant", 2020)):
        good = claim(price_basis=basis)
        assert wrong(good) == []
        assert rules.divided(good, [carbon()]) == (replace(good.values[0], value=1.25, unit="TNE/10000CNY"),)


INTENSITIES: dict[str, tuple[Any, ...]] = {
    "per m² of board": ("hj450-pcb", "HJW2", (96_000, "MTQ"), (120_000, "MTK"), 0.8, "MTQ/MTK", {}),
    "per m² of board, energy": ("hj450-pcb", "HJE2", (6_240, "MWH"), (120_000, "MTK"), 52, "KWH/MTK", {}),
    "per unit made": ("piece-work", "PW01", (3_000, "KWH"), (12_000, "H87"), 0.25, "KWH/H87", {}),
    "per RMB 10,000 at current prices": (
        *("carbon-value", "CV01", (2_400, "TNE"), (12_000_000, "CNY"), 2, "TNE/10000CNY"),
        {"price_basis": {"prices": "current"}},
    ),
    "per RMB 10,000 at the prices of a year": (
        *("carbon-value", "CV01", (2_400, "TNE"), (1_200, "10000CNY"), 2, "TNE/10000CNY"),
        {"price_basis": {"prices": "constant", "year": 2020}},
    ),
}


@pytest.mark.parametrize("name", INTENSITIES)
def test_each_intensity_is_divided_and_is_that_of_a_whole_year(volt: Member, name: str) -> None:
    key, row, over, under, value, unit, more = INTENSITIES[name]
    parts = {part: {"amount": one[0], "unit": one[1]} for part, one in (("numerator", over), ("denominator", under))}
    said = {"indicator": row, **parts, **more}
    year = {"observed_from": "2025-01-01", "observed_to": "2025-12-31"}
    kept = submit(volt, quantity(framework=key, values=[said], **year))["values"]
    assert kept == [{**said, "value": value, "unit": unit}]
    short = volt.post("/v1/evidence", quantity(framework=key, values=[said], **{**year, "observed_from": "2025-02-01"}))
    assert faults(short) == [("/observed_from", "period-too-short")]
    alone = {**said, "denominator": {**parts["denominator"], "unit": "KGM"}}
    refused = volt.post("/v1/evidence", quantity(framework=key, values=[alone], **year))
    assert faults(refused) == [("/values/0/numerator/unit", "units-do-not-divide")]
