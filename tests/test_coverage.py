"""«Your certificate covers so much of a level; missing: …»: an answer for every standard that people ask about."""

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from supplychain.conformity.rules import Outcome
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.frameworks.systems import asked_by
from tests.conformity_cases import assessed, certificate
from tests.conftest import PACKS
from tests.test_crosswalk import level_of
from tests.world import START, Member, World

FULL, MILLS = "eseec-electronics@2", "rspo-mill@1"
FACTS = Path(__file__).parent / "facts" / "systems.csv"
CERTIFIED = (
    *(("iso-14001", "2015"), ("iso-14001", "2026"), ("gbt-24001", "2016"), ("emas", None)),
    *(("iso-45001", "2018"), ("gbt-45001", "2020"), ("iso-50001", "2018"), ("qc-080000", "2017")),
    *(("sa8000", "2014"), ("sa8000", "2026"), ("rba-vap", "160"), ("rba-vap", "180")),
    *(("smeta", None), ("smeta-4-pillar", None), ("amfori-bsci", "A"), ("amfori-bsci", "B")),
)
PROVES_SOMETHING = {  # where a certificate covers most, or proves most in part: pillar and level
    "iso-14001": ("eco_efficiency", 3), "gbt-24001": ("eco_efficiency", 3), "emas": ("eco_efficiency", 3),
    "iso-45001": ("ohs", 2), "gbt-45001": ("ohs", 2), "iso-50001": ("eco_efficiency", 3),
    "qc-080000": ("eco_efficiency", 2), "sa8000": ("csr", 3), "rba-vap": ("csr", 2), "smeta": ("csr", 3),
    "smeta-4-pillar": ("csr", 3), "amfori-bsci": ("csr", 3),
}  # fmt: skip
LOADED = {pack.key: pack for pack in load_packs([*shipped_packs(), *sorted(PACKS.glob("*.yaml"))])}
PACK = LOADED[FULL]


@pytest.fixture
def supplier(world: World) -> Member:
    return world.join("Plant", "supplier")


def covered(member: Member, standard: str, version: str | None, framework: str = FULL) -> dict[str, Any]:
    edition = {"version": version} if version else {}
    answer = member.get(f"/v1/frameworks/{framework}/coverage", query_string={"standard": standard, **edition})
    assert answer.status_code == 200, answer.json
    body: dict[str, Any] = answer.json
    return body


def wanted(pack: Framework, pillar: str, level: int) -> set[str]:
    """Read from the pack alone: what is mandatory at a level."""
    mine = (one for one in pack.indicators if one.pillar == pillar and one.target(level))
    return {one.id for one in mine if one.mandatory_from is not None and one.mandatory_from <= level}


def test_every_standard_of_the_pack_is_asked_about() -> None:
    every = {(one.id, version) for one in PACK.crosswalk for version in one.versions or (None,)}
    assert every == set(CERTIFIED)


@pytest.mark.parametrize(("standard", "version"), CERTIFIED)
def test_each_level_says_what_is_covered_in_part_and_missing(
    supplier: Member, standard: str, version: str | None
) -> None:
    body = covered(supplier, standard, version)
    result = assessed(PACK, certificate(1, standard, version=version, framework=None))
    for pillar in PACK.pillars:
        for level in PACK.levels:
            told = level_of(body, pillar.id, level.rank)
            asked = wanted(PACK, pillar.id, level.rank)
            outcomes = {name: found.outcome for name in asked if (found := result.results[name].at(level.rank))}
            assert set(told["covered"]) == {name for name, one in outcomes.items() if one is Outcome.MET}
            assert set(told["partly"]) == {name for name, one in outcomes.items() if one is Outcome.PARTLY_MET}
            assert set(told["missing"]) == asked - set(told["covered"]) - set(told["partly"])
            assert told["percent"] == 100 * len(told["covered"]) // len(asked)
            for words in told["text"].values():
                assert f"{told['percent']} %" in words or f"{told['percent']}%" in words
                assert all(name in words for name in told["missing"])
    pillar_id, rank = PROVES_SOMETHING[standard]
    if (standard, version) != ("sa8000", "2026"):  # of which nothing was compared but the audit itself
        told = level_of(body, pillar_id, rank)
        assert told["covered"] or told["partly"]


@pytest.mark.parametrize("standard", ["iso-26000", "gbt-36000"])
def test_guidance_is_not_certified_by_anybody(supplier: Member, standard: str) -> None:
    refused = supplier.get(f"/v1/frameworks/{FULL}/coverage?standard={standard}")
    assert [one["code"] for one in refused.json["errors"]] == ["standard-not-certifiable"]
    paper = {"number": "1", "issuer": "A printer"}
    sent = supplier.post("/v1/evidence", {"kind": "certificate", "standard": standard, "certificate": paper})
    assert ("/standard", "standard-not-certifiable") in {(one["pointer"], one["code"]) for one in sent.json["errors"]}


@pytest.mark.parametrize(("version", "levels"), [("IP", (100, 100)), ("MB", (100, 0))])
def test_of_palm_mills_it_is_the_rspo_certificate(supplier: Member, version: str, levels: tuple[int, int]) -> None:
    body = covered(supplier, "rspo", version, MILLS)
    assert tuple(level_of(body, "sourcing", level)["percent"] for level in (1, 2)) == levels
    assert level_of(body, "sourcing", 2)["missing"] == ([] if version == "IP" else ["RSPO01"])


def test_your_smeta_of_a_day_is_told_by_that_day(supplier: Member) -> None:
    issued = START - timedelta(days=190)
    sent = supplier.post(
        "/v1/evidence",
        {
            "kind": "certificate",
            "standard": "smeta",
            "certificate": {"number": "ZAA-1", "issuer": "An audit company"},
            "issued_on": issued.isoformat(),
            "valid_until": (START + timedelta(days=500)).isoformat(),
        },
    )
    [body] = supplier.get(f"/v1/me/evidence/{sent.json['id']}/coverage?framework={FULL}").json["items"]
    told = level_of(body, "ohs", 2)
    assert issued.isoformat() in told["text"]["en"]
    assert f"{told['percent_partly']} %" in told["text"]["en"] or f"{len(told['partly'])} in part" in told["text"]["en"]


def test_what_your_certificate_covered_on_another_day(supplier: Member) -> None:
    certificate = {"number": "0815", "issuer": "Example Certification", "version": "IP"}
    until = START + timedelta(days=100)
    values = {"kind": "certificate", "standard": "rspo", "certificate": certificate, "valid_until": until.isoformat()}
    sent = supplier.post("/v1/evidence", {**values, "issued_on": START.isoformat()}).json["id"]
    asked = f"/v1/me/evidence/{sent}/coverage?framework={MILLS}"

    def percent(moment: str) -> int:
        [body] = supplier.get(f"{asked}&{moment}").json["items"]
        return int(level_of(body, "sourcing", 1)["percent"])

    assert percent("") == percent(f"on={until}") == 100
    assert percent(f"on={until + timedelta(days=1)}") == 0
    assert supplier.get(f"{asked}&on={START - timedelta(days=1)}").status_code == 404
    assert supplier.get(f"{asked}&on={START - timedelta(days=1)}&known={START}").status_code == 200


# What of a management system no indicator asks ---------------------------------------------------


def test_what_no_indicator_asks_is_that_of_the_reference_list() -> None:
    with FACTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for column in rows[0].keys() - {"topic"}:
        standard, _, version = column.partition(":")
        told = {one.names.en: f"{one.clauses} {one.relation[0]}" for one in asked_by(standard, version or None)}
        assert told == {row["topic"]: row[column] for row in rows if row[column]}, column


def test_a_certificate_tells_it_beside_the_levels_and_over_the_way_it_goes(supplier: Member) -> None:
    plain = covered(supplier, "iso-14001", "2015")["systems"]
    assert {(one["topic"], one["relation"], one["clauses"]) for one in plain} == {
        ("change", "partial", "8.1"),
        ("monitoring", "full", "9.1–9.3"),
        ("correction", "full", "10.2"),
        ("records", "full", "7.5"),
    }
    assert {one["mark"] for one in plain} == {"known"}
    over = covered(supplier, "emas", None)["systems"]
    assert over == [{**one, "path": ["emas", "iso-14001"]} for one in plain]
    assert covered(supplier, "smeta", None)["systems"] == []
