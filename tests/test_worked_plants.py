"""The two plants that the docs work by hand, from raw readings to grade: reckoned once more from what the page says.

What a row weighs and asks is that of the tables written by hand from the reference list; the packs are asked last.
"""

import csv
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from supplychain.conformity import pack_cases
from supplychain.frameworks.loader import load_packs, shipped_packs

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "frameworks.md").read_text("utf-8")
PART = PAGE.partition("## A plant by hand")[2].partition("The index of a region")[0]
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
CLASSES = {"I": 3, "II": 2, "III": 1}
METALS = {"6", "7"}
"""Rows of the metals that the plant plates, zinc and copper; they share what is theirs."""


def table(head: str) -> list[list[str]]:
    """The cells of the table that begins with a heading."""
    lines = PART[PART.index(head) :].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in lines]


def numbers(text: str) -> list[Fraction]:
    return [Fraction(one.replace(",", "")) for one in NUMBER.findall(text)]


def facts(name: str) -> list[dict[str, str]]:
    with (ROOT / "tests" / "facts" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def case_of(pack: str) -> dict[str, Any]:
    """The case in which a pack carries the plant of the page."""
    [file] = [one for one in shipped_packs() if one.stem == pack]
    cases = yaml.safe_load(pack_cases.beside(file).read_text("utf-8"))["cases"]
    [found] = [one for one in cases if "worked by hand in docs" in one["name"]]
    assert isinstance(found, dict)
    return found


def sent(case: dict[str, Any]) -> dict[str, Fraction]:
    """The numbers of a case by indicator; (number, unit) is in another unit than the indicator's."""
    said = {name: value for piece in case["evidence"] for name, value in piece["values"].items()}
    told = {name: value[0] if isinstance(value, list) else value for name, value in said.items()}
    return {
        name: Fraction(str(value))
        for name, value in told.items()
        if isinstance(value, int | float) and value is not True
    }


# Plating ----------------------------------------------------------------------------------------


def plating_classes() -> dict[str, int]:
    """The class that each row of the page reaches; rows are named by their numbers, several in one line."""
    rows = {}
    for names, _, reached in table("| row | reading | class |"):
        for row in re.findall(r"\d+", names):
            rows[row] = CLASSES[reached]
    return rows


def test_the_plating_plants_readings_give_the_classes_that_the_page_says() -> None:
    asked = {one["row"]: one for one in facts("plating_index")}
    checked = 0
    for names, reading, reached in table("| row | reading | class |"):
        row = asked[re.findall(r"\d+", names)[0]]
        if row["better"] and "," not in names:
            limits = [Fraction(row[f"class {name}"]) for name in CLASSES]
            *_, value = numbers(reading.partition("(")[0])
            meets = [value <= one if row["better"] == "lower" else value >= one for one in limits]
            assert meets.index(True) == 3 - CLASSES[reached], names
            assert numbers(reading.partition("(")[2]) == limits, names
            checked += 1
    assert checked == 5
    assert Fraction(420, 1200) == Fraction(35, 100)


def test_the_plating_plants_points_and_class_are_those_of_the_page() -> None:
    classes = plating_classes()
    points = dict.fromkeys((3, 2, 1), Fraction(0))
    by_group: dict[str, list[Fraction]] = {}
    for row in facts("plating_index"):
        if row["row"] not in classes:
            assert row["weight"] == "0.8/n"  # a metal that it does not plate
            continue
        weight = Fraction("0.8") / len(METALS) if row["row"] in METALS else Fraction(row["weight"])
        earned = 100 * Fraction(row["group weight"]) * weight
        group = by_group.setdefault(row["group"], [Fraction(0)] * 3)
        for place, level in enumerate(points):
            if classes[row["row"]] >= level:
                points[level] += earned
                group[place] += earned
    told = {line[0].split(" ")[0]: [numbers(cell)[-1] for cell in line[1:]] for line in table("| group (weight)")}
    assert told.pop("score") == list(points.values()) == [Fraction("47.65"), Fraction("96.4"), 100]
    assert told == by_group
    limiting = [classes[row["row"]] for row in facts("plating_index") if row["limiting"]]
    assert (min(limiting), points[2] >= 85) == (2, True)
    assert 85 - points[3] == Fraction("37.35")
    case = case_of("electroplating-index-1")
    assert case["expect"]["levels"] == {"index": 2}
    assert {key: Fraction(str(value)) for key, value in case["expect"]["scores"]["index"].items()} == points


# Boards -----------------------------------------------------------------------------------------

AREA = Fraction(120_000)


def _grams(water: Fraction, grams: Fraction, kilograms: Fraction) -> Fraction:
    """A concentration in g/m³ and a volume give a mass, and the mass is spread over the boards made."""
    assert water * grams == 1000 * kilograms
    return 1000 * kilograms / AREA


QUOTIENTS: dict[str, tuple[str, Callable[..., Fraction]]] = {
    "water meter": ("HJW2", lambda water, area: water / area),
    "electricity meter": ("HJE2", lambda power, area: power / area),
    "boards": ("HJL2", lambda made, used: 100 * made / used),
    "waste-water meter": ("HJD2", lambda water, area: water / area),
    "copper:": ("HJC2", _grams),
    "COD:": ("HJO2", _grams),
    "water reused": ("HJU1", lambda reused, fresh, again: 100 * reused / (fresh + again)),
    "copper recovered": ("HJU2", lambda recovered, all_of_it: 100 * recovered / all_of_it),
}
"""How the readings of a line become what its row asks, by its first words."""


def test_the_board_plants_readings_give_the_quotients_and_grades_of_the_page() -> None:
    limits = {row["row"]: row for row in facts("board_standard")}
    told = sent(case_of("hj450-pcb-1"))
    grades: dict[str, list[int]] = {}
    for readings, quotient, asked, grade in table("| raw readings of the year"):
        [(identity, reckon)] = [one for words, one in QUOTIENTS.items() if readings.startswith(words)]
        found = [Fraction(one.replace(",", "")) for one in re.findall(r"(?<![/\w])\d[\d,]*(?:\.\d+)?(?!\d)", readings)]
        exact = reckon(*found)
        shown = numbers(quotient)[0]
        assert abs(exact - shown) < Fraction(1, 10), readings
        assert told[identity] == shown, "the case of the pack sends what the page shows"
        row = limits[identity]
        named = [Fraction(row[f"grade {rank}"]) for rank in (1, 2, 3)]
        assert numbers(asked) == named, readings
        meets = [exact <= one if row["better"] == "lower" else exact >= one for one in named]
        assert meets.index(True) + 1 == int(grade), readings
        grades.setdefault(row["category"], []).append(int(grade))
    worst = {category: max(some) for category, some in grades.items()}
    assert worst == {"resources": 2, "pollutants": 2, "recycling": 3}
    assert "process, resources, pollutants, management 2; product 1; recycling 3" in PART
    assert "**grade 3**" in PART
    expected = case_of("hj450-pcb-1")["expect"]
    assert {name: 4 - level for name, level in expected["levels"].items()} == {
        **worst,
        "process": 2,
        "product": 1,
        "management": 2,
    }
    assert 4 - expected["overall"] == max(worst.values()) == 3


def test_the_reuse_that_lifts_the_board_plant_is_the_least_that_does() -> None:
    fresh, least = Fraction(96_000), 78_546
    assert "78,546 ÷ 174,546" in PART.replace("\n", " ")
    assert (least / (fresh + least) >= Fraction(45, 100), (least - 1) / (fresh + least - 1) >= Fraction(45, 100)) == (
        True,
        False,
    )


def test_both_cases_come_out_as_the_packs_say() -> None:
    known = {pack.key: pack for pack in load_packs(shipped_packs())}
    for stem, key in (("hj450-pcb-1", "hj450-pcb@1"), ("electroplating-index-1", "electroplating-index@1")):
        [file] = [one for one in shipped_packs() if one.stem == stem]
        written = pack_cases.beside(file)
        assert pack_cases.run(written.name, written.read_text("utf-8"), known[key])[1] == []
