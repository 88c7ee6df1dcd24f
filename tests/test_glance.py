"""A look at very many gives the levels that a whole assessment gives, and skips only what cannot differ."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supplychain.conformity.rules import (
    DecisionFact,
    EvidenceFact,
    EvidenceState,
    Family,
    FindingFact,
    FindingState,
    OrganizationFacts,
    assess,
    differing,
    levels,
)
from supplychain.conformity.specimens import SUBJECT
from supplychain.frameworks.applicability import Rule
from supplychain.frameworks.comparison import Change, Difference, compare
from supplychain.frameworks.compiling import compiled, declarations
from supplychain.frameworks.crosswalk import Satisfies
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.frameworks.terms import EvidenceKind, Relation, Text, Trust
from tests.conformity_cases import SUPPLIER, TODAY
from tests.test_conformity_properties import Case, cases, indicators, mixed

PACKS = {pack.key: pack for pack in load_packs(shipped_packs())}
ELECTRONICS = PACKS["eseec-electronics@2"]
PLANTS = (SUBJECT + 1, SUBJECT + 2)
ABOUT: tuple[dict[str, Any], ...] = (
    {},
    {"sector": frozenset({"SMT"})},
    {"sector": frozenset({"PCB"}), "dormitory_or_canteen": False},
)


@settings(max_examples=250, deadline=None)
@given(cases(), st.sets(st.sampled_from(("ohs", "csr"))))
def test_the_levels_alone_are_those_of_the_assessment(case: Case, pillars: set[str]) -> None:
    whole = {name: pillar.level for name, pillar in case.assess().pillars.items()}
    told = (SUPPLIER, Family(), case.evidence, case.findings, case.decisions, (), TODAY)
    assert levels(case.framework, *told) == whole
    assert levels(case.framework, *told, pillars=pillars & whole.keys()) == {
        name: level for name, level in whole.items() if name in pillars
    }


@st.composite
def certified(draw: st.DrawFn, pack: Framework) -> EvidenceFact:
    """A certificate of a standard that the pack recognises, of an edition that counts or not."""
    standard = draw(st.sampled_from(pack.crosswalk))
    return EvidenceFact(
        number=draw(st.integers(1000, 2000)),
        organization=SUBJECT,
        kind=EvidenceKind.CERTIFICATE,
        trust=draw(st.sampled_from(Trust)),
        state=draw(st.sampled_from((EvidenceState.ACCEPTED, EvidenceState.SUBMITTED))),
        received_at=draw(st.datetimes()),
        standard=standard.id,
        version=draw(st.sampled_from((*standard.versions, None))),
        issued_on=TODAY - timedelta(days=draw(st.integers(-5, 400))),
        valid_until=TODAY + timedelta(days=draw(st.integers(-5, 900))),
    )


@st.composite
def situations(draw: st.DrawFn, pack: Framework) -> tuple[Any, ...]:
    """A company with or without plants, what each sent, what was found, decided and verified."""
    plants = frozenset(draw(st.sets(st.sampled_from(PLANTS))))
    pieces = draw(mixed(pack))
    if pack.crosswalk:
        pieces += draw(st.lists(certified(pack), max_size=2))
    places: tuple[frozenset[int], ...] = (
        frozenset(),
        frozenset({SUBJECT}),
        frozenset(PLANTS),
        frozenset({SUBJECT, *PLANTS}),
        frozenset({99}),
    )
    state = (EvidenceState.ACCEPTED,) * 6 + (EvidenceState.SUBMITTED, EvidenceState.EXPIRED, EvidenceState.REJECTED)
    pieces = [
        replace(fact, number=number, sites=draw(st.sampled_from(places)), state=draw(st.sampled_from(state)))
        for number, fact in enumerate(pieces, start=1)
    ]
    who, what = st.sampled_from((SUBJECT, *PLANTS)), st.sampled_from([one.id for one in pack.indicators])
    away = partial(DecisionFact, framework=pack.id, reason="", decided_on=TODAY, until=TODAY + timedelta(days=9))
    found = partial(FindingFact, framework=pack.id, severity="major")
    decided = draw(st.lists(st.builds(away, st.integers(), organization=who, indicator=what), max_size=3))
    seen = draw(
        st.lists(
            st.builds(found, st.integers(), organization=who, indicator=what, state=st.sampled_from(FindingState)),
            max_size=1,
        )
    )
    about = [OrganizationFacts(one, draw(st.sampled_from(ABOUT))) for one in (SUBJECT, *PLANTS)]
    return SUBJECT, Family(plants=plants), pieces, seen, decided, about, TODAY


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(sorted(PACKS)))
def test_so_they_are_in_every_pack_that_ships(data: st.DataObject, key: str) -> None:
    told = data.draw(situations(PACKS[key]))
    whole = {name: pillar.level for name, pillar in assess(PACKS[key], *told).pillars.items()}
    assert levels(PACKS[key], *told) == whole


@settings(max_examples=150, deadline=None)
@given(cases(), st.data())
def test_pillars_that_two_versions_judge_alike_have_the_same_levels(case: Case, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(case.framework.indicators) - 1))
    known = list(case.framework.indicators)
    known[place] = data.draw(indicators(known[place].id))
    after = replace(case.framework, indicators=tuple(known))
    told = (SUPPLIER, Family(), case.evidence, case.findings, case.decisions, (), TODAY)
    was, becomes = levels(case.framework, *told), levels(after, *told)
    assert {one for one in was.keys() | becomes.keys() if was.get(one) != becomes.get(one)} <= differing(
        case.framework, after
    )


def version(**changes: Any) -> Framework:
    return replace(ELECTRONICS, version="9", **changes)


def changed(name: str, **fields: Any) -> Framework:
    return version(
        indicators=tuple(replace(one, **fields) if one.id == name else one for one in ELECTRONICS.indicators)
    )


def test_what_is_only_said_makes_no_difference() -> None:
    assert differing(ELECTRONICS, changed("O05", names=Text("Other", "别的"), references=(), topics=())) == frozenset()


def where(expression: str) -> Rule:
    return compiled(expression, declarations([one.id for one in ELECTRONICS.sectors]))


def test_an_expression_that_is_only_written_otherwise_makes_no_difference() -> None:
    same = changed("O21", applies=where('high_toxic_goods && (sector == "PLT" || sector in ["BAT", "PCB"])'))
    assert differing(ELECTRONICS, same) == frozenset()
    assert [one for one in compare(ELECTRONICS, same) if one.change is not Change.SAME] == []


def test_an_expression_that_asks_otherwise_is_told_as_it_is_written() -> None:
    [line] = [
        one
        for one in compare(ELECTRONICS, changed("O21", applies=where("high_toxic_goods")))
        if one.change is not Change.SAME
    ]
    assert line.differences == (
        Difference("applies", 'sector in ["PCB", "PLT", "BAT"] && high_toxic_goods', "high_toxic_goods"),
    )


@pytest.mark.parametrize(
    "after",
    [
        changed("O21", applies=where('sector in ["PCB", "PLT"] && high_toxic_goods')),
        changed("O21", applies=None),
        changed("O05", validity_months=7),
        changed("O05", min_trust=(Trust.AUDITED,) * 4),
        changed("O05", zero_tolerance=True),
        version(indicators=tuple(one for one in ELECTRONICS.indicators if one.id != "O25")),
        version(
            crosswalk=tuple(
                replace(one, satisfies=(*one.satisfies, Satisfies("O25", Relation.PARTIAL)))
                if one.id == "iso-50001"
                else one
                for one in ELECTRONICS.crosswalk
            )
        ),
    ],
)
def test_what_judges_one_pillar_makes_a_difference_there_alone(after: Framework) -> None:
    assert differing(ELECTRONICS, after) == {"ohs"}


def test_what_judges_every_pillar_makes_a_difference_everywhere() -> None:
    assert differing(ELECTRONICS, version(on_receipt=())) == {one.id for one in ELECTRONICS.pillars}
