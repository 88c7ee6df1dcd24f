"""What differs between two versions is what differs between their assessments: of shipped ones, and of any other."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.conformity.rules import Assessment, EvidenceFact, OrganizationFacts, unmet_for
from supplychain.frameworks.comparison import Change, compare
from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.terms import Better, EvidenceKind, Method, Trust
from tests.conformity_cases import SUPPLIER, TODAY, assessed
from tests.test_pack_properties import PACKS, every_pack, few, sent

FIRST, FULL = PACKS["eseec-electronics@1"], PACKS["eseec-electronics@2"]
Changes = Mapping[str, Change]


def told(chance: Random, *packs: Framework) -> list[EvidenceFact]:
    """Answers and readings for all of them. What certificates prove is each crosswalk's own and is not compared."""
    facts = [one for pack in packs for one in sent(pack, chance) if one.standard is None]
    return [
        replace(one, number=number, trust=chance.choice([Trust.DOCUMENTED, Trust.AUDITED, Trust.AUDITED]))
        for number, one in enumerate(facts, start=1)
    ]


def changes(before: Framework, after: Framework) -> Changes:
    return {one.indicator: one.change for one in compare(before, after)}


def outcomes(result: Assessment, indicator: str) -> list[tuple[int, str, str]]:
    return [(one.level, one.outcome, one.why) for one in result.results[indicator].levels]


def wanting(result: Assessment, pillar: str, level: int, among: set[str]) -> set[tuple[str, int, str]]:
    """What keeps a level from holding, of the indicators among which one looks."""
    return {
        (one.indicator, one.level, one.outcome) for one in unmet_for(result, pillar, level) if one.indicator in among
    }


def hold_to_the_comparison(before: Assessment, after: Assessment, lines: Changes) -> None:
    """The comparison names all that is in one assessment alone, and what it calls the same has the same outcomes."""
    assert lines.keys() == before.results.keys() | after.results.keys()
    for name, change in lines.items():
        assert (name in before.results) is (change is not Change.ADDED)
        assert (name in after.results) is (change is not Change.REMOVED)
        if change is Change.SAME:
            assert outcomes(before, name) == outcomes(after, name)


@few
@given(chance=st.randoms(use_true_random=False))
def test_the_gap_between_the_shipped_versions_is_the_difference_of_their_assessments(chance: Random) -> None:
    facts = told(chance, FULL, FIRST)
    first, full = assessed(FIRST, *facts), assessed(FULL, *facts)
    lines = changes(FIRST, FULL)
    hold_to_the_comparison(first, full, lines)
    # the second version took nothing away, added, and asks six readings for a period: all that is newly wanting is that
    assert {it.what for one in compare(FIRST, FULL) for it in one.differences} == {"period_months"}
    assert Change.REMOVED not in lines.values()
    same = {name for name, change in lines.items() if change is Change.SAME}
    for pillar in FULL.pillars:
        relieved = set()
        for level in range(1, FULL.top_level + 1):
            old = wanting(first, pillar.id, level, same)
            assert old == wanting(full, pillar.id, level, same)
            more = wanting(full, pillar.id, level, set(lines)) - old
            assert all(lines[name] is not Change.SAME for name, _, _ in more)
            relieved |= wanting(first, pillar.id, level, set(lines)) - wanting(full, pillar.id, level, set(lines))
        # A bad reading over too short a time no longer decides, so that an earlier one may do better.
        assert {lines[name] for name, _, _ in relieved} <= {Change.CHANGED}
        was, becomes = first.pillars[pillar.id].level, full.pillars[pillar.id].level
        if was is not None and becomes is not None and not relieved:
            assert becomes <= was


# -- a later version, made by changing anything of a shipped one


def _stricter(row: Indicator, chance: Random) -> Indicator:
    return replace(row, min_trust=(Trust.AUDITED,) * len(row.min_trust))


def _longer(row: Indicator, chance: Random) -> Indicator:
    return replace(row, validity_months=row.validity_months + 1)


def _elsewhere(row: Indicator, chance: Random) -> Indicator:
    kinds = frozenset(chance.sample(sorted(EvidenceKind), 1))
    return replace(row, evidence=kinds if kinds != row.evidence else frozenset(EvidenceKind))


def _turned(row: Indicator, chance: Random) -> Indicator:
    if row.better is None:
        return replace(row, validity_months=row.validity_months + 1)
    return replace(row, better=Better.LOWER if row.better is Better.HIGHER else Better.HIGHER)


def _eased(row: Indicator, chance: Random) -> Indicator:
    """Every target asks what the lowest one does."""
    first = row.targets[0]
    eased = tuple(replace(one, value=first.value, per_parameter=None, also=()) for one in row.targets)
    return replace(row, targets=eased) if eased != row.targets else _stricter(row, chance)


CHANGES: list[Callable[[Indicator, Random], Indicator]] = [_stricter, _longer, _elsewhere, _turned, _eased]


def later(pack: Framework, chance: Random) -> tuple[Framework, Changes]:
    """A version in which some indicators are gone, new or changed, and which."""
    some = chance.sample(pack.indicators, min(len(pack.indicators) - 1, chance.randint(1, 6)))
    gone, added, *changed = (*some, *[None] * 2)[: max(2, len(some))]
    made: dict[str, Change] = {}
    rows: list[Indicator] = []
    for row in pack.indicators:
        if row is gone and pack.method is Method.GATED:
            made[row.id] = Change.REMOVED
            continue
        new = chance.choice(CHANGES)(row, chance) if row in changed else row
        made[row.id] = Change.SAME if new == row else Change.CHANGED
        rows.append(new)
        if row is added and pack.method is Method.GATED:
            rows.append(replace(row, id=f"{row.id}x", also=(), targets=tuple(replace(t, also=()) for t in row.targets)))
            made[f"{row.id}x"] = Change.ADDED
    return replace(pack, version=f"{pack.version}.later", indicators=tuple(rows), crosswalk=()), made


@every_pack
@few
@given(chance=st.randoms(use_true_random=False))
def test_the_comparison_names_what_changed_and_no_assessment_differs_elsewhere(pack: Framework, chance: Random) -> None:
    after, made = later(pack, chance)
    lines = changes(pack, after)
    assert lines == made
    facts = told(chance, pack)
    verified = [OrganizationFacts(SUPPLIER, {"sector": frozenset({"PCB"})})] if chance.random() < 0.5 else []
    old, new = assessed(pack, *facts, facts=verified), assessed(after, *facts, facts=verified)
    hold_to_the_comparison(old, new, lines)
    if pack.method is not Method.WEIGHTED:  # an index names what would earn the lacking points: of the whole
        same = {name for name, change in lines.items() if change is Change.SAME}
        for pillar in pack.pillars:
            for level in range(1, pack.top_level + 1):
                assert wanting(old, pillar.id, level, same) == wanting(new, pillar.id, level, same)


@pytest.mark.parametrize("change", CHANGES)
def test_each_kind_of_change_is_seen_by_some_assessment(change: Callable[[Indicator, Random], Indicator]) -> None:
    """So that the property above compares something: trust, days, kinds, direction and targets all tell."""
    chance = Random(1)
    row = FULL.indicator("E07")
    assert row is not None
    after = replace(FULL, indicators=tuple(change(one, chance) if one is row else one for one in FULL.indicators))
    assert changes(FULL, after)["E07"] is Change.CHANGED
    for _ in range(60):
        facts = told(chance, FULL)
        old, new = assessed(FULL, *facts), assessed(after, *facts)
        if outcomes(old, "E07") != outcomes(new, "E07"):
            return
    # a month more shows where the evidence would have lapsed
    aged = [replace(one, observed_to=TODAY - timedelta(days=380)) for one in told(Random(3), FULL)]
    assert outcomes(assessed(FULL, *aged), "E07") != outcomes(assessed(after, *aged), "E07")
