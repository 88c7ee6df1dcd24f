"""What must hold for any evidence, in every pack that ships."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supplychain.conformity.rules import Assessment, EvidenceFact
from supplychain.conformity.specimens import NOTHING, Sent, specimen
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.frameworks.terms import Method
from tests.conformity_cases import TODAY, assessed

PACKS = {pack.key: pack for pack in load_packs(shipped_packs())}
every_pack = pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def sent(pack: Framework, chance: Random) -> list[EvidenceFact]:
    """A piece for each indicator that just meets some level, misses the lowest target, or is not there."""
    # mostly good, so that levels above the lowest are reached and not only nought
    floor = chance.choice([NOTHING, 0, pack.top_level - 1])
    found = [
        specimen(pack, one, chance.randint(floor, pack.top_level), Sent(TODAY), number)
        for number, one in enumerate(pack.indicators, start=1)
    ]
    return [one for one in found if one is not None]


def levels(result: Assessment) -> dict[str, int]:
    return {name: -1 if one.level is None else one.level for name, one in result.pillars.items()}


@every_pack
@few
@given(chance=st.randoms(use_true_random=False))
def test_better_evidence_for_anything_never_lowers_a_level(pack: Framework, chance: Random) -> None:
    facts = sent(pack, chance)
    before = levels(assessed(pack, *facts))
    row = chance.choice(pack.indicators)
    told = assessed(pack, *facts).results[row.id]
    reached = max((one.level for one in told.levels if one.outcome == "met"), default=0)
    better = specimen(pack, row, chance.randint(max(1, reached), pack.top_level), Sent(TODAY), 9_999)
    if better is None:
        return
    better = replace(better, observed_to=TODAY - timedelta(days=29))
    after = levels(assessed(pack, *facts, better))
    assert all(after[pillar] >= level for pillar, level in before.items())


@every_pack
@few
@given(chance=st.randoms(use_true_random=False))
def test_the_order_of_evidence_is_irrelevant(pack: Framework, chance: Random) -> None:
    facts = sent(pack, chance)
    result = assessed(pack, *facts)
    chance.shuffle(facts)
    again = assessed(pack, *facts)
    assert (again.pillars, again.overall) == (result.pillars, result.overall)
    assert {name: one.levels for name, one in again.results.items()} == {
        name: one.levels for name, one in result.results.items()
    }


@every_pack
@few
@given(chance=st.randoms(use_true_random=False))
def test_a_level_implies_every_level_below_it_and_the_lowest_pillar_is_the_overall_one(
    pack: Framework, chance: Random
) -> None:
    result = assessed(pack, *sent(pack, chance))
    for pillar in result.pillars.values():
        passed = [check.passed for check in pillar.checks]
        if pillar.level:
            assert all(passed[: pillar.level])
            assert not any(passed[pillar.level : pillar.level + 1])  # a better one would be held
    known = [one.level for one in result.pillars.values() if one.level is not None]
    assert result.overall == (min(known) if len(known) == len(result.pillars) else None)


@every_pack
@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_what_just_meets_a_level_everywhere_has_it_and_not_the_next(pack: Framework, level: int) -> None:
    if level > pack.top_level:
        return
    facts = [
        one
        for number, row in enumerate(pack.indicators, start=1)
        if (one := specimen(pack, row, level, Sent(TODAY), number))
    ]
    result = assessed(pack, *facts)
    assert result.overall == level
    if pack.method is Method.WEIGHTED:
        (pillar,) = result.pillars.values()
        assert pillar.checks[level - 1].score == 100
