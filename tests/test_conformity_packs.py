"""The packs at work: a plant climbs the four levels, and a group is as good as its worst mill."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from supplychain.conformity.rules import EvidenceFact, Family, OrganizationFacts, Outcome, unmet_for
from supplychain.frameworks.framework import Indicator, StandardRef
from supplychain.frameworks.terms import EvidenceKind, Kind, Trust
from tests.conformity_cases import SUPPLIER, TODAY, assessed, certificate, evidence, outcome
from tests.test_frameworks import REGISTRY, electronics

PILLARS = {"eco_efficiency", "ohs", "csr"}


def proof(number: int, indicator: Indicator, level: int) -> EvidenceFact | None:
    """Evidence that just meets the highest target up to a level."""
    reached = [target for target in indicator.targets if target.level <= level]
    if not reached:
        return None
    target = reached[-1]
    values: dict[str, Any] = dict.fromkeys(target.also, (True, None))
    given: dict[str, Any] = {
        "framework": "eseec-electronics",
        "observed_to": date(2026, 10, 31),
        "trust": Trust.AUDITED,
    }
    if indicator.kind is Kind.CERTIFICATE:
        assert isinstance(target.value, tuple)
        named: StandardRef = target.value[0]
        standard = electronics().standard(named.standard)
        assert standard is not None
        version = named.version or next(iter(standard.versions), None)
        return certificate(number, named.standard, version=version, values=values, **given)
    values[indicator.id] = (target.value, indicator.unit)
    kind = EvidenceKind.QUANTITY if indicator.kind is Kind.QUANTITY else min(indicator.evidence)
    return evidence(number, kind=kind, values=values, **given)


def proofs(level: int) -> Iterator[EvidenceFact]:
    for number, indicator in enumerate(electronics().indicators):
        fact = proof(number, indicator, level)
        if fact is not None:
            yield fact


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_a_plant_that_just_meets_every_target_of_a_level_stands_at_it(level: int) -> None:
    result = assessed(electronics(), *proofs(level))
    assert {name: pillar.level for name, pillar in result.pillars.items()} == dict.fromkeys(PILLARS, level)


@pytest.mark.parametrize("missing", [one.id for one in electronics().indicators if one.mandatory_from is not None])
def test_every_mandatory_indicator_is_needed_for_the_top_level(missing: str) -> None:
    # certificates prove other things too, so only what speaks to the indicator itself is taken away
    without = [
        replace(fact, values={name: value for name, value in fact.values.items() if name != missing})
        for number, fact in enumerate(proofs(4))
        if not (fact.standard and electronics().indicators[number].id == missing)
    ]
    result = assessed(electronics(), *without)
    pillar = next(one.pillar for one in electronics().indicators if one.id == missing)
    level = result.pillars[pillar].level
    assert level is not None
    assert level < 4
    assert missing in {one.indicator for one in unmet_for(result, pillar, 4)}


def test_what_only_board_makers_have_is_not_asked_of_others() -> None:
    facts = [OrganizationFacts(SUPPLIER, {"sector": frozenset({"MET"}), "dormitory_or_canteen": False})]
    result = assessed(electronics(), facts=facts)
    gone = {name for name, one in result.results.items() if one.levels[0].outcome is Outcome.NOT_APPLICABLE}
    assert gone == {"E12", "E15", "O24"}


def test_a_child_at_work_shuts_the_pillar_whatever_else_is_met() -> None:
    good = [fact for fact in proofs(4) if "C01" not in fact.values]
    child = evidence(
        99, framework="eseec-electronics", values={"C01": (1, "HEA")}, trust=Trust.AUDITED, observed_to=TODAY
    )
    result = assessed(electronics(), *good, child).pillars["csr"]
    assert (result.level, result.zero_tolerance) == (0, ("C01",))


def rspo(number: int, mill: int, version: str) -> EvidenceFact:
    return certificate(number, "rspo", version=version, organization=mill, framework=None)


def test_a_group_is_as_good_as_its_worst_mill() -> None:
    pack = REGISTRY.get("rspo-mill@1")
    assert pack is not None
    group = Family(plants=frozenset({11, 12, 13}))
    two = [rspo(1, 11, "IP"), rspo(2, 12, "MB")]
    partly = assessed(pack, *two, family=group)
    assert (outcome(partly, "RSPO01"), partly.overall) == (Outcome.NOT_ASSESSED, 0)
    assert assessed(pack, *two, rspo(3, 13, "IP"), family=group).overall == 1
    assert assessed(pack, rspo(1, 11, "IP"), rspo(2, 12, "IP"), rspo(3, 13, "IP"), family=group).overall == 2
    assert [assessed(pack, *two, subject=mill, family=Family(company=SUPPLIER)).overall for mill in (11, 12, 13)] == [
        2,
        1,
        None,
    ]
